"""Notices when a recorded step is no longer what the model would do.

A replay repeats tensor operations, not Python code. So everything that Python code decides by
(flags, numbers kept in attributes, functions' closures, which tensors the weights are) is condensed
into a `fingerprint`; when that changes, the recording is thrown away.
"""

from __future__ import annotations

import functools
import random
import types
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_TREE = {"_parameters", "_buffers", "_modules", "_non_persistent_buffers_set"}
# Words in a model's own forward() that hint at an effect outside of tensors.
_EFFECTS = frozenset(
    {"append", "extend", "logger", "logging", "np", "numpy", "open", "print", "random", "time"}
)
_MOST_ITEMS = 64
_PLAIN = (int, float, bool, str, bytes, complex, type(None))


def fingerprint(module: nn.Module, functions: Iterable[Any], extra: Iterable[Any] = ()) -> tuple:
    """What Python code of the model, its losses and its metrics could decide by.

    Args:
        module: The model.
        functions: Losses, metrics and other objects or functions that take part in a step.
        extra: Further values.
    """
    parts: list[Any] = []
    for child in module.modules():
        parts.append((id(child), child.training))
        parts.extend(_parts_of(child))
        if _is_own(type(child)):
            for function in _called_by(type(child).forward, type(child)):
                parts.append(_reachable_values(function))
    for each in functions:
        parts.append(id(each))
        parts.append(_value(getattr(each, "__dict__", None)))
        if isinstance(each, types.FunctionType | types.MethodType | functools.partial):
            for function in _called_by(each):
                parts.append(_reachable_values(function))
    parts.extend(_value(each) for each in extra)
    return tuple(parts)


def _parts_of(child: nn.Module) -> Iterator[Any]:
    for name, weight in child._parameters.items():
        if weight is not None:
            yield name, id(weight), weight.requires_grad, weight.data_ptr()
    for name, buffer in child._buffers.items():
        if buffer is not None:
            yield name, id(buffer), buffer.data_ptr()
    for name, value in vars(child).items():
        if name not in _TREE and name != "training":
            yield name, _value(value)


def _value(value: Any, depth: int = 0) -> Any:
    """Plain values by value, tensors by memory, anything else by identity."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Tensor):
        return id(value), value.data_ptr()
    if depth < 3 and isinstance(value, list | tuple) and len(value) <= _MOST_ITEMS:
        return type(value).__name__, tuple(_value(each, depth + 1) for each in value)
    if depth < 3 and isinstance(value, dict) and len(value) <= _MOST_ITEMS:
        return tuple((str(key), _value(each, depth + 1)) for key, each in value.items())
    if isinstance(value, list | dict | set):
        return id(value), len(value)
    if isinstance(value, np.ndarray):
        return id(value), value.tobytes() if value.size <= _MOST_ITEMS else value.shape
    return id(value)


def _code_of(function: Any) -> types.FunctionType | None:
    if isinstance(function, functools.partial):
        function = function.func
    if isinstance(function, types.MethodType):
        function = function.__func__
    return function if isinstance(function, types.FunctionType) else None


def _reachable_values(function: Any) -> Any:
    """The plain values that a function finds in its closure and among its module's globals."""
    code = _code_of(function)
    if code is None:
        return None
    found: list[Any] = []
    for cell in code.__closure__ or ():
        try:
            found.append(_value(cell.cell_contents))
        except ValueError:  # a cell that is not filled yet
            found.append(None)
    for name in code.__code__.co_names:
        if name in code.__globals__:
            found.append((name, _value(code.__globals__[name])))
    if isinstance(function, functools.partial):
        found.append(_value(list(function.args)))
        found.append(_value(dict(function.keywords)))
    if isinstance(function, types.MethodType):
        found.append(_value(getattr(function.__self__, "__dict__", None)))
    return tuple(found)


def _is_own(kind: type) -> bool:
    """Whether a module's class is the user's, not torch's."""
    return not kind.__module__.startswith("torch.")


def objection(module: nn.Module, functions: Iterable[Any]) -> str | None:
    """Why the step should not even be recorded, or None."""
    for name, child in module.named_modules():
        where = name or type(child).__name__
        if isinstance(child, nn.RNNBase) and _draws_inside_cudnn(child):
            return f"{where} drops out between its layers, with cuDNN's own random numbers"
        if isinstance(child, nn.LSTM) and not any(each.is_cuda for each in child.parameters()):
            return "oneDNN's LSTM runs under autograd only"
        if any(getattr(child, hooks, None) for hooks in _HOOKS):
            return f"{where} has hooks"
        if _is_own(type(child)) and (word := _effect_in(type(child).forward, type(child))):
            return f"{where}.forward() uses {word}"
    for weight in module.parameters():
        if weight._backward_hooks or getattr(weight, "_post_accumulate_grad_hooks", None):
            return "a weight has hooks"
    for function in functions:
        if word := _effect_in(function):
            return f"{getattr(function, '__name__', function)} uses {word}"
    return None


def _draws_inside_cudnn(layers: nn.RNNBase) -> bool:
    is_there = any(each.is_cuda for each in layers.parameters())
    return is_there and layers.num_layers > 1 and layers.dropout > 0.0


def _effect_in(function: Any, owner: type | None = None) -> str | None:
    words = {word for each in _called_by(function, owner) for word in _words_in_function(each)}
    return min(words & _EFFECTS, default=None)


def _called_by(function: Any, owner: type | None = None, depth: int = 3) -> list[Any]:
    """The function, and the user's own functions and methods that it names, and so on."""
    code = _code_of(function)
    found = [function]
    if code is None or depth == 0:
        return found
    for name in _words_in(code.__code__):
        named = getattr(owner, name, None) if owner is not None else None
        if not isinstance(named, types.FunctionType):
            named = code.__globals__.get(name)
        if isinstance(named, types.FunctionType) and not _is_library(named.__module__):
            found.extend(_called_by(named, owner, depth - 1))
    return found


def _is_library(module: str | None) -> bool:
    return module is not None and module.split(".")[0] in ("torch", "fitstudio", "numpy")


def _words_in_function(function: Any) -> set[str]:
    code = _code_of(function)
    return _words_in(code.__code__) if code else set()


def _words_in(code: types.CodeType) -> set[str]:
    words = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            words |= _words_in(constant)
    return words


class Randomness:
    """Tells whether random numbers were drawn since it was made, other than a replay draws itself.

    Args:
        of_torch: Whether torch's generator on the CPU counts too: a graph on a GPU does not draw
            from it, so that whatever the step did with its numbers would be the same in each step.
    """

    def __init__(self, *, of_torch: bool) -> None:
        self._of_torch = of_torch
        self._state = self._look()

    def was_used(self) -> bool:
        """Whether a generator has moved on."""
        return self._look() != self._state

    def _look(self) -> tuple[Any, ...]:
        numpy: Any = np.random.get_state()
        own = torch.get_rng_state().numpy().tobytes() if self._of_torch else None
        return random.getstate(), numpy[0], numpy[1].tobytes(), numpy[2:], own
