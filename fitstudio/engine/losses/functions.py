"""The reference's loss formulas: one value per sample from targets and predictions.

Every function takes ``(y_true, y_pred)`` tensors, averages or sums over the last axis and leaves
the others alone, so that outputs with timesteps give one value per timestep. The formulas, down to
where a probability is clipped, are the reference's: its loss values agree to five digits.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from fitstudio.errors import ArgumentError

#: The reference's fuzz factor, wherever a formula would divide by zero or take its logarithm.
EPSILON = 1e-7
# Larger than any class index: torch would silently skip rows with the label -100.
_NO_IGNORED_LABEL = -(2**40)


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
        raise _shape_error(y_true, y_pred, "shapes that match")
    return y_true


def _shape_error(y_true: Tensor, y_pred: Tensor, expected: str) -> ArgumentError:
    return ArgumentError(
        f"Targets of shape {tuple(y_true.shape)} do not fit an output of shape "
        f"{tuple(y_pred.shape)}: this needs {expected}.",
        code="fit.target-shape",
        remedy="Change the number of units of the model's last layer, or the targets.",
    )


@formula
def mean_squared_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squared differences over the last axis."""
    return (y_pred - align(y_true, y_pred)).square().mean(-1)


@formula
def mean_absolute_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the absolute differences over the last axis."""
    return (y_pred - align(y_true, y_pred)).abs().mean(-1)


@formula
def mean_absolute_percentage_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the absolute differences in per cent of the target's size."""
    y_true = align(y_true, y_pred)
    return 100.0 * ((y_true - y_pred) / y_true.abs().clamp_min(EPSILON)).abs().mean(-1)


