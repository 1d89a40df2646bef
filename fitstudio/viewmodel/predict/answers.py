"""A file of predictions as the page shows it: its first rows, and what they are worth."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.actions.models.using_models import PredictionReport, Results
from fitstudio.errors import StorageError
from fitstudio.viewmodel.results.scores import (
    Confusion,
    Parity,
    Score,
    class_scores,
    number_scores,
)
from fitstudio.words import say
from fitstudio.words.numbers import format_value

SHOWN_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Answers:
    """The beginning of the file of results.

    Attributes:
        columns: Its columns.
        rows: At most `SHOWN_ROWS` of its rows.
        answered: Which of the columns are answers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    answered: frozenset[str]


def read_answers(report: PredictionReport) -> Answers:
    """The beginning of a file of results."""
    with report.output.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file)
        columns = tuple(next(lines, ()))
        rows = tuple(tuple(row) for _, row in zip(range(SHOWN_ROWS), lines))
    return Answers(columns, rows, frozenset(report.columns))


def short_number(text: str) -> str:
    """A long number in few digits, for the screen; anything else as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return format_value(value) if len(text) > 7 else text


def share_text(text: str) -> str:
    """A probability in the one form that compares at a glance: "0.003", never "3·10⁻³"."""
    try:
        return f"{float(text):.3f}"
    except ValueError:
        return text


def scores_of(measured: Mapping[str, Any]) -> list[Score]:
    """The scores on a file with known answers, as `evaluate_run` gives them."""
    results = Results.from_json(measured)
    if "test" in results.confusion:
        counts = np.asarray(results.confusion["test"], dtype=np.int64)
        return class_scores(Confusion(results.class_names, counts))
    for output in results.parity.get("test", {}).get("outputs", []):
        parity = Parity(
            str(output["name"]), np.asarray(output["true"]), np.asarray(output["predicted"]), ()
        )
        return number_scores(parity, output, (measured.get("target") or {}).get("unit") or "")
    return []


def no_place_for_answers(problem: OSError) -> StorageError:
    """What is said where answers cannot be kept until they are saved."""
    return StorageError(
        say(
            "There is no folder for temporary files that can be written: {strerror}.",
            strerror=problem.strerror,
        ),
        remedy=say(
            "Make room on the disk, or set TMPDIR to another folder and start FitStudio again."
        ),
        safe=say("Nothing was changed."),
    )
