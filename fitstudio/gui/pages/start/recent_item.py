"""One recent project in the list on the start page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.declared.formats import registry
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size
from fitstudio.gui.widgets.buttons import link_button
from fitstudio.gui.widgets.cards import Rule
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.pressable import Pressable
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.gui.widgets.sparkline import Sparkline
from fitstudio.viewmodel.start.page import RecentRow
from fitstudio.words import say, say_count

INSET = 8
_ROW = 53


class InsetRule(QWidget):
    """A hairline between two recent projects, under their words alone."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(INSET + 34, 0, INSET, 0)
        row.addWidget(Rule())


class RecentItem(Pressable):
    """One recent project."""

    opened = Signal(Path)
    forgotten = Signal(Path)

    def __init__(self, row: RecentRow) -> None:
        super().__init__(self._on_pressed)
        self.row = row
        self.setFixedHeight(_ROW - 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(INSET + 2, 0, INSET, 0)
        line.setSpacing(0)
        self._icon = IconMark("folder", "text2", Size.ICON)
        line.addWidget(self._icon)
        line.addSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._name = ElidedLabel(style="strong")
        self._place = ElidedLabel(ink="text2", style="small", middle=True)
        words.addStretch(1)
        words.addWidget(self._name)
        words.addWidget(self._place)
        words.addStretch(1)
        line.addLayout(words, 1)
        line.addSpacing(20)
        self._curve = Sparkline()
        line.addWidget(self._curve)
        line.addSpacing(20)
        self._score = ElidedLabel()
        self._score.setFixedWidth(208)
        line.addWidget(self._score)
        self._runs = Label(ink="text2")
        self._runs.setFixedWidth(96)
        line.addWidget(self._runs)
        self._when = Label(ink="text2")
        self._when.setFixedWidth(104)
        self._when.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._when)
        self._forget = link_button(say("Forget"))
        self._forget.clicked.connect(lambda _on=False: self.forgotten.emit(self.row.folder))
        line.addWidget(self._forget)
        self.set_row(row)

    def set_row(self, row: RecentRow) -> None:
        """Shows what is known now."""
        self.row = row
        self.setObjectName(f"start.recent.{row.name}")
        self._icon.set_icon(registry.icon_of(row.kind), "text2")
        self._name.setText(row.name)
        self._place.setText(row.place)
        self._curve.set_values(row.curve, row.best)
        self._score.setText(row.score)
        count = say_count(row.runs, "{runs} run", "{runs} runs", runs=row.runs)
        self._runs.setText(say("Not found") if row.missing else count if row.looked_at else "")
        self._runs.set_ink("warning" if row.missing else "text2")
        when = say("Training now") if row.running is not None else row.when
        self._when.setText(when)
        self._when.set_ink("accentText" if row.running is not None else "text2")
        self._forget.setVisible(row.missing)
        self._when.setVisible(not row.missing)
        self.setAccessibleName(f"{row.name}, {self._runs.text()}, {row.score}, {when}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints a shade under the pointer, and a ring with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0, 2, 0, -2)
        if self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            shade = colour("hover")
            shade.setAlphaF(0.5)
            painter.setBrush(shade)
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
        self.paint_ring(painter, area, Radius.CONTROL)

    def _on_pressed(self) -> None:
        if not self.row.missing:
            self.opened.emit(self.row.folder)
