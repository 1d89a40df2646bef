"""Opens a folder of pictures: a sample each, with its folder's name for a class."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import Words
from fitstudio.data.fingerprint import of_files
from fitstudio.data.folder_files import (
    CLASS,
    FILE,
    PART,
    FolderFile,
    labels_of,
    look_into,
    one_file,
)
from fitstudio.data.formats.arrays.source import ArraySource
from fitstudio.data.formats.pictures import unreadable
from fitstudio.data.formats.pictures.array import PictureArray
from fitstudio.data.formats.pictures.form import different, find_form
from fitstudio.data.formats.pictures.reading import PictureHeader, quickly, read_header
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.formats.pictures import PICTURES
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, sentences
from fitstudio.words.numbers import listed

PICTURE = "picture"


class PictureSource(ArraySource):
    """The pictures of a folder."""

    #: The files, in the order of the rows; and all that there are, also what cannot be read.
    files: Sequence[FolderFile] = ()
    all_files: Sequence[FolderFile] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said of the pictures."""
        return self._findings

    def problems(self) -> tuple[Finding, ...]:
        """What has to be decided before anything is trained."""
        return tuple(each for each in self._findings if each.severity is Severity.ERROR)

    def file_names(self) -> Sequence[str]:
        """The names of the pictures, in the order of the rows."""
        return [file.name for file in self.files]

    def size(self) -> int:
        """The bytes of all pictures, also of those that cannot be read."""
        return sum(file.size for file in self.all_files)

    def fingerprint(self) -> dict[str, Any]:
        """Of a single picture its own, of a folder that of all its pictures."""
        if self.path.is_file():
            return super().fingerprint()
        return of_files(self.path, self.all_files)


def open_pictures(asked: Asked) -> PictureSource:
    """Opens a folder of pictures, or a single picture as a folder with one.

    Raises:
        DataError: If no picture in it can be read.
    """
    options = asked.options
    page = options.get("page")
    folder = asked.path
    inside = None
    if folder.is_file():
        files, folder = (one_file(folder),), folder.parent
    else:
        inside = look_into(folder, PICTURES)
        files = () if inside is None else inside.files
    good, headers, bad = read_headers(folder, files, page)
    if not good:
        raise DataError(
            sentences(
                say("None of the pictures in {file} can be read.", file=repr(asked.file)),
                bad[0][1] if bad else "",
            ),
            code="data.no-pictures",
            remedy=say("Choose a folder that holds PNG, JPEG, TIFF or BMP files."),
        )
    form, guesses = find_form(headers, options)
    names = [file.name for file in good]
    arrays: dict[str, ArrayLike] = {PICTURE: PictureArray(folder, names, form)}
    classes, parts = labels_of(good)
    if options.get("classes") == "none":
        classes = None
    if classes is not None:
        arrays[CLASS] = Words(pl.Series(classes))
    if parts is not None:
        arrays[PART] = Words(pl.Series(parts))
    arrays[FILE] = Words(pl.Series(names))
    chosen = str(options.get("unreadable", unreadable.SKIP))
    findings = [*unreadable.of_files(bad, options, chosen), *different(headers, form)]
    if inside is not None:
        findings.extend(inside.tell_others())
    settled = {guess.name: guess.value for guess in guesses}
    source = PictureSource(
        asked.path,
        asked.file,
        "pictures",
        arrays,
        types=asked.columns,
        options={**settled, **options},
        guesses=(*guesses, _folders(classes, parts, given="classes" in options)),
        findings=tuple(findings),
    )
    source.files, source.all_files = good, files
    return source


def read_headers(
    folder: Path, files: Iterable[FolderFile], page: int | None
) -> tuple[list[FolderFile], list[PictureHeader], list[tuple[str, str]]]:
    """What the files of pictures say of them, without decoding any.

    Args:
        folder: The folder.
        files: The files in it.
        page: Which page is meant, from 1; None for all.

    Returns:
        The files that can be read, what they say, and the names of the others with the reasons.
    """
    good: list[FolderFile] = []
    headers: list[PictureHeader] = []
    bad: list[tuple[str, str]] = []
    above = f"{folder}{os.sep}"
    for file in files:
        quick = quickly(above + file.name)
        if quick is not None:
            headers.append(quick)
            good.append(file)
            continue
        try:
            headers.append(read_header(folder / file.name, page))
        except DataError as problem:
            bad.append((file.name, problem.message))
        else:
            good.append(file)
    return good, headers, bad


def _folders(classes: Sequence[str] | None, parts: Sequence[str] | None, *, given: bool) -> Guess:
    if classes is None:
        words, why = say("No classes"), say("The folders say nothing of classes.")
    else:
        words = say("One folder a class")
        why = say("The folder that a picture lies in is its class.")
    if parts is not None:
        words = say("{words}, {parts}", words=words, parts=listed(sorted(set(parts))))
    value = "none" if classes is None else "folder"
    return Guess("classes", value, say("As you said.") if given else why, words, given=given)


def renamed(source: PictureSource, names: Mapping[str, str]) -> PictureSource:
    """The same pictures with other names of columns.

    Args:
        source: The folder.
        names: The new names by those that the columns have.
    """
    taken = set(names.values())
    arrays = {
        # What a table calls its pictures may be what a folder calls their files.
        names.get(name, f"{name}_name" if name in taken else name): source.array(name)
        for name in source.names
    }
    found = PictureSource(
        source.path,
        source.file,
        source.kind,
        arrays,
        types={},
        options=source.options,
        guesses=source.guesses,
        findings=source.findings,
    )
    found.files, found.all_files = source.files, source.all_files
    return found
