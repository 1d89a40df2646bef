"""Takes a stack of plots out of the window: to the clipboard, or to an SVG or PNG file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.stack import PlotStack
from fitstudio.words import say

_PNG_DPI = 300
_SCREEN_DPI = 96
_MARGIN = 16
_HEAD = 28


class FigureMenu(QObject):
    """Copy and save, for the menu of a card.

    Args:
        stack: The plots.
        legend: Their legend, drawn over them.
        name: What a saved file is called at first.
    """

    def __init__(self, stack: PlotStack, legend: Legend, *, name: str) -> None:
        super().__init__(stack)
        self._stack = stack
        self._legend = legend
        self._name = name

    def add_to(self, menu: QMenu) -> None:
        """Put the entries into a menu."""
        menu.addAction(say("Copy figure"), self._on_copy)
        menu.addAction(say("Save figure…"), self._on_save)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setImage(as_image(self._stack, self._legend))

    def _on_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self._stack,
            say("Save figure"),
            f"{self._name}.svg",
            say("Vector graphics (*.svg);;Picture, 300 dpi (*.png)"),
        )
        if path:
            save_figure(self._stack, self._legend, Path(path))


def save_figure(stack: PlotStack, legend: Legend, path: Path) -> None:
    """Write the plots as they are seen, without the readout, to ``.svg`` or ``.png``.

    pyqtgraph's own SVG exporter fails with newer versions of Qt; Qt's generator does not.
    """
    if path.suffix.lower() == ".png":
        as_image(stack, legend).save(str(path))
        return
    size = _size(stack)
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(path.stem)
    generator.setDescription(say("Made with FitStudio"))
    painter = QPainter(generator)
    _draw(stack, legend, painter)
    painter.end()


def as_image(stack: PlotStack, legend: Legend) -> QImage:
    """The plots as a picture of 300 dots an inch."""
    scale = _PNG_DPI / _SCREEN_DPI
    size = _size(stack)
    image = QImage(size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDotsPerMeterX(round(_PNG_DPI / 0.0254))
    image.setDotsPerMeterY(round(_PNG_DPI / 0.0254))
    image.fill(ink.colour("card"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    _draw(stack, legend, painter)
    painter.end()
    return image


def _size(stack: PlotStack) -> QSize:
    return stack.size() + QSize(2 * _MARGIN, 2 * _MARGIN + _HEAD)


def _draw(stack: PlotStack, legend: Legend, painter: QPainter) -> None:
    size = _size(stack)
    painter.fillRect(QRectF(0, 0, size.width(), size.height()), ink.colour("card"))
    width = legend.sizeHint().width()
    legend.draw(
        painter, QRectF(size.width() - _MARGIN - width, _MARGIN, width, legend.sizeHint().height())
    )
    painter.translate(_MARGIN, _MARGIN + _HEAD)
    for plot in stack.plots:
        plot.point_at(None, pointer=None)
        place = QRectF(plot.geometry())
        source = plot.viewport().rect()
        plot.render(painter, place, source, Qt.AspectRatioMode.IgnoreAspectRatio)
    painter.save()
    painter.translate(stack.ruler.geometry().topLeft())
    stack.ruler.draw(painter)
    painter.restore()
