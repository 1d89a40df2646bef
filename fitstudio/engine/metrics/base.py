"""What a metric is: named sums on the device, updated batch by batch and read when somebody looks.

Nothing here waits for the device: `Metric.update` only adds to tensors in place, and
`Metric.result` returns a tensor. Whoever wants a Python number asks that tensor for it.

Metric
├── Reduced: Mean, Sum, and MeanOfFunction for everything that is a mean of per-sample values
├── confusion counts: Precision, Recall, AUC, TruePositives, ...
└── TorchMetric: an object with update, compute and reset, as torchmetrics has them
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine.losses.base import weigh
from fitstudio.engine.naming import snake_case


def accumulator_dtype(device: torch.device) -> torch.dtype:
    """Double precision where there is any, so that an epoch's count can't run out of digits."""
    return torch.float32 if device.type == "mps" else torch.float64


class Metric:
    """A number that is watched while training.

    A subclass says in ``state_shapes`` which sums it keeps, adds to them in `update`, and computes
    its value from them in `result`.

    Args:
        name: The key in logs and history; by default the class's name in snake case.
        dtype: Accepted for the reference's sake. Sums are kept in double precision.
    """

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.dtype = dtype
        #: The sums, by name. The training step may replace the tensors by others of the same shape.
        self.state: dict[str, Tensor] = {}

    def state_shapes(self) -> dict[str, Sequence[int]]:
        """The sums' names and shapes."""
        raise NotImplementedError(f"{type(self).__name__} does not implement state_shapes().")

    def update(self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None) -> None:
        """Adds a batch."""
        raise NotImplementedError(f"{type(self).__name__} does not implement update().")

    def result(self) -> Tensor:
        """The value over everything since the last `reset`, as a tensor on the device."""
        raise NotImplementedError(f"{type(self).__name__} does not implement result().")

    def place(self, device: torch.device) -> None:
        """Makes sure that the sums exist, on that device."""
        if self.state and next(iter(self.state.values())).device == device:
            return
        self.state = {
            name: torch.zeros(tuple(shape), dtype=accumulator_dtype(device), device=device)
            for name, shape in self.state_shapes().items()
        }

    def reset(self) -> None:
        """Forgets everything, in place: a captured step keeps pointing at the same sums."""
        for total in self.state.values():
            total.zero_()

    def __call__(self, *batch: Any, **keywords: Any) -> Tensor:
        self.update(*batch, **keywords)
        return self.result()

    # The reference's names for the same things.
    def update_state(self, *batch: Any, **keywords: Any) -> None:
        self.update(*_tensors(batch), **keywords)

    def reset_state(self) -> None:
        self.reset()

    def reset_states(self) -> None:
        self.reset()

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        return cls(**config)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"


def _tensors(batch: tuple[Any, ...]) -> list[Any]:
    return [
        part if part is None or isinstance(part, Tensor) else torch.as_tensor(part)
        for part in batch
    ]


def safe_ratio(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, or 0 where the denominator is 0."""
    return torch.where(denominator != 0, numerator / denominator, torch.zeros_like(numerator))


class Mean(Metric):
    """The weighted mean of the values it is given."""

    def state_shapes(self) -> dict[str, Sequence[int]]:
        return {"total": (), "count": ()}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
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
        self.place(_device_of(self.state))
        return safe_ratio(self.state["total"], self.state["count"])


def _device_of(state: dict[str, Tensor]) -> torch.device:
    return next(iter(state.values())).device if state else torch.device("cpu")


class Sum(Metric):
    """The weighted sum of the values it is given."""

    def state_shapes(self) -> dict[str, Sequence[int]]:
        return {"total": ()}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
        values = torch.as_tensor(values)
        self.place(values.device)
        if sample_weight is not None:
            values = weigh(values, sample_weight)
        self.state["total"] += values.sum()

    def result(self) -> Tensor:
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
        shape = self.shape or ()
        return {"total": shape, "count": shape}

    def update(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, values: Tensor, sample_weight: Tensor | float | None = None
    ) -> None:
        values = torch.as_tensor(values)
        if self.shape is None:
            self.shape = tuple(values.shape)
        self.place(values.device)
        ones = torch.ones_like(values, dtype=self.state["count"].dtype)
        if sample_weight is not None:
            ones = weigh(ones, sample_weight)
        self.state["total"] += values * ones
        self.state["count"] += ones

    def result(self) -> Tensor:
        self.place(_device_of(self.state))
        return safe_ratio(self.state["total"], self.state["count"])
