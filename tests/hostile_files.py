"""One JSON value in one file of a project, replaced by what nobody would write there."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# As they stand in the file: some are no JSON, some are no text.
VALUES = (
    "null", "true", "false", "-1", "0", "1", "1.5", "-1e18", "1e300", "1e999", "NaN", "Infinity",
    "9007199254740993", "18446744073709551616", "1" + "0" * 400, "1" + "0" * 5000,
    '""', '"x"', '"nan"', '"-inf"', '"7"', '"../../x"', '"/etc/passwd"', '"a\\u0000b"',
    '"\\u001b[31mred"', '"\\ud800"', '"\\udcff"', '"²"', '"' + "y" * 20_000 + '"',
    "[]", "{}", "[[]]", "[null]", '["x", 1]', '{"x": null}', '{"kind": []}', '{"file": 1.5}',
    "[" * 3000 + "]" * 3000,
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A value in a file: where it is, by names and indices; in a journal also in which line."""

    file: Path
    path: tuple[str | int, ...]
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file.name}{'' if self.line is None else f' line {self.line}'}: {self.path}"


def json_files(folder: Path) -> list[Path]:
    """The files of a project that hold JSON."""
    endings = {".json", ".jsonl", ".lock"}
    files = sorted(file for file in folder.rglob("*") if file.suffix in endings)
    return [file for file in files if file.stat().st_size]


def places(file: Path) -> list[Place]:
    """Every value in a file."""
    content = file.read_bytes()
    if file.suffix == ".jsonl":
        return [
            Place(file, path, number)
            for number, line in enumerate(content.splitlines())
            for path in _paths(json.loads(line))
        ]
    return [Place(file, path) for path in _paths(json.loads(content))]


def put(place: Place, value: str) -> None:
    """Replaces a value, and mends the checksum around it, as somebody would who means it."""
    if place.line is not None:
        lines = place.file.read_bytes().splitlines()
        fields = json.loads(lines[place.line])
        fields.pop("crc", None)
        body = _replaced(fields, place.path, value)[:-1].encode()
        lines[place.line] = body + b',"crc":"%08x"}' % zlib.crc32(body)
        place.file.write_bytes(b"\n".join(lines) + b"\n")
        return
    content = json.loads(place.file.read_bytes())
    if place.file.name == "manifest.json":
        content.pop("sha256", None)
        body = _replaced(content, place.path, value)[:-1]
        digest = hashlib.sha256(body.encode()).hexdigest()
        place.file.write_text(f'{body}, "sha256": "{digest}"}}\n', encoding="utf-8")
        return
    place.file.write_text(_replaced(content, place.path, value), encoding="utf-8")


def _paths(value: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if above not in ((), ("crc",), ("sha256",)):
        yield above
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _paths(each, (*above, name))
    elif isinstance(value, list):
        # What stands in the middle of a long list is like what stands at its ends.
        for index in sorted({0, 1, len(value) - 1} & set(range(len(value)))):
            yield from _paths(value[index], (*above, index))


def _replaced(content: Any, path: tuple[str | int, ...], value: str) -> str:
    mark = "PUT-HERE"
    within = content
    for step in path[:-1]:
        within = within[step]
    within[path[-1]] = mark
    return json.dumps(content, separators=(",", ":")).replace(f'"{mark}"', value)
