"""What a metric is: named sums on the device, updated batch by batch and read when somebody looks.

Nothing here waits for the device: `Metric.update` only adds to tensors in place, and
`Metric.result` returns a tensor. Whoever wants a Python number asks that tensor for it.

Metric
├── Reduced: Mean, Sum, and MeanOfFunction for everything that is a mean of per-sample values
├── confusion counts: Precision, Recall, AUC, TruePositives, ...
└── TorchMetric: an object with update, compute and reset, as torchmetrics has them
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.declared.catalogue.entries import METRICS
from fitstudio.engine.losses.base import weigh
from fitstudio.engine.metrics.variable import Variable, new_variable
from fitstudio.engine.naming import Register, snake_case
from fitstudio.errors import ArgumentError
from fitstudio.words import say

# What 32-bit sums of probabilities may be off by.
_ROUNDING = 1e-5


def accumulator_dtype(device: torch.device) -> torch.dtype:
    """Double precision where there is any, so that an epoch's count can't run out of digits."""
    return torch.float32 if device.type == "mps" else torch.float64


class Metric:
    """A number that is watched while training.

    A subclass says in ``state_shapes`` which sums it keeps, adds to them in `update`, and computes
    its value from them in `result`. Or it is written as for the reference: it makes its sums with
    `add_weight` and implements ``update_state``, ``result`` and, if it likes, ``reset_states``.

    Args:
        name: The key in logs and history; by default the class's name in snake case.
        dtype: Accepted for the reference's sake. Sums are kept in double precision.
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype = dtype
        #: The sums, by name. The training step may replace the tensors by others of the same shape.
        self.state: dict[str, Tensor] = {}
        #: Those of them that were made with `add_weight`.
        self.own_variables: dict[str, Variable] = {}

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """The sums' names and shapes."""
        return {}

    def learn_shapes(self, y_true: Tensor, y_pred: Tensor) -> None:
        """For subclasses whose sums depend on the shapes of targets and predictions.

        It is called with a first batch, before there are any sums.
        """

    def check(self, y_true: Tensor, y_pred: Tensor) -> None:
        """For subclasses that are defined for some values only; may wait for the device."""

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds a batch."""
        raise NotImplementedError(
            f"{type(self).__name__} implements neither update() nor update_state()"
        )

    def result(self) -> Tensor:
        """The value over everything since the last `reset`, as a tensor on the device."""
        raise NotImplementedError(f"{type(self).__name__} does not implement result()")

    def place(self, device: torch.device) -> None:
        """Makes sure that the sums exist, on that device."""
        if self.state and next(iter(self.state.values())).device == device:
            return
        dtype = accumulator_dtype(device)
        for variable in self.own_variables.values():
            if variable.device != device:
                kept = dtype if variable.is_floating_point() else variable.dtype
                variable.data = variable.data.to(device=device, dtype=kept)
        self.state = {
            name: torch.zeros(tuple(shape), dtype=dtype, device=device)
            for name, shape in self.state_shapes().items()
        } | self.own_variables

    def reset(self) -> None:
        """Forgets everything, in place: a captured step keeps pointing at the same sums."""
        for total in (*self.state.values(), *self.own_variables.values()):
            total.zero_()

    def __call__(self, *batch: Any, **keywords: Any) -> Tensor:
        """Adds a batch and gives the value so far."""
        self.update_state(*batch, **keywords)
        return self.result()

    # The reference's names for the same things.
    def update_state(self, *batch: Any, **keywords: Any) -> None:
        """Adds a batch of tensors, arrays or numbers."""
        tensors = [_tensor(part) for part in batch]
        named = {name: _tensor(part) for name, part in keywords.items()}
        if len(tensors) >= 2:
            self.check(tensors[0], tensors[1])
        self.update(*tensors, **named)

    def reset_state(self) -> None:
        """The name of `reset` in newer versions of the reference."""
        self.reset()

    def reset_states(self) -> None:
        """The name of `reset` in older versions of the reference."""
        self.reset()

    def add_weight(
        self,
        name: Any = None,
        shape: Any = (),
        aggregation: Any = None,
        synchronization: Any = None,
        initializer: Any = None,
        dtype: Any = None,
    ) -> Variable:
        """Makes a sum, which `reset` sets to zero.

        Args:
            name: What it is called.
            shape: Its shape.
            aggregation: Accepted for the reference's sake.
            synchronization: Accepted for the reference's sake.
            initializer: ``"zeros"``, ``"ones"`` or a function of the shape.
            dtype: A torch type; double precision otherwise.
        """
        if isinstance(name, (tuple, list)):  # Keras 3 begins with the shape
            name, shape = None, name
        name = name or f"variable_{len(self.own_variables) + 1}"
        wanted = dtype if isinstance(dtype, torch.dtype) else torch.float64
        variable = new_variable(shape, initializer, wanted)
        self.own_variables[name] = variable
        return variable

    add_variable = add_weight

    @property
    def variables(self) -> list[Tensor]:
        """The sums that there are now."""
        return list((self.state | self.own_variables).values())

    # -- what training calls

    def add_batch(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None) -> None:
        """Adds a batch by the method that the class implements."""
        written = type(self).update_state
        if written is Metric.update_state:
            self.update(y_true, y_pred, sample_weight)
        elif _takes_weights(written):
            self.update_state(y_true, y_pred, sample_weight=sample_weight)
        else:
            self.update_state(y_true, y_pred)

    def start_again(self) -> None:
        """Forgets everything by the method that the class implements."""
        kind = type(self)
        if kind.reset_states is not Metric.reset_states:
            self.reset_states()
        elif kind.reset_state is not Metric.reset_state:
            self.reset_state()
        else:
            self.reset()

    def get_config(self) -> dict[str, Any]:
        """The settings that `from_config` makes the same metric of."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """A metric with these settings."""
        return cls(**config)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"


@functools.cache
def _takes_weights(function: Any) -> bool:
    parameters = inspect.signature(function).parameters.values()
    return any(each.name == "sample_weight" or each.kind is each.VAR_KEYWORD for each in parameters)


def _tensor(part: Any) -> Any:
    return part if part is None or isinstance(part, Tensor) else torch.as_tensor(part)


def check_columns(name: str, columns: int, y_pred: Tensor) -> None:
    """Refuses a batch that has other columns than those before it.

    Raises:
        ArgumentError: If it has.
    """
    if y_pred.shape[-1] != columns:
        raise ArgumentError(
            say(
                "{name} has counted {columns} columns so far; a batch of the shape {shape} "
                "was given.",
                name=name,
                columns=columns,
                shape=tuple(y_pred.shape),
            ),
            code="compile.metric-shape",
            remedy=say("Use a metric of its own for each number of columns."),
        )


def weights_by_row(sample_weight: Tensor | None, y_pred: Tensor) -> Tensor | None:
    """Weights as one column, a row for each row of columns in the predictions.

    A weight serves all steps of its row, as in losses.
    """
    if sample_weight is None:
        return None
    rows = y_pred[..., :1]
    missing = max(rows.ndim - sample_weight.ndim, 0)
    return (
        sample_weight.reshape(sample_weight.shape + (1,) * missing).expand_as(rows).reshape(-1, 1)
    )


def check_probabilities(name: str, y_pred: Tensor, or_else: str = "") -> None:
    """Refuses predictions that no threshold from 0 to 1 can part.

    Raises:
        ArgumentError: If one is below 0 or above 1 by more than rounding.
    """
    lowest, highest = (float(each) for each in torch.aminmax(y_pred)) if y_pred.numel() else (0, 1)
    if lowest < -_ROUNDING or highest > 1.0 + _ROUNDING:
        raise ArgumentError(
            say(
                "The metric {name} needs probabilities: predictions must be >= 0 and <= 1, "
                "and there is one of {lowest}.",
                name=repr(name),
                lowest=f"{(lowest if lowest < -_ROUNDING else highest):.6g}",
            ),
            code="compile.metric-probabilities",
            remedy=say(
                "End the model in a sigmoid or softmax (and leave out from_logits){or_else}.",
                or_else=", " + or_else if or_else else "",
            ),
        )


def safe_ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, or 0 where the denominator is 0."""
    return torch.where(denominator != 0, numerator / denominator, torch.zeros_like(numerator))


