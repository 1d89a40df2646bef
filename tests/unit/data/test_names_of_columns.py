"""The names of columns are found whatever stands above, beside and below them."""

from __future__ import annotations

import pytest

from fitstudio.errors import DataError
from tests.unit.data.awkward_tables import TABLES, classed, ended, named, numbers, spectra, text


def first(source, name):
    return source.scalars(name).numbers()[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["remark", "number", "two", "few"])
def test_fields_behind_the_last_name_get_none(opened, separator, end):
    lines = numbers(30, 3, separator)
    words = {
        "remark": lambda row: f"{separator}{'ok' if row % 3 else 'check'}",
        "number": lambda row: f"{separator}{row * 0.5}",
        "two": lambda row: f"{separator}ok{separator}{row}",
        "few": lambda row: f"{separator}{'odd' if row == 7 else ''}",
    }
    head = separator.join(["temp", "flow", "gain"])
    for options in ({}, {"header_line": 1}):
        source = opened(text([head, *ended(lines, words[end])]), options=options)
        assert source.names[:4] == ("temp", "flow", "gain", "column_4")
        assert first(source, "temp") == float(lines[0].split(separator)[0])
        findings = source.summary().findings
        assert "data.unnamed-column" in [finding.code for finding in findings]


def test_units_below_names_that_are_one_short(opened):
    source = opened(text(["temp,flow", "°C,l/min", *classed(numbers(30, 2), "ok", "check")]))

    assert source.names == ("temp", "flow", "column_3")
    assert [column.unit for column in source.columns] == ["°C", "l/min", None]


@pytest.mark.parametrize(
    "lines",
    [
        ['"a" "b"', *(f'"r{n}" {n} {n / 2}' for n in range(9))],
        ['"a","kind"', *(f'"{n}",{n * 1.5},"{"xy"[n % 2]}"' for n in range(1, 20))],
        ['"a","b"', *(f'"{n * n + 3}",{n * 1.5},{n / 4}' for n in range(1, 20))],
        ["a,b", *(f"{n},{n * 1.5},{n / 4}" for n in range(1, 20))],
    ],
)
def test_row_names_are_found_and_can_be_refused(opened, lines):
    source = opened(text(lines))
    assert source.names[:2] == ("row", "a")
    finding = next(f for f in source.summary().findings if f.code == "data.row-names")
    again = opened(text(lines), options=finding.fix.set["data.options"])
    assert again.names[0] == "a"
    assert again.names[-1] == "column_3"


@pytest.mark.parametrize("words", [("<0.5", "<LOD"), ("OVRFLW", "OVRFLW"), ("n.d.", "error")])
@pytest.mark.parametrize("rows", [30, 5_000])
@pytest.mark.parametrize("above", [[], ["-,ug/l,ug/l,%"], ["-,ug/l,ug/l,%", "Smp,Avg,Avg,Avg"]])
def test_samples_below_a_limit_are_no_names(opened, words, rows, above):
    low = [f"S{row},{words[0]},{words[1]},{row + 0.5}" for row in range(2)]
    source = opened(text(["site,As,Pb,score", *above, *low, *named(rows, 3)]))

    assert source.names == ("site", "As", "Pb", "score")
    assert source.rows == rows + 2
    assert source.column("As").missing == 2


def test_below_a_limit_with_a_single_column_of_numbers(opened):
    source = opened(text(["site,As", "S00,OVRFLW", "S01,OVRFLW", *named(30, 1)]))
    assert (source.names, source.rows) == (("site", "As"), 32)
    source = opened(text(["conc,abs", "blank,0.012", "blank,0.015", *numbers(30, 2)]))
    assert (source.names, source.rows) == (("conc", "abs"), 32)


@pytest.mark.parametrize("gap", [[], [""]])
def test_the_lowest_line_of_words_below_a_preamble_of_pairs(opened, gap):
    top = ["Operator;Smith", "Batch;7", *gap, "conc;abs"]
    source = opened(text([*top, "blank;0.012", "blank;0.015", *numbers(30, 2, ";")]))

    assert (source.names, source.rows) == (("conc", "abs"), 32)


def test_a_preamble_alone_names_nothing(opened):
    source = opened(text(["Instrument: X", "Gain;3", "", *numbers(9, 2, ";")]))

    assert source.names == ("column_1", "column_2")
    assert source.rows == 9


def test_names_units_and_how_values_came_about(opened):
    source = opened(text(TABLES["three lines of names"]))

    assert source.names == ("AirT", "RH", "Load")
    assert [column.unit for column in source.columns] == ["Deg C", "%", "kN"]
    assert source.rows == 30


@pytest.mark.parametrize(
    "below",
    [
        ["Avg,Smp,Max"],
        ["degrees,percent,kilonewtons", "Avg,Smp,Max"],
        ["continuous,continuous,continuous", ",,class"],
        ["c,c,c", ",meta,class"],
        ["float64,float64,float64"],
    ],
)
@pytest.mark.parametrize("told", [False, True])
def test_lines_below_the_names_are_no_samples(opened, below, told):
    lines = ["AirT,RH,Load", *below, *numbers(30, 3)]
    source = opened(text(lines), options={"header_line": 1} if told else {})

    assert (source.names, source.rows) == (("AirT", "RH", "Load"), 30)
    assert {column.type for column in source.columns} == {"number"}


