"""Writes what `fit()` returns, History, as JSON, CSV and HDF5; each whole, as epochs end.

All three are made from the same rows and can be made again from the journal.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from fitstudio import storage
from fitstudio.errors import StorageError
from fitstudio.journal.events import finite
from fitstudio.journal.history_table import history_table

Row = tuple[int, Mapping[str, float]]


class HistoryWriter:
    """Keeps the files of a run up to date while it trains.

    Args:
        folder: The run's folder.
        rows: The finished epochs; others add to it.
        params: What `History.params` holds.
    """

    # Of a run with ten thousand quick epochs, writing all of them after each would be most of the
    # work: this is the share of the time that may go into it.
    _SHARE = 0.05

    def __init__(self, folder: Path, rows: Sequence[Row], params: Mapping[str, Any]) -> None:
        self._folder = folder
        self._rows = rows
        self._params = params
        self._not_before = 0.0

    def epoch_saved(self, epoch: int) -> None:
        """Writes History up to `epoch`, whose checkpoint is on the disk."""
        began = time.monotonic()
        if began < self._not_before:
            return
        self._write([row for row in self._rows if row[0] <= epoch])
        took = time.monotonic() - began
        self._not_before = began + took / self._SHARE if took > 0.02 else began

    def finish(self) -> None:
        """Writes all of it."""
        self._write(list(self._rows))

    def _write(self, rows: Sequence[Row]) -> None:
        try:
            write(self._folder, rows, self._params)
        except StorageError as problem:
            # The journal holds the same, and the next epoch writes all of it again.
            logging.getLogger("fitstudio.worker").warning("History was not written: %s", problem)


def write(folder: Path, rows: Sequence[Row], params: Mapping[str, Any]) -> None:
    """Writes `history.json`, `history.csv` and `history.h5` into a run's folder.

    Args:
        folder: The run's folder.
        rows: Epoch (from 0) and its logs, in order.
        params: What `History.params` holds.

    Raises:
        StorageError: If one of them could not be written; its previous version is untouched.
    """
    history = columns(rows)
    epochs = [epoch for epoch, _ in rows]
    storage.write_json(
        folder / "history.json",
        finite({"format": 1, "epoch": epochs, "history": history, "params": params}),
        durable=False,
    )
    storage.write_text(folder / "history.csv", history_table(rows, list(history)), durable=False)
    storage.write_bytes(folder / "history.h5", _hdf5(epochs, history, params), durable=False)


def columns(rows: Sequence[Row]) -> dict[str, list[float]]:
    """`History.history`: the values of each name; an epoch that lacks a name adds none to it."""
    history: dict[str, list[float]] = {}
    for _, logs in rows:
        for name, value in logs.items():
            history.setdefault(name, []).append(value)
    return history


def _hdf5(
    epochs: Sequence[int], history: Mapping[str, Sequence[float]], params: Mapping[str, Any]
) -> bytes:
    memory = io.BytesIO()
    with h5py.File(memory, "w") as file:
        file.attrs["format"] = 1
        for name, value in params.items():
            if isinstance(value, (int, float, str)):
                file.attrs[name] = value
        file["epoch"] = np.asarray(epochs, dtype=np.int64)
        group = file.create_group("history")
        for name, values in history.items():
            group[name] = np.asarray(values, dtype=np.float64)
    return memory.getvalue()
