"""Small pictures of the rows of a column that holds pictures, for people to look at."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from PIL import Image

from fitstudio.data.columns.source import Source

_MOST_ROWS = 60
_SAMPLED_ROWS = 200_000


def thumbnails(
    source: Source, name: str, by: str | None, *, classes: int, each: int, side: int
) -> list[dict[str, Any]]:
    """Some rows of a column of pictures, as plain data: row, class, width, height, and points.

    Args:
        source: The opened file.
        name: The column with the pictures.
        by: The column with the classes: some pictures of each; None for rows spread over the file.
        classes: From how many classes at most, the commonest first.
        each: How many pictures of a class.
        side: The longer side that they are made to fit in, in points; smaller ones stay.

    Returns:
        For each picture `row` (from 0), `label` (None without classes), `width`, `height`, and
        `points`: its bytes of red, green and blue in base64.
    """
    found: list[dict[str, Any]] = []
    for label, rows in _rows(source, by, classes, each):
        for row in rows:
            points = shown(np.asarray(source.array(name)[int(row) : int(row) + 1])[0], side)
            found.append(
                {
                    "row": int(row),
                    "label": label,
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
