"""Runs a case on the reference (tf_keras) and writes down what it did, in the format of `cases/`.

Needs an environment of its own with `tensorflow-cpu` and `tf_keras`; the tests never import it.
"""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras as keras

_TIMES = re.compile(r"ETA: \S+|\b\d+(?:s|ms|us|min)\b|\d+:\d\d(?::\d\d)?")


def as_array(value: Any) -> dict[str, Any]:
    """A numpy array as the format's plain data."""
    value = np.asarray(value)

    def plain(item: Any) -> Any:
        if isinstance(item, list):
            return [plain(each) for each in item]
        return _number(item)

    data = value.tolist() if value.dtype != np.float32 else _shortest(value)
    return {"dtype": str(value.dtype), "shape": list(value.shape), "data": plain(data)}


def from_array(stored: dict[str, Any]) -> np.ndarray:
    """The numpy array behind the format's plain data."""
    return np.array(stored["data"], dtype=stored["dtype"]).reshape(stored["shape"])


def build(spec: dict[str, Any]) -> tuple[keras.Model, dict[str, keras.layers.Layer]]:
    """The case's model with fresh weights, and its layers by name."""
    inputs = {
        i["name"]: keras.Input(i["shape"], name=i["name"], dtype=i["dtype"]) for i in spec["inputs"]
    }
    values: dict[str, Any] = dict(inputs)
    layers: dict[str, keras.layers.Layer] = {}
    for layer in spec["layers"]:
        made = _layer(layer)
        arguments = [values[name] for name in layer["in"]]
        values[layer["name"]] = made(arguments[0] if len(arguments) == 1 else arguments)
        layers[layer["name"]] = made
    names, form = spec["outputs"]["names"], spec["outputs"]["form"]
    ins = list(inputs.values())
    if form == "single":
        return keras.Model(ins if len(ins) > 1 else ins[0], values[names[0]]), layers
    if form == "dict":
        return keras.Model(ins if len(ins) > 1 else ins[0], {n: values[n] for n in names}), layers
    inner = keras.Model(ins if len(ins) > 1 else ins[0], [values[n] for n in names])

    class Unnamed(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = inner

        def call(self, x: Any, training: Any = None) -> Any:
            return tuple(self.inner(x, training=training))

    return Unnamed(), layers


def weights_of(spec: dict[str, Any], layers: dict[str, keras.layers.Layer]) -> dict[str, Any]:
    """The weights by `LAYER.PART`, in the format's layout."""
    parts = {
        "dense": ("kernel", "bias"),
        "batchnorm": ("gamma", "beta", "moving_mean", "moving_variance"),
        "embedding": ("table",),
    }
    found = {}
    for layer in spec["layers"]:
        values = layers[layer["name"]].get_weights()
        for part, value in zip(parts.get(layer["op"], ()), values):
            found[f"{layer['name']}.{part}"] = as_array(value)
    return found


class Recorder:
    """Replays the calls of one case on the reference and fills in what each is to give."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.arrays = {name: from_array(stored) for name, stored in case["arrays"].items()}
        self.sources: dict[str, Any] = {}
        self.folder = Path(tempfile.mkdtemp(prefix="reference-"))
        self.log: list[Any] = []
        self.params: dict[str, Any] | None = None
        self.lambda_calls: list[Any] = []

    def run(self) -> dict[str, Any]:
        """Returns the case with weights, predictions and every step's `expect`.

        Raises:
            Exception: Whatever the reference raises; such a case is of no use here.
        """
        case, spec = self.case, self.case["model"]
        keras.backend.clear_session()
        model, layers = build(spec)
        case["weights"] = weights_of(spec, layers)
        case["initial_predictions"] = self._initial_predictions(model)
        try:
            model.compile(**{k: self.value(v) for k, v in case["compile"].items()})
            for step in case["steps"]:
                if step["call"] == "compile":
                    model.compile(**{k: self.value(v) for k, v in step["args"].items()})
                    step["expect"] = {}
                else:
                    step["expect"] = self._step(model, step)
            case["final_weights"] = weights_of(spec, layers)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        case["reference"] = {"tf_keras": keras.__version__, "tensorflow": tf.__version__}
        return case

    def _initial_predictions(self, model: keras.Model) -> dict[str, Any]:
        names = [i["name"] for i in self.case["model"]["inputs"]]
        rows = [self.arrays[name][:6] for name in names]
        outputs = model(rows if len(rows) > 1 else rows[0], training=False)
        spec = self.case["model"]["outputs"]
        if spec["form"] == "single":
            outputs = {spec["names"][0]: outputs}
        elif spec["form"] == "list":
            outputs = dict(zip(spec["names"], outputs))
        return {
            "inputs": [as_array(row) for row in rows],
            "outputs": {name: as_array(value.numpy()) for name, value in outputs.items()},
        }

    def _step(self, model: keras.Model, step: dict[str, Any]) -> dict[str, Any]:
        self.log, self.params = [], None
        self.lambda_calls.clear()
        arguments = {k: self.value(v) for k, v in step["args"].items()}
        arguments.setdefault("verbose", 0)
        if step["call"] == "fit":
            callbacks = list(arguments.get("callbacks") or [])
            arguments["callbacks"] = [*callbacks, _log_callback(self)]
        out = StringIO()
        with redirect_stdout(out):
            result = getattr(model, step["call"])(**arguments)
        if step["call"] == "evaluate":
            return {"result": _plain(result)}
        if step["call"] == "predict":
            return {"predictions": _arrays(result)}
        expect = {
            "history": [[k, _plain(v)] for k, v in result.history.items()],
            "epoch": list(result.epoch),
            "stop_training": bool(model.stop_training),
            "params": self.params,
            "log": self.log,
        }
        kinds = [c["$callback"] for c in step["args"].get("callbacks", [])]
        if "ModelCheckpoint" in kinds:
            stems = {f.name.split(".ckpt")[0] for f in self.folder.glob("*.ckpt*")}
            expect["files"] = sorted(stems)
        if "CSVLogger" in kinds:
            expect["csv"] = {f.name: _cells(f) for f in self.folder.glob("*.csv")}
        if "LambdaCallback" in kinds:
            expect["lambda_calls"] = list(self.lambda_calls)
        if arguments["verbose"]:
            lines = [ln for ln in re.split(r"[\n\r\x08]+", out.getvalue()) if ln.strip()]
            expect["stdout"] = [_TIMES.sub("<t>", ln) for ln in lines]
        return expect

    def value(self, v: Any) -> Any:
        """A tagged argument as the reference's own object."""
        if isinstance(v, list):
            return [self.value(each) for each in v]
        if not isinstance(v, dict):
            return v
        tag = next((k for k in v if k.startswith("$")), None)
        rest = {k: self.value(each) for k, each in v.items() if k != tag}
        if tag is None:
            return _optimizer(rest) if "name" in rest else rest
        body = v[tag]
        if tag == "$array":
            rows = slice(*v["rows"]) if "rows" in v else slice(None)
            return self.arrays[body][rows]
        if tag in ("$list", "$tuple"):
            items = [self.value(each) for each in body]
            return items if tag == "$list" else tuple(items)
        if tag == "$dict":
            return {k: self.value(each) for k, each in body.items()}
        if tag == "$intdict":
            return {k: self.value(each) for k, each in body}
        if tag == "$source":
            if body not in self.sources:
                self.sources[body] = self._source(self.case["sources"][body])
            return self.sources[body]
        if tag == "$callback":
            return _callback(self, body, rest)
        if tag in ("$loss", "$metric"):
            return getattr(keras.losses if tag == "$loss" else keras.metrics, body)(**rest)
        raise KeyError(tag)

    def _source(self, source: dict[str, Any]) -> Any:
        if source["kind"] == "dataset":
            dataset = tf.data.Dataset.from_tensor_slices(self.value(source["arrays"]))
            dataset = dataset.batch(source["batch_size"])
            return dataset.repeat() if source.get("repeat") else dataset
        batches = [self.value(batch) for batch in source["batches"]]
        if source["kind"] == "sequence":
            return _list_sequence(batches)

        def generate():
            while True:
                yield from batches
                if not source.get("repeat"):
                    return

        return generate()


def _layer(spec: dict[str, Any]) -> keras.layers.Layer:
    layers, op, name = keras.layers, spec["op"], spec["name"]
    if op == "dense":
        penalty = keras.regularizers.L1L2(spec.get("l1", 0.0), spec.get("l2", 0.0))
        return layers.Dense(
            spec["units"],
            spec.get("activation"),
            name=name,
            trainable=spec.get("trainable", True),
            kernel_regularizer=penalty if spec.get("l1") or spec.get("l2") else None,
        )
    if op == "batchnorm":
        return layers.BatchNormalization(
            momentum=spec["momentum"], epsilon=spec["epsilon"], name=name
        )
    if op == "embedding":
        return layers.Embedding(spec["vocab"], spec["dim"], name=name)
    if op == "flatten":
        return layers.Flatten(name=name)
    if op == "concat":
        return layers.Concatenate(axis=-1, name=name)
    raise KeyError(op)


def _optimizer(settings: dict[str, Any]) -> Any:
    settings = dict(settings)
    classes = {name.lower(): name for name in dir(keras.optimizers)}
    return getattr(keras.optimizers, classes[settings.pop("name")])(**settings)


def _list_sequence(batches: list[Any]) -> keras.utils.Sequence:
    class ListSequence(keras.utils.Sequence):
        def __len__(self) -> int:
            return len(batches)

        def __getitem__(self, index: int) -> Any:
            return batches[index]

    return ListSequence()


def _log_callback(recorder: Recorder) -> keras.callbacks.Callback:
    def noting(hook: str, indexed: bool):
        def note(self: Any, *arguments: Any, logs: Any = None) -> None:
            index = int(arguments[0]) if indexed else None
            logs = arguments[1 if indexed else 0] if len(arguments) > indexed else logs
            shown = None if logs is None else [[k, _plain(v)] for k, v in logs.items()]
            if hook == "on_train_begin":
                recorder.params = dict(self.params)
            recorder.log.append([hook, index, shown])

        return note

    hooks = {f"on_{phase}_{end}": False for phase in ("train", "test") for end in ("begin", "end")}
    hooks |= {
        f"on_{phase}_{end}": True
        for phase in ("epoch", "train_batch", "test_batch")
        for end in ("begin", "end")
    }
    members = {hook: noting(hook, indexed) for hook, indexed in hooks.items()}
    return type("LogCallback", (keras.callbacks.Callback,), members)()


def _callback(recorder: Recorder, kind: str, settings: dict[str, Any]) -> Any:
    if kind == "StopAt":
        return _StopAt(**settings)
    if kind == "AddLog":
        return _AddLog(**settings)
    callbacks = keras.callbacks
    if kind == "LearningRateScheduler":
        if "table" in settings:
            table = settings["table"]
            return callbacks.LearningRateScheduler(lambda epoch: table[epoch])
        factor = settings["factor"]
        return callbacks.LearningRateScheduler(lambda epoch, lr: lr * factor)
    if kind == "ModelCheckpoint":
        path = recorder.folder / (settings.pop("stem") + ".ckpt")
        return callbacks.ModelCheckpoint(str(path), save_weights_only=True, **settings)
    if kind == "CSVLogger":
        return callbacks.CSVLogger(str(recorder.folder / settings.pop("filename")), **settings)
    if kind == "LambdaCallback":
        calls, hooks = recorder.lambda_calls, {}
        for hook in settings["hooks"]:
            if hook in ("on_train_begin", "on_train_end"):
                hooks[hook] = (lambda h: lambda logs: calls.append([h, None]))(hook)
            else:
                hooks[hook] = (lambda h: lambda i, logs: calls.append([h, int(i)]))(hook)
        return callbacks.LambdaCallback(**hooks)
    return getattr(callbacks, kind)(**settings)


class _StopAt(keras.callbacks.Callback):
    def __init__(self, hook: str, epoch: int, batch: int | None = None) -> None:
        super().__init__()
        self.at, self.now = (hook, epoch, batch), 0

    def _hit(self, hook: str, batch: int | None = None) -> None:
        if self.at == (hook, self.now, batch):
            self.model.stop_training = True

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.now = epoch
        self._hit("on_epoch_begin")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._hit("on_epoch_end")

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._hit("on_train_batch_begin", batch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._hit("on_train_batch_end", batch)


class _AddLog(keras.callbacks.Callback):
    def __init__(self, key: str, step: Any = None, table: Any = None) -> None:
        super().__init__()
        self.key, self.step, self.table = key, step, table

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs[self.key] = epoch * self.step if self.table is None else self.table[epoch]


def _cells(path: Path) -> list[list[str]]:
    with path.open(newline="") as lines:
        return list(csv.reader(lines))


def _shortest(value: np.ndarray) -> Any:
    """Nested lists in which each float32 is the shortest decimal that gives it back."""
    if value.ndim == 0:
        return float(str(value))
    return [_shortest(each) for each in value]


def _number(value: Any) -> Any:
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        return str(value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "numpy"):
        value = value.numpy()
    return _number(value.item() if isinstance(value, np.generic | np.ndarray) else value)


def _arrays(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_array(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_array(each) for each in value]
    return as_array(value)
