"""The table of commands as Qt shows it: actions with their shortcuts, and the menu bar with them.

A command's object name is `action.<name>`. Nothing is reachable by a button alone.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar

from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.widgets.buttons import with_shortcut
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.viewmodel.shell import refusals
from fitstudio.viewmodel.shell.commands import COMMANDS, MENUS, VIEW, VIEW_LOOKS, Command
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_marked


class Commands(QObject):
    """The window's actions by name, and the menu bar that holds them.

    What each does is named by `bind`, when the parts that do it are there.

    Args:
        window: What the actions belong to, so that their shortcuts work everywhere in it.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._commands = dict(COMMANDS)
        self._deeds: dict[str, Callable[[], object]] = {}
        self.actions: dict[str, QAction] = {}
        self.recent_menu = QMenu(say("Open &recent"), window)
        self.example_menu = QMenu(say("&Examples"), window)
        self.menu_bar = QMenuBar()
        self.menu_bar.setNativeMenuBar(False)
        for title, commands, key in MENUS:
            menu = self.menu_bar.addMenu(say_marked(title))
            menu.setToolTipsVisible(True)
            # An access key in the title would be underlined all the time.
            opening = QShortcut(QKeySequence(key), window)
            opening.activated.connect(lambda menu=menu: self._open(menu))
            if commands is VIEW:
                self._add_pages(menu)
            for command in commands:
                if command is None:
                    menu.addSeparator()
                else:
                    menu.addAction(self._action(command))
                    if command.name == "open_project":
                        menu.addMenu(self.recent_menu)
                        menu.addMenu(self.example_menu)
            if commands is VIEW:
                looks = menu.addMenu(say("&Look"))
                for command in VIEW_LOOKS:
                    looks.addAction(self._action(command))

    def __getitem__(self, name: str) -> QAction:
        return self.actions[name]

    def bind(self, **deeds: Callable[[], object]) -> None:
        """Says what commands do, by their names.

        Args:
            **deeds: Called when the command is given.
        """
        self._deeds.update(deeds)

    def unbound(self) -> list[str]:
        """The commands of which nobody has said what they do."""
        return [name for name in self.actions if name not in self._deeds]

    def give(self, name: str) -> None:
        """Does what a command does, whether or not it can be given now."""
        self._deeds[name]()

    def refresh(self, session: ProjectSession | None, page: Page | None) -> None:
        """Greys what cannot be given now, with the reason as its tooltip.

        Args:
            session: The open project.
            page: The page that is shown.
        """
        for name, action in self.actions.items():
            refusal = self.refusal(name, session, page)
            action.setEnabled(refusal is None)
            action.setToolTip(self.tooltip(name) if refusal is None else as_tip(refusal))
        undo = session.edits.undo_text if session else None
        redo = session.edits.redo_text if session else None
        self.actions["undo"].setText(say("&Undo {undo}", undo=undo or "").strip())
        self.actions["redo"].setText(say("&Redo {redo}", redo=redo or "").strip())

    def refusal(self, name: str, session: ProjectSession | None, page: Page | None) -> str | None:
        """Why a command cannot be given now, in a sentence; None where it can."""
        refusal = self._commands[name].refusal(session)
        if refusal is None and name == "find" and (page is None or not page.searches):
            return say("There is nothing to search on this page.")
        return refusal

    def tooltip(self, name: str) -> str:
        """The tooltip with the shortcut, for a button that does the same."""
        action = self.actions[name]
        return with_shortcut(action.statusTip(), action.shortcut())

    def _open(self, menu: QMenu) -> None:
        self.menu_bar.setActiveAction(menu.menuAction())

    def _add_pages(self, menu: QMenu) -> None:
        for number, entry in enumerate(PAGES, start=1):
            command = Command(
                f"page_{entry.name}",
                f"&{number}  {entry.translated()}",
                say("Go to {entry}", entry=entry.translated()),
                f"Ctrl+{number}",
                refusal=refusals.needs_project,
            )
            self._commands[command.name] = command
            menu.addAction(self._action(command))
        menu.addSeparator()

    def _action(self, command: Command) -> QAction:
        action = QAction(say_marked(command.text), self._window)
        action.setObjectName(f"action.{command.name}")
        action.setShortcut(QKeySequence(command.shortcut))
        action.setStatusTip(say_marked(command.tooltip))
        action.setToolTip(with_shortcut(action.statusTip(), action.shortcut()))
        action.setCheckable(command.checkable)
        action.triggered.connect(lambda _on=False: self.give(command.name))
        self._window.addAction(action)
        self.actions[command.name] = action
        return action
