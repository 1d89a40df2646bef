"""Editors of one line: number, text, switch, segments, choice, epochs to check in.

An editor passes on what cannot work as it was typed: the check names it under the field and keeps
training from starting, and the text is neither lost nor silently corrected.
"""

from __future__ import annotations

import math
import re
from typing import Any

from PySide6.QtCore import QLocale, QSize
from PySide6.QtWidgets import QStyleOptionComboBox, QWidget

from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.values import Choice, Int, Kind, Real
from fitstudio.gui.theme.sheet import set_property
from fitstudio.gui.theme.tokens import Size, Space
from fitstudio.gui.widgets.buttons import Switch
from fitstudio.gui.widgets.inputs.choice import Combo
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.inputs.segmented import Segmented
from fitstudio.gui.widgets.inputs.text import TextEdit
from fitstudio.viewmodel.number_text import plain_text, without_unit
from fitstudio.words.nouns import one, several

PERCENT_KEYS = frozenset({"fit.validation_split", "data.test_share"})
# A switch keeps room for its focus ring on each side.
SWITCH_MARGIN = 3
# A hint beside a field is lower by this: its one line stands as high as the label's.
HINT_TOP = Space.HALF + 2
_SMALLEST_STEP = 1e-4
_RATES = frozenset({"learning_rate", "epsilon", "min_delta", "min_lr"})


class NumberField(NumberEdit):
    """A number of a setting; text that is none becomes the value, for the check to name it."""

    def __init__(
        self,
        param: Param,
        *,
        small: bool = False,
        digits: int = 10,
        parent: QWidget | None = None,
    ) -> None:
        kind = param.kind
        assert isinstance(kind, Int | Real)
        self._kind: Int | Real = kind
        self._percent = param.key in PERCENT_KEYS
        self._unit = param.unit
        self._digits = digits
        super().__init__(
            whole=isinstance(kind, Int),
            minimum=kind.minimum,
            maximum=kind.maximum,
            open_minimum=isinstance(kind, Real) and kind.open_minimum,
            open_maximum=isinstance(kind, Real) and kind.open_maximum,
            step=_step_of(param),
            default=param.default,
            optional=param.accepts_none,
            unset=param.unset,
            scale=100 if self._percent else 1,
            small=small,
            parent=parent,
        )

    def set_state(self, automatic: str, look: str) -> None:
        """Shows what automatic comes to, and the colour of what was found."""
        self.setPlaceholderText(automatic)
        set_property(self, "state", look)

    def step_by(self, steps: int) -> None:
        """Steps a number; text that is none stays as it is."""
        if isinstance(self._value, str):
            return
        if self._value is None:
            # The first step goes on from what automatic comes to.
            self._value = self._automatic_value()
        if self._step == 0 and self._value == 0:
            # Nothing times ten stays nothing.
            self.setValue(_SMALLEST_STEP if steps > 0 else self._value)
            return
        super().step_by(steps)

    def _automatic_value(self) -> float | int | None:
        number = re.search(r"\d+(\.\d+)?(e-?\d+)?", self.placeholderText())
        if number is None:
            return None
        return int(number[0]) if isinstance(self._kind, Int) else float(number[0])

    def _text_of(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, float) and not self.hasFocus() and self._digits < 10:
            return f"{value * self._scale:.{self._digits}g}"
        if not isinstance(value, int | float):
            return ""
        # 1e-07 reads better as 1e-7.
        return re.sub(r"e([+-])0+", r"e\1", super()._text_of(value)).replace("e+", "e")

    def _show_value(self) -> None:
        text = self._text_of(self._value)
        if not self.hasFocus() and isinstance(self._value, int | float):
            text += self._shown_unit()
        if text != self.text():
            self.setText(text)
            self.setCursorPosition(0)
        self._fit()

    def _shown_unit(self) -> str:
        if self._percent:
            return " %"
        if not self._unit:
            return ""
        noun = self._unit.removesuffix("s")
        is_one = self._value == 1 or noun == self._unit
        return f" {one(noun) if is_one else several(noun)}"

    def _read(self, text: str) -> Any:
        noun = self._unit.removesuffix("s")
        units = (self._unit, noun, f"{self._unit}s", one(noun), several(noun), "%")
        bare = without_unit(text, units)
        if not bare.strip():
            return None if self._optional else text
        whole = isinstance(self._kind, Int)
        plain = plain_text(bare, decimal_point=QLocale().decimalPoint(), whole=whole)
        try:
            value = int(plain) if whole else float(plain)
        except ValueError:
            return bare
        if not math.isfinite(value):
            return bare  # "nan" is a word here: no project file can hold it as a number
        # "0.2" is how programmers write 20 %; a fifth of a per cent is never meant.
        if not self._percent or ("%" not in text and 0 < value < 1):
            return value
        return float(f"{value / 100:.12g}")


