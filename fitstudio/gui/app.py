"""Starts the window: theme, language, exception hook, and the few options of the command line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from fitstudio.gui.theme.theme import theme
from fitstudio.gui.window.crash import CrashReports
from fitstudio.gui.window.logo import window_icon
from fitstudio.gui.window.main_window import MainWindow
from fitstudio.gui.window.unattended import Unattended
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.words import say

_WAKE_MS = 500
_NO_DISPLAY = (
    "fitstudio: The window cannot open: there is no display here (neither DISPLAY nor "
    "WAYLAND_DISPLAY is set).\n"
    "  Everything can be done in the terminal: `fitstudio --help` lists the commands, and "
    "`fitstudio demo` trains an example.\n"
)


def create_window(project: str | Path | None = None) -> MainWindow:
    """The main window, inside an existing QApplication; not shown yet.

    Args:
        project: A project's folder to open; the start page without one.
    """
    settings = WindowSettings()
    theme().apply(settings.mode, settings.contrast)
    window = MainWindow(settings)
    if project is not None:
        window.open_project(Path(project))
    return window


def run(argv: Sequence[str] | None = None) -> int:
    """Opens the window and waits until it is closed.

    Args:
        argv: The words after the program's name.

    Returns:
        The exit status: 0, or 1 where an unattended run did not complete.
    """
    options = _options(list(argv) if argv is not None else sys.argv[1:])
    if not _has_display():
        # Qt would end the process with a core dump and advice to reinstall.
        sys.stderr.write(_NO_DISPLAY)
        return 1
    application = make_application()
    window = create_window(options.project)
    reports = CrashReports(window)
    reports.install()
    unattended = None
    if options.example or options.train or options.exit_when_done:
        unattended = Unattended(
            window,
            example=options.example,
            train=options.train,
            exit_when_done=options.exit_when_done,
        )
    window.show()
    wake = _close_on_interrupt(window)
    if unattended is not None:
        QTimer.singleShot(0, unattended.begin)
    status = application.exec()
    wake.stop()
    reports.uninstall()
    _take_down(window)
    return status


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    given = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in given)


def _close_on_interrupt(window: MainWindow) -> QTimer:
    """Lets Ctrl-C in the terminal close the window properly.

    Python handles signals between its own instructions, of which there are none while Qt waits: a
    timer gives it some.
    """
    signal.signal(signal.SIGINT, lambda _number, _frame: window.close())
    wake = QTimer(window)
    wake.timeout.connect(lambda: None)
    wake.start(_WAKE_MS)
    return wake


def _take_down(window: MainWindow) -> None:
    """Destroys the window while Qt and Python are both still whole.

    Left to the interpreter's end, widgets and the application go in any order, which can crash.
    """
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def make_application() -> QApplication:
    """The QApplication with everything that must be set before the first widget."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
            Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
        )
        application = QApplication([sys.argv[0]])
    application.setApplicationName("FitStudio")
    application.setApplicationDisplayName("FitStudio")
    application.setDesktopFileName("fitstudio")
    _translate(application)
    theme().apply()
    theme().follow_system()
    application.setWindowIcon(window_icon())
    return application


def _translate(application: QApplication) -> None:
    """Qt's own words (file dialogs, context menus) in the person's language."""
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load(QLocale(), "qtbase", "_", folder):
        application.installTranslator(translator)


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fitstudio", description=say("Opens the window."))
    parser.add_argument("project", nargs="?", help=say("a project's folder to open"))
    parser.add_argument("--example", metavar="NAME", help=say("make a project from an example"))
    parser.add_argument(
        "--train", action="store_true", help=say("press Train as soon as it can be")
    )
    parser.add_argument(
        "--exit-when-done",
        action="store_true",
        help=say("leave when the run has ended: 0 if completed"),
    )
    options = parser.parse_args(words)
    if options.example and options.project:
        parser.error(say("give a project or --example, not both"))
    if options.project and not os.path.exists(options.project):
        parser.error(
            say(
                "there is neither a command nor a folder {project}; `fitstudio --help` lists "
                "the commands",
                project=repr(options.project),
            )
        )
    return options
