"""Files held over the window and dropped on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QDragEnterEvent, QDropEvent

from fitstudio.gui.window.drops.drop_cover import DropCover
from fitstudio.viewmodel.start.page import is_project
from fitstudio.words import say


class Drops:
    """Says what dropping a file does, and hands it over when it is dropped.

    Args:
        cover: What says it.
        has_project: Whether a project is open.
        take: Called with the file.
    """

    def __init__(
        self, cover: DropCover, has_project: Callable[[], bool], take: Callable[[Path], None]
    ) -> None:
        self._cover = cover
        self._has_project = has_project
        self._take = take

    def enter(self, event: QDragEnterEvent) -> None:
        """Something is held over the window."""
        file = _dropped_file(event)
        if file is None:
            return
        event.acceptProposedAction()
        if is_project(file):
            words = say("Drop to open this project")
        elif self._has_project():
            words = say("Drop to use {file} as data", file=file.name)
        else:
            words = say("Drop to begin a project with {file}", file=file.name)
        self._cover.say(words)

    def leave(self) -> None:
        """It is not held there any more."""
        self._cover.hide()

    def drop(self, event: QDropEvent) -> None:
        """It was dropped."""
        self._cover.hide()
        file = _dropped_file(event)
        if file is not None:
            event.acceptProposedAction()
            self._take(file)


def _dropped_file(event: QDropEvent) -> Path | None:
    urls = event.mimeData().urls()
    files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return files[0] if files else None