class Mean(Metric):
    """The weighted mean of the values it is given."""

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """The weighted total and the weights' sum, one number each."""
        return {"total": (), "count": ()}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
        """Adds values of any shape; a weight counts for all values of its row."""
        values = torch.as_tensor(values)
        self.place(values.device)
        if sample_weight is None:
            self.state["total"] += values.sum()
            self.state["count"] += values.numel()
            return
        weights = torch.as_tensor(sample_weight, device=values.device)
        while weights.ndim > values.ndim and weights.shape[-1] == 1:
            weights = weights.squeeze(-1)
        if weights.ndim > 0 and values.ndim > weights.ndim:
            # As the reference does: what has no weight of its own is averaged first.
            values = values.flatten(weights.ndim).mean(-1)
        if not values.is_floating_point():
            values = values.to(dtype=weights.dtype)
        weighted = weigh(values, weights)
        self.state["total"] += weighted.sum()
        if weights.shape == weighted.shape:
            self.state["count"] += weights.sum()
        else:
            self.state["count"] += weights.expand_as(weighted).sum()

    def result(self) -> Tensor:
        """The mean so far; 0 before the first value."""
        self.place(_device_of(self.state))
        return safe_ratio(self.state["total"], self.state["count"])


def _device_of(state: dict[str, Tensor]) -> torch.device:
    return next(iter(state.values())).device if state else torch.device("cpu")


