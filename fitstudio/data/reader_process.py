"""A throw-away process that reads one user's file: one JSON request in, one JSON reply out.

Damaged and hostile files can make a library run out of memory, hang or crash. Here that costs only
this process: the caller limits its memory and time, and turns its end into a sentence.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitstudio.data.formats.blame import came_from, not_readable
from fitstudio.errors import DataError, FitStudioError
from fitstudio.words import say

if TYPE_CHECKING:
    from fitstudio.data.source import Source
    from fitstudio.declared.task.dataset_summary import DatasetSummary

_MOST_PREVIEW_ROWS = 5_000
_MOST_PREVIEW_COLUMNS = 2_000
# What the system says of a file that is there and may be sound: no right, a disk that is gone.
_DISK_REFUSES = frozenset(
    number
    for name in ("EACCES", "EPERM", "EIO", "ESTALE", "ENXIO", "ENODEV", "ETIMEDOUT", "ENOTCONN")
    if (number := getattr(errno, name, None)) is not None
)
_SAYS_NO_MEMORY = re.compile(r"(?i)memory|alloc")


def main(arguments: list[str] | None = None) -> int:
    """Answers one request; always with JSON, unless the process is killed."""
    # Libraries that print must not spoil the reply.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    file = say("the file")
    try:
        request = json.loads(sys.stdin.buffer.read())
        file = " and ".join(map(repr, _files(request["data"]))) or file
        limit_memory(request.get("memory_bytes"))
        limit_processor_time(request.get("cpu_seconds"))
        reply = json.dumps({"result": answer(request)}, allow_nan=False)
    except FitStudioError as problem:
        reply = json.dumps({"error": problem.to_json()})
    except BaseException as problem:  # polars panics with something that is no Exception
        reply = json.dumps({"error": unexpected(problem, file).to_json()})
    out.write(reply)
    out.flush()
    # Threads of libraries that a damaged file left in a bad state must not hold the exit up.
    os._exit(0)


def answer(request: dict[str, Any]) -> Any:
    """The result of a request.

    Raises:
        DataError: If the file cannot be read.
    """
    # The limit on memory has to stand before these are loaded.
    from fitstudio.data.source import tree_of

    base = Path(request["base"])
    if request["do"] == "tree":
        return [node.to_json() for node in tree_of(request["file"], base)]
    with _open(request, base) as source:
        result: dict[str, Any] = {}
        if request["do"] == "thumbnails":
            from fitstudio.data.thumbnails import thumbnails

            return thumbnails(source, request["name"], request["by"], **request["wanted"])
        if request["do"] in ("inspect", "inspect_and_preview"):
            result["summary"] = _summary(source, request.get("spec")).to_json()
        if request["do"] in ("preview", "inspect_and_preview"):
            start = max(0, min(int(request["start"]), source.rows))
            stop = min(int(request["stop"]), source.rows, start + _MOST_PREVIEW_ROWS)
            names = source.names[:_MOST_PREVIEW_COLUMNS]
            columns = [source.cells(name, start, stop) for name in names]
            result["preview"] = {
                "columns": list(names),
                "rows": [list(row) for row in zip(*columns, strict=True)],
                "row_numbers": list(range(start + 1, stop + 1)),
            }
        return result


def _summary(source: Source, spec: dict[str, Any] | None) -> DatasetSummary:
    """What the file holds, with what there is to say about its parts under some settings."""
    summary = source.summary()
    if spec is None:
        return summary
    from fitstudio.data.preparing.parts.part_findings import report_on_parts
    from fitstudio.declared.run_spec import RunSpec

    return replace(summary, parts=report_on_parts(source, summary, RunSpec.from_json(spec)))


def _files(data: dict[str, Any]) -> list[str]:
    """The files that are to be read, for messages."""
    if "sources" not in data:
        return [data["file"]]
    return [str(source["path"]) for source in data["sources"].values() if source.get("path")]


def _open(request: dict[str, Any], base: Path) -> Source:
    """The file, as it says itself how it is read; with a model's recipe, as that model reads it."""
    if request.get("recipe") is None:
        from fitstudio.data.source import open_source

        return open_source(request["data"], base)
    from fitstudio.data.preparing.as_trained.opening import open_as_trained
    from fitstudio.data.preparing.recipe.recipe import Recipe
    from fitstudio.declared.parameters.sources import sources_of

    recipe = Recipe.from_json(request["recipe"])
    # Of several files, those with nothing but targets need not be there.
    answers = set(recipe.needed_sources(answers=True)) <= set(sources_of(request["data"]))
    return open_as_trained(
        recipe, request["data"], base, notes=[], answers=answers or not recipe.sources
    )


def limit_memory(most_bytes: int | None) -> None:
    """Lets this process have no more memory; where the system cannot do that, does nothing."""
    if not most_bytes:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_processor_time(seconds: int | None) -> None:
    """Lets this process work no longer, so that it ends even if nobody waits for it any more."""
    if not seconds:
        return
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted, hard))


def unexpected(problem: BaseException, file: str) -> DataError:
    """The error for what no reader expected: too little memory, or else a mistake of ours.

    That a file is damaged, only the reader says that found it out. Whatever else happens is no
    reason to blame the file: a person might throw it away.

    Args:
        problem: What was raised.
        file: The file's name, to stand in a sentence.
    """
    if isinstance(problem, MemoryError) or (
        came_from(problem, "polars", "h5py") and _SAYS_NO_MEMORY.search(str(problem))
    ):
        return DataError(
            say("The file needs more memory than reading may take."),
            code="data.too-large",
            remedy=say("Save the data as NPY or HDF5, which are not read whole."),
        )
    if isinstance(problem, OSError) and problem.errno in _DISK_REFUSES:
        named = repr(problem.filename) if isinstance(problem.filename, str) else file
        return not_readable(named, problem)
    return DataError(
        say("Something went wrong inside FitStudio while reading {file}.", file=file),
        code="internal",
        safe=say("The file is as it was, and may well be sound."),
        details="".join(traceback.format_exception(problem))[-4_000:],
    )


if __name__ == "__main__":
    sys.exit(main())
