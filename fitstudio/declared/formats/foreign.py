"""Files of other programs that people try: what they are, and what to do instead."""

from __future__ import annotations

from fitstudio.declared.formats.format import Foreign
from fitstudio.words import marked

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_INTO_ARRAYS = marked("Put pictures into an NPZ or HDF5 file.")

FOREIGN: tuple[Foreign, ...] = (
    Foreign(
        marked("a workbook"),
        marked("Save the sheet as CSV first."),
        _ZIP,
        (".xlsx", ".xlsm", ".ods"),
    ),
    Foreign(marked("a ZIP archive"), marked("Unpack it, or choose an NPZ file."), _ZIP),
    Foreign(
        marked("an old Excel workbook (.xls)"),
        marked("Save it as CSV first."),
        (b"\xd0\xcf\x11\xe0",),
    ),
    Foreign(marked("a Parquet file"), marked("Save it as CSV or NPZ first."), (b"PAR1",)),
    Foreign(marked("a PDF document"), marked("Save the table in it as CSV first."), (b"%PDF",)),
    Foreign(marked("a picture"), _INTO_ARRAYS, (b"\x89PNG", b"\xff\xd8\xff")),
    Foreign(marked("a TIFF picture"), _INTO_ARRAYS, (b"II*\x00", b"MM\x00*")),
    Foreign(marked("a compressed file (gzip)"), marked("Unpack it first."), (b"\x1f\x8b",)),
    Foreign(marked("a compressed file (xz)"), marked("Unpack it first."), (b"\xfd7zXZ",)),
    Foreign(marked("a compressed file (7z)"), marked("Unpack it first."), (b"7z\xbc\xaf",)),
    Foreign(marked("a compressed file (RAR)"), marked("Unpack it first."), (b"Rar!",)),
    Foreign(
        marked("a MATLAB file"),
        marked("Save it with -v7.3 to get HDF5, or as CSV."),
        (b"MATLAB 5.0",),
    ),
    Foreign(
        marked("a Python pickle, which could run code"),
        marked("Save the arrays as NPZ."),
        (b"\x80\x04\x95", b"\x80\x03"),
    ),
    Foreign(marked("a program"), marked("Choose a data file."), (b"\x7fELF", b"MZ\x90")),
)
