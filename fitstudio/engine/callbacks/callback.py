"""What a callback is: an object whose methods fit() calls at fixed moments.

fit()
├── on_train_begin
├── per epoch
│   ├── on_epoch_begin
│   ├── per batch: on_train_batch_begin, on_train_batch_end
│   ├── when validating: on_test_begin, per batch on_test_batch_begin and _end, on_test_end
│   └── on_epoch_end
└── on_train_end

evaluate() calls the on_test_ hooks, predict() the on_predict_ hooks.
"""

from __future__ import annotations

from typing import Any

from fitstudio.engine.callbacks.watched_model import WatchedModel

Logs = dict[str, Any]


class Callback:
    """Base of all callbacks. Override the hooks you need.

    A hook gets ``logs``, a dict with the running means of loss and metrics. Its numbers are fetched
    from the device when they are looked at, so a hook that does not look costs next to nothing.

    Two hooks go beyond the reference. ``on_batch_losses(epoch, first_step, losses)``, if a callback
    has it, gets every batch's own loss as a numpy array, at most ten times a second and at each
    epoch's end. `get_state` and `set_state` let a checkpoint hold what the callback knows.

    Attributes:
        model: The `Model` that is trained.
        params: ``verbose``, ``epochs`` and ``steps`` (None while unknown).
    """

    #: Whether a hook of test batches may be called for several batches at once, with the number of
    #: the last. Validation takes large batches if all callbacks that have such a hook say so.
    takes_large_test_batches = False

    #: Whether it saves what the other callbacks know: then its hooks come after theirs.
    saves_other_callbacks = False

    def __init__(self) -> None:
        self.model: WatchedModel = None  # type: ignore[assignment]
        self.params: dict[str, Any] = {}
        self.validation_data = None

    def set_params(self, params: dict[str, Any]) -> None:
        """Takes what the call is about: "verbose", "epochs" and "steps" (None if unknown)."""
        self.params = params

    def set_model(self, model: WatchedModel) -> None:
        """Takes the model that is trained, before the first hook is called."""
        self.model = model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before an epoch. Epochs count from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After an epoch and its validation. What is added to ``logs`` lands in the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch. Batches count from 0 in each epoch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch, with the means over the epoch so far."""
        self.on_batch_end(batch, logs)

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """The old name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The old name of `on_train_batch_end`."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before a validation run or an evaluation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After it, with its final means."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of it."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of it, with the means so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After it."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a batch of it."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a batch of it; ``logs["outputs"]`` are its predictions."""

    def identity(self) -> str:
        """What tells it from others of its class, so that each gets its own state back."""
        return ""

    def get_state(self) -> dict[str, Any]:
        """What this callback must know again when training goes on from a checkpoint, as JSON."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Puts back what `get_state` gave."""
