"""Reads the values of a case: arrays, tagged objects, sources, callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from fitstudio import Sequence, callbacks, losses, metrics


def number(value: Any) -> Any:
    """NaN and infinities are text in a case."""
    return float(value) if isinstance(value, str) else value


def array(encoded: dict[str, Any]) -> np.ndarray:
    """``{"dtype", "shape", "data"}`` as an array."""
    flat: list[Any] = []

    def collect(part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                collect(each)
        else:
            flat.append(part if encoded["dtype"] == "str" else number(part))

    collect(encoded["data"])
    return np.array(flat, dtype=encoded["dtype"]).reshape(encoded["shape"])


class Batches(Sequence):
    def __init__(self, batches: list[Any]) -> None:
        self.batches = batches
        self.ended_epochs = 0

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> Any:
        return self.batches[index]

    def on_epoch_end(self) -> None:
        self.ended_epochs += 1


class EndlessBatches(IterableDataset):
    def __init__(self, tensors: list[Tensor], size: int) -> None:
        self.tensors, self.size = tensors, size

    def __iter__(self) -> Iterator[tuple[Tensor, ...]]:
        while True:
            yield from zip(*(tensor.split(self.size) for tensor in self.tensors), strict=True)


class StopAt(callbacks.Callback):
    def __init__(self, hook: str, epoch: int, batch: int | None = None) -> None:
        super().__init__()
        self.place = (hook, epoch, batch)
        self.epoch = -1

    def _stop_if(self, hook: str, batch: int | None = None) -> None:
        if (hook, self.epoch, batch) == self.place:
            self.model.stop_training = True

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self._stop_if("on_epoch_begin")

    def on_epoch_end(self, epoch, logs=None):
        self._stop_if("on_epoch_end")

    def on_train_batch_begin(self, batch, logs=None):
        self._stop_if("on_train_batch_begin", batch)

    def on_train_batch_end(self, batch, logs=None):
        self._stop_if("on_train_batch_end", batch)


class RaiseAt(callbacks.Callback):
    def __init__(self, hook: str, epoch: int) -> None:
        super().__init__()

        def interrupt(at: int, logs: Any = None) -> None:
            if at == epoch:
                raise InterruptedError(f"in {hook} of epoch {epoch}")

        setattr(self, hook, interrupt)


class AddLog(callbacks.Callback):
    def __init__(self, key: str, step: float | None = None, table: Any = None) -> None:
        super().__init__()
        self.key = key
        self.value = (lambda epoch: epoch * step) if table is None else table.__getitem__

    def on_epoch_end(self, epoch, logs=None):
        logs[self.key] = self.value(epoch)


def cubed(y_true, y_pred):
    return ((y_true.to(y_pred.dtype) - y_pred).abs() ** 3).mean(-1)


def scalar_square(y_true, y_pred):
    return ((y_true.to(y_pred.dtype) - y_pred) ** 2).mean()


def raw_square(y_true, y_pred):
    return (y_true.to(y_pred.dtype) - y_pred) ** 2


def mean_pred(y_true, y_pred):
    return y_pred.mean()


FUNCTIONS = {each.__name__: each for each in (cubed, scalar_square, raw_square, mean_pred)}


class Values:
    """Turns what a case says into objects.

    Args:
        case: The case.
        folder: Where callbacks write.
    """

    def __init__(self, case: dict[str, Any], folder: Path) -> None:
        self.folder = folder
        self.arrays = {name: array(each) for name, each in case["arrays"].items()}
        self.sources: dict[str, Any] = {}
        self._described = case.get("sources", {})
        self.lambda_calls: list[list[Any]] = []

    def arguments(self, described: dict[str, Any]) -> dict[str, Any]:
        return {name: self.value(each) for name, each in described.items()}

    def value(self, given: Any) -> Any:
        if isinstance(given, list):
            return [self.value(each) for each in given]
        if not isinstance(given, dict):
            return given
        tags = [key for key in given if key.startswith("$")]
        if not tags:
            return self.arguments(given)
        content = given[tags[0]]
        settings = {key: each for key, each in given.items() if key != tags[0]}
        match tags[0]:
            case "$array" | "$tensor":
                rows = slice(*settings["rows"]) if "rows" in settings else slice(None)
                chosen = self.arrays[content][rows]
                return torch.tensor(chosen) if tags[0] == "$tensor" else chosen
            case "$list":
                return self.value(content)
            case "$tuple":
                return tuple(self.value(content))
            case "$dict":
                return self.arguments(content)
            case "$intdict":
                return {key: self.value(each) for key, each in content}
            case "$set":
                return set(content)
            case "$float":
                return float(content)
            case "$source":
                return self.source(content)
            case "$loss":
                return getattr(losses, content)(**self.arguments(settings))
            case "$metric":
                return getattr(metrics, content)(**self.arguments(settings))
            case "$function":
                return FUNCTIONS[content]
            case "$callback":
                return self.callback(content, self.arguments(settings))
            case unknown:
                raise ValueError(f"unknown tag {unknown!r}")

    def source(self, name: str) -> Any:
        if name not in self.sources:
            self.sources[name] = self._make_source(self._described[name])
        return self.sources[name]

    def _make_source(self, described: dict[str, Any]) -> Any:
        repeats = described.get("repeat", False)
        if described["kind"] == "dataset":
            tensors = [torch.tensor(each) for each in self.value(described["arrays"])]
            if repeats:
                endless = EndlessBatches(tensors, described["batch_size"])
                return DataLoader(endless, batch_size=None)
            return DataLoader(TensorDataset(*tensors), batch_size=described["batch_size"])
        batches = self.value(described["batches"])
        if described["kind"] == "sequence":
            return Batches(batches)

        def generate() -> Iterator[Any]:
            yield from batches
            while repeats:
                yield from batches

        return generate()

    def callback(self, kind: str, settings: dict[str, Any]) -> callbacks.Callback:
        own: dict[str, Callable[..., callbacks.Callback]] = {
            "StopAt": StopAt,
            "RaiseAt": RaiseAt,
            "AddLog": AddLog,
        }
        if kind in own:
            return own[kind](**settings)
        match kind:
            case "LearningRateScheduler" if "table" in settings:
                return callbacks.LearningRateScheduler(lambda epoch: settings["table"][epoch])
            case "LearningRateScheduler":
                return callbacks.LearningRateScheduler(lambda _, rate: rate * settings["factor"])
            case "ModelCheckpoint":
                path = self.folder / f"{settings.pop('stem')}.weights"
                return callbacks.ModelCheckpoint(path, save_weights_only=True, **settings)
            case "CSVLogger":
                return callbacks.CSVLogger(self.folder / settings.pop("filename"), **settings)
            case "BackupAndRestore":
                return callbacks.BackupAndRestore(self.folder / settings.pop("dir"), **settings)
            case "LambdaCallback":
                hooks = {hook: self._noting(hook) for hook in settings["hooks"]}
                return callbacks.LambdaCallback(**hooks)
        return getattr(callbacks, kind)(**settings)

    def _noting(self, hook: str) -> Callable[..., None]:
        if hook in ("on_train_begin", "on_train_end"):
            return lambda logs: self.lambda_calls.append([hook, None])
        return lambda index, logs: self.lambda_calls.append([hook, index])
