"""Overrules how a file is read: a row for each option that its format declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Int
from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import link_button
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.gui.widgets.labels import Label, Sentence, as_tip
from fitstudio.gui.widgets.question import Question
from fitstudio.viewmodel.data.reading_choices import ReadingChoice, reading_choices
from fitstudio.words import say


class ReadingDialog(Question):
    """One row for each option; what is not touched stays a guess.

    Args:
        guesses: How the file is read now.
        options: What was overruled already.
        kind: The name of the file's format.
        nodes: What is in the file, where that is known.
    """

    def __init__(
        self,
        guesses: Sequence[Guess],
        options: Mapping[str, Any],
        parent: QWidget | None = None,
        *,
        kind: str = "table",
        nodes: Sequence[TreeNode] = (),
    ) -> None:
        self._editors: dict[str, Any] = {}
        self._before: dict[str, Any] = {}
        content = QWidget()
        super().__init__(
            say("How the file is read"),
            say("What you leave as it is stays as FitStudio found it."),
            (say("Read it like this"), say("Cancel")),
            parent,
            content,
        )
        self.setObjectName("dialog.reading")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        choices = reading_choices(kind, guesses, options, nodes)
        usual = [each for each in choices if each.option.level == Level.BASIC]
        others = [each for each in choices if each.option.level != Level.BASIC]
        column.addWidget(self._form(usual))
        if others:
            more = self._form(others)
            more.setVisible(False)
            self._more = link_button(say("Show all options"))
            self._more.setObjectName("reading.more")
            self._more.clicked.connect(lambda: self._show_more(more))
            column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
            column.addWidget(more)
        said = [guess.sentence for guess in guesses if guess.sentence and not guess.given]
        if said:
            column.addSpacing(Space.GRID)
            column.addWidget(Sentence(" ".join(said), ink="text3"))

    @property
    def names(self) -> tuple[str, ...]:
        """The options that have a row."""
        return tuple(self._editors)

    def changes(self) -> dict[str, Any]:
        """What was changed, by option; None where an option was put back."""
        return {
            name: editor.value()
            for name, editor in self._editors.items()
            if editor.value() != self._before[name]
        }

    def value(self, name: str) -> Any:
        """An option as it is shown, changed or not."""
        return self._editors[name].value()

    def editor(self, name: str) -> Any:
        """The editor of an option: a widget with `value` and `setValue`."""
        return self._editors[name]

    def _show_more(self, more: QWidget) -> None:
        more.setVisible(True)
        self._more.setVisible(False)
        self.adjustSize()

    def _form(self, choices: Sequence[ReadingChoice]) -> QWidget:
        holder = QWidget()
        form = QFormLayout(holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(Space.GRID)
        form.setHorizontalSpacing(Space.GRID * 3)
        for choice in choices:
            option = choice.option
            editor = _editor(choice)
            editor.setObjectName(option.key)
            editor.setAccessibleName(option.title)
            editor.setToolTip(as_tip(option.help))
            editor.setValue(choice.value)
            self._before[option.name] = editor.value()
            self._editors[option.name] = editor
            label = Label(option.title)
            label.setMinimumHeight(Size.CONTROL)
            form.addRow(label, editor)
        return holder


def _editor(choice: ReadingChoice) -> Any:
    """The editor that suits an option's kind."""
    option = choice.option
    if choice.values:
        return Combo(list(choice.values), default=option.default)
    if isinstance(option.kind, Int):
        return NumberEdit(
            whole=True,
            minimum=option.kind.minimum,
            maximum=option.kind.maximum,
            default=option.default,
            optional=option.accepts_none,
            unset=option.unset,
            small=True,
        )
    return TextEdit(
        optional=option.accepts_none,
        unset=option.unset,
        parse=option.kind.parse,
        show=option.kind.show,
        width=Size.WIDEST_CHOICE,
    )
