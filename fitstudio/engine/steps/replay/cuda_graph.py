"""Replays a training step on a GPU: its kernels are captured once and launched together.

A small model's step on a GPU consists of some hundred kernels that each run for a few microseconds;
launching them one by one takes longer than running them. Captured in a CUDA graph they are launched
at once, with the same kernels and so the same numbers. The optimizer stays outside, because its
learning rate and bias correction change with each step: its fused kernel is one launch more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from fitstudio.engine.steps.replay.compiled import untouched

_WARM_UPS = 3  # libraries choose algorithms and allocate workspaces in the first calls


class CapturedStep:
    """A step as a CUDA graph, called with a batch like a compiled tape.

    Args:
        step: From a batch's tensors to what the step returns, the loss first.
        batch: A batch of the shapes that the graph is for.
        lasting: Tensors that a step changes in place: buffers and running sums.

    Raises:
        RuntimeError: If the step does what can't be captured, such as waiting for the GPU.
    """

    def __init__(
        self,
        step: Callable[[Sequence[Tensor]], Sequence[Tensor]],
        batch: Sequence[Tensor],
        lasting: Sequence[Tensor],
    ) -> None:
        # A graph reads where it was captured, so every batch is copied to the same place.
        self._batch = [each.clone() for each in batch]
        self._graph = torch.cuda.CUDAGraph()
        current = torch.cuda.current_stream()
        aside = torch.cuda.Stream()
        with untouched(lasting):
            aside.wait_stream(current)
            with torch.cuda.stream(aside):
                for _ in range(_WARM_UPS):
                    step(self._batch)
            current.wait_stream(aside)
        with torch.cuda.graph(self._graph):
            self._results = list(step(self._batch))

    def __call__(self, *batch: Tensor) -> Sequence[Tensor]:
        """Replays the step on a batch of the same shapes; returns what the step returned."""
        for place, given in zip(self._batch, batch, strict=True):
            place.copy_(given, non_blocking=True)
        self._graph.replay()
        # The next replay writes over the results. Gradients are used up by then, losses are kept.
        loss, *others = self._results
        return [loss.clone(), *others]
