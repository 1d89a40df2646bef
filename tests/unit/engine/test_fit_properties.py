"""What holds for every combination of fit()'s arguments: counts, rows, epochs, hooks, resuming."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from fitstudio import Model, Sequence, callbacks


@dataclass(frozen=True)
class Call:
    """A random call of fit()."""

    rows: int
    batch_size: int | None
    initial_epoch: int
    epochs: int
    steps: int | None
    shuffle: Any
    split: float
    validation_steps: int | None
    validation_freq: Any
    source: str
    weighted: bool
    workers: int
    stop_at: tuple[int, int] | None

    @property
    def split_rows(self) -> int:
        """Rows held out, in double precision."""
        return self.rows - math.floor(self.rows * (1 - self.split))

    @property
    def holds_out(self) -> bool:
        return self.source == "arrays" and 0 < self.split_rows < self.rows and self.split > 0

    @property
    def training_rows(self) -> int:
        return self.rows - self.split_rows if self.holds_out else self.rows

    @property
    def size(self) -> int:
        if self.batch_size is not None:
            return self.batch_size
        if self.source == "arrays" and self.steps is not None:
            return math.ceil(self.training_rows / self.steps)
        return 32

    def expected_epochs(self) -> list[list[int]]:
        """Batch sizes per epoch, straight from the statements."""
        sizes = [
            min(self.size, self.training_rows - start)
            for start in range(0, self.training_rows, self.size)
        ]
        count = max(self.epochs - self.initial_epoch, 0)
        epochs: list[list[int]] = []
        if self.source == "arrays" and self.steps is not None:
            stream = sizes * count
            while stream and len(epochs) < count:
                epochs.append(stream[: self.steps])
                stream = stream[self.steps :]
                if len(epochs[-1]) < self.steps:
                    break
        else:
            for _ in range(count):
                epochs.append(sizes[: self.steps])
                if self.steps is not None and self.steps > len(sizes):
                    break
        return self._cut_by_stop(epochs)

    def _cut_by_stop(self, epochs: list[list[int]]) -> list[list[int]]:
        if self.stop_at is None:
            return epochs
        epoch, batch = self.stop_at
        if epoch < len(epochs) and batch < len(epochs[epoch]):
            return [*epochs[:epoch], epochs[epoch][: batch + 1]]
        return epochs

    def validates_in(self, epoch: int) -> bool:
        if isinstance(self.validation_freq, int):
            return (epoch + 1) % self.validation_freq == 0
        return epoch + 1 in self.validation_freq


@st.composite
def calls(draw: st.DrawFn) -> Call:
    rows = draw(st.integers(2, 23))
    source = draw(st.sampled_from(["arrays", "sequence"]))
    epochs = draw(st.integers(1, 4))
    size = draw(st.none() | st.integers(1, 9)) if source == "arrays" else draw(st.integers(1, 9))
    return Call(
        rows=rows,
        batch_size=size,
        initial_epoch=draw(st.integers(0, 2)),
        epochs=epochs,
        steps=draw(st.none() | st.integers(1, 6)),
        shuffle=draw(st.sampled_from([True, False, "batch"])),
        split=draw(st.sampled_from([0.0, 0.2, 0.5, 0.7])),
        validation_steps=draw(st.none() | st.integers(1, 2)),
        validation_freq=draw(st.sampled_from([1, 2, 3, [1, 3], (2,), {4}])),
        source=source,
        weighted=draw(st.booleans()),
        workers=draw(st.sampled_from([0, 1, 3])),
        stop_at=draw(st.none() | st.tuples(st.integers(0, 2), st.integers(0, 3))),
    )


class Chunks(Sequence):
    def __init__(self, arrays: tuple[np.ndarray, ...], size: int) -> None:
        self.arrays, self.size, self.ended = arrays, size, 0

    def __len__(self):
        return math.ceil(len(self.arrays[0]) / self.size)

    def __getitem__(self, index):
        rows = slice(index * self.size, (index + 1) * self.size)
        return tuple(each[rows] for each in self.arrays)

    def on_epoch_end(self):
        self.ended += 1


class Watch(callbacks.Callback):
    """Notes hooks in order, and the rows of each training batch."""

    def __init__(self, stop_at: tuple[int, int] | None) -> None:
        super().__init__()
        self.hooks: list[str] = []
        self.rows: list[list[list[int]]] = []
        self.stop_at = stop_at
        self.listening = False

    def hear(self, module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if self.listening:
            self.rows[-1].append([int(each) for each in inputs[0][:, 0]])

    def on_train_begin(self, logs=None):
        self.hooks.append("train(")

    def on_train_end(self, logs=None):
        self.hooks.append(")train")

    def on_epoch_begin(self, epoch, logs=None):
        self.rows.append([])
        self.hooks.append(f"epoch{epoch}(")

    def on_epoch_end(self, epoch, logs=None):
        self.hooks.append(f"){epoch}epoch")

    def on_train_batch_begin(self, batch, logs=None):
        self.listening = True
        self.hooks.append(f"batch{batch}(")

    def on_train_batch_end(self, batch, logs=None):
        self.listening = False
        self.hooks.append(f"){batch}batch")
        if self.stop_at == (len(self.rows) - 1, batch):
            self.model.stop_training = True

    def on_test_begin(self, logs=None):
        self.hooks.append("test(")

    def on_test_end(self, logs=None):
        self.hooks.append(")test")


def run(call: Call) -> tuple[Any, Watch, Model, Any]:
    """Makes the call on a model whose first input column is the row's number."""
    x = np.column_stack([np.arange(call.rows), np.linspace(-1, 1, call.rows)]).astype("float32")
    y = np.cos(np.arange(call.rows, dtype="float32"))
    weights = np.linspace(0.5, 1.5, call.rows, dtype="float32")
    torch.manual_seed(0)
    model = Model(nn.Linear(2, 1))
    model.compile("sgd", "mae", metrics=["mse"])
    model.optimizer.learning_rate = 1e-6
    watch = Watch(call.stop_at)
    model.module.register_forward_pre_hook(watch.hear)
    arguments: dict[str, Any] = {
        "epochs": call.epochs,
        "initial_epoch": call.initial_epoch,
        "steps_per_epoch": call.steps,
        "shuffle": call.shuffle,
        "validation_steps": call.validation_steps,
        "validation_freq": call.validation_freq,
        "workers": call.workers,
        "callbacks": [watch],
        "verbose": 0,
    }
    source = None
    if call.source == "sequence":
        arrays = (x, y, weights) if call.weighted else (x, y)
        source = arguments["x"] = Chunks(arrays, call.size)
        arguments["validation_data"] = (x[:3], y[:3])
    else:
        arguments |= {"x": x, "y": y, "batch_size": call.batch_size}
        if call.weighted:
            arguments["sample_weight"] = weights
        if call.holds_out:
            arguments["validation_split"] = call.split
        else:
            arguments["validation_data"] = (x[:3], y[:3])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*ran out of data.*")
        history = model.fit(**arguments)
    return history, watch, model, source


