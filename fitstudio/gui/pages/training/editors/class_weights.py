"""How much each class counts: a table with names, rows, weights and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollBar, QVBoxLayout, QWidget

from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.values import Real
from fitstudio.declared.task.balanced_class_weights import balanced_weights
from fitstudio.gui.pages.training.editors.fields import NumberField
from fitstudio.gui.theme.tokens import Space
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.labels import ElidedLabel, Label
from fitstudio.gui.widgets.signs import BarMeter
from fitstudio.words import marked, say
from fitstudio.words.numbers import format_count

_ROWS_SEEN = 12
_NAME_WIDTH = 112
_COUNT_WIDTH = 64
_WEIGHT = Param(
    section="fit",
    name="class_weight",
    kind=Real(minimum=0.0),
    title=marked("Weight"),
    help=marked("How much a row of this class counts."),
    default=1.0,
)


@dataclass(frozen=True)
class ClassRow:
    """One class: its name and its rows in training."""

    name: str
    count: int


class ClassWeightsEditor(QWidget):
    """Off, balanced or own weights; the table is there while weights are on.

    `mode` is a control of its own, for the head of the card. The rows on screen are a window on all
    classes, so that a thousand of them cost no more than a dozen.
    """

    valueChanged = Signal(object)  # noqa: N815 - the editors' common names follow Qt's

    OFF, BALANCED, OWN = "off", "balanced", "own"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: list[ClassRow] = []
        self._value: Any = None
        self._own = False
        self._look = ""
        self.mode = Segmented(
            [
                (self.OFF, say("Off")),
                (self.BALANCED, say("Balanced")),
                (self.OWN, say("Own")),
            ]
        )
        self.mode.setAccessibleName(say("Class weights"))
        self.mode.valueChanged.connect(self._on_mode)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.HALF)
        column.addWidget(self._headings())
        body = QHBoxLayout()
        body.setSpacing(Space.GRID)
        self._rows = [_WeightRow(self) for _ in range(_ROWS_SEEN)]
        lines = QVBoxLayout()
        lines.setSpacing(Space.HALF)
        for row in self._rows:
            lines.addWidget(row)
            row.weightChanged.connect(self._on_weight)
        body.addLayout(lines, 1)
        self._bar = QScrollBar(Qt.Orientation.Vertical)
        self._bar.setSingleStep(1)
        self._bar.setPageStep(_ROWS_SEEN)
        self._bar.valueChanged.connect(lambda _place: self._show())
        body.addWidget(self._bar)
        column.addLayout(body)
        self.setFocusProxy(self.mode)
        self._show()

    def _headings(self) -> QWidget:
        head = QWidget()
        grid = _columns(head)
        self._name_heading = Label(say("Class"), ink="text2", style="small")
        grid.addWidget(self._name_heading, 0, 0)
        grid.addWidget(Label(say("Rows in training"), ink="text2", style="small"), 0, 1)
        grid.addWidget(Label(say("Weight"), ink="text2", style="small"), 0, 3)
        grid.addWidget(Label(say("Counts as"), ink="text2", style="small"), 0, 4)
        return head

    def set_classes(self, names: Sequence[str], counts: Sequence[int], heading: str) -> None:
        """Tells which classes there are.

        Args:
            names: In the order of class numbers.
            counts: Rows of each in training.
            heading: What the classes are classes of, the target's name.
        """
        classes = [ClassRow(name, count) for name, count in zip(names, counts)]
        if classes == self._classes:
            return
        self._classes = classes
        self._name_heading.setText(heading)
        self._show()

    def value(self) -> Any:
        """The weights by class number; None while off."""
        return dict(self._value) if isinstance(self._value, Mapping) else self._value

    def setValue(self, value: Any) -> None:
        """Shows other weights."""
        wanted = dict(value) if isinstance(value, Mapping) and value else value or None
        changed = wanted != self._value
        self._value = wanted
        self._show()
        if changed:
            self.valueChanged.emit(self.value())

    def reset(self) -> None:
        """No weights."""
        self._own = False
        self.setValue(None)

    def balance(self) -> None:
        """Lets each class count the same."""
        self._own = False
        self.setValue(self._balanced() or None)

    def set_state(self, automatic: str, look: str) -> None:
        """Shows the colour of what was found at the weights."""
        del automatic
        self._look = look
        self._show()

    def weight_field(self, number: int) -> NumberField:
        """The field of a class that is on screen now."""
        return self._rows[number - self._bar.value()].field

    def _balanced(self) -> dict[int, float]:
        return balanced_weights([each.count for each in self._classes])

    def _mode_now(self) -> str:
        if not isinstance(self._value, Mapping) or not self._value:
            return self.OFF
        balanced = not self._own and dict(self._value) == self._balanced()
        return self.BALANCED if balanced else self.OWN

    def _on_mode(self, mode: str) -> None:
        if mode == self.OFF:
            self.reset()
        elif mode == self.BALANCED:
            self.balance()
        else:
            self._own = True
            weights = self._value or dict.fromkeys(range(len(self._classes)), 1.0)
            self.setValue(weights or None)

    def _on_weight(self, number: int, weight: Any) -> None:
        known = dict(self._value) if isinstance(self._value, Mapping) else {}
        weights = {each: known.get(each, 1.0) for each in range(len(self._classes))}
        weights[number] = weight
        self._own = True
        self.setValue(weights)

    def _show(self) -> None:
        mode = self._mode_now()
        self.mode.blockSignals(True)
        self.mode.setValue(mode)
        self.mode.blockSignals(False)
        self.setVisible(mode != self.OFF)
        beyond = max(0, len(self._classes) - _ROWS_SEEN)
        self._bar.setMaximum(beyond)
        self._bar.setVisible(beyond > 0)
        weights = self._value if isinstance(self._value, Mapping) else {}
        first = self._bar.value()
        amounts = [
            each.count * _number(weights.get(number, 1.0))
            for number, each in enumerate(self._classes)
        ]
        longest = max([*amounts, *(each.count for each in self._classes), 1.0])
        for place, row in enumerate(self._rows):
            number = first + place
            row.setVisible(number < len(self._classes))
            if number < len(self._classes):
                each = self._classes[number]
                row.show_class(
                    number, each, weights.get(number, 1.0), amounts[number], longest, self._look
                )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scrolls the table a row, as long as there is something to scroll."""
        if self._bar.maximum() > 0:
            self._bar.setValue(self._bar.value() - (1 if event.angleDelta().y() > 0 else -1))
            event.accept()
        else:
            event.ignore()


