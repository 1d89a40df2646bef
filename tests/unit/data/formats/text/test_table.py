"""Each kind of awkward text file that was met in real life: right, or refused, never wrong."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.declared.kinds.param import Severity
from fitstudio.errors import DataError


def numbers(source, name):
    return source.read([name])[name].tolist()


def types(source):
    return {column.name: column.type for column in source.columns}


def test_semicolons_and_decimal_commas(opened):
    source = opened("a;b;c\n1,5;2,25;x\n3,5;4,125;y\n5,0;1,5;x\n")

    assert numbers(source, "a") == [1.5, 3.5, 5.0]
    assert numbers(source, "b") == [2.25, 4.125, 1.5]
    assert source.read(["c"])["c"].tolist() == ["x", "y", "x"]
    labels = [guess.label for guess in source.guesses]
    assert labels[:2] == ["Semicolon-separated", "Decimal comma"]


def test_points_between_thousands_and_a_decimal_comma(opened):
    source = opened("v;n\n1.234,56;1\n12.000,10;2\n1.234.567,25;3\n")

    assert numbers(source, "v") == [1234.56, 12000.1, 1234567.25]


def test_commas_between_thousands_in_quotes(opened):
    source = opened('v,n\n"1,234.56",1\n"12,000.10",2\n999,3\n')

    assert numbers(source, "v") == [1234.56, 12000.1, 999.0]


def test_quoted_thousands_in_a_comma_separated_file_are_no_decimals(opened, found):
    source = opened('v,n\n"1,234",1\n"12,000",2\n"3,500",3\n')

    assert numbers(source, "v") == [1234.0, 12000.0, 3500.0]
    assert "data.unsure-decimal" in found(source)


def test_one_mark_that_is_said_leaves_the_other_to_be_found(opened):
    text = 'v,n\n"1,234",1\n"12,000",2\n"3,500",3\n'

    assert numbers(opened(text, options={"decimal": "."}), "v") == [1234.0, 12000.0, 3500.0]
    assert numbers(opened(text, options={"decimal": ","}), "v") == [1.234, 12.0, 3.5]
    assert numbers(opened(text, options={"thousands": ","}), "v") == [1234.0, 12000.0, 3500.0]
    assert numbers(opened(text, options={"thousands": ""}), "v") == [1.234, 12.0, 3.5]


def test_spaces_between_thousands(opened):
    source = opened("v;n\n1 234,5;1\n12\u00a0000,25;2\n7,5;3\n")

    assert numbers(source, "v") == [1234.5, 12000.25, 7.5]


def test_grouping_that_shows_only_far_down_is_found(opened):
    rows = "".join(f"{n % 999},5;{n}\n" for n in range(1, 900))
    source = opened("v;n\n" + rows + "1.234,5;900\n")

    assert numbers(source, "v")[-1] == 1234.5
    assert source.scalars("v").unparsed.size == 0


def test_missing_markers_are_recognised_shown_and_counted(opened):
    source = opened("a,b,c,d,e\n1,2,3,4,x\nNA,-,#N/A,?,y\n3,4,5,6,x\n5,6,7,8,NA\n")

    assert np.isnan([numbers(source, name)[1] for name in "abcd"]).all()
    assert source.column("e").missing == 1
    guess = next(guess for guess in source.guesses if guess.name == "missing")
    assert set(guess.value) == {"NA", "-", "#N/A", "?"}
    assert guess.label.startswith("Missing: ")


def test_a_dash_in_a_column_of_words_is_a_word(opened):
    source = opened("sign,n\n-,1\n+,2\n-,3\n+,4\n")

    assert source.read(["sign"])["sign"].tolist() == ["-", "+", "-", "+"]


def test_markers_that_a_person_lists_are_the_only_ones(opened):
    source = opened("a,b\n1,NA\n-9,x\n3,NA\n4,x\n", options={"missing": ["-9"]})

    assert np.isnan(numbers(source, "a")[1])
    assert source.column("b").missing == 0


def test_numbers_that_stand_for_nothing_are_asked_about(opened, found):
    text = "a,b\n" + "".join(f"{n * 0.1:.1f},{n}\n" for n in range(30)) + "-999,1\n-999,2\n"
    finding = next(f for f in opened(text).summary().findings if f.code == "data.stand-in")
    source = opened(text, options=finding.fix.set["data.options"])

    assert source.column("a").missing == 2
    assert "data.stand-in" not in found(source)


def test_text_after_many_rows_of_numbers_is_counted_and_placed(opened):
    rows = "".join(f"{n},{n}\n" for n in range(20_000))
    source = opened("a,b\n" + rows + "oops,1\n")

    column = source.column("a")
    assert (column.type, column.unparsed, column.missing) == ("number", 1, 1)
    finding = next(f for f in source.summary().findings if f.code == "data.unparsed")
    assert "“oops” in line 20002" in finding.sentence
    assert finding.fix.set["data.options"]["missing_numbers"][-1] == "oops"


def test_decimals_after_many_rows_of_whole_numbers(opened):
    rows = "".join(f"{n}\n" for n in range(20_000))
    source = opened("a\n" + rows + "0.5\n")

    assert numbers(source, "a")[-1] == 0.5


def test_too_many_fields_stop_until_a_person_decides(opened, found):
    text = "a,b,c\n1,2,3\n4,5,6,7\n8,9,10\n11,12,13\n"
    finding = next(f for f in opened(text).summary().findings if f.code == "data.lines-too-long")

    assert finding.severity is Severity.ERROR
    assert "Line 3" in finding.sentence
    options = finding.fix.set["data.options"]
    with pytest.raises(DataError, match="Line 3 has 4 fields instead of 3"):
        opened(text).refuse_problems()
    skipped = opened(text, options=options)
    skipped.refuse_problems()
    assert numbers(skipped, "a") == [1, 8, 11]
    assert numbers(opened(text, options={"ragged": "cut"}), "a") == [1, 4, 8, 11]
    assert all(f.severity is Severity.ADVICE for f in skipped.summary().findings)


def test_too_few_fields_are_missing_values_and_said(opened):
    source = opened("a,b,c\n1,2,3\n4,5\n8,9,10\n11,12,13\n")

    assert np.isnan(numbers(source, "c")[1])
    finding = next(f for f in source.summary().findings if f.code == "data.lines-too-short")
    assert "Line 3" in finding.sentence


def test_double_and_empty_names_are_changed_visibly(opened):
    source = opened("a,a,,a_2\n1,2,3,4\n5,6,7,8\n")

    assert source.names == ("a", "a_2_2", "column_3", "a_2") or len(set(source.names)) == 4
    assert source.read([source.names[1]])[source.names[1]].tolist() == [2, 6]
    finding = next(f for f in source.summary().findings if f.code == "data.renamed")
    assert "column_3" in finding.sentence
    assert source.column(source.names[1]).title == "a"


def test_a_block_of_comments_then_a_blank_line(opened):
    source = opened("# spectrometer 5\n# 2026-01-02\n\na,b\n1,2\n3,4\n")

    assert source.names == ("a", "b")
    assert source.rows == 2


def test_names_behind_a_comment_mark(opened):
    source = opened("# length width\n1.0 2.0\n3.5   4.5\n5.0 6.0\n")

    assert source.names == ("length", "width")
    assert numbers(source, "width") == [2.0, 4.5, 6.0]


def test_an_instruments_preamble_two_fields_wide_and_a_line_of_units(opened):
    source = opened(
        "Operator;Smith\nDate;2026-01-02\nIntegration;100\n\nWavelength;Intensity\nnm;a.u.\n"
        "400;0,12\n401;0,13\n402;0,15\n403;0,14\n"
    )

    assert source.names == ("Wavelength", "Intensity")
    assert numbers(source, "Intensity") == [0.12, 0.13, 0.15, 0.14]
    assert source.column("Wavelength").unit == "nm"
    assert source.options["units_line"] == 6


def test_seven_lines_above_wavelengths_as_names(opened):
    preamble = "".join(f"Setting {n}: {n * 1.5}\n" for n in range(7))
    names = ";".join(["sample_id", "protein", *(str(400 + 2 * n) for n in range(20))])
    rows = "".join(
        ";".join([f"s{n}", f"{n / 7:.3f}".replace(".", ","), *["0,5", "0,25"] * 10]) + "\n"
        for n in range(30)
    )
    source = opened(preamble + names + "\n" + rows)

    assert source.names[:3] == ("sample_id", "protein", "400")
    assert source.rows == 30
    assert types(source)["sample_id"] == "id"


def test_names_that_are_numbers_in_even_steps(opened):
    head = ";".join(str(400 + 2 * n) for n in range(10))
    rows = "".join(
        ";".join(f"0,{(n * 7 + m * 3) % 10}" for m in range(10)) + "\n" for n in range(9)
    )
    source = opened(head + "\n" + rows)

    assert source.names[:2] == ("400", "402")
    assert source.rows == 9


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_every_kind_of_line_end(opened, end):
    source = opened(end.join(["a,b", "1,2", "3,4", ""]))

    assert source.rows == 2
    assert numbers(source, "b") == [2, 4]


def test_zero_bytes_are_taken_out_and_said(opened, found):
    rows = "".join(f"{n},{n}\n" for n in range(200))
    source = opened(("a,b\n" + rows).encode() + b"1\x00,2\n")

    assert numbers(source, "a")[-1] == 1
    assert "data.zero-characters" in found(source)


def test_a_binary_file_is_no_table(opened):
    with pytest.raises(DataError, match="no text file"):
        opened(b"a,b\n" + bytes(range(256)) * 4 + b"\x00" * 200)


def test_padded_numbers_are_names(opened, found):
    source = opened("id,v\n007,1\n012,2\n013,3\n007,4\n")

    assert source.read(["id"])["id"].tolist() == ["007", "012", "013", "007"]
    assert "data.padded" in found(source)
    as_numbers = opened("id,v\n007,1\n012,2\n013,3\n", columns={"id": {"type": "number"}})
    assert numbers(as_numbers, "id") == [7, 12, 13]


def test_numbers_too_large_are_flagged(opened, found):
    source = opened("a,b\n1,1\n1e999,2\n3,3\n-1e999,4\n")

    assert source.column("a").infinite == 2
    assert source.column("a").maximum == 3
    assert "data.infinite" in found(source)


def test_twenty_digits_are_flagged_as_rounded(opened, found):
    source = opened("a,b\n12345678901234567890,1\n12345678901234567891,2\n3,3\n")

    assert "data.long-numbers" in found(source)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"  \n\n  \n", "nothing but blanks"),
        (b"a,b,c\n", "no rows"),
    ],
)
def test_files_without_rows_are_refused_in_words(opened, content, words):
    if content == b"a,b,c\n":
        # A line of words alone is taken for a row; with names asked for, nothing is left.
        with pytest.raises(DataError, match=words):
            opened(content, options={"header_line": 1})
    else:
        with pytest.raises(DataError, match=words):
            opened(content)


def test_a_quote_that_never_ends_is_text_and_said(opened, found):
    source = opened('name,v\n"abc,2\nb,3\nd,4\n')

    assert source.rows == 3
    assert numbers(source, "v") == [2, 3, 4]
    assert "data.quote-open" in found(source)


def test_quotes_with_separators_line_ends_and_quotes_inside(opened):
    source = opened('name,v\n"x,y",1\n"two\nlines",2\n"say ""hi""",3\n5" pipe,4\n')

    assert source.rows == 4
    assert source.text("name").to_list() == ["x,y", "two\nlines", 'say "hi"', '5" pipe']
    assert numbers(source, "v") == [1, 2, 3, 4]


