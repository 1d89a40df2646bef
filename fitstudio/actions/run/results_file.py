"""`results.json`: what a run's best weights are worth, measured when the training ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, NotRequired, TypedDict

from fitstudio.journal.event_fields import NotFinite
from fitstudio.journal.events import number, numbers
from fitstudio.storage import atomic
from fitstudio.storage.checked import Count, MisfitError, Plain, convert
from fitstudio.words import say

Number = float | NotFinite


class CalibrationGroup(TypedDict):
    """Rows with about the same probability: its mean, and how many of them are of the class."""

    predicted: float
    right: Count
    rows: Count


class ClassRanking(TypedDict):
    """How one class is told from the rest, at falling thresholds of its probability."""

    name: str
    positives: Count
    negatives: Count
    thresholds: list[float]
    true_positives: list[Count]
    false_positives: list[Count]
    auc: float
    auc_interval: tuple[float, float] | None
    average_precision: float
    brier: float
    calibration: list[CalibrationGroup]


class OutputParity(TypedDict):
    """Measured and predicted values of one output, and how far they are apart."""

    name: str
    true: list[Number]
    predicted: list[Number]
    mean_absolute_error: Number
    root_mean_squared_error: Number
    r2: Number | None


class PartParity(TypedDict):
    """The outputs of one part; `rows` are rows of the data file, from 0, `files` pictures."""

    rows: list[Count | None]
    files: NotRequired[list[str]]
    outputs: list[OutputParity]


class WorstClass(TypedDict):
    """A row whose class was most wrong; the probability is that of its true class."""

    row: Count | None
    file: NotRequired[str]
    true: str
    predicted: str
    probability: Number


class WorstNumbers(TypedDict):
    """A row whose numbers were most wrong, by output."""

    row: Count | None
    file: NotRequired[str]
    true: Mapping[str, Number]
    predicted: Mapping[str, Number]


@dataclass(frozen=True)
class Results(Plain):
    """What a run's best weights are worth, measured when the training ended.

    Args:
        task: "classification" or "regression".
        weights: Which saved model was measured, such as "best", "last" or "epoch-0012".
        epoch: The epoch it was saved after, from 0; None where a file does not say so.
        rows: How many rows each part has, by "training" and "validation".
        scores: Loss and metrics of each part.
        class_names: In the order of the confusion counts.
        confusion: For each part, counts by true class (outer) and predicted class (inner).
        ranking: For each part its classes, see `ClassRanking`; of two classes the second alone.
        parity: For each part its outputs, see `PartParity`.
        worst: For each part the rows that were most wrong, see `WorstClass` and `WorstNumbers`.
        sampled: For a part that was too large to measure whole: how many rows were.
        step: How many batches of its epoch it has seen; 0 for the whole epoch.
        files: For each part the file that its rows are of, where that is not the same for all.
    """

    task: str
    weights: str
    epoch: Count | None
    rows: Mapping[str, Count]
    scores: Mapping[str, Mapping[str, Number]]
    class_names: tuple[str, ...] = ()
    confusion: Mapping[str, list[list[Count]]] = field(default_factory=dict)
    ranking: Mapping[str, list[ClassRanking]] = field(default_factory=dict)
    parity: Mapping[str, PartParity] = field(default_factory=dict)
    worst: Mapping[str, list[Any]] = field(default_factory=dict)
    sampled: Mapping[str, Count] = field(default_factory=dict)
    step: Count = 0
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Any) -> Results:
        """Reads what the worker wrote.

        Raises:
            MisfitError: If something is missing, of another type, or does not belong together.
        """
        stored = convert(data, cls)
        worst: Any = WorstClass if stored.task == "classification" else WorstNumbers
        stored = replace(
            stored,
            scores=_each(stored.scores, numbers),
            parity=_each(stored.parity, _parity),
            worst=_each(stored.worst, lambda rows: [_worst(convert(row, worst)) for row in rows]),
        )
        for problem in _contradictions(stored):
            raise MisfitError(problem)
        return stored


def read_results(path: Path) -> Results:
    """Reads `results.json`.

    Raises:
        StorageError: If it is missing, or cannot be understood.
    """
    content = atomic.read_json(path)
    try:
        return Results.from_json(content)
    except MisfitError as problem:
        raise atomic.damaged(path, str(problem)) from problem


def _each(values: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: change(value) for name, value in values.items()}


def _parity(part: PartParity) -> dict[str, Any]:
    outputs = [
        {
            name: [number(each) for each in value] if isinstance(value, list) else number(value)
            for name, value in output.items()
            if name != "name"
        }
        | {"name": output["name"]}
        for output in part["outputs"]
    ]
    files = part.get("files")
    known = {"files": files} if files is not None and len(files) == len(part["rows"]) else {}
    return {"rows": part["rows"], "outputs": outputs, **known}


def _worst(row: Mapping[str, Any]) -> dict[str, Any]:
    if "probability" in row:
        return {**row, "probability": number(row["probability"])}
    return {**row, "true": numbers(row["true"]), "predicted": numbers(row["predicted"])}


def _contradictions(results: Results) -> Iterable[str]:
    """What no worker writes although each value is of its type, as clauses."""
    classes = len(results.class_names)
    for part, counts in results.confusion.items():
        if [len(row) for row in counts] != [classes] * classes:
            yield say(
                "`confusion.{part}` must have a row and a column for each of {classes} classes",
                part=part,
                classes=classes,
            )
    for part, classes_told in results.ranking.items():
        for told in classes_told:
            if told["name"] not in results.class_names or not _is_ranking(told):
                yield say("`ranking.{part}` must count each class at falling thresholds", part=part)
    for part, parity in results.parity.items():
        for output in parity["outputs"]:
            if not len(parity["rows"]) == len(output["true"]) == len(output["predicted"]):
                yield say(
                    "`parity.{part}` must have as many predicted values as measured ones", part=part
                )
    for part, rows in results.worst.items():
        if results.task != "classification" and any(
            row["true"].keys() != row["predicted"].keys() for row in rows
        ):
            yield say("`worst.{part}` must predict what was measured", part=part)


def _is_ranking(told: ClassRanking) -> bool:
    found, false = told["true_positives"], told["false_positives"]
    thresholds = told["thresholds"]
    return (
        0 < len(thresholds) == len(found) == len(false)
        and all(above > below for above, below in pairwise(thresholds))
        and _grows_to(found, told["positives"])
        and _grows_to(false, told["negatives"])
    )


def _grows_to(counts: list[Count], most: int) -> bool:
    return most > 0 and counts[-1] <= most and all(few <= many for few, many in pairwise(counts))
