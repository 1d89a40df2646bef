"""Reads a table out of a ZIP archive."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from fitstudio.data.formats.containers.compressed import damaged
from fitstudio.data.formats.containers.unpacked import blocks_of, read_all
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count

# Where both are there, a text file is more often a note about the tables beside it.
_TABLES = (".csv", ".tsv")
_PERHAPS = (".txt", ".dat", ".asc", ".data", "")
_MOST_NAMED = 5


def is_workbook(path: Path) -> bool:
    """Whether a ZIP archive is a workbook, whatever its name is."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def unpack_archive(path: Path, file: str, wanted: object) -> tuple[bytes, str, Guess]:
    """The table in an archive, its name there, and why it is this one.

    Args:
        path: The archive.
        file: Its name, as messages show it.
        wanted: The name of the file in it, where a person has said so; else None.

    Raises:
        DataError: If it is damaged or locked, or holds no table.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if _is_visible(each)]
            entry, tables = _choose(entries, file, wanted)
            if entry.flag_bits & 0x1:
                raise DataError(
                    say("{file} is locked with a password.", file=repr(file)),
                    code="data.locked",
                    remedy=say("Unpack it with the password, and choose the table in it."),
                )
            with archive.open(entry) as stream:
                data = read_all(blocks_of(stream), file)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as problem:
        raise damaged(file, problem) from problem
    except NotImplementedError as problem:
        raise DataError(
            say("{file} is packed in a way that is not known here.", file=repr(file)),
            code="data.foreign-file",
            remedy=say("Unpack it, and choose the table in it."),
            details=str(problem),
        ) from problem
    return data, entry.filename, _guess(entry.filename, tables, given=wanted is not None)


def _is_visible(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a file that somebody put there, not one that a system left."""
    parts = PurePosixPath(entry.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not entry.is_dir() and not hidden and entry.file_size > 0


def _choose(
    entries: Sequence[zipfile.ZipInfo], file: str, wanted: object
) -> tuple[zipfile.ZipInfo, list[zipfile.ZipInfo]]:
    by_name = {entry.filename: entry for entry in entries}
    tables: list[zipfile.ZipInfo] = []
    for endings in (_TABLES, _PERHAPS):
        tables = tables or [entry for entry in entries if _ending(entry) in endings]
    if wanted is not None:
        if wanted not in by_name:
            raise DataError(
                say(
                    "{file} holds no file {name}.{did_you_mean}",
                    file=file,
                    name=repr(str(wanted)),
                    did_you_mean=did_you_mean(str(wanted), list(by_name)),
                ),
                code="data.member",
                remedy=say("It holds {names}.", names=_named(entries)),
            )
        return by_name[str(wanted)], tables
    if not tables:
        if not entries:
            raise DataError(say("{file} is empty.", file=repr(file)), code="data.empty-file")
        raise DataError(
            say("{file} holds no table: it holds {names}.", file=file, names=_named(entries)),
            code="data.no-table",
            remedy=say("Unpack it, and choose what is in it."),
        )
    return max(tables, key=lambda entry: entry.file_size), tables


def _guess(name: str, tables: Sequence[zipfile.ZipInfo], *, given: bool) -> Guess:
    sentence = (
        say("It is the only table in the archive.")
        if len(tables) < 2
        else say_count(
            len(tables),
            "The archive holds {number} table.",
            "The archive holds {number} tables; this is the largest of them.",
        )
    )
    return Guess(
        name="member",
        value=name,
        sentence=say("As you said.") if given else sentence,
        label=PurePosixPath(name).name,
        given=given,
        sure=given or len(tables) < 2,
        choices=tuple(dict.fromkeys([*(entry.filename for entry in tables), name])),
    )


def _ending(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()


def _named(entries: Sequence[zipfile.ZipInfo]) -> str:
    names = [repr(entry.filename) for entry in entries]
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
