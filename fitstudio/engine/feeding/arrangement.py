"""Puts data given as arrays, lists and dicts into the order of a model's inputs and outputs."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from fitstudio.engine.feeding.open_column import is_array, is_rows_of_numbers
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.errors import ArgumentError
from fitstudio.words import say, say_count

#: An array and what to call it in messages, such as ``y['left']``.
Leaf = tuple[str, Any]


def is_leaf(value: Any) -> bool:
    """Whether this is one array, not a collection of them."""
    if isinstance(value, (np.ndarray, Tensor)):
        return True
    return not isinstance(value, (list, tuple, Mapping)) or is_rows_of_numbers(value)


def leaves(argument: str, structure: Any) -> list[Leaf]:
    """Every array in a structure, with its name; None entries are left out."""
    if structure is None:
        return []
    if is_leaf(structure):
        return [(argument, structure)]
    named = (
        structure.items()
        if isinstance(structure, Mapping)
        else ((index, each) for index, each in enumerate(structure))
    )
    return [leaf for key, each in named for leaf in leaves(f"{argument}[{key!r}]", each)]


@dataclass(frozen=True, slots=True)
class InputNames:
    """What a module's ``forward`` is called with.

    Attributes:
        names: Its positional parameters.
        required: How many of them have no default.
        variadic: Whether it takes any number (``*inputs``).
    """

    names: tuple[str, ...]
    required: int
    variadic: bool

    @classmethod
    def of(cls, module: nn.Module) -> InputNames:
        """The positional parameters of the module's ``forward``."""
        parameters = list(inspect.signature(module.forward).parameters.values())
        positional = [
            each
            for each in parameters
            if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        ]
        required = sum(each.default is each.empty for each in positional)
        variadic = any(each.kind is each.VAR_POSITIONAL for each in parameters)
        return cls(tuple(each.name for each in positional), required, variadic)

    def arrange(self, x: Any) -> list[Leaf]:
        """The arrays in the order of the parameters.

        Raises:
            ArgumentError: If one is missing, or there are too many.
        """
        if isinstance(x, Mapping):
            return self._by_name(x)
        given = [("x", x)] if is_leaf(x) else [(f"x[{i}]", each) for i, each in enumerate(x)]
        fits = len(given) >= self.required and (self.variadic or len(given) <= len(self.names))
        if not fits or any(each is None for _, each in given):
            raise ArgumentError(
                say_count(
                    len(given),
                    "The model has {say}, but {given} array was given as x.",
                    "The model has {say}, but {given} arrays were given as x.",
                    say=self._say(),
                    given=len(given),
                ),
                code="fit.input-count",
                remedy=say(
                    "Pass one array per input, as a list in this order or as a dict by name."
                ),
            )
        return given

    def _by_name(self, x: Mapping[Any, Any]) -> list[Leaf]:
        missing = [name for name in self.names[: self.required] if x.get(name) is None]
        if missing:
            raise ArgumentError(
                say(
                    "x is a dict without the input {missing}; it has {x}.",
                    missing=", ".join(map(repr, missing)),
                    x=", ".join(map(repr, x)) or say("nothing"),
                ),
                code="fit.missing-input",
                remedy=say(
                    "The keys should be the names of forward()'s parameters: {say}.",
                    say=self._say(),
                ),
            )
        unknown = [key for key in x if key not in self.names]
        if unknown:
            warnings.warn(
                say(
                    "x has {unknown}, which the model has no input for; it is ignored.",
                    unknown=", ".join(map(repr, unknown)),
                ),
                UserWarning,
                stacklevel=4,
            )
        given: list[Leaf] = []
        for name in self.names:
            if name not in x:
                break  # what follows can't be passed by place
            given.append((f"x[{name!r}]", x[name]))
        return given

    def _say(self) -> str:
        if self.variadic and not self.names:
            return say("any number of inputs")
        names = ", ".join(map(repr, self.names))
        return say_count(
            len(self.names),
            "{names} input ({names_2})",
            "{names} inputs ({names_2})",
            names=len(self.names),
            names_2=names,
        )


def arrange_targets(form: OutputForm, y: Any, trained: tuple[bool, ...]) -> list[Leaf | None]:
    """The targets in the order of the outputs.

    Args:
        form: The model's outputs.
        y: As it was passed.
        trained: For each output whether it has a loss, and so needs a target.

    Raises:
        ArgumentError: If one is missing, or they do not match the outputs.
    """
    if y is not None and form.kind == "dict" and len(form.names) > 1 and not isinstance(y, Mapping):
        raise ArgumentError(
            say(
                "The model returns a dict of outputs ({names}), so y should be a dict with "
                "these keys; {y} was given.",
                names=", ".join(map(repr, form.names)),
                y=_kind(y),
            ),
            code="fit.targets-by-name",
        )
    found = _per_output("y", form, y)
    missing = [
        name
        for name, leaf, needed in zip(form.names, found, trained, strict=True)
        if needed and leaf is None
    ]
    if missing and y is None:
        raise ArgumentError(
            say(
                "y is missing: the model was compiled with a loss, which compares outputs "
                "with targets."
            ),
            code="fit.no-targets",
            remedy=say("Pass y, or yield (inputs, targets) from a generator, Sequence or dataset."),
        )
    if missing:
        raise ArgumentError(
            say(
                "y has no target for the output {missing}, which has a loss.",
                missing=", ".join(map(repr, missing)),
            ),
            code="fit.missing-target",
            remedy=say("Pass its target, or leave the output out of compile()'s loss."),
        )
    return found


def arrange_weights(form: OutputForm, sample_weight: Any) -> list[Leaf | None]:
    """The sample weights in the order of the outputs; one array serves all of them.

    Raises:
        ArgumentError: If they do not match the outputs.
    """
    if sample_weight is not None and is_leaf(sample_weight):
        return [("sample_weight", sample_weight)] * len(form.names)
    return _per_output("sample_weight", form, sample_weight)


def _per_output(argument: str, form: OutputForm, given: Any) -> list[Leaf | None]:
    if given is None:
        return [None] * len(form.names)
    if is_leaf(given):
        if len(form.names) == 1:
            return [(argument, given)]
        given = [given]
    by_name = isinstance(given, Mapping)
    assigned = form.assign(argument, given)
    labels = [
        argument if len(form.names) == 1 else f"{argument}[{name if by_name else number!r}]"
        for number, name in enumerate(form.names)
    ]
    return [
        None if leaf is None else (label, leaf)
        for label, leaf in zip(labels, assigned, strict=True)
    ]


def _kind(y: Any) -> str:
    if is_array(y):
        return say("one array")
    return f"a {type(y).__name__}"
