"""What the formulas of losses share: how targets meet predictions, and errors of their shapes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from fitstudio.errors import ArgumentError
from fitstudio.words import say

#: The reference's fuzz factor, wherever a formula would divide by zero or take its logarithm.
EPSILON = 1e-7


def formula(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Lets a function of ``(y_true, y_pred)`` take arrays and lists too."""

    @functools.wraps(function)
    def of_tensors(y_true: Any, y_pred: Any, *settings: Any, **keywords: Any) -> Tensor:
        if not isinstance(y_pred, Tensor):
            y_pred = torch.as_tensor(y_pred)
        if not isinstance(y_true, Tensor):
            y_true = torch.as_tensor(y_true, device=y_pred.device)
        return function(y_true, y_pred, *settings, **keywords)

    return of_tensors


def align(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Targets in the predictions' dtype and rank: a flat (n,) suits an output of (n, 1).

    Raises:
        ArgumentError: If the ranks differ, or the shapes can't be broadcast against each other.
    """
    y_true = y_true.to(dtype=y_pred.dtype)
    if y_true.shape == y_pred.shape:
        return y_true
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        return y_true.unsqueeze(-1)
    if y_true.ndim == y_pred.ndim + 1 and y_true.shape[-1] == 1:
        return y_true.squeeze(-1)
    # Torch would spread another rank over the rows of other samples.
    is_spread = y_true.ndim != y_pred.ndim and 0 not in (y_true.ndim, y_pred.ndim)
    pairs = zip(reversed(y_true.shape), reversed(y_pred.shape), strict=False)
    if is_spread or any(mine != theirs and 1 not in (mine, theirs) for mine, theirs in pairs):
        raise shape_error(y_true, y_pred, say("shapes that match"))
    return y_true


def shape_error(y_true: Tensor, y_pred: Tensor, expected: str) -> ArgumentError:
    """The error for targets that no output of this shape has."""
    return ArgumentError(
        say(
            "Targets of shape {shape} do not fit an output of shape {y_pred_shape}: this "
            "needs {expected}.",
            shape=tuple(y_true.shape),
            y_pred_shape=tuple(y_pred.shape),
            expected=expected,
        ),
        code="fit.target-shape",
        remedy=say("Change the number of units of the model's last layer, or the targets."),
    )


def class_numbers(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Labels as whole numbers with one value per row of predictions: (n, 1) becomes (n,).

    Raises:
        ArgumentError: If there is not one label per row of predictions.
    """
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    if y_true.shape != y_pred.shape[:-1]:
        raise shape_error(
            y_true,
            y_pred,
            say(
                "one class number per row of the output (for one-hot targets take "
                "categorical_crossentropy)"
            ),
        )
    return y_true.to(dtype=torch.int64)
