"""Asks in which format a model leaves, and where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QButtonGroup, QFileDialog, QRadioButton, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.labels import Sentence
from fitstudio.gui.widgets.question import Question
from fitstudio.viewmodel.predict.export import ExportFormat
from fitstudio.words import say, say_marked

_INDENT = 24


class ExportDialog(Question):
    """A row for each format: its name, and what it is for.

    Args:
        formats: In the order in which they are offered; the first is chosen.
    """

    def __init__(self, formats: Sequence[ExportFormat], parent: QWidget | None = None) -> None:
        self._formats = tuple(formats)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HALF)
        self._group = QButtonGroup(content)
        for number, format in enumerate(self._formats):
            button = QRadioButton(say_marked(format.title))
            button.setObjectName(f"export.{format.name}")
            button.setChecked(number == 0)
            self._group.addButton(button, number)
            column.addWidget(button)
            sentence = Sentence(say_marked(format.help), ink="text2")
            sentence.setContentsMargins(_INDENT, 0, 0, Space.GRID)
            column.addWidget(sentence)
        super().__init__(
            say("Export the model"),
            say(
                "The run's best weights, the preparation of the columns, and the names of the "
                "classes or the units go with it. The result is tried and compared at once."
            ),
            (say("Choose where…"), say("Cancel")),
            parent,
            content,
        )
        self.setObjectName("dialog.export")

    def format(self) -> ExportFormat:
        """The format that is chosen."""
        return self._formats[self._group.checkedId()]


def ask_where(window: QWidget, format: ExportFormat, suggested: str) -> Path | None:
    """Asks for the file; for a folder, for the name of a new one."""
    place = str(Path.home() / suggested)
    kinds = f"{say_marked(format.title)} (*{format.ending})" if format.ending else ""
    path, _kind = QFileDialog.getSaveFileName(window, say("Export the model"), place, kinds)
    return Path(path) if path else None
