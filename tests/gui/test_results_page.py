"""The Results page: scores, confusion matrix or parity plot, worst rows; why there is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QWidget

from fitstudio.actions.baselines import Baselines
from fitstudio.gui.pages.results.page import ResultsPage
from tests.recorded_project import CLASS_RESULTS, NUMBER_RESULTS, add_run, new_project, open_session


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
