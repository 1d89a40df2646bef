"""Takes a figure out of the window: to the clipboard, or to an SVG, PNG or PDF file."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from fitstudio.gui.plots import figure_file
from fitstudio.gui.plots.figure_file import Figure
from fitstudio.gui.widgets.saving import save_as
from fitstudio.words import say


class FigureMenu(QObject):
    """Copy and save, for the menu of a card.

    Args:
        figure: The figure as it is when an entry is chosen.
        parent: The widget that it is taken from.
        what: Which figure it is, where a menu has several.
    """

    def __init__(self, figure: Callable[[], Figure], parent: QWidget, *, what: str = "") -> None:
        super().__init__(parent)
        self._figure = figure
        self._parent = parent
        self._what = what

    def add_to(self, menu: QMenu) -> None:
        """Put the entries into a menu."""
        copy, keep = say("Copy figure"), say("Save figure…")
        if self._what:
            copy = say("Copy figure: {what}", what=self._what)
            keep = say("Save figure: {what}…", what=self._what)
        menu.addAction(copy, self._on_copy)
        menu.addAction(keep, self._on_save)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setImage(figure_file.as_image(self._figure()))

    def _on_save(self) -> None:
        figure = self._figure()
        save_as(
            self._parent,
            say("Save figure"),
            f"{figure.name}.svg",
            say("Vector graphics (*.svg);;Picture, 300 dpi (*.png);;Document (*.pdf)"),
            lambda path: figure_file.save(figure, path),
        )
