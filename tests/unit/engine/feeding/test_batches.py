"""Batches from arrays in memory and in files: the same rows, read in blocks, in every order."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
import torch

from fitstudio.engine.feeding.batches_array import ArrayBatches
from fitstudio.engine.feeding.columns import Cast, FileColumn, TensorColumn
from fitstudio.engine.feeding.numpy_tensors import to_tensor
from fitstudio.engine.feeding.open_column import open_column
from fitstudio.errors import ArgumentError

ROWS = 53
DATA = np.arange(ROWS * 3, dtype="float32").reshape(ROWS, 3)


@pytest.fixture(params=["contiguous", "chunked", "compressed", "growing", "memmap"])
def in_file(request, tmp_path):
    """The same rows in a file, laid out in different ways."""
    if request.param == "memmap":
        np.save(tmp_path / "data.npy", DATA)
        yield np.load(tmp_path / "data.npy", mmap_mode="r")
        return
    layout = {
        "contiguous": {},
        "chunked": {"chunks": (7, 3)},
        "compressed": {"chunks": (10, 2), "compression": "gzip"},
        "growing": {"maxshape": (None, 3)},
    }[request.param]
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file.create_dataset("other", data=np.zeros(1000))
        file.create_dataset("x", data=DATA, **layout)
    with h5py.File(tmp_path / "data.h5") as file:
        yield file["x"]


def rows_of(batches: ArrayBatches, epoch: int, first_step: int = 0) -> list[list[int]]:
    return [
        (inputs[0][:, 0] / 3).int().tolist() for inputs, _, _ in batches.epoch(epoch, first_step)
    ]


def flat(batches: list[list[int]]) -> list[int]:
    return [row for batch in batches for row in batch]


def make(column, **arguments) -> ArrayBatches:
    return ArrayBatches([column], [column], [None], **{"batch_size": 6, "seed": 4} | arguments)


@pytest.mark.parametrize("order", ["file", "rows"])
@pytest.mark.parametrize("part", [(0, ROWS), (5, 40)])
def test_a_file_gives_what_memory_gives(in_file, order, part, monkeypatch):
    monkeypatch.setattr("fitstudio.engine.feeding.batches_array._FILE_BLOCK_ROWS", 12)
    monkeypatch.setattr("fitstudio.engine.feeding.batches_array._FILE_BLOCK_BYTES", 1)
    monkeypatch.setattr("fitstudio.engine.feeding.mapped_rows._MAPPED_ROWS_AT_ONCE", 4)
    file = make(open_column("x", in_file).part(*part), order=order)
    memory = make(TensorColumn(to_tensor(DATA)).part(*part), order=order)
    for epoch in range(3):
        assert rows_of(file, epoch) == rows_of(memory, epoch)


def test_chunks_of_a_file_change_places_whole(in_file, monkeypatch):
    monkeypatch.setattr("fitstudio.engine.feeding.batches_array._FILE_BLOCK_ROWS", 18)
    monkeypatch.setattr("fitstudio.engine.feeding.batches_array._FILE_BLOCK_BYTES", 1)
    batches = make(open_column("x", in_file), order="chunks")
    whole = [list(range(start, min(start + 6, ROWS))) for start in range(0, ROWS, 6)]
    orders = [rows_of(batches, epoch) for epoch in range(3)]
    assert all(sorted(order) == whole for order in orders)
    assert orders[0] != orders[1] != orders[2]
    assert orders[0] != whole


def test_a_file_is_never_read_whole(tmp_path):
    class Watched:
        shape, dtype = (10_000_000, 2), np.dtype("float32")
        largest = 0

        def __getitem__(self, rows):
            count = rows.stop - rows.start
            Watched.largest = max(Watched.largest, count)
            return np.zeros((count, 2), "float32")

    batches = ArrayBatches([open_column("x", Watched())], [], [], batch_size=100)
    stream = batches.epoch(0)
    for _ in range(30_000):
        next(stream)
    stream.close()
    assert 4096 <= Watched.largest <= 16 * 2**20 / 8 + 100


@pytest.mark.parametrize("order", ["file", "rows", "chunks"])
@pytest.mark.parametrize("kind", ["memory", "file"])
@pytest.mark.parametrize("steps", [None, 4, 30])
def test_any_place_can_be_taken_up(order, kind, steps, tmp_path):
    column = TensorColumn(to_tensor(DATA)) if kind == "memory" else FileColumn(DATA)
    batches = make(column, order=order, steps=steps, passes=None if steps is None else 3)
    for epoch in range(3):
        whole = rows_of(batches, epoch)
        for first_step in (0, 1, 3):
            assert rows_of(make_again(batches), epoch, first_step) == whole[first_step:]
        for step, rows in enumerate(whole):
            assert batches.row_numbers(epoch, step).tolist() == rows


def make_again(batches: ArrayBatches) -> ArrayBatches:
    """The same batches in another process: only the state is known."""
    fresh = make(
        batches._inputs[0],
        order=batches._order,
        steps=batches.steps,
        passes=batches._passes,
        seed=0,
    )
    fresh.set_state(batches.get_state())
    return fresh


def test_every_pass_has_an_order_of_its_own():
    batches = make(TensorColumn(to_tensor(DATA)), order="rows")
    first, second = (flat(rows_of(batches, epoch)) for epoch in (0, 1))
    assert sorted(first) == sorted(second) == list(range(ROWS))
    assert first != second
    assert first == flat(rows_of(make_again(batches), 0))


def test_casts_are_done_block_by_block():
    cast = Cast(torch.float64, adds_axis=True, device=torch.device("cpu"))
    column = FileColumn(np.arange(5)).cast(cast)
    assert column.read(1, 3).tolist() == [[1.0], [2.0]]
    assert column.take(torch.tensor([4, 0, 4])).tolist() == [[4.0], [0.0], [4.0]]
    assert column.take(torch.tensor([4, 0])).dtype == torch.float64


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="uint16"),
        np.arange(6, dtype=">f8"),
        np.arange(6, dtype="longdouble"),
        np.arange(6, dtype="float16"),
        np.arange(12.0)[::-2],
        np.broadcast_to(np.float32(3), (6,)),
    ],
    ids=lambda array: str(array.dtype),
)
def test_any_numbers_become_a_tensor(array):
    column = open_column("x", array)
    assert column.read(0, 6).tolist() == array.tolist()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array(["a", "b"]), "x holds text"),
        ([["a"], ["b"]], "x holds text"),
        (np.array([object(), 3]), "Python objects that are no numbers"),
        (np.array([1.0, None]), "None where numbers are wanted, 1 in all"),
        ([[1, 2], [3]], "different lengths"),
        (np.float32(3), "should be an array|single number"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "datetime64"),
        (object(), "should be an array"),
    ],
)
def test_what_is_no_numbers_is_named(value, words):
    with pytest.raises(ArgumentError, match=words):
        open_column("x", value)


def test_tables_become_arrays():
    class Table:
        def to_numpy(self):
            return DATA

    assert open_column("x", Table()).rows == ROWS


def test_sparse_rows_become_dense_block_by_block():
    class Sparse:
        """What scipy's matrices have in common with this: shape, dtype, rows, toarray."""

        def __init__(self, rows):
            self.rows, self.shape, self.dtype = rows, rows.shape, rows.dtype

        def __getitem__(self, rows):
            return Sparse(self.rows[rows])

        def toarray(self):
            return self.rows

    column = open_column("x", Sparse(DATA))
    assert rows_of(make(column, order="rows"), 1) == rows_of(
        make(TensorColumn(to_tensor(DATA)), order="rows"), 1
    )


def test_data_that_a_device_has_no_room_for_go_there_in_blocks(monkeypatch):
    monkeypatch.setattr("fitstudio.engine.feeding.columns._has_room", lambda device, tensor: False)
    cast = Cast(torch.float32, adds_axis=False, device=torch.device("meta"))
    column = TensorColumn(to_tensor(DATA)).cast(cast)
    assert isinstance(column, FileColumn)
    assert column.read(0, 5).device.type == "meta"
