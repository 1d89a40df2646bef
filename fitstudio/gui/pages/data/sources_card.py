"""The files of the data, where there are several: what each is, and how its rows are found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Button, link_button
from fitstudio.gui.widgets.cards import Card, Rule
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.labels import ElidedLabel, Label, as_tip
from fitstudio.gui.widgets.lock import lock
from fitstudio.viewmodel.data.sources import SourceView
from fitstudio.words import say


class SourcesCard(Card):
    """A line for each file, and for each but the first how its rows belong to the first one's.

    Signals:
        join_chosen: A file's name, and the columns of it and of the first; None for row by row.
        reading_pressed: How a file is read is to be changed.
        rename_pressed: A file is to be called otherwise.
        remove_pressed: A file is to be taken out of the data.
    """

    join_chosen = Signal(str, object, object)
    reading_pressed = Signal(str)
    rename_pressed = Signal(str)
    remove_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("Files"), parent=parent)
        self.setObjectName("data.sources")
        self.set_margins(Space.CARD, 10, Space.CARD, 12)
        self._lines: dict[str, _SourceLine] = {}
        self._holder: QWidget | None = None

    def set_sources(self, views: Sequence[SourceView]) -> None:
        """Shows other files, or the same as they are now."""
        self.setVisible(bool(views))
        if [each.name for each in views] != list(self._lines):
            self._build(views)
        first = views[0] if views else None
        for view in views:
            assert first is not None
            self._lines[view.name].show_view(view, first)

    def set_locked(self, reason: str | None) -> None:
        """Greys what changes the files, and says why; None lets it be used."""
        for line in self._lines.values():
            line.set_locked(reason)

    def line(self, name: str) -> _SourceLine:
        """The line of a file."""
        return self._lines[name]

    def _build(self, views: Sequence[SourceView]) -> None:
        if self._holder is not None:
            self.body.removeWidget(self._holder)
            self._holder.hide()
            self._holder.deleteLater()
        self._holder = QWidget()
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HALF)
        self._lines = {}
        for view in views:
            if self._lines:
                column.addWidget(Rule())
            line = _SourceLine(view.name, self)
            column.addWidget(line)
            self._lines[view.name] = line
        self.add(self._holder)


class _SourceLine(QWidget):
    """One file."""

    def __init__(self, name: str, card: SourcesCard) -> None:
        super().__init__(card)
        self._name, self._card = name, card
        self._first = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HALF)
        head = QHBoxLayout()
        head.setSpacing(Space.GRID)
        head.addWidget(Label(name, style="strong"))
        self.facts = ElidedLabel("", ink="text2")
        head.addWidget(self.facts, 1)
        self.buttons: dict[str, Button] = {}
        for key, text, signal in (
            ("reading", say("How it is read"), card.reading_pressed),
            ("rename", say("Rename"), card.rename_pressed),
            ("remove", say("Remove"), card.remove_pressed),
        ):
            button = link_button(text, parent=self)
            button.setObjectName(f"data.sources.{name}.{key}")
            button.setAccessibleName(f"{text}: {name}")
            button.clicked.connect(lambda _on=False, signal=signal: signal.emit(name))
            head.addWidget(button)
            self.buttons[key] = button
        column.addLayout(head)
        self._belonging = QWidget()
        row = QHBoxLayout(self._belonging)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.GRID)
        row.addWidget(Label(say("Its rows belong to those of the first"), ink="text2"))
        self.by = Combo(widest=Size.WIDEST_CHOICE)
        self.by.setObjectName(f"data.sources.{name}.by")
        self.by.setAccessibleName(say("Column that the rows of {name} are found by", name=name))
        self.by.valueChanged.connect(self._on_by)
        row.addWidget(self.by)
        self._as = Label("", ink="text2")
        row.addWidget(self._as)
        self.to = Combo(widest=Size.WIDEST_CHOICE)
        self.to.setObjectName(f"data.sources.{name}.to")
        self.to.setAccessibleName(say("Column of the first file that says the same"))
        self.to.valueChanged.connect(self._on_to)
        row.addWidget(self.to)
        self.told = Label("", ink="warning", style="small")
        row.addWidget(self.told)
        row.addStretch(1)
        column.addWidget(self._belonging)

    def show_view(self, view: SourceView, first: SourceView) -> None:
        """Shows the file as it is now."""
        self._first = first.name
        facts = " · ".join(filter(None, (view.file, view.facts)))
        self.facts.setText(facts)
        self.buttons["reading"].setToolTip(
            as_tip(", ".join(each.label for each in view.guesses if each.label))
        )
        self._belonging.setVisible(not view.first)
        for widget in (self.by, self.to):
            widget.blockSignals(True)
        self.by.set_options(
            [
                (None, say("row by row")),
                *((name, say("by {name}", name=name)) for name in _with(view.columns, view.by)),
            ]
        )
        self.by.setValue(view.by)
        self.to.set_options([(name, name) for name in _with(first.columns, view.to)])
        self.to.setValue(view.to)
        for widget in (self.by, self.to):
            widget.blockSignals(False)
        self._as.setText(say("as {first} says in", first=first.name))
        for widget in (self._as, self.to):
            widget.setVisible(view.by is not None)
        self.told.setText(view.told)

    def set_locked(self, reason: str | None) -> None:
        """Greys what changes the file, and says why; None lets it be used."""
        for widget in (self.by, self.to, *self.buttons.values()):
            lock(widget, reason)

    def _on_by(self, by: str | None) -> None:
        to = self.to.value()
        if by is not None and self.to.offers(by):
            to = by  # the same name in both is what is most often meant
        self._card.join_chosen.emit(self._name, by, to if by is not None else None)

    def _on_to(self, to: str | None) -> None:
        self._card.join_chosen.emit(self._name, self.by.value(), to)


def _with(columns: Sequence[str], chosen: str | None) -> list[str]:
    """The columns, and the chosen one also where it is not known to be there."""
    found = list(columns)
    return found if chosen is None or chosen in found else [chosen, *found]
