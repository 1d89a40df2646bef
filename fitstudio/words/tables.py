"""Fields of declared tables: kept in English, read in the language in use."""

from __future__ import annotations

from typing import Any

from fitstudio.words.saying import say_marked


class Spoken:
    """A field of a dataclass that people read; its value is a text that `marked` has marked.

    Tables are made when a module is loaded, before anyone knows the language. What is read from
    this field is said, wherever that is; what is kept is English.

    Args:
        default: The text where none is given; None where one must be.

    Example:
        >>> from dataclasses import dataclass
        >>> from fitstudio.words.tables import Spoken
        >>> @dataclass(frozen=True)
        ... class Entry:
        ...     title: Spoken = Spoken()
        ...     more: Spoken = Spoken("")
        >>> Entry("Adam").title
        'Adam'
    """

    def __init__(self, default: str | None = None) -> None:
        self._default = default
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, row: Any, owner: type) -> str:
        if row is None:
            # `dataclass` asks the class for the default; without one, there is no such attribute.
            if self._default is None:
                raise AttributeError(self._name)
            return self._default
        return say_marked(row.__dict__[self._name])

    def __set__(self, row: Any, text: str) -> None:
        row.__dict__[self._name] = text


def as_marked(row: Any, name: str) -> str:
    """The marked text of such a field, for another table that is made of it before it is said.

    Args:
        row: An object with such a field.
        name: The field's name.
    """
    return str(row.__dict__[name])
