"""Finds out whether a GPU trains a model of images faster with their channels last in memory.

Which of the two layouts is faster depends on the GPU, the precision and the model, so a step is
timed in both. Their numbers agree within the rounding of products only; so where repeatable numbers
are asked for, nothing is tried, and images stay as they come.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from fitstudio.engine.steps.forward import Forward
from fitstudio.engine.steps.plain_step import StepResult
from fitstudio.engine.steps.replay.compiled import Remembered
from fitstudio.engine.steps.replay.shape_state import within_rounding

#: What counts as rounding between two layouts, as a part of a tensor's largest number.
_ROUNDING = {"float32": 5e-3, "tf32": 5e-3, "mixed_bfloat16": 5e-2}
#: How much faster it has to be: it must not depend on what else the machine does.
_CLEARLY = 1.1
_TIMES = 3


def choose_layout(
    forward: Forward, step: Callable[[], StepResult], changed: Sequence[Tensor]
) -> bool:
    """Has the forward pass lay images out channels last, if that is clearly faster.

    Args:
        forward: Of the model, on a GPU.
        step: A step without an update of the weights.
        changed: The tensors that it changes all the same; they are put back.

    Returns:
        Whether images are laid out channels last from now on.
    """
    if torch.are_deterministic_algorithms_enabled():
        return False
    before = Remembered(changed)

    def run(channels_last: bool) -> list[Tensor]:
        before.put_back()
        forward.channels_last_on_gpu = channels_last
        result = step()
        return [*result.losses, *(each for each in result.gradients if each is not None)]

    is_faster = False
    try:
        first, again, other = run(False), run(False), run(True)
        if within_rounding(other, first, again, _ROUNDING[forward.precision]):
            del first, again, other
            usual = min(seconds(lambda: run(False)) for _ in range(_TIMES))
            is_faster = min(seconds(lambda: run(True)) for _ in range(_TIMES)) * _CLEARLY < usual
    except RuntimeError:
        is_faster = False  # no memory for it, or no such kernel: all stays as it is
    finally:
        before.put_back()
        forward.channels_last_on_gpu = is_faster
    return is_faster


def seconds(work: Callable[[], object]) -> float:
    """What some work takes, until the GPU has done it."""
    _wait()
    began = time.perf_counter()
    work()
    _wait()
    return time.perf_counter() - began


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()
