"""Takes a file that a person brings: as the data, or as one more file of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.gui.widgets.question import Question
from fitstudio.viewmodel.data import page as data_page
from fitstudio.viewmodel.data import sources
from fitstudio.viewmodel.shell.session import ProjectSession


def take_file(session: ProjectSession, file: Path, window: QWidget) -> bool:
    """Makes a file the data; where there are data, asks whether it is to be added to them.

    Returns:
        Whether the file was taken.
    """
    if session.spec.get("data.file") is None:
        data_page.take_file(session, file)
        return True
    question = Question(
        _tr("What is {} to the data?").format(file.name),
        _tr(
            "Added, its rows belong to those that are there: one by one, or by a column that names "
            "them. Used instead, it takes the place of all files."
        ),
        (_tr("Add to this data"), _tr("Use instead"), _tr("Cancel")),
        window,
    )
    question.setObjectName("dialog.add")
    answer = question.ask()
    if answer == 0:
        sources.add_file(session, file)
    elif answer == 1:
        data_page.take_file(session, file)
    return answer < 2


def ask_name(session: ProjectSession, name: str, window: QWidget) -> None:
    """Asks what a file is to be called, until it can be called so."""
    problem = ""
    edit = TextEdit(default=name, optional=False)
    edit.setObjectName("rename.name")
    edit.setAccessibleName(_tr("Name of the file"))
    edit.selectAll()
    while True:
        question = Question(
            _tr("Rename {}").format(name),
            problem or _tr("Its columns are called by it: {}/column.").format(name),
            (_tr("Rename"), _tr("Cancel")),
            window,
            edit,
        )
        question.setObjectName("dialog.rename")
        if question.ask() != 0:
            return
        problem = sources.rename_source(session, name, edit.text().strip()) or ""
        if not problem:
            return
        edit.setParent(window)


def _tr(text: str) -> str:
    return QCoreApplication.translate("dialogs", text)
