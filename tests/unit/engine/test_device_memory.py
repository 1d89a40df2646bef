"""The rules of a GPU's memory: what may stay there, when a graph fits, what a run will take."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest
import torch

from fitstudio.engine import device_memory
from fitstudio.engine.device_memory import Measured, Usage
from fitstudio.engine.feeding.columns import Cast, FileColumn, TensorColumn

GIB = 2**30
GPU, CPU = torch.device("cuda"), torch.device("cpu")


def used(total: float, others: float, ours: float) -> Usage:
    free = total - others - ours
    return Usage(*(int(each * GIB) for each in (total, free, ours, ours)))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Callable[[Usage | None], None]:
    def look(found: Usage | None) -> None:
        monkeypatch.setattr(device_memory, "usage", lambda device: found)

    return look


@pytest.mark.parametrize(
    ("ours", "size", "stays"),
    [(0.5, 3.0, True), (0.5, 4.0, False), (3.0, 0.5, True), (3.9, 0.5, False)],
)
def test_weights_and_all_data_together_take_half_of_what_can_be_had(gpu, ours, size, stays):
    gpu(used(10.0, 2.0, ours))
    assert device_memory.has_room_for_data(GPU, int(size * GIB)) is stays


def test_other_devices_have_room(gpu) -> None:
    gpu(None)
    assert device_memory.has_room_for_data(CPU, 10**15)
    assert device_memory.has_room_for_graph(CPU, 10**15)
    assert not device_memory.is_taken_by_others(CPU)


def test_where_the_driver_does_not_answer_nothing_is_risked(gpu) -> None:
    gpu(None)
    assert not device_memory.has_room_for_data(GPU, 1)
    assert not device_memory.has_room_for_graph(GPU, 1)
    assert device_memory.is_taken_by_others(GPU)


@pytest.mark.parametrize(("others", "taken"), [(9.8, True), (9.0, False), (0.0, False)])
def test_a_gpu_that_others_have_filled_is_known(gpu, others: float, taken: bool) -> None:
    gpu(used(10.0, others, 0.0))
    assert device_memory.is_taken_by_others(GPU) is taken


def test_an_array_without_room_is_streamed_with_the_same_numbers(monkeypatch) -> None:
    rows = torch.arange(60.0).reshape(20, 3)
    somewhere = torch.device("meta")
    monkeypatch.setattr(device_memory, "has_room_for_data", lambda device, size: False)
    streamed = TensorColumn(rows).cast(Cast(torch.float32, False, somewhere))
    assert isinstance(streamed, FileColumn) and streamed.device == somewhere
    here = FileColumn(rows.numpy(), cast=Cast(torch.float32, False, CPU))
    places = torch.tensor([7, 0, 19, 7])
    assert torch.equal(here.take(places), rows[places])


def test_a_graph_needs_room_for_itself_and_for_the_plain_step_beside_it(gpu) -> None:
    gpu(used(10.0, 0.0, 1.0))
    assert device_memory.has_room_for_graph(GPU, 3 * GIB)
    assert not device_memory.has_room_for_graph(GPU, 4 * GIB)


def test_the_forecast_counts_context_weights_data_and_graph() -> None:
    now = used(80.0, 0.0, 1.0)
    one = Measured(lasting=GIB, step=2 * GIB, data=4 * GIB)
    context = device_memory.CONTEXT_BYTES
    assert device_memory.forecast(one, now) == context + (1 + 4 + 5) * GIB
    too_large = Measured(lasting=GIB, step=2 * GIB, data=100 * GIB)
    assert device_memory.forecast(too_large, now) == context + (1 + 5) * GIB
    large_step = Measured(lasting=GIB, step=40 * GIB, data=4 * GIB)
    assert device_memory.forecast(large_step, now) == context + (1 + 4 + 40) * GIB


class Large:
    """Stands for the tensors that a failed attempt has taken."""


def failing(kept: list[weakref.ref[Large]]) -> None:
    large = Large()
    large.itself = large  # type: ignore[attr-defined]  # as a model and its loop know each other
    kept.append(weakref.ref(large))
    try:
        raise MemoryError("the first")
    except MemoryError as error:
        raise RuntimeError("the second") from error


def test_nothing_of_a_failed_attempt_is_kept_in_a_traceback() -> None:
    kept: list[weakref.ref[Large]] = []
    try:
        failing(kept)
    except RuntimeError as error:
        assert kept[0]() is not None
        device_memory.let_go(error)
        assert kept[0]() is None
