"""The other settings of the chosen optimiser or loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Entry
from fitstudio.gui.pages.training.editors.entry_form import EntryForm
from fitstudio.gui.widgets.labels import Label
from fitstudio.words import say


class _Unasked:
    """Stands for the entry before it was asked for the first time."""


class SettingsEditor(QWidget):
    """A small form that follows the entry that is chosen elsewhere.

    Args:
        entry: Which entry is chosen now; None while it is automatic.
        leave_out: Names of settings that have an editor elsewhere.
    """

    valueChanged = Signal(object)  # noqa: N815

    def __init__(
        self,
        entry: Callable[[], Entry | None],
        *,
        leave_out: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._entry_of = entry
        self._leave_out = leave_out
        self._entry: Entry | _Unasked | None = _Unasked()
        self._form: EntryForm | None = None
        self._value: dict[str, Any] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._nothing = Label("", ink="text3")
        self._column.addWidget(self._nothing)
        self._follow()

    def value(self) -> dict[str, Any] | None:
        """The settings that were made; None for none."""
        return dict(self._value) if self._value else None

    def setValue(self, value: Any) -> None:
        """Shows other settings."""
        wanted = dict(value) if isinstance(value, Mapping) and value else None
        changed = wanted != self._value
        self._value = wanted
        self._follow()
        if changed:
            self.valueChanged.emit(self.value())

    def reset(self) -> None:
        """Back to the entry's defaults."""
        self.setValue(None)

    def set_state(self, automatic: str, look: str) -> None:
        """Follows the entry that is chosen now."""
        del automatic, look
        self._follow()

    def form(self) -> EntryForm | None:
        """The form of the chosen entry."""
        return self._form

    def _follow(self) -> None:
        entry = self._entry_of()
        if entry is not self._entry:
            self._entry = entry
            if self._form is not None:
                self._column.removeWidget(self._form)
                self._form.hide()
                self._form.deleteLater()
                self._form = None
            has_settings = entry is not None and any(
                param.name not in self._leave_out for param in entry.params
            )
            if entry is not None and has_settings:
                self._form = EntryForm(entry, leave_out=self._leave_out)
                self._form.valueChanged.connect(self._on_form_changed)
                self._column.addWidget(self._form)
            self._nothing.setVisible(not has_settings)
            self._nothing.setText(
                say("{entry} has no other settings.", entry=entry.title)
                if entry is not None
                else say("Choose one first: automatic has no settings of its own.")
            )
        if self._form is not None and self._form.value() != (self._value or {}):
            self._form.blockSignals(True)
            self._form.setValue(self._value)
            self._form.blockSignals(False)

    def _on_form_changed(self, settings: dict[str, Any]) -> None:
        self._value = dict(settings) or None
        self.valueChanged.emit(self.value())