def _step_of(param: Param) -> float:
    if isinstance(param.kind, Int):
        return 1
    if param.key in PERCENT_KEYS:
        return 0.05
    if param.name in _RATES or param.name == "learning_rate":
        return 0
    return 0.1


class FrequencyField(NumberEdit):
    """Every so many epochs, or a list of epochs: "1 epoch", "5 epochs", "1, 2, 10"."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        self._kind = param.kind
        super().__init__(whole=True, minimum=1, default=param.default, parent=parent)

    def set_state(self, automatic: str, look: str) -> None:
        """Shows the colour of what was found."""
        del automatic
        set_property(self, "state", look)

    def step_by(self, steps: int) -> None:
        """Steps a number of epochs; a list of epochs stays as it is."""
        # A list of epochs has no next one.
        if isinstance(self.value(), int):
            super().step_by(steps)

    def _text_of(self, value: Any) -> str:
        if isinstance(value, str) or value is None:
            return value or ""
        return self._kind.show(value) if self._kind.check(value) is None else str(value)

    def _show_value(self) -> None:
        text = self._text_of(self._value)
        if isinstance(self._value, int) and not self.hasFocus():
            text += f" {one('epoch') if self._value == 1 else several('epoch')}"
        if text != self.text():
            self.setText(text)

    def _read(self, text: str) -> Any:
        bare = without_unit(text, ("epoch", "epochs", one("epoch"), several("epoch")))
        try:
            return self._kind.parse(bare)
        except ValueError:
            return bare


class TextField(TextEdit):
    """A text, or a list written with commas; what cannot be read is passed on as it stands."""

    def __init__(
        self, param: Param, *, width: int = Size.WIDEST_CHOICE, parent: QWidget | None = None
    ) -> None:
        self._kind: Kind = param.kind
        super().__init__(
            default=param.default,
            optional=param.accepts_none or param.default is None,
            unset=param.unset,
            parse=self._read,
            show=self._shown,
            width=width,
            parent=parent,
        )

    def set_state(self, automatic: str, look: str) -> None:
        """Shows what None means, and the colour of what was found."""
        self.setPlaceholderText(automatic)
        set_property(self, "state", look)

    def _read(self, text: str) -> Any:
        try:
            return self._kind.parse(text)
        except ValueError:
            return text

    def _shown(self, value: Any) -> str:
        return self._kind.show(value) if self._kind.check(value) is None else str(value)


class SwitchField(Switch):
    """On or off."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        default = bool(param.default)
        super().__init__(value=default, default=default, parent=parent)

    def set_state(self, automatic: str, look: str) -> None:
        """A switch has no border to colour."""
        del automatic, look


class SegmentField(Segmented):
    """A few short choices side by side."""

    def __init__(self, param: Param, parent: QWidget | None = None) -> None:
        options = options_of(param)
        super().__init__(options, default=param.default, parent=parent)

    def set_state(self, automatic: str, look: str) -> None:
        """Segments have no border to colour."""
        del automatic, look


class ComboField(Combo):
    """One of many values; where None is one of them, it reads as what it comes to."""

    def __init__(
        self,
        param: Param,
        options: list[tuple[Any, str, str]],
        parent: QWidget | None = None,
    ) -> None:
        self._closed_text = ""
        super().__init__(options, default=param.default, parent=parent)

    def set_state(self, automatic: str, look: str) -> None:
        """Shows what automatic comes to, and the colour of what was found."""
        set_property(self, "state", look)
        if automatic != self._closed_text:
            self._closed_text = automatic
            self.updateGeometry()
            self.update()

    def setValue(self, value: Any) -> None:
        """Chooses a value; one that is not offered, such as a lost column, stays visible."""
        if value is not None and not self.offers(value):
            # A value that is not offered (a column that is gone) stays visible.
            self.set_options([*self._options, (value, str(value), "")])
        super().setValue(value)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Shows, closed, what None comes to."""
        super().initStyleOption(option)
        if self.value() is None and self._closed_text:
            option.currentText = self._closed_text  # pyright: ignore[reportAttributeAccessIssue]

    def sizeHint(self) -> QSize:
        """Wide enough for what None comes to."""
        hint = super().sizeHint()
        wanted = self.fontMetrics().horizontalAdvance(self._closed_text) + 44
        hint.setWidth(min(max(hint.width(), wanted), Size.WIDEST_CHOICE))
        return hint


def options_of(param: Param) -> list[tuple[Any, str]]:
    """The choices of a setting, None first where it is one of them."""
    assert isinstance(param.kind, Choice)
    options: list[tuple[Any, str]] = []
    if param.accepts_none:
        options.append((None, f"{param.unset[:1].upper()}{param.unset[1:]}"))
    return options + [(option.value, option.title) for option in param.kind.options]
