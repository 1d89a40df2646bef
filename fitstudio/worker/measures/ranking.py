"""How well probabilities rank and mean what they say: counts at thresholds, areas, calibration.

Sources: the interval of the area under the ROC curve is that of DeLong, DeLong and Clarke-Pearson,
"Comparing the areas under two or more correlated receiver operating characteristic curves"
(Biometrics 44, 1988), on the scale of log odds so that it stays between 0 and 1; the midranks are
computed as by Sun and Xu (IEEE Signal Processing Letters 21, 2014). Average precision is the sum of
precision times the step in recall, without interpolation.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

#: For more classes a curve each is more than anybody looks at.
MOST_CLASSES = 20
_MOST_THRESHOLDS = 400
_USUAL_THRESHOLD = 0.5
_FEWEST = 10
_BINS = 10
_Z = 1.959963984540054

_Array = npt.NDArray[np.float64]


def ranking(probability: _Array, belongs: npt.NDArray[np.bool_]) -> dict[str, Any] | None:
    """How one class is told from the rest.

    Args:
        probability: What the model gives the class, shape (rows,), 0 to 1.
        belongs: Which rows are of the class, shape (rows,).

    Returns:
        `positives`, `negatives`, `thresholds` (falling), `true_positives` and `false_positives`
        (rows with at least so much probability), `auc`, `auc_interval` (95 %; None where there are
        too few rows to say), `average_precision`, `brier`, `calibration`. None where all rows are
        of the class, none is, or the model gave something that is no number.
    """
    positives = int(np.count_nonzero(belongs))
    negatives = len(belongs) - positives
    if not positives or not negatives or not np.isfinite(probability).all():
        return None
    order = np.argsort(-probability, kind="stable")
    sorted_probability = probability[order]
    # The last row of each run of equal probabilities: they pass a threshold together.
    ends = np.flatnonzero(np.append(np.diff(sorted_probability) != 0, True))
    true_positives = np.cumsum(belongs[order])[ends]
    passed = ends + 1
    precision = true_positives / passed
    recall_steps = np.diff(true_positives, prepend=0) / positives
    kept = _kept(sorted_probability[ends])
    area, interval = _area(probability, belongs)
    return {
        "positives": positives,
        "negatives": negatives,
        "thresholds": sorted_probability[ends][kept].tolist(),
        "true_positives": true_positives[kept].tolist(),
        "false_positives": (passed - true_positives)[kept].tolist(),
        "auc": area,
        "auc_interval": interval,
        "average_precision": float(precision @ recall_steps),
        "brier": float(np.square(probability - belongs).mean()),
        "calibration": _calibration(sorted_probability, belongs[order]),
    }


def _kept(thresholds: _Array) -> npt.NDArray[np.int64]:
    """Which of the falling thresholds are kept: all, or evenly many of them and the usual one."""
    if len(thresholds) <= _MOST_THRESHOLDS:
        return np.arange(len(thresholds))
    even = np.linspace(0, len(thresholds) - 1, _MOST_THRESHOLDS).astype(np.int64)
    usual = np.count_nonzero(thresholds >= _USUAL_THRESHOLD) - 1
    return np.unique(np.append(even, max(usual, 0)))


def _area(
    probability: _Array, belongs: npt.NDArray[np.bool_]
) -> tuple[float, tuple[float, float] | None]:
    """The area under the ROC curve, with its 95 % interval where there are enough rows."""
    inside, outside = probability[belongs], probability[~belongs]
    count_in, count_out = len(inside), len(outside)
    among_all = _midranks(np.concatenate([inside, outside]))
    of_inside = (among_all[:count_in] - _midranks(inside)) / count_out
    of_outside = 1.0 - (among_all[count_in:] - _midranks(outside)) / count_in
    area = float(of_inside.mean())
    if min(count_in, count_out) < _FEWEST or not 0.0 < area < 1.0:
        return area, None
    variance = of_inside.var(ddof=1) / count_in + of_outside.var(ddof=1) / count_out
    odds = math.log(area / (1.0 - area))
    reach = _Z * math.sqrt(variance) / (area * (1.0 - area))
    return area, (_from_odds(odds - reach), _from_odds(odds + reach))


def _from_odds(odds: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * odds))


def _midranks(values: _Array) -> _Array:
    """Ranks from 1; equal values share the mean of theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[inverse]


def _calibration(falling: _Array, belongs: npt.NDArray[np.bool_]) -> list[dict[str, float | int]]:
    """Rows in groups of about the same number by probability: what was said, and what came."""
    groups = min(_BINS, len(falling) // _FEWEST)
    if groups < 2:
        return []
    return [
        {
            "predicted": float(falling[rows].mean()),
            "right": int(np.count_nonzero(belongs[rows])),
            "rows": len(rows),
        }
        for rows in np.array_split(np.arange(len(falling))[::-1], groups)
    ]
