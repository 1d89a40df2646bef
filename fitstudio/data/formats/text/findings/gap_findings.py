"""What in a column may stand for a missing value, with the change that takes it for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from fitstudio.data.columns.stand_ins import LOW_STAND_INS
from fitstudio.data.formats.text.table_columns import TableColumns
from fitstudio.declared.checks.check import advice
from fitstudio.declared.kinds.param import Finding, Fix
from fitstudio.declared.task.dataset_summary import CATEGORY, CONSTANT, NUMBER, TEXT
from fitstudio.words import say, say_count

_MOST_MARKERS = 3
_FEW = 0.1


def stand_in(source: TableColumns, name: str, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Numbers such as -999 that instruments write where they have no value."""
    described = source.column(name)
    lowest = described.minimum
    if lowest not in LOW_STAND_INS or described.type != NUMBER:
        return
    values = source.scalars(name).numbers()
    hits = values == lowest
    others = values[np.isfinite(values) & ~hits]
    # Far below everything else; in a column of such sizes it may be a value like others.
    if not len(others) or others.min() < 0.5 * lowest:
        return
    marker = source.text(name)[int(np.flatnonzero(hits)[0])]
    layout, count = source.layout, int(hits.sum())
    yield advice(
        "data.stand-in",
        "data.options",
        say_count(
            count,
            "**{name}** holds {marker} in {count} row, far below all other values: it may "
            "stand for a missing value.",
            "**{name}** holds {marker} in {count} rows, far below all other values: it may "
            "stand for a missing value.",
            name=name,
            marker=marker,
            count=count,
        ),
        Fix(
            say("{marker} means missing", marker=marker),
            {
                "data.options": {
                    **options,
                    "missing": [*layout.missing, marker],
                    "missing_numbers": list(layout.missing_numbers),
                }
            },
        ),
    )


def words_as_gaps(source: TableColumns, name: str, options: Mapping[str, Any]) -> Iterator[Finding]:
    """Words that count as missing in a column of words, where each could be a class."""
    column, layout = source.scalars(name), source.layout
    if column.cells is None or column.type not in (CATEGORY, TEXT, CONSTANT) or column.dates:
        return
    cells = source.text(name)
    common = source.gap_markers() if cells.is_in(layout.missing).sum() < _FEW * len(cells) else ()
    # What stands for a few gaps in columns of numbers too is how this file writes them.
    markers = [m for m in layout.missing if not m.startswith("#") and m not in common]
    hits = cells.filter(cells.is_in(markers))
    if not len(hits):
        return
    found = dict(sorted(hits.value_counts().rows(), key=lambda row: -row[1]))
    shown = ", ".join(
        say_count(
            count,
            "“{marker}” in {count} row",
            "“{marker}” in {count} rows",
            marker=marker,
            count=count,
        )
        for marker, count in found.items()
    )
    several = len(found) > 1
    yield advice(
        "data.words-as-gaps",
        "data.options",
        say(
            "{shown} of **{name}** {several} as missing.",
            shown=shown,
            name=name,
            several=say("count") if several else say("counts"),
        ),
        Fix(
            say_count(
                len(found),
                "{markers} is a class",
                "{markers} are classes",
                markers=" and ".join(f"“{marker}”" for marker in found),
            ),
            {
                "data.options": {
                    **options,
                    "missing": [marker for marker in layout.missing if marker not in found],
                    "missing_numbers": [
                        *layout.missing_numbers,
                        *(marker for marker in found if marker not in layout.missing_numbers),
                    ],
                }
            },
        ),
    )


def means_missing(
    source: TableColumns, name: str, rows: np.ndarray, options: Mapping[str, Any]
) -> Fix | None:
    """A change that takes the cells in these rows for missing, where there are few kinds."""
    markers = sorted({source.text(name)[int(row)] for row in rows[:200]})
    if len(rows) > 200 or len(markers) > _MOST_MARKERS:
        return None
    known = list(source.layout.missing_numbers)
    changed: dict[str, Any] = {**options, "missing_numbers": [*known, *markers]}
    if "missing" in options:
        changed["missing"] = list(source.layout.missing)
    shown = " and ".join(f"“{shortened(marker)}”" for marker in markers)
    return Fix(
        say_count(len(markers), "{shown} means missing", "{shown} mean missing", shown=shown),
        {"data.options": changed},
    )


def shortened(text: str | None) -> str:
    """A cell as a sentence shows it: its beginning, where it is long."""
    text = text or ""
    return text if len(text) <= 20 else f"{text[:19]}…"
