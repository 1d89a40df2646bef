"""Writes a file whole or not at all, whatever happens in between.

The order is what makes it safe: a new file beside the old one, its bytes, fsync, read back and
compare, rename over the old one, fsync of the folder. Killed anywhere, the old or the new file is
there; never half of one, never none.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import re
import secrets
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from fitstudio.errors import StorageError
from fitstudio.storage import ops
from fitstudio.words import say
from fitstudio.words.numbers import format_bytes

# Names of unfinished work: ".history.json.new-8c1f03a2". Nothing else in a project looks like that.
# The mark is drawn, not the process id: inside containers every process may have the same one.
_LEFTOVER = re.compile(r"^\.(?P<name>.+)\.(?P<stage>new|old)-[0-9a-f]{8}$")
_CHUNK_BYTES = 1 << 20
_HALF_CHARACTER = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def write_bytes(path: Path | str, data: bytes | memoryview, *, durable: bool = True) -> None:
    """Writes `data` as the whole content of `path`.

    Args:
        path: The file; its folder exists.
        data: The content.
        durable: Wait until it would survive a power cut. False is for what can be made again from
            other files (such as `history.csv` from the journal); a kill is harmless in both cases.

    Raises:
        StorageError: If it could not be written; the previous file is untouched.
    """
    with writing(path, durable=durable, buffer_bytes=0) as file:
        file.write(data)


@contextlib.contextmanager
def writing(
    path: Path | str, *, durable: bool = True, buffer_bytes: int = _CHUNK_BYTES
) -> Iterator[IO[bytes]]:
    """Gives a file to write the new content of `path` to, piece by piece.

    The content appears at `path` when the block ends; if it ends with an exception, never.

    Raises:
        StorageError: If it could not be written; the previous file is untouched.
    """
    path = Path(path)
    fresh = beside(path, "new")
    disk = ops.current()
    try:
        try:
            with _NewFile(fresh) as raw:
                if buffer_bytes:
                    buffered = io.BufferedWriter(raw, buffer_bytes)
                    yield buffered
                    buffered.flush()
                else:
                    yield raw  # type: ignore[misc]
                if durable:
                    disk.fsync(raw.descriptor)
                written = raw.checksum
            _read_back(fresh, written)
            ops.patiently(disk.replace, fresh, path)
        except BaseException:
            _remove_quietly(fresh)
            raise
        if durable:
            disk.sync_folder(path.parent)
    except OSError as problem:
        raise ops.problem_with(path, problem) from problem


def write_text(path: Path | str, text: str, *, durable: bool = True) -> None:
    """Writes `text` as UTF-8; see `write_bytes`.

    Names of files that are no UTF-8 hold characters that UTF-8 has not: they are written as
    "\\udcff", which in JSON is the same character again.
    """
    write_bytes(path, text.encode("utf-8", "backslashreplace"), durable=durable)


def write_json(path: Path | str, value: Any, *, durable: bool = True) -> None:
    """Writes `value` as indented JSON; see `write_bytes`.

    Raises:
        ValueError: If a number is not finite: NaN and infinity are not JSON.
    """
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n", durable=durable)


def read_json(path: Path | str, *, limit_bytes: int = 64_000_000) -> Any:
    """Reads a JSON file that may have come from anywhere.

    Raises:
        StorageError: If it is missing, larger than `limit_bytes`, or not JSON.
    """
    path = Path(path)
    try:
        # A pipe in place of the file would be waited for without an end.
        regular = stat.S_ISREG(path.stat().st_mode)
        with path.open("rb") if regular else io.BytesIO() as file:
            data = file.read(limit_bytes + 1)
    except OSError as problem:
        raise ops.problem_with(path, problem, doing="read") from problem
    if not regular:
        raise damaged(path, say("it is no file"))
    if len(data) > limit_bytes:
        raise damaged(
            path, say("it is larger than {limit_bytes}", limit_bytes=format_bytes(limit_bytes))
        )
    try:
        return parse_json(data)
    except ValueError as problem:
        raise damaged(path, str(problem)) from problem


def parse_json(data: bytes) -> Any:
    """JSON as plain data that can be written as JSON again.

    Raises:
        ValueError: For what is no JSON, also for NaN and numbers beyond all bounds.
    """
    try:
        value = json.loads(data, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError as problem:  # brackets nested ten thousand deep
        raise ValueError(say("it is nested too deeply")) from problem
    # Only names of files that are no UTF-8 have a use for half a character (U+DC80 to U+DCFF).
    return _mended(value) if b"\\ud" in data.lower() else value


def beside(path: Path, stage: str) -> Path:
    """A name in the same folder for unfinished work on `path`; `stage` is "new" or "old"."""
    return path.parent / f".{path.name}.{stage}-{secrets.token_hex(4)}"


def leftover(path: Path) -> tuple[str, str] | None:
    """For a name made by `beside`: the final name and the stage; else None."""
    found = _LEFTOVER.match(path.name)
    return (found["name"], found["stage"]) if found else None


def make_folder(folder: Path) -> None:
    """Makes `folder` and those above it where missing, and waits until their names are on disk.

    Raises:
        StorageError: If that cannot be done.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:  # pragma: no cover - a drive of Windows that is not there
            break
        folder = folder.parent
    disk = ops.current()
    for each in reversed(missing):
        try:
            disk.mkdir(each)
            disk.sync_folder(each.parent)
        except FileExistsError as problem:
            if not each.is_dir():
                raise ops.problem_with(each, problem, doing=say("make the folder")) from problem
        except OSError as problem:
            raise ops.problem_with(each, problem, doing=say("make the folder")) from problem


class _NewFile(io.RawIOBase):
    """A file being written through `Ops`, with the checksum of what went in."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self.descriptor = ops.patiently(ops.current().open, path, flags)
        self.checksum = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        view = memoryview(data).cast("B")
        ops.write_all(self.descriptor, view)
        self.checksum = zlib.crc32(view, self.checksum)
        return len(view)

    def close(self) -> None:
        if not self.closed:
            super().close()
            ops.current().close(self.descriptor)


def _read_back(fresh: Path, written: int) -> None:
    found = 0
    with fresh.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found = zlib.crc32(chunk, found)
    if found != written:
        raise StorageError(
            say("{fresh} does not read back as it was written.", fresh=repr(str(fresh))),
            code="storage.read-back",
            remedy=say("The disk may be failing: move the project to another one."),
            safe=say("The previous version is untouched."),
        )


def _remove_quietly(path: Path) -> None:
    """Clears unfinished work away; what made it unfinished is what the person must hear of."""
    try:
        ops.current().unlink(path)
    except OSError:
        pass  # the next opening of the project removes it


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(say("it holds {name}, which is no JSON number", name=name))


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(say("it holds {digits}, which is beyond all numbers", digits=digits[:40]))
    return number


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(each) for name, each in value.items()}
    return value


def damaged(path: Path, why: str) -> StorageError:
    """The error for a file that cannot be used; `why` is a clause."""
    return StorageError(
        say("{file} cannot be read: {why}.", file=repr(str(path)), why=why),
        code="storage.damaged",
        remedy=say("Put back a copy from a backup."),
    )
