"""What every plot stands on: one view of the data on the card's ground, themed, safe to close."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QWidget

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.layers import Frame

_THEME_EVENTS = (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange)


class Canvas(pg.GraphicsView):
    """A pyqtgraph view with a single ViewBox, placed by `arrange`, painted by layers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._ready = False
        super().__init__(parent, useOpenGL=False)
        self.setAntialiasing(True)
        self.box = pg.ViewBox(enableMenu=False, defaultPadding=0)
        self.box.disableAutoRange()
        self.addItem(self.box)
        self.frame = Frame(self.box)

    def finish(self) -> None:
        """Called by subclasses when they are made: from now on events are handled."""
        self._ready = True
        self._on_theme_changed()

    def arrange(self) -> None:
        """Place the box in the viewport and fit what is shown; what subclasses are for."""
        raise NotImplementedError

    def close(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - as QWidget has it
        """Close the widget, and leave the scene to Qt.

        pyqtgraph's own close() clears the scene and takes the viewport away, which crashes where
        the items have Python owners.
        """
        return QGraphicsView.close(self)

    def resizeEvent(self, ev: QResizeEvent | None) -> None:
        """Arranges the plot anew."""
        super().resizeEvent(ev)
        if self._ready:  # pyqtgraph resizes in its constructor
            self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Arranges and repaints when colours or fonts change."""
        super().changeEvent(event)
        if event.type() in _THEME_EVENTS and self._ready:
            self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        self.setBackground(ink.colour("card"))
        self.arrange()