@formula
def mean_squared_logarithmic_error(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squared differences of log(1 + value)."""
    y_true = align(y_true, y_pred)
    difference = (y_pred.clamp_min(EPSILON) + 1.0).log() - (y_true.clamp_min(EPSILON) + 1.0).log()
    return difference.square().mean(-1)


@formula
def huber(y_true: Tensor, y_pred: Tensor, delta: float = 1.0) -> Tensor:
    """Quadratic up to ``delta``, linear beyond: outliers pull less than with a squared error."""
    error = (y_pred - align(y_true, y_pred)).abs()
    return torch.where(error <= delta, 0.5 * error * error, delta * error - 0.5 * delta**2).mean(-1)


@formula
def log_cosh(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of log(cosh(difference)): smooth everywhere, linear for large errors."""
    difference = y_pred - align(y_true, y_pred)
    return (difference + F.softplus(-2.0 * difference) - 0.6931471805599453).mean(-1)


def _signs(y_true: Tensor) -> Tensor:
    """Targets of -1 and 1; if a batch holds only 0 and 1 they become -1 and 1."""
    is_binary = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(is_binary, 2.0 * y_true - 1.0, y_true)


@formula
def hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of max(0, 1 - target x prediction) for targets of -1 and 1."""
    y_true = _signs(align(y_true, y_pred))
    return (1.0 - y_true * y_pred).clamp_min(0.0).mean(-1)


@formula
def squared_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Mean of the squares of max(0, 1 - target x prediction)."""
    y_true = _signs(align(y_true, y_pred))
    return (1.0 - y_true * y_pred).clamp_min(0.0).square().mean(-1)


@formula
def categorical_hinge(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """How far the right class fails to beat the best wrong one by a margin of one."""
    y_true = align(y_true, y_pred)
    right = (y_true * y_pred).sum(-1)
    wrong = ((1.0 - y_true) * y_pred).amax(-1)
    return (wrong - right + 1.0).clamp_min(0.0)


@formula
def binary_crossentropy(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False, label_smoothing: float = 0.0
) -> Tensor:
    """Crossentropy of independent yes/no outputs, averaged over them."""
    y_true = align(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    if from_logits:
        if y_true.shape != y_pred.shape:
            y_true, y_pred = torch.broadcast_tensors(y_true, y_pred)
        return F.binary_cross_entropy_with_logits(y_pred, y_true, reduction="none").mean(-1)
    y_pred = y_pred.clamp(EPSILON, 1.0 - EPSILON)
    yes = y_true * (y_pred + EPSILON).log()
    no = (1.0 - y_true) * (1.0 - y_pred + EPSILON).log()
    return -(yes + no).mean(-1)


@formula
def binary_focal_crossentropy(
    y_true: Tensor,
    y_pred: Tensor,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
) -> Tensor:
    """Binary crossentropy that counts easy samples less, by (1 - p of the right side)^gamma."""
    y_true = align(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    probability = y_pred.sigmoid() if from_logits else y_pred
    right = y_true * probability + (1.0 - y_true) * (1.0 - probability)
    weight = (1.0 - right) ** gamma
    if apply_class_balancing:
        weight = weight * (y_true * alpha + (1.0 - y_true) * (1.0 - alpha))
    if from_logits:
        entropy = F.binary_cross_entropy_with_logits(y_pred, y_true, reduction="none")
    else:
        clipped = y_pred.clamp(EPSILON, 1.0 - EPSILON)
        entropy = -(
            y_true * (clipped + EPSILON).log() + (1.0 - y_true) * (1.0 - clipped + EPSILON).log()
        )
    return (weight * entropy).mean(-1)


def _one_hot(y_true: Tensor, y_pred: Tensor, label_smoothing: float) -> Tensor:
    y_true = y_true.to(dtype=y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise _shape_error(
            y_true,
            y_pred,
            "one column of targets per class, the same shape as the output (for targets that are "
            "class numbers take sparse_categorical_crossentropy)",
        )
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / y_pred.shape[-1]
    return y_true


@formula
def categorical_crossentropy(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False, label_smoothing: float = 0.0
) -> Tensor:
    """Crossentropy of one-hot targets with class probabilities."""
    y_true = _one_hot(y_true, y_pred, label_smoothing)
    if from_logits:
        return -(y_true * F.log_softmax(y_pred, dim=-1)).sum(-1)
    y_pred = y_pred / y_pred.sum(-1, keepdim=True)
    return -(y_true * y_pred.clamp(EPSILON, 1.0 - EPSILON).log()).sum(-1)


@formula
def categorical_focal_crossentropy(
    y_true: Tensor,
    y_pred: Tensor,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
) -> Tensor:
    """Categorical crossentropy that counts easy samples less, by alpha (1 - p)^gamma."""
    y_true = _one_hot(y_true, y_pred, label_smoothing)
    if from_logits:
        y_pred = y_pred.softmax(-1)
    y_pred = (y_pred / y_pred.sum(-1, keepdim=True)).clamp(EPSILON, 1.0 - EPSILON)
    return (alpha * (1.0 - y_pred) ** gamma * -(y_true * y_pred.log())).sum(-1)


def class_numbers(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Labels as whole numbers with one value per row of predictions: (n, 1) becomes (n,).

    Raises:
        ArgumentError: If there is not one label per row of predictions.
    """
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    if y_true.shape != y_pred.shape[:-1]:
        raise _shape_error(
            y_true,
            y_pred,
            "one class number per row of the output (for one-hot targets take "
            "categorical_crossentropy)",
        )
    return y_true.to(dtype=torch.int64)


@formula
def sparse_categorical_crossentropy(
    y_true: Tensor, y_pred: Tensor, from_logits: bool = False
) -> Tensor:
    """Crossentropy of class numbers with class probabilities.

    Raises:
        ArgumentError: On the CPU, if a label is not one of the classes. (On a GPU only torch's own
            assertion would notice, without a name; labels are checked there before training.)
    """
    labels = class_numbers(y_true, y_pred)
    # Probabilities that do not sum to one are normalised here: a softmax over their logarithms.
    logits = y_pred if from_logits else y_pred.clamp(EPSILON, 1.0 - EPSILON).log()
    classes = logits.shape[-1]
    try:
        losses = F.cross_entropy(
            logits.reshape(-1, classes),
            labels.reshape(-1),
            reduction="none",
            ignore_index=_NO_IGNORED_LABEL,
        )
    except IndexError as error:
        raise label_range_error(classes, str(error)) from error
    return losses.reshape(labels.shape)


def label_range_error(classes: int, details: str) -> ArgumentError:
    """The error for a label that is not one of the output's classes."""
    return ArgumentError(
        f"A label is not one of the {classes} classes of the output, which are numbered "
        f"0 to {classes - 1}.",
        code="fit.label-range",
        remedy=f"Number the classes from 0 and give the model's last layer one unit per class. "
        f"({details})",
    )


@formula
def kl_divergence(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the predicted from the true distribution."""
    y_true = align(y_true, y_pred).clamp(EPSILON, 1.0)
    y_pred = y_pred.clamp(EPSILON, 1.0)
    return (y_true * (y_true / y_pred).log()).sum(-1)


@formula
def poisson(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Negative log-likelihood of counts, up to a constant."""
    y_true = align(y_true, y_pred)
    return (y_pred - y_true * (y_pred + EPSILON).log()).mean(-1)


def _unit_length(vectors: Tensor, axis: int) -> Tensor:
    return vectors * vectors.square().sum(axis, keepdim=True).clamp_min(1e-12).rsqrt()


@formula
def cosine_similarity(y_true: Tensor, y_pred: Tensor, axis: int = -1) -> Tensor:
    """Minus the cosine of the angle between target and prediction, so that smaller is better."""
    y_true = align(y_true, y_pred)
    return -(_unit_length(y_true, axis) * _unit_length(y_pred, axis)).sum(axis)
