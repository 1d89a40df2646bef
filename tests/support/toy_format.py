"""A format that FitStudio does not have, declared and read as any other: a line for each column.

COLUMNS 1
size: 1 2 3
weight: 4 5 6
"""

from __future__ import annotations

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.reader import Asked, Reader
from fitstudio.data.formats.readers import READERS
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.formats.registry import FORMATS
from fitstudio.declared.kinds.values import Real
from fitstudio.errors import DataError

TOY = Format(
    name="toy",
    title="Toy columns",
    help="A line for each column",
    params=(
        ReadingOption(
            name="factor",
            kind=Real(minimum=0, open_minimum=True),
            default=1.0,
            title="Times",
            help="What every number is multiplied with.",
        ),
    ),
    called=("Toy",),
    endings=(".toy",),
    signatures=(Signature(b"COLUMNS 1"),),
    content="toy columns",
)


def open_toy(asked: Asked) -> Source:
    """Opens a file of columns."""
    factor = float(asked.options.get("factor", 1.0))
    arrays: dict[str, np.ndarray] = {}
    for line in asked.path.read_text(encoding="utf-8").splitlines()[1:]:
        name, _, cells = line.partition(":")
        arrays[name] = np.array(cells.split(), float) * factor
    if len({len(array) for array in arrays.values()}) != 1:
        raise DataError(f"{asked.file!r} has columns of different lengths.", code="data.damaged")
    return ArraySource(
        asked.path, asked.file, "toy", arrays, types=asked.columns, options=asked.options
    )


def register() -> None:
    """Makes the format known: what a line in either table does for a format of the program."""
    FORMATS["toy"] = TOY
    READERS["toy"] = lambda: Reader(open=open_toy)


def forget() -> None:
    """Takes the format out of the tables."""
    FORMATS.pop("toy", None)
    READERS.pop("toy", None)
