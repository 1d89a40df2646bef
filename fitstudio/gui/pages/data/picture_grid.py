"""Some of the pictures among the data, by their classes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.thumbnail import as_image, paint_picture
from fitstudio.viewmodel.data.pictures import FEW_CLASSES, PictureClass, Thumbnail
from fitstudio.words import say
from fitstudio.words.numbers import format_count

_SIDE = 92


class PictureView(QWidget):
    """One picture with round corners, as large as its place.

    Args:
        thumbnail: What is shown.
    """

    def __init__(self, thumbnail: Thumbnail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = as_image(thumbnail)
        self.setFixedSize(_SIDE, _SIDE)
        words = thumbnail.name or say("Picture {number}", number=format_count(thumbnail.row + 1))
        self.setToolTip(words)
        self.setAccessibleName(
            say("{picture}, {label}", picture=words, label=thumbnail.label)
            if thumbnail.label
            else words
        )

    def sizeHint(self) -> QSize:
        """A square, whatever shape the picture has."""
        return QSize(_SIDE, _SIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the picture into the middle."""
        paint_picture(QPainter(self), QRectF(self.rect()), self._image)


class PictureGrid(QWidget):
    """Some pictures of each class; hidden until `show_classes` is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data.pictures")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, Space.HALF, 0, Space.GRID)
        self._grid.setHorizontalSpacing(Space.GRID + Space.HALF)
        self._grid.setVerticalSpacing(Space.GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)

    def show_classes(self, classes: Sequence[PictureClass]) -> None:
        """Shows pictures by class: a row for each of few classes, a column for each of many.

        Args:
            classes: With their pictures; none hides everything.
        """
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        in_rows = len(classes) <= FEW_CLASSES
        for place, each in enumerate(classes):
            start = 0
            if each.label is not None:
                name = _caption(each.label, each.count)
                self._grid.addWidget(name, *((place, 0) if in_rows else (0, place)))
                start = 1
            for number, picture in enumerate(each.pictures, start):
                view = PictureView(picture)
                self._grid.addWidget(view, *((place, number) if in_rows else (number, place)))
        for column in range(self._grid.columnCount() + 1):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(self._grid.columnCount(), 1)
        self.setVisible(bool(classes))


def _caption(label: str, count: int) -> QWidget:
    holder = QWidget()
    holder.setFixedWidth(_SIDE)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(ElidedLabel(label))
    column.addWidget(Label(format_count(count), style="small", ink="text3"))
    column.addStretch(1)
    return holder
