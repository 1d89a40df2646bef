"""Files of spectra, made in code from the published layouts."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def jcamp(
    path: Path,
    lines: Sequence[str],
    *,
    count: int,
    first: float = 100,
    last: float = 105,
    **more: str,
) -> Path:
    """Writes a JCAMP-DX file with one block."""
    path.parent.mkdir(parents=True, exist_ok=True)
    records = {
        "TITLE": path.stem, "JCAMP-DX": "4.24", "DATA TYPE": "INFRARED SPECTRUM",
        "XUNITS": "1/CM", "YUNITS": "ABSORBANCE", "XFACTOR": "1", "YFACTOR": "0.5",
        "FIRSTX": f"{first}", "LASTX": f"{last}", "NPOINTS": f"{count}",
    } | {name.replace("_", " "): value for name, value in more.items()}  # fmt: skip
    text = [f"##{name}= {value}" for name, value in records.items()]
    path.write_text("\n".join([*text, "##XYDATA= (X++(Y..Y))", *lines, "##END="]) + "\n")
    return path


def plain(path: Path, values: Sequence[float], **more: float | str) -> Path:
    """A JCAMP-DX file with plain numbers."""
    first, last = float(more.pop("first", 100)), float(more.pop("last", 100 + len(values) - 1))
    lines = [f"{first} " + " ".join(f"{value:g}" for value in values)]
    said = {name: str(value) for name, value in more.items()}
    return jcamp(path, lines, count=len(values), first=first, last=last, YFACTOR="1", **said)


def spc(
    path: Path,
    spectra: Sequence[np.ndarray],
    *,
    order: str = "<",
    exponent: int = -128,
    shorts: bool = False,
    axes: Sequence[np.ndarray] | None = None,
    uneven: bool = False,
    directory: bool = False,
) -> Path:
    """Writes an SPC file of the present layout.

    Args:
        path: The file.
        spectra: Their values.
        order: "<" or ">", the order of bytes.
        exponent: -128 to store floats; else that of the whole numbers.
        shorts: Whether whole numbers have 16 bits.
        axes: The places of each; None for 10 to 20.
        uneven: Whether the first of the axes is that of all.
        directory: Whether a list says where the spectra stand.
    """
    own = axes is not None and not uneven
    flags = (1 * shorts) | (4 * (len(spectra) > 1)) | (64 * own) | (128 * (axes is not None))
    points = 0 if own else len(spectra[0])
    body, places = b"", []
    if uneven and axes is not None:
        body += axes[0].astype(f"{order}f4").tobytes()
    for number, values in enumerate(spectra):
        places.append(512 + len(body))
        body += struct.pack(
            f"{order}BbHfffiif4x", 0, exponent, number, float(number), 0, 0, len(values), 0, 0
        )
        if own and axes is not None:
            body += axes[number].astype(f"{order}f4").tobytes()
        width = 2 if shorts else 4
        stored = (
            values.astype(f"{order}f4")
            if exponent == -128
            else np.rint(np.ldexp(values, 8 * width - exponent)).astype(f"{order}i{width}")
        )
        body += stored.tobytes()
    entries = b""
    if directory:
        points = 512 + len(body)
        entries = b"".join(struct.pack(f"{order}iif", place, 0, 0) for place in places)
    head = struct.pack(
        f"{order}BBBbiddi4B", flags, 0x4B if order == "<" else 0x4C, 0, exponent, points, 10.0,
        20.0, len(spectra), 1, 2, 5, 0,
    )  # fmt: skip
    head = head.ljust(88, b"\0") + b"polystyrene\0"
    path.write_bytes(head.ljust(512, b"\0") + body + entries)
    return path


def old_spc(path: Path, values: np.ndarray, exponent: int) -> Path:
    """Writes an SPC file of the old layout: the halves of each number stand in reverse."""
    head = struct.pack("<BBhfff2B", 0, 0x4D, exponent, float(len(values)), 10.0, 20.0, 1, 2)
    whole = np.rint(np.ldexp(values, 32 - exponent)).astype(np.int32).view(np.uint32)
    halves = np.stack([whole >> 16, whole & 0xFFFF], axis=1).astype("<u2")
    path.write_bytes(head.ljust(256, b"\0") + halves.tobytes())
    return path
