"""The losses in the order in which they are offered: those that fit the target first."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.declared.catalogue.entries import LOSSES
from fitstudio.declared.checks.compile import loss_misfit
from fitstudio.declared.task.facts import Facts


@dataclass(frozen=True)
class LossChoice:
    """One loss of the list.

    Attributes:
        name: Its name.
        title: How it is called.
        help: What it is.
        misfit: Why it cannot be used for the target; empty where it can, or nothing is known yet.
    """

    name: str
    title: str
    help: str
    misfit: str


def loss_choices(facts: Facts | None) -> list[LossChoice]:
    """All losses; what fits stands in front of what does not.

    Args:
        facts: What is known of the data and the target, where anything is.
    """
    found = [
        LossChoice(
            each.name, each.title, each.help, "" if facts is None else loss_misfit(each, facts)
        )
        for each in LOSSES.values()
    ]
    return sorted(found, key=lambda each: bool(each.misfit))
