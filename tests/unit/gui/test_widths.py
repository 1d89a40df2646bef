"""What numbers have room for: a field makes room for its number, a cell shows fewer digits."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics

from fitstudio.gui.theme import fonts
from fitstudio.gui.widgets.inputs.number import NumberEdit
from fitstudio.gui.widgets.tables import shown_in


def test_a_field_is_as_wide_as_its_number(qtbot):
    field = NumberEdit(default=1.0, small=True)
    qtbot.addWidget(field)
    narrow = field.width()
    field.setValue(-1.234567891e-17)

    needed = QFontMetrics(field.font()).horizontalAdvance(field.text())
    assert field.text() == "-1.234567891e-17"
    assert field.width() >= needed + 40 > narrow
    field.setValue(2.0)
    assert field.width() == narrow


def test_a_cell_without_room_shows_fewer_digits(qapp):
    metrics = QFontMetrics(fonts.font("body"))
    room = metrics.horizontalAdvance("0.00012") + 2

    assert shown_in(metrics, "0.000123456", room, number=True) == "0.00012"
    assert shown_in(metrics, "000123456789", room).endswith("…"), "a name of digits is no number"
