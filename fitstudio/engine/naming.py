"""Turns class names into the reference's snake case, and misspelt names into helpful errors."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from fitstudio.errors import ArgumentError


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
        remedy = f"Did you mean {' or '.join(repr(match) for match in nearest)}?"
    else:
        remedy = f"Use one of: {', '.join(names)}."
    return ArgumentError(
        f"There is no {what} called {name!r}.", code=f"compile.unknown-{what}", remedy=remedy
    )


def wrong_kind(what: str, value: object, expected: str) -> ArgumentError:
    """The error for an object that can't serve as a loss, a metric or an optimizer at all."""
    return ArgumentError(
        f"The {what} should be {expected}; {type(value).__name__} {value!r} was given.",
        code=f"compile.wrong-{what}",
    )
