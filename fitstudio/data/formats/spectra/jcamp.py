"""Reads JCAMP-DX files: labelled records in blocks, one spectrum a block, in text of many forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fitstudio.data.formats.spectra.ordinates import OrdinateError, ordinates, pairs
from fitstudio.data.formats.spectra.spectrum import Spectra, Spectrum, damaged
from fitstudio.errors import DataError
from fitstudio.words import say

_LABEL = re.compile(r"\s*##([^=]*)=(.*)", re.DOTALL)
_NOT_IN_LABELS = re.compile(r"[\s/_-]")
_TABLES = ("XYDATA", "XYPOINTS", "DATATABLE")
_PEAKS = ("PEAKTABLE", "PEAKASSIGNMENTS", "ASSIGNMENTS")
_LONG_FORM = re.compile(r"\(\s*X\s*\+\+\s*\(\s*(\w)\s*\.\.\s*\w", re.IGNORECASE)
_PAIR_FORM = re.compile(r"\(\s*(\w)(\w)\s*\.\.\s*\w\w\s*\)", re.IGNORECASE)
_DEEPEST = 16
_MOST_BLOCKS = 100_000
# A line's place may be off by so much of the distance between places; a lost line shows more.
_FREE_PLAY = 1.5


@dataclass
class _Block:
    """One block: its records by label; tables in the order in which they stand."""

    records: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, list[str], dict[str, str]]] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it is called."""
        return " ".join(self.records.get("TITLE", "").split())[:200]


def read_jcamp(path: Path, file: str) -> Spectra:
    """All spectra of a file.

    Raises:
        DataError: If it holds none, or contradicts itself.
    """
    text = _text(path.read_bytes())
    if not text.lstrip().startswith("##"):
        raise damaged(file, say("it does not begin as a JCAMP-DX file does"))
    spectra: list[Spectrum] = []
    left_out: list[str] = []
    for block in _blocks(text, file):
        if not block.tables:
            continue  # of a file with several, the outermost holds none
        label, lines, page = block.tables[0]
        if label in _PEAKS:
            left_out.append(say("{title} is a list of peaks", title=repr(block.title)))
            continue
        records = {**block.records, **page}
        try:
            if label == "DATATABLE":
                spectra.append(_of_ntuples(block, records, lines))
                pages = sum(each[0] == "DATATABLE" for each in block.tables)
                if pages > 1:
                    left_out.append(
                        say(
                            "{title} has {pages} pages, of which the first is read",
                            title=repr(block.title),
                            pages=pages,
                        )
                    )
            else:
                spectra.append(_of_table(block, records, lines))
        except (OrdinateError, OverflowError) as problem:
            raise damaged(file, _in_block(block, str(problem))) from problem
    if not spectra:
        raise DataError(
            say("{file} holds no spectrum: {left_out}.", file=repr(file),
                left_out="; ".join(left_out[:3]) or say("it has no table of values")),
            code="data.no-spectra",
            remedy=say("Choose a file with XYDATA or XYPOINTS."),
        )  # fmt: skip
    return Spectra(spectra, left_out)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _blocks(text: str, file: str) -> Iterator[_Block]:
    """The blocks, each after those that it holds."""
    open_ones: list[_Block] = []
    label, value, count = "", [], 0
    found: list[_Block] = []

    def finish() -> None:
        if not label:
            return
        if label == "TITLE":
            open_ones.append(_Block({"TITLE": value[0]}))
        elif label == "END":
            if open_ones:
                found.append(open_ones.pop())
        elif open_ones:
            _put(open_ones[-1], label, value)

    for line in text.splitlines():
        bare = line.partition("$$")[0]
        match = _LABEL.match(bare)
        if match is None:
            if label:
                value.append(bare)
            continue
        finish()
        label = _NOT_IN_LABELS.sub("", match[1]).upper()
        value = [match[2]]
        count += label == "TITLE"
        if len(open_ones) > _DEEPEST or count > _MOST_BLOCKS:
            raise damaged(file, say("its blocks never end"))
    finish()
    yield from found
    yield from reversed(open_ones)


def _put(block: _Block, label: str, value: list[str]) -> None:
    if label in _TABLES or label in _PEAKS:
        if not value[0].strip() and len(value) > 1:
            value = value[1:]
        # What is said of a page stands between the tables.
        page = {"FORM": value[0], "PAGE": block.records.get("PAGE", "")}
        block.tables.append((label, value[1:], page))
    elif label == "PAGE" or label not in block.records:
        block.records[label] = "\n".join(value).strip()


