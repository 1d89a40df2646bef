"""Checks of a second file that the model is checked on, against the file that it learns from."""

from __future__ import annotations

from collections.abc import Iterator

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed, strong

_KEY = "fit.validation_data"


def check_second_file(checked: Checked, second: DatasetSummary) -> Iterator[Finding]:
    """What is found before training where rows of another file check the model.

    Args:
        checked: The settings and the training file.
        second: What is known about the other file.
    """
    if checked.task is None:
        return
    there = {_plain_name(name): name for name in second.names}
    wanted = [*(checked.values["fit.x"] or ()), *(checked.values["fit.y"] or ())]
    single = len(checked.values["fit.x"] or ()) == 1 and second.kind != "table"
    missing = [name for name in wanted if _plain_name(name) not in there]
    if missing and not single:
        # Preparing, which reads it just as the training file, has the last word.
        yield advice(
            "fit.validation-data-columns",
            _KEY,
            say("The second file has no column {names}.", names=strong(listed(missing))),
            Fix(say("Hold out 20 % instead"), {_KEY: None, "fit.validation_split": 0.2}),
        )
        return
    for column in checked.class_columns():
        other = second.column(there.get(_plain_name(column.name), ""))
        if other is not None and other.classes:
            yield from _classes(column, other)


def _classes(column: ColumnSummary, other: ColumnSummary) -> Iterator[Finding]:
    known = {_plain(label) for label, _ in column.classes}
    checked_on = {_plain(label) for label, _ in other.classes}
    unknown = [(label, count) for label, count in other.classes if _plain(label) not in known]
    if unknown and len(unknown) == len(other.classes):
        yield error(
            "fit.validation-data-classes",
            _KEY,
            say(
                "No class of {column} in the second file is one that is trained: it has {classes}.",
                column=strong(column.name),
                classes=listed([label for label, _ in unknown]),
            ),
        )
        return
    if unknown:
        rows = sum(count for _, count in unknown)
        yield advice(
            "fit.class-not-trained",
            _KEY,
            say_count(
                rows,
                "{classes} stands in {number} row of the second file and in none that trains: it "
                "is left out.",
                "{classes} stands in {number} rows of the second file and in none that trains: "
                "they are left out.",
                classes=strong(listed([label for label, _ in unknown])),
            ),
        )
    unseen = [label for label, _ in column.classes if _plain(label) not in checked_on]
    if unseen:
        yield advice(
            "fit.class-not-checked",
            _KEY,
            say(
                "The second file has no row of {classes}: the score will say nothing about it.",
                classes=strong(listed(unseen)),
            ),
        )


def _plain_name(name: str) -> str:
    return " ".join(name.split()).casefold()


def _plain(label: str) -> str:
    """A label as the preparation compares it: without regard to capitals, numbers as numbers."""
    try:
        return repr(float(label))
    except ValueError:
        return " ".join(label.split()).casefold()
