"""Writes down the tensor operations of a real training step while it runs.

The step runs as always, under autograd; the recorder sits below autograd and sees each operation,
forward and backward. It gives up, and says why, at anything that a replay could not repeat: a value
read back into Python, a shape that depends on values, a tensor that comes from nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from fitstudio.engine.steps.replay.tape import Operation, Ref, Tape

# Tensor methods that hand values to Python without an operation that could be seen.
_READS_VALUES = frozenset(
    {
        "__array__",
        "__bool__",
        "__complex__",
        "__contains__",
        "__dlpack__",
        "__float__",
        "__format__",
        "__index__",
        "__int__",
        "__repr__",
        "__reduce_ex__",
        "__deepcopy__",
        "item",
        "numpy",
        "storage",
        "tolist",
        "untyped_storage",
    }
)
#: What marks operations that no replay could repeat.
UNREPEATABLE = (torch.Tag.dynamic_output_shape, torch.Tag.data_dependent_output)
_aten = torch.ops.aten
_OUT_OF_PLACE = {
    _aten.transpose_.default: _aten.transpose.int,
    _aten.t_.default: _aten.t.default,
    _aten.unsqueeze_.default: _aten.unsqueeze.default,
    _aten.squeeze_.default: _aten.squeeze.default,
    _aten.squeeze_.dim: _aten.squeeze.dim,
}
MOST_OPERATIONS = 5_000
MOST_BYTES = 256 * 2**20


class Recorder:
    """Records one step.

    Args:
        inputs: The batch's tensors.
        fixed: Tensors that exist between steps: weights, buffers, running sums.
    """

    def __init__(self, inputs: Sequence[Tensor], fixed: Iterable[Tensor]) -> None:
        #: Why the step can't be replayed, or None.
        self.refusal: str | None = None
        self._slots: dict[int, int] = {}
        self._values: dict[int, Tensor] = {}
        self._operations: list[Operation] = []
        self._bytes = 0
        self._inputs = tuple(self._new_slot(tensor) for tensor in inputs)
        self._fixed: dict[int, Tensor] = {}
        for tensor in fixed:
            if id(tensor) not in self._slots:
                self._fixed[self._new_slot(tensor)] = tensor

    def run(self, step: Callable[[], Any]) -> Any:
        """Runs the step and records it. Whatever the step raises passes through."""
        with ValueWatch(self), _OperationLog(self):
            return step()

    def tape(self, results: Sequence[Tensor | None]) -> Tape | None:
        """What was recorded, or None (see `refusal`).

        Args:
            results: What a replay is to return.
        """
        slots = [None if each is None else self._slots.get(id(each), -1) for each in results]
        if -1 in slots:
            self.refuse("a result does not come from a recorded operation")
        if self.refusal is not None:
            return None
        # Weights need their gradient in the step, not in its replay.
        fixed = {slot: tensor.detach() for slot, tensor in self._fixed.items()}
        return Tape(self._operations, self._inputs, tuple(slots), fixed, values=self._values)

    def refuse(self, reason: str) -> None:
        """Gives the recording up; the first reason stays."""
        if self.refusal is None:
            self.refusal = reason
            self._operations = []

    def _new_slot(self, tensor: Tensor) -> int:
        slot = len(self._values)
        self._slots[id(tensor)] = slot
        # Kept alive, so that no other tensor gets its id while recording.
        self._values[slot] = tensor
        return slot

    def note(self, function: Any, args: Any, kwargs: dict[str, Any], result: Any) -> None:
        """One operation, after it ran."""
        if self.refusal is not None:
            return
        if any(tag in function.tags for tag in UNREPEATABLE):
            self.refuse(f"{function} depends on values")
            return
        recorded = tuple(self._referenced(each) for each in args)
        if torch.Tag.inplace_view in function.tags:
            # The same object has another shape from here on: to us it is another tensor.
            function = _OUT_OF_PLACE.get(function)
            slot = recorded[0].slot
            if function is None or slot in self._fixed or slot in self._inputs:
                self.refuse("a tensor's shape was changed in place")
                return
            del self._slots[id(result)]
        named = {key: self._referenced(value) for key, value in kwargs.items()}
        is_single = not isinstance(result, list | tuple)
        outputs = tuple(self._output(each) for each in ((result,) if is_single else tuple(result)))
        if self.refusal is None:
            self._operations.append(Operation(function, recorded, named, outputs, is_single))
        if len(self._operations) > MOST_OPERATIONS:
            self.refuse(f"there are more than {MOST_OPERATIONS:,} operations")
        elif self._bytes > MOST_BYTES:
            self.refuse("the step is large, so that a replay would gain nothing")

    def _referenced(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            slot = self._slots.get(id(value))
            if slot is None:
                self.refuse("a tensor was used that is neither a weight nor part of the batch")
                return None
            return Ref(slot)
        if isinstance(value, torch.Generator):
            self.refuse("a random generator of its own was used")
            return None
        if isinstance(value, list | tuple):
            return type(value)(self._referenced(each) for each in value)
        return value

    def _output(self, value: Any) -> int | None:
        if not isinstance(value, Tensor):
            return None
        known = self._slots.get(id(value))
        if known is not None:
            return known
        if type(value) is not Tensor or value.layout != torch.strided:
            self.refuse(f"a result is a {type(value).__name__} of layout {value.layout}")
            return None
        self._bytes += value.nbytes
        return self._new_slot(value)


class _OperationLog(TorchDispatchMode):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        self._recorder.note(func, args, kwargs, result)
        return result


class Refusing(Protocol):
    """Who wants to know why a step can't be repeated."""

    def refuse(self, reason: str) -> None:
        """Notes the reason."""
        ...


class ValueWatch(TorchFunctionMode):
    """While it is entered, values that are read into Python are told.

    Args:
        watch: Who is told.
    """

    def __init__(self, watch: Refusing) -> None:
        super().__init__()
        self._watch = watch

    def __torch_function__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name in _READS_VALUES:
            self._watch.refuse(f"a tensor's values were read in Python ({name})")
        return func(*args, **(kwargs or {}))
