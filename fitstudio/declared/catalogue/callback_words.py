"""How the callbacks say themselves: what each is set to, what it does, when it ends training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.callback_entry import Waiting
from fitstudio.words.numbers import counted, plain_number


def watched_words(monitor: str) -> str:
    """A watched value in words: "val_loss" is "the checking loss"."""
    if monitor.startswith("val_"):
        return f"the checking {monitor.removeprefix('val_').replace('_', ' ')}"
    return f"the training {monitor.replace('_', ' ')}"


def patience_summary(settings: Mapping[str, Any]) -> str:
    """Of what stops training without a gain."""
    keeps = ", keeps the best" if settings["restore_best_weights"] else ""
    return f"{counted(settings['patience'], 'epoch')} of patience{keeps}"


def no_gain_ending(settings: Mapping[str, Any], waiting: Waiting, *, rises: bool) -> str:
    """What has to happen for training to stop without a gain."""
    verb = "risen" if rises else "fallen"
    watched, patience = watched_words(settings["monitor"]), max(1, settings["patience"])
    times = waiting(settings["monitor"], patience) or f"{patience:,}"
    return f"if {watched} has not {verb} for {times}"


def plateau_summary(settings: Mapping[str, Any]) -> str:
    """Of what lowers the learning rate on a plateau."""
    factor = plain_number(settings["factor"])
    return f"Times {factor} after {counted(settings['patience'], 'epoch')} without a gain"


def plateau_sentence(settings: Mapping[str, Any], waiting: Waiting) -> str:
    """What lowers the learning rate on a plateau does."""
    patience = max(1, settings["patience"])
    times = waiting(settings["monitor"], patience) or counted(patience, "epoch")
    return (
        f"The learning rate is multiplied by {plain_number(settings['factor'])} when "
        f"{watched_words(settings['monitor'])} stands still for {times}."
    )


def saving_summary(settings: Mapping[str, Any]) -> str:
    """When the model is saved."""
    if settings["save_best_only"]:
        return "Each time it is better"
    often = settings["save_freq"]
    return (
        "After every epoch" if often == "epoch" else f"Every {counted(often, 'batch', 'batches')}"
    )


def saving_sentence(settings: Mapping[str, Any], _waiting: Waiting) -> str:
    """What saving the model does."""
    when = "each time it is better" if settings["save_best_only"] else "after each epoch"
    if isinstance(settings["save_freq"], int):
        when = f"every {counted(settings['save_freq'], 'batch', 'batches')}"
    return f"The model is also saved {when}."


def plan_summary(settings: Mapping[str, Any]) -> str:
    """The plan of the learning rate."""
    words = plan_words(settings)
    return f"{words[:1].upper()}{words[1:]}"


def plan_sentence(settings: Mapping[str, Any], _waiting: Waiting) -> str:
    """What the plan of the learning rate does."""
    return f"The learning rate follows a plan: {plan_words(settings)}."


def plan_words(settings: Mapping[str, Any]) -> str:
    """How a schedule changes the learning rate."""
    start = (
        f"a rise over {counted(settings['warmup'], 'epoch')}, then " if settings["warmup"] else ""
    )
    factor = plain_number(settings["factor"])
    words = {
        "step": f"times {factor} every {counted(settings['every'], 'epoch')}",
        "exponential": f"times {factor} in each epoch",
        "linear": f"in a straight line to {plain_number(settings['final'])}",
        "cosine": f"along a cosine to {plain_number(settings['final'])}",
        "table": "from a table",
    }
    return start + words[settings["schedule"]]
