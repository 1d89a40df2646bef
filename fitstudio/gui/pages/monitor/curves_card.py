"""The live curves: loss, every metric and the learning rate over one axis of epochs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QSlider, QWidget

from fitstudio.gui.pages.monitor import run_plots
from fitstudio.gui.pages.view_settings import view_settings
from fitstudio.gui.plots import figure_file
from fitstudio.gui.plots.curve_plot import CurvePlot
from fitstudio.gui.plots.figure_file import Figure
from fitstudio.gui.plots.figure_menu import FigureMenu
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.series import TRAINING, VALIDATION
from fitstudio.gui.plots.stack import PlotStack
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.buttons import icon_button, link_button
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import Label
from fitstudio.gui.widgets.saving import save_as
from fitstudio.storage import atomic
from fitstudio.viewmodel.figures import metric_title
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_value

_STRIP_HEIGHT = 72
_SMOOTHING = 35
_SHOWN_AT_FIRST = 2
_METRIC_SHARE = 2
_LEAST_LOSS_SHARE = 4
# A card that is too low for the loss and the learning rate has the rate as a number alone.
_LOSS_BESIDE_STRIP = 180


class CurvesCard(Card):
    """Plots of a run; brought up to date by `refresh`, which redraws once.

    A metric's plot is made when it is first shown: a run may have dozens of them.
    """

    def __init__(self, model: MonitorModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Loss"), parent=parent)
        self._model = model
        self._settings = view_settings()
        self._wanted: dict[str, bool] = {}
        self._names: list[str] = []
        self._metrics: dict[str, CurvePlot] = {}
        self._rate_varies = False
        self.set_margins(Space.CARD, Space.CARD_TOP, Space.CARD, 8)
        self.set_spacing(0)
        self._make_head()
        self.stack = PlotStack(say("Epoch"))
        self.loss = CurvePlot(say("Loss"))
        self.loss.setObjectName("plot.loss")
        self.stack.add(self.loss, stretch=_LEAST_LOSS_SHARE)
        self.strip = CurvePlot(say("Learning rate"), caption=say("Learning rate"), steps=True)
        self.strip.setObjectName("plot.learning_rate")
        self.strip.hide()
        self.stack.add(self.strip, height=_STRIP_HEIGHT)
        self.stack.zoom_changed.connect(self._on_zoomed)
        self.stack.moved.connect(self._say)
        self.add(self.stack, 1)
        self._on_smoothing_changed(self._slider.value())
        self._on_scale_changed(self._scale.value())

    def plots(self) -> dict[str, CurvePlot]:
        """The plots that were made by their metrics, loss included."""
        return {"loss": self.loss, **self._metrics}

    def figure(self) -> Figure:
        """The plots as they are seen, to be taken out of the window."""
        run = self._model.shown
        name = run.run if run else "run"
        title = ", ".join(part for part in (say("Loss"), self.caption.whole_text()) if part)
        return figure_file.of_curves(self.stack, self.legend, name, title=title)

    def forget_run(self) -> None:
        """Another run is shown: its metrics may be others."""
        for plot in self._metrics.values():
            self.stack.remove(plot)
        self._metrics, self._names = {}, []
        self.stack.zoom = None
        self._on_zoomed(False)
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
        self.legend = Legend(whole=True)
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
        self._batches = QAction(say("Single batches"), self)  # the menu is emptied at each opening
        self._batches.setCheckable(True)
        self._batches.setChecked(str(self._settings.value("monitor/batches", "true")) == "true")
        self._batches.toggled.connect(self._on_batches_toggled)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.clicked.connect(self._show_menu)
        # Beside the caption, which then says which epochs are seen.
        self._show_all = link_button(say("Show all"))
        self._show_all.setObjectName("plot.show_all")
        self._show_all.setToolTip(say("Show all epochs"))
        self._show_all.clicked.connect(self._on_show_all)
        self._show_all.hide()
        self.head.insertWidget(self.head.indexOf(self.caption) + 1, self._show_all)
        calm = Label(say("Smoothing"), style="small", ink="text3")
        calm.setBuddy(self._slider)
        for widget in (self.legend, calm, self._slider, self._scale, self._more):
            self.add_to_head(widget)

    def _on_show_all(self) -> None:
        # The button goes away: the keyboard goes on at the curves.
        self.stack.reset_zoom()
        self.loss.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leaves the learning rate out where the loss would get too low."""
        super().resizeEvent(event)
        self._show_strip()

    def _follow_metrics(self) -> None:
        self._names = [name for name in self._model.curves.metrics() if name != "loss"]
        for place, metric in enumerate(self._names):
            if self._wanted.get(metric, place < _SHOWN_AT_FIRST) and metric not in self._metrics:
                self._make_plot(metric)
        seen = sum(not plot.isHidden() for plot in self._metrics.values())
        # The loss has half of the room, however many metrics stand under it.
        self.stack.set_stretch(self.loss, max(_LEAST_LOSS_SHARE, seen * _METRIC_SHARE))

    def _make_plot(self, metric: str) -> None:
        title, unit = metric_title(metric), self._model.unit_words(metric)
        plot = CurvePlot(title, caption=f"{title}, {unit}" if unit else title)
        plot.setObjectName(f"plot.metric.{metric}")
        plot.set_smoothing(self._slider.value() / 100)
        later = self._names[self._names.index(metric) + 1 :]
        below = next((self._metrics[each] for each in later if each in self._metrics), self.strip)
        self.stack.insert_before(below, plot, stretch=_METRIC_SHARE)
        plot.show()
        self._metrics[metric] = plot

    def _follow_learning_rate(self) -> None:
        series = run_plots.learning_rate_series(self._model)
        self.strip.set_series(series)
        self.strip.set_marks(run_plots.learning_rate_marks(self._model))
        # One that never changes is a number, which stands beside the pace, and no curve.
        self._rate_varies = bool(series) and bool(series[0].y.min() != series[0].y.max())
        self._show_strip()

    def _show_strip(self) -> None:
        seen = sum(not plot.isHidden() for plot in self._metrics.values()) * _METRIC_SHARE
        loss = max(_LEAST_LOSS_SHARE, seen)
        room = (self.stack.height() - self.stack.ruler.height() - _STRIP_HEIGHT) * loss
        fits = room >= _LOSS_BESIDE_STRIP * (loss + seen)
        self.strip.setVisible(self._rate_varies and fits)

    def _on_zoomed(self, zoomed: bool) -> None:
        self._show_all.setVisible(zoomed)
        self._say()

    def _say(self) -> None:
        shown = self._model.shown
        caption = shown.loss_title if shown is not None else ""
        unit = self._model.unit_words("loss")
        self.loss.set_caption(f"{unit[:1].upper()}{unit[1:]}")
        hidden = self.loss.off_axis()
        if hidden:
            caption = say_count(
                hidden,
                "{number} value of 0 or less is not on a logarithmic axis",
                "{number} values of 0 or less are not on a logarithmic axis",
            )
        if self.stack.zoom is not None:
            first, last = (format_value(max(end, 0.0), 3) for end in self.stack.zoom)
            caption = say("epochs {first} to {last}", first=first, last=last)
        if self.caption.whole_text() != caption:
            self.set_title(say("Loss"), caption)
        entries = []
        if self._model.curves.curves or self._model.batches is not None:
            entries.append((say("Training"), TRAINING))
        if any(name.startswith("val_") for name in self._model.curves.curves):
            entries.append((say("Validation"), VALIDATION))
        self.legend.set_entries(entries)

    def _fill_menu(self) -> None:
        self._menu.clear()
        for metric in self._names:
            plot = self._metrics.get(metric)
            action = self._menu.addAction(metric_title(metric))
            action.setCheckable(True)
            action.setChecked(plot is not None and not plot.isHidden())
            action.toggled.connect(lambda on, metric=metric: self._on_metric_toggled(metric, on))
        if self._names:
            self._menu.addSeparator()
        self._menu.addAction(self._batches)
        reset = self._menu.addAction(say("Show all epochs"))
        reset.setEnabled(self.stack.zoom is not None)
        reset.triggered.connect(self.stack.reset_zoom)
        self._menu.addSeparator()
        run = self._model.shown
        name = run.run if run else "run"
        FigureMenu(self.figure, self).add_to(self._menu)
        table = self._menu.addAction(say("Save History as CSV…"))
        table.setEnabled(self._model.state is not None and bool(self._model.state.epochs))
        table.triggered.connect(lambda: self._on_table_wanted(name))

    def _on_table_wanted(self, name: str) -> None:
        text = self._model.history_csv()
        save_as(
            self,
            say("Save History"),
            f"{name}.csv",
            say("Table (*.csv)"),
            lambda path: atomic.write_text(path, text),
        )

    def _show_menu(self) -> None:
        self._menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _on_metric_toggled(self, metric: str, on: bool) -> None:
        self._wanted[metric] = on
        if metric in self._metrics:
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
