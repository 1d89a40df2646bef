"""A table of answers is written in the manner of its file, or as a workbook that is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitstudio.data.source import open_source
from fitstudio.errors import UsageError
from fitstudio.worker.jobs.answer_file import (
    Manner,
    answer_cell,
    manner_of,
    refuse_ending,
    refuse_too_many,
    writing,
)

LINES = [
    ["row", "a", "kind", "predicted y"],
    [1, "1,5", "x<y & z", "-0,25"],
    [2, "007", "", "2e-05"],
]


@pytest.mark.parametrize(
    ("text", "output", "manner"),
    [
        ("a,b\n1.5,2\n2.5,3\n", "o.csv", Manner(",", ".")),
        ("a;b\n1,5;2\n2,5;3\n", "o.csv", Manner(";", ",")),
        ("a;b\n1.5;2\n2.5;3\n", "o.csv", Manner(";", ".")),
        ("a\tb\n1,5\t2\n2,5\t3\n", "o.csv", Manner("\t", ",")),
        ('a,b\n"1,25",2\n"2,25",3\n', "o.csv", Manner(";", ",")),
        ("a;b\n1,5;2\n2,5;3\n", "o.tsv", Manner("\t", ",")),
        ("a b\n1.5 2\n2.5 3\n", "o.csv", Manner(",", ".")),
    ],
)
def test_answers_are_written_as_the_file_is(tmp_path, text, output, manner):
    (tmp_path / "t.csv").write_text(text)
    with open_source({"file": "t.csv"}, tmp_path) as source:
        assert manner_of(source, Path(output)) == manner
        assert answer_cell("-1.25", manner) == f"-1{manner.decimal}25"


@pytest.mark.parametrize("decimal", [",", "."])
def test_a_workbook_is_one_and_its_numbers_are_numbers(tmp_path, decimal):
    output = tmp_path / "o.xlsx"
    with writing(output, Manner(";", decimal)) as table:
        for line in LINES:
            table.writerow(
                str(cell).replace(",", decimal) if place else cell
                for place, cell in enumerate(line)
            )
    with open_source({"file": "o.xlsx"}, tmp_path) as source:
        assert list(source.names) == LINES[0]
        assert source.scalars("predicted y").numbers().tolist() == [-0.25, 2e-05]
        assert source.cells("a", 0, 2) == ["1.5", "007"]
        assert source.cells("kind", 0, 2) == ["x<y & z", None]


def test_what_cannot_be_written_is_said_before_anything_is_worked_out():
    for name in ("o.parquet", "o.ods", "o.H5", "o.csv.gz", "o.png", "o.json", "o.sqlite"):
        with pytest.raises(UsageError, match="promises another"):
            refuse_ending(Path(name))
    with pytest.raises(UsageError, match="at most"):
        refuse_too_many(Path("o.xlsx"), 2_000_000)
    for name in ("o.csv", "o.txt", "o", "o.xlsx", "o.tsv", "o.out"):
        refuse_ending(Path(name))
    refuse_too_many(Path("o.csv"), 2_000_000)
