"""NPY files: one array of NumPy."""

from __future__ import annotations

from fitstudio.declared.formats.array_options import MISSING, ONE_HOT
from fitstudio.declared.formats.format import Format, ReadingOption, Signature
from fitstudio.declared.kinds.values import Flag
from fitstudio.words import marked

NPY = Format(
    name="npy",
    title=marked("NPY"),
    help=marked("One array"),
    params=(
        ReadingOption(
            name="split",
            kind=Flag(),
            title=marked("Columns apart"),
            help=marked("Whether each column of the array is a column of its own."),
            unset=marked("found out"),
        ),
        ONE_HOT,
        MISSING,
    ),
    called=("NumPy",),
    endings=(".npy",),
    signatures=(Signature(b"\x93NUMPY"),),
    content=marked("NPY array"),
    has_targets_file=True,
)
