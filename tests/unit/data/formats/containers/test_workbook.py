"""Workbooks: a sheet is read as the table that it shows, with its own numbers of lines."""

import datetime
import io
import zipfile

import pytest
import xlsxwriter

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

ROWS = [[n * 1.5, "ab"[n % 2], n % 7] for n in range(40)]
NAMES = ["width", "kind", "count"]


def workbook(path, *sheets, merge=()):
    """A workbook; each sheet is its name and its rows of cells."""
    with xlsxwriter.Workbook(str(path)) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, datetime.date | datetime.datetime):
                        sheet.write_datetime(place, column, cell, dates)
                    elif cell is not None:
                        sheet.write(place, column, cell)
            for cells in merge:
                sheet.merge_range(*cells)
    return path


def opened(path, **options):
    return open_source({"file": path.name, "options": options}, path.parent)


def test_names_units_gaps_and_sums_are_found_as_in_text(tmp_path):
    rows = [["Plants of house 3"], [], NAMES, ["cm", "", ""], *ROWS, ["Mean", None, 3.1]]
    rows[6] = [None, "a", 5]
    source = opened(workbook(tmp_path / "a.xlsx", ("Data", rows)))
    summary = source.summary()

    assert summary.names == tuple(NAMES)
    assert (source.rows, source.column("width").unit, source.column("width").missing) == (
        40,
        "cm",
        1,
    )
    assert summary.options["header_line"] == 3
    assert int(source.lines[0]) == 5
    assert "separator" not in summary.options and "encoding" not in summary.options
    assert {guess.name for guess in summary.guesses} == {
        "sheet", "decimal", "header_line", "units_line"
    }  # fmt: skip


