"""Checks of changes at random: whether classes can be mixed, and whether a mirror alters them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.kinds.conditions import Fact
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.parameters.augmentation import MIXING, changes_of
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.words import say
from fitstudio.words.numbers import format_count, strong

# With fewer pictures than this, a network that sees the same ones over and over learns them by
# heart; a picture shorter than this has hardly a point to move by.
_FEW_PICTURES = 1_000
_SHORT_SIDE = 24
_GENTLE = {"data.augment_turn": 5.0, "data.augment_shift": 5.0, "data.augment_brightness": 10.0}
# Words in the names of classes that a mirror turns into each other.
_SIDEWAYS = re.compile(r"(?i)(?<![a-z])(left|right|clockwise|anticlockwise|east|west)(?![a-z])")
_UPWARDS = re.compile(r"(?i)(?<![a-z])(up|down|top|bottom|upper|lower|north|south)(?![a-z])")


def check_augmentation(checked: Checked) -> Iterator[Finding]:
    """Everything about changes at random in training pictures."""
    facts = checked.facts
    if facts is None or not Fact("pictures").holds(checked.situation):
        return
    changes = changes_of(checked.values)
    if changes.mixes and facts.target_encoding == "index":
        where = next(key for key in MIXING if checked.values[key])
        yield error(
            "data.mixed-numbers",
            where,
            say(
                "Mixed pictures have two classes in shares, and the loss {loss} takes the number "
                "of one class.",
                loss=facts.loss,
            ),
            Fix(
                say("Use categorical_crossentropy"),
                {"compile.loss": "categorical_crossentropy", "compile.loss_settings": None},
            ),
        )
    yield from _altered_labels(checked, facts.class_names)
    few = facts.training_rows < _FEW_PICTURES and min(facts.input_shape[:2]) >= _SHORT_SIDE
    if few and not changes.any:
        yield advice(
            "data.few-pictures",
            "data.augment_turn",
            say(
                "**{count} pictures** are few: a network soon knows each of them by heart. "
                "Small changes at random make new ones of them.",
                count=format_count(facts.training_rows),
            ),
            Fix(say("Change them gently"), dict(_GENTLE)),
        )


def _altered_labels(checked: Checked, names: tuple[str, ...]) -> Iterator[Finding]:
    """A mirror that turns "left" into "right"."""
    for key, words in (
        ("data.augment_flip_horizontal", _SIDEWAYS),
        ("data.augment_flip_vertical", _UPWARDS),
    ):
        told = [name for name in names if words.search(name)]
        if checked.values[key] and told:
            yield advice(
                "data.flip-alters-class",
                key,
                say(
                    "A mirrored picture of {name} may be one of another class, and keeps its own "
                    "all the same.",
                    name=strong(told[0]),
                ),
                Fix(say("Do not flip"), {key: FIXED[key].default}),
            )
