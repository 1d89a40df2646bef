"""Turns class_weight into sample weights: each row weighs what its class weighs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.feeding.columns import Cast, Column, TensorColumn
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class ClassWeights:
    """A checked class_weight argument.

    Args:
        given: Weight by class number; the numbers are 0 .. k-1 without a gap.

    Raises:
        ArgumentError: If it is no such dict.
    """

    def __init__(self, given: Mapping[Any, Any]) -> None:
        if not isinstance(given, Mapping):
            raise ArgumentError(
                say(
                    "class_weight should be a dict from class number to weight; {kind} was given.",
                    kind=type(given).__name__,
                ),
                code="fit.class-weight",
                remedy=say(
                    "For example class_weight={{0: 1.0, 1: 2.0}}; dict(enumerate(values)) "
                    "makes one of a list or an array."
                ),
            )
        if any(isinstance(weight, Mapping) for weight in given.values()):
            raise ArgumentError(
                say(
                    "class_weight gives weights by output; it works for a model with one "
                    "output only, as a dict from class number to weight."
                ),
                code="fit.class-weight-outputs",
                remedy=say("Pass sample_weight as a dict by output instead."),
            )
        missing = [number for number in range(len(given)) if number not in given]
        if missing:
            raise ArgumentError(
                say(
                    "class_weight has the keys {given}; they should be the numbers 0 to "
                    "{given_2} without a gap.",
                    given=sorted(given, key=str),
                    given_2=len(given) - 1,
                ),
                code="fit.class-weight-keys",
                remedy=say("Give a weight for every class, from 0 on; 1.0 changes nothing."),
            )
        try:
            self._table = torch.tensor([float(given[number]) for number in range(len(given))])
        except (TypeError, ValueError) as error:
            raise ArgumentError(
                say("class_weight should hold numbers: {error}.", error=error),
                code="fit.class-weight",
            ) from error

        if not bool(self._table.isfinite().all()):
            raise ArgumentError(
                say(
                    "class_weight should hold numbers; {given} holds one that is none.",
                    given=repr(dict(given)),
                ),
                code="fit.class-weight",
            )

    @classmethod
    def of(cls, given: Any) -> ClassWeights | None:
        """The checked argument; None and an empty dict mean no weights.

        Raises:
            ArgumentError: If it is something else than a dict of weights.
        """
        if given is None or (isinstance(given, Mapping) and not given):
            return None
        return cls(given)

    def weigh(self, target: Tensor, weights: Tensor | None, dtype: torch.dtype) -> Tensor:
        """The rows' class weights, times their sample weights if there are any.

        Raises:
            ArgumentError: If a label has no weight.
        """
        classes = _classes(target)
        table = self._table.to(device=classes.device, dtype=dtype)
        self._check_range(classes)
        own = table[classes]
        if weights is None:
            return own
        return weights * own.reshape(own.shape + (1,) * (weights.ndim - own.ndim))

    def _check_range(self, classes: Tensor) -> None:
        if classes.numel() == 0:
            return
        lowest, highest = (int(each) for each in torch.aminmax(classes))
        if lowest < 0 or highest >= len(self._table):
            label = highest if highest >= len(self._table) else lowest
            raise ArgumentError(
                say(
                    "y holds the class {label}, but class_weight has only the classes 0 to "
                    "{table}.",
                    label=label,
                    table=len(self._table) - 1,
                ),
                code="fit.class-weight-missing",
                remedy=say("Add a weight for class {label}.", label=label),
            )


def _classes(target: Tensor) -> Tensor:
    """Class numbers: labels, one-hot rows, or numbers to round."""
    if target.ndim > 2:
        raise ArgumentError(
            say(
                "class_weight needs one class per row; y has the shape {shape}.",
                shape=tuple(target.shape),
            ),
            code="fit.class-weight-shape",
            remedy=say("Use sample_weight for targets with more axes."),
        )
    if target.ndim == 2 and target.shape[1] > 1:
        return target.argmax(1)
    flat = target.reshape(len(target))
    return (flat.round() if flat.is_floating_point() else flat).to(dtype=torch.int64)


class ClassWeightColumn(Column):
    """Sample weights of rows by the class in another column, block by block.

    Args:
        class_weights: The weights.
        target: The column of targets.
        weights: Sample weights to multiply with, or None.
        cast: What sample weights are converted to.
    """

    def __init__(
        self, class_weights: ClassWeights, target: Column, weights: Column | None, cast: Cast
    ) -> None:
        self._parts = (class_weights, target, weights, cast)
        self.rows = target.rows
        self.sample_shape = () if weights is None else weights.sample_shape

    def read(self, start: int, stop: int) -> Tensor:
        """The weights of the rows from `start` up to `stop`.

        Raises:
            ArgumentError: If a label has no weight.
        """
        class_weights, target, weights, cast = self._parts
        given = None if weights is None else cast(weights.read(start, stop))
        return cast(class_weights.weigh(target.read(start, stop), given, _dtype(cast)))

    def take(self, rows: Tensor) -> Tensor:
        """The weights of the rows with these numbers, in this order.

        Raises:
            ArgumentError: If a label has no weight.
        """
        class_weights, target, weights, cast = self._parts
        given = None if weights is None else cast(weights.take(rows))
        return cast(class_weights.weigh(target.take(rows), given, _dtype(cast)))

    def part(self, start: int, stop: int) -> ClassWeightColumn:
        """Rows `start` up to `stop` as a column of their own."""
        class_weights, target, weights, cast = self._parts
        cut = None if weights is None else weights.part(start, stop)
        return ClassWeightColumn(class_weights, target.part(start, stop), cut, cast)

    def cast(self, cast: Cast) -> Column:
        """The weights as the model wants them; computed at once where the labels are in memory.

        Raises:
            ArgumentError: If a label in memory has no weight.
        """
        class_weights, target, weights, _ = self._parts
        column = ClassWeightColumn(class_weights, target, weights, cast)
        if all(each is None or isinstance(each, TensorColumn) for each in (target, weights)):
            return TensorColumn(column.read(0, self.rows))  # small, and labels are checked at once
        return column


def _dtype(cast: Cast) -> torch.dtype:
    return cast.dtype or torch.float32
