"""The rows that a model got most wrong, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any

from fitstudio.words import numbers
from fitstudio.words.numbers import in_percent


@dataclass(frozen=True, slots=True)
class WorstRow:
    """A row that the model got most wrong."""

    row: str
    true: str
    predicted: str
    measure: str
    place: int | None = None  # in the file, from 0
    file: str = ""  # the picture that it is


def worst_row(entry: Mapping[str, Any]) -> WorstRow:
    """One entry of a results file in words."""
    place = entry.get("row")
    file = str(entry.get("file", ""))
    row = "–" if place is None else numbers.format_count(int(place) + 1)
    row = PureWindowsPath(file).name or row  # takes both kinds of slashes
    true, predicted = entry["true"], entry["predicted"]
    if isinstance(true, Mapping):
        differences = [predicted[name] - true[name] for name in true]
        return WorstRow(
            row,
            ", ".join(numbers.format_value(each, 4) for each in true.values()),
            ", ".join(numbers.format_value(each, 4) for each in predicted.values()),
            ", ".join(_signed(each) for each in differences),
            place,
            file,
        )
    chance = in_percent(float(entry["probability"]))
    return WorstRow(row, str(true), str(predicted), chance, place, file)


def _signed(value: float) -> str:
    return f"+{numbers.format_value(value)}" if value > 0 else numbers.format_value(value)
