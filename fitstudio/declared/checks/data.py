"""Checks of the data, and of the columns that have a role."""

from __future__ import annotations

from collections.abc import Iterator

from fitstudio.declared.checks.changed_file import check_changed_file
from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.inputs import check_inputs, check_telling_inputs
from fitstudio.declared.checks.sample_weight import check_sample_weight
from fitstudio.declared.checks.targets import check_targets
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.kinds.spelling import closest
from fitstudio.declared.task.columns import chosen, kept_rows
from fitstudio.declared.task.dataset_summary import (
    DatasetSummary,
)
from fitstudio.declared.task.likely_target import likely_target
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count, strong

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
    yield from check_inputs(checked, checked.summary)
    yield from check_telling_inputs(checked, checked.summary)
    yield from check_targets(checked, checked.summary)
    yield from check_sample_weight(checked, checked.summary)
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
