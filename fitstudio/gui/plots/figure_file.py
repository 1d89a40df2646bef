"""Figures as files: PNG with 300 dots an inch, or SVG and PDF, whose lines stay lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QIODevice,
    QMarginsF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QImage, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QGraphicsItem

from fitstudio.gui.plots import ink
from fitstudio.gui.plots.canvas import Canvas
from fitstudio.gui.plots.confusion import ConfusionView
from fitstudio.gui.plots.curve_plot import GUTTER
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.scatter import ScatterPlot
from fitstudio.gui.plots.share_plot import SharePlot
from fitstudio.gui.plots.stack import PlotStack
from fitstudio.storage import atomic
from fitstudio.words import say

ENDINGS = (".svg", ".png", ".pdf")
_PNG_DPI = 300
_SCREEN_DPI = 96
_POINTS_PER_INCH = 72
_MARGIN = 16
_HEAD = 28
_NOT_KEPT = QGraphicsItem.CacheMode.NoCache


@dataclass(frozen=True, slots=True)
class Figure:
    """What can be drawn into a file.

    Attributes:
        name: What a file of it is called at first.
        size: Its size in pixels of the screen.
        draw: Draws it, without its ground, from (0, 0).
    """

    name: str
    size: QSize
    draw: Callable[[QPainter], None]


def of_curves(stack: PlotStack, legend: Legend, name: str, *, title: str = "") -> Figure:
    """The plots of a stack as they are seen, without the readout, with their legend over them.

    Args:
        stack: The plots.
        legend: Their legend.
        name: What a file of them is called at first.
        title: What the first plot shows; the others have captions of their own.
    """
    size = stack.size() + QSize(2 * _MARGIN, 2 * _MARGIN + _HEAD)

    def draw(painter: QPainter) -> None:
        painter.setFont(ink.font(strong=True))
        painter.setPen(ink.colour("text"))
        head = QRectF(_MARGIN + GUTTER, _MARGIN, size.width(), _HEAD)
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, title)
        _draw_curves(stack, legend, painter, size)

    return Figure(name, size, draw)


def of_points(plot: ScatterPlot | SharePlot, name: str) -> Figure:
    """The points of a plot with its axes."""

    def draw(painter: QPainter) -> None:
        painter.translate(_MARGIN, _MARGIN)
        _render(plot, painter, QRectF(plot.rect()))

    return Figure(name, plot.size() + QSize(2 * _MARGIN, 2 * _MARGIN), draw)


def of_confusion(view: ConfusionView, name: str) -> Figure:
    """The matrix as it is seen."""

    def draw(painter: QPainter) -> None:
        painter.translate(_MARGIN, _MARGIN)
        view.draw(painter)

    return Figure(name, view.size() + QSize(2 * _MARGIN, 2 * _MARGIN), draw)


def save(figure: Figure, path: Path) -> None:
    """Writes a figure, whole or not at all; the ending says how.

    Raises:
        StorageError: If it cannot be written; what was there is untouched.
    """
    makers = {".png": _png, ".pdf": _pdf}
    atomic.write_bytes(path, makers.get(path.suffix.lower(), _svg)(figure))


def as_image(figure: Figure) -> QImage:
    """A figure as a picture of 300 dots an inch."""
    scale = _PNG_DPI / _SCREEN_DPI
    image = QImage(figure.size * scale, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    _draw(figure, painter)
    painter.end()
    # Said last: letters are measured in points, and would be drawn three times as large.
    image.setDotsPerMeterX(round(_PNG_DPI / 0.0254))
    image.setDotsPerMeterY(round(_PNG_DPI / 0.0254))
    return image


def _png(figure: Figure) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    as_image(figure).save(buffer, "PNG")  # pyright: ignore[reportCallIssue, reportArgumentType]
    return bytes(buffer.data().data())


def _svg(figure: Figure) -> bytes:
    """pyqtgraph's own SVG exporter fails with newer versions of Qt; Qt's generator does not."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(figure.size)
    generator.setViewBox(QRectF(0, 0, figure.size.width(), figure.size.height()))
    generator.setResolution(_dots_per_inch())
    generator.setTitle(figure.name)
    generator.setDescription(say("Made with FitStudio"))
    painter = QPainter(generator)
    _draw(figure, painter)
    painter.end()
    return bytes(buffer.data().data())


def _pdf(figure: Figure) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    points = QSizeF(figure.size) * (_POINTS_PER_INCH / _dots_per_inch())
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(_dots_per_inch())
    writer.setTitle(figure.name)
    painter = QPainter(writer)
    _draw(figure, painter)
    painter.end()
    return bytes(buffer.data().data())


def _dots_per_inch() -> int:
    """Of the screen: letters are measured in points, and keep their size beside the lines."""
    return round(QGuiApplication.primaryScreen().logicalDotsPerInch())


def _draw(figure: Figure, painter: QPainter) -> None:
    painter.fillRect(QRectF(0, 0, figure.size.width(), figure.size.height()), ink.colour("card"))
    figure.draw(painter)


def _draw_curves(stack: PlotStack, legend: Legend, painter: QPainter, size: QSize) -> None:
    width = legend.sizeHint().width()
    legend.draw(
        painter, QRectF(size.width() - _MARGIN - width, _MARGIN, width, legend.sizeHint().height())
    )
    painter.translate(_MARGIN, _MARGIN + _HEAD)
    for plot in stack.plots:
        plot.point_at(None, pointer=None)
        _render(plot, painter, QRectF(plot.geometry()))
    painter.save()
    painter.translate(stack.ruler.geometry().topLeft())
    stack.ruler.draw(painter)
    painter.restore()


def _render(plot: Canvas, painter: QPainter, place: QRectF) -> None:
    """Draws a plot; what it keeps as a picture for the screen is drawn anew, line by line."""
    cached = [each for each in plot.scene().items() if each.cacheMode() != _NOT_KEPT]
    modes = [each.cacheMode() for each in cached]
    for each in cached:
        each.setCacheMode(_NOT_KEPT)
    source = plot.viewport().rect()
    plot.render(painter, place, source, Qt.AspectRatioMode.IgnoreAspectRatio)
    for each, mode in zip(cached, modes, strict=True):
        each.setCacheMode(mode)
