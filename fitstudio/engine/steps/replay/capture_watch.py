"""Looks at a training step on a GPU before it is captured: whether it could be repeated at all.

A capture that fails costs more than it could have gained, and a step can be captured whose replays
would be wrong: what Python decided by a value is frozen into the graph. So one ordinary step is
watched first, and what it does that a graph could not repeat keeps the shape plain.

Unlike the `recorder`, which writes a step down, the watch keeps no tensor alive: on a GPU the step
may need all the memory that there is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.weak import WeakIdKeyDictionary

from fitstudio.engine.steps.replay.recorder import UNREPEATABLE, ValueWatch

_COPIES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)


class CaptureWatch:
    """Watches one step.

    Args:
        known: The batch's tensors, and those that exist between steps.
        device: The GPU.
    """

    def __init__(self, known: Sequence[Tensor], device: torch.device) -> None:
        #: Why the step can't be captured, or None.
        self.refusal: str | None = None
        self._device = device
        self._known = WeakIdKeyDictionary(dict.fromkeys(known, True))
        # Libraries look at weights through tensors of their own.
        self._memory = {_memory(each) for each in known if self._is_there(each)}
        self._elsewhere = WeakIdKeyDictionary(
            dict.fromkeys((each for each in known if not self._is_there(each)), True)
        )

    def run(self, step: Callable[[], Any]) -> Any:
        """Runs the step and watches it. Whatever the step raises passes through."""
        with ValueWatch(self), _Operations(self):
            return step()

    def refuse(self, reason: str) -> None:
        """Notes why the step can't be captured; the first reason stays."""
        if self.refusal is None:
            self.refusal = reason

    def note(self, function: Any, given: Any, result: Any) -> None:
        """One operation, after it ran."""
        if self.refusal is not None:
            return
        if any(tag in function.tags for tag in UNREPEATABLE):
            self.refuse(f"{function} depends on values")
            return
        leaves, results = tree_leaves(given), tree_leaves(result)
        if any(isinstance(each, torch.Generator) for each in leaves):
            self.refuse("a random generator of its own was used")
        taken = [each for each in leaves if isinstance(each, Tensor)]
        made = [each for each in results if isinstance(each, Tensor)]
        # Attention gives its gradient numbers on the processor, beside those on the GPU. What is
        # computed there altogether would be part of the graph, whatever it is in later steps.
        if (taken or made) and not any(map(self._is_there, [*taken, *made])):
            self.refuse("part of the step is computed on the processor")
        if function in _COPIES and not all(map(self._is_there, made)):
            self.refuse("part of the step is fetched from the GPU")
        for each in taken:
            if each in self._elsewhere:
                self.refuse("part of the model is not on the GPU")
            elif each not in self._known and _memory(each) not in self._memory:
                self.refuse("a tensor was used that is neither a weight nor part of the batch")
        self._known.update(dict.fromkeys(made, True))

    def _is_there(self, tensor: Tensor) -> bool:
        return tensor.device.type == self._device.type


def _memory(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


class _Operations(TorchDispatchMode):
    def __init__(self, watch: CaptureWatch) -> None:
        super().__init__()
        self._watch = watch

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        self._watch.note(func, (args, kwargs), result)
        return result
