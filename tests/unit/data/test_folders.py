"""A folder of tables is one dataset: columns by name, the file of each row, classes by folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import xlsxwriter

from fitstudio.data.fingerprint import fingerprint, quick_look
from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import Source, kind_of, open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

ROWS = 6


def table(
    path: Path, start: int = 0, names: str = "x,y", above: str = "", decimal: str = "."
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = ";" if decimal == "," else ","
    rows = [
        mark.join([f"{start + n}{decimal}5", *[str(n * n)] * names.count(",")]) for n in range(ROWS)
    ]
    path.write_text("\n".join([*filter(None, [above]), names.replace(",", mark), *rows]) + "\n")


def opened(folder: Path, **options: object) -> Source:
    return open_source({"file": str(folder), "options": options}, folder.parent)


def told(source: Source) -> dict[str, str]:
    return {each.code: each.sentence for each in source.summary().findings}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "runs"
    for kind in ("good", "worn"):
        for number in (10, 2):
            table(made / kind / f"{number}.csv", number)
    return made


def test_rows_stand_below_each_other_with_file_and_class(folder):
    with opened(folder) as source:
        assert (source.kind, source.rows) == ("table", 4 * ROWS)
        assert source.names == ("x", "y", "class", "file")
        assert source.cells("file", 0, 4 * ROWS)[:: ROWS] == [
            "good/2.csv", "good/10.csv", "worn/2.csv", "worn/10.csv",
        ]  # fmt: skip
        assert source.column("class").classes == (("good", 12), ("worn", 12))
        np.testing.assert_allclose(source.scalars("x").numbers()[ROWS : ROWS + 2], [10.5, 11.5])
        assert source.column("file").repeats, "rows of one file belong together"


def test_each_file_is_laid_out_for_itself_and_columns_are_found_by_name(tmp_path):
    table(tmp_path / "t" / "a.csv")
    table(tmp_path / "t" / "b.csv", names="y,x", above="# made by hand")
    table(tmp_path / "t" / "c.csv", names="x,y,heat")
    with opened(tmp_path / "t") as source:
        assert source.names == ("x", "y", "heat", "file")
        assert source.scalars("y").numbers()[ROWS] == 0.5
        assert source.column("heat").missing == 2 * ROWS
        assert "**heat** is missing in 2 files: 'a.csv' and 'b.csv'" in " ".join(
            told(source).values()
        )


def test_workbooks_are_read_too_and_a_note_beside_them_is_left_out(tmp_path):
    for name in ("a", "b"):
        with xlsxwriter.Workbook(_made(tmp_path / "t" / f"{name}.xlsx")) as book:
            sheet = book.add_worksheet()
            for row in range(ROWS):
                sheet.write_row(row, 0, ["x", "y"] if not row else [row / 2, row])
    (tmp_path / "t" / "readme.txt").write_text("measured by Ada\n")
    with opened(tmp_path / "t") as source:
        assert source.rows == 2 * (ROWS - 1)
        assert "'readme.txt'" in told(source)["data.files-left-out"]


def test_what_cannot_be_used_is_left_out_and_named(folder):
    (folder / "good" / "empty.csv").write_text("")
    table(folder / "other.csv", names="u,v,w")
    with opened(folder) as source:
        assert source.rows == 4 * ROWS
        found = told(source)
    assert "'good/empty.csv'" in found["data.files-unreadable"]
    assert "'other.csv'" in found["data.files-unlike"]


def test_what_is_said_of_lines_names_the_file(folder):
    path = folder / "worn" / "2.csv"
    path.write_text(path.read_text().replace("4.5", "4.5 ?"))
    with opened(folder) as source:
        assert "“4.5 ?” in line 4 of worn/2.csv" in told(source)["data.unparsed"]


def test_numbers_written_in_two_ways_are_refused_with_a_file_of_each(tmp_path):
    table(tmp_path / "t" / "a.csv")
    table(tmp_path / "t" / "b.csv", decimal=",")
    with pytest.raises(DataError, match=r"'a\.csv' has Decimal point, 'b\.csv' has Decimal comma"):
        opened(tmp_path / "t")


def test_two_units_of_one_column_are_refused(tmp_path):
    for name, unit in (("a", "[mV]"), ("b", "[V]")):
        rows = "".join(f"{n}.5,{n}\n" for n in range(ROWS))
        _made(tmp_path / "t" / f"{name}.csv").write_text(f"u,n\n{unit},[-]\n{rows}")
    with pytest.raises(DataError, match=r"'u' is in .*mV.* in 'a.csv', and in .*V.* in 'b.csv'"):
        opened(tmp_path / "t")


def test_a_folder_of_parquet_files(tmp_path):
    for number in range(3):
        frame = pl.DataFrame({"x": [float(number), number + 0.5], "n": [1, 2]})
        frame.write_parquet(_made(tmp_path / "t" / f"{number}.parquet"))
    (tmp_path / "t" / "3.parquet").write_bytes(b"PAR1")
    with opened(tmp_path / "t") as source:
        assert (source.kind, source.rows, source.names) == ("columnar", 6, ("x", "n", "file"))
        assert source.cells("file", 0, 6)[::2] == ["0.parquet", "1.parquet", "2.parquet"]
        assert source.column("file").repeats
        assert "'3.parquet'" in told(source)["data.files-unreadable"]


def test_a_change_of_any_file_is_noticed(folder):
    before = fingerprint(folder)
    (folder / "notes.md").write_text("nothing")
    assert fingerprint(folder) == before
    path = folder / "good" / "2.csv"
    path.write_text(path.read_text() + "1.5,1\n")
    assert fingerprint(folder)["sha256"] != before["sha256"]
    assert quick_look(folder)[0] == before["size"] + len("1.5,1\n")


def test_most_files_decide_what_a_folder_is_and_an_empty_one_is_refused(folder, tmp_path):
    (folder / "plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert kind_of(folder) == "table"
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="without files that are one dataset") as caught:
        kind_of(tmp_path / "none")
    assert "Table, Parquet" in str(caught.value.remedy)


def test_a_model_of_a_folder_takes_a_file_and_a_folder(folder, tmp_path):
    spec = RunSpec().with_values({"data.file": str(folder), "fit.x": ["x"], "fit.y": ["y"]})
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    table(tmp_path / "new.csv")
    for file, rows in (("new.csv", ROWS), (str(folder), 4 * ROWS)):
        with open_as_trained(recipe, {"file": file}, tmp_path, notes=[]) as source:
            assert len(recipe.apply(source)[0]) == rows


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
