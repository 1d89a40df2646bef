"""Asks for a file and writes into it; what goes wrong is said over the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from fitstudio.errors import FitStudioError
from fitstudio.gui.widgets.question import Question
from fitstudio.words import say


def save_as(
    parent: QWidget, title: str, name: str, filters: str, write: Callable[[Path], object]
) -> None:
    """Asks where to, and has it written.

    Args:
        parent: Whose window the dialogs belong to.
        title: What is saved, as the dialog's title.
        name: The name that is suggested.
        filters: Kinds of files, as Qt writes them.
        write: Writes the file; a FitStudioError of its is shown.
    """
    chosen, kind = QFileDialog.getSaveFileName(parent, title, name, filters)
    if not chosen:
        return
    path = Path(chosen)
    if not path.suffix:
        path = path.with_name(path.name + _ending_of(kind or filters))
    try:
        write(path)
    except FitStudioError as problem:
        close = say("Close")
        heading = say("Nothing was saved")
        Question(heading, str(problem), [close], parent).ask()


def _ending_of(kind: str) -> str:
    """The first ending of a kind of files: ".svg" of "Vector graphics (*.svg)"."""
    return kind.partition("(*")[2].partition(")")[0].split()[0]