def _of_table(block: _Block, records: Mapping[str, str], lines: list[str]) -> Spectrum:
    x_factor = _number(records, "XFACTOR") or 1.0
    y_factor = _number(records, "YFACTOR") or 1.0
    first, last = _number(records, "FIRSTX"), _number(records, "LASTX")
    points = _number(records, "NPOINTS")
    if _LONG_FORM.search(records["FORM"]):
        values, places = ordinates(lines, None if points is None else int(points))
        x = _axis(len(values), first, last, points, x_factor, places)
        y = np.array(values) * y_factor
    else:
        table = np.array(pairs(lines), np.float64).reshape(-1, 2)
        if points is not None and len(table) != int(points):
            raise _other_count(len(table), int(points))
        x, y = table[:, 0] * x_factor, table[:, 1] * y_factor
    _refuse_few(y)
    return Spectrum(
        x=x, y=y, title=block.title,
        x_unit=_unit(records, "XUNITS"), y_unit=_unit(records, "YUNITS"),
    )  # fmt: skip


def _of_ntuples(block: _Block, records: Mapping[str, str], lines: list[str]) -> Spectrum:
    """The first page of a block with several variables."""
    symbols = [each.upper() for each in _several(records, "SYMBOL")]
    form = records["FORM"]
    long, short = _LONG_FORM.search(form), _PAIR_FORM.search(form)
    if long is not None:
        names = "X", long[1].upper()
    elif short is not None:
        names = short[1].upper(), short[2].upper()
    else:
        raise OrdinateError(say("its table is of the form {form}", form=repr(form.strip())))
    if any(name not in symbols for name in names):
        raise OrdinateError(say("its table is of variables that it does not name"))
    x_at, y_at = (symbols.index(name) for name in names)

    def said(label: str, at: int) -> str:
        values = _several(records, label)
        return values[at] if at < len(values) else ""

    def number(label: str, at: int) -> float | None:
        text = said(label, at)
        return float(text) if _is_number(text) else None

    x_factor, y_factor = number("FACTOR", x_at) or 1.0, number("FACTOR", y_at) or 1.0
    if long is not None:
        values, places = ordinates(lines)
        first, last = number("FIRST", x_at), number("LAST", x_at)
        x = _axis(len(values), first, last, number("VARDIM", x_at), x_factor, places)
        y = np.array(values) * y_factor
    else:
        table = np.array(pairs(lines), np.float64).reshape(-1, 2)
        x, y = table[:, 0] * x_factor, table[:, 1] * y_factor
    _refuse_few(y)
    return Spectrum(
        x=x, y=y, title=block.title,
        x_unit=said("UNITS", x_at), y_unit=said("UNITS", y_at),
    )  # fmt: skip


def _axis(
    count: int,
    first: float | None,
    last: float | None,
    points: float | None,
    factor: float,
    places: list[tuple[float, int, int]],
) -> np.ndarray:
    """The places of the axis, which are evenly spaced; each line says where it begins."""
    if points is not None and int(points) != count:
        raise _other_count(count, int(points))
    if first is None or last is None:
        if len(places) < 2 or places[-1][1] == places[0][1]:
            raise OrdinateError(say("it does not say where its axis begins and ends"))
        (start, first_at, _), (end, last_at, _) = places[0], places[-1]
        step = (end - start) * factor / (last_at - first_at)
        first = start * factor - first_at * step
        last = first + step * (count - 1)
    axis = np.linspace(first, last, count)
    step = abs(last - first) / max(1, count - 1)
    for number, (place, at, decimals) in enumerate(places, 1):
        rounded = 0.5 * 10.0**-decimals * abs(factor)
        if abs(place * factor - axis[min(at, count - 1)]) > _FREE_PLAY * step + rounded:
            raise OrdinateError(
                say(
                    "line {number} begins at {place} of the axis, where {expected} comes next",
                    number=number,
                    place=f"{place * factor:g}",
                    expected=f"{axis[min(at, count - 1)]:g}",
                )
            )
    return axis


def _other_count(count: int, points: int) -> OrdinateError:
    return OrdinateError(
        say("it holds {count} points, and says that it has {points}", count=count, points=points)
    )


def _refuse_few(y: np.ndarray) -> None:
    if len(y) < 2:
        raise OrdinateError(say("its table holds no values"))


def _in_block(block: _Block, why: str) -> str:
    return say("in {title}, {why}", title=repr(block.title), why=why) if block.title else why


def _several(records: Mapping[str, str], label: str) -> list[str]:
    return [each.strip() for each in records.get(label, "").split(",")]


def _unit(records: Mapping[str, str], label: str) -> str:
    return " ".join(records.get(label, "").split())[:60]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(records: Mapping[str, str], label: str) -> float | None:
    text = records.get(label, "").replace(",", ".").split()
    return float(text[0]) if text and _is_number(text[0]) else None
