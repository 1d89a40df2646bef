"""Mixes pairs of training pictures together with their targets: MixUp and CutMix."""

from __future__ import annotations

from math import sqrt

from torch import Tensor

from fitstudio.declared.parameters.augmentation import Changes
from fitstudio.engine.augmentation.draws import Draws
from fitstudio.errors import ArgumentError
from fitstudio.words import say

Parts = tuple[Tensor | None, ...]


def mixed(
    pictures: Tensor, targets: Parts, weights: Parts, changes: Changes, draws: Draws
) -> tuple[Tensor, Parts, Parts]:
    """A batch whose pictures are mixed with those of the same batch in another order.

    Args:
        pictures: (pictures, channels, height, width).
        targets: One for each output: shares of classes, or nothing.
        weights: Likewise, the weight of each row, or nothing.
        changes: What is changed.
        draws: The batch's.

    Raises:
        ArgumentError: If a target is a number of a class, which has no shares.
    """
    for target in targets:
        if target is not None and not target.is_floating_point():
            raise ArgumentError(
                say("Classes that are given by their number cannot be mixed."),
                code="fit.mixed-numbers",
                remedy=say("Use categorical_crossentropy with a 0 or 1 for each class."),
            )
    order = draws.order("partners", len(pictures)).to(pictures.device)
    pastes = bool(changes.cutmix)
    if changes.mixup and changes.cutmix:
        pastes = float(draws.uniform("which", 1, low=0.0)) < 0.5
    if pastes:
        pictures, share = _pasted(pictures, order, draws.share("cutmix", changes.cutmix), draws)
    else:
        share = draws.share("mixup", changes.mixup)
        pictures = pictures * share + pictures[order] * (1.0 - share)
    return pictures, _shared(targets, order, share), _shared(weights, order, share)


def _pasted(pictures: Tensor, order: Tensor, share: float, draws: Draws) -> tuple[Tensor, float]:
    """A rectangle of another picture in each, and the share of the points that stay."""
    height, width = pictures.shape[2:]
    side = sqrt(1.0 - share)
    high, wide = round(height * side), round(width * side)
    middle = draws.uniform("cutmix_place", 2, low=0.0).tolist()
    top, left = (round(middle[0] * height - high / 2), round(middle[1] * width - wide / 2))
    rows = slice(max(0, top), min(height, top + high))
    columns = slice(max(0, left), min(width, left + wide))
    pictures = pictures.clone()
    pictures[:, :, rows, columns] = pictures[order][:, :, rows, columns]
    pasted = (rows.stop - rows.start) * (columns.stop - columns.start)
    return pictures, 1.0 - pasted / (height * width)


def _shared(parts: Parts, order: Tensor, share: float) -> Parts:
    return tuple(
        None if part is None else part * share + part[order] * (1.0 - share) for part in parts
    )
