"""The short texts beside the editors of the training form, worked out from what a run would be."""

from __future__ import annotations

from fitstudio.declared.catalogue.entries import LOSSES, OPTIMIZERS
from fitstudio.declared.catalogue.losses import NUMBERS
from fitstudio.declared.kinds.param import Finding, Param
from fitstudio.declared.parameters.split import LAST
from fitstudio.declared.resolve import Origin, Resolved
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.facts import Facts
from fitstudio.words import marked, say, say_count, say_marked
from fitstudio.words.nouns import several
from fitstudio.words.numbers import counted, format_count, plain_number

# What is said where a finding stood, once its remedy was taken.
_DONE = {
    "fit.sorted-rows": marked("Rows are picked at random before some of them are held out."),
    "fit.no-validation": marked("20 % of the rows are held out to check on."),
    "fit.validation-split-empty": marked("The rows are parted so that both sides have some."),
    "fit.class-weight-missing": marked("All classes count the same now."),
    "compile.loss-target": marked("The loss fits the target again."),
    "fit.callbacks-no-validation": marked(
        "20 % of the rows are held out, so that it can watch them."
    ),
}
_LONGEST_AUTOMATIC = 5


def done_sentence(finding: Finding) -> str:
    """What to say once a finding's remedy was taken."""
    if finding.code in _DONE:
        return say_marked(_DONE[finding.code])
    sentence = finding.fix.sentence if finding.fix is not None else ""
    return say(
        "Done: {sentence}{sentence_2}.", sentence=sentence[:1].lower(), sentence_2=sentence[1:]
    )


def automatic_text(param: Param, resolved: Resolved) -> str:
    """What stands in a field while the value is None: "automatic (32)", "all", "none"."""
    if not param.accepts_none:
        return ""
    found = resolved.values.get(param.key)
    if param.key == "compile.learning_rate" and found is not None and found.value is not None:
        return plain_number(found.value)
    if param.key == "compile.loss" and found is not None and found.value is not None:
        return LOSSES[str(found.value)].title
    derived = found is not None and found.origin is Origin.DERIVED and found.value is not None
    if param.unset != "automatic" or not derived or found is None:
        return param.unset
    text = str(found.value)
    return say("automatic ({text})", text=text) if len(text) <= _LONGEST_AUTOMATIC else text


def hint_for(param: Param, spec: RunSpec, resolved: Resolved) -> str:
    """The sentence beside an editor; empty where there is nothing worth saying."""
    facts = resolved.facts
    key = param.key
    if key == "compile.optimizer":
        return OPTIMIZERS[resolved.value(key)].help
    if key == "compile.loss":
        return _loss_hint(resolved, facts)
    if key == "fit.epochs":
        return _epochs_hint(facts)
    if facts is None:
        return ""
    if key == "fit.batch_size":
        return say(
            "{steps_per_epoch} an epoch",
            steps_per_epoch=say_count(facts.steps_per_epoch, "{number} step", "{number} steps"),
        )
    if key == "fit.validation_split":
        return _split_hint(resolved, facts)
    chosen = resolved.value(key) if spec.is_set(key) else None
    if key == "fit.validation_data" and chosen is not None:
        rows = facts.validation_rows
        return f"{format_count(rows)} {several(facts.row_name)}" if rows else ""
    if key == "fit.steps_per_epoch":
        fills = -(-facts.training_rows // facts.batch_size)
        return (
            say(
                "{fills} go through all {rows}",
                fills=format_count(fills),
                rows=several(facts.row_name),
            )
            if chosen is not None
            else ""
        )
    if key == "fit.initial_epoch" and facts.epochs_to_run and chosen:
        return say(
            "Epochs {chosen} to {resolved} run",
            chosen=format_count(chosen + 1),
            resolved=format_count(resolved.value("fit.epochs")),
        )
    if key == "fit.validation_steps" and key not in resolved.greyed and facts.validation_steps:
        return say_count(facts.validation_steps, "{number} batch", "{number} batches")
    if key == "data.test_share" and facts.test_rows:
        return counted(facts.test_rows, facts.row_name)
    if key == "data.row_order":
        return say("Before the last ones are held out")
    return ""


def _loss_hint(resolved: Resolved, facts: Facts | None) -> str:
    if facts is None:
        chosen = resolved.value("compile.loss")
        return "" if chosen is None else LOSSES[chosen].help
    if facts.loss not in LOSSES or facts.target not in LOSSES[facts.loss].suits:
        return ""
    if facts.target == NUMBERS:
        return say(
            "Fits {output_units}",
            output_units=say_count(facts.output_units, "{number} number", "{number} numbers"),
        )
    return say(
        "Fits {class_names}",
        class_names=say_count(len(facts.class_names), "{number} class", "{number} classes"),
    )


def _epochs_hint(facts: Facts | None) -> str:
    rows = several(facts.row_name if facts is not None else "row")
    return say("Times through the training {rows}", rows=rows)


def _split_hint(resolved: Resolved, facts: Facts) -> str:
    if not facts.validation_rows or resolved.value("fit.validation_data") is not None:
        return ""
    names = several(facts.row_name)
    if resolved.value("data.split") != LAST or facts.test_rows:
        return say(
            "{validation_rows} of {used_rows} {names}",
            validation_rows=format_count(facts.validation_rows),
            used_rows=format_count(facts.used_rows),
            names=names,
        )
    if resolved.value("data.row_order") == "random":
        return say(
            "{validation_rows} of {used_rows} {names}, at random",
            validation_rows=format_count(facts.validation_rows),
            used_rows=format_count(facts.used_rows),
            names=names,
        )
    return say(
        "The last {validation_rows} of {used_rows} {names}",
        validation_rows=format_count(facts.validation_rows),
        used_rows=format_count(facts.used_rows),
        names=names,
    )
