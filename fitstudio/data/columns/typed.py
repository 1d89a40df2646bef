"""Columns that come with a type and with nulls, as arrays: words, and whole numbers with gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl


class Words:
    """A column of texts, which is turned into an array only where somebody wants a part of it.

    Args:
        cells: The texts; null where there is none.
    """

    dtype = np.dtype(np.str_)

    def __init__(self, cells: pl.Series) -> None:
        self.cells = cells
        self.shape: tuple[int, ...] = (len(cells),)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        found = self.cells.fill_null("").to_numpy()[key]
        return np.asarray(found, dtype=np.str_)


class WholeNumbers:
    """Whole numbers of which some are missing: the gaps make floats of them, and say nothing more.

    Args:
        values: The numbers; NaN where there is none.
    """

    whole_numbers = True
    dtype = np.dtype(np.float64)

    def __init__(self, values: np.ndarray) -> None:
        self._values = values
        self.shape = values.shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        return self._values[key]