def test_read_again_with_its_own_options_it_is_the_same(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Notes", [["by Ada"]]), ("Data", [NAMES, *ROWS]))
    first = opened(path)
    again = opened(path, **first.summary().options)

    assert again.columns == first.columns
    assert again.options == first.options


def test_numbers_keep_all_their_digits_and_dates_their_days(tmp_path):
    day = datetime.datetime(2024, 2, 29)
    rows = [["x", "when", "yes"], *[[0.1 + n / 3, day, bool(n % 2)] for n in range(20)]]
    source = opened(workbook(tmp_path / "a.xlsx", ("Data", rows)))

    # Excel keeps 15 to 17 digits, as the library that writes the file does.
    assert source.scalars("x").numbers()[7] == pytest.approx(0.1 + 7 / 3, rel=1e-15)
    assert source.cells("when", 0, 1) == ["2024-02-29"]
    assert source.column("yes").classes == (("FALSE", 10), ("TRUE", 10))


@pytest.mark.parametrize("decimal", [".", ","])
def test_the_decimal_mark_is_for_cells_of_text_and_spoils_no_number(tmp_path, decimal):
    rows = [["x", "typed"], *[[n + 0.25, f"{n}{decimal}5"] for n in range(20)]]
    source = opened(workbook(tmp_path / "a.xlsx", ("Data", rows)), decimal=decimal)

    assert source.scalars("x").numbers()[3] == 3.25
    assert source.scalars("typed").numbers()[3] == 3.5


def test_the_sheet_with_the_most_cells_is_taken_and_asked_about(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", ("Old", [NAMES, *ROWS[:9]]), ("New", [NAMES, *ROWS]), ("Empty", [])
    )
    guess = opened(path).summary().guesses[0]

    assert (guess.value, guess.sure, guess.choices) == ("New", False, ("Old", "New"))
    assert opened(path, sheet="Old").rows == 9
    with pytest.raises(DataError, match=r"no sheet 'new'.*'Old', 'New', 'Empty'"):
        opened(path, sheet="new")
    with pytest.raises(DataError, match=r"'Empty' of 'a\.xlsx' is empty"):
        opened(path, sheet="Empty")


def test_tables_side_by_side_are_told_apart(tmp_path):
    rows = [[*NAMES, None, "p", "q"]]
    rows += [[*row, None, n, n * 2] if n < 9 else row for n, row in enumerate(ROWS)]
    path = workbook(tmp_path / "a.xlsx", ("Data", rows))
    source = opened(path)
    guess = source.summary().guesses[1]

    assert source.names == tuple(NAMES)
    assert (guess.name, guess.value, guess.sure) == ("cells", "A1:C41", False)
    right = opened(path, cells="e1:f10")
    assert (right.names, right.rows) == (("p", "q"), 9)


@pytest.mark.parametrize("cells", ["A1", "A1:", "1:9", "nonsense", "A0:B0"])
def test_a_range_that_is_none_says_how_one_is_written(tmp_path, cells):
    path = workbook(tmp_path / "a.xlsx", ("Data", [NAMES, *ROWS]))
    with pytest.raises(DataError, match=r"B3:F200|hold the table"):
        opened(path, cells=cells)


def test_cells_merged_over_rows_count_for_each_of_them_and_that_is_said(tmp_path):
    rows = [["group", "x"], *[[None, n * 1.5] for n in range(20)]]
    merge = ((1, 0, 10, 0, "low"), (11, 0, 20, 0, "high"))
    source = opened(workbook(tmp_path / "a.xlsx", ("Data", rows), merge=merge))

    assert source.column("group").classes == (("high", 10), ("low", 10))
    assert "merged" in source.summary().guesses[0].sentence


def test_a_workbook_with_another_ending_is_known_by_what_it_holds(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ("Data", [NAMES, *ROWS]))
    assert opened(path.rename(tmp_path / "a.csv")).rows == 40


def test_other_documents_are_no_workbooks(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    with pytest.raises(DataError, match="cannot be read as a workbook"):
        opened(tmp_path / "a.xlsx")
    whole = workbook(tmp_path / "b.xlsx", ("Data", [NAMES, *ROWS])).read_bytes()
    (tmp_path / "c.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="cannot be read as a workbook"):
        opened(tmp_path / "c.xlsx")


def test_an_empty_workbook_says_so(tmp_path):
    with pytest.raises(DataError, match="its sheets are empty"):
        opened(workbook(tmp_path / "a.xlsx", ("One", []), ("Two", [])))


def trained_on_text(folder):
    """The recipe of a model that was trained on a table with decimal commas."""
    lines = ["width;kind;count", *(f"{w:.1f}".replace(".", ",") + f";{k};{c}" for w, k, c in ROWS)]
    (folder / "train.csv").write_text("\n".join(lines), encoding="utf-8")
    spec = RunSpec(
        data={"file": "train.csv"},
        fit={"x": ["width", "count"], "y": ["kind"]},
        model={"kind": "mlp"},
    )
    with open_source({"file": "train.csv"}, folder) as source:
        recipe = prepare(source, spec, base=folder, seed=1).recipe
    assert recipe.reading is not None
    return recipe, recipe.reading


def test_a_model_trained_on_text_reads_a_workbook(tmp_path):
    recipe, reading = trained_on_text(tmp_path)
    assert reading.options["decimal"] == ","
    workbook(tmp_path / "new.xlsx", ("Later", [NAMES, *ROWS[:12]]))
    notes: list[str] = []
    with open_as_trained(recipe, {"file": "new.xlsx"}, tmp_path, notes=notes) as source:
        assert source.scalars("width").numbers().tolist() == [n * 1.5 for n in range(12)]
    assert notes == []


def test_a_later_workbook_is_read_from_the_sheet_that_has_what_the_model_needs(tmp_path):
    path = workbook(tmp_path / "train.xlsx", ("Data", [NAMES, *ROWS]), ("Other", [["p"], [1], [2]]))
    spec = RunSpec(data={"file": path.name}, fit={"x": ["width", "count"], "y": ["kind"]})
    with opened(path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=1).recipe
    log = [["day", "what"], *[[n, "watered"] for n in range(99)]]
    workbook(tmp_path / "new.xlsx", ("Log", log), ("Data", [NAMES, *ROWS[:12]]))
    with open_as_trained(recipe, {"file": "new.xlsx"}, tmp_path, notes=[]) as source:
        assert source.rows == 12


def test_a_model_trained_on_a_workbook_reads_text(tmp_path):
    path = workbook(tmp_path / "train.xlsx", ("Data", [NAMES, *ROWS]))
    spec = RunSpec(data={"file": path.name}, fit={"x": ["width", "count"], "y": ["kind"]})
    with opened(path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=1).recipe
    (tmp_path / "new.csv").write_text("kind,count,width\na,3,1.5\nb,4,2.5\n")
    with open_as_trained(recipe, {"file": "new.csv"}, tmp_path, notes=[]) as source:
        assert source.scalars("width").numbers().tolist() == [1.5, 2.5]
