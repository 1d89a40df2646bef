"""A tick box with its words, painted from the tokens."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fitstudio.gui.theme.theme import colour
from fitstudio.gui.widgets.tables import paint_checkbox


class CheckBox(QAbstractButton):
    """A tick box: an editor with `value`, `setValue`, `valueChanged` and `reset`."""

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    def __init__(
        self, text: str = "", *, value: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._default = value
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(value)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda on: self.valueChanged.emit(on))

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.isChecked()

    def setValue(self, value: bool | None) -> None:
        """Ticks it or not; None is the default."""
        self.setChecked(self._default if value is None else bool(value))

    def reset(self) -> None:
        """Puts it back to its default."""
        self.setValue(None)

    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(22 + (width + 8 if self.text() else 0), 26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(2, (self.height() - 18) / 2, 18, 18)
        paint_checkbox(painter, box, checked=self.isChecked())
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText"), 2))
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 5, 5)
        painter.setPen(colour("text" if self.isEnabled() else "off"))
        painter.drawText(
            self.rect().adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
