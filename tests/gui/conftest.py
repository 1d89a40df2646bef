"""The real window for tests: a theme, projects, and no leftovers.

`window` gives a shown main window and closes it; `example` makes a project from a shipped example.
A test fails when Qt warned, or when it leaves a window open or a timer running.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from fitstudio.actions import projects
from fitstudio.gui.app import create_window
from fitstudio.gui.garbage import Garbage
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.gui.window.main_window import MainWindow
from fitstudio.viewmodel.shell.device import DeviceModel

# What Qt says about the offscreen platform itself.
_HARMLESS = ("This plugin does not support", "propagateSizeHints", "raise()")
READ_MS = 120_000


@pytest.fixture(autouse=True, scope="session")
def _garbage(qapp: QApplication) -> Iterator[None]:
    """As the application does: cycles with widgets in them are collected in their own thread."""
    garbage = Garbage(qapp)
    yield
    garbage.stop()


@pytest.fixture(autouse=True)
def _no_leftovers(qapp: QApplication, qtlog) -> Iterator[None]:
    theme().apply(Mode.LIGHT)
    before = {id(widget) for widget in qapp.topLevelWidgets()}
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [
        widget
        for widget in qapp.topLevelWidgets()
        if widget.isVisible() and id(widget) not in before
    ]
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:
        widget.close()
    assert not names, f"windows left open: {names}"
    running = [
        timer
        for timer in gc.get_objects()
        if type(timer) is QTimer and _alive(timer) and timer.isActive() and _unowned(timer)
    ]
    assert not running, f"timers left running: {running}"
    said = [
        record.message
        for record in qtlog.records
        if record.type_name in ("QtWarningMsg", "QtCriticalMsg")
        and not any(harmless in record.message for harmless in _HARMLESS)
    ]
    assert not said, f"Qt warned: {said}"


@pytest.fixture(autouse=True)
def _no_devices(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking for the devices takes two seconds of a process with torch; one test does it."""
    if "asks_devices" not in request.fixturenames:
        monkeypatch.setattr(DeviceModel, "ask", lambda model: None)


@pytest.fixture
def asks_devices() -> None:
    """For the test that wants the header to name the real device."""


@pytest.fixture
def example(tmp_path: Path) -> Callable[..., Path]:
    """Makes a project from an example and returns its folder."""

    def make(name: str, settings: Mapping[str, Any] | None = None) -> Path:
        folder = tmp_path / f"{name}-project"
        projects.create_project(folder, example=name, settings=settings).close()
        return folder

    return make


@pytest.fixture
def window(qtbot) -> Iterator[Callable[..., MainWindow]]:
    """Opens the main window, with a project whose data has been read where one is given."""
    opened: list[MainWindow] = []

    def make(project: Path | None = None, *, size: tuple[int, int] = (1280, 800)) -> MainWindow:
        made = create_window(project)
        opened.append(made)
        made.resize(*size)
        made.show()
        if project is not None:
            qtbot.waitUntil(lambda: made.session is not None, timeout=READ_MS)
            qtbot.waitUntil(lambda: not made.session.busy_with_data, timeout=READ_MS)
        return made

    yield make
    for made in opened:
        if made.session is not None:
            # Nobody is there to answer the question about a run under way.
            made.session.runs = []
        made.close()
        made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _alive(timer: QTimer) -> bool:
    try:
        timer.objectName()
    except RuntimeError:
        return False
    return True


def _unowned(timer: QTimer) -> bool:
    return timer.parent() is None
