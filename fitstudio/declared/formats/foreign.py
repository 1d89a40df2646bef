"""Files of other programs that people try: what they are, and what to do instead."""

from __future__ import annotations

from fitstudio.declared.formats.format import Foreign
from fitstudio.words import marked

_INTO_ARRAYS = marked("Put the pictures into a folder, and choose that folder.")

FOREIGN: tuple[Foreign, ...] = (
    Foreign(
        marked("an old Office document"),
        marked("Save the table in it as CSV first."),
        (b"\xd0\xcf\x11\xe0",),
    ),
    Foreign(
        marked("a Feather file of version 1"),
        marked("Save it again as Feather or Parquet."),
        (b"FEA1",),
    ),
    Foreign(marked("a PDF document"), marked("Save the table in it as CSV first."), (b"%PDF",)),
    Foreign(marked("a picture"), _INTO_ARRAYS, (b"\x89PNG", b"\xff\xd8\xff")),
    Foreign(marked("a TIFF picture"), _INTO_ARRAYS, (b"II*\x00", b"MM\x00*")),
    Foreign(marked("a compressed file (7z)"), marked("Unpack it first."), (b"7z\xbc\xaf",)),
    Foreign(marked("a compressed file (RAR)"), marked("Unpack it first."), (b"Rar!",)),
    Foreign(
        marked("a Python pickle, which could run code"),
        marked("Save the arrays as NPZ."),
        (b"\x80\x04\x95", b"\x80\x03"),
    ),
    Foreign(marked("a program"), marked("Choose a data file."), (b"\x7fELF", b"MZ\x90")),
)
