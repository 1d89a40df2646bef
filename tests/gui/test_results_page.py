"""The Results page: scores, confusion matrix or parity plot, worst rows; why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QWidget

from fitstudio.actions.models.baselines import Baselines
from fitstudio.actions.models.decisions import decision_of
from fitstudio.gui.pages.results.page import ResultsPage
from fitstudio.gui.plots import figure_file
from fitstudio.gui.plots.share_plot import SharePlot
from fitstudio.gui.widgets.labels import ElidedLabel
from fitstudio.project.decision import Decision
from tests.recorded_project import (
    CLASS_RESULTS,
    NUMBER_RESULTS,
    TWO_CLASSES,
    add_run,
    new_project,
    open_session,
)


@pytest.fixture
def shown(tmp_path: Path, qtbot) -> Iterator[Callable[..., ResultsPage]]:
    made: list[ResultsPage] = []

    def make(results: Any, state: str = "ready", **run: Any) -> ResultsPage:
        project = new_project(tmp_path)
        add_run(project, 1, title="Measured", results=results, **run)
        session = open_session(project)
        page = ResultsPage(session)
        made.append(page)
        deliver = QTimer(page)
        deliver.timeout.connect(lambda: session.background.deliver(0))
        deliver.start(10)
        page.resize(824, 744)
        page.show()
        qtbot.waitUntil(lambda: page.model.state == state, timeout=120_000)
        return page

    yield make
    for page in made:
        page.hide()
        page.deleteLater()
        QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
        page.session.background.close()
        page.session.close()


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


def worst(page: ResultsPage) -> list[str]:
    table = page.findChild(QTableWidget, "results.worst")
    return [table.item(row, 0).text() for row in range(table.rowCount())]


def test_classes(shown, qtbot):
    page = shown(CLASS_RESULTS)
    assert "85.0 %" in texts(page.scores)
    assert page.confusion.isVisible() and not page.parity.isVisible()
    assert worst(page) == ["7", "12"]
    page.confusion.cell_chosen.emit((2, 1))
    assert worst(page) == ["12"]
    qtbot.mouseClick(page.findChild(QWidget, "results.all_cells"), Qt.MouseButton.LeftButton)
    assert worst(page) == ["7", "12"]
    part = page.findChild(QWidget, "results.part")
    qtbot.keyClick(part, Qt.Key.Key_Right)
    assert page.model.part == "training"
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert "98.0 %" in texts(page.scores)


def test_a_threshold_is_tried_by_hand_and_by_cost_and_kept_with_the_model(shown, qtbot):
    page = shown(TWO_CLASSES)
    deciding = page.model.deciding
    words = page.findChild(QWidget, "results.threshold_words")
    keep = page.findChild(QWidget, "results.keep_threshold")
    assert words.text() == "ill where likelier: 66.7 % found, 2 false alarms, cost 6"
    assert not keep.isEnabled()
    qtbot.keyClick(page.findChild(QWidget, "results.threshold"), Qt.Key.Key_Left)
    assert words.text() == "ill from 0.300: 100 % found, 7 false alarms, cost 7"
    assert page.model.confusion().counts.tolist() == [[21, 7], [0, 12]]
    assert "82.5 %" in texts(page.scores) and "Accuracy from 0.300" in texts(page.scores)
    page.findChild(QWidget, "results.cost.alarm").setValue(5.0)
    qtbot.mouseClick(page.findChild(QWidget, "results.cheapest"), Qt.MouseButton.LeftButton)
    assert deciding.threshold == 0.9
    page.findChild(QWidget, "results.cost.miss").setValue(9.0)
    qtbot.mouseClick(page.findChild(QWidget, "results.cheapest"), Qt.MouseButton.LeftButton)
    assert deciding.threshold == 0.3
    qtbot.mouseClick(keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: deciding.is_kept, timeout=120_000)
    project, run = page.session.project, page.model.run
    assert decision_of(project, run) == Decision("ill", 0.3, "best", 3)
    assert keep.text() == "Kept" and not keep.isEnabled()
    page.model.set_part("training")
    assert not keep.isEnabled() and "validation rows" in keep.toolTip()
    page.model.set_part("validation")
    qtbot.mouseClick(page.findChild(QWidget, "results.usual"), Qt.MouseButton.LeftButton)
    assert deciding.confusion() is None and keep.isEnabled()
    page.model.show(run)
    qtbot.waitUntil(lambda: page.model.state == "ready", timeout=120_000)
    assert deciding.threshold == 0.3, "what was kept is shown again"


def test_every_picture_of_the_mistakes_is_drawn_and_can_be_saved(shown, tmp_path):
    page = shown(TWO_CLASSES)
    sizes = set()
    for picture, said in (
        ("matrix", ""),
        ("roc", "AUC 0.875, 0.75 to 0.95"),
        ("precision", "Average precision 0.800"),
        ("calibration", "Brier score 0.120"),
    ):
        page.model.deciding.choose_picture(picture)
        caption = page.findChild(ElidedLabel, "results.area").whole_text()
        assert caption == (f"40 rows · {said}" if said else "40 rows")
        assert page.findChild(QWidget, "plot.ranking").isVisible() == (picture != "matrix")
        sizes.add(page.grab().toImage().bits().tobytes())
        if picture != "matrix":
            curve = page.model.deciding.curve()
            assert len(curve.low) == len(curve.x) == len(curve.y)
            assert (curve.low <= curve.y + 1e-9).all() and (curve.y <= curve.high + 1e-9).all()
            assert all(curve.words(place) for place in range(len(curve.x)))
            figure = figure_file.of_points(page.findChild(SharePlot), picture)
            figure_file.save(figure, tmp_path / f"{picture}.svg")
            assert (tmp_path / f"{picture}.svg").stat().st_size > 2_000
    assert len(sizes) == 4


def test_classes_that_were_not_ranked_have_the_matrix_alone(shown):
    page = shown(CLASS_RESULTS)
    assert not page.findChild(QWidget, "results.picture").isVisible()
    assert not page.findChild(QWidget, "results.threshold").isVisible()


def test_numbers(shown):
    page = shown(NUMBER_RESULTS)
    assert page.parity.isVisible() and page.residuals.isVisible()
    assert not page.confusion.isVisible()
    assert len(page.parity.across) == 10
    assert list(page.residuals.up) == [1.0] * 10
    assert page.parity.names[4] == "Row 5"
    assert worst(page) == ["5"]


def test_nothing_was_measured(shown):
    page = shown(None, state="missing", outcome="failed", reason="error")
    assert page._empty.isVisible()
    assert page._empty.title.text() == "Nothing was measured"


def test_simple_models_are_shown_beside_the_network_and_say_who_is_ahead(shown, qtbot):
    page = shown(CLASS_RESULTS)
    card = page.findChild(QWidget, "results.simple_models")
    assert card.isVisible()
    scores = {"run": {"kind": 0.85}, "same": {"kind": 0.4}, "linear": {"kind": 0.9}}
    found = Baselines("validation", {"training": 80, "validation": 20}, "accuracy", scores)
    page.simple_models._take(page.model.run, found)
    said = page.simple_models.sentences()
    assert "not ahead of the linear model" in said[0]
    assert all(figure in said[0] for figure in ("40.0 %", "90.0 %", "85.0 %"))
    assert page.findChild(QWidget, "results.compare_simple").text() == "Compare again"
    page.simple_models.show(None)
    assert page.findChild(QWidget, "results.compare_simple").text() == "Compare"
