"""Class weights with which each class counts the same."""

from __future__ import annotations

from collections.abc import Sequence


def balanced_weights(counts: Sequence[int]) -> dict[int, float]:
    """Rows ÷ (classes × rows of the class) for each class number; empty if there are no rows.

    A class without rows gets weight 1, so that it has one at all.
    """
    rows, classes = sum(counts), sum(count > 0 for count in counts)
    if rows == 0:
        return {}
    return {
        number: round(rows / (classes * count), 6) if count else 1.0
        for number, count in enumerate(counts)
    }
