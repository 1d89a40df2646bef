"""Tables written in every combination of habits are read back exactly, or the doubt is said."""

from __future__ import annotations

import csv
import io
import random

import numpy as np
import pytest

WORDS = (
    "red", "dark grey", "Öl", "größer, als", "a;b", "tab\tin", 'say "x"', "N/A-ish", "line\nbreak",
)  # fmt: skip


def written(value: float, decimal: str, thousands: str, digits: int) -> str:
    whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
    if thousands:
        whole = f"{int(whole):,}".replace(",", thousands)
    return ("-" if value < 0 else "") + whole + (decimal + rest if rest else "")


@pytest.mark.parametrize("seed", range(60))
def test_what_was_written_is_read(opened, seed):
    draw = random.Random(seed)
    separator = draw.choice(",;\t|")
    decimal = draw.choice(".,") if separator != "," else "."
    thousands = draw.choice(["", "", " ", "'"])
    encoding = draw.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    end = draw.choice(["\n", "\r\n", "\r"])
    rows = draw.choice([8, 30, 200, 700])
    words = draw.sample([word for word in WORDS if "\n" not in word or end == "\n"], 4)
    columns: list[tuple[str, list[float] | list[str]]] = [("n", [])]
    columns += [(draw.choice("nniw"), []) for _ in range(draw.randint(1, 6))]
    cells: list[list[str]] = []
    for kind, values in columns:
        if kind == "w":
            shown = [draw.choice(words) for _ in range(rows)]
            values[:] = shown
        else:
            spread, digits = (
                draw.choice([1, 100, 1e5, 1e7]),
                0 if kind == "i" else draw.choice([2, 4]),
            )
            shown = [
                written(draw.gauss(0, spread), decimal, thousands, digits) for _ in range(rows)
            ]
            values[:] = [
                float(cell.replace(thousands or "\0", "").replace(decimal, ".")) for cell in shown
            ]
            if draw.random() < 0.3:
                shown[rows // 2], values[rows // 2] = draw.choice([("NA", np.nan), ("", np.nan)])
        cells.append(shown)
    out = io.StringIO(newline="")
    out.write("".join(f"Setting {n}{end}" for n in range(draw.choice([0, 0, 3]))))
    quoting = draw.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    table = csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting)
    names = [f"col {place}" for place in range(len(columns))]
    table.writerow(names)
    table.writerows(zip(*cells, strict=True))

    source = opened(out.getvalue().encode(encoding))

    assert list(source.names) == names
    assert source.rows == rows
    for name, (kind, values) in zip(names, columns, strict=True):
        column = source.scalars(name)
        if kind == "w":
            assert column.labels().tolist() == values
        elif not np.array_equal(column.numbers(), values, equal_nan=True):
            # Whole numbers of three digits behind a mark can be read in two ways.
            assert any(not guess.sure for guess in source.guesses if guess.name == "decimal")