@settings(max_examples=150, deadline=None, derandomize=True)
@given(calls())
def test_counts_rows_epochs_and_hooks(call: Call) -> None:
    history, watch, model, source = run(call)
    expected = call.expected_epochs()
    numbers = list(range(call.initial_epoch, call.initial_epoch + len(expected)))

    # Epochs recorded, updates made.
    assert history.epoch == numbers
    assert model.optimizer.iterations == sum(len(epoch) for epoch in expected)
    if numbers:
        assert len(history.history["loss"]) == len(history.history["mse"]) == len(numbers)
        validated = sum(call.validates_in(number) for number in numbers)
        assert len(history.history.get("val_loss", [])) == validated

    # Rows seen: sizes of batches, and that no row comes twice in a pass, nor a held-out one ever.
    sizes = [[len(batch) for batch in epoch] for epoch in watch.rows]
    if call.shuffle is False:
        assert sizes == expected
        stream = [row for epoch in watch.rows for batch in epoch for row in batch]
        if call.source == "arrays":
            assert stream == [i % call.training_rows for i in range(len(stream))]
    else:
        assert [len(epoch) for epoch in sizes] == [len(epoch) for epoch in expected]
    seen = {row for epoch in watch.rows for batch in epoch for row in batch}
    assert seen <= set(range(call.training_rows))
    if call.steps is None and call.stop_at is None:
        for epoch in watch.rows:
            rows = [row for batch in epoch for row in batch]
            assert sorted(rows) == list(range(call.training_rows))

    # Hooks: everything that is opened is closed, inside what it belongs to.
    assert watch.hooks == expected_hooks(call, expected)
    if source is not None:
        assert source.ended == len(expected)


