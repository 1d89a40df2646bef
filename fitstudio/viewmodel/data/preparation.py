"""How an input column is prepared, in words, and in which other ways it could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitstudio.declared.catalogue.preparations import DATE, GAP_WAYS
from fitstudio.declared.kinds.param import Entry
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import LEFT_OUT, role_type
from fitstudio.declared.task.dataset_summary import ARRAY, ColumnSummary
from fitstudio.declared.task.preparation import preparation_of, ways_for
from fitstudio.errors import DataError

Named = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PreparationView:
    """What the window shows of a column's preparation.

    Args:
        words: How it is prepared, in a few words; empty where that cannot be done as asked.
        ways: Name and title of each way that needs nothing said beside.
        way: The name of the one that is taken.
        gaps: What can become of its gaps, likewise; empty where it has none.
        gap: What becomes of them.
    """

    words: str = ""
    ways: Named = ()
    way: str = ""
    gaps: Named = ()
    gap: str = ""


def preparation_view(spec: RunSpec, column: ColumnSummary) -> PreparationView:
    """How a column that is an input is prepared."""
    role = role_type(spec, column)
    if role in LEFT_OUT:
        return PreparationView()
    ways = {name: way for name, way in ways_for(role).items() if name != DATE or column.dates}
    has_gaps = column.has_gaps and role != ARRAY
    gaps = _plain(GAP_WAYS) if has_gaps else ()
    try:
        wanted = preparation_of(spec, column.name, role)
    except DataError:
        return PreparationView(ways=_plain(ways), gaps=gaps)
    gap = wanted.missing if has_gaps else ""
    return PreparationView(wanted.way.short, _plain(ways), wanted.way.name, gaps, gap)


def _plain(ways: Mapping[str, Entry]) -> Named:
    """The ways that can be taken by their names alone."""
    return tuple(
        (way.name, way.title)
        for way in ways.values()
        if all(param.default is not None or param.accepts_none for param in way.params)
    )