class Sum(Metric):
    """The weighted sum of the values it is given."""

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """The total alone."""
        return {"total": ()}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
        """Adds values of any shape, each times its row's weight."""
        values = torch.as_tensor(values)
        self.place(values.device)
        if sample_weight is not None:
            values = weigh(values.to(dtype=self.state["total"].dtype), sample_weight)
        self.state["total"] += values.sum()

    def result(self) -> Tensor:
        """The sum so far, as a copy: later batches don't change it."""
        self.place(_device_of(self.state))
        return self.state["total"].clone()


class MeanTensor(Metric):
    """The elementwise weighted mean of tensors of one shape."""

    def __init__(
        self, name: str | None = None, dtype: Any = None, shape: Sequence[int] | None = None
    ) -> None:
        super().__init__(name, dtype)
        self.shape = None if shape is None else tuple(shape)

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """A total and a sum of weights for each element."""
        shape = self.shape or ()
        return {"total": shape, "count": shape}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
        """Adds one tensor.

        Raises:
            ArgumentError: If its shape is not that of the first.
        """
        values = torch.as_tensor(values)
        if self.shape is None:
            self.shape, self.state = tuple(values.shape), {}
        if tuple(values.shape) != self.shape:
            raise ArgumentError(
                say(
                    "{name} averages tensors of the shape {shape}; one of the shape "
                    "{values_shape} was given.",
                    name=self.name,
                    shape=self.shape,
                    values_shape=tuple(values.shape),
                ),
                code="compile.metric-shape",
                remedy=say("Give all of them the same shape."),
            )
        self.place(values.device)
        ones = torch.ones_like(values, dtype=self.state["count"].dtype)
        if sample_weight is not None:
            ones = weigh(ones, sample_weight)
        self.state["total"] += values * ones
        self.state["count"] += ones

    def result(self) -> Tensor:
        """The mean of each element so far."""
        self.place(_device_of(self.state))
        return safe_ratio(self.state["total"], self.state["count"])


#: All metrics by the names that compile() takes.
REGISTER: Register[Metric] = Register("metric", METRICS, snake=True)
#: Enters the class of a metric: ``@metric("AUC")``.
metric = REGISTER.add
