"""Smoothing has no lag, invents nothing, and keeps gaps."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.gui.plots.smoothing import smooth


@pytest.mark.parametrize("value", [0.1, 1e-9, 12345.678, -3.3])
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_a_constant_stays_exactly_constant(value, strength):
    assert np.all(smooth(np.full(57, value), strength) == value)


def test_zero_strength_changes_nothing():
    curve = np.random.default_rng(0).normal(size=40)
    np.testing.assert_array_equal(smooth(curve, 0.0), curve)


def test_a_dip_stays_where_it_was():
    curve = np.abs(np.arange(101) - 30.0)
    for strength in (0.2, 0.4, 0.6):
        assert int(np.argmin(smooth(curve, strength))) == 30


def test_a_straight_line_keeps_its_middle_and_its_range():
    line = np.linspace(0.0, 1.0, 200)
    smoothed = smooth(line, 0.5)
    np.testing.assert_allclose(smoothed[60:140], line[60:140], atol=1e-9)
    assert smoothed.min() >= 0.0 and smoothed.max() <= 1.0


def test_more_strength_means_less_noise():
    noise = np.random.default_rng(0).normal(size=500)
    spreads = [smooth(noise, strength).std() for strength in (0.0, 0.2, 0.5, 1.0)]
    assert spreads == sorted(spreads, reverse=True)


def test_gaps_stay_gaps_and_do_not_spread():
    curve = np.ones(50)
    curve[20] = np.nan
    smoothed = smooth(curve, 0.6)
    assert np.isnan(smoothed[20])
    assert np.all(smoothed[np.arange(50) != 20] == 1.0)
    assert np.isnan(smooth(np.full(5, np.nan), 1.0)).all()


def test_a_run_that_is_continued_draws_the_line_it_drew() -> None:
    """Far from the end, the same values smooth to the same line however long the curve is."""
    values = np.exp(-np.arange(400) / 30) + 0.05 * np.sin(np.arange(400))
    short, whole = smooth(values[:200], 0.5), smooth(values, 0.5)
    np.testing.assert_allclose(short[:150], whole[:150], rtol=1e-12)
