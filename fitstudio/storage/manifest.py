"""The seal of a folder: which files it holds, how long they are, and their SHA-256.

It is written last, so a folder without one is unfinished; it is checked before anything is loaded,
so one flipped bit in any file, the manifest included, is noticed.
"""

# No `from __future__ import annotations` here: a TypedDict does not see `Required` inside of text.
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Required, TypedDict

from fitstudio.errors import CheckpointError
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Count
from fitstudio.words import say

NAME = "manifest.json"
FORMAT = 1
_LIMIT_BYTES = 16_000_000


class _File(TypedDict):
    bytes: Count
    sha256: str


class _Head(TypedDict):
    format: Count


class _Manifest(_Head, total=False):
    files: Required[Mapping[str, _File]]
    epoch: Count
    step: Count


def write_manifest(folder: Path, **facts: Any) -> None:
    """Seals `folder` with the hashes of all files in it.

    Args:
        folder: The folder; its files are complete.
        **facts: What should be known without opening the files, such as the epoch.

    Raises:
        StorageError: If it cannot be written.
    """
    files = {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": digest(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != NAME
    }
    body = json.dumps({"format": FORMAT, **facts, "files": files}, allow_nan=False)
    # The manifest's own hash stands at its end and covers every byte before it.
    text = f'{body[:-1]}, "sha256": "{hashlib.sha256(body[:-1].encode()).hexdigest()}"}}\n'
    atomic.write_text(folder / NAME, text)


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest alone, its own hash checked but not those of the files: quick.

    Raises:
        CheckpointError: If it is missing or damaged.
    """
    path = folder / NAME
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT_BYTES)
    except OSError as problem:
        raise _unusable(
            folder, say("its manifest is missing, so it was never finished")
        ) from problem
    tail_length = len(', "sha256": ""}\n') + 64
    body, tail = data[:-tail_length], data[-tail_length:]
    if tail != f', "sha256": "{hashlib.sha256(body).hexdigest()}"}}\n'.encode():
        raise _unusable(folder, say("its manifest is damaged"))
    # Its hash keeps accidents out, not people: who changes the text can write the hash as well.
    try:
        content = atomic.parse_json(data)
        if checked.convert(content, _Head)["format"] > FORMAT:
            raise _unusable(folder, say("a later version of FitStudio wrote it"))
        checked.convert(content, _Manifest)
    except ValueError as problem:
        raise _unusable(
            folder, say("its manifest cannot be read: {problem}", problem=problem)
        ) from problem
    return content


def verify_manifest(folder: Path) -> Mapping[str, Any]:
    """Reads every file of a sealed folder and compares.

    Returns:
        The manifest: its facts, and `files`.

    Raises:
        CheckpointError: If anything is missing, cut or changed.
    """
    content = read_manifest(folder)
    for name, expected in content["files"].items():
        path = folder / name
        try:
            if path.stat().st_size != expected["bytes"]:
                raise _unusable(folder, say("{name} has the wrong length", name=repr(name)))
            found = digest(path)
        except OSError as problem:
            raise _unusable(
                folder,
                say(
                    "{name} cannot be read ({strerror})", name=repr(name), strerror=problem.strerror
                ),
            ) from problem
        if found != expected["sha256"]:
            raise _unusable(folder, say("{name} has changed since it was written", name=repr(name)))
    return content


def digest(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unusable(folder: Path, why: str) -> CheckpointError:
    return CheckpointError(
        say(
            "{folder} in {parent} cannot be used: {why}.",
            folder=repr(folder.name),
            parent=repr(str(folder.parent)),
            why=why,
        ),
        code="checkpoint.damaged",
        remedy=say("Use an older one."),
    )
