"""Every control of every page: it does something that can be seen, or is greyed with its reason.

The widget tree is walked, so that what is added later is walked as well. A control is operated as
the keyboard does it; what may change is the picture of the window, the settings, a menu or dialog
that opens, the clipboard, or work that is asked for. Each also has a name for assistive tools and
is reached by the Tab key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollBar,
    QSlider,
    QWidget,
)

from fitstudio.actions import projects
from fitstudio.declared.kinds.param import Level
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.plots.curve_plot import CurvePlot
from fitstudio.gui.widgets.chips import Chip
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.pressable import Pressable
from fitstudio.gui.window.main_window import MainWindow
from tests.gui.conftest import READ_MS
from tests.gui.test_commands import Effects
from tests.recorded_project import CLASS_RESULTS, add_run

OPERABLE = (
    QAbstractButton, QComboBox, QLineEdit, QSlider, Segmented, Pressable, CurvePlot,
    QAbstractItemView,
)  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("controls") / "penguins"
    with projects.create_project(folder, example="penguins") as project:
        add_run(project, 1, title="First", epochs=8, results=CLASS_RESULTS)
        add_run(project, 2, title="Slower", epochs=12, results=CLASS_RESULTS)
    return folder


@pytest.fixture
def opened(window, trained, qtbot) -> MainWindow:
    main = window(trained)
    qtbot.waitUntil(lambda: len(main.session.runs) == 2, timeout=READ_MS)
    for entry in PAGES:
        main.show_page(entry.name)
    main.pages["training"].level.setValue(Level.EXPERT)
    qtbot.waitUntil(lambda: main.pages["monitor"].model.state is not None, timeout=READ_MS)
    qtbot.waitUntil(lambda: main.pages["results"].model.state == "ready", timeout=READ_MS)
    qtbot.waitUntil(lambda: len(main.pages["runs"].model.records) == 2, timeout=READ_MS)
    return main


def controls(top: QWidget) -> Iterator[QWidget]:
    """What a person can operate in it, parts of other controls left out."""
    for widget in top.findChildren(QWidget):
        if not isinstance(widget, OPERABLE) or isinstance(widget, (QScrollBar, QHeaderView)):
            continue
        elsewhere = widget.window() is not top.window()
        if not widget.isVisible() or elsewhere or _is_part(widget) or _is_sign(widget):
            continue
        yield widget


def _is_part(widget: QWidget) -> bool:
    """Whether it belongs to a control around it, which is the one that is operated."""
    owner = widget.parentWidget()
    while owner is not None and not owner.isWindow():
        if isinstance(owner, (QComboBox, QLineEdit, Segmented)):
            return True
        owner = owner.parentWidget()
    return False


def _is_sign(widget: QWidget) -> bool:
    """A chip that says something and is no button."""
    return isinstance(widget, Chip) and widget.focusPolicy() is Qt.FocusPolicy.NoFocus


def name_of(widget: QWidget) -> str:
    owner = widget.parentWidget()
    inside = owner.objectName() or type(owner).__name__ if owner is not None else ""
    return f"{inside} / {widget.objectName() or type(widget).__name__}"


def everywhere(main: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Every control: first those around the pages, then those of each page that is shown."""
    yield from (("window", each) for each in controls(main) if main.page_stack.current is not None
                and not main.page_stack.current.isAncestorOf(each))  # fmt: skip
    for entry in PAGES:
        main.show_page(entry.name)
        yield from ((entry.name, each) for each in controls(main.pages[entry.name]))


def test_each_is_named_and_reached_by_the_tab_key_and_what_is_greyed_says_why(opened):
    wrong, count = [], 0
    for place, control in everywhere(opened):
        count += 1
        text = control.text() if isinstance(control, QAbstractButton) else ""
        if not (control.accessibleName() or text.strip()):
            wrong.append(f"{place}, {name_of(control)}: no name")
        holder = control.focusProxy() or control
        if not holder.focusPolicy() & Qt.FocusPolicy.TabFocus:
            wrong.append(f"{place}, {name_of(control)}: the Tab key passes it")
        if not control.isEnabled() and not _reason(control):
            wrong.append(f"{place}, {name_of(control)}: greyed without a reason")
    assert wrong == []
    assert count > 100


def _reason(widget: QWidget | None) -> str:
    """What it, or what is greyed around it, says of itself."""
    while widget is not None and not widget.isEnabled():
        words = widget.toolTip() or widget.accessibleDescription()
        if words:
            return words
        widget = widget.parentWidget()
    return ""


