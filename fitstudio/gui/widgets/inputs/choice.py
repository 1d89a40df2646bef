"""One of several values, in a list that folds out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.inputs.base import row_of
from fitstudio.gui.widgets.labels import as_tip


class Combo(QComboBox):
    """One of several values, with a caret that follows the theme.

    Args:
        options: (value, text) or (value, text, tooltip) in the order in which they are offered;
            with a fourth text, the reason, it is greyed and cannot be chosen.
        default: What `reset` puts back; the first option's value if not given.
    """

    valueChanged = Signal(object)  # noqa: N815

    def __init__(
        self,
        options: Sequence[tuple] = (),
        *,
        default: Any = None,
        widest: int = Size.WIDEST_CHOICE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._default = default
        self._values: list[Any] = []
        self._options: list[tuple] = []
        self._widest = widest
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setMaxVisibleItems(14)
        self.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.set_options(options)
        self.currentIndexChanged.connect(self._on_index_changed)

    def set_options(self, options: Sequence[tuple]) -> None:
        """Offers other values; the present one stays if it is among them."""
        before = self.value() if self._values else self._default
        blocked = self.blockSignals(True)
        self.clear()
        self._values = [option[0] for option in options]
        self._options = list(options)
        for row, option in enumerate(options):
            self.addItem(option[1])
            if len(option) > 2 and option[2]:
                self.setItemData(row, as_tip(option[2]), Qt.ItemDataRole.ToolTipRole)
            if len(option) > 3 and option[3]:
                self._grey(row, option[3])
        self.setCurrentIndex(max(row_of(self._values, before), 0) if options else -1)
        self.blockSignals(blocked)
        self.updateGeometry()

    def _grey(self, row: int, reason: str) -> None:
        self.setItemData(row, as_tip(reason), Qt.ItemDataRole.ToolTipRole)
        self.setItemData(row, reason, Qt.ItemDataRole.AccessibleDescriptionRole)
        model = self.model()
        if isinstance(model, QStandardItemModel):
            model.item(row).setEnabled(False)

    def value(self) -> Any:
        """The chosen value."""
        row = self.currentIndex()
        return self._values[row] if 0 <= row < len(self._values) else None

    def offers(self, value: Any) -> bool:
        """Whether a value is among those that can be chosen."""
        return row_of(self._values, value) >= 0

    def setValue(self, value: Any) -> None:
        """Chooses a value; one that is not offered leaves the choice empty."""
        self.setCurrentIndex(row_of(self._values, value))

    def reset(self) -> None:
        """Puts the default back."""
        self.setValue(self._default)

    def _on_index_changed(self, _row: int) -> None:
        self.valueChanged.emit(self.value())

    def sizeHint(self) -> QSize:
        """As wide as the widest value, within bounds, so that choosing moves nothing."""
        hint = super().sizeHint()
        widest = max(
            (
                self.fontMetrics().horizontalAdvance(self.itemText(row))
                for row in range(self.count())
            ),
            default=0,
        )
        hint.setWidth(max(Size.NUMBER, min(widest + 46, self._widest)))
        return hint

    def minimumSizeHint(self) -> QSize:
        """As narrow as a small number."""
        return QSize(Size.SMALL_NUMBER, super().minimumSizeHint().height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignored: scrolling the page must not change a setting."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints the frame, the value and a caret in the theme's colours."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        room = self.width() - Size.CARET - 30
        option.currentText = self.fontMetrics().elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        side = Size.CARET
        area = QRectF(self.width() - side - 10, (self.height() - side) / 2, side, side)
        paint_icon(painter, area, "caret-down", "text2" if self.isEnabled() else "off")
