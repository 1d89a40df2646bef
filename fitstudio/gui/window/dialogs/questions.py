"""The few questions that need an answer before anything else can happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QWidget,
)

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import (
    secondary_button,
)
from fitstudio.gui.widgets.data_file import ask_data_file
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.window.dialogs.form_rows import beside, named
from fitstudio.viewmodel.shell.places import free_folder
from fitstudio.viewmodel.shell.session import RunSummary
from fitstudio.words import say, say_count


class OnClose(Enum):
    """What becomes of a run when the window closes."""

    KEEP_TRAINING = "keep"
    STOP = "stop"
    CANCEL = "cancel"


def ask_on_close(window: QWidget, run: RunSummary) -> OnClose:
    """Asks what becomes of a run when the window closes."""
    question = Question(
        say("A run is under way"),
        say(
            "Run {number} can go on without the window. You find it again when you open the "
            "project.",
            number=run.number,
        ),
        (say("Keep training"), say("Stop and keep the best"), say("Cancel")),
        window,
    )
    question.setObjectName("dialog.close")
    return (OnClose.KEEP_TRAINING, OnClose.STOP, OnClose.CANCEL)[question.ask()]


def ask_epochs(window: QWidget, run: RunSummary | None) -> int | None:
    """Asks how many epochs more a run is to be trained."""
    edit = NumberEdit(whole=True, minimum=1, default=10)
    edit.setAccessibleName(say("More epochs"))
    edit.setObjectName("extend.epochs")
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(edit)
    row.addWidget(Label(say("more epochs"), ink="text2"))
    row.addStretch(1)
    edit.selectAll()
    edit.setFocus()
    done = run.epochs if run is not None else 0
    question = Question(
        say("Train longer"),
        say_count(
            done,
            "It has {number} epoch. A copy goes on from its last one; this run stays.",
            "It has {number} epochs. A copy goes on from its last one; this run stays.",
        ),
        (say("Train longer"), say("Cancel")),
        window,
        box,
    )
    return int(edit.value()) if question.ask() == 0 and edit.value() else None


@dataclass(frozen=True)
class NewProject:
    """What was asked for a new project."""

    folder: Path
    name: str
    data: Path | None


def ask_new_project(window: QWidget, parent_folder: Path) -> NewProject | None:
    """Asks for a name, a place and a data file."""
    name = QLineEdit(say("My project"))
    name.setObjectName("new_project.name")
    name.setAccessibleName(say("Name"))
    place = [parent_folder]
    data: list[Path | None] = [None]
    place_label = ElidedLabel(str(parent_folder), ink="text2", middle=True)
    data_label = ElidedLabel(say("None yet"), ink="text2", middle=True)
    choose_place = secondary_button(say("Choose…"), small=True)
    choose_data = secondary_button(say("Choose…"), small=True)
    choose_place.setAccessibleName(say("Choose the folder"))
    choose_data.setAccessibleName(say("Choose the data file"))

    def on_place() -> None:
        chosen = QFileDialog.getExistingDirectory(window, say("Folder"), str(place[0]))
        if chosen:
            place[0] = Path(chosen)
            place_label.setText(chosen)

    def on_data() -> None:
        chosen = ask_data_file(window)
        if chosen is not None:
            data[0] = chosen
            data_label.setText(str(chosen))

    choose_place.clicked.connect(on_place)
    choose_data.clicked.connect(on_data)
    form = QWidget()
    rows = QFormLayout(form)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setVerticalSpacing(Space.GRID + Space.HALF)
    rows.setHorizontalSpacing(Space.GRID * 2)
    rows.addRow(named(say("Name")), name)
    rows.addRow(named(say("In the folder")), beside(place_label, choose_place))
    rows.addRow(named(say("Data")), beside(data_label, choose_data))
    question = Question(
        say("New project"),
        say("One folder holds everything: settings, runs, models."),
        (say("Make it"), say("Cancel")),
        window,
        form,
    )
    question.setObjectName("dialog.new_project")
    name.textChanged.connect(lambda text: question.buttons[0].setEnabled(bool(text.strip())))
    name.selectAll()
    name.setFocus()
    if question.ask() != 0:
        return None
    title = name.text().strip()
    return NewProject(free_folder(place[0], title), title, data[0])