def test_rows_of_separators_alone_are_blank(opened):
    source = opened("a,b\n1,2\n3,4\n" + ",\n" * 9 + ",,,\n" * 5)

    assert source.rows == 2
    assert source.names == ("a", "b")


def test_values_below_a_limit_are_gaps_in_a_column_of_numbers(opened):
    source = opened("s,result\na,<0.5\nb,1.2\nc,3.4\nd,< 0.5\ne,2.2\nf,>90\n")

    column = source.column("result")
    assert (column.type, column.missing, column.unparsed) == ("number", 3, 3)


def test_percentages_are_numbers(opened):
    source = opened("name,share\na,12%\nb,15 %\nc,20.5%\n")

    assert numbers(source, "share") == [12, 15, 20.5]
    assert source.column("share").unit == "%"
    assert opened("name,share\na,12%\nb,0.15\nc,20.5%\n").column("share").type != "number"


def test_a_line_that_only_names_the_separator(opened):
    source = opened("sep=;\na;b\n1,5;2\n2,5;3\n")

    assert source.names == ("a", "b")
    assert numbers(source, "a") == [1.5, 2.5]


def test_one_column(opened):
    source = opened('price\n"1,200"\n"3,400"\n"1,100"\n')

    assert source.names == ("price",)
    assert numbers(source, "price") == [1200, 3400, 1100]
    assert numbers(opened("v\n1\n2.5\n4\n"), "v") == [1, 2.5, 4]


