"""Figures of merit with their uncertainty, and beside each what a trivial model would reach."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fitstudio.actions.run.results_file import Results
from fitstudio.journal.events import number
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import value_words
from fitstudio.words import numbers, say, say_count
from fitstudio.words.numbers import in_percent

_Z = 1.96
_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Score:
    """One figure of merit: its value in words, its interval, and what a trivial model reaches.

    Attributes:
        title: What it is.
        value: Its value.
        interval: "± 0.02", or empty where none is known.
        baseline: What the simplest possible model reaches, in a sentence; may be empty.
        tip: What it means.
    """

    title: str
    value: str
    interval: str = ""
    baseline: str = ""
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts by true class (rows) and predicted class (columns)."""

    names: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @property
    def true_totals(self) -> npt.NDArray[np.int64]:
        """How many rows each class has."""
        return self.counts.sum(axis=1)

    @property
    def predicted_totals(self) -> npt.NDArray[np.int64]:
        """How often each class was predicted."""
        return self.counts.sum(axis=0)

    @property
    def total(self) -> int:
        """All rows."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Share of the rows that are right."""
        return float(np.trace(self.counts) / self.total) if self.total else math.nan

    def recall(self) -> _Array:
        """Of each class, the share that was found; not-a-number for a class without rows."""
        return _share(np.diag(self.counts), self.true_totals)

    def precision(self) -> _Array:
        """Of each class's predictions, the share that is right; not-a-number if never predicted."""
        return _share(np.diag(self.counts), self.predicted_totals)

    def majority(self) -> tuple[str, float]:
        """The commonest class and its share: what always guessing it would reach."""
        totals = self.true_totals
        at = int(totals.argmax())
        return self.names[at], float(totals[at] / self.total) if self.total else math.nan


@dataclass(frozen=True, slots=True)
class Parity:
    """Measured and predicted values of one output, in its own unit."""

    name: str
    true: _Array
    predicted: _Array
    rows: tuple[int | None, ...]
    files: tuple[str, ...] = ()  # of each row, where rows are pictures

    @property
    def residuals(self) -> _Array:
        """Predicted less measured."""
        return self.predicted - self.true


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson), honest also near 0 and 1 and for few rows."""
    if not total:
        return 0.0, 1.0
    if right in (0, total):
        edge = _Z**2 / (total + _Z**2)
        return (1 - edge, 1.0) if right else (0.0, edge)
    share = right / total
    centre = share + _Z**2 / (2 * total)
    reach = _Z * math.sqrt(share * (1 - share) / total + _Z**2 / (4 * total**2))
    scale = 1 + _Z**2 / total
    return max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale)


def class_scores(confusion: Confusion) -> list[Score]:
    """Accuracy and balanced accuracy."""
    right = int(np.trace(confusion.counts))
    low, high = wilson(right, confusion.total)
    name, share = confusion.majority()
    recall = confusion.recall()
    known = recall[np.isfinite(recall)]
    return [
        Score(
            say("Accuracy"),
            in_percent(confusion.accuracy),
            say("{low} to {high} %", low=f"{low * 100:.0f}", high=f"{high * 100:.0f}"),
            say("always “{name}”: {share}", name=name, share=in_percent(share)),
            say_count(
                confusion.total,
                "{right} of {number} row is right. With so many rows, the accuracy on new "
                "rows lies between {low} and {high} (95 % interval).",
                "{right} of {number} rows are right. With so many rows, the accuracy on new "
                "rows lies between {low} and {high} (95 % interval).",
                right=right,
                low=in_percent(low),
                high=in_percent(high),
            ),
        ),
        Score(
            say("Balanced accuracy"),
            in_percent(float(known.mean()) if len(known) else math.nan),
            "",
            say("by chance: {known}", known=in_percent(1 / max(len(known), 1))),
            say("The mean share found of each class: rare classes count as much as common ones."),
        ),
    ]


def number_scores(parity: Parity, measured: Mapping[str, Any], unit: str = "") -> list[Score]:
    """Errors of one output in its own unit, as the worker measured them."""
    spread = float(np.std(parity.true))
    mean = numbers.format_measured(_mean_deviation(parity.true), unit)
    scores = [
        Score(
            say("Mean absolute error"),
            numbers.format_measured(measured["mean_absolute_error"], unit),
            _mean_interval(np.abs(parity.residuals)),
            say("always the mean: {mean}", mean=mean),
            say("By how much a prediction of {parity} is off on average.", parity=parity.name),
        ),
        Score(
            say("Root mean squared error"),
            numbers.format_measured(measured["root_mean_squared_error"], unit),
            "",
            say("always the mean: {spread}", spread=numbers.format_measured(spread, unit)),
            say("Like the mean absolute error, but large errors count more."),
        ),
    ]
    if measured.get("r2") is not None:
        tip = say("The share of the differences that the model explains; 1 is all, 0 none.")
        scores.append(
            Score("R²", numbers.format_value(measured["r2"]), "", say("always the mean: 0"), tip)
        )
    return scores


def confusion_of(results: Results, part: str) -> Confusion | None:
    """The confusion counts of a part; None where there are none."""
    if part not in results.confusion:
        return None
    return Confusion(results.class_names, np.asarray(results.confusion[part], dtype=np.int64))


def parity_of(results: Results, part: str, output: int) -> Parity | None:
    """Measured and predicted values of one output of a part; None where there are none."""
    parity = results.parity.get(part)
    if parity is None or not parity["outputs"]:
        return None
    chosen = parity["outputs"][min(output, len(parity["outputs"]) - 1)]
    return Parity(
        chosen["name"],
        np.asarray(chosen["true"], dtype=np.float64),
        np.asarray(chosen["predicted"], dtype=np.float64),
        tuple(parity["rows"]),
        tuple(parity.get("files", ())),
    )


def _share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> _Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _mean_deviation(values: _Array) -> float:
    return float(np.abs(values - values.mean()).mean()) if len(values) else math.nan


def _mean_interval(values: _Array) -> str:
    """± 1.96 standard errors of a mean; none for fewer than eight rows."""
    if len(values) < 8:
        return ""
    reach = _Z * float(values.std(ddof=1)) / math.sqrt(len(values))
    return f"± {numbers.format_value(reach, 2)}"


def logged_scores(
    logged: Mapping[str, Any], found: Sequence[Score], scale: TargetScale | None
) -> list[Score]:
    """What History has of a part and is not among the scores yet.

    Args:
        logged: Values by the name in the logs.
        found: The scores that are shown already.
        scale: What the target's numbers were scaled by; None where nothing is known of it.
    """
    known = {score.title for score in found}
    scores = []
    for name, value in logged.items():
        title = figures.metric_title(name)
        if title not in known:
            score = number(value)
            tip = say("{name} as History has it: {score}", name=name, score=f"{score:.9g}")
            text = value_words(score, name, scale)
            scores.append(Score(f"{title}{_unit_words(scale, name)}", text, tip=tip))
    return scores


def _unit_words(scale: TargetScale | None, metric: str) -> str:
    """What a title says of the unit where the value does not carry it."""
    if scale is None or scale.unit_of(metric) or not scale.words_for(metric):
        return ""
    return f", {scale.words_for(metric)}"
