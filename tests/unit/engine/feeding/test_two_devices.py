"""Columns on the device and columns in a file go together, and nothing is left where it was.

There need not be a GPU: torch's "meta" device has no numbers, but refuses tensors of another device
as a GPU does, and so do its fake tensors on "cuda".
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensorMode

from fitstudio import Model, optimizers
from fitstudio.engine.feeding.batches_array import ArrayBatches, Order
from fitstudio.engine.feeding.class_weights import ClassWeightColumn, ClassWeights
from fitstudio.engine.feeding.columns import Cast, Column, FileColumn, TensorColumn

ELSEWHERE = torch.device("meta")
ROWS = 50
AS_IT_IS = Cast(torch.float32, False, ELSEWHERE)


def column(where: str, width: int = 3) -> Column:
    rows = np.arange(ROWS * width, dtype=np.float32).reshape(ROWS, width)
    if where == "file":
        return FileColumn(rows, cast=AS_IT_IS)
    return TensorColumn(torch.from_numpy(rows).to(ELSEWHERE))


@pytest.mark.parametrize("order", ["rows", "chunks", "file"])
@pytest.mark.parametrize("places", list(product(["file", "device"], repeat=3)))
def test_every_mixture_of_places_gives_batches(places: tuple[str, ...], order: Order) -> None:
    x, y, weights = (column(where) for where in places)
    batches = ArrayBatches([x], [y], [weights], batch_size=8, order=order, seed=1)
    found = list(batches.epoch(0))
    assert [len(batch[0][0]) for batch in found].count(8) == 6 and len(found) == 7
    tensors = [each for batch in found for side in batch for each in side if each is not None]
    assert len(tensors) == 21 and {each.device for each in tensors} == {ELSEWHERE}


@pytest.mark.parametrize("weights", ["device", "file", "none"])
@pytest.mark.parametrize("labels", ["memory", "file"])
def test_class_weights_meet_sample_weights_on_the_device(labels: str, weights: str) -> None:
    classes = np.arange(ROWS) % 2
    target = FileColumn(classes) if labels == "file" else TensorColumn(torch.from_numpy(classes))
    given: dict[str, Column | None] = {
        "device": TensorColumn(torch.ones(ROWS)),
        "file": FileColumn(np.ones(ROWS)),
        "none": None,
    }
    weighed = ClassWeightColumn(ClassWeights({0: 1.0, 1: 3.0}), target, given[weights], AS_IT_IS)
    cast = weighed.cast(AS_IT_IS)
    assert cast.read(0, 9).device == cast.take(torch.tensor([3, 1])).device == ELSEWHERE


def test_class_weights_times_sample_weights_are_what_they_were() -> None:
    here = Cast(torch.float32, False, torch.device("cpu"))
    target = TensorColumn(torch.tensor([0, 1, 1]))
    weights = TensorColumn(torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64))
    weighed = ClassWeightColumn(ClassWeights({0: 1.0, 1: 3.0}), target, weights, here)
    assert weighed.read(0, 3).tolist() == [0.5, 3.0, 6.0]


def test_running_sums_follow_a_module_that_was_moved() -> None:
    model = Model(nn.Linear(3, 1))
    model.compile("adam", "mse", ["mae"])
    model.fit(torch.zeros(8, 3), torch.zeros(8, 1), verbose=0)
    objective = model._objective
    assert objective is not None and objective.totals.device.type == "cpu"
    model.module = model._binding.module = nn.Linear(3, 1, device=ELSEWHERE)
    assert model.device == ELSEWHERE
    assert objective.totals.device == ELSEWHERE
    sums = [each for metric in objective.metrics for each in metric.metric.state.values()]
    assert sums and {each.device for each in sums} == {ELSEWHERE}


def test_slots_follow_their_weights() -> None:
    with FakeTensorMode():
        optimizer = optimizers.Adam()
        optimizer.build([("weight", torch.zeros(3, device="cuda"))])
        optimizer.slots["weight"] = {name: torch.zeros(3) for name in optimizer.slot_names}
        optimizer.place()
        found = {each.device.type for each in optimizer.slots["weight"].values()}
    assert found == {"cuda"}
