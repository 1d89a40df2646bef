"""Numbers as people type them."""

from __future__ import annotations

import pytest

from fitstudio.viewmodel.number_text import plain_text, without_unit


@pytest.mark.parametrize(
    ("typed", "point", "whole", "read"),
    [
        ("0.001", ".", False, "0.001"),
        ("0,001", ".", False, "0.001"),
        ("0,001", ",", False, "0.001"),
        ("0.001", ",", False, "0.001"),
        ("1,000", ".", False, "1000"),
        ("1,000", ",", False, "1.000"),
        ("1,000", ",", True, "1000"),
        ("1.234,5", ",", False, "1234.5"),
        ("1,234.5", ".", False, "1234.5"),
        ("1,234,567", ",", False, "1234567"),
        ("12 000", ".", True, "12000"),
        ("1e-4", ".", False, "1e-4"),
        ("−5", ".", False, "-5"),
        ("1,2,3", ".", False, "1,2,3"),
        ("abc", ".", False, "abc"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, point, whole, read) -> None:
    assert plain_text(typed, decimal_point=point, whole=whole) == read


def test_units_are_taken_off() -> None:
    assert without_unit("20 %", ("%",)) == "20"
    assert without_unit("3 epochs", ("epoch", "epochs")) == "3"
    assert without_unit("20", ("%",)) == "20"
