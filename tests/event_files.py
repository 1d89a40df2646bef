"""Reads TensorBoard's event files by the documentation of their format."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any


def scalars(folder: Path) -> list[tuple[str, int, float]]:
    """The points of all curves of the one file in `folder`: tag, step, value."""
    return [
        (tag, step, struct.unpack("<f", value[2])[0])
        for tag, step, value in values(folder)
        if 2 in value
    ]


def values(folder: Path) -> list[tuple[str, int, dict[int, Any]]]:
    """Everything in the one file in `folder`: records, then two levels of fields."""
    (path,) = folder.iterdir()
    data, points = path.read_bytes(), []
    while data:
        (length,) = struct.unpack_from("<Q", data)
        event = fields(data[12 : 12 + length])
        data = data[12 + length + 4 :]
        if 5 in event:
            value = fields(fields(event[5])[1])
            points.append((value[1].decode(), event.get(2, 0), value))
    return points


def fields(data: bytes) -> dict[int, Any]:
    """The fields of a protocol buffer by number."""
    found: dict[int, Any] = {}
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            found[key >> 3] = varint()
            continue
        size = {1: 8, 5: 4}.get(kind) or varint()
        found[key >> 3] = data[at : at + size]
        at += size
    return found
