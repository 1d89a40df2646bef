"""Where each sample comes from: the way back from what ``fit()`` gets to the row of a file.

A sample is what a model learns from at a time; today it is one row of one file. Rows that cannot be
used have no sample, and samples may stand in another order than their rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

NO_SAMPLE = -1


@dataclass(frozen=True)
class Place:
    """Where one sample comes from.

    Args:
        source: The file, as it is shown.
        row: The row in it, from 0.
        name: The picture file that it is; "" where rows are no files.
    """

    source: str
    row: int
    name: str = ""

    @property
    def number(self) -> int:
        """The row's number as a person counts, from 1."""
        return self.row + 1


@dataclass(frozen=True, eq=False)
class SampleIndex:
    """Samples in their order, each with its source and the row there.

    Args:
        source: The file that they come from, as it is shown.
        rows: For each sample its row, from 0.
        names: For each row of the file the picture that it is; None where rows are no files.
    """

    source: str
    rows: np.ndarray
    names: Sequence[str] | None = None

    @classmethod
    def of_rows(
        cls, source: str, usable: np.ndarray, names: Sequence[str] | None = None
    ) -> SampleIndex:
        """A sample for each row that can be used, in the order of the file.

        Args:
            source: The file, as it is shown.
            usable: For each row of it whether it can be used.
            names: For each row the picture that it is, where rows are files.
        """
        return cls(source, np.flatnonzero(usable), names)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, sample: int) -> Place:
        row = int(self.rows[sample])
        return Place(self.source, row, self.names[row] if self.names is not None else "")

    def __iter__(self) -> Iterator[Place]:
        return (self[sample] for sample in range(len(self)))

    def taken(self, samples: np.ndarray | slice) -> SampleIndex:
        """Some of the samples: by their numbers in this order, by a mask, or a slice of them."""
        return SampleIndex(self.source, self.rows[samples], self.names)

    def sample_of_each_row(self, rows: int) -> np.ndarray:
        """For each row of the file the sample that it became, or `NO_SAMPLE`.

        Args:
            rows: How many rows the file has.
        """
        found = np.full(rows, NO_SAMPLE, np.int64)
        found[self.rows] = np.arange(len(self))
        return found
