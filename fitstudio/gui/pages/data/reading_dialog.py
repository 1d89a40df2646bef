"""Overrules how a file is read: marks and names of a text, or which part of a file of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.gui.widgets.labels import Label, Sentence
from fitstudio.gui.widgets.question import Question
from fitstudio.viewmodel.data.reading_choices import ReadingChoice

_ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows (western)"),
    ("latin-1", "Latin 1"),
    ("utf-16", "UTF-16"),
    ("gb18030", "Chinese (GB 18030)"),
    ("shift_jis", "Japanese (Shift JIS)"),
    ("cp1251", "Windows (Cyrillic)"),
)


class ReadingDialog(Question):
    """One row for each option; what is not touched stays a guess.

    Args:
        guesses: How the file is read now.
        options: What was overruled already.
    """

    def __init__(
        self, guesses: Sequence[Guess], options: dict[str, Any], parent: QWidget | None = None
    ) -> None:
        self._guesses = {guess.name: guess for guess in guesses}
        self._options = options
        self._editors: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        content = QWidget()
        super().__init__(
            content.tr("How the file is read"),
            content.tr("What you leave as it is stays as FitStudio found it."),
            (content.tr("Read it like this"), content.tr("Cancel")),
            parent,
            content,
        )
        self.setObjectName("dialog.reading")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        form.setVerticalSpacing(Space.GRID)
        form.setHorizontalSpacing(Space.GRID * 3)
        column.addLayout(form)
        self._form = form
        self._add(
            "separator",
            self.tr("Between cells"),
            Combo(
                [
                    (",", self.tr("Comma")),
                    (";", self.tr("Semicolon")),
                    ("\t", self.tr("Tab")),
                    (" ", self.tr("Spaces")),
                    ("|", self.tr("Bar")),
                    ("", self.tr("Nothing: one column")),
                ],
                default=",",
            ),
        )
        self._add(
            "decimal",
            self.tr("Decimal mark"),
            Combo([(".", self.tr("Point: 0.5")), (",", self.tr("Comma: 0,5"))], default="."),
        )
        self._add(
            "thousands",
            self.tr("Between thousands"),
            Combo(
                [
                    ("", self.tr("Nothing")),
                    (",", self.tr("Comma")),
                    (".", self.tr("Point")),
                    (" ", self.tr("Space")),
                    ("'", self.tr("Apostrophe")),
                ],
                default="",
            ),
        )
        self._add(
            "dates",
            self.tr("Dates such as 3/4/2024"),
            Combo(
                [("dmy", self.tr("Day first")), ("mdy", self.tr("Month first"))],
                default="dmy",
            ),
        )
        encodings = list(_ENCODINGS)
        found = self._value("encoding", "utf-8")
        if found not in [each[0] for each in encodings]:
            encodings.append((found, str(found)))
        self._add("encoding", self.tr("Characters"), Combo(encodings, default="utf-8"))
        header = NumberEdit(whole=True, minimum=0, default=1, small=True)
        self._add("header_line", self.tr("Line with the names (0: none)"), header)
        missing = TextEdit(
            optional=True,
            unset=self.tr("empty cells only"),
            parse=lambda text: [word.strip() for word in text.split(",") if word.strip()],
            show=lambda words: ", ".join(words),
            width=Size.WIDEST_CHOICE,
        )
        self._add("missing", self.tr("Also missing"), missing)
        said = [guess.sentence for guess in guesses if guess.sentence and not guess.given]
        if said:
            column.addSpacing(Space.GRID)
            column.addWidget(Sentence(" ".join(said), ink="text3"))

    def changes(self) -> dict[str, Any]:
        """What was changed, by option."""
        return {
            name: editor.value()
            for name, editor in self._editors.items()
            if editor.value() != self._before[name]
        }

    def value(self, name: str) -> Any:
        """An option as it is shown, changed or not."""
        return self._editors[name].value()

    def _value(self, name: str, default: Any) -> Any:
        guess = self._guesses.get(name)
        return self._options.get(name, guess.value if guess is not None else default)

    def _add(self, name: str, title: str, editor: Any) -> None:
        editor.setObjectName(f"data.options.{name}")
        editor.setAccessibleName(title)
        value = self._value(name, editor.value())
        editor.setValue(list(value) if isinstance(value, tuple) else value)
        self._before[name] = editor.value()
        self._editors[name] = editor
        label = Label(title)
        label.setMinimumHeight(Size.CONTROL)
        self._form.addRow(label, editor)


class PartDialog(Question):
    """Chooses another part of a file of arrays.

    Args:
        choice: The parts that there are.
    """

    def __init__(self, choice: ReadingChoice, parent: QWidget | None = None) -> None:
        self._choice = choice
        self.part = Combo(list(choice.values), default=choice.value)
        self.part.setObjectName(f"data.options.{choice.option}")
        self.part.setAccessibleName(choice.title)
        content = QWidget()
        super().__init__(
            content.tr("How the file is read"),
            "",
            (content.tr("Read it like this"), content.tr("Cancel")),
            parent,
            content,
        )
        self.setObjectName("dialog.part")
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(Space.GRID * 3)
        label = Label(choice.title)
        label.setMinimumHeight(Size.CONTROL)
        form.addRow(label, self.part)

    def changes(self) -> dict[str, Any]:
        """What was changed, by option."""
        value = self.part.value()
        return {self._choice.option: value} if value != self._choice.value else {}
