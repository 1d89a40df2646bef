"""Takes a file that a person brings: as the data, or as one more file of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.gui.widgets.question import Question
from fitstudio.viewmodel.data import data_file, sources
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say


def take_file(session: ProjectSession, file: Path, window: QWidget) -> bool:
    """Makes a file the data; where there are data, asks whether it is to be added to them.

    Returns:
        Whether the file was taken.
    """
    if session.spec.get("data.file") is None:
        data_file.take_file(session, file)
        return True
    question = Question(
        say("What is {file} to the data?", file=file.name),
        say(
            "Added, its rows belong to those that are there: one by one, or by a column that "
            "names them. Used instead, it takes the place of all files."
        ),
        (say("Add to this data"), say("Use instead"), say("Cancel")),
        window,
    )
    question.setObjectName("dialog.add")
    answer = question.ask()
    if answer == 0:
        sources.add_file(session, file)
    elif answer == 1:
        data_file.take_file(session, file)
    return answer < 2


def ask_name(session: ProjectSession, name: str, window: QWidget) -> None:
    """Asks what a file is to be called, until it can be called so."""
    problem = ""
    edit = TextEdit(default=name, optional=False)
    edit.setObjectName("rename.name")
    edit.setAccessibleName(say("Name of the file"))
    edit.selectAll()
    while True:
        question = Question(
            say("Rename {name}", name=name),
            problem or say("Its columns are called by it: {name}/column.", name=name),
            (say("Rename"), say("Cancel")),
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