def test_numbers_in_a_row_that_do_not_start_at_one_are_no_row_numbers(opened):
    rows = "".join(f"{400 + n},{n * 0.3:.1f}\n" for n in range(20))

    assert types(opened("wavelength,v\n" + rows))["wavelength"] == "number"


def test_no_line_with_names(opened):
    source = opened("1,2.5\n3,4.5\n5,6.5\n")

    assert source.names == ("column_1", "column_2")
    assert source.rows == 3


def test_cells_that_look_like_formulas_are_text(opened):
    source = opened("a,b\n=1+1,1\n@sum,2\n+x,3\n=1+1,4\n")

    assert source.text("a").to_list() == ["=1+1", "@sum", "+x", "=1+1"]


def test_a_separator_at_every_lines_end_adds_no_column(opened):
    source = opened("a,b\n1,2,\n3,4,\n5,6,\n")

    assert source.names == ("a", "b")
    assert source.oddities.trailing


def test_row_names_without_a_header_as_r_writes_them(opened):
    source = opened('"a" "b"\n"r1" 1 2\n"r2" 3 4\n"r3" 5 6\n')

    assert source.names == ("row", "a", "b")
    assert numbers(source, "a") == [1, 3, 5]


def test_blank_lines_are_left_out_and_counted(opened):
    source = opened("a,b\n1,2\n\n3,4\n   \n5,6\n\n\n")

    assert source.rows == 3
    assert source.oddities.blank == 2


