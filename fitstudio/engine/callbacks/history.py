"""The History that fit() returns: what every epoch's logs said."""

from __future__ import annotations

from typing import Any

from fitstudio.engine.callbacks.callback import Callback


class History(Callback):
    """Records the logs of each epoch; fit() adds one by itself and returns it.

    Attributes:
        history: For each name in the logs the list of its values.
        epoch: The epochs' zero-based numbers.
        params: ``verbose``, ``epochs`` and ``steps`` of the fit.

    Example:
        >>> import numpy as np
        >>> import torch
        >>> from fitstudio import Model
        >>> x = np.zeros((64, 1))
        >>> model = Model(torch.nn.Identity())
        >>> model.compile("sgd", loss="mse")
        >>> history = model.fit(x, x + 3, epochs=2, validation_split=0.5, verbose=0)
        >>> history.history
        {'loss': [9.0, 9.0], 'val_loss': [9.0, 9.0]}
        >>> history.epoch
        [0, 1]
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets an earlier fit."""
        self.epoch = []
        self.history = {}

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the epoch's logs."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        """The epochs and values so far."""
        return {"epoch": list(self.epoch), "history": {k: list(v) for k, v in self.history.items()}}

    def set_state(self, state: dict[str, Any]) -> None:
        """Puts back what `get_state` gave."""
        self.epoch = [int(epoch) for epoch in state["epoch"]]
        self.history = {name: list(values) for name, values in state["history"].items()}
