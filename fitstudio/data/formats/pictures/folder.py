"""Opens a folder of pictures: a sample each, with its folder's name for a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.columns.typed import Words
from fitstudio.data.folder_files import CLASS, FILE, PART, FolderFile, labels_of, look_into
from fitstudio.data.formats.array_source import ArraySource
from fitstudio.data.formats.pictures.array import PictureArray, PictureForm
from fitstudio.data.formats.pictures.reading import PictureHeader, read_header
from fitstudio.data.formats.reader import Asked
from fitstudio.declared.formats.pictures import PICTURES, USUAL_SIDE, parse_size
from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.task.dataset_summary import Guess
from fitstudio.errors import DataError
from fitstudio.words import say, say_count
from fitstudio.words.numbers import listed

PICTURE = "picture"
# Pictures that are all of one size are left at it up to this side.
_LONGEST_SIDE = 256
# Sides that layers can halve a few times without a rest.
_SIDE_STEP = 8
_MOST_NAMED = 5


def open_pictures(asked: Asked) -> ArraySource:
    """Opens a folder of pictures.

    Raises:
        DataError: If no picture in it can be read.
    """
    page = asked.options.get("page")
    inside = look_into(asked.path, PICTURES)
    files = inside.files if inside is not None else ()
    good, headers, bad = _headers(asked.path, files, page)
    if not good:
        raise DataError(
            say("None of the pictures in {file} can be read.", file=repr(asked.file))
            + f" {bad[0][1] if bad else ''}".rstrip(),
            code="data.no-pictures",
            remedy=say("Choose a folder that holds PNG, JPEG, TIFF or BMP files."),
        )
    form, guesses = _form(headers, asked)
    names = [file.name for file in good]
    arrays: dict[str, ArrayLike] = {PICTURE: PictureArray(asked.path, names, form)}
    classes, parts = labels_of(good)
    if asked.options.get("classes") == "none":
        classes = None
    if classes is not None:
        arrays[CLASS] = Words(pl.Series(classes))
    if parts is not None:
        arrays[PART] = Words(pl.Series(parts))
    arrays[FILE] = Words(pl.Series(names))
    findings = [*_unreadable(bad), *_different(headers, form)]
    if inside is not None:
        findings.extend(inside.tell_others())
    settled = {guess.name: guess.value for guess in guesses}
    return ArraySource(
        asked.path,
        asked.file,
        "pictures",
        arrays,
        types=asked.columns,
        options={**settled, **asked.options},
        guesses=(*guesses, _folders(classes, parts, given="classes" in asked.options)),
        findings=tuple(findings),
    )


def _headers(
    folder: Path, files: Sequence[FolderFile], page: int | None
) -> tuple[list[FolderFile], list[PictureHeader], list[tuple[str, str]]]:
    good: list[FolderFile] = []
    headers: list[PictureHeader] = []
    bad: list[tuple[str, str]] = []
    for file in files:
        try:
            headers.append(read_header(folder / file.name, page))
        except DataError as problem:
            bad.append((file.name, problem.message))
        else:
            good.append(file)
    return good, headers, bad


def _form(headers: Sequence[PictureHeader], asked: Asked) -> tuple[PictureForm, list[Guess]]:
    options = asked.options
    sizes = Counter((header.width, header.height) for header in headers)
    width, height = sizes.most_common(1)[0][0]
    wanted = options.get("size")
    if wanted is None:
        if len(sizes) > 1 or max(width, height) > _LONGEST_SIDE:
            width, height = _usual_size(headers)
            why = (
                say("The pictures have different sizes; all are brought to this one.")
                if len(sizes) > 1
                else say("The pictures are large; smaller ones train faster, and mostly as well.")
            )
            sure = False
        else:
            why, sure = say("All pictures have this size."), True
    else:
        chosen = parse_size(str(wanted))
        if chosen is None and len(sizes) > 1:
            raise DataError(
                say_count(
                    len(sizes),
                    "The pictures have {number} size.",
                    "The pictures have {number} different sizes, so they cannot stay as they are.",
                ),
                code="data.option",
                remedy=say("Choose a size for all of them, such as 128 x 128."),
            )
        width, height = chosen or (width, height)
        why, sure = say("As you said."), True
    size = Guess(
        "size",
        f"{width} x {height}",
        why,
        say("{width} × {height} points", width=width, height=height),
        given=wanted is not None,
        sure=sure,
    )
    counts = Counter(header.channels for header in headers)
    kind, channel_guess = _channel_kind(counts, options.get("channels"))
    channels = {"grey": 1, "colour": 3}.get(kind) or counts.most_common(1)[0][0]
    dtype = np.result_type(*{np.dtype(header.dtype) for header in headers})
    form = PictureForm(
        width, height, channels, kind, str(options.get("fitting", "stretch")), dtype,
        options.get("page"),
    )  # fmt: skip
    return form, [size, channel_guess]


def _usual_size(headers: Sequence[PictureHeader]) -> tuple[int, int]:
    """A size for pictures of several sizes, or large ones: not longer than most, nor than usual."""
    longest = int(np.median([max(header.width, header.height) for header in headers]))
    side = min(USUAL_SIDE, max(_SIDE_STEP, longest // _SIDE_STEP * _SIDE_STEP))
    shapes = {round(header.width / header.height, 2) for header in headers}
    if len(shapes) > 1:
        return side, side
    first = headers[0]
    ratio = side / max(first.width, first.height)
    return max(1, round(first.width * ratio)), max(1, round(first.height * ratio))


def _channel_kind(counts: Counter[int], wanted: object) -> tuple[str, Guess]:
    if wanted is not None:
        kind, why = str(wanted), say("As you said.")
    elif any(count > 4 for count in counts):
        kind, why = "stored", say("The files hold other channels than those of a photograph.")
    elif any(count > 2 for count in counts):
        kind, why = "colour", say("There are pictures in colour.")
    else:
        kind, why = "grey", say("All pictures are grey.")
    stored = counts.most_common(1)[0][0]
    label = {
        "grey": say("Grey"),
        "colour": say("Colour"),
        "stored": say_count(stored, "{number} channel", "{number} channels"),
    }[kind]
    return kind, Guess("channels", kind, why, label, given=wanted is not None)


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


def _unreadable(bad: Sequence[tuple[str, str]]) -> list[Finding]:
    if not bad:
        return []
    names = listed([repr(name) for name, _ in bad[:_MOST_NAMED]], most=_MOST_NAMED)
    sentence = say_count(
        len(bad),
        "**{number} picture** cannot be read, and is left out: {names}. {why}",
        "**{number} pictures** cannot be read, and are left out, such as {names}. {why}",
        names=names,
        why=bad[0][1],
    )
    return [Finding("data.pictures-unreadable", Severity.ADVICE, "data.file", sentence)]


def _different(headers: Sequence[PictureHeader], form: PictureForm) -> list[Finding]:
    """What pictures of one folder should have in common and have not."""
    found: list[Finding] = []
    dtypes = sorted({header.dtype for header in headers})
    if len(dtypes) > 1:
        found.append(
            Finding(
                "data.pictures-depth",
                Severity.ADVICE,
                "data.file",
                say(
                    "The pictures hold numbers of different types ({types}), which are taken as "
                    "they are: the same brightness may be another number.",
                    types=listed(dtypes),
                ),
            )
        )
    shape = form.width / form.height
    others = sum(abs(header.width / header.height - shape) > 0.05 * shape for header in headers)
    if others and form.fitting == "stretch":
        found.append(
            Finding(
                "data.pictures-shape",
                Severity.ADVICE,
                "data.options",
                say_count(
                    others,
                    "{number} picture has another shape than {width} × {height}, and is stretched.",
                    "{number} pictures have other shapes than {width} × {height}, and are "
                    "stretched.",
                    width=form.width,
                    height=form.height,
                ),
            )
        )
    return found
