"""Stands in for CUDA graphs on a machine without a GPU, and fails as CUDA does.

A captured step is the list of its operations with the memory they wrote to; a replay runs them
again, into the same memory, without any of the step's Python. Like the real one, a capture that
fails leaves the generator counting and the thread on the capture's stream.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from fitstudio.engine.steps.replay import cuda_graph
from fitstudio.engine.steps.replay.replays import Replays

_WAITS = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default)


class Generator:
    """torch's generator for a GPU, as far as captures concern it."""

    def __init__(self) -> None:
        self.is_capturing = False

    def clone_state(self) -> bool:
        return self.is_capturing

    def graphsafe_set_state(self, state: bool) -> None:
        self.is_capturing = state


class Graph:
    """A CUDA graph: operations, and where their results are."""

    def __init__(self) -> None:
        self.operations: list[tuple[Any, Any, Any, Any]] = []

    @torch.no_grad()
    def replay(self) -> None:
        for function, args, kwargs, results in self.operations:
            again = function(*args, **kwargs)
            for old, new in zip(tree_leaves(results), tree_leaves(again), strict=True):
                if isinstance(old, Tensor) and not _same_memory(old, new):
                    old.detach().copy_(new)


def _same_memory(one: Tensor, other: Tensor) -> bool:
    return one.untyped_storage().data_ptr() == other.untyped_storage().data_ptr()


class _Log(TorchDispatchMode):
    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self._graph = graph

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func in _WAITS:
            raise RuntimeError("CUDA error: operation not permitted when stream is capturing\nX")
        given = tree_map(_as_it_is, (args, kwargs or {}))
        result = func(*args, **(kwargs or {}))
        if torch.Tag.inplace_view not in func.tags:  # no kernel: only the shape is another
            self._graph.operations.append((func, *given, tree_map(_as_it_is, result)))
        return result


def _as_it_is(value: Any) -> Any:
    """The same memory, with the shape that it has now."""
    return value.detach() if isinstance(value, Tensor) else value


class StandIn:
    """What a test can see and set of the GPU that is not there.

    Attributes:
        stream: The thread's current stream.
        captures: How many captures have begun.
        pools: The pools that they were made in.
        modes: In which mode they were made.
        recording: Pools that the allocator still records into.
        out_of_memory_in: A capture with this number, from 1, finds no memory.
    """

    def __init__(self) -> None:
        self.stream = "default"
        self.generator = Generator()
        self.captures = 0
        self.pools: list[Any] = []
        self.modes: list[str] = []
        self.recording: set[Any] = set()
        self.out_of_memory_in = 0

    def capture(self, graph: Graph, *, pool: Any, stream: Any, capture_error_mode: str) -> Any:
        """As ``torch.cuda.graph``."""
        return _Capture(self, graph, pool, stream, capture_error_mode)

    def end_allocation(self, device: int, pool: Any) -> None:
        """As torch's allocator: an error if it had ended."""
        if pool not in self.recording:
            raise RuntimeError("endAllocatePool: not currently recording to mempool_id")
        self.recording.remove(pool)


class _Capture:
    def __init__(self, cuda: StandIn, graph: Graph, pool: Any, stream: Any, mode: str) -> None:
        self.cuda, self.graph, self.stream, self.pool = cuda, graph, stream, pool
        cuda.pools.append(pool)
        cuda.modes.append(mode)
        self.log = _Log(graph)

    def __enter__(self) -> None:
        self.cuda.captures += 1
        self.cuda.stream, self.cuda.generator.is_capturing = self.stream, True
        self.cuda.recording.add(self.pool)
        if self.cuda.captures == self.cuda.out_of_memory_in:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore.")
        self.log.__enter__()

    def __exit__(self, kind: Any, *error: Any) -> None:
        self.log.__exit__(kind, *error)
        if kind is not None:
            raise RuntimeError("CUDA error: operation failed due to a previous error\nCompile …")
        self.cuda.stream, self.cuda.generator.is_capturing = "default", False
        self.cuda.recording.discard(self.pool)


def stand_in_for_cuda(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """Makes steps on the CPU be captured, as those on a GPU are."""
    cuda = StandIn()
    pools = iter(range(1, 100))
    replaced = {
        "CUDAGraph": Graph,
        "graph": cuda.capture,
        "Stream": lambda device: "capture",
        "current_stream": lambda device: cuda.stream,
        "set_stream": lambda stream: setattr(cuda, "stream", stream),
        "current_device": lambda: 0,
        "set_device": lambda device: None,
        "default_generators": (cuda.generator,),
        "graph_pool_handle": lambda: (0, next(pools)),
    }
    for name, value in replaced.items():
        monkeypatch.setattr(torch.cuda, name, value)
    monkeypatch.setattr(cuda_graph, "_C", _Allocator(cuda))
    monkeypatch.setattr(Replays, "_captures", lambda self: True)
    return cuda


class _Allocator:
    def __init__(self, cuda: StandIn) -> None:
        self._cuda_endAllocateToPool = cuda.end_allocation
        self._cuda_releasePool = lambda device, pool: None
