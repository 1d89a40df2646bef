"""One example on the start page: a drawn picture, a title, what it shows, and its size."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout

from fitstudio.gui.pages.start.pictures import ExamplePicture
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius
from fitstudio.gui.widgets.labels import ElidedLabel, Sentence
from fitstudio.gui.widgets.pressable import Pressable
from fitstudio.viewmodel.start.page import ExampleCardData

_NARROWEST = 180
_PICTURE = 116


class ExampleCard(Pressable):
    """One example: a drawn picture, a title, what it shows, and its size.

    Signals:
        chosen: The example's name.
    """

    chosen = Signal(str)

    def __init__(self, example: ExampleCardData) -> None:
        super().__init__(lambda: self.chosen.emit(self.example.name))
        self.example = example
        self.setProperty("kind", "card")
        self.setObjectName(f"start.example.{example.name}")
        facts = example.facts
        self.setAccessibleName(f"{example.title}. {example.sentence} {facts}")
        self.setMinimumWidth(_NARROWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 14)
        column.setSpacing(4)
        picture = ExamplePicture(example.picture)
        picture.setFixedHeight(_PICTURE)
        column.addWidget(picture)
        column.addSpacing(6)
        words = QVBoxLayout()
        words.setContentsMargins(16, 0, 16, 0)
        words.setSpacing(3)
        words.addWidget(ElidedLabel(example.title, style="strong"))
        sentence = Sentence(example.sentence, ink="text2")
        words.addWidget(sentence)
        # The facts of all cards stand on one line, however long their sentences are.
        words.addStretch(1)
        words.addWidget(ElidedLabel(facts, ink="text2", style="small"))
        column.addLayout(words, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Adds a frame under the pointer, and a ring with the focus."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self._hovered:
            painter.setPen(QPen(colour("borderHover"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), Radius.CARD, Radius.CARD)
        self.paint_ring(painter, area, Radius.CARD)
