"""What a table may be packed in: compressed text, a ZIP archive, an Excel workbook.

A packed table is a table like any other: it is unpacked while it is read, and everything else, from
where its names stand to what counts as missing, is found out and set as in a text table.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from fitstudio.words import marked


@dataclass(frozen=True, kw_only=True)
class Container:
    """One way in which tables are packed.

    Args:
        name: What the reader is found by.
        title: What people call it.
        endings: The endings of its files, with the point, in small letters.
        starts: What its first bytes may be.
        holds: What its first bytes hold besides, where other files start alike; a file that has
            one of the endings need not.
        choice: The option that says which of several tables inside is meant, or "".
        is_grid: Whether it holds cells with types of their own, not text that has to be parted.
    """

    name: str
    title: str
    endings: tuple[str, ...]
    starts: tuple[bytes, ...]
    holds: bytes = b""
    choice: str = ""
    is_grid: bool = False


_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"

CONTAINERS: tuple[Container, ...] = (
    Container(
        name="workbook",
        title=marked("Excel workbook"),
        endings=(".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
        starts=(*_ZIP_STARTS, _OLD_OFFICE),
        holds=b"xl/workbook",
        choice="sheet",
        is_grid=True,
    ),
    Container(
        name="zip", title=marked("ZIP archive"), endings=(".zip",), starts=_ZIP_STARTS,
        choice="member",
    ),
    Container(name="gzip", title="gzip", endings=(".gz",), starts=(b"\x1f\x8b",)),
    Container(name="bzip2", title="bzip2", endings=(".bz2",), starts=(b"BZh",)),
    Container(name="xz", title="xz", endings=(".xz",), starts=(b"\xfd7zXZ\x00",)),
    Container(name="zstandard", title="zstd", endings=(".zst",), starts=(b"\x28\xb5\x2f\xfd",)),
)  # fmt: skip

ENDINGS: tuple[str, ...] = tuple(ending for each in CONTAINERS for ending in each.endings)


def container_by_ending(file: str) -> Container | None:
    """What a file's name lets expect it to be packed in; None for nothing."""
    ending = PurePath(file).suffix.lower()
    return next((each for each in CONTAINERS if ending in each.endings), None)


def find_container(file: str, head: bytes) -> Container | None:
    """What a file is packed in, by its first bytes; None where it is not packed.

    Args:
        file: Its name, which tells workbooks from archives.
        head: Its first bytes.
    """
    ending = PurePath(file).suffix.lower()
    starting = [each for each in CONTAINERS if head.startswith(each.starts)]
    for each in starting:
        if ending in each.endings or (each.holds and each.holds in head):
            return each
    # An old document of an office that has no ending of a workbook is some other document.
    return next((each for each in starting if not each.holds), None)