class Watch:
    """Notes what opens by itself, and closes it: nobody is there to answer."""

    def __init__(self, main: MainWindow, effects: Effects) -> None:
        self.main, self.effects = main, effects
        self.opened: list[str] = []
        self.timer = QTimer(main)
        self.timer.timeout.connect(self._close)
        self.timer.start(10)
        # What turns by itself is no effect.
        for item in main.frame.rail.items.values():
            item._timer.setInterval(3_600_000)

    def _close(self) -> None:
        for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
            if widget is not None:
                self.opened.append(type(widget).__name__)
                widget.close()

    def footprint(self) -> tuple[Any, ...]:
        image = self.main.grab().toImage()
        return (
            bytes(image.constBits()),
            list(self.opened),
            self.main.session and self.main.session.spec,
            self.main.page,
            QApplication.clipboard().text(),
        )


def operate(control: QWidget, qtbot) -> None:
    """As the keyboard does it."""
    match control:
        case QComboBox():
            at_end = control.currentIndex() == control.count() - 1
            qtbot.keyClick(control, Qt.Key.Key_Up if at_end else Qt.Key.Key_Down)
        case QLineEdit():
            control.selectAll()
            qtbot.keyClicks(control, "3" if control.text() != "3" else "4")
            qtbot.keyClick(control, Qt.Key.Key_Return)
        case QAbstractItemView():
            control.setFocus()
            # The first key may do no more than find the first row.
            for key in (Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Down):
                qtbot.keyClick(control, key)
        case QSlider():
            at_end = control.value() == control.maximum()
            qtbot.keyClick(control, Qt.Key.Key_Home if at_end else Qt.Key.Key_End)
        case Segmented() | CurvePlot():
            before = control.value() if isinstance(control, Segmented) else None
            qtbot.keyClick(control, Qt.Key.Key_Right)
            if before is not None and control.value() == before:
                qtbot.keyClick(control, Qt.Key.Key_Left)
        case QAbstractButton():
            menu = control.menu() if hasattr(control, "menu") else None
            if not isinstance(menu, QMenu):
                control.click()
                return
            menu.aboutToShow.emit()
            assert any(not action.isSeparator() for action in menu.actions())
            menu.popup(control.mapToGlobal(control.rect().bottomLeft()))
        case _:
            qtbot.keyClick(control, Qt.Key.Key_Return)


def nothing_to_do(control: QWidget) -> bool:
    """What is chosen already, or has nothing else to choose."""
    if isinstance(control, QComboBox):
        return control.count() < 2
    if isinstance(control, QAbstractItemView):
        model = control.model()
        if control.selectionMode() is QAbstractItemView.SelectionMode.NoSelection:
            return control.verticalScrollBar().maximum() == 0  # to be read alone
        return model is None or model.rowCount() < 2
    if isinstance(control, QAbstractButton):
        return control.isCheckable() and control.isChecked() and control.autoExclusive()
    return False


def dead_controls(main: MainWindow, place: str, watch: Watch, qtbot) -> list[str]:
    """Those of a page, or of what is around it, that nothing came of."""
    dead, seen = [], set()
    while True:
        page = main.pages[main.page]
        found = [
            each
            for each in controls(main if place == "window" else page)
            if each.isEnabled() and (place != "window" or not page.isAncestorOf(each))
        ]
        control = next((each for each in found if name_of(each) not in seen), None)
        if control is None:
            return dead
        name = name_of(control)
        seen.add(name)
        if nothing_to_do(control):
            continue
        before, asked = watch.footprint(), len(watch.effects.seen)
        operate(control, qtbot)
        # Timers ask for work as well: what counts is what was asked for at once.
        answered = len(watch.effects.seen) > asked
        qtbot.wait(15)
        if watch.footprint() == before and not answered:
            dead.append(f"{place}, {name}")
        while main.session.edits.undo_text is not None:
            main.session.undo()
        main.show_page("data" if place == "window" else place)


def test_every_control_has_an_effect(opened, qtbot, monkeypatch):
    effects = Effects(monkeypatch)
    effects.watch(opened)
    watch = Watch(opened, effects)
    dead = []
    for place in ("window", *(entry.name for entry in PAGES)):
        opened.show_page("data" if place == "window" else place)
        dead += dead_controls(opened, place, watch, qtbot)
    assert dead == [], "\n".join(dead)

    page = opened.pages["predict"]
    lame = QPushButton("Lame", page)
    lame.setObjectName("lame")
    lame.show()
    assert dead_controls(opened, "predict", watch, qtbot) == ["predict, page.predict / lame"]
    watch.timer.stop()
