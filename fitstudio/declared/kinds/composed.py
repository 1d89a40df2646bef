"""Kinds made of other kinds: lists, alternatives, named settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.limits import LONGEST_LIST, check_limits
from fitstudio.declared.kinds.values import Kind, joined
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_count
from fitstudio.words.tables import Spoken


@dataclass(frozen=True, kw_only=True)
class ListOf(Kind):
    """A list of values of one kind.

    Args:
        item: The kind of each value.
        shortest: The smallest number of values.
        longest: The largest number of values.
        distinct: Whether a value may occur only once.
    """

    item: Kind
    shortest: int = 0
    longest: int = LONGEST_LIST
    distinct: bool = False

    def say(self) -> str:
        """What the list holds, in words."""
        return say("a list, each value {item}", item=self.item.say())

    def is_of_type(self, value: Any) -> bool:
        """Whether it is a list or tuple, and each value of the item's type."""
        return isinstance(value, list | tuple) and all(map(self.item.is_of_type, value))

    def check(self, value: Any) -> str | None:
        """Looks at length and values; a wrong one is named by its number, from 1."""
        if not isinstance(value, list | tuple):
            return self._wrong(value)
        if not self.shortest <= len(value) <= self.longest:
            return say(
                "must have from {shortest} to {longest} values, not {value}",
                shortest=self.shortest,
                longest=format_count(self.longest),
                value=format_count(len(value)),
            )
        for number, item in enumerate(value, start=1):
            problem = self.item.check(item)
            if problem is not None:
                return say(
                    "has a value that does not fit, number {number}: it {problem}",
                    number=number,
                    problem=problem,
                )
        if self.distinct:
            seen: set[str] = set()
            for item in value:
                shown = self.item.show(item)
                if shown in seen:
                    return say("names {shown} twice", shown=shown)
                seen.add(shown)
        return None

    def parse(self, text: str) -> list[Any]:
        """Reads JSON in brackets, or values parted by commas."""
        text = text.strip()
        if text.startswith("["):
            return super().parse(text)
        pieces = [piece.strip() for piece in text.replace(";", ",").split(",")]
        return self._checked([self.item.parse(piece) for piece in pieces if piece])

    def show(self, value: Any) -> str:
        """Values parted by commas, in JSON's quotes where one holds a comma itself."""
        shown = [self.item.show(item) for item in value]
        # Commas part the items, so that items which hold one need JSON's quotes.
        plain = shown and all(text and not set(text) & set(',;[]"') for text in shown)
        plain = plain and all(text == text.strip() for text in shown)
        return ", ".join(shown) if plain else super().show(value)

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return [self.item.to_json(item) for item in value]

    def from_json(self, data: Any) -> Any:
        """The value that JSON held; what cannot be one stays as it is, for `check` to name it."""
        if not isinstance(data, list | tuple):
            return data
        return [self.item.from_json(item) for item in data]


@dataclass(frozen=True)
class OneOf(Kind):
    """A value of any of several kinds; the first that fits reads it."""

    kinds: tuple[Kind, ...]

    def say(self) -> str:
        """The kinds, joined by "or"."""
        return joined([kind.say() for kind in self.kinds])

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the type of any of the kinds."""
        return any(kind.is_of_type(value) for kind in self.kinds)

    def check(self, value: Any) -> str | None:
        """None where any kind takes it; of a wrong list the kind that takes lists says why."""
        problems = [kind.check(value) for kind in self.kinds]
        if None in problems:
            return None
        # A list that is wrong inside is better explained by the kind that takes lists.
        if isinstance(value, list | tuple):
            for kind, problem in zip(self.kinds, problems):
                if isinstance(kind, ListOf):
                    return problem
        return self._wrong(value)

    def parse(self, text: str) -> Any:
        """What the first kind that can read the text makes of it."""
        for kind in self.kinds:
            try:
                return kind.parse(text)
            except ValueError:
                continue
        raise ValueError(self._wrong(text.strip()))

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return self._kind_of(value).show(value)

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return self._kind_of(value).to_json(value)

    def from_json(self, data: Any) -> Any:
        """What the first kind makes of it that then finds nothing wrong."""
        for kind in self.kinds:
            value = kind.from_json(data)
            if kind.check(value) is None:
                return value
        return data

    def _kind_of(self, value: Any) -> Kind:
        for kind in self.kinds:
            if kind.check(value) is None:
                return kind
        return self.kinds[-1]


@dataclass(frozen=True)
class Settings(Kind):
    """Named values that belong together, such as an optimizer's other settings.

    Which names there are depends on another setting, so the names are checked where that is known.
    """

    what: Spoken = Spoken(marked("settings by name"))

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return self.what

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, Mapping)

    def check(self, value: Any) -> str | None:
        """Looks at names, and at how deep and long it is."""
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            return self._wrong(value)
        try:
            check_limits(value)
        except ValueError as error:
            return str(error)
        return None

    def to_json(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        return dict(value)
