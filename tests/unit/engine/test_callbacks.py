"""What the recorded cases do not say about callbacks: files, states, words, errors."""

from __future__ import annotations

import errno
import io
import json
import math
import struct
from contextlib import redirect_stdout

import numpy as np
import pytest
import safetensors
import torch
from torch import nn

from fitstudio import Model, callbacks
from fitstudio.declared.catalogue.entries import CALLBACKS
from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.callbacks.logs import Logs
from fitstudio.errors import ArgumentError, CheckpointError
from fitstudio.storage import ops
from tests import event_files

X = np.linspace(-1, 1, 24, dtype="float32").reshape(12, 2)
Y = X[:, :1] * 2 + 1


def make_model(**arguments) -> Model:
    torch.manual_seed(0)
    model = Model(nn.Linear(2, 1))
    model.compile("adam", "mse", **arguments)
    return model


def fit(model: Model, *chosen, **arguments):
    return model.fit(X, Y, batch_size=4, verbose=0, callbacks=list(chosen), **arguments)


EVERY_CALLBACK = {
    "BackupAndRestore": lambda folder: callbacks.BackupAndRestore(folder / "backup"),
    "CSVLogger": lambda folder: callbacks.CSVLogger(folder / "log.csv"),
    "Callback": lambda folder: callbacks.Callback(),
    "EarlyStopping": lambda folder: callbacks.EarlyStopping("loss", restore_best_weights=True),
    "History": lambda folder: callbacks.History(),
    "LambdaCallback": lambda folder: callbacks.LambdaCallback(on_epoch_end=lambda e, logs: None),
    "LearningRateScheduler": lambda folder: callbacks.LearningRateScheduler(lambda epoch: 0.1),
    "ModelCheckpoint": lambda folder: callbacks.ModelCheckpoint(folder / "w-{epoch}"),
    "ProgbarLogger": lambda folder: callbacks.ProgbarLogger(),
    "ReduceLROnPlateau": lambda folder: callbacks.ReduceLROnPlateau("loss"),
    "TensorBoard": lambda folder: callbacks.TensorBoard(folder / "board", update_freq="batch"),
    "TerminateOnNaN": lambda folder: callbacks.TerminateOnNaN(),
}


def test_the_table_above_is_complete():
    assert set(EVERY_CALLBACK) == set(callbacks.__all__) - {"CallbackList"}


@pytest.mark.parametrize("name", EVERY_CALLBACK)
def test_every_callback_trains_twice_and_has_a_state(name, tmp_path):
    callback = EVERY_CALLBACK[name](tmp_path)
    model = make_model()
    for _ in range(2):
        fit(model, callback, epochs=2)
    state = callback.get_state()
    twin = EVERY_CALLBACK[name](tmp_path)
    twin.set_state(state)
    assert str(twin.get_state()) == str(state)


# -- logs


def test_logs_are_fetched_once_and_only_when_looked_at():
    fetched = []

    def fetch():
        fetched.append(1)
        return {"loss": 0.5, "mae": 0.25}

    logs = Logs(["loss", "mae"], fetch)
    assert len(logs) == 2
    assert "mae" in logs
    assert list(logs) == ["loss", "mae"]
    assert bool(logs)
    assert fetched == []
    assert logs["loss"] == 0.5
    assert dict(logs) == {"loss": 0.5, "mae": 0.25} == {**logs}
    assert json.dumps(logs) == '{"loss": 0.5, "mae": 0.25}'
    assert fetched == [1]


@pytest.mark.parametrize(
    "look",
    [
        dict,
        lambda logs: {**logs},
        lambda logs: logs | {},
        lambda logs: dict(logs.items()),
        lambda logs: logs.copy(),
        lambda logs: dict(zip(logs.keys(), logs.values(), strict=True)),
        lambda logs: {name: logs.get(name) for name in logs},
        lambda logs: json.loads(json.dumps(logs)),
    ],
)
def test_every_way_to_look_sees_the_numbers(look):
    assert look(Logs(["loss"], lambda: {"loss": 0.5})) == {"loss": 0.5}


