"""What a loss is: one value per sample, reduced and weighted the way the reference does it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.declared.catalogue.entries import LOSSES
from fitstudio.engine.losses.shapes import align
from fitstudio.engine.naming import Register, snake_case
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class Reduction:
    """How the per-sample values of a batch become one number."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """Every way, as `reduction` takes it."""
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key: str) -> None:
        """Refuses a way that there is not.

        Raises:
            ArgumentError: If `key` is none of `all`.
        """
        if key not in cls.all():
            raise ArgumentError(
                say(
                    "reduction should be one of {all}; {key} was given.",
                    all=", ".join(cls.all()),
                    key=repr(key),
                ),
                code="compile.loss-reduction",
            )


class Loss:
    """A loss as the reference calls it: ``loss(y_true, y_pred, sample_weight)``.

    A subclass implements ``call(y_true, y_pred)``, which returns one value per sample (or per
    timestep). It may return unreduced elements or a single number too.

    Args:
        reduction: One of `Reduction`; ``"auto"`` averages over the per-sample values.
        name: The name in messages; by default the class's name in snake case.
    """

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = None) -> None:
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name or snake_case(type(self).__name__)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The loss of each sample, of shape (batch,) or (batch, timesteps).

        Args:
            y_true: Targets of shape (batch, …).
            y_pred: Predictions of shape (batch, …).
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement call().")

    def per_sample(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value per sample or timestep, neither weighted nor reduced."""
        return self.call(y_true, y_pred)

    def __call__(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | float | None = None
    ) -> Tensor:
        """The loss of a batch: one number, or one a sample with reduction "none"."""
        return self.reduce(self.per_sample(_tensor(y_true), _tensor(y_pred)), sample_weight)

    def reduce(self, values: Tensor, sample_weight: Tensor | float | None = None) -> Tensor:
        """The batch's number: weights multiply, and the divisor is the count, not their sum.

        Raises:
            ArgumentError: If the loss's values are no tensor, which has no gradient.
        """
        if not isinstance(values, Tensor):
            raise ArgumentError(
                say(
                    "The loss {name} returned {kind} {values}; it should return a tensor "
                    "computed from y_pred.",
                    name=repr(self.name),
                    kind=type(values).__name__,
                    values=repr(values),
                ),
                code="compile.loss-value",
            )
        if sample_weight is not None:
            values = weigh(values, sample_weight)
        if self.reduction == Reduction.NONE:
            return values
        if self.reduction == Reduction.SUM:
            return values.sum()
        return values.mean()

    def get_config(self) -> dict[str, Any]:
        """The settings that `from_config` makes the same loss of."""
        return {"reduction": self.reduction, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """A loss with these settings."""
        return cls(**config)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"


def _tensor(values: Any) -> Tensor:
    return values if isinstance(values, Tensor) else torch.as_tensor(values)


def weigh(values: Tensor, sample_weight: Tensor | float) -> Tensor:
    """Values times weights, which are spread from the left: one per row serves all its timesteps.

    Raises:
        ArgumentError: If the weights' shape can't be spread over the values.
    """
    if not isinstance(sample_weight, Tensor):
        if isinstance(sample_weight, (int, float)):
            return values * sample_weight
        sample_weight = torch.as_tensor(sample_weight, device=values.device)
    if not values.is_floating_point():
        values = values.to(dtype=torch.promote_types(values.dtype, sample_weight.dtype))
    weights = sample_weight.to(dtype=values.dtype)
    while weights.ndim > values.ndim > 0 and weights.shape[-1] == 1:
        weights = weights.squeeze(-1)
    if values.ndim == 0 or weights.ndim == 0 or (values.numel() == 1 and weights.ndim == 1):
        return values * weights
    fits = weights.ndim <= values.ndim and all(
        mine in (1, theirs) for mine, theirs in zip(weights.shape, values.shape, strict=False)
    )
    if not fits:
        raise ArgumentError(
            say(
                "sample_weight of shape {shape} does not fit losses of shape {values_shape}.",
                shape=tuple(sample_weight.shape),
                values_shape=tuple(values.shape),
            ),
            code="fit.sample-weight-shape",
            remedy=say("Give one weight per row, or one per row and timestep."),
        )
    return values * weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))


class FunctionLoss(Loss):
    """A loss made of a function ``f(y_true, y_pred, **settings)``, a user's or one of ours."""

    def __init__(
        self,
        function: Callable[..., Tensor],
        reduction: str = Reduction.AUTO,
        name: str | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(reduction, name or getattr(function, "__name__", None))
        self.function = function
        self.settings = settings

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """What the function gives, with the settings that were chosen."""
        return self.function(y_true, y_pred, **self.settings)

    def __getattr__(self, name: str) -> Any:
        # The reference's losses keep their settings as attributes: Huber().delta.
        settings = vars(self).get("settings", {})
        if name in settings:
            return settings[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def get_config(self) -> dict[str, Any]:
        """As of any loss, with the function's settings beside them."""
        return super().get_config() | self.settings


class TorchLoss(Loss):
    """A torch loss module, which is called the torch way: ``module(input, target)``.

    Without sample weights it is called exactly as it is, with its own reduction. For weights a copy
    with ``reduction="none"`` gives the per-sample values, if the module has that setting.
    """

    # These take class numbers, so targets must not be cast to the output's dtype.
    _CLASS_NUMBERS = (nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss, nn.MultiLabelMarginLoss)

    def __init__(self, module: nn.Module, name: str | None = None) -> None:
        own = getattr(module, "reduction", "mean")
        reduction = Reduction.SUM if own == "sum" else Reduction.SUM_OVER_BATCH_SIZE
        super().__init__(reduction, name or snake_case(type(module).__name__))
        self.module = module
        self.unreduced = module
        if hasattr(module, "reduction"):
            self.unreduced = copy.copy(module)
            vars(self.unreduced)["reduction"] = "none"

    def _target(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if not isinstance(self.module, self._CLASS_NUMBERS):
            return align(y_true, y_pred)
        if y_true.shape == y_pred.shape and isinstance(self.module, nn.CrossEntropyLoss):
            return y_true.to(dtype=y_pred.dtype)
        if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
            y_true = y_true.squeeze(-1)
        return y_true.to(dtype=torch.int64)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The module's values, averaged over all axes but the first."""
        values = self.unreduced(y_pred, self._target(y_true, y_pred))
        return values.flatten(1).mean(1) if values.ndim > 1 else values

    def __call__(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | float | None = None
    ) -> Tensor:
        """Without weights the module's own reduction; with them each sample counts by its own."""
        if sample_weight is None:
            value = self.module(y_pred, self._target(y_true, y_pred))
            return value.mean() if value.ndim else value
        return super().__call__(y_true, y_pred, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The module itself: torch's losses have no settings that can be listed."""
        return {"module": self.module}


#: All losses by the names that compile() takes.
REGISTER: Register[Loss] = Register("loss", LOSSES)
#: Enters the class of a loss: ``@loss("huber")``.
loss = REGISTER.add
