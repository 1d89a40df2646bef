"""Files of other programs that people try: what they are, and what to do instead."""

from __future__ import annotations

from fitstudio.declared.formats.format import Foreign

_INTO_ARRAYS = "Put the pictures into a folder, and choose that folder."

FOREIGN: tuple[Foreign, ...] = (
    Foreign("an old Office document", "Save the table in it as CSV first.", (b"\xd0\xcf\x11\xe0",)),
    Foreign("a Feather file of version 1", "Save it again as Feather or Parquet.", (b"FEA1",)),
    Foreign("a PDF document", "Save the table in it as CSV first.", (b"%PDF",)),
    Foreign("a picture", _INTO_ARRAYS, (b"\x89PNG", b"\xff\xd8\xff")),
    Foreign("a TIFF picture", _INTO_ARRAYS, (b"II*\x00", b"MM\x00*")),
    Foreign("a compressed file (7z)", "Unpack it first.", (b"7z\xbc\xaf",)),
    Foreign("a compressed file (RAR)", "Unpack it first.", (b"Rar!",)),
    Foreign("a MATLAB file", "Save it with -v7.3 to get HDF5, or as CSV.", (b"MATLAB 5.0",)),
    Foreign(
        "a Python pickle, which could run code",
        "Save the arrays as NPZ.",
        (b"\x80\x04\x95", b"\x80\x03"),
    ),
    Foreign("a program", "Choose a data file.", (b"\x7fELF", b"MZ\x90")),
)
