"""Dates and times in the spellings that programs and instruments use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from fitstudio.data.formats.text.values.dates import (
    FORMS,
    date_form,
    days,
    shown_order,
    shows_order,
)
from fitstudio.data.preparing.recipe.reading import ColumnReading
from fitstudio.data.source import open_source

# Each writes the same two moments: 31 January 2024, 13:05:00 UTC, and 1 February 2024, midnight.
MOMENTS = {
    "iso": (
        ("2024-01-31T13:05:00Z", "2024-02-01T00:00:00Z"),
        ("2024-01-31T15:05:00+02:00", "2024-02-01T00:00:00+00:00"),
        ("2024-01-31 08:05:00-0500", "2024-01-31 19:00:00-05"),
        ("2024-01-31 13:05:00 UTC", "2024-02-01 00:00 GMT"),
        ("2024-01-31 13:05:00.000", "2024-02-01 00:00:00,000"),
        ("2024-01-31 14:05 +01:00", "2024-02-01"),
        ("2024/01/31 13:05", "2024/02/01 00:00"),
        ("2024.01.31 13:05", "2024.02.01"),
        ("20240131T130500Z", "20240201T000000Z"),
        ("2024-01-31 1:05 PM", "2024-02-01 12:00 AM"),
        ("2024-01-31_13:05:00", "2024-01-31 24:00:00"),
    ),
    "dots": (("31.01.2024 13:05", "1.2.2024"), ("31.01.24 13:05:00", "01.02.24 00:00")),
    "slashes": (
        ("31/01/2024 13:05", "01/02/2024 00:00"),
        ("1/31/24 1:05 PM", "2/1/24 12:00 AM"),
        ("1/31/2024, 1:05:00 p.m.", "2/1/2024"),
        ("31-01-2024 13:05", "01-02-2024"),
    ),
    "named": (
        ("31 Jan 2024 13:05", "1 Feb 2024"),
        ("31-Jan-24 13:05:00", "01-FEB-24"),
        ("Jan 31, 2024 1:05 PM", "February 1, 2024"),
        ("31. Januar 2024 13:05", "1. Februar 2024"),
        ("Wed, 31 Jan 2024 13:05:00 GMT", "Thu, 01 Feb 2024 01:00:00 +0100"),
        ("Wed Jan 31 13:05:00 2024", "Thu Feb  1 00:00:00 2024"),
        ("2024-Jan-31 13:05", "2024-Feb-01"),
    ),
}


@pytest.mark.parametrize(
    ("form", "cells"), [(form, cells) for form, each in MOMENTS.items() for cells in each]
)
def test_every_spelling_is_the_same_moment(form: str, cells: tuple[str, str]):
    column = pl.Series("day", [cells[0], None, cells[1]])
    found, ambiguous = date_form(column)
    counted, bad = days(column, form, "dmy", ambiguous=ambiguous)
    assert found == form
    assert not bad.any()
    moments = [
        None if each is None else datetime.fromtimestamp(0, UTC) + timedelta(days=each)
        for each in counted
    ]
    first, gap, second = moments
    assert first is not None
    assert abs(first - datetime(2024, 1, 31, 13, 5, tzinfo=UTC)) < timedelta(milliseconds=1)
    assert (gap, second) == (None, datetime(2024, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("cells", "starts"),
    [
        (("2024-01", "2024-03"), (19_723, 19_783)),
        (("Jan 2024", "Mar 2024"), (19_723, 19_783)),
        (("01.02.69", "01.02.68"), (-334, 35_825)),
    ],
)
def test_months_and_short_years(cells: tuple[str, str], starts: tuple[int, int]):
    column = pl.Series(list(cells))
    form, ambiguous = date_form(column)
    assert form is not None
    assert tuple(days(column, form, "dmy", ambiguous=ambiguous)[0]) == starts


def test_a_time_of_day_counts_hours():
    column = pl.Series(["10:15", "23:59:59.5", None, "1:30 pm", "12:30 AM"])
    assert date_form(column) == ("time", False)
    counted, _ = days(column, "time", "dmy", ambiguous=False)
    assert counted.to_list() == pytest.approx([10.25, 86_399.5 / 3600, None, 13.5, 0.5])


@pytest.mark.parametrize(
    "cells",
    [
        ("1.2.10", "1.0.12"),
        ("192.168.1.1", "10.0.0.1"),
        ("may 3, 2024", "foo 4, 2024"),
        ("99:99", "12:77"),
        ("Friday", "Monday"),
        ("12/7", "3/4"),
        ("A-12-2024", "B-13-2024"),
        ("2024-W05", "2024-W06"),
    ],
)
def test_what_only_looks_like_a_date_is_none(cells: tuple[str, str]):
    assert date_form(pl.Series(list(cells))) == (None, False)


def test_a_day_that_no_month_has_is_no_date():
    column = pl.Series(["2024-02-30", "2024-02-29"])
    counted, bad = days(column, "iso", "dmy", ambiguous=False)
    assert counted.to_list() == [None, 19_782]
    assert bad.to_list() == [True, False]


def test_dashes_have_the_same_open_order_as_slashes():
    column = pl.Series(["01-02-2024", "03-04-2024"])
    assert date_form(column) == ("slashes", True)
    assert shown_order(column) is None
    assert days(column, "slashes", "dmy", ambiguous=True)[0][0] == 19_754
    assert days(column, "slashes", "mdy", ambiguous=True)[0][0] == 19_724
    assert shown_order(pl.Series(["13-02-2024"])) == "dmy"
    assert shows_order(pl.Series(["13-02-2024", "1/2/2024"]), "dmy").to_list() == [True, False]


def test_every_form_can_be_kept_in_a_model():
    for form in FORMS:
        assert ColumnReading.from_json({"dates": form}).dates == form


def test_a_column_of_times_says_what_it_would_count(tmp_path):
    rows = "".join(f"{n % 24:02d}:{n % 60:02d},{n * 0.5}\n" for n in range(40))
    (tmp_path / "log.csv").write_text("time,level\n" + rows)
    with open_source({"file": "log.csv"}, tmp_path) as source:
        summary = source.summary()
        column = summary.column("time")
        (finding,) = [each for each in summary.findings if each.code == "data.times"]
    assert column is not None
    assert not column.dates
    assert "hours since midnight" in finding.sentence
    assert finding.fix is not None
    columns = finding.fix.set["data.columns"]
    with open_source({"file": "log.csv", "columns": columns}, tmp_path) as s:
        counted = s.column("time")
        assert (counted.type, counted.unit) == ("number", "hours")
        assert s.scalars("time").numbers()[:2].tolist() == [0.0, 1 + 1 / 60]
