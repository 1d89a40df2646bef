"""The order of chance in which rows are drawn, the same in every run by one seed."""

from __future__ import annotations

import numpy as np


def drawn_keys(seed: int, rows: np.ndarray) -> np.ndarray:
    """For each row a number by which rows stand in an order of chance; `split.mixed` for many."""
    with np.errstate(over="ignore"):
        value = np.uint64(seed * 0xD1342543DE82EF95 & (1 << 64) - 1) + (
            rows.astype(np.uint64) + np.uint64(1)
        ) * np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
