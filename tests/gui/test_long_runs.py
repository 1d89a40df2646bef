"""A run of any length opens without holding the window up: what its thread does is counted."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from fitstudio.gui.pages.monitor.curves_card import CurvesCard
from fitstudio.gui.plots.curve_plot import CurvePlot
from fitstudio.gui.plots.thinning import in_view, thin
from fitstudio.journal.run_state import EpochRow
from fitstudio.viewmodel.monitor.curves import EpochCurves
from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun
from tests.recorded_runs import RecordedRun

EPOCHS = 400
METRICS = [f"metric_{number}" for number in range(20)]


def long_run(folder: Path) -> RecordedRun:
    run = RecordedRun(folder / "0001-long", epochs=EPOCHS, steps=1).announce().ready()
    for epoch in range(EPOCHS):
        value = 1.0 + math.exp(-epoch / 50)
        logs = {"loss": value, "val_loss": value}
        run.epoch(epoch, logs | dict.fromkeys(METRICS, value))
    run.end()
    return run


@pytest.fixture
def model(tmp_path: Path) -> Iterator[MonitorModel]:
    run = long_run(tmp_path)
    model = MonitorModel()
    model.open(ShownRun(run.folder.name, run.folder, 1))
    yield model
    model.close()


def opened(model: MonitorModel) -> MonitorModel:
    end = time.monotonic() + 120
    while model.state is None:
        assert time.monotonic() < end, "the run was not opened"
        model.tick()
        time.sleep(0.01)
    return model


class Counted(list[Any]):
    """A list that counts how many of its entries are looked at."""

    seen = 0

    def __getitem__(self, place: Any) -> Any:
        self.seen += 1
        return super().__getitem__(place)

    def __iter__(self) -> Iterator[Any]:
        for each in super().__iter__():
            self.seen += 1
            yield each


def test_the_windows_thread_goes_through_no_epoch_that_was_there(model, monkeypatch):
    in_windows_thread = []
    taken = EpochCurves._add

    def add(curves: EpochCurves, row: EpochRow, scale: Any) -> None:
        if threading.current_thread() is threading.main_thread():
            in_windows_thread.append(row)
        taken(curves, row, scale)

    monkeypatch.setattr(EpochCurves, "_add", add)
    opened(model)

    assert len(model.curves.curves["metric_19"].x) == EPOCHS
    assert in_windows_thread == []


def test_the_best_epoch_is_found_without_going_through_them_all(model):
    state = opened(model).state
    assert state is not None
    state.epochs = Counted(state.epochs)

    assert state.best_row is not None and state.best_row.epoch == state.best_epoch
    assert state.epochs.seen < 30


def test_only_the_plots_that_are_seen_are_made(model, qtbot):
    card = CurvesCard(opened(model))
    qtbot.addWidget(card)
    card.resize(770, 400)
    card.show()
    card.refresh()
    made = [plot.objectName() for plot in card.findChildren(CurvePlot)]

    assert len(made) < 6, made
    card._fill_menu()
    names = [action.text() for action in card._menu.actions() if action.isCheckable()]
    assert len(names) == len(METRICS) + 1, "every metric can be chosen, and the single batches"
    last = next(each for each in card._menu.actions() if each.text() == names[len(METRICS) - 1])
    last.trigger()
    shown = card.findChild(QWidget, f"plot.metric.{METRICS[-1]}")
    assert shown is not None and shown.isVisible()


@pytest.mark.parametrize("count", [1, 2, 700, 1401, 10_000, 123_457])
def test_a_line_has_no_more_points_than_the_screen_and_keeps_its_extremes(count):
    random = np.random.default_rng(count)
    x, y = np.linspace(0.0, 700.0, count), random.normal(size=count)
    y[count // 3] = 50.0
    y[count // 2] = -50.0
    thinned_x, thinned_y = thin(x, y, 700.0)

    assert len(thinned_x) == len(thinned_y) <= 1400
    assert thinned_y.max() == y.max() and thinned_y.min() == y.min()
    assert np.all(np.diff(thinned_x) >= 0)
    assert thinned_x[0] == x[0] and thinned_x[-1] == x[-1]


def test_a_gap_stays_a_gap():
    y = np.ones(10_000)
    y[4000:6000] = np.nan

    assert np.isnan(thin(np.linspace(0, 700, 10_000), y, 700.0)[1]).any()


def test_of_a_zoomed_line_only_what_is_seen_is_drawn():
    x = np.linspace(-10_000.0, 10_000.0, 20_001)
    seen = x[in_view(x, 700.0)]

    assert len(seen) == 703, "and the way to the edges"
    assert in_view(np.array([-5.0, -4.0]), 700.0) == slice(1, 2)
