"""The start page: drop something, go on with a project, or try an example."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fitstudio.gui.pages.start.drop_zone import DropZone
from fitstudio.gui.pages.start.example_card import ExampleCard
from fitstudio.gui.pages.start.recent_item import INSET, InsetRule, RecentItem
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import link_button, primary_button, secondary_button
from fitstudio.gui.widgets.cards import PageHead
from fitstudio.gui.widgets.data_file import ask_data_folder
from fitstudio.gui.widgets.findings import FindingBar
from fitstudio.gui.widgets.labels import Label
from fitstudio.viewmodel.start.page import RecentRow, StartModel
from fitstudio.words import say

_SHOWN_EXAMPLES = 4


class StartPage(QWidget):
    """What the window shows without a project.

    Signals:
        new_pressed: Make a new project.
        open_pressed: Choose a project.
        dropped: A file or folder was dropped or chosen.
        project_chosen: A recent project's folder.
        example_chosen: An example's name.
        continue_chosen: A project's folder and the run to go on with.
        cancelled: What is being read is not wanted any more.
    """

    new_pressed = Signal()
    open_pressed = Signal()
    dropped = Signal(Path)
    project_chosen = Signal(Path)
    example_chosen = Signal(str)
    continue_chosen = Signal(Path, str)
    cancelled = Signal()

    def __init__(self, model: StartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._all_examples = False
        self._rows: dict[Path, RecentItem] = {}
        self._cards: list[ExampleCard] = []
        self.setObjectName("page.start")
        column = self._scrolling_column()
        head = PageHead(say("What would you like to learn from your data?"))
        open_button = secondary_button(say("Open a project"), icon="folder-open")
        open_button.setObjectName("start.open")
        open_button.clicked.connect(self.open_pressed)
        new_button = primary_button(say("New project"), icon="plus")
        new_button.setObjectName("start.new")
        new_button.clicked.connect(self.new_pressed)
        head.add(open_button)
        head.add(new_button)
        column.addSpacing(Space.CARDS - 2)
        column.addWidget(head)
        column.addSpacing(Space.CARDS + 6)
        self.drop_zone = DropZone()
        self.drop_zone.dropped.connect(self.dropped)
        column.addWidget(self.drop_zone)
        folder = link_button(say("Choose a folder"))
        folder.setObjectName("start.folder")
        folder.clicked.connect(self._on_folder)
        column.addWidget(folder, 0, Qt.AlignmentFlag.AlignLeft)
        self._cancel = secondary_button(say("Cancel"), small=True)
        self._cancel.setObjectName("start.cancel")
        self._cancel.clicked.connect(self.cancelled)
        self._cancel.hide()
        beneath = QHBoxLayout()
        beneath.setContentsMargins(0, Space.HALF, 0, 0)
        beneath.addWidget(self._cancel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(beneath)
        self._folder = folder
        column.addSpacing(Space.CARDS)
        self.recovery = FindingBar()
        self.recovery.setObjectName("start.recovery")
        self.recovery.fix_pressed.connect(self._on_continue)
        column.addWidget(self.recovery)
        self._recent_title = Label(say("Recent projects"), style="strong")
        column.addSpacing(Space.GRID)
        title_line = QHBoxLayout()
        title_line.addWidget(self._recent_title)
        title_line.addStretch(1)
        self.all_projects = link_button("")
        self.all_projects.setObjectName("start.all_projects")
        self.all_projects.clicked.connect(model.show_all)
        title_line.addWidget(self.all_projects)
        column.addLayout(title_line)
        column.addSpacing(Space.GRID + 2)
        self._recent_card = QFrame()
        self._recent_card.setObjectName("start.recent")
        self._recent_card.setProperty("kind", "card")
        self._recent_column = QVBoxLayout(self._recent_card)
        self._recent_column.setContentsMargins(INSET, 4, INSET, 4)
        self._recent_column.setSpacing(0)
        column.addWidget(self._recent_card)
        column.addSpacing(Space.GRID + Space.HALF)
        line = QHBoxLayout()
        line.addWidget(Label(say("Examples, ready to run"), style="strong"))
        line.addStretch(1)
        self.all_examples = link_button("")
        self.all_examples.setObjectName("start.all_examples")
        self.all_examples.clicked.connect(self._on_all_examples)
        line.addWidget(self.all_examples)
        column.addLayout(line)
        column.addSpacing(Space.GRID)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.CARDS)
        column.addLayout(self._grid)
        column.addStretch(1)
        model.changed.connect(self._show)
        self._show()

    def set_busy(self, sentence: str) -> None:
        """Says that something is being read, which can be cancelled; empty when it is over."""
        self.drop_zone.set_busy(sentence)
        self._folder.setVisible(not sentence)
        self._cancel.setVisible(bool(sentence))

    def rows(self) -> list[RecentRow]:
        """The recent projects that are listed."""
        return [item.row for item in self._rows.values()]

    def _on_folder(self) -> None:
        folder = ask_data_folder(self)
        if folder is not None:
            self.dropped.emit(folder)

    def _scrolling_column(self) -> QVBoxLayout:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll)
        holder = QWidget()
        holder.setProperty("kind", "plain")
        row = QHBoxLayout(holder)
        row.setContentsMargins(Space.WINDOW, 0, Space.WINDOW, Space.WINDOW)
        middle = QWidget()
        middle.setProperty("kind", "plain")
        middle.setMaximumWidth(Size.START)
        row.addStretch(1)
        row.addWidget(middle, 1000)
        row.addStretch(1)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        scroll.setWidget(holder)
        return column

    def _show(self) -> None:
        self._show_recovery()
        self._show_recent()
        self._show_examples()

    def _show_recovery(self) -> None:
        row = self._model.cut_off
        if row is None or row.interrupted is None:
            self.recovery.hide()
            return
        epochs = row.interrupted.epochs
        sentence = say(
            "**{name}** was cut off in epoch {epoch}. Everything up to epoch {safe} is safe.",
            name=row.name,
            epoch=epochs + 1,
            safe=epochs,
        )
        if epochs == 0:
            sentence = say(
                "**{name}** was cut off before its first epoch was finished.", name=row.name
            )
        button = say("Continue from epoch {epochs}", epochs=epochs) if epochs else ""
        self.recovery.show_sentence(sentence, "warning", button)

    def _show_recent(self) -> None:
        recent = self._model.recent
        self._recent_title.setVisible(bool(recent))
        self._recent_card.setVisible(bool(recent))
        self.all_projects.setVisible(bool(self._model.more))
        total = len(recent) + len(self._model.more)
        self.all_projects.setText(say("All {total} projects", total=total))
        if list(self._rows) != [row.folder for row in recent]:
            _clear(self._recent_column)
            self._rows.clear()
            for number, row in enumerate(recent):
                if number:
                    self._recent_column.addWidget(InsetRule())
                item = RecentItem(row)
                item.opened.connect(self.project_chosen)
                item.forgotten.connect(self._model.forget)
                self._rows[row.folder] = item
                self._recent_column.addWidget(item)
        for row in recent:
            self._rows[row.folder].set_row(row)

    def _show_examples(self) -> None:
        examples = self._model.examples
        shown = examples if self._all_examples else examples[:_SHOWN_EXAMPLES]
        self.all_examples.setVisible(len(examples) > _SHOWN_EXAMPLES and not self._all_examples)
        self.all_examples.setText(say("All {examples} examples", examples=len(examples)))
        if [card.example for card in self._cards] == shown:
            return
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [ExampleCard(example) for example in shown]
        for number, card in enumerate(self._cards):
            card.chosen.connect(self.example_chosen)
            self._grid.addWidget(card, number // _SHOWN_EXAMPLES, number % _SHOWN_EXAMPLES)
        for place in range(_SHOWN_EXAMPLES):
            self._grid.setColumnStretch(place, 1)

    def _on_continue(self, _fix: object) -> None:
        row = self._model.cut_off
        if row is not None and row.interrupted is not None:
            self.continue_chosen.emit(row.folder, row.interrupted.run)

    def _on_all_examples(self) -> None:
        self._all_examples = True
        self._show_examples()


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()
