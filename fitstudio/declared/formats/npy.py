"""NPY files: one array of NumPy."""

from __future__ import annotations

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.kinds.values import Flag

NPY = Format(
    name="npy",
    title="NPY",
    help="One array",
    params=(
        ReadingOption(
            name="split",
            kind=Flag(),
            title="Columns apart",
            help="Whether each column of the array is a column of its own.",
            unset="found out",
        ),
        ONE_HOT,
        MISSING,
    ),
    called=("NumPy",),
    endings=(".npy",),
    signatures=(Signature(b"\x93NUMPY"),),
    content="NPY array",
    has_targets_file=True,
)