def test_logs_that_are_kept_hold_the_numbers_of_their_batch():
    kept, seen = [], []

    class Keep(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            kept.append(logs)

    class Look(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["loss"])

    fit(make_model(), Keep(), epochs=2)
    fit(make_model(), Look(), epochs=2)
    assert [logs["loss"] for logs in kept] == seen
    assert len(set(seen)) == 6


def test_nobody_looking_means_no_fetching(monkeypatch):
    calls = []

    class Blind(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    monkeypatch.setattr(
        "fitstudio.engine.loops.training.to_numbers",
        lambda results: calls.append(1) or {"loss": 1.0},
    )
    fit(make_model(), Blind(), epochs=1)
    assert len(calls) == 1  # the epoch's own


# -- the hook for every batch's loss


def test_every_batch_loss_is_handed_over(tmp_path):
    parts = []

    class Listen(callbacks.Callback):
        def on_batch_losses(self, epoch, first_step, losses):
            parts.append((epoch, first_step, losses.tolist()))

    single = []

    class Look(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            single.append(float(self.model.running_logs()["loss"]))

    fit(make_model(), Listen(), epochs=2)
    fit(make_model(), Look(), epochs=2)
    for epoch in range(2):
        losses = [loss for e, _, part in parts if e == epoch for loss in part]
        means = np.cumsum(losses) / np.arange(1, 4)
        assert means == pytest.approx(single[3 * epoch : 3 * epoch + 3], rel=1e-6)
    assert [first for _, first, _ in parts if first == 0] == [0, 0]


# -- saving


def test_checkpoints_are_read_back(tmp_path):
    model = make_model()
    fit(model, callbacks.ModelCheckpoint(tmp_path / "a", save_weights_only=True), epochs=2)
    fit(model, callbacks.ModelCheckpoint(tmp_path / "b"), epochs=2)
    with safetensors.safe_open(tmp_path / "a", framework="np") as file:
        assert set(file.keys()) == {"weight", "bias"}
    other = make_model()
    other.load_weights(tmp_path / "b")
    for name, weight in model.module.state_dict().items():
        assert torch.equal(weight, other.module.state_dict()[name])
    # With the optimizer's state both go on alike.
    one, two = (fit(each, epochs=2, shuffle=False).history for each in (model, other))
    assert one == two


def test_weights_of_another_model_are_refused(tmp_path):
    make_model().save_weights(tmp_path / "w")
    other = Model(nn.Linear(3, 1))
    before = other.get_weights()
    with pytest.raises(CheckpointError, match=r"shape \(1, 2\), not \(1, 3\)"):
        other.load_weights(tmp_path / "w")
    assert all(np.array_equal(a, b) for a, b in zip(before, other.get_weights(), strict=True))
    with pytest.raises(CheckpointError, match="holds no weights"):
        other.load_weights(tmp_path / "nothing")


def test_tied_weights_are_saved(tmp_path):
    module = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    module[1].weight = module[0].weight
    model = Model(module)
    model.save_weights(tmp_path / "w")
    model.load_weights(tmp_path / "w")


def test_get_and_set_weights():
    model, other = make_model(), make_model()
    fit(model)
    other.set_weights(model.get_weights())
    assert np.array_equal(model.predict(X), other.predict(X))
    with pytest.raises(CheckpointError, match="missing"):
        other.set_weights(model.get_weights()[:1])


@pytest.mark.parametrize("save_freq", ["epoch", 2])
def test_a_backup_goes_on_with_the_same_bits(tmp_path, save_freq):
    def run(crash_at=None):
        torch.manual_seed(2)
        model = Model(nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Linear(8, 1)))
        model.compile("adam", "mse")

        class Crash(callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                if crash_at == (len(model.history.epoch), batch):
                    raise InterruptedError

        backup = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=save_freq)
        return model, lambda: fit(model, backup, Crash(), epochs=4, seed=1)

    whole, train = run()
    expected = train().history["loss"]
    assert not (tmp_path / "backup" / "backup").exists()
    _, train = run(crash_at=(2, 1))
    with pytest.raises(InterruptedError):
        train()
    resumed, train = run()
    torch.manual_seed(123)
    history = train()
    assert history.epoch == ([2, 3] if save_freq == "epoch" else history.epoch)
    assert history.history["loss"] == expected[-len(history.epoch) :]
    for name, weight in whole.module.state_dict().items():
        assert torch.equal(weight, resumed.module.state_dict()[name])


# -- writing


def test_tensorboard_files_hold_the_curves(tmp_path):
    board = callbacks.TensorBoard(tmp_path, update_freq=2, write_steps_per_second=True)
    history = fit(make_model(), board, epochs=2, validation_split=0.25)
    train = event_files.scalars(tmp_path / "train")
    assert [value for tag, _, value in train if tag == "epoch_loss"] == pytest.approx(
        history.history["loss"]
    )
    assert [step for tag, step, _ in train if tag == "batch_loss"] == [2, 4, 6]
    assert any(tag == "epoch_steps_per_second" for tag, _, _ in train)
    validation = event_files.scalars(tmp_path / "validation")
    assert [(tag, step) for tag, step, _ in validation] == [("epoch_loss", 0), ("epoch_loss", 1)]


def test_tensorboard_files_hold_how_the_weights_are_distributed(tmp_path):
    model = make_model()
    fit(model, callbacks.TensorBoard(tmp_path, histogram_freq=2), epochs=3)

    weights = model.module.state_dict()
    written = [each for each in event_files.values(tmp_path / "train") if 5 in each[2]]
    assert [each[:2] for each in written] == [(name, step) for step in (0, 2) for name in weights]
    last = {tag: value[5] for tag, step, value in written if step == 2}
    for name, weight in weights.items():
        histogram = event_files.fields(last[name])
        counts = struct.unpack("<30d", histogram[7])
        limits = struct.unpack("<30d", histogram[6])
        assert sum(counts) == weight.numel()
        assert list(limits) == sorted(limits)
        assert limits[-1] >= float(weight.max()) - 1e-6


def test_the_bar_redraws_in_place_and_ends_at_its_target():
    printed = io.StringIO()
    with redirect_stdout(printed):
        make_model().fit(X, Y, batch_size=4, epochs=2, verbose=1)
    lines = printed.getvalue().split("\n")
    assert lines[0] == "Epoch 1/2"
    last = lines[1].split("\r")[-1]
    assert last.startswith("3/3 [==============================] - 0s ")
    assert "ms/step - loss: " in last or "us/step - loss: " in last


def test_evaluate_and_predict_print_too():
    model = make_model()
    printed = io.StringIO()
    with redirect_stdout(printed):
        model.evaluate(X, Y, batch_size=4, verbose=1)
        model.evaluate(X, Y, batch_size=4, verbose=2)
        model.predict(X, batch_size=4, verbose=1)
    first, second, third = printed.getvalue().split("\n")[:3]
    assert "3/3 [" in first
    assert second.startswith("3/3 - ")
    assert "loss" in second
    assert "3/3 [" in third


def test_messages_of_callbacks(tmp_path):
    printed = io.StringIO()
    with redirect_stdout(printed):
        fit(
            make_model(),
            callbacks.ModelCheckpoint(tmp_path / "w", "loss", verbose=1, save_best_only=True),
            callbacks.EarlyStopping("loss", mode="max", verbose=1, restore_best_weights=True),
            callbacks.LearningRateScheduler(lambda epoch: 0.01, verbose=1),
            callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=10, verbose=1),
            epochs=4,
        )
    text = printed.getvalue()
    assert "Epoch 1: loss improved from inf to" in text
    assert "early stopping" in text
    assert "Restoring model weights from the end of the best epoch: 1." in text
    assert "LearningRateScheduler setting learning rate to 0.01." in text
    assert "ReduceLROnPlateau reducing learning rate to 0.001." in text


# -- errors


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: callbacks.ModelCheckpoint("w", save_freq=0), "save_freq"),
        (lambda: callbacks.ModelCheckpoint("w", save_freq="batch"), "save_freq"),
        (lambda: callbacks.BackupAndRestore(""), "backup_dir"),
        (lambda: callbacks.LambdaCallback(on_batch=print), "on_batch"),
        (lambda: callbacks.TensorBoard(histogram_freq=-1), "histogram_freq"),
        (lambda: callbacks.TensorBoard(update_freq="step"), "update_freq"),
    ],
)
def test_settings_that_cannot_be(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


@pytest.mark.parametrize("kind", ["EarlyStopping", "ReduceLROnPlateau", "ModelCheckpoint"])
@pytest.mark.parametrize("name", CALLBACKS["ReduceLROnPlateau"].defaults() | {"baseline": None})
@pytest.mark.parametrize("wrong", ["3", 2.5, -1, True, math.nan, [1], "maximum", b"x"])
def test_what_the_form_refuses_the_library_refuses_in_the_same_words(kind, name, wrong):
    param = CALLBACKS[kind].param(name)
    if param is None or param.name == "verbose":
        return
    folder = ["w"] if kind == "ModelCheckpoint" else []
    problem = param.check(param.kind.from_json(wrong))
    if name == "min_delta" and kind == "EarlyStopping" and wrong == -1:
        problem = None  # the reference takes its size
    if problem is None:
        getattr(callbacks, kind)(*folder, **{name: wrong})
        return
    with pytest.raises(ValueError) as refused:
        getattr(callbacks, kind)(*folder, **{name: wrong})
    assert str(refused.value) == f"{kind}: {problem}"


def test_numbers_of_numpy_are_numbers():
    early = callbacks.EarlyStopping(patience=np.int64(3), min_delta=np.float32(-0.5), baseline=1)
    assert (early.patience, early.min_delta, early.baseline) == (3, 0.5, 1.0)
    assert callbacks.ModelCheckpoint("w", save_freq=np.int64(5)).save_freq == 5


@pytest.mark.parametrize("rate", ["fast", None, True, math.nan, math.inf, -0.1, [0.1, 0.2]])
def test_a_schedule_must_give_a_number(rate):
    with pytest.raises(ValueError, match="epoch 0"):
        fit(make_model(), callbacks.LearningRateScheduler(lambda epoch: rate))


def test_a_schedules_own_type_error_is_not_hidden():
    def schedule(epoch, rate):
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        fit(make_model(), callbacks.LearningRateScheduler(schedule))


def test_a_file_name_that_cannot_be_filled_in(tmp_path):
    with pytest.raises(ValueError, match="val_loss"):
        fit(make_model(), callbacks.ModelCheckpoint(tmp_path / "w-{val_loss:.2f}"))


def test_nested_lists_of_callbacks_and_a_tuple():
    first, second = callbacks.History(), callbacks.History()
    history = make_model().fit(X, Y, verbose=0, callbacks=([first], (second,)))
    assert history is second
    assert first.epoch == [0]


def test_callbacks_of_another_kind_are_refused():
    for wrong, words in ((callbacks.History, "class History"), (3, "no callback")):
        with pytest.raises(ArgumentError, match=words):
            CallbackList([wrong])


class Disk(ops.Ops):
    """A disk that takes nothing more for a while."""

    full = False

    def write(self, descriptor, data):
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(descriptor, data)


def test_a_full_disk_keeps_rows_waiting_and_ends_no_training(tmp_path):
    disk = Disk()

    class Fill(callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            disk.full = 1 <= epoch <= 2

    logger = callbacks.CSVLogger(tmp_path / "log.csv")
    with ops.use(disk), pytest.warns(UserWarning, match="Training goes on"):
        fit(make_model(), Fill(), logger, epochs=5)
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "0", "1", "2", "3", "4"]


@pytest.mark.parametrize("separator", ["", ";;", "\n", 3, None])
def test_a_separator_is_one_character(separator):
    with pytest.raises(ArgumentError, match="separator"):
        callbacks.CSVLogger("log.csv", separator)