def expected_hooks(call: Call, epochs: list[list[int]]) -> list[str]:
    hooks = ["train("]
    for number, batches in enumerate(epochs, start=call.initial_epoch):
        hooks.append(f"epoch{number}(")
        for batch in range(len(batches)):
            hooks += [f"batch{batch}(", f"){batch}batch"]
        if call.validates_in(number):
            hooks += ["test(", ")test"]
        hooks.append(f"){number}epoch")
    return [*hooks, ")train"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(calls(), st.integers(0, 3), st.booleans())
def test_resuming_equals_not_stopping(call: Call, place: int, in_epoch: bool) -> None:
    expected = call.expected_epochs()
    if not expected:
        return
    epoch = call.initial_epoch + place % len(expected)
    step = place % len(expected[epoch - call.initial_epoch]) + 1 if in_epoch else 0
    states: list[Any] = []

    class Keep(callbacks.Callback):
        now = -1

        def on_epoch_begin(self, epoch, logs=None):
            self.now = epoch

        def on_train_batch_end(self, batch, logs=None):
            if in_epoch and (self.now, batch + 1) == (epoch, step):
                states.append(copied(self.model.training_state()))

        def on_epoch_end(self, number, logs=None):
            if not in_epoch and number == epoch:
                states.append(copied(self.model.training_state()))

    def trained(start: Any) -> tuple[Any, Any]:
        torch.manual_seed(1)
        model = Model(nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.4), nn.Linear(4, 1)))
        model.compile("adam", "mse", metrics=["mae"])
        x = np.linspace(-1, 1, call.rows * 2, dtype="float32").reshape(-1, 2)
        data: dict[str, Any] = {"x": x, "y": x[:, :1], "batch_size": call.batch_size}
        if call.source == "sequence":
            data = {"x": Chunks((x, x[:, :1]), call.size)}
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*ran out of data.*")
            history = model.fit(
                **data,
                epochs=call.epochs,
                initial_epoch=call.initial_epoch,
                steps_per_epoch=call.steps,
                shuffle=call.shuffle,
                workers=call.workers,
                validation_data=(x[:5], x[:5, :1]),
                validation_freq=call.validation_freq,
                callbacks=[Keep()] if start is None else [],
                verbose=0,
                seed=7,
                start_state=start,
            )
        return history, model.module.state_dict()

    history, weights = trained(None)
    if not states:  # the place lies behind the end of the data
        return
    again, resumed = trained(states[0])
    assert again.epoch == history.epoch
    assert again.history == history.history
    for name, weight in weights.items():
        assert torch.equal(weight, resumed[name])


def copied(tree: Any) -> Any:
    """The state as it is now: its tensors are the model's own."""
    if isinstance(tree, torch.Tensor):
        return tree.clone()
    if isinstance(tree, dict):
        return {key: copied(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [copied(value) for value in tree]
    return tree


@settings(max_examples=40, deadline=None, derandomize=True)
@given(calls())
def test_the_same_seed_gives_the_same_bits(call: Call) -> None:
    def once() -> tuple[Any, Any]:
        torch.manual_seed(3)
        history, _, model, _ = run(call)
        return history.history, model.module.state_dict()["weight"]

    (first, weights), (second, again) = once(), once()
    assert first == second
    assert torch.equal(weights, again)
