"""Opens a file of spectra, or a folder of such files, with a row for each spectrum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import Words
from fitstudio.data.folder_files import CLASS, FolderContent, FolderFile, folder_columns, look_into
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.reader import Asked
from fitstudio.data.formats.spectra.jcamp import read_jcamp
from fitstudio.data.formats.spectra.spc import is_spc, read_spc
from fitstudio.data.formats.spectra.spectrum import Spectra, Spectrum, on_axis, same_axis
from fitstudio.declared.formats.spectra import SPECTRA
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.dataset_summary import DatasetSummary, Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import listed

SPECTRUM, TITLE, SERIES = "spectrum", "title", "z"
_MOST_NAMED = 5
_MOST_COLUMNS = 20_000


@dataclass(frozen=True)
class _Row:
    """A spectrum and the file that it is from."""

    spectrum: Spectrum
    file: FolderFile


class SpectraSource(ArraySource):
    """Spectra with one axis; those that had another keep training from starting until decided."""

    unclear: tuple[Finding, ...] = ()

    def problems(self) -> tuple[Finding, ...]:
        """Spectra whose axes are others, until somebody decides."""
        return self.unclear

    def remarks(self) -> tuple[Finding, ...]:
        """What is to be said of the spectra."""
        return self._findings

    def summary(self) -> DatasetSummary:
        """As of arrays, with what is not decided first."""
        found = super().summary()
        return replace(found, findings=(*self.unclear, *found.findings))


def open_spectra(asked: Asked) -> SpectraSource:
    """Opens a file of spectra, or all of a folder.

    Raises:
        DataError: If none can be read, or if they do not belong together.
    """
    options = asked.options
    inside = look_into(asked.path, SPECTRA) if asked.path.is_dir() else None
    rows, findings = _read_all(asked, inside)
    _refuse_other_units(rows, asked.file, options.get("units"))
    given = options.get("axis")
    axis = rows[0].spectrum.x if given is None else _given_axis(given)
    fits = [same_axis(row.spectrum.x, axis) for row in rows]
    unclear: tuple[Finding, ...] = ()
    if not all(fits):
        wanted = options.get("other_axes")
        others = [row for row, fit in zip(rows, fits, strict=True) if not fit]
        if wanted == "skip":
            rows = [row for row, fit in zip(rows, fits, strict=True) if fit]
            if not rows:
                raise _no_such_axis(asked.file, axis)
            findings.append(_told(others, say("and is left out"), say("and are left out")))
        elif wanted == "interpolate":
            words = say("and is brought to it"), say("and are brought to it")
            findings.append(_told(others, *words))
        else:
            unclear = (_question(others, axis, options),)
    values = np.stack(
        [
            row.spectrum.y if same_axis(row.spectrum.x, axis) else on_axis(row.spectrum, axis)
            for row in rows
        ]
    )
    first = rows[0].spectrum
    arrays, units = _arrays(rows, values, axis, options, is_folder=inside is not None)
    guesses = tuple(_guesses(first, axis, options, inside is not None, CLASS in arrays))
    source = SpectraSource(
        asked.path,
        asked.file,
        "spectra",
        arrays,
        types=asked.columns,
        options={**options, **{guess.name: guess.value for guess in guesses}},
        guesses=guesses,
        findings=tuple(findings),
        units=units,
        groups=[list(arrays)[-1]] if inside is not None else (),
    )
    if options.get("split"):
        source.split_from = values
    source.unclear = unclear
    return source


def _read_all(asked: Asked, inside: FolderContent | None) -> tuple[list[_Row], list[Finding]]:
    files = inside.files if inside is not None else (FolderFile(asked.file, 0, 0),)
    rows: list[_Row] = []
    bad: list[tuple[str, str]] = []
    left_out: list[str] = []
    for file in files:
        path = asked.path / file.name if inside is not None else asked.path
        try:
            read = _read(path, file.name)
        except DataError as problem:
            if inside is None:
                raise
            bad.append((file.name, problem.message))
            continue
        rows.extend(_Row(spectrum, file) for spectrum in read.found)
        left_out.extend(read.left_out)
    if not rows:
        raise DataError(
            sentences(
                say("None of the spectra in {file} can be read.", file=repr(asked.file)),
                bad[0][1] if bad else "",
            ),
            code="data.no-spectra",
            remedy=say("Choose a folder that holds JCAMP-DX or SPC files."),
        )
    findings = list(inside.tell_others()) if inside is not None else []
    if bad:
        findings.append(
            _advice(
                "data.files-unreadable",
                say_count(
                    len(bad),
                    "**{number} file** cannot be read, and is left out: {names}. {why}",
                    "**{number} files** cannot be read, and are left out: {names}. {why}",
                    names=_listed([name for name, _ in bad]),
                    why=bad[0][1],
                ),
            )
        )
    if left_out:
        sentence = say("Not read: {what}.", what=listed(left_out, most=_MOST_NAMED))
        findings.append(_advice("data.left-out", sentence))
    return rows, findings


def _read(path: Path, file: str) -> Spectra:
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
        return read_jcamp(path, file) if _is_text(head) else read_spc(path, file)
    except OSError as problem:
        raise DataError(
            say("{file} cannot be read: {strerror}.", file=repr(file), strerror=problem.strerror),
            code="data.unreadable",
        ) from problem


def _is_text(head: bytes) -> bool:
    """Whether a file is JCAMP-DX, or else some text: SPC files hold other bytes from the start."""
    return head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"##") or (
        not is_spc(head) and head.isascii() and b"\0" not in head
    )


def _arrays(
    rows: Sequence[_Row],
    values: np.ndarray,
    axis: np.ndarray,
    options: Mapping[str, Any],
    *,
    is_folder: bool,
) -> tuple[dict[str, ArrayLike], dict[str, str]]:
    unit = _plain(rows[0].spectrum.y_unit)
    arrays: dict[str, ArrayLike] = {}
    if options.get("split"):
        if len(axis) > _MOST_COLUMNS:
            raise DataError(
                say("A spectrum has {points} places, too many for columns.", points=len(axis)),
                code="data.too-many-columns",
                remedy=say("Leave the columns together."),
            )
        for place, name in enumerate(_names(axis)):
            arrays[name] = values[:, place]
    else:
        arrays[SPECTRUM] = values
    units = dict.fromkeys(arrays, unit) if unit else {}
    series = [row.spectrum.z for row in rows]
    if all(z is not None for z in series) and len(set(series)) > 1:
        arrays[SERIES] = np.array(series, np.float64)
    titles = [row.spectrum.title for row in rows]
    if len(set(titles)) > 1:
        arrays[TITLE] = Words(pl.Series([title or None for title in titles], dtype=pl.String))
    if is_folder:
        files = list(dict.fromkeys(row.file for row in rows))
        places = {file: place for place, file in enumerate(files)}
        for name, said in folder_columns(files, arrays).items():
            if name != CLASS or options.get("classes") != "none":
                arrays[name] = Words(pl.Series([said[places[row.file]] for row in rows]))
    return arrays, units


def _names(axis: np.ndarray) -> list[str]:
    """The places of an axis as names, with as many digits as tell them apart."""
    for digits in range(6, 17):
        names = [f"{place:.{digits}g}" for place in axis]
        if len(set(names)) == len(names):
            return names
    return [f"place_{number}" for number in range(1, len(axis) + 1)]


def _guesses(
    first: Spectrum, axis: np.ndarray, options: Mapping[str, Any], is_folder: bool, classes: bool
) -> Iterator[Guess]:
    unit = first.x_unit or say("of a unit that the file does not name")
    yield Guess(
        "axis",
        options.get("axis") or _as_option(axis),
        say("As you said.")
        if "axis" in options
        else say("Where the first spectrum was measured, {unit}.", unit=unit),
        say(
            "{first} to {last}, {points} points",
            first=f"{axis[0]:.6g}",
            last=f"{axis[-1]:.6g}",
            points=len(axis),
        ),
        given="axis" in options,
    )
    if first.y_unit or "units" in options:
        given = "units" in options
        value = str(options.get("units") or _plain(first.y_unit))
        sentence = say("As you said.") if given else say("So the first spectrum says.")
        yield Guess("units", value, sentence, value, given=given)
    if "other_axes" in options:
        value = str(options["other_axes"])
        yield Guess("other_axes", value, say("As you said."), "", given=True)
    if is_folder:
        given = "classes" in options
        words = say("One folder a class") if classes else say("No classes")
        why = (
            say("The folder that a file lies in is its class.")
            if classes
            else say("The folders say nothing of classes.")
        )
        value = "folder" if classes else "none"
        yield Guess("classes", value, say("As you said.") if given else why, words, given=given)


def _as_option(axis: np.ndarray) -> list[float]:
    """An axis in few numbers: first, last and how many, where the places are evenly spaced."""
    even = np.linspace(axis[0], axis[-1], len(axis))
    if len(axis) != 3 and same_axis(axis, even):
        return [float(axis[0]), float(axis[-1]), float(len(axis))]
    return [float(place) for place in axis]


def _given_axis(numbers: Sequence[float]) -> np.ndarray:
    if len(numbers) == 3 and float(numbers[2]).is_integer() and 3 < numbers[2] <= 10_000_000:
        return np.linspace(numbers[0], numbers[1], int(numbers[2]))
    return np.array(numbers, np.float64)


def _question(others: Sequence[_Row], axis: np.ndarray, options: Mapping[str, Any]) -> Finding:
    sentence = say_count(
        len(others),
        "**{number} spectrum** was measured at other places than {axis}: {names}. It is not clear "
        "what to do with it.",
        "**{number} spectra** were measured at other places than {axis}: {names}. It is not clear "
        "what to do with them.",
        axis=_say_axis(axis),
        names=_listed(_where(others)),
    )
    fix = Fix(
        say("Bring them to that axis by straight lines"),
        {"data.options": {**options, "other_axes": "interpolate"}},
    )
    return Finding("data.other-axes", Severity.ERROR, "data.options", sentence, fix)


def _told(others: Sequence[_Row], one: str, several: str) -> Finding:
    return _advice(
        "data.other-axes-told",
        say_count(
            len(others),
            "**{number} spectrum** was measured at other places, {one}: {names}.",
            "**{number} spectra** were measured at other places, {several}: {names}.",
            one=one,
            several=several,
            names=_listed(_where(others)),
        ),
    )


def _where(rows: Sequence[_Row]) -> list[str]:
    return list(dict.fromkeys(row.spectrum.title or row.file.name for row in rows))


def _no_such_axis(file: str, axis: np.ndarray) -> DataError:
    return DataError(
        say("No spectrum of {file} was measured at {axis}.", file=repr(file),
            axis=_say_axis(axis)),
        code="data.other-axes",
        remedy=say("Bring them to that axis: other_axes=interpolate."),
    )  # fmt: skip


def _refuse_other_units(rows: Sequence[_Row], file: str, wanted: object) -> None:
    """Refuses spectra of different quantities: absorbance and transmittance do not go together.

    Raises:
        DataError: Naming a spectrum of each.
    """
    for what in ("y_unit", "x_unit"):
        usual = str(wanted) if what == "y_unit" and wanted is not None else ""
        first = ""
        for row in rows:
            unit = _plain(getattr(row.spectrum, what))
            if not unit:
                continue
            if not usual:
                usual, first = unit, row.file.name
            elif unit != _plain(usual):
                raise DataError(
                    say(
                        "The spectra of {file} do not belong together: {other} is in {unit}, and "
                        "{first} in {usual}.",
                        file=repr(PurePosixPath(file).name),
                        other=repr(row.file.name),
                        unit=unit,
                        first=repr(first) if first else say("those of the model"),
                        usual=usual,
                    ),
                    code="data.units-differ",
                    remedy=say("Choose spectra of one kind, or convert the others first."),
                )


def _plain(unit: str) -> str:
    """A unit in one way of writing: "1/CM" and "cm-1" are the same."""
    text = " ".join(unit.split()).casefold()
    return {"1/cm": "cm-1", "cm^-1": "cm-1", "nanometers": "nm"}.get(text, text)


def _say_axis(axis: np.ndarray) -> str:
    return say(
        "{first} to {last} in {points} points",
        first=f"{axis[0]:.6g}",
        last=f"{axis[-1]:.6g}",
        points=len(axis),
    )


def _listed(names: Sequence[str]) -> str:
    return listed([repr(name) for name in names], most=_MOST_NAMED)


def _advice(code: str, sentence: str) -> Finding:
    return Finding(code, Severity.ADVICE, "data.file", sentence)
