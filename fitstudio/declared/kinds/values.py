"""What a setting's value may be: each kind reads text, checks a value, shows it and says itself.

A value has three forms:

* **text**, as a person types it in a field or after ``--set``: `Kind.parse` reads it;
* **value**, the Python object that ``fit()`` gets: `Kind.check` finds what is wrong with it;
* **JSON**, as it stands in ``run.json``: `Kind.to_json` and `Kind.from_json`.

`Kind.show` turns a value into text that `parse` reads back, and `Kind.say` names the kind in words
("a whole number, 1 or more"). There is no widget and no command-line parser in here. Numbers are
read with a decimal point; a form that allows a decimal comma replaces it before it calls `parse`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.limits import LARGEST_INTEGER, LARGEST_REAL, LONGEST_TEXT, load_json
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_count
from fitstudio.words.tables import Spoken


def quoted(value: object, *, longest: int = 60) -> str:
    """The value as it appears in a sentence: short, and text in quotes."""
    text = repr(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def is_number(value: object) -> bool:
    """Whether the value is an ordinary number; True and False are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def joined(words: list[str] | tuple[str, ...], last: str = "or") -> str:
    """Words in a row, as a sentence has them: "a, b or c"."""
    if len(words) < 2:
        return "".join(words)
    first = ", ".join(words[:-1])
    if last == "or":
        return say("{first} or {last}", first=first, last=words[-1])
    return say("{first} and {last}", first=first, last=words[-1])


def ended(sentence: str) -> str:
    """The sentence with a full stop, unless it has an end of its own."""
    return sentence if sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


class Kind:
    """What every kind can do; the methods here suit kinds whose text is JSON."""

    def say(self) -> str:
        """The kind in words, to stand after "must be"."""
        raise NotImplementedError

    def check(self, value: Any) -> str | None:
        """What is wrong with the value, to stand after the setting's name, or None."""
        raise NotImplementedError

    def is_of_type(self, value: Any) -> bool:
        """Whether the value is at least of the right type: text, a list, names and values.

        What is only out of its bounds may stand in a form that is being filled in; what is of
        another type can only have come from a file that somebody else wrote.
        """
        return not isinstance(value, Mapping | list | tuple | set | frozenset)

    def parse(self, text: str) -> Any:
        """Read what a person typed.

        Raises:
            ValueError: With the same words as `check`.
        """
        try:
            value = self.from_json(load_json(text))
        except ValueError:
            raise ValueError(self._wrong(text.strip())) from None
        return self._checked(value)

    def show(self, value: Any) -> str:
        """The value as text that `parse` reads back."""
        return json.dumps(self.to_json(value), ensure_ascii=False)

    def to_json(self, value: Any) -> Any:
        """The value as plain JSON data."""
        return value

    def from_json(self, data: Any) -> Any:
        """The value for JSON data; what does not fit is returned as it is: `check` refuses it."""
        return data

    def _wrong(self, value: object) -> str:
        return say("must be {say}, not {value}", say=self.say(), value=quoted(value))

    def _checked(self, value: Any) -> Any:
        problem = self.check(value)
        if problem is not None:
            raise ValueError(problem)
        return value


@dataclass(frozen=True, kw_only=True)
class Int(Kind):
    """A whole number within bounds that belong to it."""

    minimum: int | None = None
    maximum: int | None = None

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        if self.minimum is not None and self.maximum is not None:
            return say(
                "a whole number from {minimum} to {maximum}",
                minimum=self.minimum,
                maximum=self.maximum,
            )
        if self.minimum is not None:
            return say("a whole number, {minimum} or more", minimum=self.minimum)
        if self.maximum is not None:
            return say("a whole number, {maximum} or less", maximum=self.maximum)
        return say("a whole number")

    def check(self, value: Any) -> str | None:
        """Looks at type, size and bounds; True and False are no numbers here."""
        if not isinstance(value, int) or isinstance(value, bool):
            return self._wrong(value)
        if abs(value) > LARGEST_INTEGER:
            return say(
                "must be at most {largest_integer}", largest_integer=format_count(LARGEST_INTEGER)
            )
        too_small = self.minimum is not None and value < self.minimum
        too_large = self.maximum is not None and value > self.maximum
        return self._wrong(value) if too_small or too_large else None

    def parse(self, text: str) -> int:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        if len(text) > LONGEST_TEXT:
            raise ValueError(self._wrong(text))
        try:
            # JSON numbers such as 1e3 are whole numbers too when nothing is behind the point.
            value = self.from_json(float(text)) if "e" in text.lower() else int(text)
        except (ValueError, OverflowError):
            raise ValueError(self._wrong(text.strip())) from None
        return self._checked(value)

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return str(value)

    def from_json(self, data: Any) -> Any:
        """A whole number that was written as 5.0 is 5."""
        whole = isinstance(data, float) and math.isfinite(data) and data == int(data)
        return int(data) if whole else data


