"""The questions that the training form asks; every setting answers one of them."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.words import marked

LEARNING = "Learning"
HOW_LONG = "How long"
CHECKING = "Checking while training"
CLASS_WEIGHTS = "Class weights"
WHILE_IT_RUNS = "While it runs"
MORE = "More"


@dataclass(frozen=True)
class Group:
    """One card of the form."""

    title: str
    sentence: str


GROUPS: tuple[Group, ...] = (
    Group(LEARNING, marked("What is minimised, and how")),
    Group(HOW_LONG, marked("And in what portions")),
    Group(CHECKING, marked("On rows the model never learns from")),
    Group(CLASS_WEIGHTS, marked("Let rare classes count more")),
    Group(WHILE_IT_RUNS, marked("Helpers that watch the training")),
    Group(MORE, marked("Data, reading and repeating")),
)
