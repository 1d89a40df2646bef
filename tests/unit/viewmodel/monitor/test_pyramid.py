"""The pyramid shows every extreme with a bounded number of points."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.viewmodel.monitor.pyramid import DRAWN_POINTS, Pyramid


def filled(count: int, seed: int = 0) -> tuple[Pyramid, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = np.arange(count, dtype=float)
    y = random.normal(size=count)
    pyramid = Pyramid()
    for start in range(0, count, 997):
        pyramid.append(x[start : start + 997], y[start : start + 997])
    return pyramid, x, y


def test_a_short_curve_is_drawn_point_by_point():
    pyramid, x, y = filled(3000)
    drawn = pyramid.drawn()
    assert drawn.exact
    np.testing.assert_array_equal(drawn.x, x)
    np.testing.assert_array_equal(drawn.y, y)


@pytest.mark.parametrize("count", [4001, 5000, 64_001, 100_000, 1_048_583])
def test_a_long_curve_keeps_its_extremes_and_its_end(count):
    pyramid, x, y = filled(count)
    drawn = pyramid.drawn()
    assert len(drawn.x) <= DRAWN_POINTS
    assert not drawn.exact
    assert drawn.y.min() == y.min()
    assert drawn.y.max() == y.max()
    assert np.all(np.diff(drawn.x) >= 0)
    assert x[-1] - drawn.x[-1] <= 2 * count / (DRAWN_POINTS / 2) + 1
    # Each drawn pair really is the extremes of its part: no value outside, none invented.
    assert np.isin(drawn.y, y).all()


@pytest.mark.parametrize("low, high", [(10, 400), (1000, 90_000), (99_000, 200_000), (5, 6)])
def test_a_zoomed_window_has_its_own_extremes(low, high):
    pyramid, x, y = filled(150_000)
    inside = y[(x >= low) & (x <= high)]
    drawn = pyramid.drawn(low, high)
    assert len(drawn.x) <= DRAWN_POINTS
    assert drawn.y.min() <= inside.min()
    assert drawn.y.max() >= inside.max()
    least, greatest = pyramid.bounds(low, high)
    assert least <= inside.min() and greatest >= inside.max()


def test_a_single_spike_is_visible_at_every_zoom():
    y = np.zeros(500_000)
    y[123_456] = 7.0
    pyramid = Pyramid()
    pyramid.append(np.arange(len(y)), y)
    for reach in (100, 10_000, 120_000):
        drawn = pyramid.drawn(123_456 - reach, 123_456 + reach)
        assert drawn.y.max() == 7.0
        assert drawn.y.min() == 0.0


def test_means_are_means():
    pyramid, _, y = filled(1_000_000, seed=1)
    means = pyramid.means(points=1000)
    assert len(means.x) <= 1000
    assert means.y.mean() == pytest.approx(y.mean(), abs=2e-4)
    assert np.abs(means.y).max() < 0.2


def test_not_a_number_is_a_gap():
    y = np.ones(100_000)
    y[::3] = np.nan
    y[50_000:60_000] = np.inf
    pyramid = Pyramid()
    pyramid.append(np.arange(len(y)), y)
    drawn = pyramid.drawn()
    assert np.isnan(drawn.y).any()
    assert np.nanmin(drawn.y) == np.nanmax(drawn.y) == 1.0
    assert np.nanmax(pyramid.means().y) == 1.0


def test_truncate_goes_back_and_grows_again():
    pyramid, x, y = filled(100_000)
    pyramid.truncate(70_001.0)
    assert len(pyramid) == 70_001
    pyramid.append(x[70_001:], np.full(29_999, 0.5))
    expected = np.concatenate([y[:70_001], np.full(29_999, 0.5)])
    whole = Pyramid()
    whole.append(x, expected)
    np.testing.assert_array_equal(pyramid.drawn().y, whole.drawn().y)
    np.testing.assert_array_equal(pyramid.means().y, whole.means().y)


def test_nearest_point_and_falling_x():
    pyramid = Pyramid()
    assert pyramid.nearest(3.0) is None
    pyramid.append([1, 2, 4], [10, 20, 40])
    assert pyramid.nearest(-5) == (1, 10)
    assert pyramid.nearest(2.9) == (2, 20)
    assert pyramid.nearest(3.1) == (4, 40)
    with pytest.raises(ValueError, match="must not fall"):
        pyramid.append([3], [1])


def test_what_is_drawn_does_not_grow():
    """Ten million points are answered with about as many as ten thousand."""

    def drawn(count: int) -> int:
        pyramid = Pyramid()
        pyramid.append(np.arange(count), np.zeros(count))
        return len(pyramid.drawn().x)

    assert drawn(5_000_000) <= 2 * drawn(50_000)
