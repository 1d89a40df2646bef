"""The card of a run that ended badly: what happened, what is safe, what to try, details."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.buttons import Button, ghost_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import Card, Rule
from fitstudio.gui.widgets.labels import ElidedLabel, Label, Sentence
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.viewmodel.monitor.trouble_card import CardKind, RunCard
from fitstudio.words import say

_PADDING = 24
_INSET = 14
_DETAILS_HEIGHT = 180


class TroubleCard(Card):
    """Stands above the curves of a run that failed or was interrupted.

    Signals:
        fix_wanted: The person wants a new run with a fix's settings.
        resume_wanted: The person wants the run to go on from its checkpoint.
    """

    fix_wanted = Signal(object)
    resume_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("monitor.trouble")
        self._card: RunCard | None = None
        self.set_margins(_PADDING, _PADDING, _PADDING, 18)
        row = QHBoxLayout()
        row.setSpacing(_INSET)
        self._icon = IconMark("warning-circle-fill", "error", Size.ICON_BIG)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(8)
        row.addLayout(column, 1)
        self._title = Label(style="title")
        self._what = Sentence(ink="text2")
        self._remedy = Sentence(ink="text2")
        column.addWidget(self._title)
        column.addWidget(self._what)
        column.addWidget(self._remedy)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column.addSpacing(4)
        column.addLayout(self._buttons)
        column.addSpacing(4)
        column.addWidget(Rule())
        column.addLayout(self._make_details())
        self._text = QPlainTextEdit()
        self._text.setObjectName("monitor.details")
        self._text.setAccessibleName(say("Details"))
        self._text.setReadOnly(True)
        self._text.setFont(fonts.font("mono"))
        self._text.setFixedHeight(_DETAILS_HEIGHT)
        self._text.hide()
        column.addWidget(self._text)
        self.add(row)
        self.hide()

    def show_card(self, card: RunCard | None, *, locked: str | None = None) -> None:
        """Show a card, or nothing; `locked` says why its buttons cannot be used."""
        if card == self._card:
            return
        self._card = card
        self.setVisible(card is not None)
        if card is None:
            return
        failed = card.kind is CardKind.FAILED
        self._icon.set_icon(
            "warning-circle-fill" if failed else "warning-fill", "error" if failed else "warnIcon"
        )
        self._title.setText(card.title)
        self._what.set_sentence(f"{card.what} {card.safe}".strip())
        self._remedy.set_sentence(card.remedy)
        self._remedy.setVisible(bool(card.remedy))
        self._headline.setText(card.headline)
        self._text.setPlainText(card.details)
        self._fill_buttons(card, locked)

    def _make_details(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        self._unfold = ghost_button(say("Details"), icon="caret-right", small=True)
        self._unfold.setCheckable(True)
        self._unfold.setObjectName("monitor.show_details")
        self._unfold.toggled.connect(self._on_unfolded)
        self._headline = ElidedLabel(ink="text2")
        self._copy = ghost_button(say("Copy details"), icon="copy", small=True)
        self._copy.setObjectName("monitor.copy_details")
        self._copy.clicked.connect(self._on_copy)
        line.addWidget(self._unfold)
        line.addWidget(self._headline, 1)
        line.addWidget(self._copy)
        return line

    def _fill_buttons(self, card: RunCard, locked: str | None) -> None:
        while self._buttons.count():
            item = self._buttons.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        buttons: list[Button] = []
        for number, fix in enumerate(card.fixes):
            words = say("Train again: {fix}", fix=_lower(fix.sentence))
            make = primary_button if not number else secondary_button
            button = make(words, icon=None if number else "play-fill")
            button.setObjectName(f"monitor.fix.{number + 1}")
            button.clicked.connect(lambda _=False, fix=fix: self.fix_wanted.emit(fix))
            buttons.append(button)
        if card.can_resume:
            words = say("Resume from epoch {epoch}", epoch=card.resume_from)
            make = secondary_button if buttons else primary_button
            button = make(words, icon=None if buttons else "play-fill")
            button.setObjectName("monitor.resume")
            button.clicked.connect(self.resume_wanted)
            buttons.append(button)
        for button in buttons:
            if locked is not None:
                lock(button, locked)
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def _on_unfolded(self, shown: bool) -> None:
        self._unfold.set_icon("caret-down" if shown else "caret-right")
        self._text.setVisible(shown)

    def _on_copy(self) -> None:
        if self._card is not None:
            QGuiApplication.clipboard().setText(self._card.details)
            self._copy.setText(say("Copied"))


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
