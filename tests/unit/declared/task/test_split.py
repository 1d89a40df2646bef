"""Rows are held out as fit() does it, to the last one."""

from __future__ import annotations

import math

import pytest

from fitstudio.declared.task.split import training_count


@pytest.mark.parametrize(("rows", "split", "left"), [(10, 0.8, 1), (10, 0.3, 7), (333, 0.2, 266)])
def test_rows_are_counted_as_fit_counts_them(rows, split, left):
    assert training_count(rows, split) == left == math.floor(rows * (1.0 - split))


@pytest.mark.parametrize("split", [0, 0.0, 1, 1.5, -0.1, True, None, "0.2"])
def test_what_is_no_fraction_holds_nothing_out(split):
    assert training_count(10, split) == 10
