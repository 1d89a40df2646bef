"""One table, written in many ways, reads as the same names and values."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from fitstudio.data.columns.source import Source

NAMES = ["sample", "temp", "flow", "level", "kind"]
ROWS = 36


@dataclass
class Table:
    """What every way of writing holds."""

    samples: list[str] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    @classmethod
    def drawn(cls, seed: int) -> Table:
        draw = random.Random(seed)
        return cls(
            [f"S{row:02}" for row in range(ROWS)],
            [[round(draw.uniform(-40, 900), 4) for _ in range(3)] for _ in range(ROWS)],
            [draw.choice(["ok", "worn"]) for _ in range(ROWS)],
        )


@dataclass(frozen=True)
class Way:
    """How a table is written; one habit each."""

    separator: str = ","
    decimal: str = "."
    preamble: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    processing: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    again: int = 0
    ends: str = ""  # "all", "names", "some"
    gap: int = 0
    cell_unit: str = ""
    quoted: bool = False


def written(table: Table, way: Way) -> str:
    def joined(cells) -> str:
        shown = [f'"{cell}"' if way.quoted else cell for cell in cells]
        return way.separator.join(shown)

    def ended(line: str, which: str) -> str:
        return line + way.separator if way.ends in (which, "all") else line

    head = [ended(joined(NAMES), "names")]
    head += [joined(each) for each in (way.units, way.processing) if each]
    body: list[str] = []
    for row in range(ROWS):
        cells = [f"{value:.4f}".replace(".", way.decimal) for value in table.numbers[row]]
        cells = [f"{cell}{way.cell_unit}" for cell in cells]
        line = joined([table.samples[row], *cells, table.kinds[row]])
        body.append(ended(line, "some" if row % 3 == 0 else "all"))
        if way.again and row % way.again == way.again - 1 and row < ROWS - 1:
            body += head
        if way.gap and row % way.gap == way.gap - 1 and row < ROWS - 1:
            body.append("")
    footer = [line.replace(".", way.decimal).replace(";", way.separator) for line in way.footer]
    return "\n".join([*way.preamble, *head, *body, *footer]) + "\n"


def assert_the_same(source: Source, table: Table) -> None:
    assert list(source.names) == NAMES
    assert source.rows == ROWS
    assert source.scalars("sample").labels().tolist() == table.samples
    assert source.scalars("kind").labels().tolist() == table.kinds
    assert source.column("kind").type == "category"
    for place, name in enumerate(NAMES[1:4]):
        assert source.column(name).type == "number"
        wanted = [values[place] for values in table.numbers]
        assert np.allclose(source.scalars(name).numbers(), wanted, rtol=0, atol=1e-12)


LOGGER = ("Logger: Station 3", "Operator: Smith", "")
PAIRS = ("Operator;Smith", "Rate;100", "Date;2031-05-01", "")
UNITS = ("-", "°C", "l/min", "mm", "-")
PROCESSING = ("Smp", "Avg", "Max", "Avg", "Smp")
MEANS = ("", "Mean;1.5;2.5;3.5;", "SD;0.5;0.5;0.5;")
NOTES = ("", "Report created by hand", "End of file")
SECOND = ("", "Standard;p;q;r;use", "C1;1.5;2.5;3.5;yes", "C2;1.5;2.5;3.5;no")
HABITS = {
    "separator": [",", ";", "\t", "|"],
    "preamble": [(), LOGGER, PAIRS],
    "units": [(), UNITS],
    "processing": [(), PROCESSING],
    "footer": [(), MEANS, MEANS[1:], NOTES, NOTES[1:], ("Total;1.5;2.5;3.5;",), SECOND],
    "again": [0, 9],
    "ends": ["", "all", "names", "some"],
    "gap": [0, 12],
    "cell_unit": ["", " mV", "V"],
    "quoted": [False, True],
}


@pytest.mark.parametrize("habit", HABITS)
def test_one_habit_changes_nothing(opened, habit):
    table = Table.drawn(1)
    for value in HABITS[habit]:
        assert_the_same(opened(written(table, Way(**{habit: value}))), table)


@pytest.mark.parametrize("seed", range(80))
def test_habits_together_change_nothing(opened, seed):
    draw = random.Random(seed)
    table = Table.drawn(seed)
    chosen = {habit: draw.choice(values) for habit, values in HABITS.items()}
    if draw.random() < 0.3 and chosen["separator"] != ",":
        chosen["decimal"] = ","
    assert_the_same(opened(written(table, Way(**chosen))), table)


@pytest.mark.parametrize("seed", range(6))
def test_a_field_without_a_name_shifts_no_column(opened, seed):
    table = Table.drawn(seed)
    lines = written(table, Way(separator=",;\t"[seed % 3])).splitlines()
    separator = ",;\t"[seed % 3]
    remark = [lines[0], *(f"{line}{separator}{'x' * (seed % 2)}odd" for line in lines[1:])]
    source = opened("\n".join(remark) + "\n")
    assert list(source.names)[:5] == NAMES
    assert source.scalars("temp").numbers().tolist() == [row[0] for row in table.numbers]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_numbered_rows_without_a_heading_shift_no_column(opened, separator):
    table = Table.drawn(2)
    lines = written(table, Way(separator=separator)).splitlines()
    numbered = [
        f'"{row}"{separator}{line.split(separator, 1)[1]}' for row, line in enumerate(lines)
    ]
    source = opened("\n".join([lines[0].split(separator, 1)[1], *numbered[1:]]) + "\n")
    assert list(source.names) == ["row", *NAMES[1:]]
    assert source.scalars("temp").numbers().tolist() == [row[0] for row in table.numbers]
