"""A training that is stopped, saved to a folder and taken up gives the same bits as one that is
never stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from fitstudio import Model, Sequence, callbacks, optimizers
from fitstudio.engine.state import checkpoint

ROWS = 22
GENERATOR = np.random.default_rng(4)
X = GENERATOR.standard_normal((ROWS, 3)).astype("float32")
Y = GENERATOR.standard_normal((ROWS, 1)).astype("float32")


class Rows(Sequence):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        rows = slice(5 * index, 5 * index + 5)
        return X[rows], Y[rows]


class InterruptionError(Exception):
    pass


class SaveAndLeave(callbacks.Callback):
    """Saves the state at one moment and ends the fit there, as a crash would."""

    def __init__(self, folder: Path, epoch: int, batch: int | None = None) -> None:
        super().__init__()
        self.folder, self.at, self.now = folder, (epoch, batch), 0
        if batch is not None:
            self.on_train_batch_end = self._end_batch

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_epoch_end(self, epoch, logs=None):
        if self.at == (epoch, None):
            self._leave()

    def _end_batch(self, batch, logs=None):
        if self.at == (self.now, batch):
            self._leave()

    def _leave(self) -> None:
        state = self.model.training_state()
        snapshot = checkpoint.Snapshot()
        snapshot.take(state, {"epoch": state["epoch"], "step": state["step"]})
        snapshot.write(self.folder)
        raise InterruptionError


def make_model(optimizer: Any, *, dropout: bool = True) -> Model:
    torch.manual_seed(5)
    module = nn.Sequential(
        nn.Linear(3, 6),
        nn.BatchNorm1d(6),
        nn.Tanh(),
        nn.Dropout(0.3 if dropout else 0.0),
        nn.Linear(6, 1),
    )
    model = Model(module)
    if callable(optimizer):
        optimizer = optimizer(module)
    model.compile(optimizer, "mse", metrics=["mae"], weighted_metrics=["mse"])
    return model


def make_callbacks(schedule: str | None) -> list[callbacks.Callback]:
    early = callbacks.EarlyStopping("loss", patience=9, restore_best_weights=True)
    if schedule == "plateau":
        return [callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=10), early]
    if schedule == "scheduler":
        return [callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7), early]
    return [early]


def check_resumes(
    tmp_path: Path,
    optimizer: Any,
    *,
    x: Any = X,
    y: Any = Y,
    schedule: str | None = None,
    at: tuple[int, int | None] = (1, None),
    **arguments: Any,
) -> None:
    arguments = {"epochs": 4, "verbose": 0, "seed": 3} | arguments
    whole = make_model(optimizer)
    expected = whole.fit(x, y, callbacks=make_callbacks(schedule), **arguments)

    first = make_model(optimizer)
    folder = tmp_path / "checkpoint"
    with pytest.raises(InterruptionError):
        leaving = SaveAndLeave(folder, *at)
        first.fit(x, y, callbacks=[*make_callbacks(schedule), leaving], **arguments)

    second = make_model(optimizer)
    torch.manual_seed(99)  # nothing may hang on where the generators stand
    state = checkpoint.load(folder).state
    arguments["seed"] = 77  # nor on the seed: the state knows better
    got = second.fit(x, y, callbacks=make_callbacks(schedule), start_state=state, **arguments)

    assert got.epoch == expected.epoch
    assert got.history == expected.history
    for name, weight in whole.module.state_dict().items():
        assert torch.equal(weight, second.module.state_dict()[name]), name


def torch_adamw(module: nn.Module) -> Any:
    return torch.optim.AdamW(module.parameters(), lr=0.01)


OPTIMIZERS = {
    "sgd": lambda module: optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": "adam",
    "amsgrad": lambda module: optimizers.Adam(amsgrad=True),
    "adamw": "adamw",
    "rmsprop": lambda module: optimizers.RMSprop(momentum=0.5, centered=True),
    "adagrad": "adagrad",
    "adadelta": "adadelta",
    "adamax": "adamax",
    "nadam": "nadam",
    "ftrl": "ftrl",
    "torch": torch_adamw,
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("schedule", [None, "plateau", "scheduler"])
def test_every_optimizer_at_an_epoch_boundary(tmp_path, name, schedule):
    check_resumes(tmp_path, OPTIMIZERS[name], schedule=schedule, batch_size=5)


@pytest.mark.parametrize("shuffle", [True, False, "batch"])
@pytest.mark.parametrize("at", [(0, None), (2, None), (0, 1), (1, 0), (2, 4)])
def test_every_order_at_every_place(tmp_path, shuffle, at):
    check_resumes(tmp_path, "adam", shuffle=shuffle, at=at, batch_size=5)


@pytest.mark.parametrize("at", [(1, None), (1, 2)])
def test_a_stream_of_passes(tmp_path, at):
    check_resumes(tmp_path, "adam", at=at, batch_size=5, steps_per_epoch=3)


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("at", [(1, None), (1, 2)])
def test_a_sequence(tmp_path, at, workers):
    check_resumes(tmp_path, "adam", x=Rows(), y=None, at=at, workers=workers)


@pytest.mark.parametrize("at", [(1, None), (1, 1)])
def test_validation_and_weights(tmp_path, at):
    check_resumes(
        tmp_path,
        "adam",
        at=at,
        batch_size=4,
        validation_split=0.3,
        sample_weight=np.linspace(0.1, 2, ROWS),
        validation_freq=[2, 3],
        initial_epoch=1,
    )


def test_torch_scheduler(tmp_path):
    def scheduled(module):
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
        return torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.3)

    check_resumes(tmp_path, scheduled, batch_size=5)


def test_the_state_belongs_to_the_epoch_that_is_told_of(tmp_path):
    """Within on_epoch_end the state holds that epoch's logs although fit()'s history is behind."""
    seen = []

    class Look(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.training_state()["history"]["epoch"])

    make_model("sgd").fit(X, Y, epochs=3, verbose=0, callbacks=[Look()])
    assert seen == [[0], [0, 1], [0, 1, 2]]


def test_a_state_of_another_model_is_refused(tmp_path):
    state = make_model("sgd").training_state()
    other = Model(nn.Linear(3, 2))
    with pytest.raises(Exception, match="another model"):
        other.load_training_state(state)
