"""How the callbacks say themselves: what each is set to, what it does, when it ends training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.callback_entry import Waiting
from fitstudio.words import say, say_count
from fitstudio.words.numbers import plain_number


def watched_words(monitor: str) -> str:
    """A watched value in words: "val_loss" is "the checking loss"."""
    if monitor.startswith("val_"):
        return say("the checking {monitor}", monitor=monitor.removeprefix("val_").replace("_", " "))
    return say("the training {monitor}", monitor=monitor.replace("_", " "))


def patience_summary(settings: Mapping[str, Any]) -> str:
    """Of what stops training without a gain."""
    keeps = say(", keeps the best") if settings["restore_best_weights"] else ""
    return say(
        "{patience} of patience{keeps}",
        patience=say_count(settings["patience"], "{number} epoch", "{number} epochs"),
        keeps=keeps,
    )


def no_gain_ending(settings: Mapping[str, Any], waiting: Waiting, *, rises: bool) -> str:
    """What has to happen for training to stop without a gain."""
    verb = "risen" if rises else "fallen"
    watched, patience = watched_words(settings["monitor"]), max(1, settings["patience"])
    times = waiting(settings["monitor"], patience) or f"{patience:,}"
    return say("if {watched} has not {verb} for {times}", watched=watched, verb=verb, times=times)


def plateau_summary(settings: Mapping[str, Any]) -> str:
    """Of what lowers the learning rate on a plateau."""
    factor = plain_number(settings["factor"])
    return say(
        "Times {factor} after {patience} without a gain",
        factor=factor,
        patience=say_count(settings["patience"], "{number} epoch", "{number} epochs"),
    )


def plateau_sentence(settings: Mapping[str, Any], waiting: Waiting) -> str:
    """What lowers the learning rate on a plateau does."""
    patience = max(1, settings["patience"])
    times = waiting(settings["monitor"], patience) or say_count(
        patience, "{number} epoch", "{number} epochs"
    )
    return say(
        "The learning rate is multiplied by {factor} when {monitor} stands still for {times}.",
        factor=plain_number(settings["factor"]),
        monitor=watched_words(settings["monitor"]),
        times=times,
    )


def saving_summary(settings: Mapping[str, Any]) -> str:
    """When the model is saved."""
    if settings["save_best_only"]:
        return say("Each time it is better")
    often = settings["save_freq"]
    return (
        say("After every epoch")
        if often == "epoch"
        else say("Every {often}", often=say_count(often, "{number} batch", "{number} batches"))
    )


def saving_sentence(settings: Mapping[str, Any], _waiting: Waiting) -> str:
    """What saving the model does."""
    when = say("each time it is better") if settings["save_best_only"] else say("after each epoch")
    if isinstance(settings["save_freq"], int):
        when = say(
            "every {save_freq}",
            save_freq=say_count(settings["save_freq"], "{number} batch", "{number} batches"),
        )
    return say("The model is also saved {when}.", when=when)


def plan_summary(settings: Mapping[str, Any]) -> str:
    """The plan of the learning rate."""
    words = plan_words(settings)
    return f"{words[:1].upper()}{words[1:]}"


def plan_sentence(settings: Mapping[str, Any], _waiting: Waiting) -> str:
    """What the plan of the learning rate does."""
    return say("The learning rate follows a plan: {settings}.", settings=plan_words(settings))


def plan_words(settings: Mapping[str, Any]) -> str:
    """How a schedule changes the learning rate."""
    factor = plain_number(settings["factor"])
    words = {
        "step": say(
            "times {factor} every {every}",
            factor=factor,
            every=say_count(settings["every"], "{number} epoch", "{number} epochs"),
        ),
        "exponential": say("times {factor} in each epoch", factor=factor),
        "linear": say("in a straight line to {final}", final=plain_number(settings["final"])),
        "cosine": say("along a cosine to {final}", final=plain_number(settings["final"])),
        "flat_cosine": say(
            "half of the epochs as it is, then along a cosine to {final}",
            final=plain_number(settings["final"]),
        ),
        "cosine_cycles": say_count(
            settings["cycles"],
            "up and down once, along a cosine",
            "up and down {number} times along a cosine, each time for longer",
        ),
        "table": say("from a table"),
    }
    way = words[settings["schedule"]]
    if not settings["warmup"]:
        return way
    warmup = say_count(settings["warmup"], "{number} epoch", "{number} epochs")
    return say("a rise over {warmup}, then {way}", warmup=warmup, way=way)
