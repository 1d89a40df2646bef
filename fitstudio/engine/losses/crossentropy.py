"""The losses of probabilities: crossentropies and the divergence, see `regression`."""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from fitstudio.engine.losses.base import FunctionLoss, Reduction, loss
from fitstudio.engine.losses.shapes import EPSILON, align, class_numbers, formula, shape_error
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "BCE",
    "KLD",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "KLDivergence",
    "SparseCategoricalCrossentropy",
    "bce",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "kl_divergence",
    "kld",
    "kullback_leibler_divergence",
    "sparse_categorical_crossentropy",
]

# Larger than any class index: torch would silently skip rows with the label -100.
_NO_IGNORED_LABEL = -(2**40)


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


@loss("binary_crossentropy")
class BinaryCrossentropy(FunctionLoss):
    """Crossentropy for yes/no targets."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "binary_crossentropy",
    ) -> None:
        super().__init__(
            binary_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


bce = BCE = binary_crossentropy


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


@loss("binary_focal_crossentropy")
class BinaryFocalCrossentropy(FunctionLoss):
    """Crossentropy for yes/no targets in which easy samples count less."""

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "binary_focal_crossentropy",
    ) -> None:
        super().__init__(
            binary_focal_crossentropy,
            reduction,
            name,
            apply_class_balancing=apply_class_balancing,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


def _one_hot(y_true: Tensor, y_pred: Tensor, label_smoothing: float) -> Tensor:
    y_true = y_true.to(dtype=y_pred.dtype)
    if y_true.shape != y_pred.shape:
        raise shape_error(
            y_true,
            y_pred,
            say(
                "one column of targets per class, the same shape as the output (for targets "
                "that are class numbers take sparse_categorical_crossentropy)"
            ),
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


@loss("categorical_crossentropy")
class CategoricalCrossentropy(FunctionLoss):
    """Crossentropy for one-hot targets."""

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "categorical_crossentropy",
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            reduction,
            name,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


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


@loss("categorical_focal_crossentropy")
class CategoricalFocalCrossentropy(FunctionLoss):
    """Crossentropy for one-hot targets in which easy samples count less."""

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        reduction: str = Reduction.AUTO,
        name: str | None = "categorical_focal_crossentropy",
    ) -> None:
        super().__init__(
            categorical_focal_crossentropy,
            reduction,
            name,
            alpha=alpha,
            gamma=gamma,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )


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


@loss("sparse_categorical_crossentropy")
class SparseCategoricalCrossentropy(FunctionLoss):
    """Crossentropy for targets that are class numbers."""

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str = Reduction.AUTO,
        name: str | None = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(sparse_categorical_crossentropy, reduction, name, from_logits=from_logits)


def label_range_error(classes: int, details: str) -> ArgumentError:
    """The error for a label that is not one of the output's classes."""
    return ArgumentError(
        say(
            "A label is not one of the {classes} classes of the output, which are numbered 0 "
            "to {classes_2}.",
            classes=classes,
            classes_2=classes - 1,
        ),
        code="fit.label-range",
        remedy=say(
            "Number the classes from 0 and give the model's last layer one unit per class. "
            "({details})",
            details=details,
        ),
    )


@formula
def kl_divergence(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the predicted from the true distribution."""
    y_true = align(y_true, y_pred).clamp(EPSILON, 1.0)
    y_pred = y_pred.clamp(EPSILON, 1.0)
    return (y_true * (y_true / y_pred).log()).sum(-1)


@loss("kl_divergence")
class KLDivergence(FunctionLoss):
    """Kullback-Leibler divergence of predicted from true distributions."""

    def __init__(self, reduction: str = Reduction.AUTO, name: str | None = "kl_divergence") -> None:
        super().__init__(kl_divergence, reduction, name)


kld = KLD = kullback_leibler_divergence = kl_divergence
