"""A pause takes a training's tensors away and brings them back, without any difference.

On the CPU here: memory is given up and taken again in the same way.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from fitstudio import Model, callbacks
from fitstudio.engine import model_state
from fitstudio.engine.feeding.sending import MAKING
from fitstudio.engine.state.parking import Parked


def test_views_are_views_of_the_same_memory_afterwards() -> None:
    whole = torch.arange(12.0)
    view = whole.view(3, 4)[1]
    lock = threading.Lock()
    parked = Parked([whole, view], lock)
    assert whole.untyped_storage().nbytes() == 0 and lock.locked()
    parked.bring_back()
    assert whole.tolist() == [*map(float, range(12))] and not lock.locked()
    whole[5] = 50.0
    assert view[1] == 50.0


def test_what_finds_no_memory_is_brought_back_later(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, tensors = threading.Lock(), [torch.full((4,), float(each)) for each in range(3)]
    parked = Parked(tensors, lock)
    resize, full = torch.UntypedStorage.resize_, [True]

    def cramped(self: Any, size: int) -> Any:
        if full[0] and sum(each.untyped_storage().nbytes() for each in tensors) >= 16:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return resize(self, size)

    monkeypatch.setattr(torch.UntypedStorage, "resize_", cramped)
    with pytest.raises(torch.OutOfMemoryError):
        parked.bring_back()
    assert lock.locked()
    full[0] = False
    parked.bring_back()
    assert [each.tolist() for each in tensors] == [[0.0] * 4, [1.0] * 4, [2.0] * 4]


class Pauses(callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if batch == 3:
            weight = next(self.model.module.parameters())
            parked = self.model.leave_device()
            self.left = weight.untyped_storage().nbytes()
            parked.bring_back()


@pytest.mark.parametrize("optimizer", ["adam", torch.optim.Adam])
def test_a_training_goes_on_as_if_it_had_not_been_paused(
    optimizer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_away(tensors: list[Tensor]) -> list[Tensor]:
        return [each for each in tensors if each.untyped_storage().resizable()]

    monkeypatch.setattr(model_state, "on_a_gpu", taken_away)
    x = torch.randn(40, 3, generator=torch.Generator().manual_seed(1))
    found = []
    for used in ([], [Pauses()]):
        torch.manual_seed(0)
        model = Model(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)))
        model.compile(optimizer, "mse", ["mae"])
        data = {"validation_data": (x.clone(), x[:, :1].clone()), "callbacks": used}
        history = model.fit(x.clone(), x[:, :1].clone(), 8, 3, verbose=0, seed=3, **data)
        found.append((history.history, [each.tolist() for each in model.get_weights()]))
    assert used[0].left == 0 and not MAKING.locked()
    assert found[0] == found[1]
