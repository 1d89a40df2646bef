"""The few questions that need an answer before anything else can happen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from fitstudio.gui.theme.theme import Contrast, Mode, theme
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import (
    Switch,
    ghost_button,
    secondary_button,
)
from fitstudio.gui.widgets.data_file import ask_data_file
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.window.logo import LogoMark
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.viewmodel.shell.about import versions_text
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.places import free_folder
from fitstudio.viewmodel.shell.session import RunSummary
from fitstudio.words import say


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
        say("It has {done} epochs. A copy goes on from its last one; this run stays.", done=done),
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
    rows.addRow(_named(say("Name")), name)
    rows.addRow(_named(say("In the folder")), _beside(place_label, choose_place))
    rows.addRow(_named(say("Data")), _beside(data_label, choose_data))
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


def show_settings(window: QWidget, settings: WindowSettings) -> None:
    """Look and folders; every choice holds at once."""
    look = Segmented(
        [(Mode.SYSTEM, say("As the system")), (Mode.LIGHT, say("Light")), (Mode.DARK, say("Dark"))],
        default=Mode.SYSTEM,
    )
    look.setObjectName("settings.look")
    look.setAccessibleName(say("Look"))
    look.setValue(settings.mode)
    contrast = Switch(value=settings.contrast is Contrast.HIGH)
    contrast.setObjectName("settings.contrast")
    contrast.setAccessibleName(say("Strong borders"))
    place = ElidedLabel(str(settings.projects_folder), ink="text2", middle=True)
    choose = secondary_button(say("Choose…"), small=True)
    choose.setAccessibleName(say("Choose the folder for new projects"))

    def on_look(mode: Mode) -> None:
        settings.mode = mode
        theme().apply(mode)

    def on_contrast(on: bool) -> None:
        settings.contrast = Contrast.HIGH if on else Contrast.SYSTEM
        theme().apply(contrast=settings.contrast)

    def on_place() -> None:
        chosen = QFileDialog.getExistingDirectory(window, say("Folder"), place.whole_text())
        if chosen:
            settings.projects_folder = Path(chosen)
            place.setText(chosen)

    look.valueChanged.connect(on_look)
    contrast.valueChanged.connect(on_contrast)
    choose.clicked.connect(on_place)
    form = QWidget()
    rows = QFormLayout(form)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setVerticalSpacing(Space.GRID * 2)
    rows.setHorizontalSpacing(Space.GRID * 3)
    rows.addRow(_named(say("Look")), _beside(look))
    rows.addRow(_named(say("Strong borders")), _beside(contrast))
    rows.addRow(_named(say("New projects go to")), _beside(place, choose))
    question = Question(say("Settings"), "", (say("Close"),), window, form)
    question.setObjectName("dialog.settings")
    question.ask()
    settings.save()


def show_about(window: QWidget, background: Background) -> None:
    """Version, parts, licences; with the whole description of this installation to copy."""
    words = Sentence(say("Looking at this installation…"), ink="text2")
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    top = QHBoxLayout()
    top.addWidget(LogoMark(48))
    top.addSpacing(Space.GRID * 2)
    top.addWidget(
        Sentence(
            say(
                "Trains neural networks by pointing and clicking, and obeys every setting "
                "exactly. It never goes to the network."
            ),
            ink="text2",
        ),
        1,
    )
    column.addLayout(top)
    column.addSpacing(Space.GRID)
    column.addWidget(words)
    column.addWidget(
        Sentence(
            say(
                "Built on Qt for Python (LGPL 3), PyTorch, NumPy, h5py, psutil, psygnal, "
                "nvidia-ml-py (BSD), polars, pyqtgraph, platformdirs, the Phosphor icons "
                "(MIT), safetensors (Apache 2.0) and the typeface Inter (Open Font License)."
            ),
            ink="text3",
        )
    )
    copy = ghost_button(say("Copy for a report"), icon="copy", small=True)
    copy.setEnabled(False)
    column.addWidget(copy)
    text: list[str] = [""]

    def on_known(described: tuple[str, str]) -> None:
        words.set_sentence(described[0])
        text[0] = described[1]
        copy.setEnabled(True)

    job = background.run(lambda job: versions_text(), on_known)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text[0]))
    question = Question(say("FitStudio"), "", (say("Close"),), window, box)
    question.setObjectName("dialog.about")
    question.ask()
    job.cancel()


def _named(text: str) -> Label:
    label = Label(text)
    label.setMinimumHeight(Size.CONTROL)
    return label


def _beside(*widgets: QWidget) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.GRID)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if number == 0 and isinstance(widget, ElidedLabel) else 0)
    if not isinstance(widgets[0], ElidedLabel):
        row.addStretch(1)
    return box
