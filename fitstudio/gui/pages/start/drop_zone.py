"""The place on the start page where a file or a project is dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fitstudio.declared.formats import registry
from fitstudio.gui.theme.theme import colour
from fitstudio.gui.theme.tokens import Radius, Size
from fitstudio.gui.widgets.data_file import ask_data_file
from fitstudio.gui.widgets.labels import Label
from fitstudio.gui.widgets.pressable import Pressable
from fitstudio.gui.widgets.signs import IconMark
from fitstudio.words import say

_HEIGHT = 120


class DropZone(Pressable):
    """Where a file or a project is dropped; pressing it chooses a file.

    Signals:
        dropped: The file or folder.
    """

    dropped = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self._choose, parent)
        self.setObjectName("start.drop")
        self.setAccessibleName(say("Drop data or a project here, or press Enter to choose"))
        self.setAcceptDrops(True)
        self.setFixedHeight(_HEIGHT)
        self._over = False
        column = QVBoxLayout(self)
        column.setSpacing(6)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        self._icon = IconMark("file-plus", "accentText", Size.ICON_BIG - 4)
        column.addWidget(self._icon, 0, middle)
        column.addSpacing(2)
        self._title = Label(say("Drop data or a project here"), style="strong")
        column.addWidget(self._title, 0, middle)
        kinds = say("{registry}, or click to choose", registry=", ".join(registry.called()))
        self._kinds = Label(kinds, ink="text2")
        column.addWidget(self._kinds, 0, middle)
        column.addStretch(1)

    def set_busy(self, sentence: str) -> None:
        """Says what is being done with what was dropped."""
        self._title.setText(sentence or say("Drop data or a project here"))
        self._kinds.setVisible(not sentence)
        self.setEnabled(not sentence)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints a dashed frame, filled while something is held over it, solid with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        pen = QPen(colour("accentText" if self._over else "borderHover"), 1.5)
        pen.setDashPattern([5, 3])
        if self.hasFocus():
            pen = QPen(colour("accentText"), 2)
        painter.setPen(pen)
        painter.setBrush(colour("accentSoft") if self._over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, Radius.CARD, Radius.CARD)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files, and shows that it does."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._set_over(True)

    def dragLeaveEvent(self, event) -> None:
        """Looks as before."""
        self._set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands on the local files that were dropped."""
        self._set_over(False)
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.dropped.emit(Path(files[0]))

    def _choose(self) -> None:
        file = ask_data_file(self)
        if file is not None:
            self.dropped.emit(file)

    def _set_over(self, over: bool) -> None:
        self._over = over
        self.update()