def test_dates_are_text_until_a_person_wants_days(opened, found):
    text = "day,v\n2026-01-01,1\n2026-01-02,2\n2026-01-11,3\n"
    source = opened(text)

    assert "data.dates" in found(source)
    assert source.column("day").type == "text"
    days = numbers(opened(text, columns={"day": {"type": "number"}}), "day")
    assert np.diff(days).tolist() == [1, 9]


def test_a_table_of_dates_is_parted(opened):
    source = opened("start,end\n2026-01-02,2026-02-03\n2026-01-03,2026-02-04\n")

    assert source.names == ("start", "end")
    assert opened("a;b\n01.02.2026;02.03.2026\n03.02.2026;04.03.2026\n").names == ("a", "b")


@pytest.mark.parametrize(
    ("first", "later", "step"), [("13.01.2026", "14.02.2026", 32), ("01/31/2026", "02/01/2026", 1)]
)
def test_dates_in_other_orders(opened, first, later, step):
    source = opened(
        f"day,v\n{first},1\n{later},2\n{later},3\n", columns={"day": {"type": "number"}}
    )

    assert np.diff(numbers(source, "day"))[0] == step


def test_dates_whose_order_is_open_are_asked_about(opened, found):
    text = "day,v\n01/02/2026,1\n03/04/2026,2\n"
    columns = {"day": {"type": "number"}}

    assert "data.date-order" in found(opened(text, columns=columns))
    days = numbers(opened(text, columns=columns, options={"dates": "mdy"}), "day")
    assert days[0] == 20_455  # 2 January 2026


