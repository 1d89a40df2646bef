"""Tables in the window's look: hairlines between rows, numbers right, headers over their column."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.thumbnail import paint_picture
from fitstudio.words.numbers import shortened

# A model may name the ink and the weight of a cell instead of colours and fonts of its own.
INK_ROLE = Qt.ItemDataRole.UserRole + 100
STRONG_ROLE = Qt.ItemDataRole.UserRole + 101
# The picture that stands left of a cell's text; an empty one keeps its place.
PICTURE_ROLE = Qt.ItemDataRole.UserRole + 102


def shown_in(metrics: QFontMetrics, text: str, room: int, *, number: bool = False) -> str:
    """What of a text stands in so many pixels: a number loses digits, other text its end."""
    if number:
        text = shortened(text, lambda each: metrics.horizontalAdvance(each) <= room)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)


class RowDelegate(QStyledItemDelegate):
    """Paints a cell: text by its tokens, a hairline under each row but the last."""

    PAD = 10
    _PICTURE_GAP = 4

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paints ground, text and hairline."""
        self.paint_ground(painter, option, index)
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text is None:
            return
        painter.save()
        painter.setFont(fonts.font("strong" if index.data(STRONG_ROLE) else "body"))
        painter.setPen(colour(index.data(INK_ROLE) or "text"))
        align = index.data(Qt.ItemDataRole.TextAlignmentRole)
        alignment = (
            Qt.AlignmentFlag(int(align)) if align is not None else Qt.AlignmentFlag.AlignLeft
        )
        area = option.rect.adjusted(self.PAD, 0, -self.PAD, -1)
        picture = index.data(PICTURE_ROLE)
        if isinstance(picture, QImage):
            side = area.height() - 2 * self._PICTURE_GAP
            place = QRectF(area.left(), area.top() + self._PICTURE_GAP, side, side)
            paint_picture(painter, place, picture)
            area.adjust(side + self.PAD, 0, 0, 0)
        # Numbers stand at the right; what looks like one at the left is a name of digits.
        number = bool(alignment & Qt.AlignmentFlag.AlignRight)
        shown = shown_in(painter.fontMetrics(), str(text), area.width(), number=number)
        painter.drawText(area, alignment | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Tells all of a text that had no room, where the cell has no words of its own for it."""
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        metrics = QFontMetrics(fonts.font("strong" if index.data(STRONG_ROLE) else "body"))
        room = option.rect.width() - 2 * self.PAD
        has_own = index.data(Qt.ItemDataRole.ToolTipRole) is not None
        if (
            has_own
            or event.type() != QEvent.Type.ToolTip
            or metrics.horizontalAdvance(text) <= room
        ):
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), as_tip(text), view)
        return True

    def paint_ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Selection, hover and hairline, for delegates that paint something else on top."""
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour("accentSoft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            hovered = colour("hover")
            hovered.setAlphaF(0.5)
            painter.fillRect(option.rect, hovered)
        if index.row() < index.model().rowCount(index.parent()) - 1:
            painter.setPen(QPen(colour("hairline"), 1))
            bottom = option.rect.bottom()
            painter.drawLine(option.rect.left(), bottom, option.rect.right(), bottom)


class DataTable(QTableView):
    """A table view set up in the window's look.

    Args:
        row_height: From `Size`.
        select_rows: Whether rows can be selected.
    """

    def __init__(
        self,
        *,
        row_height: int = Size.ROW_DATA,
        select_rows: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setAlternatingRowColors(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        if select_rows:
            self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        else:
            self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        vertical = self.verticalHeader()
        vertical.setVisible(False)
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setMinimumSectionSize(1)
        vertical.setDefaultSectionSize(row_height)
        horizontal = self.horizontalHeader()
        horizontal.setHighlightSections(False)
        horizontal.setFixedHeight(Size.TABLE_HEAD)
        horizontal.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setItemDelegate(RowDelegate(self))


def paint_checkbox(
    painter: QPainter, area: QRectF, *, checked: bool, fill: str | None = None
) -> None:
    """Paints a tick box of 16 × 16 into the middle of an area.

    Args:
        painter: Where to.
        area: The room for it.
        checked: Whether it is ticked.
        fill: The ticked ground as `#rrggbb` or a token; the accent if not given.
    """
    box = QRectF(0, 0, 16, 16)
    box.moveCenter(area.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if checked:
        painter.setPen(Qt.PenStyle.NoPen)
        ground = colour("accent")
        if fill is not None:
            ground = ground.fromString(fill) if fill.startswith("#") else colour(fill)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 4, 4)
        paint_icon(painter, box.adjusted(2, 2, -2, -2), "check-bold", "onAccent")
    else:
        painter.setPen(QPen(colour("borderHover"), 1))
        painter.setBrush(colour("field"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.restore()
