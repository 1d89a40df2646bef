"""Sentences made of a template and values, which can be kept in a file and said again.

The template is English with named places, ``"{rows} rows train the model."``; it is also the id by
which a translator finds the sentence. Values are words, numbers, or sentences themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fitstudio.words.language import current

# How deep sentences may stand in sentences, where they come from a file.
_DEEPEST = 6


class Said(str):
    """A sentence in the language in use that remembers its template and values.

    It is a text like any other; what is made of it by cutting or joining is ordinary text again.

    Attributes:
        template: English with named places; where something is counted, the form for several.
        values: What fills the places.
        one: The form for one, where something is counted.
        number: How many there are, where something is counted.
    """

    __slots__ = ("number", "one", "template", "values")
    template: str
    values: Mapping[str, Any]
    one: str | None
    number: int | None

    def __new__(
        cls,
        text: str,
        template: str,
        values: Mapping[str, Any],
        one: str | None = None,
        number: int | None = None,
    ) -> Said:
        """The text together with what it was made of."""
        made = super().__new__(cls, text)
        made.template, made.one, made.number = template, one, number
        made.values = {name: _plain(value) for name, value in values.items()}
        return made

    @property
    def english(self) -> str:
        """The same in English, whatever language is in use."""
        values = {
            name: value.english if isinstance(value, Said) else value
            for name, value in self.values.items()
        }
        if self.number is None or self.one is None:
            return self.template.format_map(values)
        template = self.one if self.number == 1 else self.template
        return template.format_map({"number": f"{self.number:,}", **values})

    def __reduce__(self) -> tuple[Any, ...]:
        """How copies and other processes make it again."""
        return Said, (str(self), self.template, self.values, self.one, self.number)

    def to_json(self) -> dict[str, Any]:
        """What a file keeps: `template` and `values`; where it counts, `one` and `count` too."""
        values = {
            name: value.to_json() if isinstance(value, Said) else _finite(value)
            for name, value in self.values.items()
        }
        kept: dict[str, Any] = {"template": self.template, "values": values}
        return kept if self.number is None else kept | {"one": self.one, "count": self.number}


def say(template: str, /, **values: Any) -> Said:
    """The sentence in the language in use.

    Args:
        template: English, with a named place for each value; ``{{`` stands for one brace.
        **values: Words, numbers or sentences by the names of their places.

    Raises:
        KeyError: If a place has no value.

    Example:
        >>> from fitstudio.words import say
        >>> sentence = say("{rows} rows train {name}.", rows=120, name="the model")
        >>> print(sentence)
        120 rows train the model.
        >>> sentence.template
        '{rows} rows train {name}.'
    """
    return Said(current().text(template).format_map(values), template, values)


def say_count(number: int, one: str, several: str, /, **values: Any) -> Said:
    """The sentence in the form that the number asks for.

    Args:
        number: What is counted; it fills the place ``{number}``, with marks between thousands.
        one: English for one, such as ``"{number} row"``.
        several: English for any other number, such as ``"{number} rows"``.
        **values: As for `say`.

    Example:
        >>> from fitstudio.words import say_count
        >>> print(say_count(1, "{number} row", "{number} rows"))
        1 row
        >>> print(say_count(1200, "{number} row", "{number} rows"))
        1,200 rows
    """
    filled = {"number": f"{number:,}", **values}
    text = current().plural(one, several, number).format_map(filled)
    return Said(text, several, values, one, number)


def sentences(*each: str) -> str:
    """Whole sentences, one behind the other, as one that can be kept; empty ones are left out.

    Example:
        >>> from fitstudio.words import say, sentences
        >>> print(sentences(say("It has ended."), "", say("Nothing is lost.")))
        It has ended. Nothing is lost.
    """
    together = ""
    for sentence in filter(None, each):
        together = say("{first} {next}", first=together, next=sentence) if together else sentence
    return together


def marked(text: str) -> str:
    """English that stands in a table and is said later, by `say_marked`; translators find it."""
    return text


def say_marked(text: str) -> str:
    """A text of a table, in the language in use; what has been said already stays as it is."""
    if not text or isinstance(text, Said):
        return text
    said = current().text(text)
    # A brace is an ordinary character in a table and opens a place in a template.
    return said if "{" in text or "}" in text else Said(said, text, {})


def said_again(data: Any, fallback: str, *, depth: int = 0) -> str:
    """A kept sentence in the language in use.

    Args:
        data: What `Said.to_json` gave, from a file that anyone may have written.
        fallback: The English that stands beside it, for everything that cannot be said again.
        depth: How deep this one stands in others.
    """
    if not isinstance(data, Mapping) or depth > _DEEPEST:
        return fallback
    template, values = data.get("template"), data.get("values")
    one, count = data.get("one"), data.get("count")
    if not isinstance(template, str) or not isinstance(values, Mapping):
        return fallback
    known: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            value = said_again(value, "", depth=depth + 1)
        if not isinstance(value, (str, int, float)):
            return fallback
        known[str(name)] = value
    try:
        if isinstance(one, str) and isinstance(count, int) and not isinstance(count, bool):
            _refuse_more_than_names(one, template)
            return say_count(count, one, template, **known)
        _refuse_more_than_names(template)
        return say(template, **known)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        return fallback


def _plain(value: Any) -> Said | str | int | float:
    """A value as a sentence remembers it: nothing that holds on to anything else."""
    if isinstance(value, Said) or type(value) in (str, int, float):
        return value
    return format(value)


def _finite(value: str | float) -> str | float:
    """A value as JSON knows it, which has no infinity."""
    return value if isinstance(value, (str, int)) or math.isfinite(value) else format(value)


def _refuse_more_than_names(*templates: str) -> None:
    """Looks at the places of templates that come from a file.

    Raises:
        ValueError: If a place reaches into a value or asks for a width: either could be made to
            take all memory.
    """
    for template in templates:
        rest = template.replace("{{", "").replace("}}", "")
        for part in rest.split("{")[1:]:
            if not part.partition("}")[0].isidentifier():
                raise ValueError("a place that is no plain name")
