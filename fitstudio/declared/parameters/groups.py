"""The questions that the training form asks; every setting answers one of them."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.words import marked
from fitstudio.words.tables import Spoken

LEARNING = marked("Learning")
HOW_LONG = marked("How long")
CHECKING = marked("Checking while training")
CLASS_WEIGHTS = marked("Class weights")
WHILE_IT_RUNS = marked("While it runs")
AT_RANDOM = marked("Changes at random")
MORE = marked("More")


@dataclass(frozen=True)
class Group:
    """One card of the form."""

    title: str  # English: the group is known by it
    sentence: Spoken = Spoken()


GROUPS: tuple[Group, ...] = (
    Group(LEARNING, marked("What is minimised, and how")),
    Group(HOW_LONG, marked("And in what portions")),
    Group(CHECKING, marked("On rows the model never learns from")),
    Group(CLASS_WEIGHTS, marked("Let rare classes count more")),
    Group(WHILE_IT_RUNS, marked("Helpers that watch the training")),
    Group(AT_RANDOM, marked("In training pictures only, anew in every epoch")),
    Group(MORE, marked("Data, reading and repeating")),
)
