"""A number that is told as doubtful is a number, and can be read in two ways."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from fitstudio.data.formats.text.values.numbers import FORMATS
from fitstudio.data.source import open_source

DAYS = range(10, 29)
FILES = {
    "beside dates": [f"{day}.07.2013 12:00:00;1.{day:03d}" for day in DAYS],
    "beside addresses": [f"120 any st.;1,{day:03d}" for day in DAYS],
    "beside places with numbers": [f"12 345 Str.;1,{day:03d}" for day in DAYS],
    "beside telephones": [f"0{day} 123 456;1.{day:03d}" for day in DAYS],
    "beside versions": [f"1.2.{day};1.{day:03d}" for day in DAYS],
    "beside times": [f"12:{day}:00.5;1,{day:03d}" for day in DAYS],
    "with a unit": [f"{day};1.{day:03d} mm" for day in DAYS],
}


@pytest.mark.parametrize("lines", FILES.values(), ids=FILES)
def test_the_example_can_be_read_in_two_ways(lines: list[str], tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_text("what;size\n" + "\n".join(lines) + "\n", encoding="utf-8")
    with open_source({"file": "file.csv"}, tmp_path) as source:
        found = {each.code: each.sentence for each in source.summary().findings}
    example = re.search(r"Numbers such as (.+) can be read", found["data.unsure-decimal"])
    assert example is not None
    cells = pl.Series([example[1]])
    read = [numbers.read(cells)[0][0] for numbers in FORMATS if numbers.matches(example[1])]
    assert len(np.unique([value for value in read if value is not None])) > 1


def test_nothing_is_told_where_only_words_look_like_numbers(tmp_path: Path) -> None:
    lines = [f"{day}.07.2013 12:00:00;120 any st.;{day}" for day in DAYS]
    (tmp_path / "file.csv").write_text("when;where;y\n" + "\n".join(lines), encoding="utf-8")
    with open_source({"file": "file.csv"}, tmp_path) as source:
        codes = {each.code for each in source.summary().findings}
    assert "data.unsure-decimal" not in codes


@pytest.mark.parametrize("mark", [";", "|"])
@pytest.mark.parametrize("number", ["0{} 123 456", "DE{} 3704 0044", "{} 12 45.5", "49 {} 1200"])
def test_numbers_with_spaces_inside_stay_whole_where_a_mark_parts_the_lines(
    number: str, mark: str, tmp_path: Path
) -> None:
    lines = [f"{number.format(day)}{mark}1.{day}" for day in DAYS]
    (tmp_path / "file.csv").write_text(f"what{mark}size\n" + "\n".join(lines), encoding="utf-8")
    with open_source({"file": "file.csv"}, tmp_path) as source:
        assert source.names == ("what", "size")
        assert source.rows == len(lines)


def test_a_mark_at_the_end_of_lines_parts_nothing(tmp_path: Path) -> None:
    lines = [f"{day} 1.{day} {day + 1};" for day in DAYS]
    (tmp_path / "file.txt").write_text("a b c;\n" + "\n".join(lines), encoding="utf-8")
    with open_source({"file": "file.txt"}, tmp_path) as source:
        assert len(source.names) == 3