def test_types_of_columns(opened):
    rows = "".join(f"{n},s{n},{'ab'[n % 2]},{n * 0.37:.2f},same,{n % 3},\n" for n in range(40))
    source = opened("nr,name,kind,size,fixed,code,nothing\n" + rows)

    assert types(source) == {
        "nr": "id", "name": "id", "kind": "category", "size": "number", "fixed": "constant",
        "code": "number", "nothing": "constant",
    }  # fmt: skip
    assert source.column("code").classes == (("0", 14), ("1", 13), ("2", 13))
    assert source.column("kind").classes == (("a", 20), ("b", 20))


def test_a_number_can_be_taken_for_a_category(opened):
    source = opened("code,v\n1,1\n2.0,2\n10,3\n1.0,4\n", columns={"code": {"type": "category"}})

    assert source.column("code").classes == (("1", 2), ("2", 1), ("10", 1))
    assert source.read(["code"])["code"].tolist() == ["1", "2", "10", "1"]


def test_sorted_rows_show(opened):
    rows = "".join(f"{'abc'[n // 20]},{(n * 7) % 60}\n" for n in range(60))
    column = opened("kind,v\n" + rows).column("kind")

    assert column.sorted_runs
    assert column.runs == (("a", 20), ("b", 20), ("c", 20))


def test_mixed_rows_are_not_called_sorted(opened):
    rng = np.random.default_rng(1)
    rows = "".join(f"{'abc'[rng.integers(3)]},{n}\n" for n in range(60))

    assert not opened("kind,v\n" + rows).column("kind").sorted_runs


def test_gaps_in_several_columns_are_counted_by_row(opened):
    source = opened("a,b,c\n1,2,x\n,2,y\n3,,x\n,,y\n5,6,x\n")
    summary = source.summary()

    assert summary.complete_rows == 2
    assert summary.complete_rows_for(["a"]) == 3
    assert summary.complete_rows_for(["a", "b", "c"]) == 2
    assert summary.complete_rows_for(["c"]) == 5


def test_columns_that_tell_each_other_are_named(opened):
    rows = "".join(
        f"{n * 1.5},{n * 3 + 1},{'ab'[n % 2]},{'xy'[n % 2]},{(n * 7) % 5}\n" for n in range(40)
    )
    twins = opened("a,b,c,d,e\n" + rows).summary().twins

    assert ("a", "b", "proportional") in twins
    assert ("c", "d", "one-to-one") in twins
    assert not any("e" in pair[:2] for pair in twins)


def test_copies_of_rows_are_counted(opened, found):
    rows = [f"{n * 0.37:.2f},{n % 5},{'ab'[n % 2]}" for n in range(50)]
    source = opened("a,b,c\n" + "\n".join([*rows, rows[3], rows[4]]) + "\n")

    assert "data.duplicates" in found(source)


def test_the_options_of_a_summary_read_the_same_again(opened):
    text = "x;größe\n1.234,5;a\n-;b\n7,25;a\n".encode("cp1252")
    first = opened(text)
    again = opened(text, options=first.options)

    assert again.names == first.names
    assert np.array_equal(
        again.scalars("x").numbers(), first.scalars("x").numbers(), equal_nan=True
    )
    assert again.options == first.options


