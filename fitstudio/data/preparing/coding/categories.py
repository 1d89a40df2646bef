"""Turns the classes of a file, or its words, into numbers as a recipe's column says."""

from __future__ import annotations

import hashlib

import numpy as np

from fitstudio.data.columns.source import Source
from fitstudio.data.formats.text.column_types import WORDS
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.words import say, say_count

GAP, UNKNOWN, OTHER = -1, -2, -3
_TRIPLE = 3


def encode_category(
    column: RecipeColumn,
    source: Source,
    name: str,
    notes: list[str],
    into: np.ndarray,
    *,
    fill: bool,
) -> np.ndarray:
    """Writes what classes become.

    Args:
        column: How they are told.
        source: The file.
        name: The column's name there.
        notes: Gets sentences on what training did not have.
        into: Zeros, a row for each of the file's and `column.width` numbers in it.
        fill: Whether gaps are filled where the column says with what.

    Returns:
        Which rows have a gap.
    """
    if column.encoding in ("hashed", "ngrams"):
        return _encode_words(column, source, name, into, fill=fill)
    codes = encode_labels(column, source, name, notes)
    unknown = codes == UNKNOWN
    if unknown.any():
        note_unknown(column, source, name, unknown, notes)
    gaps = codes == GAP
    if column.encoding == "ordinal":
        gaps |= codes < 0  # what stands nowhere in the order is as good as missing
    put_codes(column, codes, gaps, into, fill=fill)
    return gaps


def put_codes(
    column: RecipeColumn, codes: np.ndarray, gaps: np.ndarray, into: np.ndarray, *, fill: bool
) -> None:
    """Writes what class numbers become.

    Args:
        column: How they are told.
        codes: As `encode_labels` gives them.
        gaps: Which rows have none.
        into: Zeros, a row for each and `column.width` numbers in it.
        fill: Whether gaps are filled where the column says with what.
    """
    codes = codes.copy()
    if fill and column.fill in column.labels:
        codes[gaps] = column.labels.index(str(column.fill))
    known = codes >= 0
    if column.encoding == "codes":
        into[:, 0] = np.where(known, codes + 1, 0)
        return
    if column.encoding == "ordinal":
        into[:, 0] = np.where(known, codes, 0) / max(1, len(column.labels) - 1)
    else:
        into[np.flatnonzero(known), codes[known]] = 1.0
        if column.other:
            into[(codes == OTHER) | (codes == UNKNOWN), len(column.labels)] = 1.0
    if column.indicator:
        into[:, -1] = gaps


def _encode_words(
    column: RecipeColumn, source: Source, name: str, into: np.ndarray, *, fill: bool
) -> np.ndarray:
    values = source.scalars(name, WORDS)
    labels, gaps = values.labels(), np.asarray(values.missing())
    found: dict[str, np.ndarray] = {}
    for row, label in enumerate(labels):
        if gaps[row]:
            if not fill or not isinstance(column.fill, str):
                continue
            label = column.fill
        word = str(label)
        if word not in found:
            found[word] = hashed(word, column.encoding, column.buckets)
        into[row, : column.buckets] = found[word]
    if column.indicator:
        into[:, -1] = gaps
    return gaps


def hashed(word: str, encoding: str, buckets: int) -> np.ndarray:
    """What a word becomes by its letters alone.

    Args:
        word: The cell, as it stands in the file.
        encoding: "hashed" for the whole word, "ngrams" for its triples of letters, whose numbers
            have the length 1 together.
        buckets: How many places there are.
    """
    counts = np.zeros(buckets, np.float32)
    plain = plainly(word)
    if encoding == "hashed":
        counts[_place(plain, buckets)] = 1.0
        return counts
    padded = f" {plain} "
    for start in range(max(1, len(padded) - _TRIPLE + 1)):
        counts[_place(padded[start : start + _TRIPLE], buckets)] += 1.0
    return counts / max(float(np.linalg.norm(counts)), 1.0)


def _place(text: str, buckets: int) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % buckets


def plainly(name: str) -> str:
    """A name without what hardly tells names apart: capitals and how wide blanks are."""
    return " ".join(name.split()).casefold()


def encode_labels(column: RecipeColumn, source: Source, name: str, notes: list[str]) -> np.ndarray:
    """Class numbers; `GAP` where missing, `UNKNOWN`, or `OTHER` for the rare ones.

    A label that differs from one of the classes in capitals or blanks alone is that class, where
    only one is meant.
    """
    # Classes that are numbers are compared as numbers, all others as they are written.
    values = source.scalars(name, "number" if column.numeric_labels else WORDS)
    labels, missing = values.labels(), values.missing()
    index = {label: number for number, label in enumerate(column.labels)}
    index |= dict.fromkeys(column.rare, OTHER)
    codes = np.array([index.get(label, UNKNOWN) for label in labels], np.int64)
    codes[missing] = GAP
    if not column.numeric_labels and (codes == UNKNOWN).any():
        _take_otherwise_written(column, labels, codes, notes)
    return codes


def _take_otherwise_written(
    column: RecipeColumn, labels: np.ndarray, codes: np.ndarray, notes: list[str]
) -> None:
    """Gives labels that are written a little differently the number of their class."""
    meant: dict[str, int] = {}
    for number, label in enumerate(column.labels):
        # Two classes that differ in capitals alone, such as units: nobody knows which is meant.
        meant[plainly(label)] = number if plainly(label) not in meant else UNKNOWN
    unknown = np.flatnonzero(codes == UNKNOWN)
    codes[unknown] = [meant.get(plainly(str(labels[row])), UNKNOWN) for row in unknown]
    found = unknown[codes[unknown] != UNKNOWN]
    if not len(found):
        return
    pairs = dict.fromkeys((str(labels[row]), column.labels[codes[row]]) for row in found.tolist())
    shown = ", ".join(
        say("“{mine}” for “{theirs}”", mine=mine, theirs=theirs) for mine, theirs in list(pairs)[:4]
    )
    notes.append(
        say_count(
            len(found),
            "{number} row has a class of {column} in other letters than training: {shown}.",
            "{number} rows have a class of {column} in other letters than training: {shown}.",
            column=column.name,
            shown=shown + (" …" if len(pairs) > 4 else ""),
        )
    )


def source_label(source: Source, name: str, row: int) -> str | None:
    """One cell as it is written in the file."""
    return source.cells(name, row, row + 1)[0]


def note_unknown(
    column: RecipeColumn, source: Source, name: str, unknown: np.ndarray, notes: list[str]
) -> None:
    """Says which classes there are that training did not have.

    Args:
        column: How they are told.
        source: The file.
        name: The column's name there.
        unknown: In which rows.
        notes: Gets the sentence.
    """
    rows = np.flatnonzero(unknown)
    seen = list(dict.fromkeys(str(source_label(source, name, int(row))) for row in rows[:50]))
    shown = ", ".join(f"“{label}”" for label in seen[:4]) + (" …" if len(seen) > 4 else "")
    notes.append(
        say_count(
            len(rows),
            "{number} row has something in {column} that training did not: {shown}.",
            "{number} rows have something in {column} that training did not: {shown}.",
            column=column.name,
            shown=shown,
        )
    )
