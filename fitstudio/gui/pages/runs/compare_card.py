"""Under the table: the ticked runs' curves over one another, what differs, one run's settings."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fitstudio.gui.pages.view_settings import view_settings
from fitstudio.gui.plots import figure_file
from fitstudio.gui.plots.curve_plot import GUTTER, CurvePlot
from fitstudio.gui.plots.figure_menu import FigureMenu
from fitstudio.gui.plots.legend import Legend
from fitstudio.gui.plots.series import Series, SeriesStyle
from fitstudio.gui.plots.stack import PlotStack, epoch_heading, seconds_heading
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import icon_button, secondary_button
from fitstudio.gui.widgets.cards import Card, ColumnScroll
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import Label, Sentence, as_tip
from fitstudio.gui.widgets.lock import lock
from fitstudio.gui.widgets.signs import EmptyState
from fitstudio.gui.widgets.tables import INK_ROLE, STRONG_ROLE, RowDelegate
from fitstudio.viewmodel.figures import monitored_title
from fitstudio.viewmodel.runs.best_run import best_point
from fitstudio.viewmodel.runs.page import RunsModel
from fitstudio.viewmodel.runs.settings import SettingsGroup
from fitstudio.words import say, say_count

_SMOOTHING = 0.35
_RAW_OPACITY = 0.18
_LABEL_WIDTH = 232


class CompareCard(Card):
    """Three views of what was chosen above: curves, differences, settings.

    Signals:
        like_wanted: The person wants a new run like this one.
        settings_wanted: The person turns to the settings of the run that is chosen above.
    """

    like_wanted = Signal(str)
    settings_wanted = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Compared"), parent=parent)
        self._model = model
        self._settings = view_settings()
        self._metric: str | None = None
        self.set_margins(Space.CARD, 10, Space.CARD, 8)
        self.set_spacing(0)
        self._make_head()
        self.stack = PlotStack(say("Epoch"))
        self.plot = CurvePlot(say("Compared runs"))
        self.plot.setObjectName("plot.compared")
        self.plot.set_smoothing(_SMOOTHING)
        self.plot.set_log(str(self._settings.value("runs/log", "false")) == "true")
        self.stack.add(self.plot)
        curves = QWidget()
        column = QVBoxLayout(curves)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(0)
        legend_row = QHBoxLayout()
        legend_row.setContentsMargins(GUTTER, 0, 0, 0)
        legend_row.addWidget(self._legend)
        legend_row.addStretch(1)
        self._unit = Label(style="small", ink="text3")
        legend_row.addWidget(self._unit)
        column.addLayout(legend_row)
        column.addWidget(self.stack, 1)
        self.differences = DifferenceTable()
        self.settings = SettingsView()
        self.settings.like_wanted.connect(self.like_wanted)
        self._nothing = EmptyState(
            "check-square",
            say("Tick runs to compare them"),
            say("Their curves are drawn over one another, and what differs is listed."),
        )
        holder = QWidget()
        self._places = QStackedLayout(holder)
        for view in (self._nothing, curves, self.differences, self.settings):
            self._places.addWidget(view)
        self.add(holder, 1)
        model.changed.connect(self.refresh)
        model.compared.connect(self.refresh)
        self._on_axis_changed(self._axis.value())

    def show_settings(self, run: str, heading: str) -> None:
        """Fetch a run's settings and turn to them."""
        locked = self._model.session.cannot_change
        self._model.settings(
            run, lambda groups: self.settings.show_settings(run, heading, groups, locked)
        )
        self._view.setValue("settings")

    def view(self) -> str:
        """Which of the three is shown."""
        return str(self._view.value())

    def refresh(self) -> None:
        """Show what is ticked now, with one redraw."""
        self._choose_place()
        self._offer_metrics()
        by_time = self._axis.value() == "time"
        series = []
        for run in self._model.ticked:
            line = self._model.session.run_summary(run)
            number = self._model.series_number(run)
            if line is None or number is None or self._metric is None:
                continue
            x, y = self._model.curve(run, self._metric, by_time=by_time)
            series.append(
                Series(
                    run,
                    say("Run {number}", number=line.number),
                    SeriesStyle(number),
                    np.asarray(x, dtype=np.float64),
                    np.asarray(y, dtype=np.float64),
                    raw_opacity=_RAW_OPACITY,
                    best=best_point(y, self._metric),
                )
            )
        self.plot.set_series(series)
        self._say_unit()
        self._legend.set_entries([(each.title, each.style) for each in series])
        self.stack.set_end(max((each.x[-1] for each in series if len(each.x)), default=1.0))
        self.stack.redraw()
        self.differences.show_differences(self._model)

    def _make_head(self) -> None:
        self._metric_choice = Combo([])
        self._metric_choice.setObjectName("runs.metric")
        self._metric_choice.setAccessibleName(say("Compared metric"))
        self._metric_choice.valueChanged.connect(self._on_metric_changed)
        self._legend = Legend()
        self._axis = Segmented([("epochs", say("Epochs")), ("time", say("Time"))])
        self._axis.setObjectName("runs.axis")
        self._axis.setAccessibleName(say("Compare over epochs or time"))
        self._axis.setValue(str(self._settings.value("runs/axis", "epochs")))
        self._axis.valueChanged.connect(self._on_axis_changed)
        self._view = Segmented(
            [
                ("curves", say("Curves")),
                ("differences", say("Differences")),
                ("settings", say("Settings")),
            ]
        )
        self._view.setObjectName("runs.view")
        self._view.setAccessibleName(say("What is shown of the runs"))
        self._view.valueChanged.connect(self._on_view_changed)
        self._more = icon_button("dots-three", say("More about these curves"), small=True)
        self._more.setObjectName("runs.more")
        self._more.clicked.connect(self._show_menu)
        self.head.insertWidget(1, self._metric_choice)
        for widget in (self._axis, self._view, self._more):
            self.add_to_head(widget)

    def _choose_place(self) -> None:
        view = self._view.value()
        curves = view == "curves"
        nothing = not self._model.ticked and view != "settings"
        for widget in (self._legend, self._axis, self._metric_choice, self._more):
            widget.setVisible(curves and not nothing)
        index = {"curves": 1, "differences": 2, "settings": 3}[view]
        self._places.setCurrentIndex(0 if nothing else index)
        titles = {
            "curves": say("Compared"),
            "differences": say("Only what differs"),
            "settings": say("Settings"),
        }
        self.set_title(titles[view])

    def _offer_metrics(self) -> None:
        metrics = self._model.metrics()
        if self._metric not in metrics:
            self._metric = metrics[0] if metrics else None
        with QSignalBlocker(self._metric_choice):
            self._metric_choice.set_options([(name, monitored_title(name)) for name in metrics])
            self._metric_choice.setValue(self._metric)

    def _say_unit(self) -> None:
        words = self._model.unit_words(self._metric) if self._metric else ""
        hidden = self.plot.off_axis()
        if hidden:
            words = say_count(
                hidden,
                "{number} value of 0 or less is not on a logarithmic axis",
                "{number} values of 0 or less are not on a logarithmic axis",
            )
        self._unit.setText(words)

    def _on_metric_changed(self, metric: str) -> None:
        self._metric = metric
        self.refresh()

    def _on_axis_changed(self, axis: str) -> None:
        self._settings.setValue("runs/axis", axis)
        self.stack.reset_zoom()
        self.stack.ruler.title = say("Minutes") if axis == "time" else say("Epoch")
        self.stack.ruler.whole = axis != "time"
        self.stack.heading = seconds_heading if axis == "time" else epoch_heading
        self.refresh()

    def _on_log_toggled(self, log: bool) -> None:
        self._settings.setValue("runs/log", "true" if log else "false")
        self.plot.set_log(log)
        self.refresh()

    def _on_view_changed(self, view: str) -> None:
        self.refresh()
        if view == "settings":
            self.settings_wanted.emit()

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        log = menu.addAction(say("Logarithmic"))
        log.setCheckable(True)
        log.setChecked(self.plot.frame.log)
        log.toggled.connect(self._on_log_toggled)
        reset = menu.addAction(say("Show everything"), self.stack.reset_zoom)
        reset.setEnabled(self.stack.zoom is not None)
        menu.addSeparator()
        name = say("compared runs")
        FigureMenu(lambda: figure_file.of_curves(self.stack, self._legend, name), self).add_to(menu)
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))


