"""Checks of the data and of the columns that have a role."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fitstudio.declared.checks.changed_file import check_changed_file
from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.preparations import check_preparations
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.kinds.spelling import closest
from fitstudio.declared.task.columns import chosen, kept_rows, role_type
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    CATEGORY,
    CONSTANT,
    ID,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.declared.task.likely_target import likely_target
from fitstudio.declared.task.task import make_input, make_output, slot_column
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_count, say_marked
from fitstudio.words.numbers import format_count, listed, strong

_WEIGHT_NAME = re.compile(r"(?i)^sample_?weights?$")
# Above this part of rows left out, it is worth a look.
_MUCH_LEFT_OUT = 0.05
# When another file was chosen all columns may be gone: a few of them are enough to see it.
_MOST_NAMED = 5


def check_data(checked: Checked) -> Iterator[Finding]:
    """Everything about the file and the columns that can be found out from the summary."""
    if not checked.values["data.file"]:
        yield error("data.no-file", "data.file", say("There is no data yet: choose a file."))
        return
    if checked.summary is None:
        return
    # What is wrong with the file itself was found by its reader; its advice is no matter of the
    # settings, and joins theirs in `everything_found`.
    yield from (each for each in checked.summary.findings if each.severity is Severity.ERROR)
    yield from check_changed_file(checked)
    for key in ("fit.x", "fit.y"):
        yield from _missing_columns(checked, checked.summary, key)
    yield from _inputs(checked, checked.summary)
    yield from _telling_inputs(checked, checked.summary)
    yield from _targets(checked, checked.summary)
    yield from _sample_weight(checked, checked.summary)
    yield from _rows(checked, checked.summary)


def _missing_columns(checked: Checked, summary: DatasetSummary, key: str) -> Iterator[Finding]:
    names = checked.values[key]
    role = "input" if key == "fit.x" else "target"
    if not names:
        article = "an" if role == "input" else "a"
        fix = _likely_target(checked, summary) if role == "target" else None
        yield error(
            f"{key}-not-chosen",
            key,
            say("Choose {article} {role} on the Data page.", article=article, role=role),
            fix,
        )
        return
    known = set(summary.names)
    for name in [each for each in names if each not in known][:_MOST_NAMED]:
        meant = closest(name, summary.names)
        kept = [meant if each == name and meant else each for each in names]
        kept = [each for each in dict.fromkeys(kept) if each in known]
        question = say(" Did you mean {meant}?", meant=repr(meant)) if meant else ""
        fix = Fix(
            say("Use {meant}", meant=meant) if meant else say("Leave it out"), {key: kept or None}
        )
        sentence = say(
            "The data have no column {name}.{question}", name=strong(name), question=question
        )
        yield error(f"{key}-unknown-column", key, sentence, fix)


def _likely_target(checked: Checked, summary: DatasetSummary) -> Fix | None:
    likely = likely_target(summary)
    if likely is None:
        return None
    inputs = [name for name in checked.values["fit.x"] or () if name != likely.column]
    return Fix(
        say("Predict {column}", column=likely.column),
        {"fit.y": [likely.column], "fit.x": inputs or None},
    )


def _inputs(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    names = checked.values["fit.x"] or []
    columns = chosen(summary, names)
    targets = set(checked.values["fit.y"] or ())
    both = [name for name in names if name in targets]
    if both:
        yield error(
            "fit.x-holds-target",
            "fit.x",
            say(
                "{both} is the target and an input: the model would be told the answer.",
                both=strong(listed(both)),
            ),
            _without(names, both),
        )
    texts = [each.name for each in columns if role_type(checked.spec, each) == TEXT]
    if texts:
        yield error(
            "fit.x-text",
            "fit.x",
            say("{texts} holds text, which a model cannot take.", texts=strong(listed(texts))),
            _without(names, texts),
        )
    badly_prepared = list(check_preparations(checked, columns))
    yield from badly_prepared
    constant = [each.name for each in columns if each.type == CONSTANT]
    if constant:
        yield advice(
            "fit.x-constant",
            "fit.x",
            say(
                "{constant} has the same value in every row and teaches nothing.",
                constant=strong(listed(constant)),
            ),
            _without(names, constant),
        )
    numbered = [each.name for each in columns if each.type == ID and each.name not in texts]
    if numbered:
        yield advice(
            "fit.x-id",
            "fit.x",
            say(
                "{numbered} is different in every row, like a number for each: a model can "
                "only learn it by heart.",
                numbered=strong(listed(numbered)),
            ),
            _without(names, numbered),
        )
    unmade = texts or any(each.severity is Severity.ERROR for each in badly_prepared)
    if columns and not unmade and not _go_together(checked, columns):
        arrays = [each.name for each in columns if role_type(checked.spec, each) == ARRAY]
        yield error(
            "fit.x-shapes",
            "fit.x",
            say(
                "These inputs do not go into one model: {arrays} has a shape of its own. "
                "Choose one of them, or arrays of the same shape.",
                arrays=strong(listed(arrays)),
            ),
            Fix(say("Only {arrays}", arrays=arrays[0]), {"fit.x": arrays[:1]}),
        )


def _go_together(checked: Checked, columns: Sequence[ColumnSummary]) -> bool:
    try:
        make_input([slot_column(checked.spec, column) for column in columns])
    except DataError:
        return False
    return True


def _can_be_predicted(checked: Checked, columns: Sequence[ColumnSummary]) -> bool:
    try:
        make_output(checked.spec, checked.values, columns)
    except DataError:
        return False
    return True


_HOW = {
    "same": marked("is a copy of"),
    "proportional": marked("goes up and down exactly with"),
    "one-to-one": marked("names the same things as"),
    "rank": marked("goes up and down exactly with"),
}


def _telling_inputs(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """Inputs that are the target in other words, as a column worked out from it is."""
    names, targets = checked.values["fit.x"] or [], checked.values["fit.y"] or ()
    for target in targets:
        for name, how in summary.telling(target).items():
            if name not in names or name in targets:
                continue
            if how == "parts":
                yield advice(
                    "fit.x-parts-target",
                    "fit.x",
                    say(
                        "{name} alone parts the classes of {target}, the target, without one "
                        "mistake. Is it known before the target is?",
                        name=strong(name),
                        target=strong(target),
                    ),
                    _without(names, [name]),
                )
                continue
            yield advice(
                "fit.x-tells-target",
                "fit.x",
                say(
                    "{name} {how} {target}, the target: the model would be told the answer. "
                    "Is it known before the target is?",
                    name=strong(name),
                    how=say_marked(_HOW.get(how, marked("tells"))),
                    target=strong(target),
                ),
                _without(names, [name]),
            )


def _without(names: Sequence[str], dropped: Sequence[str]) -> Fix | None:
    kept = [name for name in names if name not in dropped]
    return Fix(
        say("Leave it out") if len(dropped) == 1 else say("Leave them out"), {"fit.x": kept or None}
    )


def _targets(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
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


def _sample_weight(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
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
            _without(checked.values["fit.x"], [name]),
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


def _rows(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    facts = checked.facts
    if facts is None:
        return
    drops = checked.values["data.missing"] == "drop"
    filled = {**checked.values, "data.missing": "fill"}
    used = chosen(summary, [*(checked.values["fit.x"] or ()), *(checked.values["fit.y"] or ())])
    helps = drops and kept_rows(filled, summary, used).used > facts.used_rows
    fix = Fix(say("Fill in missing values"), {"data.missing": "fill"}) if helps else None
    if facts.used_rows == 0:
        yield error(
            "data.no-rows",
            "data.missing",
            say("Each row has a missing value, so that none is left."),
            fix,
        )
    elif facts.left_out > _MUCH_LEFT_OUT * summary.rows:
        yield advice(
            "data.rows-left-out",
            "data.missing",
            say(
                "{left_out} of {rows} are left out because a value is missing.",
                left_out=say_count(facts.left_out, "{number} row", "{number} rows"),
                rows=format_count(summary.rows),
            ),
            fix,
        )
