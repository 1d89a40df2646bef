"""The dialog of settings: how the window looks, and where new projects go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QWidget,
)

from fitstudio.gui.theme.theme import Contrast, Mode, theme
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import (
    Switch,
    secondary_button,
)
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import ElidedLabel
from fitstudio.gui.widgets.question import Question
from fitstudio.gui.window.dialogs.form_rows import beside, named
from fitstudio.gui.window.window_settings import WindowSettings
from fitstudio.words import say


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
    rows.addRow(named(say("Look")), beside(look))
    rows.addRow(named(say("Strong borders")), beside(contrast))
    rows.addRow(named(say("New projects go to")), beside(place, choose))
    question = Question(say("Settings"), "", (say("Close"),), window, form)
    question.setObjectName("dialog.settings")
    question.ask()
    settings.save()
