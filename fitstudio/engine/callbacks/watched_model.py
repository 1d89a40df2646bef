"""What a callback, and the loop that calls it, may see of the model in training."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from fitstudio.engine.optimizers import Optimizer


class WatchedModel(Protocol):
    """The model as callbacks know it; `Model` is one.

    It is described here, beside those who look at it, so that callbacks need not know how a model
    trains.

    Attributes:
        module: The torch module.
        optimizer: The optimizer, after compile().
        stop_training: Set it to end training after the batch or epoch under way.
        history: The `History` of the latest fit.
    """

    module: nn.Module
    optimizer: Optimizer
    stop_training: bool
    history: Any

    @property
    def device(self) -> torch.device:
        """Where the module's weights are."""
        ...

    @property
    def step_mode(self) -> Any:
        """How the fit under way does its steps; see `Model.step_mode`."""
        ...

    @property
    def waited_s(self) -> float:
        """How long the fit under way has waited for rows; see `Model.waited_s`."""
        ...

    def leave_device(self) -> Any:
        """Gives a GPU's memory back during a pause; see `Model.leave_device`."""
        ...

    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        """Measures loss and metrics on data; see `Model.evaluate`."""
        ...

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Computes outputs; see `Model.predict`."""
        ...

    def get_weights(self) -> list[np.ndarray]:
        """The weights as arrays."""
        ...

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Puts back what `get_weights` gave."""
        ...

    def copy_of_weights(self) -> dict[str, Tensor]:
        """The weights by name, copied where they are."""
        ...

    def load_weights_from(self, weights: Mapping[str, Tensor], source: str = ...) -> None:
        """Puts back what `copy_of_weights` gave."""
        ...

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights to a file."""
        ...

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights and the optimizer's state to a file."""
        ...

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Reads what `save` or `save_weights` wrote."""
        ...

    def training_state(self) -> dict[str, Any]:
        """Everything the training needs to go on bit for bit."""
        ...

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes back to a state that `training_state` gave."""
        ...

    def running_logs(self) -> dict[str, float]:
        """The means over the training epoch so far, fetched from the device now."""
        ...

    def batch_rows(self, epoch: int, step: int) -> np.ndarray | None:
        """Numbers of the rows in a training batch, where the data have numbered rows."""
        ...
