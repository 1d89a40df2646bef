"""Small pictures of the rows of a column that holds pictures, for people to look at."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from fitstudio.data.columns.source import Source
from fitstudio.errors import DataError

_MOST_ROWS = 60
_SAMPLED_ROWS = 200_000


def thumbnails(
    source: Source,
    name: str,
    by: str | None,
    *,
    classes: int = 1,
    each: int = 1,
    side: int,
    rows: Sequence[int] | None = None,
) -> list[dict[str, Any]]:
    """Some rows of a column of pictures, as plain data: row, class, width, height, and points.

    Args:
        source: The opened file.
        name: The column with the pictures.
        by: The column with the classes: some pictures of each; None for rows spread over the file.
        classes: From how many classes at most, the commonest first.
        each: How many pictures of a class.
        side: The longer side that they are made to fit in, in points; smaller ones stay.
        rows: The very rows that are wanted, in place of some of each class.

    Returns:
        For each picture `row` (from 0), `label` (None without classes), `width`, `height`, and
        `points`: its bytes of red, green and blue in base64; and `name`, where it is a file.
    """
    found: list[dict[str, Any]] = []
    array, names = source.array(name), source.file_names()
    wanted = _rows(source, by, classes, each) if rows is None else [(None, np.array(rows, int))]
    gaps = getattr(array, "gaps", None)
    for label, places in wanted:
        for row in places:
            if not 0 <= row < source.rows or (gaps is not None and gaps[row]):
                continue
            try:
                values = np.asarray(array[int(row) : int(row) + 1])[0]
            except DataError:
                continue  # one damaged file does not hide all others
            points = shown(values, side)
            found.append(
                {
                    "row": int(row),
                    "label": label,
                    "name": names[int(row)] if names is not None else "",
                    "width": points.shape[1],
                    "height": points.shape[0],
                    "points": base64.b64encode(points.tobytes()).decode("ascii"),
                }
            )
    return found[:_MOST_ROWS]


def shown(values: np.ndarray, side: int) -> np.ndarray:
    """A picture as a screen can show it: (height, width, 3) of 8 bits, not larger than `side`.

    Eight bits stay as they are; anything else is brought from its own darkest to its brightest.
    """
    values = values if values.ndim == 3 else values[:, :, None]
    channels = values.shape[2]
    values = values[:, :, :3] if channels >= 3 else np.repeat(values[:, :, :1], 3, axis=2)
    if values.dtype != np.uint8:
        numbers = values.astype(np.float64)
        finite = numbers[np.isfinite(numbers)]
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
        span = high - low if high > low else 1.0
        values = np.nan_to_num((numbers - low) / span * 255).clip(0, 255).astype(np.uint8)
    high, wide = values.shape[:2]
    if max(high, wide) <= side:
        return np.ascontiguousarray(values)
    ratio = side / max(high, wide)
    size = (max(1, round(wide * ratio)), max(1, round(high * ratio)))
    return np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))


def _rows(
    source: Source, by: str | None, classes: int, each: int
) -> list[tuple[str | None, np.ndarray]]:
    if by is None:
        count = min(source.rows, classes * each)
        return [(None, np.linspace(0, source.rows - 1, count).astype(int))]
    labels = source.scalars(by, "category").labels()[:_SAMPLED_ROWS]
    largest = sorted(source.column(by).classes, key=lambda pair: -pair[1])[:classes]
    wanted = {label for label, _ in largest}
    found: list[tuple[str | None, np.ndarray]] = []
    for label, _ in source.column(by).classes:
        places = np.flatnonzero(labels == label)
        if label in wanted and len(places):
            spread = np.linspace(0, len(places) - 1, min(each, len(places))).astype(int)
            found.append((label, places[spread]))
    return found
