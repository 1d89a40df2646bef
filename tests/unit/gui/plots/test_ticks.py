"""Ticks are round numbers inside the axis, in a number that can be read."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.gui.plots.ticks import linear_ticks, log_ticks


@pytest.mark.parametrize("low, high", [(0, 100), (0.03, 0.0312), (-7, 2e5), (1e-9, 3e-9), (-5, -4)])
def test_linear_ticks_are_round_and_inside(low, high):
    ticks = linear_ticks(low, high, 6)
    assert 3 <= len(ticks) <= 12
    values = [tick.value for tick in ticks]
    assert all(low - 1e-12 <= value <= high * (1 + 1e-9) or value <= high for value in values)
    steps = np.diff(values)
    np.testing.assert_allclose(steps, steps[0])
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_epochs_are_whole():
    assert [tick.label for tick in linear_ticks(0, 3, 6, whole=True)] == ["0", "1", "2", "3"]
    assert [tick.label for tick in linear_ticks(0, 100, 5)] == ["0", "20", "40", "60", "80", "100"]


def test_log_ticks_are_one_two_five():
    labels = [tick.label for tick in log_ticks(0.04, 2.2, 6)]
    assert labels == ["0.05", "0.1", "0.2", "0.5", "1", "2"]


def test_many_decades_get_decades_only():
    ticks = log_ticks(1e-12, 1e3, 6)
    assert len(ticks) <= 8
    assert all(np.log10(tick.value) == pytest.approx(round(np.log10(tick.value))) for tick in ticks)
    assert ticks[0].label.startswith("10⁻")


def test_a_narrow_log_axis_still_has_ticks():
    assert len(log_ticks(0.30, 0.41, 6)) >= 3


def test_axes_that_cannot_be_have_no_ticks():
    assert linear_ticks(1, 1, 5) == []
    assert linear_ticks(float("nan"), 1, 5) == []
    assert log_ticks(0, 1, 5) == []
    assert log_ticks(-2, -1, 5) == []
