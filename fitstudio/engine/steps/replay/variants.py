"""Tries other ways to compute the same step on a GPU, and takes those that are clearly faster.

Images may lie in memory with their channels last, and a large model may be compiled. Which is
faster depends on the GPU, the precision and the model, so a step is timed both ways. The numbers
agree within rounding only; where repeatable ones are asked for, nothing is tried, and where they
differ by more, or anything goes wrong, the step stays what it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from fitstudio.engine.steps.forward import CompiledModule, Forward
from fitstudio.engine.steps.plain_step import StepResult
from fitstudio.engine.steps.replay.compiled import Remembered
from fitstudio.engine.steps.replay.proof import within_rounding

#: What counts as rounding between two ways, as a part of a tensor's largest number.
_ROUNDING = {"float32": 5e-3, "tf32": 5e-3, "mixed_bfloat16": 5e-2}
#: How much faster a way has to be: it must not depend on what else the machine does.
_CLEARLY = 1.1
_TIMES = 3
#: Compiling takes a minute or so. It is tried for steps that a graph alone does not make short ...
_LONG_STEP_S = 0.005
#: ... in a training that has at least so much ahead of it.
_LONG_TRAINING_S = 900.0


class _Tried(NamedTuple):
    """What a step took as it was, and another way; None where that gave other numbers."""

    usual_s: float
    other_s: float | None

    @property
    def is_faster(self) -> bool:
        return self.other_s is not None and self.other_s * _CLEARLY < self.usual_s


class Variants:
    """The ways that are tried for one model, once.

    Args:
        forward: Of the model, on a GPU.
    """

    def __init__(self, forward: Forward) -> None:
        self._forward = forward
        self._is_done = False
        #: How a step is computed now, as parts of a sentence; empty where it is as ever.
        self.notes: list[str] = []

    def choose(
        self,
        inputs: Sequence[Tensor],
        step: Callable[[], StepResult],
        changed: Sequence[Tensor],
        steps_ahead: int,
    ) -> None:
        """Tries what there is to try.

        Args:
            inputs: A batch's inputs.
            step: A step on that batch without an update of the weights.
            changed: The tensors that it changes all the same; they are put back.
            steps_ahead: How many more steps there will be, about.
        """
        if self._is_done or torch.are_deterministic_algorithms_enabled():
            return
        self._is_done = True
        if self._forward.takes_images(inputs) and self._try(self._lay_out, step, changed):
            self.notes.append("images have their channels last, which was measured as faster")
        if not self._is_worth_compiling(step, changed, steps_ahead):
            return
        began = time.perf_counter()
        compiled = CompiledModule(
            tuple(each.shape for each in inputs), torch.compile(self._forward.module, dynamic=False)
        )
        if self._try(lambda is_on: self._use(compiled, is_on), step, changed):
            took = time.perf_counter() - began
            self.notes.append(
                f"the model was compiled in {took:.0f} s, which was measured as faster"
            )

    def _lay_out(self, channels_last: bool) -> None:
        self._forward.channels_last_on_gpu = channels_last

    def _use(self, compiled: CompiledModule, is_on: bool) -> None:
        self._forward.compiled = compiled if is_on else None

    def _is_worth_compiling(
        self, step: Callable[[], StepResult], changed: Sequence[Tensor], steps_ahead: int
    ) -> bool:
        if not steps_ahead:
            return False
        before = Remembered(changed)
        try:
            took = min(seconds(step) for _ in range(_TIMES))
        except RuntimeError:
            return False
        finally:
            before.put_back()
        return took >= _LONG_STEP_S and took * steps_ahead >= _LONG_TRAINING_S

    def _try(
        self,
        switch: Callable[[bool], None],
        step: Callable[[], StepResult],
        changed: Sequence[Tensor],
    ) -> bool:
        """Whether a way is taken. It is switched on then, and off otherwise."""
        before = Remembered(changed)

        def run(is_on: bool) -> list[Tensor]:
            before.put_back()
            switch(is_on)
            result = step()
            return [*result.losses, *(each for each in result.gradients if each is not None)]

        is_faster = False
        try:
            is_faster = self._timed(run).is_faster
        except Exception:  # a compiler has many ways to fail: all stays as it is
            is_faster = False
        finally:
            before.put_back()
            switch(is_faster)
        return is_faster

    def _timed(self, run: Callable[[bool], list[Tensor]]) -> _Tried:
        usual, again, other = run(False), run(False), run(True)
        if not within_rounding(other, usual, again, _ROUNDING[self._forward.precision]):
            return _Tried(0.0, None)
        del usual, again, other
        usual_s = min(seconds(lambda: run(False)) for _ in range(_TIMES))
        return _Tried(usual_s, min(seconds(lambda: run(True)) for _ in range(_TIMES)))


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