@dataclass(frozen=True, kw_only=True)
class Real(Kind):
    """A finite number within bounds; an open bound does not itself belong to it."""

    minimum: float | None = None
    maximum: float | None = None
    open_minimum: bool = False
    open_maximum: bool = False

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        low = high = ""
        if self.minimum is not None:
            low = (
                say("above {minimum}", minimum=f"{self.minimum:g}")
                if self.open_minimum
                else say("{minimum} or more", minimum=f"{self.minimum:g}")
            )
        if self.maximum is not None:
            high = (
                say("below {maximum}", maximum=f"{self.maximum:g}")
                if self.open_maximum
                else say("at most {maximum}", maximum=f"{self.maximum:g}")
            )
        bounds = " and ".join(bound for bound in (low, high) if bound)
        return say("a number, {bounds}", bounds=bounds) if bounds else say("a number")

    def check(self, value: Any) -> str | None:
        """Looks at type and bounds; infinity and NaN are none."""
        if not is_number(value) or not math.isfinite(value) or abs(value) > LARGEST_REAL:
            return self._wrong(value)
        if self.minimum is not None:
            below = value <= self.minimum if self.open_minimum else value < self.minimum
            if below:
                return self._wrong(value)
        if self.maximum is not None:
            above = value >= self.maximum if self.open_maximum else value > self.maximum
            if above:
                return self._wrong(value)
        return None

    def parse(self, text: str) -> float:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        try:
            value = float(text)
        except ValueError:
            raise ValueError(self._wrong(text.strip())) from None
        return self._checked(value)

    def show(self, value: Any) -> str:
        """With every digit, and without ".0" where it is whole."""
        if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
            return str(int(value))
        return repr(value)

    def from_json(self, data: Any) -> Any:
        """The value that JSON held; what cannot be one stays as it is, for `check` to name it."""
        fits = isinstance(data, int) and not isinstance(data, bool) and abs(data) <= LARGEST_INTEGER
        return float(data) if fits else data


@dataclass(frozen=True)
class Flag(Kind):
    """On or off."""

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("true or false")

    def check(self, value: Any) -> str | None:
        """What is wrong with a value, in one sentence; None for a good one."""
        return None if isinstance(value, bool) else self._wrong(value)

    def parse(self, text: str) -> bool:
        """Reads true, yes, on, 1 and their opposites, in any case of letters."""
        word = text.strip().lower()
        if word in ("true", "yes", "on", "1"):
            return True
        if word in ("false", "no", "off", "0"):
            return False
        raise ValueError(self._wrong(text.strip()))

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return "true" if value else "false"


@dataclass(frozen=True)
class Option:
    """One of the values of a `Choice`, with the words that a form shows for it."""

    value: Any
    title: Spoken = Spoken()
    help: Spoken = Spoken("")


@dataclass(frozen=True)
class Choice(Kind):
    """One of a few fixed values."""

    options: Sequence[Option]

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return joined([self.show(option.value) for option in self.options])

    def check(self, value: Any) -> str | None:
        """Whether it is one of the options, of the same type."""
        return None if self.option(value) is not None else self._wrong(value)

    def option(self, value: Any) -> Option | None:
        """The option with this value; 1 is not the same as True."""
        for option in self.options:
            if type(option.value) is type(value) and option.value == value:
                return option
        return None

    def title(self, value: Any) -> str:
        """The words shown for a value."""
        option = self.option(value)
        return option.title if option is not None else quoted(value)

    def parse(self, text: str) -> Any:
        """Reads an option's value or its title, in any case of letters."""
        word = text.strip().lower()
        for option in self.options:
            if word in (self.show(option.value).lower(), option.title.lower()):
                return option.value
        raise ValueError(self._wrong(text.strip()))

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return str(value).lower() if isinstance(value, bool) else str(value)

    def from_json(self, data: Any) -> Any:
        """The value that JSON held; what cannot be one stays as it is, for `check` to name it."""
        return Int().from_json(data)


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """A line of text.

    Args:
        what: What the text is, to stand after "must be".
        longest: How many characters it may have.
    """

    what: Spoken = Spoken(marked("text"))
    longest: int = LONGEST_TEXT
    empty_allowed: bool = True

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return self.what

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, str)

    def check(self, value: Any) -> str | None:
        """Looks at emptiness, length, and for zero bytes."""
        if not isinstance(value, str) or (not value.strip() and not self.empty_allowed):
            return self._wrong(value)
        if len(value) > self.longest:
            return say(
                "must be at most {longest} characters long, not {value}",
                longest=format_count(self.longest),
                value=format_count(len(value)),
            )
        return say("must not hold a zero byte") if "\0" in value else None

    def parse(self, text: str) -> str:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        return self._checked(text)

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return str(value)


@dataclass(frozen=True)
class RelativePath(Kind):
    """A file name inside the run's folder: it can never lead out of it."""

    def say(self) -> str:
        """What a value may be, in words that go on a sentence: "should be …"."""
        return say("a file name inside the run's folder")

    def is_of_type(self, value: Any) -> bool:
        """Whether it is of the right type at all; `check` tells the rest."""
        return isinstance(value, str)

    def check(self, value: Any) -> str | None:
        """Refuses absolute paths and those that lead out of the folder."""
        if not isinstance(value, str) or not value.strip() or len(value) > 500 or "\0" in value:
            return self._wrong(value)
        parts = value.replace("\\", "/").split("/")
        leads_out = ".." in parts or parts[0] in ("", "~") or ":" in parts[0].split("{")[0]
        return self._wrong(value) if leads_out else None

    def parse(self, text: str) -> str:
        """The value that a text means, as it is typed in a form or after a flag.

        Raises:
            ValueError: If it means none; the message is a sentence.
        """
        return self._checked(text.strip())

    def show(self, value: Any) -> str:
        """The value as a text that `parse` reads back."""
        return str(value)
