"""Looking into data files: each time in a process of its own, which a bad file may take down.

Nothing here imports a library that reads data, so that the window can use it at once. All calls
block; the window makes them in the background and cancels by an event.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from fitstudio.actions.launchers.processes import ended_with_us, reader_command, start_attended
from fitstudio.actions.reading.reader_limits import ReaderLimits, too_large
from fitstudio.actions.reading.suggestions import suggest
from fitstudio.data.fingerprint import quick_look
from fitstudio.declared.parameters.sources import as_single, sources_of
from fitstudio.declared.task.dataset_summary import DatasetSummary, Preview, TreeNode
from fitstudio.errors import DataError
from fitstudio.words import heard, say

__all__ = [
    "Thumbnail",
    "inspect",
    "inspect_and_preview",
    "preview",
    "suggest",
    "thumbnails",
    "tree",
]

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.05
_LEAST_MEMORY_BYTES = 3 << 30
_SHARE_OF_MEMORY = 0.75


def inspect(
    data: Mapping[str, Any],
    base: Path,
    *,
    recipe: Mapping[str, Any] | None = None,
    spec: Mapping[str, Any] | None = None,
    cancel: threading.Event | None = None,
) -> DatasetSummary:
    """What a data file holds.

    Args:
        data: The data section of a run specification; only ``file`` is needed.
        base: The folder that a relative path starts from.
        recipe: A trained model's recipe: the file is read as the model's training file was.
        spec: The settings whose parts of the rows are looked at too; None for none.
        cancel: Ends the reading when set.

    Raises:
        DataError: If the file cannot be read; code ``data.cancelled`` if it was cancelled.
    """
    answer = _ask("inspect", data, base, cancel, recipe=recipe, spec=spec)
    return DatasetSummary.from_json(answer["summary"])


def preview(
    data: Mapping[str, Any],
    base: Path,
    start: int = 0,
    stop: int = 100,
    *,
    cancel: threading.Event | None = None,
) -> Preview:
    """Some rows as text, from row `start` (counted from 0) up to, not with, row `stop`.

    Raises:
        DataError: As for `inspect`.
    """
    answer = _ask("preview", data, base, cancel, start=start, stop=stop)
    return Preview.from_json(answer["preview"])


def inspect_and_preview(
    data: Mapping[str, Any],
    base: Path,
    start: int = 0,
    stop: int = 100,
    *,
    cancel: threading.Event | None = None,
) -> tuple[DatasetSummary, Preview]:
    """Both at once: the file is read only one time.

    Raises:
        DataError: As for `inspect`.
    """
    answer = _ask("inspect_and_preview", data, base, cancel, start=start, stop=stop)
    return DatasetSummary.from_json(answer["summary"]), Preview.from_json(answer["preview"])


def tree(path: Path | str, *, cancel: threading.Event | None = None) -> list[TreeNode]:
    """Groups and arrays of an HDF5 or NPZ file, parents before their children.

    Raises:
        DataError: As for `inspect`.
    """
    path = Path(path)
    answer = _ask("tree", {"file": path.name}, path.parent, cancel, file=path.name)
    return [TreeNode.from_json(node) for node in answer]


@dataclass(frozen=True)
class Thumbnail:
    """A row of a column of pictures, small.

    Args:
        row: From 0.
        label: Its class; None where there are none.
        width: In points.
        height: Likewise.
        points: Red, green and blue of each point, row by row.
        name: The file that it is; "" where rows are no files.
    """

    row: int
    label: str | None
    width: int
    height: int
    points: bytes
    name: str = ""


def thumbnails(
    data: Mapping[str, Any],
    base: Path,
    name: str,
    by: str | None,
    *,
    classes: int = 1,
    each: int = 1,
    side: int,
    rows: Sequence[int] | None = None,
    cancel: threading.Event | None = None,
) -> tuple[Thumbnail, ...]:
    """Some pictures of a column, of each of the commonest classes.

    Args:
        data: As for `inspect`.
        base: As for `inspect`.
        name: The column with the pictures.
        by: The column with the classes, or None.
        classes: From how many classes at most.
        each: How many of a class.
        side: The longest side, in points.
        rows: The very rows that are wanted, from 0, in place of some of each class.
        cancel: As for `inspect`.

    Raises:
        DataError: As for `inspect`.
    """
    wanted: dict[str, Any] = {"classes": classes, "each": each, "side": side}
    if rows is not None:
        wanted["rows"] = list(rows)
    found = _ask("thumbnails", data, base, cancel, name=name, by=by, wanted=wanted)
    return tuple(
        Thumbnail(
            row=int(each["row"]),
            label=each["label"],
            width=int(each["width"]),
            height=int(each["height"]),
            points=base64.b64decode(each["points"]),
            name=str(each.get("name", "")),
        )
        for each in found
    )


def _ask(
    do: str, data: Mapping[str, Any], base: Path, cancel: threading.Event | None, **more: Any
) -> Any:
    # Whether a file was named as one of several matters to a model of several.
    named = "sources" in data
    asked = sources_of(data)
    files = [str(source["path"]) for source in asked.values() if source.get("path")]
    file = " and ".join(files)
    size = sum(_size(each, base) for each in files)
    # Files that are mapped from the disk count as memory although they take none.
    memory_bytes = _memory_bytes() + 2 * size
    limits = ReaderLimits(file, size, memory_bytes)
    request = {
        "do": do,
        "data": {"sources": asked} if named else next(map(as_single, asked.values()), {"file": ""}),
        "base": str(base),
        "memory_bytes": memory_bytes,
        # For a reader whose caller is gone: a little later than the caller would end it.
        "cpu_seconds": int(2 * limits.cpu_seconds),
        **more,
    }
    reply, code, said = _run(json.dumps(request).encode(), limits, cancel)
    try:
        answer = json.loads(reply)
    except ValueError as problem:
        raise _ended_without_a_word(file, code, said) from problem
    if "error" in answer:
        raise _as_error(answer["error"])
    return answer["result"]


def _run(
    request: bytes, limits: ReaderLimits, cancel: threading.Event | None
) -> tuple[bytes, int, str]:
    """The reader's answer, its exit code and what it said on the side."""
    environment = os.environ | {"HDF5_PLUGIN_PATH": "", "HDF5_USE_FILE_LOCKING": "FALSE"}
    process = start_attended(
        reader_command(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    pending: bytes | None = request
    with process, ended_with_us(process):
        while True:
            try:
                out, err = process.communicate(pending, timeout=_POLL_SECONDS)
                return out, process.returncode, err.decode("utf-8", "replace")[-4_000:]
            except subprocess.TimeoutExpired:
                pending = None
            problem = limits.waited(_POLL_SECONDS, process.pid)
            if cancel is not None and cancel.is_set():
                problem = DataError(say("Reading the file was cancelled."), code="data.cancelled")
            if problem is not None:
                raise problem


def _size(file: str, base: Path) -> int:
    try:
        return quick_look(base / file)[0]
    except (OSError, ValueError):
        return 0  # the reader says what is wrong with it


def _memory_bytes() -> int:
    return max(_LEAST_MEMORY_BYTES, int(psutil.virtual_memory().total * _SHARE_OF_MEMORY))


def _as_error(fields: Mapping[str, Any]) -> DataError:
    fields = heard(dict(fields))
    message = fields.get("message", say("The file cannot be read."))
    problem = DataError(
        message if isinstance(message, str) else str(message),
        code=fields.get("code"),
        remedy=fields.get("remedy"),
        safe=fields.get("safe"),
        details=fields.get("details"),
    )
    if problem.code == "internal":
        _log.error("%s\n%s", problem.message, problem.details)
    return problem


def _ended_without_a_word(file: str, code: int, said: str) -> DataError:
    if "memory allocation" in said or "MemoryError" in said:
        return too_large(file, said)
    # Windows gives the reason of a crash as a large exit code.
    crashed = code < 0 if sys.platform != "win32" else not 0 <= code < 256
    if not crashed:
        _log.error("the reader of %r ended with exit code %s\n%s", file, code, said)
        return DataError(
            say(
                "Something went wrong inside FitStudio while reading {file} (exit code {code}).",
                file=repr(file),
                code=code,
            ),
            code="internal",
            safe=say("The file is as it was, and may well be sound."),
            details=said or None,
        )
    how = say("signal {code}", code=-code) if code < 0 else say("exit code {code}", code=code)
    if sys.platform != "win32" and -code == signal.SIGKILL:
        return DataError(
            say(
                "The reader of {file} was ended from outside ({how}): by a person, or by the "
                "system because memory ran out.",
                file=repr(file),
                how=how,
            ),
            code="data.reader-ended",
            remedy=say("Close other programs, then try again."),
            safe=say("Nothing else was touched."),
            details=said or None,
        )
    return DataError(
        say("{file} made its reader crash ({how}).", file=repr(file), how=how),
        code="data.reader-crashed",
        remedy=say(
            "Save it again from the program that made it: a damaged file can do that. If it "
            "crashes again, it is a mistake in FitStudio or its libraries."
        ),
        safe=say("Nothing else was touched."),
        details=said or None,
    )
