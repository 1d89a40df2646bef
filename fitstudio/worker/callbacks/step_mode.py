"""Tells how a GPU does the steps: as a graph, one operation at a time, or in parts; and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio import storage
from fitstudio.engine.callbacks import Callback
from fitstudio.engine.steps.train_step import StepMode
from fitstudio.project.run_files import read_recorded
from fitstudio.words import say
from fitstudio.worker.prepare import Training
from fitstudio.worker.run_process import RunProcess


def sentence_about(mode: StepMode) -> str:
    """What a person is told of how steps are done."""
    if mode.name == "graph":
        if mode.reason:
            return say("The GPU does each step as one CUDA graph; {how}.", how=mode.reason)
        return say("The GPU does each step as one CUDA graph.")
    if mode.name == "parts":
        return say("Batches go through the model in parts: {why}.", why=mode.reason)
    return say("The GPU does each step one operation at a time: {why}.", why=mode.reason)


class TellsStepMode(Callback):
    """Says at the end of an epoch how steps are done, if that is something else than before.

    Args:
        process: The training process, with the journal and `resolved.json`.
    """

    takes_large_test_batches = True

    def __init__(self, process: RunProcess) -> None:
        super().__init__()
        self._process = process
        self._told: StepMode | None = None

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Looks at how steps are done."""
        mode = self.model.step_mode
        if mode is None or mode == self._told:
            return
        self._told = mode
        self._process.tell("info", "step.mode", sentence_about(mode))
        stored = read_recorded(self._process.paths.resolved)
        stored["machine"] |= {"step_mode": mode.name, "step_mode_reason": mode.reason}
        storage.write_json(self._process.paths.resolved, stored)


def step_mode_for(training: Training) -> list[TellsStepMode]:
    """The callback for a run on a GPU; the processor does its steps as ever."""
    on_gpu = training.machine.choice.torch_device.type == "cuda"
    return [TellsStepMode(training.process)] if on_gpu else []
