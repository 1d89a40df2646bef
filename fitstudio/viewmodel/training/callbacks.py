"""Which helpers the form shows in which order, and the short text beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.catalogue.entries import CALLBACKS

# These always have a row, on or off.
STANDING = tuple(entry.name for entry in CALLBACKS.values() if entry.stands)


def shown_order(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, int | None]]:
    """The rows of the form: (kind, place in the list), with None for those switched off.

    Those in the list keep their order; each standing one that is off stands behind the standing
    ones that come before it.
    """
    rows: list[tuple[str, int | None]] = [
        (str(item.get("kind")), place) for place, item in enumerate(items)
    ]
    for number, kind in enumerate(STANDING):
        if any(row[0] == kind for row in rows):
            continue
        earlier = STANDING[:number]
        places = [place for place, row in enumerate(rows) if row[0] in earlier]
        rows.insert(places[-1] + 1 if places else 0, (kind, None))
    return rows


def callback_summary(item: Mapping[str, Any]) -> str:
    """What a helper is set to, in a few words."""
    entry = CALLBACKS.get(str(item.get("kind")))
    if entry is None:
        return ""
    try:
        return entry.help if entry.summary is None else entry.summary(entry.settings(item))
    except (TypeError, ValueError, KeyError):
        # A setting that cannot work: the finding below the list says which.
        return ""
