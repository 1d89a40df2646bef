"""The chip in the header that names the device and shows how much of its memory is taken."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from fitstudio.gui.theme.tokens import Size
from fitstudio.gui.widgets.labels import Label
from fitstudio.gui.widgets.signs import BarMeter, IconMark
from fitstudio.viewmodel.shell.device import DeviceModel
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

_EVERY_MS = 3000


class DeviceChip(QFrame):
    """What a run would train on."""

    def __init__(self, model: DeviceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setObjectName("chip.device")
        self.setProperty("kind", "chip")
        self.setFixedHeight(Size.CONTROL)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(IconMark("cpu", "text2", Size.ICON))
        self._title = Label("", ink="text2")
        self._meter = BarMeter(0.0, ground="border", height=4, width=44)
        self._memory = Label("", ink="text2", style="small")
        for widget in (self._title, self._meter, self._memory):
            row.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(model.look)
        model.changed.connect(self._show)
        self._show()

    def set_compact(self, compact: bool) -> None:
        """Leaves the memory out where the header is narrow."""
        self._compact = compact
        self._show()

    _compact = False

    def _show(self) -> None:
        model = self._model
        self.setVisible(bool(model.title))
        known = model.total > 0 and not self._compact
        self._meter.setVisible(known)
        self._memory.setVisible(known)
        self._title.setText(model.title)
        words = ""
        if model.total > 0:
            used, total = format_bytes(model.used), format_bytes(model.total)
            if used[-2:] == total[-2:]:
                used = used[:-3]
            words = say("{used} of {total}", used=used, total=total)
            self._meter.set_value(model.used / model.total)
            self._memory.setText(words)
        self.setToolTip(model.reason)
        self.setAccessibleName(say("{device}. {used}", device=model.title, used=words))

    def showEvent(self, event: QShowEvent) -> None:
        """Looks at the device from time to time, while it is seen."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Looks no more."""
        super().hideEvent(event)
        self._timer.stop()
