"""Names of losses, metrics and optimizers: a register for each, spelt as the catalogue says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, cast

import numpy as np

from fitstudio.declared.kinds.entries import check_settings
from fitstudio.declared.kinds.param import Entry
from fitstudio.declared.kinds.values import ended
from fitstudio.engine.arguments import plain_value
from fitstudio.errors import ArgumentError
from fitstudio.words import say

Thing = TypeVar("Thing")
Made = TypeVar("Made", bound=type[Any])


class Register(Generic[Thing]):
    """What the engine can make by name; each formula enters itself.

    The names that a string may say are those of the catalogue's entry, aliases included, and the
    class's own.

    Args:
        what: ``"loss"``, ``"metric"`` or ``"optimizer"``.
        table: The catalogue's entries, which know spellings and settings.
        snake: Whether a class is also called by its name in snake case.
        offers_classes: Whether those who misspell a name are told the names of classes.
    """

    def __init__(
        self,
        what: str,
        table: Mapping[str, Entry],
        *,
        snake: bool = False,
        offers_classes: bool = False,
    ) -> None:
        self.what = what
        self.table = table
        self._snake = snake
        self._offers_classes = offers_classes
        self.classes: dict[str, type[Thing]] = {}
        self._spellings: dict[str, str] = {}

    def add(self, name: str) -> Callable[[Made], Made]:
        """A decorator that enters a class.

        Args:
            name: The name of its entry in the catalogue, or a name of its own if it has none.
        """

        def enter(made: Made) -> Made:
            self.classes[name] = cast(type[Thing], made)
            entry = self.table.get(name)
            aliases = () if entry is None else entry.aliases
            for spelling in (name, *self.own_names(made), *aliases):
                self._spellings[spelling] = name
            return made

        return enter

    def own_names(self, made: type) -> tuple[str, ...]:
        """What a class is called whatever the catalogue says."""
        name = made.__name__
        return (name, snake_case(name)) if self._snake else (name,)

    @property
    def names(self) -> list[str]:
        """Every spelling that `find` knows as it stands."""
        return sorted(self._spellings)

    def find(self, name: str) -> str | None:
        """The name of the class that is called so; letter case does not matter."""
        if name in self._spellings:
            return self._spellings[name]
        word = name.lower()
        return next((each for said, each in self._spellings.items() if said.lower() == word), None)

    def lookup(self, name: str) -> str:
        """As `find`.

        Raises:
            ArgumentError: If nothing is called so; it says what is called nearly so.
        """
        found = self.find(name)
        if found is None:
            classes = [each.__name__ for each in self.classes.values()]
            raise unknown_name(self.what, name, classes if self._offers_classes else self.names)
        return found

    def make(self, name: str, settings: Mapping[str, Any]) -> Thing:
        """What is called so, with settings.

        Raises:
            ArgumentError: If nothing is called so, or a setting is none of its or out of bounds.
        """
        known = self.lookup(name)
        return self.made(self.classes[known], known, settings)

    def made(self, cls: type[Thing], name: str, settings: Mapping[str, Any]) -> Thing:
        """A thing of this class.

        Raises:
            ArgumentError: If a setting is none of its, or out of the bounds of its declaration.
        """
        entry = self.table.get(name)
        if entry is not None:
            self._check(entry, settings)
        try:
            return cls(**settings)
        except TypeError as error:
            raise ArgumentError(
                say(
                    "The {what} {name} does not take these settings: {error}.",
                    what=self.what,
                    name=repr(name),
                    error=error,
                ),
                code=f"compile.{self.what}-settings",
                remedy=say("Leave the setting out, or check its spelling."),
            ) from error

    def _check(self, entry: Entry, settings: Mapping[str, Any]) -> None:
        """Checks what the catalogue declares; schedules, lists and the like are Python's own."""
        declared = {
            param.name: plain_value(param.kind, settings[param.name])
            for param in entry.params
            if isinstance(settings.get(param.name), (bool, int, float, str, np.generic))
        }
        problem = check_settings(entry, declared)
        if problem is not None:
            raise ArgumentError(ended(problem), code=f"compile.{self.what}-settings")

    def named(
        self, identifier: Any, settings: Mapping[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]] | None:
        """The name and the settings that a string or a dict says; None for anything else.

        Args:
            identifier: ``"adam"``, ``{"kind": "adam", "learning_rate": 0.1}`` or
                ``{"class_name": "Adam", "config": {…}}``.
            settings: More settings, which come first.

        Raises:
            ArgumentError: If a dict has no name.
        """
        if isinstance(identifier, str):
            return identifier, dict(settings or {})
        if not isinstance(identifier, Mapping):
            return None
        fields = dict(identifier)
        key = next((each for each in ("kind", "class_name", "name") if fields.get(each)), "kind")
        name = fields.pop(key, None)
        nested = fields.pop("config", {})
        if not isinstance(name, str):
            raise wrong_kind(
                self.what,
                identifier,
                say('a dict with the {what}\'s name under "kind"', what=self.what),
            )
        return name, fields | nested | dict(settings or {})

    def refuse_settings(self, settings: Mapping[str, Any] | None) -> None:
        """For what is no name.

        Raises:
            ArgumentError: If there are settings.
        """
        if settings:
            article = "an" if self.what[0] in "aeiou" else "a"
            raise ArgumentError(
                say(
                    "Settings can only be given for {article} {what} that is named.",
                    article=article,
                    what=self.what,
                ),
                code=f"compile.{self.what}-settings",
                remedy=say("Pass them to the {what} object itself.", what=self.what),
            )


def snake_case(name: str) -> str:
    """``MeanIoU`` becomes ``mean_io_u``, as the reference names objects after their class."""
    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def unknown_name(what: str, name: str, known: Iterable[str]) -> ArgumentError:
    """The error for a name that is not in a registry, with the nearest names that are.

    Args:
        what: The kind of thing: ``"loss"``, ``"metric"``, ``"optimizer"``.
        name: What was given.
        known: Every name that would have worked.
    """
    names = sorted(set(known))
    by_lower = {candidate.lower(): candidate for candidate in names}
    close = difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.6)
    nearest = [by_lower[match] for match in close]
    if nearest:
        remedy = say(
            "Did you mean {nearest}?", nearest=" or ".join(repr(match) for match in nearest)
        )
    else:
        remedy = say("Use one of: {names}.", names=", ".join(names))
    return ArgumentError(
        say("There is no {what} called {name}.", what=what, name=repr(name)),
        code=f"compile.unknown-{what}",
        remedy=remedy,
    )


def wrong_kind(what: str, value: object, expected: str) -> ArgumentError:
    """The error for an object that can't serve as a loss, a metric or an optimizer at all."""
    return ArgumentError(
        say(
            "The {what} should be {expected}; {kind} {value} was given.",
            what=what,
            expected=expected,
            kind=type(value).__name__,
            value=repr(value),
        ),
        code=f"compile.wrong-{what}",
    )
