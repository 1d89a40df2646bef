"""The menus of recent projects and examples, as the start page lists them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QMenu

from fitstudio.gui.window.commands import Commands
from fitstudio.gui.window.projects.project_life import ProjectLife

_Entry = tuple[str, str, Callable[[], object]]


def keep_start_menus(commands: Commands, projects: ProjectLife) -> None:
    """Fills both menus, now and whenever the lists change."""
    start, opening = projects.start, projects.opening

    def fill() -> None:
        _fill(
            commands.recent_menu,
            (
                (row.name, row.place, lambda row=row: opening.open(row.folder))
                for row in start.recent
                if not row.missing
            ),
        )
        _fill(
            commands.example_menu,
            (
                (each.title, each.sentence, lambda each=each: projects.open_example(each.name))
                for each in start.examples
            ),
        )

    start.changed.connect(fill)


def _fill(menu: QMenu, entries: Iterable[_Entry]) -> None:
    menu.clear()
    for text, tip, deed in entries:
        action = menu.addAction(text.replace("&", "&&"))
        action.setToolTip(tip)
        action.triggered.connect(lambda _on=False, deed=deed: deed())
    menu.setEnabled(not menu.isEmpty())
