"""Which language FitStudio speaks, and the catalogue of that language's sentences.

English is what the code itself says and needs no catalogue. The others are `.po` files in
`resources/translations`, one a language, whose message ids are the English templates. `PSEUDO` is a
language for tests: whatever went through the door looks strange in it and is longer, so that what
did not stands out.
"""

from __future__ import annotations

import gettext
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from fitstudio import resources

ENGLISH = "en"
PSEUDO = "en-x-pseudo"


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language.

    Attributes:
        language: Its code, such as ``"zh_CN"``.
        texts: Each translation by its English template.
        plurals: The forms for each number, by the English template for several.
        form: Which of a plural's forms a number takes.
    """

    language: str
    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    form: Callable[[int], int]

    def text(self, template: str) -> str:
        """The translation, or the English template while there is none."""
        return self.texts.get(template, template)

    def plural(self, one: str, several: str, number: int) -> str:
        """The form for this number."""
        forms = self.plurals.get(several)
        if forms:
            return forms[min(self.form(number), len(forms) - 1)]
        return one if number == 1 else several


_ACCENTED = str.maketrans(
    "ACDEGHIJKLNORSTUWYZacdeghijklnorstuwyz", "ÀĈĎÈĜĤÌĴĶĹŃÒŔŚŤÙŴŶŹàĉďèĝĥìĵķĺńòŕśťùŵŷź"
)
# Places, and what is the same in every language: commands in backticks, patterns of files.
_KEPT = re.compile(r"(\{\{|\}\}|\{\w+\}|`[^`]*`|\(?\*\.\w+[^)]*\)?)")
# Other languages need about a third more room than English.
_LONGER = 0.3


class _Pseudo(Catalogue):
    """Every sentence in brackets, with accents on its letters, and longer."""

    def text(self, template: str) -> str:
        parts = _KEPT.split(template)
        parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
        more = "·" * round(_LONGER * sum(map(len, parts[::2])))
        return f"⟦{''.join(parts)}{more}⟧"

    def plural(self, one: str, several: str, number: int) -> str:
        return self.text(one if number == 1 else several)


def _english_form(number: int) -> int:
    return 0 if number == 1 else 1


_ENGLISH = Catalogue(ENGLISH, {}, {}, _english_form)
_PSEUDO = _Pseudo(PSEUDO, {}, {}, _english_form)
# What is spoken from the start, in a window and in all processes that it starts.
VARIABLE = "FITSTUDIO_LANGUAGE"
_lock = threading.Lock()


def current() -> Catalogue:
    """The catalogue in use."""
    return _in_use


def available() -> tuple[str, ...]:
    """The languages that can be used, English first."""
    found = sorted(file.stem for file in resources.path("translations").glob("*.po"))
    return (ENGLISH, *found)


@contextmanager
def _restored(before: Catalogue) -> Iterator[Catalogue]:
    global _in_use
    try:
        yield _in_use
    finally:
        _in_use = before


def use(language: str):
    """Speaks this language from now on; as a context manager, only until its end.

    Args:
        language: One of `available`, or `PSEUDO`.

    Raises:
        ValueError: If there is no catalogue of it.
    """
    global _in_use
    with _lock:
        before, _in_use = _in_use, _loaded(language)
    return _restored(before)


def _loaded(language: str) -> Catalogue:
    if language == ENGLISH:
        return _ENGLISH
    if language == PSEUDO:
        return _PSEUDO
    if language not in available():
        known = ", ".join(available())
        raise ValueError(f"There is no translation into {language!r}; there are: {known}.")
    # Loaded only here: who speaks English does not wait for it.
    from babel.messages.pofile import read_po

    with resources.path("translations", f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for message in read:
        if not message.id or message.fuzzy:
            continue
        if isinstance(message.id, tuple):
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            if all(forms):
                plurals[message.id[1]] = tuple(map(str, forms))
        elif isinstance(message.id, str) and message.string:
            texts[message.id] = str(message.string)
    return Catalogue(language, texts, plurals, gettext.c2py(read.plural_expr))


def at_start(environment: Mapping[str, str]) -> Catalogue:
    """What the environment asks for, where there is a catalogue of it that can be read; or English.

    Args:
        environment: Its variable `VARIABLE` is looked at.
    """
    asked = environment.get(VARIABLE, "")
    if not asked or (asked != PSEUDO and asked not in available()):
        return _ENGLISH
    try:
        return _loaded(asked)
    except (OSError, ValueError):
        return _ENGLISH


# One for the whole process: a window speaks one language, and a worker its window's.
_in_use: Catalogue = at_start(os.environ)
