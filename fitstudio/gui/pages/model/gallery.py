"""The gallery of the Model page: one card a model; the chosen one carries a ring and a mark."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QTextOption
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Space
from fitstudio.gui.widgets.labels import Label
from fitstudio.viewmodel.model.page import GalleryEntry
from fitstudio.words import say

_COLUMNS = 3
# Lines down and cards along for each arrow key.
_STEPS = {
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_Up: (-1, 0),
}
_HEIGHT = 112
_ICON_SIDE = 20
_MARK = 18
# So narrow that titles and sizes have their room on a screen of 1280 pixels.
_LEFT = 14
_RIGHT = 8


class GalleryCard(QAbstractButton):
    """One model: an icon, its title, what it is good for, how many weights it would have."""

    def __init__(self, entry: GalleryEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.setObjectName(f"model.gallery.{entry.name}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_entry(entry)

    def show_entry(self, entry: GalleryEntry) -> None:
        """Shows the model's state anew."""
        self.entry = entry
        self.setChecked(entry.chosen)
        self.setAccessibleName(entry.title)
        self.setAccessibleDescription(f"{entry.sentence} {entry.why_not or entry.size}")
        about = entry.why_not or " · ".join(filter(None, (entry.sentence, entry.size)))
        self.setToolTip(f"{entry.title}\n{about}")
        self.update()

    def sizeHint(self) -> QSize:
        """All cards are equally large, however long their words."""
        return QSize(250, _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaints, with the look of what the pointer is over."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Repaints, without that look."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints icon, title, sentence and number of weights; the chosen one has a frame."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        left, top = _LEFT, 14
        ink = "accentText" if self.isChecked() else "text2"
        paint_icon(
            painter,
            QRectF(left, top, _ICON_SIDE, _ICON_SIDE),
            self.entry.icon,
            ink,
        )
        text_left = left + _ICON_SIDE + 8
        room = self.width() - text_left - _RIGHT
        painter.setFont(fonts.font("strong"))
        painter.setPen(colour("text"))
        title_room = room - (_MARK + 4 if self.isChecked() else 0)
        title = painter.fontMetrics().elidedText(
            self.entry.title, Qt.TextElideMode.ElideRight, title_room
        )
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(text_left, top, title_room, _ICON_SIDE), line, title)
        if self.isChecked():
            mark = QRectF(self.width() - _RIGHT - _MARK, top + 1, _MARK, _MARK)
            paint_icon(painter, mark, "check-circle-fill", "accentText")
        painter.setFont(fonts.font("body"))
        painter.setPen(colour("text2"))
        wrap = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        wrap.setWrapMode(QTextOption.WrapMode.WordWrap)
        painter.drawText(QRectF(text_left, top + 24, room, 38), self.entry.sentence, wrap)
        self._paint_foot(painter, QRectF(text_left, self.height() - 30, room, 20))

    def _paint_ground(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        chosen, focused = self.isChecked(), self.hasFocus()
        painter.setBrush(colour("card"))
        if chosen or focused:
            painter.setPen(QPen(colour("accentText"), 2))
        elif self.underMouse():
            painter.setPen(QPen(colour("borderHover"), 1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, Radius.CARD, Radius.CARD)

    def _paint_foot(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(fonts.font("small"))
        if self.entry.why_not:
            # The whole reason is in the tooltip and in the accessible description.
            text, ink = say("Does not fit this data"), "warning"
        else:
            usual = say("usual here")
            parts = [self.entry.size, usual if self.entry.suggested else ""]
            text, ink = " · ".join(part for part in parts if part), "text3"
        painter.setPen(colour(ink))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class Gallery(QWidget):
    """All models, three a row below what they are for; arrow keys move, Space chooses."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(Space.CARDS)
        for column in range(_COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self._headings: dict[str, Label] = {}
        self._cards: dict[str, GalleryCard] = {}
        # The cards of each line, as they stand: what the arrow keys go by.
        self._lines: list[list[str]] = []

    def show_entries(self, entries: list[GalleryEntry]) -> None:
        """Shows the models as they are now."""
        for entry in entries:
            if entry.name not in self._cards:
                card = self._cards[entry.name] = GalleryCard(entry, self)
                card.clicked.connect(lambda _on, name=entry.name: self.chosen.emit(name))
            self._cards[entry.name].show_entry(entry)
        groups: dict[str, list[str]] = {}
        for entry in entries:
            groups.setdefault(entry.group, []).append(entry.name)
        lines = [
            names[start : start + _COLUMNS]
            for names in groups.values()
            for start in range(0, len(names), _COLUMNS)
        ]
        if lines != self._lines:
            self._lines = lines
            self._arrange(groups)

    def _arrange(self, groups: dict[str, list[str]]) -> None:
        """Puts headings and cards where they belong; the widgets stay the same."""
        line = 0
        above: QWidget | None = None
        for title, names in groups.items():
            heading = self._headings.get(title)
            if heading is None:
                heading = self._headings[title] = Label(title, style="strong", parent=self)
            self._grid.addWidget(heading, line, 0, 1, _COLUMNS)
            for place, name in enumerate(names):
                card = self._cards[name]
                self._grid.addWidget(card, line + 1 + place // _COLUMNS, place % _COLUMNS)
                if above is not None:
                    QWidget.setTabOrder(above, card)
                above = card
            line += 1 + -(-len(names) // _COLUMNS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the focus along the cards by arrow keys."""
        focused = next(
            (
                (line, place)
                for line, names in enumerate(self._lines)
                for place, name in enumerate(names)
                if self._cards[name].hasFocus()
            ),
            None,
        )
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        self._cards[self._beside(*focused, *step)].setFocus()

    def _beside(self, line: int, place: int, down: int, along: int) -> str:
        """The name of the card one step away; at the ends the same one."""
        if along:
            names = [name for each in self._lines for name in each]
            at = names.index(self._lines[line][place]) + along
            return names[max(0, min(len(names) - 1, at))]
        wanted = self._lines[max(0, min(len(self._lines) - 1, line + down))]
        return wanted[min(place, len(wanted) - 1)]
