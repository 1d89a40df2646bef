"""The Training page: every parameter of fit() and compile(), grouped by the question it answers."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from fitstudio.declared.kinds.param import Level
from fitstudio.gui.pages.page import Page
from fitstudio.gui.pages.training.card import FormCard
from fitstudio.gui.pages.training.editors.class_weights import ClassWeightsEditor
from fitstudio.gui.pages.training.row import FormRow
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import with_shortcut
from fitstudio.gui.widgets.cards import ColumnScroll
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.inputs.text import SearchEdit
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.viewmodel.shell.commands import COMMANDS
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.training.cards import CARDS
from fitstudio.viewmodel.training.form import TrainingForm
from fitstudio.words import marked, say, say_marked


class TrainingPage(Page):
    """The form, its search and its levels.

    Args:
        session: The open project.
    """

    searches = True

    def __init__(self, session: ProjectSession, parent: QWidget | None = None) -> None:
        super().__init__("page.training", say("Training"), widest=Size.CONTENT, parent=parent)
        self.session = session
        self.form = TrainingForm(session)
        self.search = SearchEdit(say("Find a setting"))
        self.search.setObjectName("training.search")
        self.search.textChanged.connect(self.form.set_search)
        self.search.setToolTip(
            with_shortcut(say("Find a setting"), QKeySequence(COMMANDS["find"].shortcut))
        )
        self.page_head.add(self.search)
        self.level = Segmented(
            [
                (Level.BASIC, say("Basic")),
                (Level.ADVANCED, say("Advanced")),
                (Level.EXPERT, say("Expert")),
            ],
            default=self.form.level,
        )
        self.level.setObjectName("training.level")
        self.level.setAccessibleName(say("How much of the form is shown"))
        self.level.valueChanged.connect(self.form.set_level)
        self.page_head.add(self.level)
        # From the outside in: a widget that moves to another parent is styled anew with all in it.
        self._scroll = ColumnScroll()
        self.add(self._scroll, 1)
        self._cards: list[FormCard] = []
        for model in CARDS:
            card = FormCard(self.form, model, parent=self._scroll.widget())
            self._scroll.add(card)
            self._cards.append(card)
        self._nothing = EmptyState("magnifying-glass", say("Nothing found"))
        self._nothing.hide()
        self._scroll.add(self._nothing)
        self._scroll.finish()
        self.form.rows_changed.connect(self._show_rows)
        self.form.layout_changed.connect(self._show_layout)
        self.form.shown.connect(self._go_to_row)
        session.data_changed.connect(self._show_rows)
        self._show_layout()

    def show_setting(self, key: str) -> None:
        """Makes a setting visible and puts the keyboard there."""
        if self.search.text():
            self.search.clear()
        self.form.show(key)

    def row(self, key: str) -> FormRow:
        """The row of a setting."""
        return next(card.row(key) for card in self._cards if key in card.model.keys)

    def editor(self, key: str) -> Any:
        """The editor of a setting."""
        return self.row(key).editor

    def focus_search(self) -> None:
        """Goes to the field that finds a setting."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_rows(self) -> None:
        for card in self._cards:
            card.show_rows()

    def _show_layout(self) -> None:
        self.level.setValue(self.form.level)
        for card in self._cards:
            card.show_layout()
        found = any(not card.isHidden() for card in self._cards)
        self._nothing.setVisible(not found)
        if not found:
            words = say_marked(marked("No setting has to do with “{}”."))
            self._nothing.set_text(say("Nothing found"), words.format(self.form.search))

    def _go_to_row(self, key: str) -> None:
        row = self.row(key)
        # The layout has to be done before the row knows its place.
        QTimer.singleShot(0, row, lambda: self._scroll_to(row))

    def _scroll_to(self, row: FormRow) -> None:
        self._scroll.ensureWidgetVisible(row, 0, Space.CARD * 3)
        editor = row.editor
        target = editor.mode if isinstance(editor, ClassWeightsEditor) else editor
        target.setFocus(Qt.FocusReason.TabFocusReason)
