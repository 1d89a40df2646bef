"""History as a table: a line an epoch, a column for each name, every digit of every number."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence


def history_table(rows: Iterable[tuple[int, Mapping[str, float]]], names: Sequence[str]) -> str:
    """The text of `history.csv`.

    Args:
        rows: Epoch (from 0) and its logs, in order.
        names: The columns.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["epoch", *names])
    for epoch, logs in rows:
        table.writerow([epoch, *(repr(logs[name]) if name in logs else "" for name in names)])
    return text.getvalue()
