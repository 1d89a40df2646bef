"""Checks of epochs, batches, what is held out, and class weights against the data."""

from __future__ import annotations

from collections.abc import Iterator

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.parts import NOT_TRAINED, SHARES_DIFFER, check_parts
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.parameters.split import COLUMN, LAST
from fitstudio.declared.task.balanced_class_weights import balanced_weights
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.task import CLASSIFICATION
from fitstudio.words import say, say_count
from fitstudio.words.numbers import counted, format_count, listed, percent, strong

_FEW_ROWS = 10


def hold_out() -> Fix:
    """Mends what lacks rows to check on."""
    return Fix(say("Hold out 20 %"), {"fit.validation_split": 0.2})


def check_fit(checked: Checked) -> Iterator[Finding]:
    """Everything about the arguments of fit() that depends on the data."""
    if checked.facts is None:
        return
    yield from _validation(checked, checked.facts)
    yield from _parts(checked, checked.facts)
    yield from _frequency(checked, checked.facts)
    yield from _batches(checked, checked.facts)
    yield from _class_weight(checked, checked.facts)


def _parts(checked: Checked, facts: Facts) -> Iterator[Finding]:
    """What is odd about the rows of each part: one finding for one cause, the plainest one."""
    found = list(check_parts(checked))
    if not any(each.code == NOT_TRAINED for each in found):
        by_order = list(_sorted_rows(checked, facts))
        yield from by_order
        if by_order:
            found = [each for each in found if each.code != SHARES_DIFFER]
    yield from found


def _validation(checked: Checked, facts: Facts) -> Iterator[Finding]:
    part = checked.values["fit.validation_split"]
    by_split = checked.values["fit.validation_data"] is None
    if by_split and part > 0 and facts.feed == "arrays":
        if 0 in (facts.training_rows, facts.validation_rows):
            which = say("to train on") if facts.training_rows == 0 else say("to check on")
            yield error(
                "fit.validation-split-empty",
                "fit.validation_split",
                say(
                    "Holding out {part} of {used_rows} leaves none {which}.",
                    part=percent(part),
                    used_rows=counted(facts.used_rows, facts.row_name),
                    which=which,
                ),
                hold_out() if facts.used_rows > 4 else Fix(say("Hold nothing out"), _no_split()),
            )
            return
    elif not by_split:
        yield from _marked_rows(checked, facts)
        yield from _second_files(checked)
    if not facts.validates:
        by_column = checked.values["data.split"] == COLUMN
        fix = hold_out() if facts.feed == "arrays" and not by_column else None
        yield advice(
            "fit.no-validation",
            "fit.validation_split",
            say("Nothing is held out: no one can tell whether the model learns or only remembers."),
            fix,
        )
    elif facts.validation_rows is not None and 0 < facts.validation_rows < _FEW_ROWS:
        yield advice(
            "fit.few-validation-rows",
            "fit.validation_split" if by_split else "fit.validation_data",
            say(
                "Only {validation_rows} to check on: the score will jump.",
                validation_rows=counted(facts.validation_rows, facts.row_name),
            ),
            hold_out() if by_split and part < 0.2 and facts.used_rows >= 50 else None,
        )


def _no_split() -> dict[str, None]:
    return {"fit.validation_split": None}


def _marked_rows(checked: Checked, facts: Facts) -> Iterator[Finding]:
    given = checked.values["fit.validation_data"]
    if "column" not in given or checked.summary is None:
        return
    key, column = "fit.validation_data", checked.summary.column(given["column"])
    nothing = Fix(say("Hold out 20 % instead"), {key: None, "fit.validation_split": 0.2})
    if column is None:
        sentence = say("The data have no column {column}.", column=strong(given["column"]))
        yield error("fit.validation-data-unknown-column", key, sentence, nothing)
        return
    labels = {label for label, _ in column.classes}
    unknown = [str(value) for value in given["values"] if str(value) not in labels]
    if unknown and len(unknown) == len(given["values"]):
        yield error(
            "fit.validation-data-empty",
            key,
            say(
                "No row has {unknown} in {column}.",
                unknown=strong(listed(unknown, last="or")),
                column=column.name,
            ),
            nothing,
        )
    elif facts.training_rows == 0:
        yield error(
            "fit.validation-data-all",
            key,
            say(
                "Every row is marked for checking by {column}: none is left to train on.",
                column=strong(column.name),
            ),
            nothing,
        )
    if column.name in (checked.values["fit.x"] or ()):
        kept = [name for name in checked.values["fit.x"] if name != column.name]
        yield advice(
            "fit.validation-data-is-input",
            key,
            say(
                "{column} marks the rows to check on and is an input too.",
                column=strong(column.name),
            ),
            Fix(say("Leave it out of the inputs"), {"fit.x": kept or None}),
        )


