"""Sends blocks of rows to a GPU beside the training, so that reading, sending and training overlap.

An ordinary copy to a GPU waits for all kernels that were launched before it. Here a block goes from
memory that the system may not move ("pinned") over a stream of its own; the training's stream waits
for it when it gets the block, and no thread does. torch keeps pinned memory for reuse until the
copies out of it are over, which makes the buffers that take turns.

    reading thread                       training thread
    with blocks.making(): read, send     blocks.received(block)
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

#: Blocks that are made ahead for a GPU: one is on its way while the next is read.
GPU_DEPTH = 2


def send(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on its way to a GPU, on the current stream; for other devices as it is."""
    if device.type != "cuda" or tensor.device.type != "cpu":
        return tensor
    try:
        pinned = tensor.pin_memory()
    except RuntimeError:  # the system gives no more of it: an ordinary copy does as well
        return tensor
    return pinned.to(device, non_blocking=True)


@dataclass(frozen=True, slots=True)
class SentBlock:
    """Batches of a block that may still be on their way.

    Attributes:
        batches: Their tensors.
        arrived: The event after which they are there; None where there is nothing to wait for.
    """

    batches: Sequence[Any]
    arrived: Any = None


#: Held while a block is made on a GPU; whoever takes the data off the GPU holds it meanwhile.
MAKING = threading.Lock()


class BlockSender:
    """Makes blocks of batches in a reading thread, and hands them to the training thread.

    Args:
        device: Where the batches go.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        if self._stream is not None:
            # Columns that stay on the device were put there by the stream that trains.
            self._stream.wait_stream(torch.cuda.current_stream(device))

    @property
    def depth(self) -> int:
        """How many blocks should be made ahead."""
        return 1 if self._stream is None else GPU_DEPTH

    def make(self, make: Callable[[], Sequence[Any]]) -> SentBlock:
        """What `make` returns, with the work for the GPU on the stream of this sender."""
        if self._stream is None:
            return SentBlock(make())
        with MAKING, torch.cuda.stream(self._stream):
            return SentBlock(make(), self._stream.record_event())

    def received(self, block: SentBlock) -> Sequence[Any]:
        """The block's batches, for use on the current stream."""
        if block.arrived is not None:
            current = torch.cuda.current_stream(self._device)
            current.wait_event(block.arrived)
            # The batches are parts of a few tensors, whose memory is free again when this stream
            # is done with them.
            wholes = {each.untyped_storage()._cdata: each for each in _tensors_in(block.batches)}
            for tensor in wholes.values():
                tensor.record_stream(current)
        return block.batches


def _tensors_in(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for each in value for tensor in _tensors_in(each)]
    return []
