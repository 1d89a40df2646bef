"""The pictures that a column of a table names: one for each row, with gaps where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from fitstudio.data.fingerprint import of_files
from fitstudio.data.folder_files import FolderFile, one_file
from fitstudio.data.formats.pictures import unreadable
from fitstudio.data.formats.pictures.array import PictureArray
from fitstudio.data.formats.pictures.beside import Beside
from fitstudio.data.formats.pictures.form import different, find_form
from fitstudio.data.formats.pictures.naming import some_of
from fitstudio.data.formats.pictures.reading import PictureHeader, quickly, read_header
from fitstudio.declared.formats.listed_pictures import COLUMN, NO_COLUMN, as_in_folders
from fitstudio.declared.formats.listed_pictures import OF_FOLDERS as _OPTIONS
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import format_count


@dataclass(frozen=True)
class ListedPictures:
    """The pictures that a column names.

    Args:
        column: The column.
        array: The pictures, with gaps where a row has none that can be read.
        bad: Rows that name a picture which is missing or cannot be read, with the reason.
        names: For each row the name of its file as it stands in the table; "" for none.
        files: The files, each once, from the table's folder on.
        guesses: How the pictures are read.
        options: The same as ``data.options`` that read the same again.
        findings: What the pictures should have in common and have not.
        chosen: What is done with rows whose picture cannot be read.
    """

    column: str
    array: PictureArray
    bad: tuple[tuple[int, str], ...]
    names: tuple[str, ...]
    files: tuple[str, ...]
    guesses: tuple[Guess, ...]
    options: Mapping[str, Any]
    findings: tuple[Finding, ...] = field(default=())
    chosen: str = unreadable.SKIP

    @property
    def gaps(self) -> np.ndarray:
        """For each row whether it has no picture."""
        return np.zeros(len(self.names), bool) if self.array.gaps is None else self.array.gaps

    def fingerprint(self, folder: Path) -> dict[str, Any]:
        """Of the files that are named."""
        found: list[FolderFile] = []
        for name in self.files:
            try:
                found.append(replace(one_file(folder / name), name=name))
            except OSError:
                continue
        return of_files(folder, found)


def read_listed(
    column: str,
    cells: pl.Series,
    others: Sequence[str],
    beside: Beside,
    *,
    folder: Path,
    file: str,
    options: Mapping[str, Any],
) -> ListedPictures:
    """The pictures that a column names.

    Args:
        column: The column's name.
        cells: Its cells.
        others: All columns that could name pictures.
        beside: The pictures around the table.
        folder: The folder that the table lies in.
        file: The table's name, for messages.
        options: ``data.options``, as a person set them.

    Raises:
        DataError: If none of them can be read.
    """
    said = as_in_folders(options)
    texts = ["" if cell is None else cell for cell in cells.to_list()]
    beside.settle(some_of(cells))
    headers: dict[str, PictureHeader | str] = {}
    names: list[str] = []
    bad: list[tuple[int, str]] = []
    for row, text in enumerate(texts):
        found = beside.find(text) if text else None
        if found is None:
            names.append("")
            if text:
                bad.append((row, say("There is no picture {name}.", name=repr(text))))
            continue
        if found not in headers:
            headers[found] = _header(folder, found, said.get("page"))
        header = headers[found]
        if isinstance(header, str):
            bad.append((row, header))
        names.append("" if isinstance(header, str) else found)
    read = [each for each in headers.values() if isinstance(each, PictureHeader)]
    if not read:
        raise DataError(
            sentences(
                say(
                    "None of the pictures that the column {column} of {file} names can be read.",
                    column=repr(column),
                    file=repr(file),
                ),
                bad[0][1] if bad else "",
            ),
            code="data.no-pictures",
            remedy=say("Put them beside the table, or in a folder there."),
        )
    form, guesses = find_form(read, said)
    mine = {theirs: name for name, theirs in _OPTIONS.items()}
    guesses = [replace(guess, name=mine[guess.name]) for guess in guesses]
    return ListedPictures(
        column=column,
        array=PictureArray(folder, names, form),
        bad=tuple(bad),
        names=tuple(text if name else "" for text, name in zip(texts, names, strict=True)),
        files=tuple(headers),
        guesses=(_column_guess(column, others, cells, given=COLUMN in options), *guesses),
        options={COLUMN: column}
        | {guess.name: guess.value for guess in guesses}
        | {name: options[name] for name in _OPTIONS if name in options},
        findings=tuple(different(read, form)),
        chosen=str(said.get("unreadable", unreadable.SKIP)),
    )


def _header(folder: Path, name: str, page: int | None) -> PictureHeader | str:
    """What a file says of its picture, or why it cannot be read, in a sentence."""
    path = folder / name
    quick = quickly(str(path))
    if quick is not None:
        return quick
    try:
        return read_header(path, page)
    except DataError as problem:
        return problem.message


def _column_guess(column: str, others: Sequence[str], cells: pl.Series, *, given: bool) -> Guess:
    count = len(cells) - cells.null_count()
    why = say_count(
        count,
        "Its {number} cell names a picture beside the table: the picture itself is the input, and "
        "other columns are no inputs beside it.",
        "Its {number} cells name pictures beside the table: the pictures themselves are the "
        "input, and other columns are no inputs beside them.",
        number=format_count(count),
    )
    choices = tuple(dict.fromkeys((column, *others, NO_COLUMN)))
    return Guess(
        COLUMN,
        column,
        say("As you said.") if given else why,
        say("Pictures named in {column}", column=column),
        given=given,
        choices=choices,
    )
