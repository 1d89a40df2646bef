"""Checks of how single columns are prepared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fitstudio.declared.catalogue.preparations import EMBEDDING, LOG, ONE_HOT
from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.columns import LEFT_OUT, role_type
from fitstudio.declared.task.dataset_summary import ColumnSummary
from fitstudio.declared.task.preparation import Preparation, preparation_of, width_of
from fitstudio.errors import DataError
from fitstudio.words import say
from fitstudio.words.numbers import format_value, strong

# With more classes than these, a 0 or 1 for each makes a model large for what it tells.
_MANY_CLASSES = 50


def check_preparations(checked: Checked, columns: Sequence[ColumnSummary]) -> Iterator[Finding]:
    """What cannot be done with input columns, and what is told about how they are prepared."""
    for column in columns:
        role = role_type(checked.spec, column)
        if role in LEFT_OUT:
            continue
        try:
            wanted = preparation_of(checked.spec, column.name, role)
            width_of(wanted, column, role)
        except DataError as problem:
            yield error(
                "data.preparation",
                "data.columns",
                str(problem),
                Fix(say("As the others"), {f"data.columns.{column.name}.prepare": None,
                                           f"data.columns.{column.name}.missing": None}),
            )  # fmt: skip
            continue
        yield from _unsuitable(column, wanted)
    known = set(checked.summary.names) if checked.summary is not None else set()
    asked = checked.spec.get("data.columns")
    for name in asked if isinstance(asked, Mapping) else ():
        if known and name not in known:
            yield advice(
                "data.columns-unknown",
                "data.columns",
                say("Settings are kept for {name}, a column that the data do not have.",
                    name=strong(name)),
            )  # fmt: skip


def _unsuitable(column: ColumnSummary, wanted: Preparation) -> Iterator[Finding]:
    key = f"data.columns.{column.name}.prepare"
    if wanted.way.name == LOG and column.minimum is not None and column.minimum <= 0:
        yield error(
            "data.no-logarithm",
            "data.columns",
            say(
                "{column} goes down to {minimum}: only numbers above 0 have a logarithm.",
                column=strong(column.name),
                minimum=format_value(column.minimum),
            ),
            Fix(say("Logarithm with sign"), {key: "signed_log"}),
        )
    if wanted.way.name == ONE_HOT and len(column.classes) > _MANY_CLASSES:
        kept, _ = wanted.classes_of(column)
        if len(kept) > _MANY_CLASSES:
            yield advice(
                "data.many-classes",
                "data.columns",
                say(
                    "{column} becomes {number} numbers, a 0 or 1 for each class.",
                    column=strong(column.name),
                    number=len(kept),
                ),
                Fix(say("Let the model learn numbers for them"), {key: EMBEDDING}),
            )