@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"}, {"separator": "::"}, {"decimal": "x"}, {"header_line": -1},
        {"missing": "NA"}, {"ragged": "guess"}, {"decimal": ",", "thousands": ","},
        {"encoding": "no such"},
    ],
)  # fmt: skip
def test_impossible_options_are_refused(opened, options):
    with pytest.raises(DataError):
        opened("a,b\n1,2\n", options=options)


def test_five_thousand_columns(opened):
    head = ",".join(f"c{n}" for n in range(5_000))
    row = ",".join(str(n % 7) for n in range(5_000))
    few = ",".join(f"c{n}" for n in range(200))
    dates = ",".join("2026-01-02" for n in range(200))
    source = opened("\n".join([head, row, row, row.replace("3", "4")]) + "\n")

    assert len(source.columns) == 5_000
    many = opened("\n".join([few, dates, dates]) + "\n").summary().findings
    assert len(many) < 20
    assert "195 more columns" in many[-1].sentence


def test_many_classes_are_not_listed(opened):
    rows = "".join(f"k{n % 5_000},{n % 7}\n" for n in range(10_000))
    source = opened("many,v\n" + rows)

    assert source.column("many").type == "text"
    assert source.column("many").distinct == 5_000


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("book.xlsx", b"PK\x03\x04 and more", "workbook"),
        ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "Office"),
        ("x.csv", b"PAR1....", "damaged"),
        ("x.csv", b"\x1f\x8b\x08\x00", "damaged"),
        ("x.csv", b"\x80\x04\x95\x10", "pickle"),
        ("x.csv", b"%PDF-1.7", "PDF"),
    ],
)
def test_files_of_other_programs_are_named(opened, name, head, words):
    with pytest.raises(DataError, match=words):
        opened(head, name)


def test_a_column_that_looks_otherwise_leaves_the_others_as_they_are(opened):
    rows = "".join(f'{n}.25,"{n % 20},{n * 37 % 1000:03d}",{n * 3}.5\n' for n in range(60))
    source = opened("a,b,y\n" + rows)
    assert source.layout.numbers.decimal == "."
    assert (source.column("a").type, source.column("y").type) == ("number", "number")
    assert not len(source.scalars("a").unparsed)


def test_thousands_of_columns_are_each_looked_at_once(opened):
    names = [f"c{n}" for n in range(2_000)]
    line = ",".join("1.5" for _ in names)
    source = opened(",".join([*names[:-1], "c0"]) + "\n" + (line + "\n") * 6)
    assert len(source.names) == 2_000
    assert source.names[-1] == "c0_2"
    assert source.summary().columns[7].type == "constant"


@pytest.mark.parametrize("head", [",,412,443,490,510,560,665", "x,y,412,443,490,510,560,665"])
def test_bands_that_lie_unevenly_are_names(opened, head):
    rows = [
        f"{n},{n % 3}," + ",".join(f"{(n * 7 + k * 5) % 11 / 100 + 0.1:.3f}" for k in range(6))
        for n in range(20)
    ]
    source = opened("\n".join([head, *rows]))

    assert source.rows == 20
    assert "412" in source.names


def test_too_few_words_above_are_told_of(opened, found):
    source = opened("\n".join(["temp,flow", *(f"{n},{n}.5,x,{n % 3}" for n in range(20))]))

    assert source.rows == 20
    assert "data.unsure-header_line" in found(source)


def test_words_that_leave_one_class_are_told_of(opened, found):
    source = opened(
        "\n".join(["a,kind", *(f"{n},{'null' if n % 2 else 'low'}" for n in range(20))])
    )

    assert "data.words-as-gaps" in found(source)


@pytest.mark.parametrize(("cell", "told"), [("{}.5k", True), ("~{}.25", True), ("{}A", False)])
def test_numbers_with_something_else_around_them_are_told_of(opened, found, cell, told):
    lines = ["a,y", *(cell.format(n) + f",{n % 7}" for n in range(20))]
    lines[3] = lines[3].replace("k", "M")
    assert ("data.numbers-in-words" in found(opened("\n".join(lines)))) == told
