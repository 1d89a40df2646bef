"""The live curves: loss, every metric and the learning rate over one axis of epochs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSlider, QWidget

from fitstudio.gui.pages.monitor import run_plots
from fitstudio.gui.pages.view_settings import view_settings
from fitstudio.gui.plots.curve_plot import CurvePlot
from fitstudio.gui.plots.figure_menu import FigureMenu
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.series import TRAINING, VALIDATION
from fitstudio.gui.plots.stack import PlotStack
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import icon_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.viewmodel.figures import metric_title
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.words import marked, say, say_marked

_STRIP_HEIGHT = 72
_FLAT_STRIP_HEIGHT = 56
_ROOM_FOR_FLAT = 270
_SMOOTHING = 35
_SHOWN_AT_FIRST = 2
_LOSS_SHARE, _METRIC_SHARE = 3, 2


class CurvesCard(Card):
    """Plots of a run; brought up to date by `refresh`, which redraws once."""

    def __init__(self, model: MonitorModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Loss"), parent=parent)
        self._model = model
        self._settings = view_settings()
        self._hidden: set[str] = set()
        self._metrics: dict[str, CurvePlot] = {}
        self.set_margins(Space.CARD, Space.CARD_TOP, Space.CARD, 8)
        self.set_spacing(0)
        self._make_head()
        self.stack = PlotStack(say("Epoch"))
        self.loss = CurvePlot(say("Loss"))
        self.loss.setObjectName("plot.loss")
        self.stack.add(self.loss, stretch=_LOSS_SHARE)
        self.strip = CurvePlot(say("Learning rate"), caption=say("Learning rate"), steps=True)
        self.strip.setObjectName("plot.learning_rate")
        self.strip.hide()
        self.stack.add(self.strip, height=_STRIP_HEIGHT)
        self.add(self.stack, 1)
        self._on_smoothing_changed(self._slider.value())
        self._on_scale_changed(self._scale.value())

    def plots(self) -> dict[str, CurvePlot]:
        """Every metric's plot by its name, loss included."""
        return {"loss": self.loss, **self._metrics}

    def forget_run(self) -> None:
        """Another run is shown: its metrics may be others."""
        for plot in self._metrics.values():
            self.stack.remove(plot)
        self._metrics = {}
        self.stack.zoom = None
        self.refresh()

    def refresh(self) -> None:
        """Show the model as it is now, with one redraw of each plot."""
        self._follow_metrics()
        for metric, plot in self.plots().items():
            if plot.isHidden():
                continue
            plot.set_series(
                run_plots.series_of(self._model, metric, batches=self._batches.isChecked())
            )
            plot.set_marks(*run_plots.marks_of(self._model, metric))
        self._follow_learning_rate()
        self.stack.set_end(self._model.axis_end())
        self.stack.redraw()
        self._say()

    def _make_head(self) -> None:
        self._legend = Legend()
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("plot.smoothing")
        self._slider.setAccessibleName(say("Smoothing"))
        self._slider.setToolTip(say("Smoothing: how calm the line over the raw values is"))
        self._slider.setRange(0, 100)
        self._slider.setFixedWidth(64)
        self._slider.setValue(int(str(self._settings.value("monitor/smoothing", _SMOOTHING))))
        self._slider.valueChanged.connect(self._on_smoothing_changed)
        self._scale = Segmented([("linear", say("Linear")), ("log", say("Log"))])
        self._scale.setObjectName("plot.scale")
        self._scale.setAccessibleName(say("Scale of the loss"))
        self._scale.setValue(str(self._settings.value("monitor/scale", "linear")))
        self._scale.valueChanged.connect(self._on_scale_changed)
        self._more = icon_button("dots-three", say("More about these curves"), small=True)
        self._more.setObjectName("plot.more")
        self._menu = QMenu(self._more)
        self._batches = QAction(say("Single batches"), self._menu)
        self._batches.setCheckable(True)
        self._batches.setChecked(str(self._settings.value("monitor/batches", "true")) == "true")
        self._batches.toggled.connect(self._on_batches_toggled)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.clicked.connect(self._show_menu)
        for widget in (self._legend, self._slider, self._scale, self._more):
            self.add_to_head(widget)

    def _follow_metrics(self) -> None:
        for metric in self._model.curves.metrics():
            if metric == "loss" or metric in self._metrics:
                continue
            title, unit = metric_title(metric), self._model.unit_words(metric)
            plot = CurvePlot(title, caption=f"{title}, {unit}" if unit else title)
            plot.setObjectName(f"plot.metric.{metric}")
            plot.set_smoothing(self._slider.value() / 100)
            shown = len(self._metrics) < _SHOWN_AT_FIRST and metric not in self._hidden
            self.stack.insert_before(self.strip, plot, stretch=_METRIC_SHARE)
            plot.setVisible(shown)
            self._metrics[metric] = plot

    def _follow_learning_rate(self) -> None:
        series = run_plots.learning_rate_series(self._model)
        self.strip.set_series(series)
        self.strip.set_marks(run_plots.learning_rate_marks(self._model))
        varies = bool(series) and series[0].y.min() != series[0].y.max()
        height = _STRIP_HEIGHT if varies else _FLAT_STRIP_HEIGHT
        if self.strip.height() != height:
            self.strip.setFixedHeight(height)
        # Where room is short, a rate that never changes is the first thing to go.
        self.strip.setVisible(bool(series) and (varies or self.stack.height() > _ROOM_FOR_FLAT))

    def _say(self) -> None:
        shown = self._model.shown
        words = (shown.loss_title if shown is not None else "", self._model.unit_words("loss"))
        caption = ", ".join(part for part in words if part)
        hidden = self.loss.off_axis()
        if hidden:
            words = say_marked(marked("{count} values of 0 or less are not on a logarithmic axis"))
            caption = words.format(count=hidden)
        if self.caption.whole_text() != caption:
            self.set_title(say("Loss"), caption)
        entries = []
        if self._model.curves.curves or self._model.batches is not None:
            entries.append((say("Training"), TRAINING))
        if any(name.startswith("val_") for name in self._model.curves.curves):
            entries.append((say("Validation"), VALIDATION))
        self._legend.set_entries(entries)

    def _fill_menu(self) -> None:
        self._menu.clear()
        for metric, plot in self._metrics.items():
            action = self._menu.addAction(plot.title)
            action.setCheckable(True)
            action.setChecked(not plot.isHidden())
            action.toggled.connect(lambda on, metric=metric: self._on_metric_toggled(metric, on))
        if self._metrics:
            self._menu.addSeparator()
        self._menu.addAction(self._batches)
        reset = self._menu.addAction(say("Show all epochs"))
        reset.setEnabled(self.stack.zoom is not None)
        reset.triggered.connect(self.stack.reset_zoom)
        self._menu.addSeparator()
        run = self._model.shown
        FigureMenu(self.stack, self._legend, name=run.run if run else "run").add_to(self._menu)

    def _show_menu(self) -> None:
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _on_metric_toggled(self, metric: str, on: bool) -> None:
        (self._hidden.discard if on else self._hidden.add)(metric)
        self._metrics[metric].setVisible(on)
        self.refresh()

    def _on_batches_toggled(self, on: bool) -> None:
        self._settings.setValue("monitor/batches", "true" if on else "false")
        self.refresh()

    def _on_smoothing_changed(self, strength: int) -> None:
        self._settings.setValue("monitor/smoothing", strength)
        for plot in self.plots().values():
            plot.set_smoothing(strength / 100)

    def _on_scale_changed(self, scale: str) -> None:
        self._settings.setValue("monitor/scale", scale)
        self.loss.set_log(scale == "log")
