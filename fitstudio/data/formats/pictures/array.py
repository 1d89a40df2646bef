"""The pictures of a folder as one array, of which only the rows that are asked for are decoded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.formats.pictures.reading import read_points
from fitstudio.data.formats.pictures.resizing import resized, with_channels
from fitstudio.errors import DataError
from fitstudio.words import say


@dataclass(frozen=True)
class PictureForm:
    """What every picture of a folder is brought to.

    Args:
        width: In points.
        height: Likewise.
        channels: How many numbers a point has.
        kind: "grey", "colour" or "stored".
        fitting: "stretch", "border" or "crop".
        dtype: The type of a number.
        page: Which page is taken, from 1; None for all.
    """

    width: int
    height: int
    channels: int
    kind: str
    fitting: str
    dtype: np.dtype
    page: int | None = None


class PictureArray:
    """Pictures with a row for each: (pictures, height, width, channels).

    It can be sent to other processes, which open the files themselves.

    Args:
        folder: The folder.
        names: The files in it, in the order of the rows; "" for a row without a picture.
        form: What each is brought to.
    """

    is_slow = True  # decoding costs far more than reading numbers does

    def __init__(self, folder: Path, names: Sequence[str], form: PictureForm) -> None:
        self._folder, self._names, self._form = folder, list(names), form
        #: For each row whether it has no picture; None where all have one.
        self.gaps: np.ndarray | None = None
        if not all(self._names):
            self.gaps = np.array([not name for name in self._names])
        self.dtype = form.dtype
        self.shape: tuple[int, ...] = (len(names), form.height, form.width, form.channels)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, key: Any) -> np.ndarray:
        if isinstance(key, int | np.integer):
            return self._picture(self._names[int(key)])
        places = np.arange(len(self._names))[key]
        found = np.empty((len(places), *self.shape[1:]), self.dtype)
        for place, row in enumerate(places):
            found[place] = self._picture(self._names[row])
        return found

    def _picture(self, name: str) -> np.ndarray:
        form = self._form
        if not name:
            raise DataError(say("This row has no picture."), code="data.no-picture")
        points = read_points(self._folder / name, form.page, at_least=max(form.width, form.height))
        try:
            points = with_channels(points, form.kind)
        except ValueError as problem:
            raise _other_channels(name, points.shape[2], form) from problem
        if points.shape[2] != form.channels:
            raise _other_channels(name, points.shape[2], form)
        return resized(points, (form.width, form.height), form.fitting).astype(
            self.dtype, copy=False
        )


def _other_channels(name: str, channels: int, form: PictureForm) -> DataError:
    return DataError(
        say(
            "{name} has {channels} channels, where the other pictures have {others}.",
            name=repr(name),
            channels=channels,
            others=form.channels,
        ),
        code="data.picture-channels",
        remedy=say("Take it out of the folder, or read all pictures in grey."),
    )
