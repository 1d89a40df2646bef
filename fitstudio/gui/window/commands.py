"""Every command of the window once: its menu, words, shortcut and what it does.

The tables below are the menus; a command's object name is `action.<name>`. Nothing is reachable by
a button alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QMenuBar

from fitstudio.gui.widgets.buttons import with_shortcut
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.window.pages import PAGES
from fitstudio.gui.window.words import marked


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


_LINE = None
FILE = (
    Command(
        "new_project",
        marked("Menu", "&New project…"),
        marked("Menu", "Make a new project"),
        "Ctrl+N",
    ),
    Command(
        "open_project",
        marked("Menu", "&Open a project…"),
        marked("Menu", "Open a project folder"),
        "Ctrl+O",
    ),
    Command(
        "start",
        marked("Menu", "&Start page"),
        marked("Menu", "Recent projects and examples"),
        "Ctrl+W",
    ),
    _LINE,
    Command(
        "add_data",
        marked("Menu", "&Add data…"),
        marked("Menu", "Choose the project's data file"),
        "Ctrl+D",
    ),
    Command(
        "show_folder",
        marked("Menu", "Show &folder"),
        marked("Menu", "Open the project's folder in the file manager"),
        "Ctrl+Shift+F",
    ),
    _LINE,
    Command("settings", marked("Menu", "Se&ttings…"), marked("Menu", "Look and folders"), "Ctrl+,"),
    Command("quit", marked("Menu", "&Quit"), marked("Menu", "Close the window"), "Ctrl+Q"),
)
EDIT = (
    Command("undo", marked("Menu", "&Undo"), marked("Menu", "Take the last change back"), "Ctrl+Z"),
    Command(
        "redo", marked("Menu", "&Redo"), marked("Menu", "Make the change again"), "Ctrl+Shift+Z"
    ),
    _LINE,
    Command("find", marked("Menu", "&Find…"), marked("Menu", "Find on this page"), "Ctrl+F"),
)
RUN = (
    Command(
        "train",
        marked("Menu", "&Train"),
        marked("Menu", "Train with the present settings"),
        "Ctrl+R",
    ),
    Command(
        "queue",
        marked("Menu", "Add to the &queue"),
        marked("Menu", "Train with these settings when the runs before have ended"),
        "Ctrl+Shift+Q",
    ),
    Command(
        "pause", marked("Menu", "&Pause"), marked("Menu", "Hold the run where it is"), "Ctrl+P"
    ),
    Command(
        "resume",
        marked("Menu", "&Continue"),
        marked("Menu", "Go on with a paused or cut-off run"),
        "Ctrl+Shift+R",
    ),
    _LINE,
    Command(
        "stop",
        marked("Menu", "&Stop, keep best"),
        marked("Menu", "Stop after this batch; the best model is kept"),
        "Ctrl+.",
    ),
    Command(
        "stop_epoch",
        marked("Menu", "Stop after this &epoch"),
        marked("Menu", "Finish the epoch, then stop"),
        "Ctrl+Shift+E",
    ),
    Command(
        "stop_now",
        marked("Menu", "Stop &now"),
        marked("Menu", "End at once; the last checkpoint is kept"),
        "Ctrl+Shift+.",
    ),
    _LINE,
    Command(
        "snapshot",
        marked("Menu", "Save a chec&kpoint"),
        marked("Menu", "Save the model as it is now"),
        "Ctrl+S",
    ),
    Command(
        "extend",
        marked("Menu", "Train &longer…"),
        marked("Menu", "Train the shown run for more epochs"),
        "Ctrl+L",
    ),
)
HELP = (
    Command("help", marked("Menu", "&Help"), marked("Menu", "What every setting does"), "F1"),
    Command(
        "about",
        marked("Menu", "&About FitStudio"),
        marked("Menu", "Version and licences"),
        "Shift+F1",
    ),
)
VIEW_LOOKS = (
    Command(
        "look_system",
        marked("Menu", "As the s&ystem"),
        marked("Menu", "Light or dark as the system"),
        "Ctrl+Alt+S",
    ),
    Command("look_light", marked("Menu", "&Light"), marked("Menu", "Always light"), "Ctrl+Alt+L"),
    Command("look_dark", marked("Menu", "&Dark"), marked("Menu", "Always dark"), "Ctrl+Alt+D"),
)  # fmt: skip
VIEW = (
    Command(
        "panel", marked("Menu", "&In plain words"), marked("Menu", "Show what will happen"), "F9"
    ),
    Command(
        "full_screen", marked("Menu", "&Full screen"), marked("Menu", "Fill the screen"), "F11"
    ),
)
MENUS = (
    (marked("Menu", "File"), FILE, "Alt+F"),
    (marked("Menu", "Edit"), EDIT, "Alt+E"),
    (marked("Menu", "Run"), RUN, "Alt+R"),
    (marked("Menu", "View"), VIEW, "Alt+V"),
    (marked("Menu", "Help"), HELP, "Alt+H"),
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

    def allow(self, name: str, *, allowed: bool, reason: str | None = None) -> None:
        """Enables a command or greys it; with a reason, that is what its tooltip says."""
        action = self.actions[name]
        action.setEnabled(allowed and reason is None)
        action.setToolTip(as_tip(reason) if reason else self.tooltip(name))

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
