"""The windows of recordings as one array, of which only what is asked for is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fitstudio.data.formats.signals.recording import Recording, read_part

# Where windows lie so close, the stretch around them is read once.
_SPARSEST = 4


class WindowArray:
    """Windows with a row for each: (windows, time, channels), or (windows, time) of one channel.

    It can be sent to other processes, which open the files themselves.

    Args:
        recordings: The files.
        places: For each window the number of its recording, and where it begins there.
        length: Values of each window.
        channels: The channels that are read.
    """

    is_slow = True  # files are opened for each part that is read

    def __init__(
        self,
        recordings: Sequence[Recording],
        places: np.ndarray,
        length: int,
        channels: Sequence[str],
    ) -> None:
        self._recordings, self._places = list(recordings), places
        self._length, self._channels = length, list(channels)
        self.dtype = np.dtype(np.float32)
        inner = (length, len(channels)) if len(channels) > 1 else (length,)
        self.shape: tuple[int, ...] = (len(places), *inner)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> np.ndarray:
        if isinstance(key, tuple):
            rows = self[key[0]]
            single = isinstance(key[0], int | np.integer)
            return rows[key[1:]] if single else rows[(slice(None), *key[1:])]
        if isinstance(key, int | np.integer):
            return self._windows(self._places[int(key)][None])[0]
        return self._windows(self._places[key])

    def _windows(self, places: np.ndarray) -> np.ndarray:
        found = np.empty((len(places), self._length, len(self._channels)), np.float32)
        for number in np.unique(places[:, 0]):
            rows = np.flatnonzero(places[:, 0] == number)
            starts = places[rows, 1]
            low, high = int(starts.min()), int(starts.max()) + self._length
            recording = self._recordings[int(number)]
            if high - low <= _SPARSEST * len(rows) * self._length:
                values = read_part(recording, low, high, self._channels)
                for row, start in zip(rows, starts - low, strict=True):
                    found[row] = values[start : start + self._length]
            else:
                for row, start in zip(rows, starts, strict=True):
                    stop = int(start) + self._length
                    found[row] = read_part(recording, int(start), stop, self._channels)
        return found.reshape(len(places), *self.shape[1:])
