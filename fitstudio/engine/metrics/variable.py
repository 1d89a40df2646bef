"""Sums that a metric of the user's makes with ``add_weight``, as the reference's metrics do."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.errors import ArgumentError
from fitstudio.words import say


class Variable(Tensor):
    """A tensor that can also be changed with the reference's ``assign`` and ``assign_add``."""

    # What is computed from a variable is a plain tensor.
    __torch_function__ = torch._C._disabled_torch_function_impl  # pyright: ignore[reportAssignmentType]

    def assign(self, value: Any) -> Variable:
        """Replaces the value."""
        self.copy_(torch.as_tensor(value, device=self.device).detach())
        return self

    def assign_add(self, value: Any) -> Variable:
        """Adds to the value."""
        self.add_(torch.as_tensor(value, device=self.device).detach())
        return self

    def assign_sub(self, value: Any) -> Variable:
        """Subtracts from the value."""
        self.sub_(torch.as_tensor(value, device=self.device).detach())
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Variable:
        if id(self) not in memo:
            memo[id(self)] = self.detach().clone().as_subclass(Variable)
        return memo[id(self)]


def new_variable(shape: Sequence[int], initializer: Any, dtype: torch.dtype) -> Variable:
    """A variable with its first value.

    Args:
        shape: Its shape.
        initializer: None or ``"zeros"``, ``"ones"``, or a function of the shape.
        dtype: The type of its numbers.

    Raises:
        ArgumentError: If the initializer is something else.
    """
    if initializer in (None, "zeros", "zero"):
        values = torch.zeros(tuple(shape), dtype=dtype)
    elif initializer in ("ones", "one"):
        values = torch.ones(tuple(shape), dtype=dtype)
    elif callable(initializer):
        values = torch.as_tensor(initializer(tuple(shape))).to(dtype=dtype).clone()
    else:
        raise ArgumentError(
            say(
                "initializer should be 'zeros', 'ones' or a function of the shape; "
                "{initializer} was given.",
                initializer=repr(initializer),
            ),
            code="compile.metric-setting",
        )
    return values.as_subclass(Variable)


def with_own_values(holder: Any) -> Any:
    """A copy of an object whose tensors and lists are its own, and whose other parts are shared.

    A metric of the user's may keep its sums in any attribute, and hold on to a model beside them.
    """
    twin, memo = copy.copy(holder), {}
    for name, value in vars(holder).items():
        if isinstance(value, (Tensor, list, dict, set)) or hasattr(value, "__array__"):
            vars(twin)[name] = copy.deepcopy(value, memo)
    return twin
