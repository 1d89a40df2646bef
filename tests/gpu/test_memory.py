"""A GPU's memory: what does not fit is streamed, graphs leave room, and all of it is given back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch
from torch import nn

from fitstudio import Model, callbacks
from fitstudio.engine import device_memory
from tests.unit.engine.steps.test_train_step import numbers

MIB = 2**20


@pytest.fixture
def capped() -> Iterator[Any]:
    """Limits what this process may take of the GPU, in bytes beyond what it has now."""
    total = torch.cuda.get_device_properties(0).total_memory

    def cap(size: int) -> None:
        device_memory.let_go()
        torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + size) / total)

    yield cap
    torch.cuda.set_per_process_memory_fraction(1.0)


def wide() -> Model:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Linear(64, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU())
    model = Model(nn.Sequential(layers, nn.Linear(4096, 1)).cuda())
    model.compile("sgd", "mse")
    return model


def fitted(model: Model, **settings: Any) -> dict[str, list[float]]:
    x = numbers(8192, 64).numpy()
    return model.fit(x, x[:, :1], 1024, 6, verbose=0, seed=1, **settings).history


@pytest.mark.parametrize("times", [1.1, 1.5, 2.0, 4.0])
def test_what_trains_plainly_trains_in_the_same_memory_with_graphs(times: float, capped) -> None:
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    free = fitted(wide())
    device_memory.let_go()
    plain_peak = torch.cuda.max_memory_allocated() - before
    capped(int(times * plain_peak) + 64 * MIB)
    assert fitted(wide()) == free


def test_nothing_is_kept_after_a_fit() -> None:
    model = wide()
    device_memory.let_go()
    before = torch.cuda.memory_reserved()
    fitted(model)
    device_memory.let_go()
    # What cuBLAS works in stays.
    assert torch.cuda.memory_reserved() - before < 64 * MIB


def test_a_pause_leaves_little_more_than_the_context() -> None:
    class Pauses(callbacks.Callback):
        reserved = -1

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 5:
                parked = self.model.leave_device()
                self.reserved = torch.cuda.memory_reserved()
                parked.bring_back()

    pauses = Pauses()
    undisturbed = fitted(wide())
    assert fitted(wide(), callbacks=[pauses]) == undisturbed
    assert 0 <= pauses.reserved < 128 * MIB


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
@pytest.mark.parametrize("in_file", ["x", "y", "both"])
def test_columns_in_a_file_and_on_the_gpu_go_together(
    in_file: str, shuffle: Any, tmp_path: Path
) -> None:
    x, y = numbers(600, 6).numpy(), numbers(600, 1).numpy()
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = x, y
    found = []
    with h5py.File(tmp_path / "data.h5", "r") as file:
        streamed = (
            file["x"] if in_file in ("x", "both") else x,
            file["y"] if in_file in ("y", "both") else y,
        )
        for data in ((x, y), streamed):
            torch.manual_seed(0)
            model = Model(nn.Linear(6, 1).cuda())
            model.compile("adam", "mse")
            weights = np.linspace(0.0, 1.0, 600)
            settings = {"shuffle": shuffle, "sample_weight": weights, "seed": 2, "epochs": 4}
            found.append(model.fit(*data, batch_size=16, verbose=0, **settings).history)
    if shuffle == "batch":  # blocks of a file are shuffled in another order
        assert found[0]["loss"] == pytest.approx(found[1]["loss"], rel=0.5)
    else:
        assert found[0] == found[1]


def test_data_without_room_are_streamed_with_the_same_numbers(monkeypatch) -> None:
    x, y = numbers(600, 6).numpy(), numbers(600, 1).numpy()
    found = []
    for room in (True, False):
        monkeypatch.setattr(device_memory, "has_room_for_data", lambda device, size, r=room: r)
        torch.manual_seed(0)
        model = Model(nn.Linear(6, 1).cuda())
        model.compile("adam", "mse")
        found.append(model.fit(x, y, 16, 4, verbose=0, seed=2).history)
    assert found[0] == found[1]
