"""What of a GPU's memory is free, what of it training may take, and how it is given back.

Everything that decides by memory asks here, so that one set of rules holds, and tests can stand in
for a GPU with `usage`.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

import torch

#: The largest share of the memory this process could have that weights and data together may take.
#: What is left is for activations, gradients and graphs.
_RESIDENT_SHARE = 0.5
#: A CUDA graph keeps about what a plain step takes; a little more is left for fragments.
_GRAPH_MARGIN = 1.25
#: What the driver and torch's libraries take on a GPU before there is any tensor.
CONTEXT_BYTES = 512 * 2**20
#: Less than this is free: nothing can be trained there.
LEAST_FREE_BYTES = 2 * CONTEXT_BYTES


@dataclass(frozen=True, slots=True)
class Usage:
    """A GPU's memory at a moment, in bytes.

    Attributes:
        total: What it has.
        free: What no process has taken.
        reserved: What this process's torch has taken, in use or kept for reuse.
        allocated: What of it is in use by tensors.
    """

    total: int
    free: int
    reserved: int
    allocated: int

    @property
    def reachable(self) -> int:
        """What this process could have for its tensors, all in all."""
        return self.free + self.reserved

    @property
    def unused(self) -> int:
        """What this process could still take for tensors."""
        return self.free + self.reserved - self.allocated

    @property
    def of_others(self) -> int:
        """What is taken and not by this process's tensors: other programs, and its own context."""
        return max(0, self.total - self.free - self.reserved)


def usage(device: torch.device) -> Usage | None:
    """A GPU's memory now; None for other devices, and where the driver does not answer."""
    if device.type != "cuda":
        return None
    try:
        free, total = torch.cuda.mem_get_info(device)
    except RuntimeError:  # no memory is left even for the context
        return None
    return Usage(
        total, free, torch.cuda.memory_reserved(device), torch.cuda.memory_allocated(device)
    )


def has_room_for_data(device: torch.device, size_bytes: int) -> bool:
    """Whether an array may stay on a device for the whole training.

    Weights and data together take half of what the process could have at most; what is larger goes
    to the device block by block, with the same numbers.
    """
    if device.type != "cuda":
        return True
    now = usage(device)
    return now is not None and now.allocated + size_bytes <= now.reachable * _RESIDENT_SHARE


def has_room_for_graph(device: torch.device, step_bytes: int) -> bool:
    """Whether a step can be kept as a CUDA graph beside the plain step.

    Args:
        device: Where it trains.
        step_bytes: What a plain step takes beyond what lasts from step to step.
    """
    now = usage(device)
    if now is None:
        return device.type != "cuda"
    # The graph's own memory, and a plain step beside it while the two are compared.
    return now.unused >= 2 * step_bytes * _GRAPH_MARGIN


def is_taken_by_others(device: torch.device) -> bool:
    """Whether nothing could be trained on a GPU, because other programs have its memory.

    Asked after all that a failed attempt had taken was let go.
    """
    if device.type != "cuda":
        return False
    now = usage(device)
    # The context of this process is there already: tensors alone have to find room.
    return now is None or now.reachable < LEAST_FREE_BYTES - CONTEXT_BYTES


def step_bytes(device: torch.device) -> int:
    """What the largest step so far took beyond what is allocated now."""
    if device.type != "cuda":
        return 0
    return max(0, torch.cuda.max_memory_allocated(device) - torch.cuda.memory_allocated(device))


@dataclass(frozen=True, slots=True)
class Measured:
    """What a short training took of a GPU, in bytes.

    Attributes:
        lasting: Weights, the optimizer's state and sums, without data.
        step: What a step took beyond what lasts.
        data: All rows that the whole training would keep on the GPU.
    """

    lasting: int
    step: int
    data: int


def forecast(measured: Measured, now: Usage) -> int:
    """What the whole run will take at most, as the driver counts it.

    Args:
        measured: A short training.
        now: The GPU's memory.
    """
    # Weights, data and the context stay; steps come and go; a validation takes less than a step,
    # because it keeps nothing for gradients.
    is_resident = measured.lasting + measured.data <= now.reachable * _RESIDENT_SHARE
    stays = measured.lasting + (measured.data if is_resident else 0)
    graph = 2 * measured.step * _GRAPH_MARGIN
    has_graph = now.reachable - stays >= graph
    return int(CONTEXT_BYTES + stays + (graph if has_graph else measured.step))


def let_go(error: BaseException | None = None) -> None:
    """Gives memory back that nothing uses: after an error also what its traceback keeps.

    A traceback holds the frames, and they hold the tensors; so does that of each error that it was
    raised from.
    """
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        each.__traceback__ = None
        waiting += [each.__cause__, each.__context__]
    gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()
