"""Says in sentences what a run with the current settings will do; ``**strong**`` stands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.callback_entry import Waiting
from fitstudio.declared.catalogue.callback_words import watched_words
from fitstudio.declared.catalogue.entries import CALLBACKS, METRICS, MODELS
from fitstudio.declared.catalogue.losses import NUMBERS
from fitstudio.declared.catalogue.measured_names import higher_is_better, metric_name
from fitstudio.declared.catalogue.watching import best_epoch_by
from fitstudio.declared.kinds.entries import Chosen, EntryList
from fitstudio.declared.kinds.param import Param, Severity
from fitstudio.declared.parameters.augmentation import AUGMENTATION, said
from fitstudio.declared.parameters.registry import find_param
from fitstudio.declared.parameters.sources import sources_of
from fitstudio.declared.parameters.split import LAST
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.split_words import how_of
from fitstudio.declared.task.columns import chosen
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.declared.task.learning_choices import kept, learning_choices
from fitstudio.words import marked, say, say_count
from fitstudio.words.nouns import one, several
from fitstudio.words.numbers import (
    counted,
    format_bytes,
    format_count,
    listed,
    plain_number,
    strong,
)

_METRICS = EntryList(METRICS, marked("a metric"))


@dataclass(frozen=True)
class Paragraph:
    """One subject of the panel: a short title and one to three sentences."""

    title: str
    text: str


def describe(resolved: Resolved, summary: DatasetSummary | None = None) -> list[Paragraph]:
    """What the run will do, subject by subject.

    Args:
        resolved: The specification with its final values and findings.
        summary: What is known about the data.
    """
    facts = resolved.facts
    if facts is None:
        return [Paragraph(say("Not yet"), _what_is_missing(resolved, summary))]
    paragraphs = [
        Paragraph(
            say("Rows") if facts.row_name == "row" else say("Samples"), _rows(resolved, facts)
        ),
        Paragraph(say("One epoch"), _epoch(resolved, facts)),
        *(Paragraph(say("Changes at random"), text) for text in [_changes(resolved)] if text),
        Paragraph(say("Checking"), _checking(resolved, facts)),
        Paragraph(say("Weights"), _weights(resolved, facts)),
        Paragraph(say("The end"), _end(resolved, facts)),
        *(Paragraph(say("Helpers"), text) for text in [_helpers(resolved, facts)] if text),
        *(Paragraph(say("Size"), text) for text in [_size(resolved, facts)] if text),
        *(Paragraph(say("Chosen for you"), text) for text in [_choices(resolved, summary)] if text),
        *(Paragraph(say("Ignored"), text) for text in [_ignored(resolved)] if text),
    ]
    return [paragraph for paragraph in paragraphs if paragraph.text]


def _what_is_missing(resolved: Resolved, summary: DatasetSummary | None) -> str:
    errors = [each.sentence for each in resolved.errors if each.where.startswith(("data.", "fit."))]
    if errors:
        return errors[0]
    if summary is None:
        return say("The data have not been read yet.")
    return say("Choose inputs and a target on the Data page.")


def _rows(resolved: Resolved, facts: Facts) -> str:
    about = "" if facts.exact else say("About ")
    training = say(
        "{about}{training_rows} {rows} train the model",
        about=about,
        training_rows=strong(format_count(facts.training_rows)),
        rows=several(facts.row_name),
    )
    left_out = ""
    if facts.left_out:
        left_out = say(
            " {left_out} with missing values are left out.",
            left_out=counted(facts.left_out, facts.row_name),
        )
        if facts.left_out == 1:
            left_out = say(
                " One {row_name} with a missing value is left out.", row_name=one(facts.row_name)
            )
    if facts.test_rows:
        left_out = say(
            " {test} {how} are the test part, which nothing sees until it is opened.{left_out}",
            test=counted(facts.test_rows, facts.row_name),
            how=how_of({key: each.value for key, each in resolved.values.items()}),
            left_out=left_out,
        )
    given = resolved.value("fit.validation_data")
    if given is not None and "column" not in given:
        files = [str(source["path"]) for source in sources_of(given).values()]
        names = listed([_file_name(file) for file in files])
        return say(
            "{training}, those of {names} check it.{left_out}",
            training=training,
            names=strong(names),
            left_out=left_out,
        )
    if not facts.validation_rows:
        return say("{training}, none check it.{left_out}", training=training, left_out=left_out)
    check = strong(f"{facts.validation_rows:,}")
    if given is not None:
        labels = listed([str(value) for value in given["values"]], last="or")
        return say(
            "{training}, the {check} with {column} {labels} check it.{left_out}",
            training=training,
            check=check,
            column=given["column"],
            labels=labels,
            left_out=left_out,
        )
    if resolved.value("data.split") != LAST or facts.test_rows:
        values = {key: each.value for key, each in resolved.values.items()}
        return say(
            "{training}, {check} {how} check it: fit() gets them as validation_data, and "
            "validation_split is not used.{left_out}",
            training=training,
            check=check,
            how=how_of(values, before_test=facts.test_rows > 0),
            left_out=left_out,
        )
    if resolved.value("data.row_order") == "random":
        return say(
            "{training}, {check} picked at random check it.{left_out}",
            training=training,
            check=check,
            left_out=left_out,
        )
    return say(
        "{training}, the last {check} check it.{left_out}",
        training=training,
        check=check,
        left_out=left_out,
    )


def _changes(resolved: Resolved) -> str:
    """What is changed at random in training pictures, where that has an effect."""
    values = {
        param.key: resolved.value(param.key)
        for param in AUGMENTATION
        if param.key not in resolved.greyed
    }
    words = said(values)
    if not words:
        return ""
    return say(
        "In training pictures only, anew in every epoch: {changes}. Pictures that check the model "
        "stay as they are.",
        changes=", ".join(words),
    )


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _epoch(resolved: Resolved, facts: Facts) -> str:
    shuffle = resolved.value("fit.shuffle")
    steps = strong(say_count(facts.steps_per_epoch, "{number} step", "{number} steps"))
    if facts.feed == "batches":
        order = (
            say("in a new order of the batches every epoch")
            if shuffle
            else say("in the file's order")
        )
    elif shuffle == "batch":
        order = say("with the batches in a new random order every epoch")
    else:
        order = say("in a new random order every epoch") if shuffle else say("in the file's order")
    text = say(
        "{steps} of up to {batch_size} {rows}, {order}.",
        steps=steps,
        batch_size=format_count(facts.batch_size),
        rows=several(facts.row_name),
        order=order,
    )
    if facts.feed == "batches":
        workers = resolved.value("fit.workers")
        ahead = say_count(
            resolved.value("fit.max_queue_size"), "{number} batch", "{number} batches"
        )
        kind = "process" if resolved.value("fit.use_multiprocessing") else "thread"
        kinds = "processes" if kind == "process" else "threads"
        how = (
            say(
                "{workers}, up to {ahead} ahead", workers=counted(workers, kind, kinds), ahead=ahead
            )
            if workers
            else (say("the training thread itself"))
        )
        text += say(" Batches are read while training runs, by {how}.", how=how)
    return text


def _checking(resolved: Resolved, facts: Facts) -> str:
    measured = listed([say("loss"), *(_metric_titles(resolved))])
    if not facts.validates:
        return say(
            "Never. Only {measured} of the training {rows} are reported.",
            measured=measured,
            rows=several(facts.row_name),
        )
    when = resolved.value("fit.validation_freq")
    if isinstance(when, int):
        often = (
            say("After every epoch")
            if when == 1
            else say("Every {when}", when=say_count(when, "{number} epoch", "{number} epochs"))
        )
    else:
        often = say(
            "After epoch {when}", when=listed([format_count(epoch) for epoch in sorted(when)])
        )
    on = (
        say(
            "on the {validation_rows} {rows}",
            validation_rows=format_count(facts.validation_rows),
            rows=several(facts.row_name),
        )
        if facts.validation_rows is not None
        else say("on the second file")
    )
    steps = facts.validation_steps
    if steps is not None and steps < _all_check_steps(resolved, facts):
        on = say(
            "on the first {steps} of them",
            steps=say_count(steps, "{number} batch", "{number} batches"),
        )
    return f"{often}, {measured} {on}."


def _all_check_steps(resolved: Resolved, facts: Facts) -> int:
    if facts.validation_rows is None:
        return 2**62 if resolved.value("fit.validation_steps") is not None else 0
    size = resolved.value("fit.validation_batch_size") or facts.batch_size
    return -(-facts.validation_rows // size)


def _metric_titles(resolved: Resolved) -> Iterator[str]:
    for item in resolved.value("compile.metrics") or ():
        entry = _METRICS.entry_of(item)
        yield entry.title if entry is not None else metric_name(item)
    for item in resolved.value("compile.weighted_metrics") or ():
        entry = _METRICS.entry_of(item)
        yield say("weighted {entry}", entry=entry.title if entry is not None else metric_name(item))


def _weights(resolved: Resolved, facts: Facts) -> str:
    weights: Mapping[int, float] = resolved.value("fit.class_weight") or {}
    sentences: list[str] = []
    if weights and facts.class_names:
        counts = [
            (name, strong(plain_number(weights[number])))
            for number, name in enumerate(facts.class_names)
            if number in weights
        ]
        (first, amount), rest = counts[0], counts[1:]
        unit = say("time") if amount == strong("1") else say("times")
        named = [
            say(
                "{first} {first_2} {row_name} counts {amount} {unit}",
                first=_article(first).capitalize(),
                first_2=first,
                row_name=one(facts.row_name),
                amount=amount,
                unit=unit,
            )
        ]
        row = one(facts.row_name)
        named += [f"{_article(name)} {name} {row} {times}" for name, times in rest]
        sentences.append(f"{listed(named, most=4)}.")
    column = resolved.value("fit.sample_weight")
    if column is not None:
        also = say(" also") if sentences else ""
        sentences.append(
            say(
                "Each {row_name}{also} counts as {column} says.",
                row_name=one(facts.row_name),
                also=also,
                column=strong(column),
            )
        )
    return " ".join(sentences) or say("All {rows} count the same.", rows=several(facts.row_name))


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def _end(resolved: Resolved, facts: Facts) -> str:
    last = resolved.value("fit.epochs")
    if facts.epochs_to_run == 0:
        return say("At once: there is no epoch to run.")
    text = say("After {last}", last=strong(say_count(last, "{number} epoch", "{number} epochs")))
    if facts.epochs_to_run != last:
        text = say(
            "After epoch {last}, {epochs_to_run} from the first",
            last=strong(last),
            epochs_to_run=say_count(facts.epochs_to_run, "{number} epoch", "{number} epochs"),
        )
    sooner: list[str] = []
    keeps_best = False
    for item in resolved.value("fit.callbacks") or ():
        entry = CALLBACKS[item["kind"]]
        settings = entry.settings(item)
        if entry.ending is not None:
            sooner.append(entry.ending(settings, _waiting(resolved, facts)))
        keeps_best = keeps_best or bool(settings.get("restore_best_weights"))
    budget = resolved.value("run.time_budget_min")
    if budget is not None:
        sooner.append(say("after {budget} minutes", budget=plain_number(budget)))
    if sooner:
        text += say(", or sooner {sooner}", sooner=listed(sooner, last="or"))
    kept = (
        say(" The best model is kept.") if facts.validates else _kept_without_validation(resolved)
    )
    if keeps_best:
        kept = say(" Training ends with the best weights.")
    return f"{text}.{kept}"


def _kept_without_validation(resolved: Resolved) -> str:
    monitor, mode = best_epoch_by(resolved.value("fit.callbacks") or (), validates=False)
    rises = higher_is_better(monitor) if mode in (None, "auto") else mode == "max"
    watched = watched_words(monitor).removeprefix("the ")
    return say(
        " The model with the {rises} {watched} is kept.",
        rises=say("highest") if rises else say("lowest"),
        watched=watched,
    )


def _waiting(resolved: Resolved, facts: Facts) -> Waiting:
    """How callbacks say so many checks of a value: "2 checks (6 epochs)"."""
    every = resolved.value("fit.validation_freq")

    def in_words(monitor: str, times: int) -> str | None:
        checked = facts.validates and monitor.startswith("val_")
        if not checked or not isinstance(every, int) or every <= 1:
            return None
        checks = say_count(times, "{number} check", "{number} checks")
        epochs = say_count(times * every, "{number} epoch", "{number} epochs")
        return f"{checks} ({epochs})"

    return in_words


def _helpers(resolved: Resolved, facts: Facts) -> str:
    sentences = [
        text
        for item in resolved.value("fit.callbacks") or ()
        if (text := _helper_sentence(item, resolved, facts))
    ]
    return " ".join(sentences)


def _helper_sentence(item: Mapping[str, Any], resolved: Resolved, facts: Facts) -> str:
    """What one callback does, in a sentence; nothing for those told under "The end"."""
    entry = CALLBACKS[item["kind"]]
    if entry.sentence is None:
        return ""
    return entry.sentence(entry.settings(item), _waiting(resolved, facts))


def _size(resolved: Resolved, facts: Facts) -> str:
    plan = resolved.model_plan
    if plan is None or not plan.ok:
        return ""
    model = MODELS[resolved.value("model.kind")].title
    name = model if model in ("LSTM", "GRU") else f"{model[:1].lower()}{model[1:]}"
    memory = format_bytes(plan.batch_bytes(facts.batch_size))
    return say(
        "The {name} learns {parameters} numbers and needs about {memory}.",
        name=name,
        parameters=strong(format_count(plan.parameters)),
        memory=memory,
    )


def _choices(resolved: Resolved, summary: DatasetSummary | None) -> str:
    """What was chosen for these data and is still set, each with its reason."""
    if summary is None:
        return ""
    values = {key: each.value for key, each in resolved.values.items()}
    inputs = chosen(summary, values["fit.x"])
    numbers = resolved.facts is not None and resolved.facts.target == NUMBERS
    choices = learning_choices(summary, inputs, model=values["model.kind"], numbers=numbers)
    sentences = []
    for each in kept(choices, values):
        param = find_param(each.key, values["model.kind"])
        if param is not None:
            sentences.append(
                say(
                    "{title} {shown}: {why}.",
                    title=param.title,
                    shown=strong(shown_choice(param, each.value)),
                    why=each.why,
                )
            )
    return " ".join(sentences)


def shown_choice(param: Param, value: Any) -> str:
    """A value that was chosen, in a few words."""
    if isinstance(param.kind, Chosen):
        return param.kind.entries[value].title
    if param.key == "fit.callbacks":
        return listed([CALLBACKS[item["kind"]].title for item in value])
    if isinstance(value, Mapping):
        return listed([f"{name} {plain_number(number)}" for name, number in value.items()])
    return param.show(value)


def _ignored(resolved: Resolved) -> str:
    sentences = [
        f"{each.where.partition('.')[2]}: {each.sentence.removeprefix('Ignored: ')}"
        for each in resolved.findings
        if each.severity is Severity.NO_EFFECT
    ]
    return " ".join(sentences)
