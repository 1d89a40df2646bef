"""BackupAndRestore: an interrupted fit ends as one that was never interrupted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from fitstudio import Model, callbacks

X = np.linspace(-1, 1, 24, dtype="float32").reshape(12, 2)
SCORES = [1.0, 0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9]


class Score(callbacks.Callback):
    """A metric whose best epoch is the second."""

    def on_epoch_end(self, epoch, logs=None):
        logs["score"] = SCORES[epoch]


class Interrupt(callbacks.Callback):
    """A callback of a user's, which keeps no state."""

    def __init__(self, epoch: int, batch: int | None) -> None:
        super().__init__()
        self.at, self.now = (epoch, batch), 0

    def on_epoch_begin(self, epoch, logs=None):
        self.now = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self.at == (self.now, batch):
            raise InterruptedError

    def on_epoch_end(self, epoch, logs=None):
        if self.at == (epoch, None):
            raise InterruptedError


class Foreign:
    """Nothing but the hooks that fit() asks for."""

    def __init__(self) -> None:
        self.epochs: list[int] = []

    def set_model(self, model): ...
    def set_params(self, params): ...
    def on_train_begin(self, logs=None): ...
    def on_train_end(self, logs=None): ...
    def on_epoch_begin(self, epoch, logs=None): ...
    def on_test_begin(self, logs=None): ...
    def on_test_end(self, logs=None): ...

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)


def watchers(folder: Path) -> list[callbacks.Callback]:
    folder.mkdir(exist_ok=True)
    (folder / "log.csv").touch()
    return [
        Score(),
        callbacks.ModelCheckpoint(
            folder / "best.safetensors", "score", mode="min", save_best_only=True
        ),
        callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        callbacks.ReduceLROnPlateau("score", mode="min", patience=2),
        callbacks.EarlyStopping("score", mode="min", patience=5, restore_best_weights=True),
        callbacks.CSVLogger(folder / "log.csv", append=True),
        callbacks.TensorBoard(folder / "logs"),
    ]


def fit(*chosen) -> tuple[Model, callbacks.History]:
    torch.manual_seed(0)
    model = Model(nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.5), nn.Linear(3, 1)))
    model.compile("sgd", "mse")
    arguments = {"batch_size": 4, "epochs": 8, "verbose": 0, "seed": 1}
    return model, model.fit(X, X[:, :1] * 2, callbacks=list(chosen), **arguments)


@pytest.mark.parametrize("place", [0, 4, 7])
@pytest.mark.parametrize(
    ("save_freq", "at"), [("epoch", (3, None)), ("epoch", (5, 1)), (2, (3, 1)), (2, (1, None))]
)
def test_an_interrupted_fit_ends_as_if_nothing_had_been(tmp_path, place, save_freq, at):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    expected_model, expected = fit(*watchers(whole))

    def attempt(*more):
        chosen = watchers(cut)
        chosen.insert(place, callbacks.BackupAndRestore(cut / "backup", save_freq=save_freq))
        return fit(*chosen, *more)

    with pytest.raises(InterruptedError):
        attempt(Interrupt(*at))
    foreign = Foreign()
    model, got = attempt(foreign)

    assert got.epoch[-1] == expected.epoch[-1] == 6
    assert foreign.epochs == got.epoch
    for name, values in got.history.items():
        assert values == expected.history[name][-len(values) :], name
    for name, weight in expected_model.module.state_dict().items():
        assert torch.equal(weight, model.module.state_dict()[name]), name
    assert (cut / "log.csv").read_bytes() == (whole / "log.csv").read_bytes()
    best, mine = (load_file(folder / "best.safetensors") for folder in (whole, cut))
    assert best.keys() == mine.keys()
    assert all(torch.equal(best[name], mine[name]) for name in best)


def test_a_changed_list_gets_back_what_is_its_own(tmp_path):
    backup = callbacks.BackupAndRestore(tmp_path / "backup")
    first = callbacks.EarlyStopping("loss", mode="max", patience=50)
    second = callbacks.EarlyStopping("score", mode="min", patience=5)
    with pytest.raises(InterruptedError):
        fit(Score(), first, second, backup, Interrupt(3, None))

    alone = callbacks.EarlyStopping("score", mode="min", patience=5)
    fresh = callbacks.EarlyStopping("score", mode="max", patience=50)
    _, history = fit(Score(), fresh, backup, alone)
    assert history.epoch == [4, 5, 6]
    assert alone.best == 0.1
    assert fresh.best_epoch >= 4, "it watched another thing, so it began afresh"
