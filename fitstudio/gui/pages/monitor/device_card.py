"""What the run takes of the machine: three meters with fixed scales."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fitstudio.gui.plots.meter import Meter
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.cards import Card
from fitstudio.gui.widgets.labels import Label
from fitstudio.viewmodel.monitor.device_strip import MeterReading
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.words import say

_METERS = 3


class DeviceCard(Card):
    """The device's name and its meters."""

    def __init__(self, model: MonitorModel, parent: QWidget | None = None) -> None:
        super().__init__(say("Device"), parent=parent)
        self.setObjectName("monitor.device")
        self._model = model
        self.set_margins(Space.CARD, 10, Space.CARD, 12)
        self._rows = [_MeterRow() for _ in range(_METERS)]
        for row in self._rows:
            self.add(row, 1)
        self._waiting = Label(say("No measurements yet"), ink="text3")
        self.add(self._waiting)
        self.body.addStretch(0)

    def refresh(self) -> None:
        """Show the model as it is now."""
        device = self._model.device()
        if self.caption.whole_text() != device:
            self.set_title(say("Device"), device)
        readings = self._model.meters()
        self._waiting.setVisible(not readings)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(readings))
            if number < len(readings):
                row.show_reading(readings[number])


class _MeterRow(QWidget):
    """A title over a value, and the meter at the right."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = Label(ink="text2", style="small")
        self._value = Label(style="strong")
        self._rest = Label(ink="text2")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._value)
        line.addWidget(self._rest)
        line.addStretch(1)
        words.addWidget(self._title)
        words.addLayout(line)
        row.addLayout(words, 1)
        self._meter = Meter()
        row.addWidget(self._meter, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_reading(self, reading: MeterReading) -> None:
        """Show a meter's newest value and its course."""
        self._title.setText(reading.title)
        self._value.setText(reading.value)
        self._rest.setText(reading.rest)
        self._meter.set_shares(reading.shares)
        self._meter.setAccessibleName(f"{reading.title} {reading.value} {reading.rest}")
