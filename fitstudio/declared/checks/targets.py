"""Checks of the columns that are predicted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.columns import chosen, role_type
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    CONSTANT,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.declared.task.task import make_output
from fitstudio.errors import DataError
from fitstudio.words import say
from fitstudio.words.numbers import listed, strong


def check_targets(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """Whether the chosen targets can be predicted, alone or together."""
    columns: Sequence[ColumnSummary] = chosen(summary, checked.values["fit.y"])
    if not columns:
        return
    types = [role_type(checked.spec, column) for column in columns]
    names = strong(listed([column.name for column in columns]))
    if TEXT in types and not (len(columns) > 1 and CATEGORY in types):
        yield error(
            "fit.y-text", "fit.y", say("{names} holds text that cannot be predicted.", names=names)
        )
        return
    match columns:
        case (column,):
            yield from _single_target(checked, column)
        case _:
            yield from _several_targets(checked, columns, types)


def _single_target(checked: Checked, column: ColumnSummary) -> Iterator[Finding]:
    name = strong(column.name)
    if role_type(checked.spec, column) == CATEGORY:
        if len(column.classes) < 2:
            yield error("fit.y-one-class", "fit.y", _single_class(column))
            return
        rare = [label for label, count in column.classes if count < 2]
        if rare:
            yield advice(
                "fit.y-rare-class",
                "fit.y",
                say(
                    "{rare} has only one row: nothing can be learned from it.",
                    rare=strong(listed(rare)),
                ),
            )
    elif not _can_be_predicted(checked, [column]):
        yield _shapes_differ(name)
    elif column.type == CONSTANT:
        yield error(
            "fit.y-constant", "fit.y", say("{name} has the same value in every row.", name=name)
        )


def _several_targets(
    checked: Checked, columns: Sequence[ColumnSummary], types: Sequence[str]
) -> Iterator[Finding]:
    names = strong(listed([column.name for column in columns]))
    if CATEGORY in types:
        category = columns[types.index(CATEGORY)].name
        yield error(
            "fit.y-several",
            "fit.y",
            say("{names}: a category can only be the single target.", names=names),
            Fix(say("Only {category}", category=category), {"fit.y": [category]}),
        )
    elif not _can_be_predicted(checked, columns):
        yield _shapes_differ(names)
    if all(_yes_or_no(column) for column in columns):
        only = next(column.name for column in columns)
        yield advice(
            "fit.y-several-yes-or-no",
            "fit.y",
            say(
                "{names} hold only 0 and 1. Several targets are predicted as numbers, here "
                "between 0 and 1, not as classes: there is no accuracy, and no answer is "
                "exactly yes or no.",
                names=names,
            ),
            Fix(say("Only {only}", only=only), {"fit.y": [only]}),
        )


def _can_be_predicted(checked: Checked, columns: Sequence[ColumnSummary]) -> bool:
    try:
        make_output(checked.spec, checked.values, columns)
    except DataError:
        return False
    return True


def _shapes_differ(names: str) -> Finding:
    return error(
        "fit.y-shapes",
        "fit.y",
        say("{names} cannot be predicted together: the shapes differ.", names=names),
    )


def _yes_or_no(column: ColumnSummary) -> bool:
    return column.integer and (column.minimum, column.maximum) == (0.0, 1.0)


def _single_class(column: ColumnSummary) -> str:
    if not column.classes:
        return say(
            "{column} has too many different values to be classes. Take it for a number on "
            "the Data page, or choose another target.",
            column=strong(column.name),
        )
    return say(
        "{column} has only one class, {classes}: nothing to tell apart.",
        column=strong(column.name),
        classes=column.classes[0][0],
    )