class DifferenceTable(QTableWidget):
    """A row for each setting in which the ticked runs differ, a column for each run."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.differences")
        self.setAccessibleName(say("Only what differs"))
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setItemDelegate(RowDelegate(self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(Size.ROW_DATA)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setFixedHeight(Size.TABLE_HEAD)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def show_differences(self, model: RunsModel) -> None:
        """Fill the table anew."""
        found = model.differences()
        lines = [model.session.run_summary(run) for run in model.ticked if run in model.records]
        titles = [say("Run {number}", number=line.number) for line in lines if line]
        self.setColumnCount(1 + len(titles))
        self.setHorizontalHeaderLabels([say("Setting"), *titles])
        self.setRowCount(len(found))
        for row, difference in enumerate(found):
            self.setItem(row, 0, _cell(difference.title, ink="text2", tip=difference.key))
            for column, value in enumerate(difference.values):
                self.setItem(row, column + 1, _cell(value, strong=difference.odd[column]))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        if titles:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            self.setColumnWidth(0, _LABEL_WIDTH)


class SettingsView(QWidget):
    """Every setting of one run, to be read; and the way to a new run like it.

    Signals:
        like_wanted: The person wants a new run like this one.
    """

    like_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runs.settings")
        self.run = ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        line = QHBoxLayout()
        self._heading = Sentence(say("Choose a run in the table."), ink="text2")
        self._like = secondary_button(say("New run like this"), icon="copy", small=True)
        self._like.setObjectName("runs.new_like_shown")
        self._like.clicked.connect(lambda: self.like_wanted.emit(self.run))
        self._like.hide()
        line.addWidget(self._heading, 1)
        line.addWidget(self._like)
        self._column.addLayout(line)
        self._scroll: ColumnScroll | None = None
        self._column.addStretch(1)

    def show_settings(
        self, run: str, heading: str, groups: list[SettingsGroup], locked: str | None = None
    ) -> None:
        """Show these settings instead of those before."""
        self.run = run
        words = say("**{run}** as it was trained; nothing can be changed here.", run=heading)
        self._heading.set_sentence(words)
        self._like.show()
        lock(self._like, locked)
        if self._scroll is not None:
            self._scroll.deleteLater()
        self._scroll = ColumnScroll()
        for group in groups:
            self._scroll.add(Label(group.title, style="strong"))
            for title, key, value, origin in group.rows:
                self._scroll.add(_setting_row(title, key, value, origin))
        self._scroll.finish()
        self._column.insertWidget(1, self._scroll, 10)


def _setting_row(title: str, key: str, value: str, origin: str) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(Space.GRID)
    name = QWidget()
    name.setFixedWidth(Size.LABEL)
    names = QHBoxLayout(name)
    names.setContentsMargins(0, 0, 0, 0)
    names.setSpacing(Space.GRID)
    names.addWidget(Label(title, ink="text2"))
    names.addWidget(Label(key.partition(".")[2], style="mono"))
    names.addStretch(1)
    layout.addWidget(name)
    shown = Label(value)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    shown.setAccessibleName(f"{title}: {value}")
    layout.addWidget(shown)
    layout.addStretch(1)
    layout.addWidget(Label(origin, ink="text3", style="small"))
    return row


def _cell(text: str, *, ink: str = "text", strong: bool = False, tip: str = "") -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setData(INK_ROLE, ink)
    item.setData(STRONG_ROLE, strong)
    item.setToolTip(as_tip(tip or text))
    return item
