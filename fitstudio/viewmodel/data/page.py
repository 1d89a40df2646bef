"""What the Data page knows: the file in words, its columns with their roles, what to decide."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.task.dataset_summary import (
    Guess,
)
from fitstudio.viewmodel.data.column_views import ColumnView, column_views
from fitstudio.viewmodel.data.items import Item, items_of
from fitstudio.viewmodel.data.sentences import target_words
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words.numbers import counted, format_bytes, listed


@dataclass(frozen=True)
class DataView:
    """Everything that the page shows of a file that was read."""

    title: str
    facts: str
    guesses: tuple[Guess, ...]
    columns: tuple[ColumnView, ...]
    rows: int
    items: tuple[Item, ...]
    targets: str


def view(session: ProjectSession) -> DataView | None:
    """What the page shows; None while nothing is known about the data."""
    summary = session.summary
    if summary is None:
        return None
    format = find_format(summary.kind)
    names = [each.name for each in summary.sources]
    word, part = format.row, format.column
    facts = (
        counted(summary.rows, word),
        counted(len(summary.columns), part),
        format_bytes(summary.bytes),
    )
    return DataView(
        title=listed(names) if names else Path(summary.file).name,
        facts=" · ".join(facts),
        guesses=tuple(guess for guess in summary.guesses if guess.label),
        columns=column_views(session, summary),
        rows=summary.rows,
        items=tuple(items_of(session, summary)),
        targets=target_words(session),
    )
