"""Finds out whether a small model trains faster on the processor than on a GPU.

A step of a small table's model takes a GPU longer to begin than a processor to finish. Which is
quicker depends on the machine more than on the model, so both train for a moment, on zeros.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine import device
from fitstudio.engine.callbacks import Callback
from fitstudio.words import say
from fitstudio.worker.setup import model_setup

#: From so many multiply-adds a step on, a GPU is quicker than any processor.
_SMALL_STEP = 20_000_000
#: How much quicker the processor has to be: it must not depend on what else the machine does.
_CLEARLY = 1.5
# The first epoch holds the plain steps, from which faster ones are made.
_STEPS, _EPOCHS = 40, 3

_log = logging.getLogger("fitstudio.worker")


def quicker(choice: device.Choice, plan: ModelPlan, *, batch_size: int) -> device.Choice:
    """The chosen GPU, or the processor where that is clearly quicker.

    Args:
        choice: What was chosen; only a GPU is compared with the processor.
        plan: The model.
        batch_size: Rows of a step.
    """
    work = 3 * plan.flops * batch_size // 2
    if choice.torch_device.type != "cuda" or work >= _SMALL_STEP:
        return choice
    processor = device.choose("cpu").device
    try:
        there = microseconds(plan, batch_size, choice.torch_device)
        here = microseconds(plan, batch_size, torch.device(processor.name))
    except Exception as problem:
        _log.warning("The devices could not be compared; the GPU is used.", exc_info=problem)
        return choice
    _log.info("A step takes %.0f µs on the GPU and %.0f µs on the processor.", there, here)
    if here * _CLEARLY > there:
        return choice
    return device.Choice(
        processor,
        say(
            "It is quicker for a model as small as this: both were tried, and a step took "
            "{here} µs here and {there} µs on {gpu}.",
            here=f"{here:,.0f}",
            there=f"{there:,.0f}",
            gpu=choice.device.title,
        ),
    )


def microseconds(plan: ModelPlan, batch_size: int, where: torch.device) -> float:
    """What a training step takes, in the quickest epoch of a few."""
    model = model_setup.build(plan, seed=0, device=where)
    model.compile("adam", "mse")
    rows, clock = _STEPS * batch_size, _Clock()
    x = np.zeros((rows, *plan.input_shape), np.float32)
    y = np.zeros((rows, *plan.output_shape), np.float32)
    model.fit(x, y, batch_size, _EPOCHS, verbose=0, shuffle=False, callbacks=[clock])
    return 1e6 * min(clock.seconds) / _STEPS


class _Clock(Callback):
    """Seconds of each epoch: its numbers are fetched at its end, when the device is done."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Begins to measure."""
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Notes what the epoch took."""
        self.seconds.append(time.perf_counter() - self._began)
