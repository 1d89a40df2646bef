"""The training loop of fit(): epochs, batches, validation, and the hooks around them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fitstudio.engine.arguments import ValidationTimes
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.callbacks.logs import to_numbers
from fitstudio.engine.callbacks.watched_model import WatchedModel
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.one_row import one_row_error
from fitstudio.engine.loops.batch_end import tell_batch_end, warn_ran_out
from fitstudio.engine.loops.evaluation import Evaluation
from fitstudio.engine.steps.micro_batches import MicroBatchStep
from fitstudio.engine.steps.train_step import TrainStep
from fitstudio.words import say

_LOSSES_EVERY_S = 0.1


class TrainingLoop:
    """One call of fit().

    Who owns what: `Batches` reads the data, `TrainStep` changes the weights, the objective holds
    the running sums, callbacks decide about stopping, saving and the learning rate.

    Args:
        model: The compiled model.
        step: Trains on one batch.
        batches: The training data.
        callbacks: Their hooks are called.
        first_epoch: The first epoch's number.
        epochs: The number after the last epoch's.
        evaluation: Validates, if there are validation data.
        validation: The validation data.
        validation_steps: Batches of a validation run, if limited.
        validation_times: In which epochs to validate.
        augmentation: Changes each training batch, if anything does.
    """

    def __init__(
        self,
        model: WatchedModel,
        step: TrainStep | MicroBatchStep,
        batches: Batches,
        callbacks: CallbackList,
        *,
        first_epoch: int,
        epochs: int,
        evaluation: Evaluation | None,
        validation: Batches | None,
        validation_steps: int | None,
        validation_times: ValidationTimes,
        augmentation: Augmentation | None = None,
    ) -> None:
        self.model, self.train_step = model, step
        self.batches, self.callbacks = batches, callbacks
        self.first_epoch, self.epochs = first_epoch, epochs
        self.evaluation, self.validation = evaluation, validation
        self.validation_steps, self.validation_times = validation_steps, validation_times
        self._augmentation = augmentation
        self.objective = step.objective
        #: The epoch under way and the batches of it that are done; (epoch + 1, 0) at its end.
        self.epoch, self.steps_done = first_epoch, 0
        #: The logs of the epoch that callbacks are being told of.
        self.epoch_logs: dict[str, Any] | None = None
        self._ran_out = False
        self._restored: Mapping[str, Any] | None = None
        self._losses = _LossRelay(callbacks.loss_listeners)

    def run(self, start_state: Mapping[str, Any] | None = None) -> None:
        """Trains, from a saved state if one is given."""
        self.model.stop_training = False
        self.callbacks.on_train_begin()
        if start_state is not None:
            self.model.load_training_state(start_state)
        logs: dict[str, Any] = {}
        self.train_step.expect((self.epochs - self.epoch) * (self.batches.steps or 0))
        for epoch in range(self.epoch, self.epochs):
            if self.steps_done == 0 and self.batches.is_used_up(epoch):
                warn_ran_out(say("Training"), 0, self.batches.steps)
                break
            logs = self._run_epoch(epoch)
            if self.model.stop_training or self._ran_out:
                break
        self.callbacks.on_train_end(logs)

    def _run_epoch(self, epoch: int) -> dict[str, Any]:
        """An epoch: training, validation if it is due, and the hooks around them."""
        first_step = self.steps_done
        self.epoch = epoch
        self.callbacks.on_epoch_begin(epoch)
        self.objective.reset()
        if first_step:
            # What callbacks set for a new epoch (a learning rate) was done before the interruption.
            self._go_back_to_middle()
        self._train(epoch, first_step)
        logs = to_numbers(self.objective.read())
        logs |= self._validate(epoch)
        self.epoch_logs = dict(logs)
        self.epoch, self.steps_done = epoch + 1, 0
        self.model.optimizer.end_epoch(self.epoch_logs)
        self.callbacks.on_epoch_end(epoch, self.epoch_logs)
        self.epoch_logs = None
        self.batches.end_epoch()
        return logs

    def _train(self, epoch: int, first_step: int) -> None:
        """The batches of an epoch."""
        module, callbacks = self.model.module, self.callbacks
        watched = callbacks.watches_train_batches
        relayed = bool(callbacks.loss_listeners)
        module.train()
        self.train_step.begin_epoch()
        step = first_step
        batches = self.batches.epoch(epoch, first_step)
        for inputs, targets, weights in batches:
            if watched:
                self._begin_batch(step)
            rows = inputs[0].shape[0]
            if self._augmentation is not None:
                inputs, targets, weights = self._augmentation(inputs, targets, weights, epoch, step)
            try:
                loss = self.train_step(inputs, targets, weights, rows)
            except ValueError as error:
                told = one_row_error(error, rows, step, epoch)
                if told is None:
                    raise
                raise told from error
            self.steps_done = step = step + 1
            if watched:
                self._end_batch(step - 1, loss)
            # Last: who stops or saves here finds that every callback has seen the batch.
            if relayed:
                self._losses.add(epoch, step - 1, loss)
            if self.model.stop_training:
                break
        else:
            self._check_ran_out(step)
        batches.close()  # pyright: ignore[reportAttributeAccessIssue]
        self._losses.flush()

    def _begin_batch(self, step: int) -> None:
        self.callbacks.on_train_batch_begin(step)
        self._after_foreign_code()

    def _end_batch(self, step: int, loss: Tensor) -> None:
        tell_batch_end(self.callbacks.on_train_batch_end, step, self.objective, loss)
        self._after_foreign_code()

    def _after_foreign_code(self) -> None:
        """A hook may have evaluated, frozen a layer, or changed the model in another way."""
        if self.callbacks.has_foreign_batch_hooks:
            if not self.model.module.training:
                self.model.module.train()
            self.train_step.look_again()

    def _validate(self, epoch: int) -> dict[str, float]:
        """The validation run at the end of an epoch, if one is due."""
        if self.validation is None or self.evaluation is None:
            return {}
        if not self.validation_times.include(epoch):
            return {}
        numbers = self.evaluation.run(
            self.validation, self.callbacks, expected_steps=self.validation_steps
        )
        return {f"val_{name}": value for name, value in numbers.items()}

    def _check_ran_out(self, done: int) -> None:
        """Whether the data ended before the epoch did; or how many steps an epoch has after all."""
        expected = self.batches.steps
        if expected is None:
            self.batches.found_steps(done)
            self.callbacks.params["steps"] = done
        elif done < expected:
            self._ran_out = True
            warn_ran_out(say("Training"), done, expected)

    def _go_back_to_middle(self) -> None:
        state, self._restored = self._restored, None
        if state is not None:
            self.model.load_training_state(state)
            self.objective.load_running_state(state["running"])
            self._restored = None

    def resident_tensors(self) -> list[Tensor]:
        """What the loop keeps on the model's device beside the weights: data and running sums."""
        found = self.batches.resident_tensors() + self.objective.sums()
        if self.validation is not None:
            found += self.validation.resident_tensors()
        return found if self.evaluation is None else found + self.evaluation.objective.sums()

    # -- for checkpoints

    def get_state(self) -> dict[str, Any]:
        """Where training is, and what else it needs to go on from there."""
        state: dict[str, Any] = {
            "epoch": self.epoch,
            "step": self.steps_done,
            "batches": self.batches.get_state(),
        }
        if self.steps_done:
            state["running"] = self.objective.running_state()
        state["callbacks"] = self.callbacks.get_states()
        state["history"] = self._history_so_far()
        return state

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Goes on from there; before the first epoch only."""
        self.epoch, self.steps_done = int(state["epoch"]), int(state["step"])
        self.batches.set_state(state["batches"])
        self._restored = state if self.steps_done else None
        if "callbacks" in state:
            self.callbacks.set_states(state["callbacks"])
        if "history" in state and self.callbacks.history is not None:
            self.callbacks.history.set_state(state["history"])

    def _history_so_far(self) -> dict[str, Any]:
        """The history with the epoch that callbacks are just being told of."""
        history = History()
        if self.callbacks.history is not None:
            history.set_state(self.callbacks.history.get_state())
        if self.epoch_logs is not None and self.epoch - 1 not in history.epoch:
            history.on_epoch_end(self.epoch - 1, self.epoch_logs)
        return history.get_state()


class _LossRelay:
    """Hands every batch's loss to callbacks that ask for it, many at once.

    The losses stay on the device until ten times a second somebody wants them: fetching each would
    make the training wait for each.
    """

    def __init__(self, listeners: list[Any]) -> None:
        self._listeners = listeners
        self._waiting: list[Tensor] = []
        self._epoch = self._first_step = 0
        self._flushed_at = time.monotonic()

    def add(self, epoch: int, step: int, loss: Tensor) -> None:
        if not self._waiting:
            self._epoch, self._first_step = epoch, step
        self._waiting.append(loss)
        if time.monotonic() - self._flushed_at >= _LOSSES_EVERY_S:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            together = torch.stack(self._waiting).to(device="cpu", dtype=torch.float32)
            losses: np.ndarray = together.numpy()
            self._waiting = []
            for listener in self._listeners:
                listener.on_batch_losses(self._epoch, self._first_step, losses)
        self._flushed_at = time.monotonic()
