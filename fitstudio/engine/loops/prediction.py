"""Computes a model's outputs for data, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.loops.batch_end import warn_ran_out
from fitstudio.engine.steps.forward import Forward
from fitstudio.errors import ArgumentError
from fitstudio.words import say


class Prediction:
    """Runs a module over inputs in inference mode.

    Args:
        module: The model's module.
        binding: Knows the form of its outputs.
        precision: As compiled.
    """

    def __init__(self, module: nn.Module, binding: Binding, *, precision: str) -> None:
        self.module = module
        assert binding.form is not None, "the first batch was tried before"
        self._form = binding.form
        self._forward = Forward(module, self._form, precision=precision)

    def run(
        self,
        batches: Iterator[tuple[Tensor, ...]],
        callbacks: CallbackList,
        *,
        expected_steps: int | None,
    ) -> Any:
        """The outputs for all batches, one under the other, in the form the module returns.

        Raises:
            ArgumentError: If there is no batch.
        """
        self.module.eval()
        callbacks.on_predict_begin()
        found: list[list[np.ndarray]] = []
        for step, inputs in enumerate(batches):
            callbacks.on_predict_batch_begin(step)
            outputs = self.of_batch(inputs)
            found.append(outputs)
            if callbacks.watches_predict_batches:
                callbacks.on_predict_batch_end(step, {"outputs": self.in_form(outputs)})
        callbacks.on_predict_end()
        if not found:
            raise ArgumentError(say("x gave no batch to predict."), code="predict.no-data")
        if expected_steps is not None and len(found) < expected_steps:
            warn_ran_out("Prediction", len(found), expected_steps)
        parts = [np.concatenate(each) for each in zip(*found, strict=True)]
        return self.in_form(parts)

    def of_batch(self, inputs: tuple[Tensor, ...]) -> list[np.ndarray]:
        """A batch's outputs, in order."""
        with torch.inference_mode():
            outputs = self._forward(inputs)
        return [output.cpu().numpy() for output in outputs]

    def in_form(self, parts: list[np.ndarray]) -> Any:
        """Outputs in order, as the module returns them: one, a list or a dict."""
        return self._form.restore(parts)
