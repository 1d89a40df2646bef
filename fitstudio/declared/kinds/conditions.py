"""Conditions between settings, as data: each can hold or not, and can say itself in words.

Condition
├── Always
├── Given(key)           set by the user, to something else than the default
├── Is(key, value)       the final value
├── AtMost(key, other)   one number is not larger than another
├── Reads(feed)          how rows reach fit(): "arrays" or "batches" (a Sequence or generator)
├── Fact(name)           something that the check found out: "validation", "classes", …
└── All, AnyOf, Not      of other conditions
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.kinds.values import joined
from fitstudio.words import marked, say, say_marked

# What facts are called in sentences: when they hold, and when they do not.
FACTS: Mapping[str, tuple[str, str]] = {
    "validation": (marked("there is data to check on"), marked("nothing is held out to check on")),
    "task known": (
        marked("inputs and target are chosen"),
        marked("inputs or target are not chosen"),
    ),
    "numbers": (marked("the target is a number"), marked("the target is a class")),
    "classes": (marked("the target is a class"), marked("the target is a number, not a class")),
    "one output": (marked("the model has one output"), marked("the model has several outputs")),
    "several outputs": (
        marked("the model has several outputs"),
        marked("the model has one output"),
    ),
    "time steps": (
        marked("the model answers at each time step"),
        marked("the model gives one answer for each row"),
    ),
    "pictures": (
        marked("the inputs are pictures"),
        marked("the inputs are no pictures"),
    ),
    "sample weights": (marked("rows have weights"), marked("rows have no weights")),
    "weights": (
        marked("rows or classes have weights"),
        marked("neither rows nor classes have weights"),
    ),
}

FEEDS: Mapping[str, str] = {
    "arrays": marked("is held as arrays"),
    "batches": marked("comes in batches"),
}


@dataclass(frozen=True)
class Situation:
    """What conditions are asked about.

    Args:
        values: The final value of each setting by key, defaults included.
        given: Keys that were set to something else than the default.
        feed: How rows reach ``fit()``: "arrays" or "batches".
        facts: What is known besides, names from `FACTS`.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    feed: str = "arrays"
    facts: frozenset[str] = frozenset()


class Condition:
    """What every condition can do."""

    def holds(self, situation: Situation) -> bool:
        """Whether it is so."""
        raise NotImplementedError

    def say(self, *, holds: bool = True) -> str:
        """The condition (or its opposite) as a clause: "steps per epoch is set"."""
        raise NotImplementedError

    def why_not(self, situation: Situation) -> str:
        """Why it does not hold, as a clause."""
        del situation
        return self.say(holds=False)


def _plain(key: str) -> str:
    """A key's name in the middle of a sentence: "fit.steps_per_epoch" is "steps per epoch"."""
    return key.partition(".")[2].replace("_", " ")


@dataclass(frozen=True)
class Always(Condition):
    """No condition."""

    def holds(self, situation: Situation) -> bool:
        """True, in every situation."""
        del situation
        return True

    def say(self, *, holds: bool = True) -> str:
        """ "always", or "never"."""
        return say("always") if holds else say("never")


ALWAYS = Always()


@dataclass(frozen=True)
class Given(Condition):
    """The setting was made, and differs from its default."""

    key: str

    def holds(self, situation: Situation) -> bool:
        """Whether the setting was made and differs from its default."""
        return self.key in situation.given

    def say(self, *, holds: bool = True) -> str:
        """That the setting is set, or is not."""
        return say("{key} is {holds}set", key=_plain(self.key), holds="" if holds else say("not "))


@dataclass(frozen=True)
class Is(Condition):
    """The setting's final value is this one."""

    key: str
    value: Any

    def holds(self, situation: Situation) -> bool:
        """Whether value and type are these: 1 is not True."""
        found = situation.values.get(self.key)
        return type(found) is type(self.value) and found == self.value

    def say(self, *, holds: bool = True) -> str:
        """That the setting is this value, or is not."""
        return say(
            "{key} is {holds}{value}",
            key=_plain(self.key),
            holds="" if holds else say("not "),
            value=self.value,
        )


