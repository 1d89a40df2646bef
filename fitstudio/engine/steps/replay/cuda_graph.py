"""Replays a training step on a GPU: its kernels are captured once and launched together.

A small model's step on a GPU consists of some hundred kernels that each run for a few microseconds;
launching them one by one takes longer than running them. Captured in a CUDA graph they are launched
at once, with the same kernels and so the same numbers.

The plain steps before were the warm-up: libraries have chosen their algorithms. A capture that
fails leaves torch as it was, which torch itself does not see to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.steps.replay.compiled import untouched

# Private to torch, and named here only. The type checker can't see them.
_C: Any = torch._C
#: The newest losses that a graph keeps: many more than are trained between two looks at them.
_LOSSES = 65_536


class GraphMemory:
    """The memory that all graphs of a training share: they never run at the same time.

    It is given back when the last of the graphs is gone.
    """

    def __init__(self) -> None:
        self._pool: Any = None
        self._stream: Any = None

    def pool(self) -> Any:
        """torch's name for the pool."""
        if self._pool is None:
            self._pool = torch.cuda.graph_pool_handle()
        return self._pool

    def stream(self, device: torch.device) -> Any:
        """The stream that captures into it; memory is shared between captures on one stream."""
        if self._stream is None:
            self._stream = torch.cuda.Stream(device)
        return self._stream


class CapturedStep:
    """A step as a CUDA graph, called with a batch like a compiled tape.

    Args:
        step: From a batch's tensors to what the step returns, the loss first.
        batch: A batch of the shapes that the graph is for.
        lasting: Tensors that a step changes in place: buffers and running sums.
        memory: Where the graph's tensors are.
        loss_type: The loss's type.

    Raises:
        RuntimeError: If the step does what can't be captured, such as waiting for the GPU.
    """

    def __init__(
        self,
        step: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        batch: Sequence[Tensor],
        lasting: Sequence[Tensor],
        memory: GraphMemory,
        loss_type: torch.dtype,
    ) -> None:
        # A graph reads where it was captured, so every batch is copied to the same place.
        self._batch = [each.clone() for each in batch]
        self._graph = torch.cuda.CUDAGraph()
        device = self._batch[0].device
        # The graph itself writes each loss to the next place, so that none has to be copied away
        # before the next replay. The one counter is the graph's, the other ours.
        self._place, self._replays = torch.zeros(1, dtype=torch.int64, device=device), 0
        self._losses = torch.zeros(_LOSSES, dtype=loss_type, device=device)
        capture = torch.cuda.graph(
            self._graph,
            pool=memory.pool(),
            stream=memory.stream(device),
            # Other threads may read and send blocks meanwhile: only this one has to be careful.
            capture_error_mode="thread_local",
        )
        with untouched(lasting), put_right_after_failure(device, memory.pool()), capture:
            loss, *self._others = step(self._batch)
            self._losses.index_copy_(0, self._place, loss.reshape(1))
            self._place.add_(1).remainder_(_LOSSES)
        self._place.zero_()

    def __call__(self, *batch: Tensor) -> Sequence[Tensor]:
        """Replays the step on a batch of the same shapes; returns what the step returned.

        The next replay writes over the results; the loss stays for some ten thousand replays.
        """
        for place, given in zip(self._batch, batch, strict=True):
            place.copy_(given, non_blocking=True)
        self._graph.replay()
        loss = self._losses[self._replays % _LOSSES]
        self._replays += 1
        return [loss, *self._others]


@contextmanager
def put_right_after_failure(device: torch.device, pool: Any) -> Iterator[None]:
    """Puts right what torch leaves in disorder when a capture fails inside.

    torch's generator would count on as if it were still captured, so that every later dropout in
    the process failed; the thread would stay on the capture's stream, without order towards all
    others; and the allocator would go on looking for allocations of the capture.

    Args:
        device: The GPU.
        pool: The pool of memory that is captured into.
    """
    number = torch.cuda.current_device() if device.index is None else device.index
    generator = torch.cuda.default_generators[number]
    saved, stream = generator.clone_state(), torch.cuda.current_stream(device)
    current = torch.cuda.current_device()
    try:
        yield
    except BaseException:
        torch.cuda.set_stream(stream)
        torch.cuda.set_device(current)
        generator.graphsafe_set_state(saved)
        try:
            _C._cuda_endAllocateToPool(number, pool)
            _C._cuda_releasePool(number, pool)
        except (AttributeError, RuntimeError):
            pass  # the allocator had come to its end by itself
        raise
