"""Lines below the names that are no samples are left out and said; samples all stay."""

from __future__ import annotations

import pytest

from fitstudio.errors import DataError
from tests.unit.data.awkward_tables import STATISTICS, between, classed, named, numbers, text

HEAD = "Sample,a,b,c"
PEOPLE = ["Ann", "Bo", "Cy", "Dee", "Eve", "Max"]
STATES = ["AL", "AK", "NC", "ND", "SD"]


def left_out(source):
    return sorted(source.oddities.others)


@pytest.mark.parametrize("gap", [[], [""]])
@pytest.mark.parametrize(
    "below",
    [
        STATISTICS,
        ["Total,10,11,12"],
        ["Average,,,12.5"],
        [",Average,,12.5"],
        ["Mean (n=30),1,2,3", "Std. Dev.,1,1,1", "Min:,0,0,0", "Max:,1,2,3"],
        ["Mittelwert,1,2,3", "Standardabweichung,1,1,1"],
        ["Report created 2031-05-02 by Ann"],
        ["Report created 3 May, by Ann"],
        ["Report created 3 May, by Ann, room 2, floor 1, wing 2"],
        ["Report created 2031,,,", "End,,,"],
        ["End of file"],
        ["Std,p,q,r", *named(4, 3, prefix="C")],
    ],
)
def test_what_stands_below_the_table(opened, gap, below):
    lines = [HEAD, *named(30, 3), *gap, *below]
    source = opened(text(lines))

    assert source.rows == 30
    assert left_out(source) == list(range(32 + len(gap), 32 + len(gap) + len(below)))
    finding = next(f for f in source.summary().findings if f.code == "data.other-lines")
    assert str(32 + len(gap)) in finding.sentence
    assert opened(text(lines), options=finding.fix.set["data.options"]).layout.other_lines == "keep"


@pytest.mark.parametrize(
    "below",
    [["End of file"], ["", "Report created", "Operator: Ann"], ["", "p,q,r", *numbers(5, 3)],
     ["p,q,r", *numbers(5, 3)], ["", "p,q,r,s,t", *numbers(5, 5)], ["", "p,q", *numbers(5, 2)]],
)  # fmt: skip
def test_below_a_table_of_numbers_alone(opened, below):
    source = opened(text(["a,b,y", *numbers(30, 3), *below]))

    assert source.rows == 30
    source.refuse_problems()


@pytest.mark.parametrize(
    "lines",
    [
        ["a,b,c", *numbers(9, 3), "", *numbers(9, 3), "", *numbers(9, 3)],
        [HEAD, *named(9, 3), "", *named(8, 3, prefix="V"), "W1,<0.5,1.5,2.5"],
        [HEAD, *named(26, 3), "", "S26,error,bad,7.5"],
        ["who,h,w", *(f"{who},{n},{n / 2}" for n, who in enumerate(PEOPLE))],
        ["state,h,w", *(f"{who},{n},{n / 2}" for n, who in enumerate(STATES))],
        ["stat,h,w", *(f"{kind},{n},{n / 2}" for n, kind in enumerate(["mean", "sd"] * 9))],
        ["stat,h,w", "mean,1,2", "sd,1,2", "min,1,2", "max,1,2"],
        ["p1,p2,kind", *classed(numbers(30, 2), "ok", "kind")],
        ["kind", *["ok", "kind"] * 12],
        ["a,b,c", *numbers(9, 3), "1.5,oops,7.5", *numbers(9, 3)],
        ["a,b,c", *numbers(9, 3), "low,bad,overflow", *numbers(9, 3)],
    ],
)  # fmt: skip
def test_samples_all_stay(opened, lines):
    source = opened(text(lines))

    assert source.rows == sum(1 for line in lines[1:] if line)
    assert not source.oddities.others
    assert not source.oddities.repeated


