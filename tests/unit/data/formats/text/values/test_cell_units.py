"""Numbers with a unit, a currency, brackets, an error or a mark around them."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.data.formats.text.values.cell_units import core_of
from fitstudio.data.preparing.coding.encoding import encode_inputs
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.errors import DataError
from tests.unit.data.awkward_tables import column, text

VALUES = [round(1.25 + row * 11.5, 2) for row in range(30)]


@pytest.mark.parametrize(
    ("written", "separator", "unit"),
    [
        (lambda value: f"{value:.2f} °C", ",", "°C"),
        (lambda value: f"{value:.2f}mV", ",", "mV"),
        (lambda value: f"{value:.2f} m/s2", ",", "m/s2"),
        (lambda value: f"{value:.2f} widgets", ",", "widgets"),
        (lambda value: f"{value:.2f}%", ",", "%"),
        (lambda value: f"${value:.2f}", ",", "$"),
        (lambda value: f"{value:.2f} EUR", ",", "EUR"),
        (lambda value: f"€ {value:.2f}".replace(".", ","), ";", "€"),
        (lambda value: f"{value:.2f}±0.1", ",", None),
        (lambda value: f"{value:.2f} +/- 0.1", ",", None),
        (lambda value: f"{value:.2f}*", ",", None),
    ],
)
def test_numbers_are_read_and_the_unit_is_kept(opened, written, separator, unit):
    source = opened(text(column(lambda row: written(VALUES[row]), separator)))

    assert source.column("v").type == "number"
    assert source.column("v").unit == unit
    assert np.allclose(source.scalars("v").numbers(), VALUES)


def test_thousands_beside_a_currency(opened):
    source = opened(text(column(lambda row: f'"${VALUES[row] * 100:,.2f}"')))
    assert np.allclose(source.scalars("v").numbers(), np.multiply(VALUES, 100))
    written = [f"{value * 100:,.2f}".translate(str.maketrans(",.", ".,")) for value in VALUES]
    source = opened(text(column(lambda row: f"€ {written[row]}", ";")))
    assert np.allclose(source.scalars("v").numbers(), np.multiply(VALUES, 100))


def test_brackets_and_signs(opened, found):
    source = opened(text(column(lambda row: f"({VALUES[row]})" if row % 2 else str(VALUES[row]))))
    signs = [-1 if row % 2 else 1 for row in range(30)]
    assert np.allclose(source.scalars("v").numbers(), np.multiply(VALUES, signs))
    assert "data.brackets" in found(source)
    for minus in ("-$", "$-", "\u2212$"):
        source = opened(text(column(lambda row, minus=minus: f"{minus}{VALUES[row]}")))
        assert np.allclose(source.scalars("v").numbers(), np.negative(VALUES))


@pytest.mark.parametrize("other", ["V", ""])
def test_units_that_differ_are_never_thrown_together(opened, found, other):
    cells = [f"{value} {'mV' if row % 3 else other}".strip() for row, value in enumerate(VALUES)]
    source = opened(text(column(lambda row: cells[row])))
    assert source.column("v").type != "number"
    assert "data.mixed-units" in found(source)
    wanted = opened(text(column(lambda row: cells[row])), columns={"v": {"type": "number"}})
    assert wanted.column("v").missing == 10


def test_below_a_limit_is_no_number_with_a_unit_either(opened, found):
    source = opened(text(column(lambda row: f"{VALUES[row]} mV" if row % 5 else "<0.5 mV")))

    assert source.column("v").type == "number"
    assert source.column("v").missing == 6
    assert "data.unparsed" in found(source)


def test_marked_numbers_can_be_missing(opened):
    lines = column(lambda row: f"{row + 10}{'*' if row % 10 == 0 else ''}")
    assert opened(text(lines)).column("v").missing == 0
    assert opened(text(lines), options={"marked": "missing"}).column("v").missing == 3


@pytest.mark.parametrize(
    "written",
    [
        lambda row: f"S{row}", lambda row: f"{row}a", lambda row: f"{row % 12}:30 pm",
        lambda row: f"{row % 12 + 1} am", lambda row: f"{row} {['Oak', 'Elm', 'Main'][row % 3]}",
        lambda row: f"{row % 28 + 1} May", lambda row: f"2031-05-{row % 28 + 1:02}",
        lambda row: f"{row}-{row + 1}", lambda row: f"192.168.0.{row}", lambda row: f"{row}th",
    ],
)  # fmt: skip
def test_words_with_digits_stay_words(opened, written):
    assert opened(text(column(written))).column("v").type not in ("number", "constant")


def test_the_core_of_cells():
    assert core_of("-12.5 mV") == "-12.5"
    assert core_of("($1,234.50)") == "-1,234.50"
    assert core_of("(5") == "(5"
    assert core_of("blank") == "blank"


def test_words_that_count_as_missing_are_named(opened):
    lines = [
        "dose,ion",
        *(f"{'NA' if n == 3 else n},{['K', 'CA', 'NA'][n % 3]}" for n in range(30)),
    ]
    source = opened(text(lines))
    finding = next(f for f in source.summary().findings if f.code == "data.words-as-gaps")
    assert "“NA” in 10 rows of **ion**" in finding.sentence
    again = opened(text(lines), options=finding.fix.set["data.options"])
    assert dict(again.column("ion").classes) == {"CA": 10, "K": 10, "NA": 10}
    assert again.column("dose").missing == 1


def test_a_new_file_in_another_unit_is_refused_or_told(opened):
    column_of_recipe = RecipeColumn(name="v", role="number", unit="mV")
    for unit in ("mV", "V", "widgets", ""):
        source = opened(text(column(lambda row, unit=unit: f"{VALUES[row]} {unit}".strip())))
        notes: list[str] = []
        if unit == "V":
            with pytest.raises(DataError, match=r"is in V in .*; the model was trained on mV"):
                encode_inputs((column_of_recipe,), source, "drop", notes)
            continue
        encode_inputs((column_of_recipe,), source, "drop", notes)
        assert any("widgets" in note for note in notes) == (unit == "widgets")


def test_a_few_gaps_written_as_in_columns_of_numbers_are_no_news(opened, found):
    lines = [f"{'NA' if n < 4 else n},{'NA' if n == 9 else 'ab'[n % 2]}" for n in range(40)]
    assert "data.words-as-gaps" not in found(opened(text(["dose,ion", *lines])))
    only = [f"{n},{'NA' if n == 9 else 'ab'[n % 2]}" for n in range(40)]
    assert "data.words-as-gaps" in found(opened(text(["dose,ion", *only])))
