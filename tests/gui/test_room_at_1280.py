"""What must have its room in a window on a screen of 1280 x 800: words, numbers, the loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTableView

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.gui.pages.data.items_card import ItemsCard
from fitstudio.gui.pages.model import gallery
from fitstudio.gui.pages.monitor.page import MonitorPage
from fitstudio.gui.plots.curve_plot import GUTTER, format_step
from fitstudio.gui.theme import fonts
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.tables import RowDelegate
from fitstudio.viewmodel.data.page import Item
from tests.recorded_project import new_project, open_session
from tests.recorded_runs import RecordedRun, curves

# Of the window beside rail and panel, with the frame that a window manager puts around it.
PAGE = (792, 660)


def test_what_was_found_is_never_cut(qtbot):
    card = ItemsCard()
    qtbot.addWidget(card)
    title = "days_after_discharge alone parts the classes of sepsis, the target, without mistake"
    detail = "Rows of one stand on both sides of the split: the score would look better than it is."
    button = "“16.12 approx” and “16.55 approx” mean missing"
    card.set_items(
        [
            Item(look="warning", title=title, detail=detail, button=button),
            Item(look="done", title="Order of the rows", detail="at random", button="As it is"),
            Item(look="warning", title=title, button="x" * 200),
        ]
    )
    card.resize(PAGE[0], 400)
    card.show()
    first, _, last = card.findChildren(QPushButton)
    qtbot.waitUntil(lambda: last.width() < PAGE[0] / 2)
    for label in card.findChildren(Sentence):
        if label.sentence():
            assert label.height() >= label.heightForWidth(label.width()), label.sentence()
    assert first.text() == button and first.width() >= first.sizeHint().width()
    assert last.toolTip() == "x" * 200


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_a_model_s_title_and_size_are_readable(qapp, model):
    room = (PAGE[0] - 2 * 12 - 20) // 3 - gallery._LEFT - gallery._ICON_SIDE - 8 - gallery._RIGHT
    strong, small = (QFontMetrics(fonts.font(style)) for style in ("strong", "small"))
    assert strong.horizontalAdvance(model.title) <= room - gallery._MARK - 4
    assert small.horizontalAdvance("357 thousand weights · usual here") <= room


def test_the_label_of_a_step_stands_beside_its_axis(qapp):
    metrics = QFontMetrics(fonts.font("small"))
    for value in (0.001, 0.0009936, 0.00125, 0.000123456, 12.3456789, 3.21e-7, 0.02):
        assert metrics.horizontalAdvance(format_step(value)) <= GUTTER - 8, value


@pytest.fixture
def monitor(tmp_path: Path, qtbot) -> Iterator[MonitorPage]:
    project = new_project(tmp_path)
    run = RecordedRun(project.paths.runs / "0001-long", epochs=256).start()
    for epoch, logs in enumerate(curves(256)):
        run.epoch(epoch, logs, learning_rate=0.001 * (epoch + 1) / 257, seconds=0.121)
    run.end()
    session = open_session(project)
    page = MonitorPage(session)
    deliver = QTimer(page)
    deliver.timeout.connect(lambda: session.background.deliver(0))
    deliver.start(10)
    page.resize(*PAGE)
    page.show()
    table = page.findChild(QTableView, "table.epochs")
    qtbot.waitUntil(lambda: table.model().rowCount() == 257, timeout=120_000)
    yield page
    page.hide()
    page.deleteLater()
    QApplication.sendPostedEvents(page, 52)  # QEvent::DeferredDelete
    session.background.close()
    session.close()


def test_the_loss_is_tall_and_no_number_of_the_table_is_cut(monitor: MonitorPage):
    curves_card = monitor.curves
    assert curves_card.loss.height() >= 170
    # What has no room as a curve is there as a number.
    rate = monitor.findChild(QLabel, "label.learning_rate")
    assert not curves_card.strip.isVisible() and rate.text() == "learning rate 0.000996"
    table = monitor.findChild(QTableView, "table.epochs")
    strong = QFontMetrics(fonts.font("strong"))
    rows = table.model()
    for column in range(rows.columnCount()):
        text = str(rows.index(0, column).data())
        if column == 0:
            text = f"Best {text}"
        needed = strong.horizontalAdvance(text) + 2 * RowDelegate.PAD
        assert table.columnWidth(column) >= needed, f"column {column}"


def test_a_field_that_is_opened_ready_to_type_is_replaced_by_typing(qtbot):
    edit = NumberEdit(whole=True, default=10, suffix=" epochs")
    qtbot.addWidget(edit)
    edit.selectAll()
    edit.show()
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    assert edit.selectedText() == edit.text() == "10"
