"""The table of rows, which tells when it has got another width."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.tables import DataTable


class RowTable(DataTable):
    """A table whose columns are fitted to its width by the page."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(row_height=Size.ROW_DATA, select_rows=False, parent=parent)
        self._width = -1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tells of another width, but not of another height."""
        super().resizeEvent(event)
        # Fitting changes the height, which must not start it again.
        if self.viewport().width() != self._width:
            self._width = self.viewport().width()
            self.resized.emit()
