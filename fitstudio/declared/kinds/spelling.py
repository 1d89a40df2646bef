"""Guesses which name was meant by one that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

from fitstudio.words import say

# A table may have tens of thousands of columns; comparing with all of them would be felt.
_MOST_COMPARED = 2_000


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, or None if none is like it."""
    by_lower = {each.lower(): each for each in islice(known, _MOST_COMPARED)}
    # Long names are cut: comparing takes time that grows with the square of the length.
    found = difflib.get_close_matches(name[:100].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The sentence " Did you mean …?" (with a space before it), or nothing."""
    found = closest(name, known)
    return say(" Did you mean {found}?", found=repr(found)) if found else ""
