"""The Runs page: the table by mouse and keys, the comparison, the way to a new run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPushButton,
    QTableView,
    QTableWidget,
    QWidget,
)

from fitstudio.actions.run.run_summary import Best, RunSummary
from fitstudio.gui.pages.runs.page import RunsPage
from fitstudio.gui.theme.theme import theme
from fitstudio.viewmodel.runs.columns import COLUMNS, Column
from tests.recorded_project import add_run, new_project, open_session


@pytest.fixture
def page(tmp_path: Path, qtbot) -> Iterator[RunsPage]:
    project = new_project(tmp_path)
    add_run(project, 1, title="First", epochs=4)
    add_run(
        project,
        2,
        title="Slower",
        epochs=9,
        settings={"fit.epochs": 9, "compile.learning_rate": 0.002},
    )
    add_run(project, 3, title="Broken", epochs=2, outcome="failed", reason="not_finite")
    session = open_session(project)
    page = RunsPage(session)
    deliver = QTimer(page)
    deliver.timeout.connect(lambda: session.background.deliver(0))
    deliver.start(10)
    page.resize(824, 744)
    page.show()
    qtbot.waitUntil(lambda: len(page.model.records) == 3, timeout=120_000)
    yield page
    page.hide()
    page.deleteLater()
    QApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
    session.background.close()
    session.close()


def shown(page: RunsPage, column: Column = Column.RUN) -> list[str]:
    section = COLUMNS.index(column)
    return [page.rows.index(row, section).data() for row in range(page.rows.rowCount())]


def click(page: RunsPage, row: int, column: Column, *, right_edge: bool = False) -> None:
    area = page.table.visualRect(page.rows.index(row, COLUMNS.index(column)))
    place = QPoint(area.right() - 14, area.center().y()) if right_edge else area.center()
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        event = QMouseEvent(
            kind,
            place.toPointF(),
            page.table.viewport().mapToGlobal(place).toPointF(),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.sendEvent(page.table.viewport(), event)


def test_the_table_by_its_name(page):
    table = page.findChild(QTableView, "table.runs")
    assert shown(page) == ["3 Broken", "2 Slower", "1 First"]
    titles = [page.rows.headerData(n, Qt.Orientation.Horizontal) for n in range(len(COLUMNS))]
    assert titles[:7] == ["", "Run", "What changed", "Validation loss", "Curve", "Epochs", "When"]
    assert shown(page, Column.WHEN)[0] == "NaN, stopped"
    assert table.isColumnHidden(COLUMNS.index(Column.NOTE))


def test_a_click_on_the_tick_compares(page, qtbot):
    plot = page.findChild(QWidget, "plot.compared")
    assert len(plot.curves.series) == 3
    click(page, 0, Column.TICK)
    assert not page.model.is_ticked("0003-broken")
    qtbot.waitUntil(lambda: len(plot.curves.series) == 2)
    page.table.setCurrentIndex(page.rows.index(0, 1))
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page.model.is_ticked("0003-broken")
    legend = [title for title, _ in page.compare._legend.entries]
    assert set(legend) == {"Run 1", "Run 2", "Run 3"}


def test_a_click_on_a_heading_sorts(page):
    page.table.sortByColumn(COLUMNS.index(Column.BEST), Qt.SortOrder.AscendingOrder)
    assert shown(page)[0] == "2 Slower"
    page.table.sortByColumn(COLUMNS.index(Column.EPOCHS), Qt.SortOrder.AscendingOrder)
    assert shown(page)[0] == "3 Broken"


def test_filter_and_its_shortcut(page, qtbot):
    page.focus_search()
    search = page.findChild(QLineEdit, "runs.filter")
    qtbot.keyClicks(search, "slow")
    assert shown(page) == ["2 Slower"]
    assert page.page_head.caption.whole_text() == "1 of 3"
    qtbot.keyClick(search, Qt.Key.Key_Escape)
    assert len(shown(page)) == 3


def test_a_star_and_a_name(page, qtbot):
    click(page, 1, Column.RUN, right_edge=True)
    qtbot.waitUntil(lambda: page.session.run_summary("0002-slower").starred, timeout=120_000)
    index = page.rows.index(1, COLUMNS.index(Column.RUN))
    assert page.rows.setData(index, "Calm", Qt.ItemDataRole.EditRole)
    qtbot.waitUntil(lambda: page.session.run_summary("0002-slower").name == "Calm", timeout=120_000)
    assert shown(page)[1] == "2 Calm"


def test_what_differs_and_the_settings_to_be_read(page, qtbot):
    page.compare._view.setValue("differences")
    table = page.findChild(QTableWidget, "runs.differences")
    rows = {
        table.item(row, 0).text(): [table.item(row, column).text() for column in (1, 2, 3)]
        for row in range(table.rowCount())
    }
    assert rows["Epochs"] == ["4", "9", "2"]
    assert rows["Learning rate"][1] == "0.002"
    page.compare.show_settings("0002-slower", "Run 2")
    qtbot.waitUntil(lambda: page.findChild(QWidget, "runs.new_like_shown").isVisible())
    spoken = [label.accessibleName() for label in page.compare.settings.findChildren(QWidget)]
    assert "Learning rate: 0.002" in spoken


def test_a_new_run_like_this_goes_to_the_form(page, qtbot):
    page.table.setCurrentIndex(page.rows.index(1, 1))
    button = page.findChild(QPushButton, "runs.new_like")
    assert button.text().strip() == "New run like 2"
    with qtbot.waitSignal(page.pageRequested, timeout=120_000) as asked:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked.args == ["training"]
    assert page.session.spec.get("compile.learning_rate") == 0.002


def test_discarding_asks_first(page, qtbot):
    page.table.setCurrentIndex(page.rows.index(0, 1))
    page._ask_to_discard("0003-broken")
    assert page._question.isVisible() and "Broken" in page._question.sentence.sentence()
    qtbot.mouseClick(page.findChild(QPushButton, "runs.keep"), Qt.MouseButton.LeftButton)
    assert len(page.session.runs) == 3
    page._ask_to_discard("0003-broken")
    qtbot.mouseClick(page._question.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.session.runs) == 2, timeout=120_000)
    trash = page.session.project.folder / "trash"
    assert any(trash.rglob("journal.jsonl")), "nothing is deleted"


def test_enter_opens_the_run(page, qtbot):
    page.table.setCurrentIndex(page.rows.index(2, 1))
    with qtbot.waitSignal(page.pageRequested, timeout=120_000) as asked:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert asked.args == ["monitor"]
    assert page.session.current_run == "0001-first"


def test_the_tick_has_the_colour_of_the_curve(page):
    for row in range(3):
        line = page.rows.line(row)
        number = page.model.series_number(line.run)
        assert page.compare.plot.curves.series[line.run].style.number == number
    image = page.table.grab().toImage()
    wanted = {
        theme().series(page.model.series_number(run)).colour.rgb() for run in page.model.ticked
    }
    seen = {image.pixel(x, y) for x in range(60) for y in range(image.height())}
    assert wanted <= seen


def test_a_hundred_thousand_runs_are_listed_and_sorted(page):
    page.session.runs = [
        RunSummary(
            run=f"{number:06d}",
            number=number,
            name=f"Run of the sweep {number}",
            outcome="completed",
            epochs=number % 90,
            best=Best("val_loss", float((number * 7919) % 1000), 3),
            history={},
        )
        for number in range(1, 100_001)
    ]
    page.session.runs_changed.emit()
    page.model.sort(Column.BEST, descending=False)
    page.table.scrollToBottom()
    page.table.grab()
    assert page.rows.rowCount() == 100_000
