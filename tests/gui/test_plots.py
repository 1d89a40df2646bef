"""Plots: what is drawn, how it is read by pointer and keys, and how it leaves the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage

from fitstudio.gui.plots import figure_file, ink
from fitstudio.gui.plots.confusion import ConfusionView
from fitstudio.gui.plots.curve_plot import GUTTER, CurvePlot, padded
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.marks import Mark, MarkKind
from fitstudio.gui.plots.meter import Meter
from fitstudio.gui.plots.scatter import ScatterPlot
from fitstudio.gui.plots.series import TRAINING, VALIDATION, Marker, Series, SeriesStyle
from fitstudio.gui.plots.stack import PlotStack
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.viewmodel.monitor.pyramid import Pyramid
from fitstudio.viewmodel.results.scores import Confusion

X = np.arange(1.0, 41.0)
Y = np.exp(-X / 10)


@pytest.fixture
def stack(qtbot) -> PlotStack:
    stack = PlotStack()
    qtbot.addWidget(stack)
    stack.resize(700, 320)
    stack.add(CurvePlot("Loss"))
    stack.add(CurvePlot("Accuracy", caption="Accuracy"))
    stack.set_end(50)
    stack.plots[0].set_series(
        [
            Series("loss", "Training", TRAINING, X, Y),
            Series("val", "Validation", VALIDATION, X, 2 * Y),
        ]
    )
    stack.plots[1].set_series([Series("acc", "Training", TRAINING, X, 1 - Y)])
    stack.show()
    stack.redraw()
    return stack


def colours(widget) -> set[str]:
    image: QImage = widget.grab().toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(0, image.width(), 1)
        for y in range(0, image.height(), 2)
    }


def test_lines_are_drawn_in_the_colours_of_the_theme(stack):
    for mode in (Mode.LIGHT, Mode.DARK):
        theme().apply(mode)
        stack.redraw()
        seen = colours(stack.plots[0])
        assert theme().series(0).colour.name() in seen
        assert theme().series(1).colour.name() in seen
        assert theme().colour("card").name() in seen, "no black box in a light window"
    theme().apply(Mode.LIGHT)


def test_all_plots_share_the_axis(stack):
    first, second = stack.plots
    assert first.frame.x_range() == second.frame.x_range() == (0.0, 51.0)
    first.moved.emit(10.0, 20.0)
    assert first.frame.x_range() == second.frame.x_range() == (10.0, 20.0)
    assert stack.zoom == (10.0, 20.0)
    low, high = first.frame.y_range()
    assert low <= Y[19] and 2 * Y[9] <= high < 1.0, "y fits what is seen"
    stack.reset_zoom()
    assert stack.zoom is None
    assert first.frame.x_range() == (0.0, 51.0)


def test_the_readout_is_on_one_plot_and_the_line_on_all(stack):
    first, second = stack.plots
    first.pointed.emit(first.place_of(12.2))
    assert first.hover.at == second.hover.at == 12.0, "the nearest epoch"
    assert first.hover.heading == "Epoch 12"
    readings = {reading.title: reading.value for reading in first.hover.readings}
    assert readings == {"Training": Y[11], "Validation": 2 * Y[11]}
    assert second.hover.pointer is None
    first.pointed.emit(None)
    assert first.hover.at is None and second.hover.at is None


def test_keys_read_zoom_and_reset(stack, qtbot):
    plot = stack.plots[0]
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.hover.at == 1.0
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.hover.at == 2.0
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.hover.at is None
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert stack.zoom is not None
    qtbot.keyClick(plot, Qt.Key.Key_0)
    assert stack.zoom is None


def test_a_real_logarithmic_axis(stack):
    plot = stack.plots[0]
    plot.set_log(True)
    rows = plot.frame.y_pixels([1.0, 0.1, 0.01])
    assert rows[1] - rows[0] == pytest.approx(rows[2] - rows[1])
    assert {tick.label for tick in plot.y_ticks()} >= {"0.1", "1"}
    plot.set_series([Series("loss", "Training", TRAINING, X, np.where(X == 5, 0.0, Y))])
    plot.redraw()
    assert plot.off_axis() == 1, "what the axis cannot show is counted, not hidden"


def test_a_constant_is_a_flat_line_in_a_wide_range():
    low, high = padded(0.1, 0.1 + 1e-12, log=False)
    assert high - low > 0.05
    low, high = padded(1e-6, 1e-6, log=True)
    assert high - low > 0.5


def test_batches_are_drawn_before_the_first_epoch_has_ended(stack):
    dots = Pyramid()
    dots.append(np.linspace(0.01, 0.6, 300), np.full(300, 0.5))
    series = Series("loss", "Training", TRAINING, np.empty(0), np.empty(0), dots=dots)
    plot = stack.plots[0]
    plot.set_series([series])
    plot.redraw()
    x, y, _ = series.lines(0.3)
    assert len(x) > 20 and np.all(y == 0.5)
    assert plot.nearest_x(0.3) == pytest.approx(0.3, abs=0.01)
    assert theme().series(0).colour.name() in colours(plot)


def test_marks_do_not_lie_on_each_other(stack):
    plot = stack.plots[0]
    plot.set_marks(
        [
            Mark(MarkKind.BEST, 40.0, "Best 0.01", "epoch 40", value=Y[-1], style=VALIDATION),
            Mark(MarkKind.PATIENCE, 40.0, "8 epochs", "no better"),
            Mark(MarkKind.STOP, 42.0, "Stops at 42", "if no better"),
            Mark(MarkKind.FAILURE, 43.0, "Out of memory", "step 3 of epoch 43"),
        ],
        (40.0, 41.0),
    )
    plot.redraw()
    plot.grab()
    areas = plot.mark_layer.label_areas
    assert len(areas) == 4
    for number, area in enumerate(areas):
        assert not any(area.intersects(other) for other in areas[number + 1 :])


def test_styles_are_told_apart_without_colour():
    looks = {(SeriesStyle(number).dash, SeriesStyle(number).marker) for number in range(8)}
    assert len(looks) == 8
    assert SeriesStyle(8).dash != SeriesStyle(0).dash, (
        "the ninth has the first colour, not its dash"
    )
    assert SeriesStyle(0).marker is Marker.DISC


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_a_figure_leaves_the_window(stack, tmp_path: Path, suffix):
    legend = Legend()
    legend.set_entries([("Training", TRAINING), ("Validation", VALIDATION)])
    path = tmp_path / f"figure{suffix}"
    stack.plots[0].pointed.emit(stack.plots[0].place_of(5.0))
    figure_file.save(figure_file.of_curves(stack, legend, "figure"), path)
    if suffix == ".svg":
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<?xml") and "Epoch" in text and "Training" in text
        assert theme().series(0).colour.name() in text and "<image" not in text
    elif suffix == ".pdf":
        assert path.read_bytes().startswith(b"%PDF-")
    else:
        image = QImage(str(path))
        assert image.width() > 3 * 700, "300 dots an inch"
        assert image.dotsPerMeterX() == 11811
    legend.deleteLater()


def test_ten_million_points_are_redrawn_quickly(stack):
    dots = Pyramid()
    dots.append(np.linspace(0.0, 40.0, 2_000_000), np.random.default_rng(0).normal(size=2_000_000))
    plot = stack.plots[0]
    plot.set_series([Series("loss", "Training", TRAINING, X, Y, dots=dots)])
    plot.redraw()
    drawn = dots.drawn(*plot.frame.x_range(), points=2 * 700)
    assert len(drawn.x) <= 1400


def test_a_meter_and_gaps(qtbot):
    meter = Meter()
    qtbot.addWidget(meter)
    meter.set_shares([0.2, float("nan"), 0.8, 0.9])
    assert len(colours(meter)) > 1


def test_a_confusion_cell_is_chosen_by_mouse_and_keys(qtbot):
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(500, 420)
    view.show_confusion(Confusion(("ant", "bee"), np.array([[5, 1], [2, 7]])))
    view.show()
    chosen = []
    view.cell_chosen.connect(chosen.append)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert chosen == [(1, 0)]
    assert view.accessibleDescription() == "2 of 9 bee were taken for ant"
    origin, side = view._layout()
    qtbot.mouseClick(
        view,
        Qt.MouseButton.LeftButton,
        pos=view._cell(origin, side, 0, 1).center().toPoint(),
    )
    assert chosen[-1] == (0, 1)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert chosen[-1] is None


@pytest.mark.parametrize("count", [1, 2, 40, 300])
def test_confusion_matrices_of_any_size_are_painted(qtbot, count):
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(460, 380)
    names = tuple(f"class number {number}" for number in range(count))
    view.show_confusion(Confusion(names, np.eye(count, dtype=np.int64) * 3))
    view.show()
    assert len(colours(view)) > 3


def test_parity_has_equal_axes_and_residuals_a_zero_line(qtbot):
    plot = ScatterPlot("Measured", "Predicted", diagonal=True)
    qtbot.addWidget(plot)
    plot.resize(320, 280)
    plot.show_points(np.array([1.0, 9.0]), np.array([2.0, 7.0]), ["Row 1", "Row 2"])
    plot.show()
    assert plot.frame.x_range() == plot.frame.y_range()
    rest = ScatterPlot("Measured", "Error", diagonal=False)
    qtbot.addWidget(rest)
    rest.show_points(np.array([1.0, 9.0]), np.array([1.0, -2.0]), [])
    low, high = rest.frame.y_range()
    assert low == -high


def test_one_wild_batch_does_not_flatten_the_curves_and_is_not_hidden(stack):
    dots = Pyramid()
    values = np.full(400, 0.5)
    values[17] = 500.0
    dots.append(np.linspace(0.1, 40.0, 400), values)
    plot = stack.plots[0]
    plot.set_series([Series("loss", "Training", TRAINING, X, Y, dots=dots)])
    plot.redraw()
    assert plot.frame.y_range()[1] < 2.0
    at = int(GUTTER + plot.frame.x_pixels(dots.x[17]))
    top = int(plot.box.geometry().top()) + 1
    image = plot.grab().toImage()
    ground = theme().colour("card").rgb()
    assert any(image.pixel(x, y) != ground for x in range(at - 3, at + 4) for y in (top, top + 1))


def test_every_value_without_a_neighbour_is_drawn(qtbot):
    values = np.full(600, np.nan)
    values[::2] = np.linspace(1, 2, 300)
    plot = CurvePlot("Loss")
    qtbot.addWidget(plot)
    plot.resize(800, 300)
    plot.show()
    plot.set_series([Series("val", "Validation", VALIDATION, np.arange(1.0, 601), values)])
    plot.box.setXRange(0, 601, padding=0)
    plot.redraw()
    wanted = QColor(ink.series(VALIDATION)).name()
    image = plot.grab().toImage()
    reached = [
        x
        for x in range(image.width())
        if any(QColor(image.pixel(x, y)).name() == wanted for y in range(image.height()))
    ]
    assert max(reached) > 780


def test_points_without_any_that_can_be_drawn(qtbot):
    plot = ScatterPlot("Measured", "Predicted", diagonal=True)
    qtbot.addWidget(plot)
    plot.show()
    for values in (np.empty(0), np.full(3, np.nan)):
        plot.show_points(values, values, [])
        assert not plot.grab().isNull()
