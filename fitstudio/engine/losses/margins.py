"""The losses with a margin: the right answer has to win by one, see `regression`."""

from __future__ import annotations

import torch
from torch import Tensor

from fitstudio.engine.losses.base import FunctionLoss, Reduction, loss
from fitstudio.engine.losses.shapes import align, formula

__all__ = [
    "CategoricalHinge",
    "Hinge",
    "SquaredHinge",
    "categorical_hinge",
    "hinge",
    "squared_hinge",
]


def _signs(y_true: Tensor) -> Tensor:
    """Targets of -1 and 1; if a batch holds only 0 and 1 they become -1 and 1."""
    is_binary = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(is_binary, 2.0 * y_true - 1.0, y_true)


@formula
def hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of max(0, 1 - target x prediction) for targets of -1 and 1."""
    y_true = _signs(align(y_true, y_pred))
    return (1.0 - y_true * y_pred).clamp_min(0.0).mean(-1)


@loss("hinge")
class Hinge(FunctionLoss):
    """Hinge loss for targets of -1 and 1 (0 and 1 are converted)."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "hinge") -> None:
        super().__init__(hinge, reduction, name)


@formula
def squared_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squares of max(0, 1 - target x prediction)."""
    y_true = _signs(align(y_true, y_pred))
    return (1.0 - y_true * y_pred).clamp_min(0.0).square().mean(-1)


@loss("squared_hinge")
class SquaredHinge(FunctionLoss):
    """Square of the hinge loss."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "squared_hinge") -> None:
        super().__init__(squared_hinge, reduction, name)


@formula
def categorical_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How far the right class fails to beat the best wrong one by a margin of one."""
    y_true = align(y_true, y_pred)
    right = (y_true * y_pred).sum(-1)
    wrong = ((1.0 - y_true) * y_pred).amax(-1)
    return (wrong - right + 1.0).clamp_min(0.0)


@loss("categorical_hinge")
class CategoricalHinge(FunctionLoss):
    """Hinge loss for one-hot targets."""

    def __init__(
        self, reduction: str = Reduction.AUTO, name: str | None = "categorical_hinge"
    ) -> None:
        super().__init__(categorical_hinge, reduction, name)
