"""What is thinned for the screen loses nothing that can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.gui.plots.thinning import lone_points


@pytest.mark.parametrize("count", [3, 600, 20_000])
def test_every_value_without_a_neighbour_has_its_place(count: int):
    x = np.linspace(0.0, 800.0, count)
    y = np.full(count, np.nan)
    y[::2] = np.linspace(200.0, 100.0, len(y[::2]))
    shown_x, shown_y = lone_points(x, y, 800.0)
    wanted = {(round(a), round(b)) for a, b in zip(x[::2], y[::2], strict=True)}
    assert {(round(a), round(b)) for a, b in zip(shown_x, shown_y, strict=True)} == wanted
    assert len(shown_x) <= max(len(wanted), 1600)


def test_values_with_a_neighbour_are_left_to_the_line():
    y = np.array([1.0, 2.0, np.nan, 4.0, np.nan, np.inf, 7.0])
    shown_x, shown_y = lone_points(np.arange(7.0), y, 100.0)
    assert shown_x.tolist() == [3.0, 6.0] and shown_y.tolist() == [4.0, 7.0]
