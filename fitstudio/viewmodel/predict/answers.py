"""A file of predictions as the page shows it: its first rows, and what they are worth."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.actions.models.using_models import PredictionReport, Results
from fitstudio.errors import StorageError
from fitstudio.storage import atomic
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
_SHORT = 7
_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Answers:
    """The beginning of the file of results.

    Attributes:
        columns: Its columns.
        rows: At most `SHOWN_ROWS` of its rows.
        answered: Which of the columns are answers.
        decimal: The mark before the decimals of its numbers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    answered: frozenset[str]
    decimal: str = "."

    def number(self, text: str) -> float:
        """What a cell says as a number.

        Raises:
            ValueError: If it says none.
        """
        return float(text.replace(self.decimal, ".") if self.decimal != "." else text)


def read_answers(report: PredictionReport) -> Answers:
    """The beginning of a file of results."""
    with report.output.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=report.separator)
        columns = tuple(next(lines, ()))
        rows = tuple(tuple(row) for _, row in zip(range(SHOWN_ROWS), lines))
    return Answers(columns, rows, frozenset(report.columns), report.decimal)


def save_answers(
    report: PredictionReport, target: Path, again: Callable[..., PredictionReport]
) -> None:
    """Copies the results to a file of the person's choice; a workbook is written as one.

    Args:
        report: What the prediction did.
        target: The file.
        again: The same prediction, which takes the `output`.
    """
    if target.suffix.lower() == report.output.suffix:
        with report.output.open("rb") as source, atomic.writing(target) as file:
            shutil.copyfileobj(source, file, _COPY_BYTES)
    else:
        again(output=target)


def short_number(text: str, answers: Answers) -> str:
    """A long number in few digits, for the screen; anything else as it is."""
    if len(text) <= _SHORT:
        return text
    try:
        value = answers.number(text)
    except ValueError:
        return text
    return format_value(value).replace(".", answers.decimal)


def share_text(text: str, answers: Answers) -> str:
    """A probability in the one form that compares at a glance: "0.003", never "3·10⁻³"."""
    try:
        return f"{answers.number(text):.3f}".replace(".", answers.decimal)
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
