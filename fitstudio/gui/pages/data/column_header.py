"""The head of the data table: name, type, role and distribution of each column.

By mouse the role chip opens its menu; by keyboard the arrow keys go from column to column and Enter
opens the menu of the one that has the ring.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QHeaderView, QWidget

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.viewmodel.data.column_views import ColumnView
from fitstudio.viewmodel.data.roles import Role
from fitstudio.words import say

HEIGHT = 116
_PAD = 10
_CHIP_TOP = 40
_CHIP_HEIGHT = 22
_BARS_TOP = 71
_BARS_HEIGHT = 36
_WIDEST_BARS = 82
_MANY = 100
_OWN_WIDTHS = 32

ROLE_LOOKS = {
    Role.TARGET: ("accent", "onAccent"),
    Role.INPUT: ("accentSoft", "accentText"),
    Role.WEIGHT: ("track", "text2"),
    Role.LEFT_OUT: ("track", "text2"),
}
_BAR_INKS = {Role.TARGET: "accent", Role.INPUT: "histogram", Role.WEIGHT: "neutralBar"}


class ColumnHeader(QHeaderView):
    """Paints the columns' heads.

    Signals:
        role_pressed: A column's number, and where its menu belongs on the screen.
    """

    role_pressed = Signal(int, QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("data.columns")
        self.setAccessibleName(say("Columns and what they are for"))
        self.setFixedHeight(HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(74)
        self._columns: Sequence[ColumnView] = ()
        self._current = 0
        self._hovered = -1

    def set_columns(self, columns: Sequence[ColumnView], role_words: dict[Role, str]) -> None:
        """Shows other columns."""
        self._columns = columns
        self._words = role_words
        self._current = min(self._current, max(len(columns) - 1, 0))
        self._tell()
        self.viewport().update()

    def show_targets_first(self) -> None:
        """Puts the targets in front, the others behind them as in the file."""
        targets = [n for n, each in enumerate(self._columns) if each.role is Role.TARGET]
        others = [n for n, each in enumerate(self._columns) if each.role is not Role.TARGET]
        for place, section in enumerate([*targets, *others]):
            if self.visualIndex(section) != place:
                self.moveSection(self.visualIndex(section), place)
        if not self.hasFocus():
            self._current = max(self.logicalIndex(0), 0)

    _words: dict[Role, str] = {}

    def set_locked(self, reason: str | None) -> None:
        """Keeps the roles as they are, and says why; None lets them be changed."""
        self._locked = reason is not None
        self.setToolTip(as_tip(reason or ""))
        self._tell()

    _locked = False

    def chip_area(self, section: int) -> QRect:
        """Where a column's role chip stands in the header."""
        left = self.sectionViewportPosition(section) + _PAD
        text = self._words.get(self._columns[section].role, "")
        width = QFontMetrics(fonts.font("small")).horizontalAdvance(text) + 36
        return QRect(left, _CHIP_TOP, min(width, self.sectionSize(section) - 12), _CHIP_HEIGHT)

    def wanted_widths(self) -> list[int]:
        """How wide the columns' heads would like to be."""
        strong = QFontMetrics(fonts.font("strong"))
        small = QFontMetrics(fonts.font("small"))
        chips = {role: small.horizontalAdvance(text) + 36 for role, text in self._words.items()}
        widths = []
        for column in self._columns:
            text = max(strong.horizontalAdvance(column.title), small.horizontalAdvance(column.kind))
            widths.append(min(max(text + 4, chips[column.role], 68), 200) + 2 * _PAD)
        return widths

    def set_widths(self, widths: Sequence[int]) -> None:
        """Gives the columns their widths; a thousand of them in one go."""
        if len(widths) > _MANY:
            # One width for all is set at once; each for itself takes seconds.
            common = sorted(widths)[len(widths) // 2]
            if common != self.defaultSectionSize():
                self.setDefaultSectionSize(common)
            # The first ones, where names and dates stand beside a spectrum, have their own, and so
            # have the targets in front of them.
            targets = [n for n, each in enumerate(self._columns) if each.role is Role.TARGET]
            for section in {*range(_OWN_WIDTHS), *targets[:_OWN_WIDTHS]}:
                if self.sectionSize(section) != widths[section]:
                    self.resizeSection(section, widths[section])
            return
        for section, width in enumerate(widths):
            if self.sectionSize(section) != width:
                self.resizeSection(section, width)

    def sizeHint(self) -> QSize:
        """As high as name, kind, bars and chip together."""
        return QSize(super().sizeHint().width(), HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paints one column's head: name, kind, distribution, gaps, the chip of its role."""
        if section >= len(self._columns):
            return
        column = self._columns[section]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, colour("card"))
        quiet = column.role is Role.LEFT_OUT
        room = rect.adjusted(_PAD, 0, -6, 0)
        self._text(painter, room, 2, "strong", "text2" if quiet else "text", column.title)
        self._text(painter, room, 19, "small", "text3", column.kind)
        self._paint_chip(painter, section, column)
        self._paint_bars(painter, rect, column)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(colour("hairline"), 1))
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.restore()

    def _text(
        self, painter: QPainter, room: QRect, top: int, font: str, ink: str, text: str
    ) -> None:
        painter.setFont(fonts.font(font))
        painter.setPen(colour(ink))
        line = QRect(room.left(), room.top() + top, room.width(), 18)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)

    def _paint_chip(self, painter: QPainter, section: int, column: ColumnView) -> None:
        area = self.chip_area(section)
        ground, ink = ROLE_LOOKS[column.role]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(area, _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2)
        if section == self._hovered or (self.hasFocus() and section == self._current):
            token = "accentText" if section != self._hovered or self.hasFocus() else "borderHover"
            painter.setPen(QPen(colour(token), 2 if self.hasFocus() else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(area).adjusted(1, 1, -1, -1), _CHIP_HEIGHT / 2, _CHIP_HEIGHT / 2
            )
        painter.setFont(fonts.font("small"))
        painter.setPen(colour(ink))
        painter.drawText(
            area.adjusted(10, 0, -20, 0),
            Qt.AlignmentFlag.AlignVCenter,
            self._words.get(column.role, ""),
        )
        if self._locked:
            return  # no caret where nothing unfolds
        caret = QRectF(area.right() - 19, area.center().y() - 5, 11, 11)
        paint_icon(painter, caret, "caret-down", ink)

    def _paint_bars(self, painter: QPainter, rect: QRect, column: ColumnView) -> None:
        if not column.bars:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(_BAR_INKS.get(column.role, "neutralBar")))
        count = len(column.bars)
        room = min(rect.width() - 2 * _PAD, _WIDEST_BARS)
        gap = 4.0 if count <= 4 else 2.0 if count <= 20 else 1.0
        width = min((room - gap * (count - 1)) / count, 20.0)
        radius = min(Radius.BAR / 2, width / 2)
        bottom = rect.top() + _BARS_TOP + _BARS_HEIGHT
        for number, share in enumerate(column.bars):
            height = share * _BARS_HEIGHT
            left = rect.left() + _PAD + number * (width + gap)
            bar = QRectF(left, bottom - height, width, height)
            painter.drawRoundedRect(bar, radius, radius)

    def _section_at(self, event: QMouseEvent) -> int:
        point = event.position().toPoint()
        section = self.logicalIndexAt(point)
        if 0 <= section < len(self._columns) and self.chip_area(section).contains(point):
            return section
        return -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks the chip under the pointer."""
        hovered = -1 if self._locked else self._section_at(event)
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()
        super().mouseMoveEvent(event)
        if hovered >= 0:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the menu of the role that is pressed."""
        section = self._section_at(event)
        if section >= 0:
            self._current = section
            self._open(section)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose a column; Return, Space and down open its menu."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if key == Qt.Key.Key_Right else -1
            place = min(max(self.visualIndex(self._current) + step, 0), len(self._columns) - 1)
            self._current = self.logicalIndex(place)
            self._show_current()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Down):
            self._open(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        """Tells which column is chosen."""
        super().focusInEvent(event)
        self._tell()
        self.viewport().update()

    def focusOutEvent(self, event) -> None:
        """Takes the ring off the column that was chosen."""
        super().focusOutEvent(event)
        self.viewport().update()

    def _open(self, section: int) -> None:
        if 0 <= section < len(self._columns) and not self._locked:
            corner = self.chip_area(section).bottomLeft() + QPoint(0, 4)
            self.role_pressed.emit(section, self.viewport().mapToGlobal(corner))

    def _show_current(self) -> None:
        left, width = self.sectionPosition(self._current), self.sectionSize(self._current)
        table = self.parent()
        if isinstance(table, QAbstractScrollArea):
            bar = table.horizontalScrollBar()
            if left < bar.value():
                bar.setValue(left)
            elif left + width > bar.value() + self.viewport().width():
                bar.setValue(left + width - self.viewport().width())
        self._tell()
        self.viewport().update()

    def _tell(self) -> None:
        if self._columns:
            column = self._columns[self._current]
            role = self._words.get(column.role, "")
            self.setAccessibleDescription(f"{column.name}, {column.kind}, {role}")
