"""Learns from the training rows how one column is made, in the way that was asked for."""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns import statistics
from fitstudio.data.columns.gaps import usable_numbers
from fitstudio.data.columns.source import Source
from fitstudio.data.preparing.coding import steps
from fitstudio.data.preparing.coding.recipe_column import Encoding, RecipeColumn
from fitstudio.data.preparing.coding.steps import Step
from fitstudio.data.preparing.learning.scaling import (
    array_scaling,
    middle_half,
    number_scaling,
    scaling_axis,
)
from fitstudio.declared.catalogue import preparations as ways
from fitstudio.declared.task.dataset_summary import CATEGORY, ColumnSummary
from fitstudio.declared.task.preparation import Preparation
from fitstudio.words import say

# Where values far off are bent in, counted in widths of the middle half (RealMLP, 2024).
_BENT_AT = 3.0
_BENT = Step(kind=steps.SMOOTH_CLIP, numbers=(_BENT_AT,))
_WITHOUT_SCALE = frozenset({ways.QUANTILE, ways.PERIODIC, ways.DATE})
_ENCODINGS: dict[str, Encoding] = {
    ways.EMBEDDING: "codes",
    ways.ORDINAL: "ordinal",
    ways.HASHED: "hashed",
    ways.NGRAMS: "ngrams",
}


def learn_number(
    source: Source, column: ColumnSummary, rows: np.ndarray, wanted: Preparation
) -> RecipeColumn:
    """How a column of single numbers is made."""
    values = source.scalars(column.name, "number").numbers()[rows]
    values = np.where(usable_numbers(values), values, np.nan)
    present = values[np.isfinite(values)]
    middle = None
    if not wanted.drops:
        middle = _stand_in(wanted, present)
        values = np.where(np.isfinite(values), values, middle)
    way = wanted.way.name
    before = _before(wanted, present)
    changed = steps.taken(before, values)
    center, scale = 0.0, 1.0
    if way in (ways.ROBUST, ways.ROBUST_SMOOTH):
        centers, scales = middle_half(changed[np.isfinite(changed)][:, None])
        center, scale = float(centers[0]), float(scales[0])
    elif way not in _WITHOUT_SCALE:
        method = way if way in (ways.MINMAX, ways.AS_IT_IS) else ways.STANDARD
        center, scale = number_scaling(changed, method)
    return RecipeColumn(
        name=column.name, role="number", center=(center,), scale=(scale,), fill=middle,
        before=before, after=_after(wanted, present), indicator=wanted.tells_gaps(column),
        low=float(present.min()) if len(present) else None,
        high=float(present.max()) if len(present) else None, unit=column.unit,
    )  # fmt: skip


def learn_array(
    source: Source,
    column: ColumnSummary,
    rows: np.ndarray,
    wanted: Preparation,
    model: str,
    notes: list[str],
) -> RecipeColumn:
    """How a column of arrays is made."""
    axis = scaling_axis(column.shape, model)
    center, scale, all_seen = array_scaling(source.array(column.name), rows, axis, wanted.way.name)
    if not all_seen:
        notes.append(
            say(
                "Mean and spread of {column} come from a part of its training rows.",
                column=column.name,
            )
        )
    return RecipeColumn(
        name=column.name, role="array", shape=column.shape, center=center, scale=scale,
        after=_after(wanted, np.zeros(0)), unit=column.unit,
    )  # fmt: skip


def learn_category(
    source: Source, column: ColumnSummary, rows: np.ndarray, wanted: Preparation | None = None
) -> RecipeColumn:
    """How a column of classes is made.

    Args:
        source: The file.
        column: What is known about the column.
        rows: Numbers of the training rows.
        wanted: How it is prepared; None for a target.
    """
    found = source.scalars(column.name, CATEGORY)
    commonest = None
    if wanted is not None and wanted.missing == ways.CONSTANT:
        commonest = str(wanted.constant)
    elif wanted is not None and not wanted.drops and wanted.missing != ways.INDICATOR:
        labels = [label for label in found.labels()[rows] if label is not None]
        if labels:
            names, counts = np.unique(np.array(labels, dtype=str), return_counts=True)
            commonest = str(names[np.argmax(counts)])
    # All classes of the file, not of the training rows only: the shape of the model must not hang
    # on which rows are held out, and that a class exists says nothing about any row.
    numeric = found.values is not None
    if wanted is None:
        classes = statistics.sorted_labels([label for label, _ in column.classes])
        return RecipeColumn(
            name=column.name, role="category", labels=tuple(classes), numeric_labels=numeric
        )
    kept, rare = wanted.classes_of(column)
    encoding = _ENCODINGS.get(wanted.way.name, "one_hot")
    words = wanted.way.name in ways.TEXT_WAYS
    ordered = wanted.way.name == ways.ORDINAL and wanted.settings["order"]
    return RecipeColumn(
        name=column.name,
        role="category",
        labels=kept if ordered else tuple(statistics.sorted_labels(list(kept))),
        numeric_labels=numeric and not words,
        fill=commonest,
        encoding=encoding,
        rare=rare,
        other=bool(rare) and encoding == "one_hot",
        buckets=int(wanted.settings["buckets"]) if words else 0,
        indicator=wanted.tells_gaps(column),
    )


def _stand_in(wanted: Preparation, present: np.ndarray) -> float:
    """What a gap becomes."""
    if wanted.missing == ways.CONSTANT and isinstance(wanted.constant, int | float):
        return float(wanted.constant)
    if not len(present):
        return 0.0
    if wanted.missing == ways.MEAN:
        return float(np.mean(present / len(present)) * len(present))
    return float(np.median(present))


def _before(wanted: Preparation, present: np.ndarray) -> tuple[Step, ...]:
    match wanted.way.name:
        case ways.QUANTILE:
            return (steps.normal_curve(present),)
        case ways.YEO_JOHNSON:
            return (Step(kind=steps.YEO_JOHNSON, numbers=(steps.yeo_johnson_power(present),)),)
        case ways.SIGNED_LOG:
            return (Step(kind=steps.SIGNED_LOG),)
        case ways.LOG:
            above = present[present > 0.0]
            least = float(above.min()) if len(above) else 1.0
            return (Step(kind=steps.LOG, numbers=(least,)),)
        case ways.CLIP:
            ends = sorted((float(wanted.settings["low"]), float(wanted.settings["high"])))
            low, high = np.percentile(present, ends).tolist() if len(present) else (0.0, 0.0)
            return (Step(kind=steps.CLIP, numbers=(low, high)),)
    return ()


def _after(wanted: Preparation, present: np.ndarray) -> tuple[Step, ...]:
    if wanted.way.name == ways.DATE:
        mean, spread = number_scaling(present, ways.STANDARD)
        return (Step(kind=steps.DATE, numbers=(mean, spread)),)
    if wanted.way.name == ways.ROBUST_SMOOTH:
        return (_BENT,)
    if wanted.way.name == ways.PERIODIC:
        return (Step(kind=steps.PERIODIC, numbers=(float(wanted.settings["period"]),)),)
    return ()
