"""Chunked HDF5 that does not fit into memory: what is read, how far it is mixed, what is said."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from fitstudio import Model
from fitstudio.data.columns.pieces import times_read
from fitstudio.data.preparing.coding.lazy import LazyArray
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.engine.callbacks import Callback

ROWS, CHUNK = 6_000, 100


class Pieces:
    """Rows in pieces; counts how often each piece is read."""

    def __init__(self, values: np.ndarray, chunk_rows: int) -> None:
        self.values, self.chunk_rows = values, chunk_rows
        self.shape, self.dtype = values.shape, values.dtype
        self.reads: Counter[int] = Counter()

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, key):
        rows = np.arange(len(self.values))[key].reshape(-1)
        self.reads.update(set((rows // self.chunk_rows).tolist()))
        return self.values[key]


def lazy(pieces: Pieces, rows: np.ndarray | None = None, **how) -> LazyArray:
    zero, one = np.zeros(1), np.ones(1)
    return LazyArray((pieces,), rows, pieces.shape[1:], (zero,), (one,), **how)


class Seen(Callback):
    """The rows of each batch."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[int]] = []

    def on_train_batch_end(self, batch, logs=None):
        rows = self.model.batch_rows(self.epoch, batch)
        assert rows is not None
        self.batches.append(rows.tolist())

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch


def trained(x, rows: int, **arguments) -> list[list[int]]:
    model = Model(torch.nn.Linear(1, 1))
    model.compile("sgd", loss="mse")
    seen = Seen()
    model.fit(x, np.zeros((rows, 1), np.float32), verbose=0, callbacks=[seen], seed=3, **arguments)
    return seen.batches


def numbers(rows: int = ROWS) -> np.ndarray:
    return np.arange(rows, dtype=np.float32)[:, None]


def test_each_piece_is_read_once_or_twice_an_epoch_and_every_row_trains():
    pieces = Pieces(numbers(), CHUNK)
    batches = trained(lazy(pieces), ROWS, batch_size=32)
    assert sorted(row for batch in batches for row in batch) == list(range(ROWS))
    # One more read looks at the first batch.
    assert sum(pieces.reads.values()) <= 2 * ROWS / CHUNK + 2


def test_rows_of_several_pieces_are_mixed_with_each_other():
    batches = trained(lazy(Pieces(numbers(), CHUNK)), ROWS, batch_size=32, epochs=2)
    in_each = [len({row // CHUNK for row in batch}) for batch in batches]
    assert np.mean(in_each) > 8
    first, second = batches[: len(batches) // 2], batches[len(batches) // 2 :]
    assert first != second
    assert batches == trained(lazy(Pieces(numbers(), CHUNK)), ROWS, batch_size=32, epochs=2)


def test_a_part_of_the_rows_keeps_their_pieces_together():
    draw = np.random.default_rng(0)
    rows = np.sort(draw.permutation(ROWS)[: ROWS * 4 // 5])
    pieces = Pieces(numbers(), CHUNK)
    batches = trained(lazy(pieces, rows), len(rows), batch_size=32, validation_split=0.25)
    count = len(rows) * 3 // 4
    assert sorted(row for batch in batches for row in batch) == list(range(count))
    assert sum(pieces.reads.values()) <= 3 * ROWS / CHUNK + 4


@pytest.mark.parametrize("chunk_rows", [1, CHUNK])
def test_every_row_with_every_other_is_what_an_array_in_memory_gets(chunk_rows: int):
    values = numbers()
    whole = trained(values, ROWS, batch_size=32)
    asked = lazy(Pieces(values, chunk_rows), whole_pieces=chunk_rows == 1)
    assert trained(asked, ROWS, batch_size=32) == whole


def test_rows_in_any_order_know_their_pieces():
    order = np.random.default_rng(0).permutation(ROWS)
    pieces = Pieces(numbers(), CHUNK)
    found = lazy(pieces, order).pieces()
    assert found is not None
    assert np.array_equal(found, order // CHUNK)
    batches = trained(lazy(pieces, order), ROWS, batch_size=32)
    assert sorted(row for batch in batches for row in batch) == list(range(ROWS))
    assert sum(pieces.reads.values()) <= 2 * ROWS / CHUNK + 40
    assert lazy(Pieces(numbers(), 1)).pieces() is None


def test_the_price_of_mixing_every_row():
    assert times_read(250_000, 1000) == 61
    assert times_read(5_000, 1000) == 1
    assert times_read(1_000_000, 100) == pytest.approx(82, abs=3)


@pytest.fixture
def chunked(tmp_path: Path) -> Path:
    draw = np.random.default_rng(1)
    with h5py.File(tmp_path / "large.h5", "w") as file:
        file.create_dataset(
            "signal", data=draw.normal(size=(800, 70)), chunks=(50, 70), compression="gzip"
        )
        file["speed"] = draw.normal(size=800)
    return tmp_path


def prepared(folder: Path, **settings) -> Prepared:
    spec = RunSpec().with_values(
        {"data.file": "large.h5", "fit.x": ["signal"], "fit.y": ["speed"]}
        | {"fit.validation_split": 0.2, "data.row_order": "random"}
        | {key.replace("_", ".", 1): value for key, value in settings.items()}
    )
    with open_source(spec.data, folder) as source:
        return prepare(source, spec, base=folder, seed=4, lazily=True)


def test_the_same_rows_are_held_out_however_they_are_read(chunked: Path):
    windows, exact = prepared(chunked), prepared(chunked, data_mixing="rows")
    assert windows.training_rows.tolist() == exact.training_rows.tolist()
    assert windows.validation_rows.tolist() == exact.validation_rows.tolist()
    assert windows.validation_rows.tolist() == sorted(windows.validation_rows)
    some = prepared(chunked, fit_validation_steps=2)
    assert sorted(some.validation_rows) == windows.validation_rows.tolist()
    assert some.validation_rows.tolist() != windows.validation_rows.tolist()
    assert windows.x.pieces() is not None
    assert exact.x.pieces() is None
    assert windows.lazily


def test_what_is_done_is_said(chunked: Path):
    def said(**settings) -> str:
        return " ".join(each.sentence for each in prepared(chunked, **settings).findings)

    json.dumps([each.to_json() for each in prepared(chunked).findings])
    assert "pieces of 50" in said()
    assert "not every row with every other" in said()
    assert "about 1 times" in said(data_mixing="rows")
    assert "each epoch" not in said(fit_shuffle=False).lower()
