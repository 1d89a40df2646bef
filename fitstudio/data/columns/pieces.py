"""What fits into memory, and what it costs to mix rows that lie in pieces of a file."""

from __future__ import annotations

import psutil

# So many rows are read at once where they are read in a random order.
_ROWS_AT_ONCE = 4096


def fits_memory(nbytes: int) -> bool:
    """Whether so much may be read at once: no more than a quarter of the memory that is free."""
    return nbytes <= psutil.virtual_memory().available // 4


def times_read(rows: int, chunk_rows: int) -> int:
    """How often each piece is read in an epoch that mixes every row with every other.

    Args:
        rows: All rows.
        chunk_rows: Rows of a piece.
    """
    pieces = max(1, rows // chunk_rows)
    reads = max(1.0, rows / _ROWS_AT_ONCE)
    return max(1, round(reads * (1 - (1 - 1 / pieces) ** min(rows, _ROWS_AT_ONCE))))
