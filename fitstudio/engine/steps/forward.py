"""Calls a module on a batch, with the precision and the memory layout that suit it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from fitstudio.engine.objective.objective import Objective, Targets, Weights
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.engine.steps.matrix_products import (
    LargeDenseLayers,
    has_dense_layers,
    onednn_is_faster,
)

PRECISIONS = ("float32", "tf32", "mixed_bfloat16")


class CompiledModule(NamedTuple):
    """What a compiler has made of a module.

    Attributes:
        shapes: Of the inputs that it was compiled for.
        call: Takes and returns what the module does.
    """

    shapes: tuple[torch.Size, ...]
    call: Callable[..., Any]


class Forward:
    """A module's forward pass, for training and evaluation alike.

    Images are laid out channels last in memory if the module begins with a convolution over them:
    their shape stays what it was, and convolutions run up to twice as fast. Large dense layers go
    to the faster library (see `fitstudio.engine.steps.matrix_products`).

    Args:
        module: The model's module.
        objective: Knows the form of its outputs.
        precision: ``"mixed_bfloat16"`` computes in bfloat16 where torch deems it safe; weights and
            outputs stay in float32. ``"tf32"`` is float32 whose products a GPU may round; see
            `fitstudio.engine.device.allow_tf32`.
    """

    def __init__(
        self, module: nn.Module, objective: Objective | OutputForm, *, precision: str = "float32"
    ) -> None:
        self.module = module
        self.objective = objective
        self.precision = precision
        self._image_channels = _first_convolution_channels(module)
        #: Whether that is done on a GPU too, where it is not always faster; see `replay.variants`.
        self.channels_last_on_gpu = False
        #: The module as it was compiled for one batch shape, if that is used.
        self.compiled: CompiledModule | None = None
        self._products = (
            LargeDenseLayers() if has_dense_layers(module) and onednn_is_faster() else None
        )

    def __call__(self, inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """The outputs in the objective's order."""
        if self._image_channels is not None:
            inputs = [self._laid_out(each) for each in inputs]
        module = self.module if self.compiled is None else self._compiled_for(inputs)
        if self.precision != "mixed_bfloat16":
            if self._products is None:
                return self.objective.flatten(module(*inputs))
            with self._products:
                return self.objective.flatten(module(*inputs))
        with autocast(self.precision, inputs[0].device):
            outputs = self.objective.flatten(module(*inputs))
        return tuple(output.float() for output in outputs)

    def _compiled_for(self, inputs: Sequence[Tensor]) -> Callable[..., Any]:
        """The compiled module for its shapes; others would have it compiled again."""
        compiled = self.compiled
        if compiled is None or tuple(each.shape for each in inputs) != compiled.shapes:
            return self.module
        return compiled.call

    def takes_images(self, inputs: Sequence[Tensor]) -> bool:
        """Whether there are images that could be laid out channels last."""
        return any(
            each.ndim == 4 and each.shape[1] == self._image_channels and each.is_contiguous()
            for each in inputs
        )

    def _laid_out(self, images: Tensor) -> Tensor:
        if images.ndim != 4 or images.shape[1] != self._image_channels:
            return images
        if images.is_cuda and not self.channels_last_on_gpu:
            return images
        _, channels, height, width = images.shape
        if channels == 1 and images.is_contiguous():
            # One channel is laid out either way, but only these strides say "channels last".
            return images.as_strided(images.shape, (height * width, 1, width, 1))
        return images.contiguous(memory_format=torch.channels_last)


class ForwardWithLosses(Forward):
    """A forward pass and the losses of its outputs, the same in training and in evaluation.

    Args:
        module: The model's module. A method ``regularization_loss()``, if it has one, is added to
            the loss. A method ``answers_apart()`` gives the answers (rows, members, …) of an
            ensemble's members, in training: the loss is that of each member by itself, and the
            outputs, which metrics see, are theirs together.
        objective: Losses and metrics, bound to the outputs.
        precision: As for `Forward`.
    """

    def __init__(self, module: nn.Module, objective: Objective, *, precision: str) -> None:
        super().__init__(module, objective, precision=precision)
        self._losses = objective.losses
        self.penalty: Callable[[], Tensor] | None = getattr(module, "regularization_loss", None)
        self._apart: Callable[[], Tensor | None] | None = getattr(module, "answers_apart", None)

    def losses(
        self, inputs: Sequence[Tensor], targets: Targets, weights: Weights
    ) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """The batch's losses, the total first, and the outputs, in the objective's order."""
        outputs = self(inputs)
        apart = self._apart() if self._apart is not None and self.module.training else None
        if apart is None:
            return self.losses_of(outputs, targets, weights), outputs
        members = apart.shape[1]
        answers = apart.flatten(0, 1).float()
        of_members = self.losses_of(
            (answers,), _repeated(targets, members), _repeated(weights, members)
        )
        return of_members, outputs

    def losses_of(
        self, outputs: tuple[Tensor, ...], targets: Targets, weights: Weights
    ) -> list[Tensor]:
        """The losses of outputs that were computed before."""
        losses = list(self._losses(outputs, targets, weights))
        if self.penalty is not None:
            losses[0] = losses[0] + self.penalty()
        return losses


def _repeated(tensors: tuple[Tensor | None, ...], members: int) -> tuple[Tensor | None, ...]:
    """Each row once for each member of an ensemble."""
    return tuple(
        None if each is None else each.repeat_interleave(members, dim=0) for each in tensors
    )


def _first_convolution_channels(module: nn.Module) -> int | None:
    for child in module.modules():
        if isinstance(child, nn.Conv2d):
            return child.in_channels
    return None


def autocast(precision: str, device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """The context in which a forward pass runs at the chosen precision."""
    if precision != "mixed_bfloat16":
        return contextlib.nullcontext()
    return torch.autocast(device.type, dtype=torch.bfloat16)
