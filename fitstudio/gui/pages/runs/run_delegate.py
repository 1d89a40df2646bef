"""Paints the cells of the runs table that are more than text: tick, star, chip, curve, state."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionViewItem, QWidget

from fitstudio.gui.pages.runs.run_rows import LINE_ROLE, SERIES_ROLE
from fitstudio.gui.plots import ink
from fitstudio.gui.plots.series import NEUTRAL, SeriesStyle
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.chips import chip_look
from fitstudio.gui.widgets.sparkline import HEIGHT, WIDTH, paint_sparkline
from fitstudio.gui.widgets.tables import STRONG_ROLE, RowDelegate, paint_checkbox
from fitstudio.viewmodel.runs import best_run, run_words
from fitstudio.viewmodel.runs.columns import COLUMNS, Column
from fitstudio.viewmodel.runs.page import RunSummary
from fitstudio.words import say

_Index = QModelIndex | QPersistentModelIndex
_STAR = 16
_NUMBER_WIDTH = 26
_NUMBER_GAP = 8
_CHIP_PAD = 10
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class RunDelegate(RowDelegate):
    """Signals:
    star_pressed: The star of a row was clicked.
    """

    star_pressed = Signal(int)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paints a cell by its column: tick, star, chip, curve, state, or text."""
        line = index.data(LINE_ROLE)
        if line is None:
            return
        match COLUMNS[index.column()]:
            case Column.TICK:
                self.paint_ground(painter, option, index)
                self._paint_tick(painter, option, index)
            case Column.RUN:
                self.paint_ground(painter, option, index)
                self._paint_run(painter, option, index, line)
            case Column.CHANGED:
                self.paint_ground(painter, option, index)
                self._paint_changed(painter, option, line)
            case Column.CURVE:
                self.paint_ground(painter, option, index)
                self._paint_curve(painter, option, index, line)
            case Column.WHEN if run_words.badge_of(line) is not None:
                self.paint_ground(painter, option, index)
                self._paint_state(painter, option, line)
            case _:
                super().paint(painter, option, index)

    def editorEvent(self, event: QEvent, model, option: QStyleOptionViewItem, index) -> bool:
        """Turns a press on the tick over, and tells one on the star."""
        if isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            column = COLUMNS[index.column()]
            released = event.type() == QEvent.Type.MouseButtonRelease
            if column is Column.TICK and event.type() == QEvent.Type.MouseButtonDblClick:
                return True
            if column is Column.TICK and released:
                on = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
                state = Qt.CheckState.Unchecked if on else Qt.CheckState.Checked
                return model.setData(index, state, Qt.ItemDataRole.CheckStateRole)
            over_star = event.position().x() > option.rect.right() - _STAR - self.PAD - 4
            if column is Column.RUN and over_star:
                if released:
                    self.star_pressed.emit(index.row())
                return True
        return super().editorEvent(event, model, option, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index) -> QWidget:
        """A compact line for the name or the note."""
        editor = QLineEdit(parent)
        editor.setProperty("compact", True)
        title = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        editor.setAccessibleName(str(title))
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index) -> None:
        """Leaves room for the number that stands before a name."""
        area = option.rect.adjusted(2, 3, -2, -4)
        if COLUMNS[index.column()] is Column.RUN:
            area.setLeft(area.left() + _number_room(index.data(LINE_ROLE)))
        editor.setGeometry(area)

    def _paint_tick(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        checked = index.data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Checked
        number = index.data(SERIES_ROLE)
        fill = ink.series(SeriesStyle(number)).name() if number is not None else None
        paint_checkbox(painter, QRectF(option.rect), checked=checked, fill=fill)

    def _paint_run(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, line: RunSummary
    ) -> None:
        area = QRectF(option.rect).adjusted(self.PAD, 0, -self.PAD, -1)
        painter.save()
        painter.setFont(fonts.font("body"))
        painter.setPen(colour("text2"))
        painter.drawText(area, _MIDDLE, str(line.number))
        strong = bool(index.data(STRONG_ROLE))
        painter.setFont(fonts.font("strong" if strong else "body"))
        painter.setPen(colour("text"))
        metrics = QFontMetricsF(painter.font())
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        room = area.adjusted(_number_room(line), 0, -_STAR - 6 if line.starred or hovered else 0, 0)
        painter.drawText(room, _MIDDLE, "\n".join(in_two_lines(line.name, room.width(), metrics)))
        if line.starred or hovered:
            place = QRectF(area.right() - _STAR, area.center().y() - _STAR / 2, _STAR, _STAR)
            if line.starred:
                paint_icon(painter, place, "star-fill", "warnIcon")
            else:
                paint_icon(painter, place, "star", "text3")
        painter.restore()

    def _paint_changed(
        self, painter: QPainter, option: QStyleOptionViewItem, line: RunSummary
    ) -> None:
        words, whole = run_words.changed_words(line)
        area = QRectF(option.rect).adjusted(self.PAD, 0, -self.PAD, -1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not words:
            painter.setFont(fonts.font("body"))
            painter.setPen(colour("text2"))
            painter.drawText(area, _MIDDLE, whole)
            painter.restore()
            return
        painter.setFont(fonts.font("small"))
        metrics = QFontMetricsF(painter.font())
        lines = in_two_lines(words, area.width() - 2 * _CHIP_PAD, metrics)
        height = Size.CHIP if len(lines) == 1 else area.height() - 4
        width = max(metrics.horizontalAdvance(each) for each in lines) + 2 * _CHIP_PAD
        chip = QRectF(area.left(), area.center().y() - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("track"))
        painter.drawRoundedRect(chip, Size.CHIP / 2, Size.CHIP / 2)
        painter.setPen(colour("text2"))
        inside = chip.adjusted(_CHIP_PAD, 0, 0, 0)
        painter.drawText(inside, _MIDDLE, "\n".join(lines))
        painter.restore()

    def _paint_curve(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, line: RunSummary
    ) -> None:
        area = QRectF(option.rect)
        if len(line.curve) < 1:
            painter.save()
            painter.setPen(colour("text3"))
            painter.setFont(fonts.font("body"))
            painter.drawText(area.adjusted(self.PAD, 0, 0, -1), _MIDDLE, say("no curve"))
            painter.restore()
            return
        number = index.data(SERIES_ROLE)
        style = NEUTRAL if number is None else SeriesStyle(number)
        place = QRectF(area.left() + self.PAD, area.center().y() - HEIGHT / 2, WIDTH, HEIGHT)
        paint_sparkline(
            painter, place, line.curve, ink.series(style), best=best_run.best_index(line)
        )

    def _paint_state(
        self, painter: QPainter, option: QStyleOptionViewItem, line: RunSummary
    ) -> None:
        badge = run_words.badge_of(line)
        assert badge is not None
        ground, token, _ = chip_look(badge.state)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(fonts.font("small"))
        metrics = QFontMetricsF(painter.font())
        area = QRectF(option.rect)
        chip = QRectF(
            area.left() + self.PAD,
            area.center().y() - Size.CHIP / 2,
            metrics.horizontalAdvance(badge.text) + 20,
            Size.CHIP,
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(chip, 8, 8)
        painter.setPen(colour(token))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, badge.text)
        painter.restore()


def _number_room(line: RunSummary | None) -> int:
    """Where a run's name begins, behind its number; the same for all numbers below 100."""
    number = "" if line is None else str(line.number)
    metrics = QFontMetricsF(fonts.font("body"))
    return max(_NUMBER_WIDTH, round(metrics.horizontalAdvance(number)) + _NUMBER_GAP)


def in_two_lines(text: str, width: float, metrics: QFontMetricsF) -> list[str]:
    """A text in one line, or in two where it is longer; what is longer still ends in ….

    Args:
        text: What is to be read.
        width: The room of a line, in pixels.
        metrics: Of the font it is painted in.
    """
    if metrics.horizontalAdvance(text) <= width:
        return [text]
    words = text.split(" ")
    fitting = [
        count
        for count in range(1, len(words))
        if metrics.horizontalAdvance(" ".join(words[:count])) <= width
    ]
    elide = Qt.TextElideMode.ElideRight
    if not fitting:
        return [metrics.elidedText(text, elide, width)]
    first, rest = " ".join(words[: fitting[-1]]), " ".join(words[fitting[-1] :])
    return [first, metrics.elidedText(rest, elide, width)]