def _second_files(checked: Checked) -> Iterator[Finding]:
    """Files to check on that are not those which the columns in use are in."""
    given = checked.values["fit.validation_data"]
    sources = checked.summary.sources if checked.summary is not None else ()
    one = "file" in given or len(given.get("sources") or ()) == 1
    if "column" in given or (one and not sources):
        return
    key = "fit.validation_data"
    if not sources:
        named = listed([strong(name) for name in given["sources"]])
        yield error(
            "fit.validation-data-sources", key,
            str(say("The data are in one file, and {names} came to check on.", names=named)),
        )  # fmt: skip
        return
    weight = checked.values["fit.sample_weight"]
    used = [*(checked.values["fit.x"] or ()), *(checked.values["fit.y"] or ())]
    used += [weight] if weight else []
    assert checked.summary is not None
    needed = list(checked.summary.sources_with(used))
    there = needed if "file" in given and len(needed) == 1 else list(given.get("sources") or ())
    missing = [name for name in needed if name not in there]
    if missing:
        sentence = say(
            "To check on other rows, a file for each of {needed} is needed; {missing} is missing.",
            needed=strong(listed(needed)), missing=strong(listed(missing)),
        )  # fmt: skip
        yield error("fit.validation-data-sources", key, str(sentence))


def _sorted_rows(checked: Checked, facts: Facts) -> Iterator[Finding]:
    if checked.summary is None or checked.values["data.row_order"] != "file":
        return
    if checked.values["fit.validation_data"] is not None or not facts.validation_rows:
        return
    if checked.values["data.split"] != LAST or facts.test_rows:
        return
    column = next((each for each in checked.target_columns() if each.sorted_runs), None)
    if column is None:
        return
    held_out = _last_classes(column.runs, facts)
    if held_out is None:
        sentence = say(
            "The file is sorted by {column}. The last {validation_rows} rows are not like the "
            "rest, so the score would mislead.",
            column=column.name,
            validation_rows=format_count(facts.validation_rows),
        )
    elif len(held_out) >= len(facts.class_names) > 0:
        return
    else:
        others = len(facts.class_names) - len(held_out)
        rest = (
            say("the other one")
            if others == 1
            else say("the other {others}", others=_spelled(others))
        )
        sentence = say(
            "The file is sorted by {column}. The last {validation_rows} rows are all "
            "{held_out}, so the score would say nothing about {rest}.",
            column=column.name,
            validation_rows=format_count(facts.validation_rows),
            held_out=strong(listed(held_out, last="or")),
            rest=rest,
        )
    yield advice(
        "fit.sorted-rows",
        "fit.validation_split",
        sentence,
        Fix(say("Pick rows at random"), {"data.row_order": "random"}),
    )


def _last_classes(runs: tuple[tuple[str, int], ...], facts: Facts) -> list[str] | None:
    if not runs or not facts.class_names:
        return None
    remaining = facts.validation_rows or 0
    found: list[str] = []
    for label, length in reversed(runs):
        if remaining <= 0:
            break
        found.append(label)
        remaining -= length
    return list(dict.fromkeys(reversed(found)))


def _spelled(number: int) -> str:
    words = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else f"{number:,}"


