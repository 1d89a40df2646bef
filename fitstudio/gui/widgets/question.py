"""A dialog with one question: a title, a sentence, what it is about, and buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import Button, primary_button, secondary_button
from fitstudio.gui.widgets.labels import Label, Sentence


class Question(QDialog):
    """A title, a sentence, and buttons; Escape is the last one.

    Args:
        title: What is asked.
        sentence: What it is about.
        buttons: Their texts; the first is the primary one.
    """

    def __init__(
        self,
        title: str,
        sentence: str,
        buttons: Sequence[str],
        parent: QWidget | None = None,
        content: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setModal(True)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(Space.GRID)
        column.addWidget(Label(title, style="title"))
        if sentence:
            column.addWidget(Sentence(sentence, ink="text2"))
        if content is not None:
            column.addSpacing(Space.GRID)
            column.addWidget(content)
        column.addSpacing(Space.GRID * 2)
        row = QHBoxLayout()
        row.setSpacing(Space.GRID)
        row.addStretch(1)
        self.buttons: list[Button] = []
        for number, text in enumerate(buttons):
            button = primary_button(text) if number == 0 else secondary_button(text)
            button.setObjectName(f"question.{number}")
            button.setDefault(number == 0)
            button.clicked.connect(lambda _on=False, number=number: self.done(number + 1))
            self.buttons.append(button)
        for button in reversed(self.buttons):
            row.addWidget(button)
        column.addLayout(row)

    def ask(self) -> int:
        """The number of the button, from 0; the last one for Escape."""
        answer = self.exec()
        return answer - 1 if answer else len(self.buttons) - 1
