"""Checks of the declared split: its shares, the column that decides, columns that could decide."""

from __future__ import annotations

from collections.abc import Iterator, Set

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.parameters.split import BY_COLUMN, COLUMN, GROUP, LAST
from fitstudio.declared.task.dataset_summary import ColumnSummary
from fitstudio.declared.task.parts_report import parts_key
from fitstudio.declared.task.split import PARTS, TEST, TRAINING, VALIDATION, part_of
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed, percent, strong

_KEY = "data.split_column"
_MOST_NAMED = 5


def check_split(checked: Checked) -> Iterator[Finding]:
    """Everything about the split that settings and summary tell."""
    if checked.summary is None:
        return
    values = checked.values
    kind, name = values["data.split"], values[_KEY]
    yield from _shares(checked)
    if kind in BY_COLUMN and name is None:
        yield error(
            "split.no-column",
            _KEY,
            say("The split needs a column that decides, and none is chosen."),
            _likely(checked, kind),
        )
    elif kind != LAST and name is not None:
        column = checked.summary.column(name)
        if column is None:
            yield error(
                "split.unknown-column",
                _KEY,
                say("The data have no column {name}.", name=strong(name)),
                _likely(checked, kind),
            )
        else:
            yield from _column(checked, kind, column)
    yield from _names_parts(checked)


def check_reported_parts(checked: Checked, codes: Set[str]) -> Iterator[Finding]:
    """What the reading process found in the parts, where it looked with these settings.

    Args:
        checked: What is checked.
        codes: What was found already: of one cause only the plainest finding is wanted.
    """
    report = None if checked.summary is None else checked.summary.parts
    if report is None or report.key != parts_key(checked.values.get):
        return
    for finding in report.findings:
        if finding.code not in codes and codes.isdisjoint(_SAID_BY.get(finding.code, ())):
            yield finding


_ORDER = ("fit.sorted-rows", "fit.shares-differ", "fit.class-not-trained")
# What is the same thing seen again where one of the others was found.
_SAID_BY = {
    "split.drift": _ORDER,
    "fit.class-not-checked": _ORDER,
    "split.copies": ("data.duplicates",),
    "split.near-copies": ("data.duplicates",),
    "split.unknown-part": ("split.no-column", "split.unknown-column"),
    "split.empty-part": ("split.shares", "split.few-groups"),
}


def _shares(checked: Checked) -> Iterator[Finding]:
    values = checked.values
    if values["data.split"] == COLUMN or values["fit.validation_data"] is not None:
        return
    checking, test = values["fit.validation_split"], values["data.test_share"]
    if test and checking + test >= 1:
        yield error(
            "split.shares",
            "data.test_share",
            say(
                "{checking} to check on and {test} for the test part leave none to train on.",
                checking=percent(checking),
                test=percent(test),
            ),
            Fix(say("Hold out 20 % and 20 %"), {_HOLD_OUT: 0.2, "data.test_share": 0.2}),
        )


_HOLD_OUT = "fit.validation_split"


def _column(checked: Checked, kind: str, column: ColumnSummary) -> Iterator[Finding]:
    name = column.name
    if column.shape:
        yield error(
            "split.column-of-arrays",
            _KEY,
            say("{name} holds arrays: it cannot split the rows.", name=strong(name)),
            _likely(checked, kind),
        )
        return
    if kind == COLUMN:
        yield from _labels(checked, column)
    if kind == GROUP:
        parts = 1 + bool(checked.values[_HOLD_OUT]) + bool(checked.values["data.test_share"])
        groups = column.distinct if column.distinct is not None else len(column.classes)
        if groups < parts:
            yield error(
                "split.few-groups",
                _KEY,
                say(
                    "{name} names {groups}, and {parts} parts need at least as many groups.",
                    name=strong(name),
                    groups=say_count(groups, "{number} group", "{number} groups"),
                    parts=parts,
                ),
            )
    inputs = checked.values["fit.x"] or []
    if kind in (COLUMN, GROUP) and name in inputs:
        kept = [each for each in inputs if each != name]
        yield advice(
            "split.column-is-input",
            _KEY,
            say("{name} decides the split and is an input too.", name=strong(name)),
            Fix(say("Leave it out of the inputs"), {"fit.x": kept or None}),
        )


def _labels(checked: Checked, column: ColumnSummary) -> Iterator[Finding]:
    labels = [label for label, _ in column.classes]
    parts = {part_of(label) for label in labels}
    unknown = [label for label in labels if part_of(label) is None]
    if unknown or not labels:
        yield error(
            "split.unknown-part",
            _KEY,
            say(
                "{name} holds {unknown}, which names no part: train, validation or test.",
                name=strong(column.name),
                unknown=listed([repr(each) for each in unknown[:_MOST_NAMED]]) or say("other text"),
            ),
            _likely(checked, COLUMN),
        )
    elif TRAINING not in parts:
        yield error(
            "split.empty-part",
            _KEY,
            say("{name} marks no row to train on.", name=strong(column.name)),
            _likely(checked, COLUMN),
        )


def _likely(checked: Checked, kind: str) -> Fix | None:
    """The column that could decide; None where none offers itself by its values."""
    assert checked.summary is not None
    taken = {*(checked.values["fit.y"] or ()), checked.values[_KEY]}
    columns = [each for each in checked.summary.columns if each.name not in taken]
    if kind == COLUMN:
        columns = [each for each in columns if names_parts(each)]
    elif kind == GROUP:
        columns = [each for each in columns if each.repeats]
    else:
        columns = [each for each in columns if each.dates or each.order]
    if not columns:
        return None
    return Fix(say("Split by {column}", column=columns[0].name), {_KEY: columns[0].name})


def names_parts(column: ColumnSummary) -> bool:
    """Whether every value of a column names a part, training and another one among them."""
    parts = {part_of(label) for label, _ in column.classes}
    return None not in parts and TRAINING in parts and len(parts) > 1


def _names_parts(checked: Checked) -> Iterator[Finding]:
    """A column that says which row is of which part, while something else decides."""
    assert checked.summary is not None
    values = checked.values
    if values["data.split"] == COLUMN or values["fit.validation_data"] is not None:
        return
    for column in checked.summary.columns:
        if not names_parts(column) or column.name in (values["fit.y"] or ()):
            continue
        counts: dict[str, int] = dict.fromkeys(PARTS, 0)
        for label, count in column.classes:
            counts[str(part_of(label))] += count
        told = {
            TRAINING: say("{rows} train", rows=counts[TRAINING]),
            VALIDATION: say("{rows} check", rows=counts[VALIDATION]),
            TEST: say("{rows} are a test part", rows=counts[TEST]),
        }
        kept = [each for each in values["fit.x"] or () if each != column.name]
        yield advice(
            "split.column-names-parts",
            "data.split",
            say(
                "{column} seems to say which part a row is of: {told}. The split does not go by "
                "it.",
                column=strong(column.name),
                told=listed([words for part, words in told.items() if counts[part]]),
            ),
            Fix(
                say("Split by {column}", column=column.name),
                {"data.split": COLUMN, _KEY: column.name, "fit.x": kept or None},
            ),
        )
        return
