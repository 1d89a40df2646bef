"""Checks of the column by which rows are weighed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.inputs import leave_out
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.dataset_summary import (
    DatasetSummary,
)
from fitstudio.words import say
from fitstudio.words.numbers import strong

_WEIGHT_NAME = re.compile(r"(?i)^sample_?weights?$")


def check_sample_weight(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """Whether the chosen column can weigh rows, or one that is named so stands unused."""
    key, name = "fit.sample_weight", checked.values["fit.sample_weight"]
    if name is None:
        yield from _weights_by_name(checked, summary)
        return
    none = Fix(say("No row weights"), {key: None})
    column = summary.column(name)
    if column is None:
        yield error(
            f"{key}-unknown-column",
            key,
            say("The data have no column {name}.", name=strong(name)),
            none,
        )
    elif not column.numeric:
        yield error(
            f"{key}-text",
            key,
            say("{name} holds no numbers to weigh rows with.", name=strong(name)),
            none,
        )
    elif column.minimum is not None and column.minimum < 0:
        yield error(
            f"{key}-negative", key, say("{name} holds weights below 0.", name=strong(name)), none
        )
    elif column.maximum == 0:
        yield error(
            f"{key}-zero", key, say("All weights in {name} are 0.", name=strong(name)), none
        )
    elif name in (checked.values["fit.x"] or ()):
        yield advice(
            f"{key}-is-input",
            key,
            say("{name} is also an input of the model.", name=strong(name)),
            leave_out(checked.values["fit.x"], [name]),
        )


def _weights_by_name(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """A column that could be the rows' weights: its name and its values allow it, no more."""
    inputs, key = checked.values["fit.x"] or [], "fit.sample_weight"
    for column in summary.columns:
        positive = column.numeric and column.minimum is not None and column.minimum > 0
        used = column.name in (checked.values["fit.y"] or ())
        if positive and not used and not column.shape and _WEIGHT_NAME.match(column.name):
            kept = [name for name in inputs if name != column.name]
            yield advice(
                f"{key}-named",
                key,
                say(
                    "{column} is named like the weights of rows, and is used as {column_name} now.",
                    column=strong(column.name),
                    column_name=say("an input") if column.name in inputs else say("nothing"),
                ),
                Fix(say("Weigh rows by it"), {key: column.name, "fit.x": kept or None}),
            )
            return
