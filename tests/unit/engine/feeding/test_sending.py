"""Blocks go to a GPU beside the training, on a stream of their own, and are waited for where used.

The GPU's streams are stood in for; the order of what is asked of them is what counts.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from fitstudio.engine.feeding import sending
from fitstudio.engine.feeding.sending import MAKING, BlockSender, send

CPU, GPU = torch.device("cpu"), torch.device("cuda")


class Stream:
    def __init__(self, name: str, told: list[Any]) -> None:
        self.name, self.told = name, told

    def wait_stream(self, other: Stream) -> None:
        self.told.append((self.name, "waits for", other.name))

    def record_event(self) -> str:
        self.told.append((self.name, "is done"))
        return "event"

    def wait_event(self, event: str) -> None:
        self.told.append((self.name, "waits for", event))

    def __enter__(self) -> None:
        self.told.append((self.name, "begins"))

    def __exit__(self, *error: Any) -> None:
        self.told.append((self.name, "ends"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    told: list[Any] = []
    streams = {"own": Stream("own", told), "training": Stream("training", told)}
    monkeypatch.setattr(torch.cuda, "Stream", lambda device: streams["own"])
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: streams["training"])
    monkeypatch.setattr(torch.cuda, "stream", lambda stream: stream)
    monkeypatch.setattr(
        Tensor, "record_stream", lambda self, stream: told.append((stream.name, "uses", len(self)))
    )
    return told


def test_a_block_is_made_on_a_stream_of_its_own_and_waited_for(told: list[Any]) -> None:
    sender = BlockSender(GPU)
    x, y = torch.zeros(6, 2).split(3), torch.zeros(6).split(3)

    def make() -> list[Any]:
        assert MAKING.locked(), "nobody takes the columns away meanwhile"
        told.append("made")
        return [((x[0],), (y[0],), (None,)), ((x[1],), (y[1],), (None,))]

    block = sender.make(make)
    batches = sender.received(block)
    assert [len(batch[0][0]) for batch in batches] == [3, 3]
    assert told == [
        ("own", "waits for", "training"),
        ("own", "begins"),
        "made",
        ("own", "is done"),
        ("own", "ends"),
        ("training", "waits for", "event"),
        ("training", "uses", 3),
        ("training", "uses", 3),
    ], "once for x and once for y"
    assert sender.depth == 2 and not MAKING.locked()


def test_on_the_cpu_nothing_is_asked_of_a_gpu(told: list[Any]) -> None:
    sender = BlockSender(CPU)
    assert sender.received(sender.make(lambda: [1, 2])) == [1, 2]
    assert told == [] and sender.depth == 1


def test_where_no_memory_can_be_pinned_an_ordinary_copy_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = torch.arange(6.0)
    assert send(rows, CPU) is rows

    def refused(self: Tensor) -> Tensor:
        raise RuntimeError("CUDA error: out of memory")

    monkeypatch.setattr(Tensor, "pin_memory", refused)
    assert sending.send(rows, GPU) is rows
