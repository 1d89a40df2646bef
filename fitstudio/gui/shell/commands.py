"""Every command of the window once: its menu, words, shortcut and what it does.

The tables below are the menus; a command's object name is `action.<name>`. Nothing is reachable by
a button alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar

from fitstudio.gui.shell.pages import PAGES
from fitstudio.gui.widgets.buttons import with_shortcut


@dataclass(frozen=True)
class Command:
    """One entry of a menu.

    Args:
        name: Its object name without `action.`.
        text: What the menu says, with its access key.
        tooltip: One sentence.
        shortcut: As text, such as "Ctrl+Z".
    """

    name: str
    text: str
    tooltip: str
    shortcut: str = ""


N = QT_TRANSLATE_NOOP
_LINE = None
FILE = (
    Command("new_project", N("Menu", "&New project…"), N("Menu", "Make a new project"), "Ctrl+N"),
    Command(
        "open_project", N("Menu", "&Open a project…"), N("Menu", "Open a project folder"), "Ctrl+O"
    ),
    Command("start", N("Menu", "&Start page"), N("Menu", "Recent projects and examples"), "Ctrl+W"),
    _LINE,
    Command(
        "add_data", N("Menu", "&Add data…"), N("Menu", "Choose the project's data file"), "Ctrl+D"
    ),
    Command(
        "show_folder",
        N("Menu", "Show &folder"),
        N("Menu", "Open the project's folder in the file manager"),
        "Ctrl+Shift+F",
    ),
    _LINE,
    Command("settings", N("Menu", "Se&ttings…"), N("Menu", "Look and folders"), "Ctrl+,"),
    Command("quit", N("Menu", "&Quit"), N("Menu", "Close the window"), "Ctrl+Q"),
)
EDIT = (
    Command("undo", N("Menu", "&Undo"), N("Menu", "Take the last change back"), "Ctrl+Z"),
    Command("redo", N("Menu", "&Redo"), N("Menu", "Make the change again"), "Ctrl+Shift+Z"),
    _LINE,
    Command("find", N("Menu", "&Find…"), N("Menu", "Find on this page"), "Ctrl+F"),
)
RUN = (
    Command("train", N("Menu", "&Train"), N("Menu", "Train with the present settings"), "Ctrl+R"),
    Command("pause", N("Menu", "&Pause"), N("Menu", "Hold the run where it is"), "Ctrl+P"),
    Command(
        "resume",
        N("Menu", "&Continue"),
        N("Menu", "Go on with a paused or cut-off run"),
        "Ctrl+Shift+R",
    ),
    _LINE,
    Command(
        "stop",
        N("Menu", "&Stop, keep best"),
        N("Menu", "Stop after this batch; the best model is kept"),
        "Ctrl+.",
    ),
    Command(
        "stop_epoch",
        N("Menu", "Stop after this &epoch"),
        N("Menu", "Finish the epoch, then stop"),
        "Ctrl+Shift+E",
    ),
    Command(
        "stop_now",
        N("Menu", "Stop &now"),
        N("Menu", "End at once; the last checkpoint is kept"),
        "Ctrl+Shift+.",
    ),
    _LINE,
    Command(
        "snapshot",
        N("Menu", "Save a chec&kpoint"),
        N("Menu", "Save the model as it is now"),
        "Ctrl+S",
    ),
    Command(
        "extend",
        N("Menu", "Train &longer…"),
        N("Menu", "Train the shown run for more epochs"),
        "Ctrl+L",
    ),
)
HELP = (
    Command("help", N("Menu", "&Help"), N("Menu", "What every setting does"), "F1"),
    Command("about", N("Menu", "&About FitStudio"), N("Menu", "Version and licences"), "Shift+F1"),
)
VIEW_LOOKS = (
    Command("look_system", N("Menu", "As the s&ystem"), N("Menu", "Light or dark as the system"),
            "Ctrl+Alt+S"),
    Command("look_light", N("Menu", "&Light"), N("Menu", "Always light"), "Ctrl+Alt+L"),
    Command("look_dark", N("Menu", "&Dark"), N("Menu", "Always dark"), "Ctrl+Alt+D"),
)  # fmt: skip
VIEW = (
    Command("panel", N("Menu", "&In plain words"), N("Menu", "Show what will happen"), "F9"),
    Command("full_screen", N("Menu", "&Full screen"), N("Menu", "Fill the screen"), "F11"),
)
MENUS = (
    (N("Menu", "File"), FILE, "Alt+F"),
    (N("Menu", "Edit"), EDIT, "Alt+E"),
    (N("Menu", "Run"), RUN, "Alt+R"),
    (N("Menu", "View"), VIEW, "Alt+V"),
    (N("Menu", "Help"), HELP, "Alt+H"),
)
CHECKABLE = {"panel", "full_screen", "look_system", "look_light", "look_dark"}


class Commands(QObject):
    """The window's actions by name, and the menu bar that holds them.

    Args:
        window: What the actions belong to, so that their shortcuts work everywhere in it.
        slots: What each command does, by name; pages are opened by `show_page`.
        show_page: Called with a page's name.
    """

    def __init__(
        self,
        window,
        slots: Mapping[str, Callable[[], None]],
        show_page: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        self.recent_menu = QMenu(self._words("Open &recent"), window)
        self.example_menu = QMenu(self._words("&Examples"), window)
        self.menu_bar = QMenuBar()
        self.menu_bar.setNativeMenuBar(False)
        for title, commands, key in MENUS:
            menu = self.menu_bar.addMenu(self._words(title))
            menu.setToolTipsVisible(True)
            # An access key in the title would be underlined all the time.
            opening = QShortcut(QKeySequence(key), window)
            opening.activated.connect(lambda menu=menu: self._open(menu))
            if commands is VIEW:
                self._add_pages(menu, show_page)
            for command in commands:
                if command is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._action(command, slots[command.name]))
                    if command.name == "open_project":
                        menu.addMenu(self.recent_menu)
                        menu.addMenu(self.example_menu)
            if commands is VIEW:
                looks = menu.addMenu(self._words("&Look"))
                for command in VIEW_LOOKS:
                    looks.addAction(self._action(command, slots[command.name]))

    def __getitem__(self, name: str) -> QAction:
        return self.actions[name]

    def set_texts(self, name: str, text: str) -> None:
        """Says something else for a command ("Undo Change Epochs")."""
        self.actions[name].setText(text)

    def tooltip(self, name: str) -> str:
        """The tooltip with the shortcut, for a button that does the same."""
        action = self.actions[name]
        return with_shortcut(action.statusTip(), action.shortcut())

    def _open(self, menu: QMenu) -> None:
        self.menu_bar.setActiveAction(menu.menuAction())

    def _add_pages(self, menu: QMenu, show_page: Callable[[str], None]) -> None:
        for number, entry in enumerate(PAGES, start=1):
            tooltip = self._words("Go to {}").format(entry.translated())
            command = Command(
                f"page_{entry.name}", f"&{number}  {entry.translated()}", tooltip, f"Ctrl+{number}"
            )
            menu.addAction(self._action(command, lambda name=entry.name: show_page(name)))
        menu.addSeparator()

    def _action(self, command: Command, slot: Callable[[], None]) -> QAction:
        action = QAction(self._words(command.text), self._window)
        action.setObjectName(f"action.{command.name}")
        action.setShortcut(QKeySequence(command.shortcut))
        action.setStatusTip(self._words(command.tooltip))
        action.setToolTip(with_shortcut(self._words(command.tooltip), action.shortcut()))
        action.setCheckable(command.name in CHECKABLE)
        action.triggered.connect(lambda _on=False: slot())
        self._window.addAction(action)
        self.actions[command.name] = action
        return action

    def _words(self, text: str) -> str:
        return QCoreApplication.translate("Menu", text)
