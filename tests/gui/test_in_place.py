"""What changes while somebody looks is changed in place: no blinking, no lost focus."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from fitstudio.actions import queue
from fitstudio.gui.pages.monitor.page import MonitorPage
from fitstudio.gui.panels.plain_words import PlainWordsPanel
from fitstudio.gui.widgets.buttons import Switch
from fitstudio.gui.widgets.labels import Sentence
from tests.recorded_project import deliver_until, new_project, open_session
from tests.recorded_runs import RecordedRun, curves


def test_the_panel_keeps_its_widgets_over_an_epoch(tmp_path: Path, qtbot):
    project = new_project(tmp_path)
    run = RecordedRun(project.paths.runs / "0001-run", epochs=40).start()
    logs = list(curves(40))
    for epoch in range(10):
        run.epoch(epoch, logs[epoch]).saved(epoch, "best")
    session = open_session(project)
    session.show_run("0001-run")
    panel = PlainWordsPanel(session)
    page = MonitorPage(session)
    for widget in (panel, page):
        qtbot.addWidget(widget)
        widget.show()
    panel.set_source(page.plain_words)
    page.plainWordsChanged.connect(panel.refresh)
    deliver_until(
        session, lambda: page.model.tick() or (page.model.state and len(page.model.state.epochs))
    )
    qtbot.waitUntil(lambda: len(panel.paragraphs()) > 2)
    views = _labels(panel)
    said = [label.text() for label in views]
    for epoch in range(10, 20):
        run.epoch(epoch, logs[epoch]).saved(epoch, "best")
        count = epoch + 1
        qtbot.waitUntil(lambda count=count: len(page.model.state.epochs) == count)
        page.model.changed.emit()
        # At once, before any event is handled, all that is said stands there to be read.
        shown = [label for label in _labels(panel) if label.isVisible() and label.text()]
        assert len(shown) == 2 * len(panel.paragraphs())
        assert all(label.width() > 0 and label.height() > 0 for label in shown)
    assert _labels(panel) == views, "no widget was made anew"
    assert [label.text() for label in views] != said
    run.close()
    page._follower.close()
    session.background.close()
    session.close()


def test_a_sentence_takes_the_room_of_its_words_and_no_more(qtbot):
    sentence = Sentence("short")
    qtbot.addWidget(sentence)
    sentence.resize(240, 20)
    sentence.show()
    lines = []
    for text in ("short", "long " * 60, "short", "longer " * 90):
        sentence.set_sentence(text)
        fresh = Sentence(text)
        qtbot.addWidget(fresh)
        lines.append(sentence.minimumHeight() == max(fresh.heightForWidth(240), 0))
    assert all(lines)


def _labels(panel: PlainWordsPanel) -> list[QLabel]:
    return panel._holder.findChildren(QLabel)


def test_helpers_keep_their_rows_and_the_keyboard(window, example, qtbot):
    made = window(example("penguins"))
    made.show_page("training")
    page = made.pages["training"]
    editor = page.editor("fit.callbacks")
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    for kind in ("EarlyStopping", "ReduceLROnPlateau"):
        editor.view(kind).switch.setFocus(Qt.FocusReason.TabFocusReason)
        before = list(editor._views)
        for _ in range(2):
            qtbot.keyClick(editor.view(kind).switch, Qt.Key.Key_Space)
            assert editor._views == before, "switching makes no row anew"
            assert QApplication.focusWidget() is editor.view(kind).switch
    editor.add("TerminateOnNaN")
    assert [view for view in editor._views if view in before] == before
    gone = editor.view("TerminateOnNaN")
    gone.remove.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(gone.remove, Qt.Key.Key_Space)
    assert QApplication.focusWidget() is editor.add_button


def test_the_thumb_stands_where_the_switch_does(qtbot):
    switch = Switch()
    qtbot.addWidget(switch)
    for on in (True, False, True):
        switch.blockSignals(True)
        switch.setValue(on)
        switch.blockSignals(False)
        assert switch.place == float(on)
    told = []
    switch.valueChanged.connect(told.append)
    switch.click()
    switch.setValue(True)
    assert told == [False, True]


def test_undo_takes_back_what_was_typed_in_a_field(window, example, qtbot):
    made = window(example("penguins"))
    made.show_page("training")
    page = made.pages["training"]
    before = made.session.spec.get("fit.epochs")
    field = page.editor("fit.epochs")
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClicks(field, "0")
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert made.session.spec.get("fit.epochs") == 0
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    qtbot.keyClick(focused, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert made.session.spec.get("fit.epochs") == before
    assert field.value() == before
    qtbot.keyClick(
        focused,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert made.session.spec.get("fit.epochs") == 0


def test_waiting_runs_move_as_they_are(window, example, qtbot):
    made = window(example("penguins"))
    session = made.session
    for epochs in (11, 12):
        queue.enqueue(session.project, session.spec.with_values({"fit.epochs": epochs}))
    made.show_page("runs")
    page = made.pages["runs"]
    qtbot.waitUntil(lambda: len(page.waiting.runs) == 2, timeout=120_000)
    first, second = (run.id for run in page.waiting.runs)
    rows = {id: page.findChild(QWidget, f"runs.waiting.{id}") for id in (first, second)}
    page.findChild(QAbstractButton, f"runs.waiting.{second}.earlier").click()
    qtbot.waitUntil(lambda: page.waiting.runs[0].id == second, timeout=120_000)
    for id, row in rows.items():
        assert page.findChild(QWidget, f"runs.waiting.{id}") is row
    qtbot.waitUntil(lambda: rows[second].y() < rows[first].y())
