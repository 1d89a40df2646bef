"""Reads SPC files of Galactic and Thermo: the header, then the spectra one after the other.

The present layout (versions K and L, which differ in the order of bytes) has a header of 512 bytes;
the old one (M) has 256 bytes, the last 32 of which are the first spectrum's own header.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fitstudio.data.formats.spectra.spectrum import Spectra, Spectrum, damaged
from fitstudio.errors import DataError
from fitstudio.words import say

_LITTLE, _BIG, _OLD = 0x4B, 0x4C, 0x4D
_HEADER, _OLD_HEADER, _SUBHEADER, _ENTRY = 512, 256, 32, 12
# Flags of the first byte.
_SHORTS, _MULTIPLE, _OWN_AXES, _UNEVEN = 1, 4, 64, 128
_AS_FLOATS = -128  # an exponent that says that values are floats, and are not scaled
_MOST_SPECTRA = 1_000_000
_X_UNITS = {
    1: "cm-1", 2: "µm", 3: "nm", 4: "s", 5: "min", 6: "Hz", 7: "kHz", 8: "MHz", 9: "m/z",
    10: "ppm", 11: "d", 12: "a", 13: "Raman shift, cm-1", 14: "eV", 18: "°", 19: "°F", 20: "°C",
    21: "K", 23: "ms", 24: "µs", 25: "ns", 26: "GHz", 27: "cm", 28: "m", 29: "mm", 30: "h",
}  # fmt: skip
_Y_UNITS = {
    1: "interferogram", 2: "absorbance", 3: "Kubelka-Munk", 4: "counts", 5: "V", 6: "°", 7: "mA",
    8: "mm", 9: "mV", 10: "log(1/R)", 11: "%", 12: "intensity", 13: "relative intensity",
    14: "energy", 16: "dB", 19: "°F", 20: "°C", 21: "K", 22: "refractive index",
    23: "extinction coefficient", 24: "real part", 25: "imaginary part", 128: "transmission",
    129: "reflectance", 130: "transmission", 131: "emission",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class _Header:
    order: str
    flags: int
    exponent: int
    points: int
    first: float
    last: float
    spectra: int
    x_unit: str
    y_unit: str
    title: str
    data_at: int


def is_spc(head: bytes) -> bool:
    """Whether a file begins as an SPC file does."""
    return len(head) > 1 and head[1] in (_LITTLE, _BIG, _OLD) and head[:1] != b"#"


def read_spc(path: Path, file: str) -> Spectra:
    """All spectra of a file.

    Raises:
        DataError: If it is damaged, or of a kind that is not known.
    """
    data = path.read_bytes()
    if data.startswith(_OLE):
        raise DataError(
            say("{file} is a spectrum in the own format of its program, which FitStudio does not "
                "read.", file=repr(file)),
            code="data.foreign-file",
            remedy=say("Export it from that program as JCAMP-DX, SPC or CSV."),
        )  # fmt: skip
    if len(data) < _OLD_HEADER or not is_spc(data):
        raise damaged(file, say("it does not begin as an SPC file does"))
    try:
        found = _old(data, file) if data[1] == _OLD else _present(data, file)
    except struct.error as problem:
        raise damaged(file, say("it ends before its data does")) from problem
    return Spectra(found)


def _present(data: bytes, file: str) -> list[Spectrum]:
    order = ">" if data[1] == _BIG else "<"
    if len(data) < _HEADER:
        raise damaged(file, say("it ends before its data does"))
    flags, exponent = data[0], struct.unpack_from("b", data, 3)[0]
    points, first, last, count = struct.unpack_from(f"{order}iddi", data, 4)
    header = _Header(
        order, flags, exponent, points, first, last, max(1, count),
        _X_UNITS.get(data[28], ""), _Y_UNITS.get(data[29], ""), _text(data[88:218]), _HEADER,
    )  # fmt: skip
    if not 0 < header.spectra <= _MOST_SPECTRA:
        raise damaged(file, say("it claims to hold {count} spectra", count=count))
    if flags & _OWN_AXES:
        return _with_own_axes(data, header, file)
    if not 1 <= points <= len(data):
        raise damaged(file, say("it claims spectra of {points} points", points=points))
    if not (np.isfinite(first) and np.isfinite(last)):
        raise damaged(file, say("its axis begins or ends at no number"))
    place = _HEADER
    if flags & _UNEVEN:
        axis = _floats(data, place, points, order, file)
        place += 4 * points
    else:
        axis = np.linspace(first, last, points)
    found = []
    for _ in range(header.spectra):
        own_exponent, z = _subheader(data, place, order)[:2]
        exponent = own_exponent if flags & _MULTIPLE else header.exponent
        place += _SUBHEADER
        y, place = _values(data, place, points, exponent, header, file)
        found.append(_spectrum(axis, y, header, z))
    return found


def _with_own_axes(data: bytes, header: _Header, file: str) -> list[Spectrum]:
    """Spectra each with an axis of its own; where they stand, a list may say."""
    place, found = _HEADER, []
    for number in range(header.spectra):
        if header.points > 0:
            place = struct.unpack_from(f"{header.order}i", data, header.points + number * _ENTRY)[0]
            if place < _HEADER:
                raise damaged(file, say("its list of spectra is wrong"))
        exponent, z, points = _subheader(data, place, header.order)
        exponent = exponent if header.flags & _MULTIPLE else header.exponent
        if points < 1:
            raise damaged(file, say("it claims spectra of {points} points", points=points))
        place += _SUBHEADER
        x, place = _values(data, place, points, _AS_FLOATS, header, file)
        y, place = _values(data, place, points, exponent, header, file)
        found.append(_spectrum(x, y, header, z))
    return found


def _old(data: bytes, file: str) -> list[Spectrum]:
    exponent, points, first, last = struct.unpack_from("<hfff", data, 2)
    if not 1 <= points <= len(data):
        raise damaged(file, say("it claims spectra of {points} points", points=f"{points:g}"))
    count = int(points)
    header = _Header(
        "<", data[0], exponent, count, first, last, 1,
        _X_UNITS.get(data[16], ""), _Y_UNITS.get(data[17], ""), _text(data[64:194]),
        _OLD_HEADER - _SUBHEADER,
    )  # fmt: skip
    axis = np.linspace(first, last, count)
    place, found = header.data_at, []
    width = 2 if header.flags & _SHORTS else 4
    while place + _SUBHEADER + width * count <= len(data):
        own_exponent, z, own_points = _subheader(data, place, "<")
        if own_points not in (0, count):
            break  # what follows the spectra is no spectrum
        place += _SUBHEADER
        power = own_exponent if header.flags & _MULTIPLE and own_exponent else exponent
        if header.flags & _SHORTS:
            y, place = _values(data, place, count, power, header, file)
        else:
            # The higher half of each number stands before the lower one.
            halves = np.frombuffer(data, "<u2", 2 * count, place).astype(np.uint32)
            whole = (halves[0::2] << 16 | halves[1::2]).astype(np.uint32).view(np.int32)
            y, place = np.ldexp(whole.astype(np.float64), power - 32), place + 4 * count
        found.append(_spectrum(axis, y, header, z))
        if not header.flags & _MULTIPLE:
            break
    if not found:
        raise damaged(file, say("it ends before its data does"))
    return found


def _subheader(data: bytes, place: int, order: str) -> tuple[int, float, int]:
    """The exponent of a spectrum, where it stands in a series, and its points."""
    exponent = struct.unpack_from("b", data, place + 1)[0]
    z = struct.unpack_from(f"{order}f", data, place + 4)[0]
    points = struct.unpack_from(f"{order}i", data, place + 16)[0]
    return exponent, float(z), points


def _values(
    data: bytes, place: int, points: int, exponent: int, header: _Header, file: str
) -> tuple[np.ndarray, int]:
    if exponent == _AS_FLOATS:
        return _floats(data, place, points, header.order, file), place + 4 * points
    width = 2 if header.flags & _SHORTS else 4
    if place + width * points > len(data):
        raise damaged(file, say("it ends before its data does"))
    stored = np.frombuffer(data, f"{header.order}i{width}", points, place)
    return np.ldexp(stored.astype(np.float64), exponent - 8 * width), place + width * points


def _floats(data: bytes, place: int, points: int, order: str, file: str) -> np.ndarray:
    if place + 4 * points > len(data):
        raise damaged(file, say("it ends before its data does"))
    return np.frombuffer(data, f"{order}f4", points, place).astype(np.float64)


def _spectrum(x: np.ndarray, y: np.ndarray, header: _Header, z: float) -> Spectrum:
    return Spectrum(
        x=x, y=y, title=header.title, x_unit=header.x_unit, y_unit=header.y_unit,
        z=z if header.flags & (_MULTIPLE | _OWN_AXES) else None,
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return " ".join(raw.split(b"\0", 1)[0].decode("cp1252", "replace").split())
