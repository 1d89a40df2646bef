"""Opens a data file as named columns with one number of rows, whatever format it has.

The readers are in `fitstudio.data.formats`; each of them is loaded only when it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitstudio.data.columns.source import Source
from fitstudio.errors import DataError
from fitstudio.storage.special_files import special_file

__all__ = ["KINDS", "Source", "find_file", "kind_of", "open_source"]

KINDS = ("table", "npy", "npz", "hdf5")
_ENDINGS = {
    ".npy": "npy", ".npz": "npz",
    ".h5": "hdf5", ".hdf5": "hdf5", ".hdf": "hdf5", ".he5": "hdf5", ".nc4": "hdf5",
}  # fmt: skip
_SIGNATURES = (
    (b"\x93NUMPY", "npy"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
)
# What people try and cannot work: (first bytes, what it is, what to do).
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Save it as CSV first."),
    (b"PAR1", "a Parquet file", "Save it as CSV or NPZ first."),
    (b"%PDF", "a PDF document", "Save the table in it as CSV first."),
    (b"\x89PNG", "a picture", "Put pictures into an NPZ or HDF5 file."),
    (b"\xff\xd8\xff", "a picture", "Put pictures into an NPZ or HDF5 file."),
    (b"II*\x00", "a TIFF picture", "Put pictures into an NPZ or HDF5 file."),
    (b"MM\x00*", "a TIFF picture", "Put pictures into an NPZ or HDF5 file."),
    (b"\x1f\x8b", "a compressed file (gzip)", "Unpack it first."),
    (b"\xfd7zXZ", "a compressed file (xz)", "Unpack it first."),
    (b"7z\xbc\xaf", "a compressed file (7z)", "Unpack it first."),
    (b"Rar!", "a compressed file (RAR)", "Unpack it first."),
    (b"MATLAB 5.0", "a MATLAB file", "Save it with -v7.3 to get HDF5, or as CSV."),
    (b"\x80\x04\x95", "a Python pickle, which could run code", "Save the arrays as NPZ."),
    (b"\x80\x03", "a Python pickle, which could run code", "Save the arrays as NPZ."),
    (b"\x7fELF", "a program", "Choose a data file."),
    (b"MZ\x90", "a program", "Choose a data file."),
)  # fmt: skip


def open_source(data: Mapping[str, Any], base: Path) -> Source:
    """Opens a data file.

    Args:
        data: The data section of a run specification: file, kind, options, columns, y_file.
        base: The folder that a relative path starts from.

    Raises:
        DataError: If the file is missing, empty, damaged or of a kind that cannot be read.
    """
    file = data.get("file")
    if not isinstance(file, str) or not file:
        raise DataError("No data file is chosen.", code="data.no-file", remedy="Choose one.")
    path = find_file(file, base)
    kind = data.get("kind") or kind_of(path)
    options = data.get("options") or {}
    columns = data.get("columns") or {}
    if not isinstance(options, Mapping) or not isinstance(columns, Mapping):
        raise DataError("data.options and data.columns must be tables.", code="data.option")
    # Each reader brings a library that the others do not need.
    if kind == "table":
        from fitstudio.data.formats.text.table import open_table

        return open_table(path, file, options, columns)
    if kind in ("npy", "npz"):
        from fitstudio.data.formats.npy import open_npy
        from fitstudio.data.formats.npz import open_npz

        if kind == "npz":
            return open_npz(path, file, options, columns)
        y_file = data.get("y_file")
        y_path = find_file(y_file, base) if y_file else None
        return open_npy(path, file, y_path, options, columns)
    if kind == "hdf5":
        from fitstudio.data.formats.hdf5 import open_hdf5

        return open_hdf5(path, file, options, columns)
    raise DataError(
        f"{kind!r} is no kind of data file.",
        code="data.kind",
        remedy=f"It can be {', '.join(KINDS)}.",
    )


def find_file(file: str, base: Path) -> Path:
    """The data file's path, checked.

    Raises:
        DataError: If it is not there, is a folder, or is empty.
    """
    if "\0" in file:
        raise DataError("A file's name cannot hold a zero character.", code="data.no-file")
    path = Path(file) if Path(file).is_absolute() else base / file
    try:
        known = path.stat()
    except OSError as problem:
        raise DataError(
            f"The data file {file!r} is not where it was.",
            code="data.file-missing",
            remedy="Put it back, or choose where it is now.",
            details=str(problem),
        ) from problem
    if path.is_dir():
        raise DataError(
            f"{file!r} is a folder.", code="data.folder", remedy="Choose a file inside it."
        )
    if not path.is_file():
        raise DataError(
            f"{file!r} is {special_file(path) or 'no ordinary file'}, not a data file.",
            code="data.special-file",
            remedy="Write what comes out of it into a file first, then choose that file.",
        )
    if known.st_size == 0:
        raise DataError(f"{file!r} is empty.", code="data.empty-file")
    return path


def kind_of(path: Path) -> str:
    """The kind of a file by its first bytes, then by its ending.

    Raises:
        DataError: For files of other programs, named in words.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
    except OSError as problem:
        raise DataError(
            f"{path.name!r} cannot be read: {problem.strerror}.", code="data.unreadable"
        ) from problem
    ending = path.suffix.lower()
    if head.startswith(b"MATLAB 7.3"):
        return "hdf5"
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if ending in (".xlsx", ".xlsm", ".ods"):
            raise _foreign(path, "a workbook", "Save the sheet as CSV first.")
        if ending != ".npz" and b".npy" not in head:
            raise _foreign(path, "a ZIP archive", "Unpack it, or choose an NPZ file.")
        return "npz"
    for signature, what, remedy in _FOREIGN:
        if head.startswith(signature):
            raise _foreign(path, what, remedy)
    # A damaged file of a known ending must not be read as a strange table.
    return _ENDINGS.get(ending, "table")


def _foreign(path: Path, what: str, remedy: str) -> DataError:
    return DataError(
        f"{path.name!r} is {what}, which FitStudio does not read.",
        code="data.foreign-file",
        remedy=remedy,
    )
