"""What a `Model` holds that can be saved: weights, and everything a training needs to go on."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fitstudio.engine import optimizers
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.logs import to_numbers
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.loops.training import TrainingLoop
from fitstudio.engine.objective.objective import Objective
from fitstudio.engine.state import random_state, weight_files
from fitstudio.errors import CheckpointError
from fitstudio.words import say

STATE_FORMAT = 1


class ModelState:
    """The part of `Model` that reads and writes its state.

    Args:
        module: The torch module.
    """

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.stop_training = False
        self.history: History | None = None
        self.optimizer: optimizers.Optimizer = None  # type: ignore[assignment]
        self.precision = "float32"
        self._objective: Objective | None = None
        self._binding = Binding(module)
        self._optimizer_is_built = False
        self._loop: TrainingLoop | None = None
        self._progress: dict[str, Any] = {}

    # -- weights

    def get_weights(self) -> list[np.ndarray]:
        """The weights as arrays, in the order of the module's ``state_dict``."""
        return [each.detach().cpu().numpy().copy() for each in self.module.state_dict().values()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Puts back what `get_weights` gave.

        Raises:
            CheckpointError: If their number or shapes are those of another model.
        """
        present = self.module.state_dict()
        given = {
            name: torch.as_tensor(np.asarray(each))
            for name, each in zip([*present, *map(str, range(len(weights)))], weights, strict=False)
        }
        self.load_weights_from(given)

    def copy_of_weights(self) -> dict[str, Tensor]:
        """The weights by name, copied where they are."""
        return {name: each.detach().clone() for name, each in self.module.state_dict().items()}

    def load_weights_from(self, weights: Mapping[str, Tensor], source: str = "this state") -> None:
        """Copies weights into the module's own, which stay the same tensors.

        Raises:
            CheckpointError: If they belong to another model.
        """
        present = self.module.state_dict()
        weight_files.check_fits(weights, present, source)
        with torch.no_grad():
            for name, tensor in present.items():
                tensor.copy_(weights[name])

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights to a safetensors file at exactly this path.

        Raises:
            StorageError: If it cannot be written; a previous file is untouched.
        """
        weight_files.write(path, self.module.state_dict())

    def save(self, path: str | os.PathLike[str]) -> None:
        """As `save_weights`, with the optimizer's state in the same file.

        Raises:
            StorageError: If it cannot be written; a previous file is untouched.
        """
        state = None if self.optimizer is None else self.optimizer.state_dict()
        weight_files.write(path, self.module.state_dict(), state)

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Reads weights, and the optimizer's state if the file has one and compile() was called.

        Raises:
            CheckpointError: If there is no such file, or it belongs to another model.
        """
        weights, optimizer = weight_files.read(path)
        self.load_weights_from(weights, source=repr(os.fspath(path)))
        if optimizer is not None and self.optimizer is not None:
            self._build_optimizer()
            self.optimizer.load_state_dict(optimizer)

    # -- the state of a training

    def training_state(self) -> dict[str, Any]:
        """Everything a training needs to go on bit for bit, as tensors and plain data.

        In ``on_epoch_end`` it is the state after that epoch, in ``on_train_batch_end`` the state
        after that batch. The tensors are the model's own: copy or write them before it trains on.
        """
        state: dict[str, Any] = {
            "format": STATE_FORMAT,
            "epoch": 0,
            "step": 0,
            "weights": dict(self.module.state_dict()),
            "random": random_state.get_state(),
        }
        if self.optimizer is not None:
            self._build_optimizer()
            state["optimizer"] = self.optimizer.state_dict()
        if self._loop is not None:
            return state | self._loop.get_state()
        return state | self._progress

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes back to a state that `training_state` gave.

        In a callback's ``on_train_begin`` the fit under way goes on from there.

        Raises:
            CheckpointError: If it belongs to another model, or another optimizer.
        """
        if state.get("format") != STATE_FORMAT:
            raise CheckpointError(
                say(
                    "The training state has the format {format}; this version reads "
                    "{state_format}.",
                    format=repr(state.get("format")),
                    state_format=STATE_FORMAT,
                ),
                code="checkpoint.format",
            )
        # Check before anything changes.
        weight_files.check_fits(state["weights"], self.module.state_dict(), say("this state"))
        if self.optimizer is not None and "optimizer" in state:
            self._build_optimizer()
            self.optimizer.load_state_dict(state["optimizer"])
        self.load_weights_from(state["weights"])
        if self._loop is not None:
            self._loop.set_state(state)
        random_state.set_state(state["random"])

    def batch_rows(self, epoch: int, step: int) -> np.ndarray | None:
        """Numbers of the rows in a training batch, where the data have numbered rows.

        Known while fit() runs, and after an error that ended it.
        """
        return None if self._loop is None else self._loop.batches.row_numbers(epoch, step)

    def running_logs(self) -> dict[str, float]:
        """The means over the training epoch so far, fetched from the device now."""
        return {} if self._objective is None else to_numbers(self._objective.read())

    @property
    def device(self) -> torch.device:
        """Where the module's weights are."""
        self._binding.look()
        return self._binding.device

    def _build_optimizer(self) -> None:
        if not self._optimizer_is_built:
            self.optimizer.build(self.module.named_parameters())
            self._optimizer_is_built = True
