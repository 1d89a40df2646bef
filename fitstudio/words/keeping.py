"""Sentences in files: the English stands where it always stood, and beside it what it was made of.

``{"sentence": "1 row has gaps.", "said": {"sentence": {"template": …, "values": …}}}``: whoever
does not know `said` reads the English; whoever does says the sentence in the language in use.
Of a list of sentences, such as ``"notes"``, `said` has a list as well, with null for plain text.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from fitstudio.words.saying import Said, said_again

SAID = "said"
# The names under which sentences stand in files; elsewhere names may be anybody's.
NAMES = frozenset({"sentence", "message", "remedy", "safe", "label", "device_reason"})
# The names under which several of them stand, one an element.
LISTS = frozenset({"notes"})


def kept(value: Any) -> Any:
    """Plain data with its sentences in English, each with what it was made of beside it.

    Args:
        value: Objects, lists and single values; a sentence that stands under none of `NAMES` is
            kept as its English alone.
    """
    if isinstance(value, Said):
        return value.english
    if isinstance(value, Mapping):
        said: dict[str, Any] = {
            name: each.to_json()
            for name, each in value.items()
            if isinstance(each, Said) and name in NAMES
        }
        for name in LISTS & value.keys():
            each = value[name]
            if isinstance(each, (list, tuple)) and any(isinstance(one, Said) for one in each):
                said[name] = [one.to_json() if isinstance(one, Said) else None for one in each]
        plain = {name: kept(each) for name, each in value.items()}
        if not said:
            return plain
        before = plain.get(SAID)
        return plain | {SAID: {**before, **said} if isinstance(before, Mapping) else said}
    if isinstance(value, (list, tuple)):
        return [kept(each) for each in value]
    return value


def heard(data: Any) -> Any:
    """Plain data from a file with its sentences in the language in use.

    Args:
        data: What `kept` gave, or what anyone else wrote: whatever cannot be said again stays.
    """
    if isinstance(data, dict):
        said = data.get(SAID)
        again = {
            name: heard(each) if isinstance(each, (dict, list)) else each
            for name, each in data.items()
        }
        if isinstance(said, Mapping):
            for name in NAMES & said.keys():
                if isinstance(text := data.get(name), str):
                    again[name] = _again(said[name], text)
            for name in LISTS & said.keys():
                texts, made_of = data.get(name), said[name]
                if isinstance(texts, list) and isinstance(made_of, list):
                    pairs = itertools.zip_longest(texts, made_of[: len(texts)])
                    again[name] = [_again(each, text) for text, each in pairs]
        return again
    # Lists hold one kind of thing: those of numbers, which may be long, are not looked through.
    if isinstance(data, list) and data and isinstance(data[0], (dict, list)):
        return [heard(each) for each in data]
    return data


def _again(made_of: Any, text: Any) -> Any:
    """The sentence in the language in use, where it was made of this."""
    if not isinstance(text, str):
        return text
    made = said_again(made_of, text)
    # The English is what counts: somebody may have changed it since.
    return made if isinstance(made, Said) and made.english == text else text