def test_tables_of_orange_keep_their_classes(opened):
    rows = classed(numbers(30, 2, "\t"), "x", "y", separator="\t")
    source = opened(text(["a\tb\tkind", "continuous\tcontinuous\tdiscrete", "\t\tclass", *rows]))
    assert (source.names, source.rows) == (("a", "b", "kind"), 30)
    assert len(source.column("kind").classes) == 2
    words = opened(text(["a\tkind", "discrete\tdiscrete", "\tclass", *["p\tx", "q\ty"] * 9]))
    assert (words.names, words.rows) == (("a", "kind"), 18)


def test_channel_numbers_above_the_names(opened):
    for units in ([], ["°C;l;m;dB"]):
        head = ["1;2;3;4", "temp;flow;level;gain", *units]
        source = opened(text([*head, *numbers(30, 4, ";")]))
        assert (source.names, source.rows) == (("temp", "flow", "level", "gain"), 30)


def test_two_lines_that_name_as_well_are_a_doubt(opened, found):
    source = opened(text(TABLES["two languages"]))

    assert source.rows == 30
    assert "data.unsure-header_line" in found(source)


def test_names_over_several_columns_name_less(opened):
    head = [",Temperature,,Pressure,", "time,inside,outside,low,high"]
    source = opened(text([*head, *numbers(30, 5)]))

    assert source.names == ("time", "inside", "outside", "low", "high")


@pytest.mark.parametrize("corner", [["", ""], [""], ["x", "y"]])
@pytest.mark.parametrize("waves", ["{:.2f}", "{:.0f}"])
@pytest.mark.parametrize(("start", "step"), [(1641.69, -2.0), (400, 2)])
@pytest.mark.parametrize("count", [3, 8])
def test_wavelengths_above_a_map(opened, corner, waves, start, step, count):
    names = [*corner, *(waves.format(start + step * place) for place in range(count))]
    source = opened(text(spectra(names, len(corner))))
    assert source.rows == 25
    assert list(source.names[len(corner) :]) == names[len(corner) :]
    commas = [line.replace(".", ",").replace("\t", ";") for line in spectra(names, len(corner))]
    assert opened(text(commas)).rows == 25


def test_wavelengths_down_the_first_column(opened):
    rows = [f"{400 + 2 * row},{line}" for row, line in enumerate(numbers(30, 5))]
    for head in (",s1,s2,s3,s4,s5", ",1,2,3,4,5"):
        assert opened(text([head, *rows])).rows == 30


def test_a_first_sample_with_a_gap_is_a_sample(opened):
    rows = numbers(30, 6)
    source = opened(text(["," + rows[0].split(",", 1)[1], *rows[1:]]))

    assert source.rows == 30
    assert source.column("column_1").missing == 1


@pytest.mark.parametrize(
    ("head", "end", "which"),
    [
        ("a,b,c", ",", range(1)), ("a,b,c,", "", range(0)), ("a,b,c", ',""', range(20, 30)),
        ("a,b,c", ",  ", range(20, 30)), ("a,b,c", ",,", range(9, 30)), ("a,b,c,", ",", range(30)),
        ("a\tb\tc", "\t", range(20, 30)),
    ],
)  # fmt: skip
def test_separators_at_the_end_belong_to_nothing(opened, head, end, which):
    separator = "\t" if "\t" in head else ","
    rows = ended(numbers(30, 3, separator), lambda row: end if row in which else "")
    source = opened(text([head, *rows]))
    source.refuse_problems()

    assert (source.names, source.rows) == (("a", "b", "c"), 30)
    assert not source.column("c").missing


def test_lines_that_hold_more_can_be_cut_or_left_out(opened):
    lines = TABLES["some lines hold more"]
    source = opened(text(lines))
    with pytest.raises(DataError, match="not clear"):
        source.refuse_problems()
    fixes = [f.fix for f in source.summary().findings if f.code.startswith("data.lines-too-long")]
    rows = [opened(text(lines), options=fix.set["data.options"]).rows for fix in fixes]
    assert [fix.sentence for fix in fixes] == ["Leave them out", "Cut them to fit"]
    assert rows == [35, 40]


def test_text_of_fixed_width(opened):
    for lines in (
        TABLES["fixed width"],
        ["Results of run 5 today", *TABLES["fixed width"]],
        [*TABLES["fixed width"], "", "Mean               10.000     10.00"],
        [line.replace(".", ",") for line in TABLES["fixed width"]],
    ):
        source = opened(text(lines))
        assert source.names == ("Sample", "Mass (mg)", "Yield %")
        assert source.rows == 30
        assert source.scalars("Mass (mg)").numbers()[1] == 1.37
        assert source.column("Sample").type == "id"


def test_gaps_in_text_of_fixed_width_shift_nothing(opened):
    lines = [line[:16] + " " * 9 + line[25:] if row % 7 == 3 else line
             for row, line in enumerate(TABLES["fixed width"])]  # fmt: skip
    source = opened(text(lines))

    assert source.column("Mass (mg)").missing == 4
    assert source.scalars("Yield %").numbers()[2] == 3.4
