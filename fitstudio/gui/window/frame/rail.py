"""The rail at the left: the stations in the order in which work flows, each with its state."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.gui.pages.registry import PAGES
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.icons import paint_icon
from fitstudio.gui.theme.theme import colour, theme
from fitstudio.gui.theme.tokens import Motion, Radius, Size, Space
from fitstudio.gui.widgets.labels import as_tip
from fitstudio.gui.widgets.signs import State, paint_state
from fitstudio.viewmodel.shell.stations import Station
from fitstudio.words import say

_TICK_MS = 60


class RailItem(QAbstractButton):
    """One entry: icon, title, and a sign for its state or a number."""

    def __init__(self, icon: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._state: State | None = None
        self._count: int | None = None
        self._sentence = ""
        self._narrow = False
        self._angle = 0.0
        self.setText(title)
        self.setAccessibleName(title)
        self.setCheckable(True)
        self.setFixedHeight(Size.RAIL_ITEM)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def state(self) -> State | None:
        """The sign that is shown."""
        return self._state

    def set_station(self, station: Station) -> None:
        """Shows how the station stands."""
        self._state = None if station.count is not None else State(station.state)
        self._count = station.count
        self._sentence = station.sentence
        self._tell()
        self.setAccessibleName(f"{self.text()}, {station.sentence}")
        turning = self._state is State.RUNNING and not theme().reduced_motion
        if turning and not self._timer.isActive():
            self._timer.start()
        elif not turning:
            self._timer.stop()
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Shows the icon alone."""
        self._narrow = narrow
        self._tell()
        self.update()

    def _tell(self) -> None:
        """The tooltip says what is not written: the state, and the title where it is folded."""
        words = [self.text()] if self._narrow or not self._sentence else []
        words += [self._sentence] if self._sentence else []
        self.setToolTip(as_tip(": ".join(words)))

    def sizeHint(self) -> QSize:
        """Icon alone where the rail is narrow."""
        return QSize(Size.RAIL_NARROW if self._narrow else Size.RAIL, Size.RAIL_ITEM)

    def _on_tick(self) -> None:
        self._angle = (self._angle + 360 * _TICK_MS / Motion.ARC_MS) % 360
        if self.isVisible():
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints icon, title, and its sign or number."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(0, 0, 0, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked():
            shade = colour("text")
            shade.setAlphaF(0.06)
            painter.setBrush(shade)
            painter.drawRoundedRect(area.translated(0, 1), Radius.CONTROL, Radius.CONTROL)
            painter.setBrush(colour("raised"))
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
        elif self.underMouse():
            painter.setBrush(colour("hover"))
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
        middle = area.center().y()
        side = Size.ICON_RAIL
        left = (self.width() - side) / 2 if self._narrow else 10.0
        token = "accentText" if self.isChecked() else "text2"
        paint_icon(painter, QRectF(left, middle - side / 2, side, side), self._icon, token)
        self._paint_mark(painter, middle)
        if not self._narrow:
            painter.setFont(fonts.font("strong" if self.isChecked() else "body"))
            painter.setPen(colour("text" if self.isChecked() else "text2"))
            room = area.adjusted(38, 0, -28, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(colour("accentText" if theme().dark else "accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), Radius.CONTROL, Radius.CONTROL)

    def _paint_mark(self, painter: QPainter, middle: float) -> None:
        side = Size.ICON_STATE
        if self._narrow:
            loud = self._state in (State.ATTENTION, State.RUNNING, State.PAUSED, State.FAILED)
            mark = QRectF(self.width() - side + 1, middle - 17, side - 4, side - 4)
            if loud and self._state is not None:
                paint_state(painter, mark, self._state, angle=self._angle)
        elif self._count is not None:
            painter.setFont(fonts.font("body"))
            painter.setPen(colour("text2"))
            room = QRectF(self.width() - 52, 0, 42, self.height() - 1)
            align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(room, align, str(self._count))
        elif self._state is not None:
            mark = QRectF(self.width() - side - 10, middle - side / 2, side, side)
            paint_state(painter, mark, self._state, angle=self._angle)


class Rail(QWidget):
    """All entries; the arrow keys move between them.

    Signals:
        chosen: The name of the page to show.
        help_pressed: The person asks for help.
        settings_pressed: The person asks for the settings.
    """

    chosen = Signal(str)
    help_pressed = Signal()
    settings_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(say("Stations"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.CARDS, Space.HALF, 0, Space.CARDS - 1)
        self._column.setSpacing(2)
        self.items: dict[str, RailItem] = {}
        for entry in PAGES:
            item = RailItem(entry.icon, entry.translated())
            item.setObjectName(f"rail.{entry.name}")
            item.setAutoExclusive(True)
            item.clicked.connect(lambda _on=False, name=entry.name: self.chosen.emit(name))
            self.items[entry.name] = item
            self._column.addWidget(item)
        self._column.addStretch(1)
        self._foot = [
            self._foot_item("question", say("Help"), "rail.help", self.help_pressed),
            self._foot_item("gear", say("Settings"), "rail.settings", self.settings_pressed),
        ]
        self.set_narrow(False)

    def set_current(self, name: str) -> None:
        """Marks the page that is shown."""
        self.items[name].setChecked(True)

    def set_stations(self, stations: Mapping[str, Station]) -> None:
        """Shows how every station stands."""
        for name, station in stations.items():
            self.items[name].set_station(station)

    def set_narrow(self, narrow: bool) -> None:
        """Folds the rail to its icons."""
        side = Space.GRID if narrow else Space.CARDS
        self.setFixedWidth(Size.RAIL_NARROW if narrow else Size.RAIL + Space.CARDS)
        self._column.setContentsMargins(side, Space.HALF, side, Space.CARDS - 1)
        for item in (*self.items.values(), *self._foot):
            item.set_narrow(narrow)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes to the entry above or below by the arrow keys; the ends are the ends."""
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        names = list(self.items)
        focused = next((name for name in names if self.items[name].hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        to = min(max(names.index(focused) + step, 0), len(names) - 1)
        self.items[names[to]].setFocus(Qt.FocusReason.TabFocusReason)
        self.items[names[to]].click()

    def _foot_item(self, icon: str, title: str, name: str, pressed) -> RailItem:
        item = RailItem(icon, title)
        item.setCheckable(False)
        item.setObjectName(name)
        item.clicked.connect(lambda _on=False: pressed.emit())
        self._column.addWidget(item)
        return item