def _frequency(checked: Checked, facts: Facts) -> Iterator[Finding]:
    if not facts.validates:
        return
    wanted, last = checked.values["fit.validation_freq"], checked.values["fit.epochs"]
    first = checked.values["fit.initial_epoch"] + 1
    if isinstance(wanted, int):
        never = last // wanted == (first - 1) // wanted
    else:
        never = not any(first <= epoch <= last for epoch in wanted)
    if never and facts.epochs_to_run > 0:
        yield advice(
            "fit.never-checked",
            "fit.validation_freq",
            say(
                "The model is never checked: training goes from epoch {first} to {last}.",
                first=first,
                last=last,
            ),
            Fix(say("Check every epoch"), {"fit.validation_freq": None}),
        )
    steps, there = checked.values["fit.validation_steps"], facts.validation_steps
    if steps is not None and there is not None and steps > there:
        yield advice(
            "fit.validation-steps-beyond",
            "fit.validation_steps",
            say(
                "There are only {there} to check on.",
                there=say_count(there, "{number} batch", "{number} batches"),
            ),
            Fix(say("Use all"), {"fit.validation_steps": None}),
        )


def _batches(checked: Checked, facts: Facts) -> Iterator[Finding]:
    batch_size = checked.values["fit.batch_size"]
    if batch_size is not None and batch_size > facts.training_rows > 0:
        yield advice(
            "fit.batch-size-beyond",
            "fit.batch_size",
            say(
                "There are only {training_rows}: each epoch is a single step.",
                training_rows=counted(facts.training_rows, "training " + facts.row_name),
            ),
            Fix(say("Automatic"), {"fit.batch_size": None}),
        )
    batches_there = -(-facts.training_rows // facts.batch_size) * checked.values["fit.epochs"]
    wanted = facts.steps_per_epoch * facts.epochs_to_run
    if checked.given("fit.steps_per_epoch") and wanted > facts.total_steps:
        ends = facts.total_steps // facts.steps_per_epoch + checked.values["fit.initial_epoch"]
        yield advice(
            "fit.runs-out-of-data",
            "fit.steps_per_epoch",
            say(
                "The data end during epoch {ends}: {batches_there} are there and {wanted} are "
                "asked for.",
                ends=ends + 1,
                batches_there=say_count(batches_there, "{number} batch", "{number} batches"),
                wanted=format_count(wanted),
            ),
            Fix(say("All rows in each epoch"), {"fit.steps_per_epoch": None}),
        )
    smallest = facts.training_rows % facts.batch_size or facts.batch_size
    if checked.values.get("model.batch_norm") and smallest == 1:
        yield advice(
            "fit.batch-of-one",
            "fit.batch_size",
            say(
                "A batch of one row cannot be normalised: the model learns nothing sensible "
                "from it."
            ),
        )


def _class_weight(checked: Checked, facts: Facts) -> Iterator[Finding]:
    weights = checked.values["fit.class_weight"]
    if not weights or facts.task != CLASSIFICATION:
        return
    classes = len(facts.class_names)
    missing = [name for number, name in enumerate(facts.class_names) if number not in weights]
    balanced = balanced_weights(facts.training_class_counts)
    if missing:
        fix = Fix(say("Balance all classes"), {"fit.class_weight": balanced}) if balanced else None
        have = "has" if len(missing) == 1 else "have"
        yield error(
            "fit.class-weight-missing",
            "fit.class_weight",
            say(
                "{missing} {have} no weight: every class needs one.",
                missing=strong(listed(missing)),
                have=have,
            ),
            fix,
        )
    elif len(weights) > classes:
        kept = {number: weights[number] for number in range(classes)}
        yield advice(
            "fit.class-weight-beyond",
            "fit.class_weight",
            say(
                "There are weights for {weights} classes, and the target has {classes}.",
                weights=format_count(len(weights)),
                classes=format_count(classes),
            ),
            Fix(say("Leave out the rest"), {"fit.class_weight": kept}),
        )
    elif not any(weights.values()):
        yield error(
            "fit.class-weight-zero",
            "fit.class_weight",
            say("All class weights are 0: nothing would be learned."),
            Fix(say("No class weights"), {"fit.class_weight": None}),
        )
