"""The settings of one entry of the catalogue (a callback, an optimiser …) as a small form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fitstudio.declared.kinds.composed import OneOf
from fitstudio.declared.kinds.conditions import Situation
from fitstudio.declared.kinds.fit_values import ValidationFreq
from fitstudio.declared.kinds.param import Entry, Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Real
from fitstudio.gui.pages.training.editors.fields import (
    SWITCH_MARGIN,
    ComboField,
    FrequencyField,
    NumberField,
    SegmentField,
    SwitchField,
    TextField,
    options_of,
)
from fitstudio.gui.theme import fonts
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.labels import Label, Sentence
from fitstudio.gui.widgets.lock import lock
from fitstudio.words import say

_MOST_SEGMENTS = 4
_LONGEST_SEGMENTS = 34


def simple_field(param: Param, parent: QWidget | None = None) -> Any:
    """The one-line editor for a setting's kind."""
    kind = param.kind
    if isinstance(kind, Flag):
        return SwitchField(param, parent)
    if isinstance(kind, Int | Real):
        return NumberField(param, parent=parent)
    if isinstance(kind, ValidationFreq):
        return FrequencyField(param, parent)
    if isinstance(kind, Choice):
        options = options_of(param)
        length = sum(len(text) for _, text in options)
        if 2 <= len(options) <= _MOST_SEGMENTS and length <= _LONGEST_SEGMENTS:
            return SegmentField(param, parent)
        helps = {option.value: option.help for option in kind.options}
        return ComboField(param, [(v, text, helps.get(v, "")) for v, text in options], parent)
    if isinstance(kind, OneOf):
        return TextField(param, width=Size.NUMBER, parent=parent)
    return TextField(param, parent=parent)


class EntryForm(QWidget):
    """One row for each setting; tells the settings that differ from their defaults.

    Args:
        entry: Whose settings they are.
        leave_out: Names of settings that have an editor elsewhere.
        monitors: Names that can be watched, for a setting called "monitor".
    """

    valueChanged = Signal(object)  # noqa: N815

    def __init__(
        self,
        entry: Entry,
        *,
        leave_out: Sequence[str] = (),
        monitors: Sequence[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._entry = entry
        self._params = [param for param in entry.params if param.name not in leave_out]
        self._values: dict[str, Any] = {}
        self._fields: dict[str, Any] = {}
        self._labels: dict[str, Label] = {}
        self._label_width = max(
            (_label_width(param) for param in self._params), default=Size.LABEL - Space.CARD
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.GRID)
        for param in self._params:
            column.addLayout(self._line(param, monitors))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._show()

    def _line(self, param: Param, monitors: Sequence[str]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(0)
        label = QWidget()
        label.setFixedSize(self._label_width, Size.CONTROL)
        inside = QHBoxLayout(label)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.GRID)
        title = Label(param.title)
        inside.addWidget(title)
        inside.addWidget(Label(param.name, style="mono"), 1)
        inside.addStretch(1)
        field = self._field(param, monitors)
        field.setAccessibleName(f"{param.title} ({param.name})")
        field.setToolTip(param.help)
        field.setProperty("setting", param.name)
        field.valueChanged.connect(lambda value, name=param.name: self._on_changed(name, value))
        margin = SWITCH_MARGIN if isinstance(field, SwitchField) else 0
        line.addWidget(label)
        line.addSpacing(Space.HINT - margin)
        line.addWidget(field)
        line.addSpacing(Space.HINT)
        line.addWidget(Sentence(param.help, ink="text3"), 1)
        self._fields[param.name] = field
        self._labels[param.name] = title
        return line

    def _field(self, param: Param, monitors: Sequence[str]) -> Any:
        if param.name == "monitor" and monitors:
            return ComboField(param, [(name, name, "") for name in monitors])
        return simple_field(param)

    def field(self, name: str) -> Any:
        """The editor of a setting."""
        return self._fields[name]

    def value(self) -> dict[str, Any]:
        """The settings that were made."""
        return dict(self._values)

    def setValue(self, value: Mapping[str, Any] | None) -> None:
        """Shows other settings."""
        wanted = dict(value) if isinstance(value, Mapping) else {}
        if wanted == self._values:
            return
        self._values = wanted
        self._show()
        self.valueChanged.emit(self.value())

    def _show(self) -> None:
        for param in self._params:
            field = self._fields[param.name]
            field.blockSignals(True)
            field.setValue(self._values.get(param.name, param.default))
            field.blockSignals(False)
        self._show_states()

    def _show_states(self) -> None:
        values = self._entry.defaults() | self._values
        known = {param.key: values[param.name] for param in self._params}
        given = {
            param.key for param in self._params if known[param.key] not in (param.default, None)
        }
        situation = Situation(known, frozenset(given))
        for param in self._params:
            field = self._fields[param.name]
            wrong = param.check(values[param.name]) is not None and not (
                values[param.name] is None and param.default is None
            )
            field.set_state(param.unset, "error" if wrong else "")
            applies = param.applies.holds(situation)
            reason = None if applies else param.applies.why_not(situation)
            lock(field, reason and say("Ignored: {reason}", reason=reason))
            self._labels[param.name].set_ink("text" if applies else "text3")

    def _on_changed(self, name: str, value: Any) -> None:
        param = next(each for each in self._params if each.name == name)
        is_default = value == param.default and type(value) is type(param.default)
        if is_default or value is None:
            self._values.pop(name, None)
        else:
            self._values[name] = value
        self._show_states()
        self.valueChanged.emit(self.value())


def _label_width(param: Param) -> int:
    """The room for a setting's title and name: as in the form around it, or what they need."""
    title = QFontMetrics(fonts.font("body")).horizontalAdvance(param.title)
    name = QFontMetrics(fonts.font("mono")).horizontalAdvance(param.name)
    return max(Size.LABEL - Space.CARD, title + Space.GRID + name + Space.HALF)
