"""Says in sentences what one epoch is, and when and on what the model is checked."""

from __future__ import annotations

from collections.abc import Iterator

from fitstudio.declared.catalogue.entries import METRICS
from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.declared.kinds.entries import EntryList
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.task.facts import Facts
from fitstudio.words import marked, say, say_count, sentences
from fitstudio.words.nouns import several
from fitstudio.words.numbers import (
    counted,
    format_count,
    listed,
    strong,
)

_METRICS = EntryList(METRICS, marked("a metric"))


def one_epoch(resolved: Resolved, facts: Facts) -> str:
    """How many steps of which size an epoch has, and in what order rows come."""
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
        text = sentences(text, say("Batches are read while training runs, by {how}.", how=how))
    return text


def checking_text(resolved: Resolved, facts: Facts) -> str:
    """When, on what and by what the model is checked."""
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
    return say("{often}, {measured} {on}.", often=often, measured=measured, on=on)


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
