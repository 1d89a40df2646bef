"""Says in sentences when training ends, which model is kept, and what callbacks do meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.callback_entry import Waiting
from fitstudio.declared.catalogue.callback_words import watched_words
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.declared.catalogue.measured_names import higher_is_better
from fitstudio.declared.catalogue.watching import best_epoch_by
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.task.facts import Facts
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import listed, plain_number, strong


def end_text(resolved: Resolved, facts: Facts) -> str:
    """When training ends, at the latest and sooner, and which model is kept."""
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
        minutes = (
            say("after {budget} minute", budget=plain_number(budget))
            if budget == 1
            else say("after {budget} minutes", budget=plain_number(budget))
        )
        sooner.append(minutes)
    if sooner:
        text = say("{text}, or sooner {sooner}", text=text, sooner=listed(sooner, last="or"))
    kept = say("The best model is kept.") if facts.validates else _kept_without_validation(resolved)
    if keeps_best:
        kept = say("Training ends with the best weights.")
    return sentences(say("{text}.", text=text), kept)


def _kept_without_validation(resolved: Resolved) -> str:
    monitor, mode = best_epoch_by(resolved.value("fit.callbacks") or (), validates=False)
    rises = higher_is_better(monitor) if mode in (None, "auto") else mode == "max"
    watched = watched_words(monitor).removeprefix("the ")
    return say(
        "The model with the {rises} {watched} is kept.",
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
        return say("{checks} ({epochs})", checks=checks, epochs=epochs)

    return in_words


def helpers_text(resolved: Resolved, facts: Facts) -> str:
    """What the callbacks do; nothing for those that end the training."""
    texts = [
        text
        for item in resolved.value("fit.callbacks") or ()
        if (text := _helper_sentence(item, resolved, facts))
    ]
    return sentences(*texts)


def _helper_sentence(item: Mapping[str, Any], resolved: Resolved, facts: Facts) -> str:
    """What one callback does, in a sentence; nothing for those told under "The end"."""
    entry = CALLBACKS[item["kind"]]
    if entry.sentence is None:
        return ""
    return entry.sentence(entry.settings(item), _waiting(resolved, facts))