class _WeightRow(QWidget):
    """name · count bar · count · weight · effective bar · effective count."""

    weightChanged = Signal(int, object)  # noqa: N815

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        grid = _columns(self)
        self._name = ElidedLabel("")
        self._bar = BarMeter(fill="neutralBar", height=10)
        self._count = Label("")
        self.field = NumberField(_WEIGHT, small=True, digits=3)
        self.field.valueChanged.connect(
            lambda weight: self.weightChanged.emit(self._number, weight)
        )
        self._effective_bar = BarMeter(fill="accent", height=10)
        self._effective = Label("")
        for column, widget in enumerate(
            (self._name, self._bar, self._count, self.field, self._effective_bar, self._effective)
        ):
            grid.addWidget(widget, 0, column)

    def show_class(
        self,
        number: int,
        row: ClassRow,
        weight: Any,
        amount: float,
        longest: float,
        look: str,
    ) -> None:
        """Shows a class."""
        self._number = number
        self._name.setText(row.name)
        self._bar.set_value(row.count / longest)
        self._count.setText(format_count(row.count))
        self._effective_bar.set_value(amount / longest)
        self._effective.setText(f"{amount:,.0f}")
        self.field.setAccessibleName(say("Weight of {row}", row=row.name))
        self.field.blockSignals(True)
        if not self.field.hasFocus() or self.field.value() != weight:
            self.field.setValue(weight)
        self.field.blockSignals(False)
        self.field.set_state("", look if look == "error" else "")


def _columns(widget: QWidget) -> QGridLayout:
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(Space.HINT)
    grid.setColumnMinimumWidth(0, _NAME_WIDTH)
    grid.setColumnMinimumWidth(2, _COUNT_WIDTH)
    grid.setColumnMinimumWidth(3, 84)
    grid.setColumnMinimumWidth(5, 52)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(4, 1)
    return grid


def _number(weight: Any) -> float:
    return float(weight) if isinstance(weight, int | float) else 0.0
