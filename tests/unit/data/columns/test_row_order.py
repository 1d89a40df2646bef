"""What the order of rows and the values of columns tell about a file."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from fitstudio.data.columns import identifiers, row_order

RNG = np.random.default_rng(3)


def test_a_curve_is_alike_and_a_nearly_sorted_file_is_not():
    walk = np.cumsum(RNG.normal(size=800))
    nearly_sorted = np.sort(RNG.normal(size=800))
    swapped = RNG.permutation(800)[:40]
    nearly_sorted[swapped] = nearly_sorted[swapped[::-1]]
    measured_four_times = np.repeat(RNG.normal(size=200), 4)

    assert (row_order.likeness(walk) or 0) > 0.9
    for values in (nearly_sorted, measured_four_times, RNG.normal(size=800)):
        assert (row_order.likeness(values) or 0) < 0.9


def test_a_clock_that_goes_back_once_still_rises():
    clock = np.arange(300.0)
    clock[150:] -= 2
    assert row_order.direction(clock) == "rising"
    assert row_order.direction(-clock) == "falling"
    assert row_order.direction(RNG.normal(size=300)) == ""


@pytest.mark.parametrize(
    ("name", "values", "numbers"),
    [
        ("rownames", RNG.permutation(60) + 1.0, True),
        ("anything", RNG.permutation(60) + 1.0, True),
        ("pidnum", RNG.permutation(900)[:60] + 10_056.0, True),
        ("pidnum", RNG.normal(size=60), False),
        ("price", RNG.permutation(900)[:60] + 10_056.0, False),
        ("year", np.arange(1959.0, 2019), False),
        ("huge", np.linspace(-1.7, 1.7, 60) * 1e308, False),
        ("far apart", np.array([1.0, 1.7e308, -1.7e308, 0, 2, 3]), False),
    ],
)
def test_what_numbers_rows(name, values, numbers):
    assert identifiers.numbers_rows(name, values) is numbers


def test_things_with_several_rows_need_a_name_and_values_that_agree():
    several = np.repeat(np.arange(40.0), 3)
    assert identifiers.repeats_numbers("patient_id", several)
    assert not identifiers.repeats_numbers("age", several)
    assert not identifiers.repeats_numbers("patient_id", np.arange(120.0))
    assert not identifiers.repeats_numbers("patient_id", several + 0.5)
    codes = pl.Series("sample", [f"S{n // 4:03d}" for n in range(80)])
    assert identifiers.repeats_words("anything", codes)
    assert not identifiers.repeats_words("patient", pl.Series("a", ["u", "v", "w"] * 40))
