"""Small tables that loggers, instruments and spreadsheets write, each with a habit of its own."""

from __future__ import annotations

import random
from collections.abc import Callable


def numbers(rows: int, columns: int, separator: str = ",", decimal: str = ".") -> list[str]:
    """Lines of numbers, the same at each call."""
    draw = random.Random(7 * rows + columns)
    return [
        separator.join(f"{draw.uniform(-3, 9):.3f}".replace(".", decimal) for _ in range(columns))
        for _ in range(rows)
    ]


def named(rows: int, columns: int, separator: str = ",", prefix: str = "S") -> list[str]:
    """The same with a name at the start of each line."""
    lines = numbers(rows, columns, separator)
    return [f"{prefix}{place:02}{separator}{line}" for place, line in enumerate(lines)]


def ended(lines: list[str], end: Callable[[int], str]) -> list[str]:
    """The lines with something behind each."""
    return [line + end(place) for place, line in enumerate(lines)]


def classed(lines: list[str], *classes: str, separator: str = ",") -> list[str]:
    """The lines with a class at the end of each."""
    draw = random.Random(len(lines))
    return [f"{line}{separator}{draw.choice(classes)}" for line in lines]


def between(lines: list[str], every: int, *others: str) -> list[str]:
    """The lines with others after each so many, but not at the end."""
    found: list[str] = []
    for place, line in enumerate(lines, 1):
        found.append(line)
        if place % every == 0 and place < len(lines):
            found += others
    return found


def column(cell: Callable[[int], str], separator: str = ",") -> list[str]:
    """A table of a column that is given and one of numbers."""
    return [f"v{separator}y", *(f"{cell(row)}{separator}{row * 3 % 7}" for row in range(30))]


def printed(mass: Callable[[int], str] = lambda row: f"{1 + row * 0.37:.3f}") -> list[str]:
    """Text of fixed width, with single spaces in names and cells."""
    lines = [f"run {row:<8}{mass(row):>12} {row * 1.7:9.2f}" for row in range(30)]
    return ["Sample          Mass (mg)   Yield %", *lines]


def spectra(names: list[str], first: int, rows: int = 25, separator: str = "\t") -> list[str]:
    """A map of spectra: positions, then absorbances below the names given."""
    draw = random.Random(5)
    lines = [
        [*(str((row // 5**place) % 5) for place in range(first))]
        + [f"{draw.uniform(0.09, 0.14):.4f}" for _ in names[first:]]
        for row in range(rows)
    ]
    return [separator.join(line) for line in (names, *lines)]


REMARK = ["temp,flow,gain", *classed(numbers(30, 3), "ok", "check")]
STATISTICS = ["Mean,0.812,1.004,5.60", "SD,0.601,0.398,2.31", "%CV,74.0,39.6,41.2"]
_WAVES = [f"{1641.69 - 0.86 * step:.2f}" for step in range(8)]

# By what is special about them; each is read in one way that is right.
TABLES: dict[str, list[str]] = {
    "a remark without a name": REMARK,
    "row names without a name": [
        '"a","b"', *(f'"{row}",{line}' for row, line in enumerate(numbers(30, 2), 1))
    ],
    "samples below a limit": [
        "site,As,Pb,score", "S00,<0.5,<LOD,1", "S01,<0.5,<LOD,2", *named(30, 3)
    ],
    "an overflow": ["site,As,Pb", "S00,OVRFLW,3", "S01,OVRFLW,4", *named(30, 2)],
    "means below": ["Sample,a,b,c", *named(30, 3), "", *STATISTICS],
    "a note below": ["Sample,a,b,c", *named(30, 3), "Report created 2031-05-01"],
    "a table below": ["Sample,a,b,c", *named(30, 3), "", "Std,p,q,r", *named(4, 3, prefix="C")],
    "thousands or decimals": [
        "a,b,y",
        *(
            f'"{n % 7 + 1},{n * 37 % 900 + 100}","{n % 5 + 2},{n * 53 % 900 + 100}",{n}'
            for n in range(30)
        ),
    ],
    "names again": [
        "p1,p2,kind",
        *between(classed(numbers(40, 2), "ok", "faulty"), 10, "p1,p2,kind"),
    ],
    "three lines of names": [
        '"LOG5","MX1","Station 3"', '"AirT","RH","Load"', '"Deg C","%","kN"', '"Avg","Smp","Max"',
        *numbers(30, 3),
    ],
    "two languages": ["temperature,flow,gain", "Temperatur,Durchfluss,Gewinn", *numbers(30, 3)],
    "wavenumbers": spectra(["", "", *_WAVES], 2),
    "some lines end with a comma": ["a,b,c", *ended(numbers(40, 3), lambda row: "," * (row > 24))],
    "some lines hold more": ["a,b,c", *ended(numbers(40, 3), lambda row: ",x" * (row > 34))],
    "some lines hold less": ["a,b,c", *numbers(30, 3), "1.5,2.5", *numbers(4, 3)],
    "units in cells": column(lambda row: f"{row * 1.5 + 0.2:.1f} mV"),
    "a currency": column(lambda row: f'"${1000 + row * 371.25:,.2f}"'),
    "brackets": column(lambda row: f"({row + 0.5})" if row % 3 else f"{row + 0.5}"),
    "errors": column(lambda row: f"{row + 0.5}±0.1"),
    "marks": column(lambda row: f"{row + 10}{'*' if row % 7 == 0 else ''}"),
    "mixed units": column(lambda row: f"{row + 0.5} {'mV' if row % 3 else 'V'}"),
    "fixed width": printed(),
    "a class called NA": ["dose,mass,ion", *classed(numbers(40, 2), "K", "CA", "NA")],
    "copies": ["a,b,c", *numbers(40, 3), *numbers(40, 3)[:3]],
    "long numbers": ["a,b", *(f"{12345678901234560000 + row},{row * 0.5}" for row in range(30))],
    "infinite": ["a,b", "1e999,1", *numbers(30, 2)],
    "padded": ["code,v", *(f"{row % 9:03},{row * 0.5}" for row in range(30))],
    "dates": ["day,v", *(f"2031-05-{row % 28 + 1:02},{row * 0.5}" for row in range(30))],
    "a stand-in": ["a,b", *numbers(30, 2), "-999,1", "-999,2"],
    "a word among numbers": ["a,b", *numbers(30, 2), "oops,1"],
    "a blank line": ["a,b,c", *numbers(10, 3), "", *numbers(10, 3)],
    "a doubtful separator": ["a,b", *(f"{row},{row % 4}{' x;' * (row % 3)}" for row in range(30))],
}  # fmt: skip


def text(lines: list[str]) -> str:
    """The lines as a file has them."""
    return "\n".join(lines) + "\n"