@dataclass(frozen=True)
class AtMost(Condition):
    """One setting's number is not larger than another's."""

    key: str
    other: str

    def holds(self, situation: Situation) -> bool:
        """Whether both are numbers and the first is not larger."""
        mine, theirs = situation.values.get(self.key), situation.values.get(self.other)
        return mine is not None and theirs is not None and mine <= theirs

    def say(self, *, holds: bool = True) -> str:
        """How the two numbers stand to each other."""
        return say(
            "{key} is {holds}more than {other}",
            key=_plain(self.key),
            holds=say("not ") if holds else "",
            other=_plain(self.other),
        )


@dataclass(frozen=True)
class Reads(Condition):
    """Rows reach fit() in this way."""

    feed: str

    def holds(self, situation: Situation) -> bool:
        """Whether rows reach `fit()` in this way."""
        return situation.feed == self.feed

    def say(self, *, holds: bool = True) -> str:
        """How the data are read, or are not."""
        return (
            say("the data {feeds}", feeds=say_marked(FEEDS[self.feed]))
            if holds
            else say("only for data that {feeds}", feeds=say_marked(FEEDS[self.feed]))
        )


@dataclass(frozen=True)
class Fact(Condition):
    """Something that the check found out about data and model."""

    name: str

    def __post_init__(self) -> None:
        if self.name not in FACTS:
            raise ValueError(f"no fact is called {self.name!r}; there are: {', '.join(FACTS)}")

    def holds(self, situation: Situation) -> bool:
        """Whether the check found it out."""
        return self.name in situation.facts

    def say(self, *, holds: bool = True) -> str:
        """The fact in its own words, or their opposite."""
        return say_marked(FACTS[self.name][0 if holds else 1])


class _Several(Condition):
    def __init__(self, *conditions: Condition) -> None:
        self.conditions = conditions

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Several) or type(self) is not type(other):
            return False
        return self.conditions == other.conditions

    def __hash__(self) -> int:
        return hash((type(self), self.conditions))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.conditions))})"


class All(_Several):
    """Every one of them."""

    def holds(self, situation: Situation) -> bool:
        """Whether every one holds."""
        return all(condition.holds(situation) for condition in self.conditions)

    def say(self, *, holds: bool = True) -> str:
        """The conditions, joined by "and"; for the opposite by "or"."""
        words = [condition.say(holds=holds) for condition in self.conditions]
        return joined(words, "and" if holds else "or")

    def why_not(self, situation: Situation) -> str:
        """Names the first one that fails, not all of them."""
        failing = [each for each in self.conditions if not each.holds(situation)]
        return failing[0].why_not(situation) if failing else self.say(holds=False)


class AnyOf(_Several):
    """At least one of them."""

    def holds(self, situation: Situation) -> bool:
        """Whether at least one holds."""
        return any(condition.holds(situation) for condition in self.conditions)

    def say(self, *, holds: bool = True) -> str:
        """The conditions, joined by "or"; for the opposite by "and"."""
        words = [condition.say(holds=holds) for condition in self.conditions]
        return joined(words, "or" if holds else "and")

    def why_not(self, situation: Situation) -> str:
        """What the setting is that all conditions are about; else what none of them is."""
        keys = {each.key if isinstance(each, Is) else "" for each in self.conditions}
        (key,) = keys if len(keys) == 1 else ("",)
        value = situation.values.get(key)
        if not key or value is None:
            return super().why_not(situation)
        return say("{key} is {value}", key=_plain(key), value=value)


@dataclass(frozen=True)
class Not(Condition):
    """The opposite."""

    condition: Condition

    def holds(self, situation: Situation) -> bool:
        """Whether the condition does not hold."""
        return not self.condition.holds(situation)

    def say(self, *, holds: bool = True) -> str:
        """The opposite of what the condition says."""
        return self.condition.say(holds=not holds)
