"""Kinds of reading options: marks and other short texts, and places that rise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.composed import ListOf
from fitstudio.declared.kinds.values import Choice, joined
from fitstudio.words import say
from fitstudio.words.tables import Spoken


@dataclass(frozen=True)
class TextChoice(Choice):
    """One of a few texts, nothing and a blank among them; perhaps another text as well.

    It is typed as it is, by its name ("tab", "comma"), or in JSON's quotes.

    Args:
        options: The texts that are offered.
        longest: How many characters a text that is not among them may have; 0 allows no other.
    """

    longest: int = 0

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        offered = [repr(each.value) if each.value else "nothing" for each in self.options]
        return joined([*offered, say("another text")] if self.longest > 1 else offered)

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, str)

    def check(self, value: Any) -> str | None:
        """Whether it is an option, or a text that is short enough where others are allowed."""
        if self.option(value) is not None:
            return None
        is_other = isinstance(value, str) and len(value) <= self.longest
        return None if is_other else self._wrong(value)

    def parse(self, text: str) -> Any:
        """Reads an option or its title in any case of letters, or a text in JSON's quotes."""
        if self.option(text) is not None:
            return text
        word = text.strip().lower()
        for option in self.options:
            names = (option.title, option.title.partition(":")[0], repr(option.value)[1:-1])
            if word in map(str.lower, names):
                return option.value
        try:
            quoted = json.loads(text)
        except ValueError:
            quoted = None
        return self._checked(quoted if isinstance(quoted, str) else text)

    def show(self, value: Any) -> str:
        """The text; in JSON's quotes where it cannot be seen, such as a tab."""
        text = str(value)
        return text if text.isprintable() and not text.isspace() else json.dumps(text)


@dataclass(frozen=True, kw_only=True)
class Several(ListOf):
    """A list that has a name of its own, such as "a list of paths".

    Args:
        what: The name, to stand after "is".
        rising: Whether each value must be larger than the one before it.
    """

    what: Spoken = Spoken()
    rising: bool = False

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return self.what

    def check(self, value: Any) -> str | None:
        """As of a list; where values have to rise, they do and none comes twice."""
        problem = super().check(value)
        if problem is None and self.rising and list(value) != sorted(set(value)):
            return self._wrong(value)
        return problem
