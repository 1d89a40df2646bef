"""Settings that several callbacks share, and how any of their settings is made."""

from __future__ import annotations

from typing import Any

from fitstudio.declared.kinds.composed import OneOf
from fitstudio.declared.kinds.conditions import ALWAYS, AnyOf, Condition, Is
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import (
    Choice,
    Int,
    Kind,
    Option,
    Real,
    Text,
)
from fitstudio.words import marked

COUNT = Int(minimum=0)


def setting(
    name: str,
    kind: Kind,
    default: Any,
    title: str,
    sentence: str,
    *,
    unset: str = "",
    level: Level = Level.BASIC,
    applies: Condition = ALWAYS,
    unit: str = "",
) -> Param:
    """One setting of a callback; the arguments are those of `Param`, `sentence` is its help."""
    return Param(
        section="callback",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        unset=unset,
        level=level,
        applies=applies,
        unit=unit,
    )


MONITOR = setting(
    "monitor",
    Text(
        what=marked("the name of a measured value, such as val_loss"),
        longest=200,
        empty_allowed=False,
    ),
    "val_loss",
    marked("Watches"),
    marked("The value that is watched; val_ means on the rows held out."),
)

MODE = setting(
    "mode",
    Choice(
        (
            Option(
                "auto", marked("Automatic"), marked("Accuracy should rise, everything else fall.")
            ),
            Option("min", marked("Lower is better")),
            Option("max", marked("Higher is better")),
        )
    ),
    "auto",
    marked("Better means"),
    marked("Whether a lower or a higher value is better."),
    level=Level.ADVANCED,
)

VERBOSE = setting(
    "verbose",
    Choice((Option(0, marked("No")), Option(1, marked("Yes")))),
    0,
    marked("Says so"),
    marked("Whether a line is printed each time it does something."),
    level=Level.EXPERT,
)


def min_delta(default: float) -> Param:
    """The smallest gain that counts; its default differs from callback to callback."""
    return setting(
        "min_delta",
        Real(minimum=0.0),
        default,
        marked("Smallest gain"),
        marked("A gain of less than this does not count."),
        level=Level.ADVANCED,
    )


SAVE_FREQ = setting(
    "save_freq",
    OneOf((Choice((Option("epoch", marked("Every epoch")),)), Int(minimum=1))),
    "epoch",
    marked("How often"),
    marked("After each epoch, or after so many batches."),
    level=Level.ADVANCED,
)

SHAPES = (
    Option("step", marked("Steps"), marked("Multiplied by a factor every few epochs.")),
    Option("exponential", marked("Exponential"), marked("Multiplied by a factor in every epoch.")),
    Option(
        "linear",
        marked("Straight line"),
        marked("From the first rate to the final one in a straight line."),
    ),
    Option(
        "cosine",
        marked("Cosine"),
        marked("From the first rate to the final one, slowly at both ends."),
    ),
    Option(
        "flat_cosine",
        marked("Flat, then cosine"),
        marked("The first rate for half of the epochs, then a cosine to the final one."),
    ),
    Option(
        "cosine_cycles",
        marked("Cosine cycles"),
        marked("Up and down several times, each time for twice as long (coslog)."),
    ),
    Option("table", marked("Table"), marked("A rate for each epoch; the last one stays.")),
)

TO_A_FINAL_RATE = AnyOf(
    *(
        Is("callback.schedule", shape)
        for shape in ("linear", "cosine", "flat_cosine", "cosine_cycles")
    )
)