def test_a_comma_in_a_name_is_still_asked_about(opened):
    lines = ["who,where,v", *(f"P{n} a,room {n},{n * 1.5}" for n in range(30))]
    source = opened(text([*lines[:9], "Smith, Ann,hall,3", *lines[9:]]))

    with pytest.raises(DataError, match="Line 10 has 4 fields"):
        source.refuse_problems()


NAMES = ["p1,p2,kind"]
WORDS = [f"{'ab'[n % 2]},{'xy'[n // 2 % 2]},{'ok' if n % 3 else 'bad'}" for n in range(40)]
VALUES = classed(numbers(40, 2), "ok", "faulty")


@pytest.mark.parametrize(
    ("rows", "head", "again"),
    [
        *((rows, NAMES, NAMES) for rows in (VALUES, WORDS)),
        *((rows, NAMES, ['"P1", p2 ,"kind"']) for rows in (VALUES, WORDS)),
        *((rows, NAMES, ["Logging to: card 3", *NAMES]) for rows in (VALUES, WORDS)),
        (VALUES, [*NAMES, "mV,mV,-"], [*NAMES, "mV,mV,-"]),
        (VALUES, ["Logger,5", "Rate,100,Hz", *NAMES], ["Logger,5", "Rate,100,Hz", *NAMES]),
        (VALUES, ["Logger 5", "", *NAMES], ["Logger 5", "", *NAMES]),
    ],
)
def test_names_that_come_again(opened, rows, head, again):
    source = opened(text([*head, *between(rows, 10, *again)]))

    assert (source.names, source.rows) == (("p1", "p2", "kind"), 40)
    assert len(source.column("kind").classes) == 2
    left = source.oddities.repeated_count + len(source.oddities.others)
    assert left == 3 * len([line for line in again if line])


def test_means_below_each_block(opened):
    lines = [HEAD, *named(12, 3), "", *STATISTICS, "", *named(12, 3, prefix="V"), "", *STATISTICS]
    source = opened(text(lines))

    assert source.rows == 24
    assert len(source.oddities.others) == 6


def test_subtotals_between_and_a_total_below(opened):
    rows = numbers(12, 2)
    blocks = [*(f"N,{row}" for row in rows), "Subtotal,,5", *(f"S,{row}" for row in rows)]
    source = opened(text(["region,a,b", *blocks, "Subtotal,,7", "Grand total,,12"]))

    assert source.rows == 24
    assert len(source.oddities.others) == 3


def test_row_names_whose_heading_comes_again(opened):
    rows = [f'"{row}" {line}' for row, line in enumerate(numbers(20, 2, " "), 1)]
    source = opened(text(['"a" "b"', *between(rows, 10, '"a" "b"')]))

    assert (source.names, source.rows) == (("row", "a", "b"), 20)


def test_more_names_than_any_line_has_fields(opened):
    source = opened(text(["a,b,c", *(f"{n},{n}" for n in range(1, 20))]))
    assert source.names == ("a", "b", "c") and source.rows == 19
    assert source.column("c").missing == 19


@pytest.mark.parametrize("letter", ["P", "Q", "S"])
@pytest.mark.parametrize("blank", ["", "\n"])
def test_samples_that_are_called_as_percentiles_are_kept(opened, letter: str, blank: str):
    names = [*range(1, 9), *range(40, 70), *range(9, 40)]
    lines = [f"{letter}{n:02d},B{n % 3},{n * 0.37 + n % 7:.3f}\n" for n in names]
    lines.insert(len(lines) // 2, blank)
    source = opened("sample,batch,moisture\n" + "".join(lines))
    assert source.rows == len(names)


def test_percentiles_below_samples_of_other_names_are_left_out(opened):
    lines = [f"S{n:02d},B{n % 3},{n * 0.37 + n % 7:.3f}\n" for n in range(30)]
    tail = [f"P{n:02d},,{n / 9:.3f}\n" for n in (5, 25, 75, 95)]
    source = opened("sample,batch,moisture\n" + "".join(lines + tail))
    assert source.rows == 30
