"""Tells identifiers from measurements: by their values, and by names only where values agree."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

# Names of numbers that are all different; whole numbers alone are measured just as often.
_ID_NAME = re.compile(
    r"(?i)^(id|ids|pid|index|idx|nr|no|num|number|row|rows|key|uuid|guid|code|#|row_?names?|"
    r"unnamed: ?\d+|sample|subject|patient|participant|person|case|record|animal|specimen)$"
    r"|[_ .-](id|ids|nr|no|num|number|key|code|index|names?)$|#$|^[a-z]{1,8}(num|names|nr)$"
)
# Names of things that are often measured several times.
_THING_NAME = re.compile(
    r"(?i)(^|[_ .-])(id|ids|nr)$|^[a-z]{1,8}(num|nr)$|^pid$"
    r"|^(patient|subject|participant|person|animal|specimen|donor|sample)s?"
    r"([_ .-]?(no|nr|num|number|code|key|name))?$"
)
_CODE = r"^([^\d]{0,16}?)[-_ ./]?\d+$"
_FEWEST_THINGS = 8
_MOST_ROWS_EACH = 50


def numbers_rows(name: str, values: np.ndarray) -> bool:
    """Whether whole numbers, all different, number the rows: 1 to n, or a name that says so.

    Args:
        name: The column's name, which counts only beside values that agree.
        values: The numbers, without a gap and finite.
    """
    if not np.array_equal(values, np.rint(values)):
        return False
    counts_rows = values.min() in (0, 1) and values.max() == values.min() + len(values) - 1
    if counts_rows and np.all(np.diff(values) == 1):
        return True
    if len(np.unique(values)) != len(values):
        return False
    # A run of numbers, each once and in any order, is a shuffled count of the rows.
    shuffled = counts_rows and not _one_way(values)
    return bool(_ID_NAME.search(name) or shuffled)


def repeats_numbers(name: str, values: np.ndarray) -> bool:
    """Whether whole numbers name things that have several rows each: a name and values agree."""
    present = values[np.isfinite(values)]
    if not _THING_NAME.search(name) or not np.array_equal(present, np.rint(present)):
        return False
    return _few_rows_each(np.unique(present, return_counts=True)[1])


def repeats_words(name: str, cells: pl.Series) -> bool:
    """Whether words name things that have several rows each: "P07", "P08", or by their name."""
    present = cells.drop_nulls()
    if not len(present):
        return False
    counts = present.value_counts()
    if not _few_rows_each(counts["count"].to_numpy()):
        return False
    stems = counts[present.name].str.extract(_CODE, 1)
    coded = stems.null_count() == 0 and stems.n_unique() == 1
    return coded or bool(_THING_NAME.search(name))


def _few_rows_each(counts: np.ndarray) -> bool:
    """Whether there are many things, most of them with several rows and none with very many."""
    if len(counts) < _FEWEST_THINGS or counts.max() > _MOST_ROWS_EACH:
        return False
    return bool((counts > 1).sum() >= 0.5 * len(counts))


def _one_way(values: np.ndarray) -> bool:
    steps = np.diff(values)
    return bool(np.all(steps > 0) or np.all(steps < 0))
