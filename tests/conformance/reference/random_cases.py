"""Makes cases that nobody has thought of: random models and calls, recorded on the reference.

    python random_cases.py --seed 1 --count 200 --output FOLDER

Needs the environment that recorder.py names. Replay the folder with
`FITSTUDIO_CASES=FOLDER pytest tests/conformance`. Left out on purpose is what the project answers
differently (resources/help/fit-semantics.md): shuffling by chunks, weights that the reference
mixes up, generators that the reference reads ahead.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from recorder import Recorder, as_array

# Combinations whose numbers explode or hang on the last bit (a cosine of one column, a percentage
# behind batch normalisation) tell nothing, and are not drawn.
_LOSSES = {
    "number": ["mse", "mae", "msle", "huber", "log_cosh"],
    "steps": ["mse", "mae", "huber", "cosine_similarity"],
    "binary": ["binary_crossentropy", "mse", "hinge", "poisson"],
    "sparse": ["sparse_categorical_crossentropy"],
    "onehot": ["categorical_crossentropy", "kld", "categorical_hinge", "mse"],
}
_METRICS = {
    "number": ["mae", "mse", "mape", "accuracy", "cosine_similarity", "rmse"],
    "steps": ["mae", "mse", "rmse"],
    "binary": ["accuracy", "binary_accuracy", "mae", "AUC", "precision", "recall"],
    "sparse": ["accuracy", "sparse_categorical_accuracy", "sparse_categorical_crossentropy"],
    "onehot": ["accuracy", "categorical_accuracy", "mse", "categorical_crossentropy"],
}
_METRIC_OBJECTS = {
    "AUC": {"$metric": "AUC", "num_thresholds": 20, "name": "auc"},
    "precision": {"$metric": "Precision", "name": "precision"},
    "recall": {"$metric": "Recall", "name": "recall"},
    "rmse": {"$metric": "RootMeanSquaredError", "name": "rmse"},
}
_OPTIMIZERS = [
    {"name": "sgd", "learning_rate": 0.05},
    {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True},
    {"name": "adam", "learning_rate": 0.01},
    {"name": "adam", "learning_rate": 0.01, "amsgrad": True, "clipnorm": 0.5},
    {"name": "adamw", "learning_rate": 0.01, "weight_decay": 0.01},
    {"name": "rmsprop", "learning_rate": 0.01, "momentum": 0.5},
    {"name": "adadelta", "learning_rate": 0.5},
    {"name": "adamax", "learning_rate": 0.01, "clipvalue": 0.3},
    "sgd",
]  # fmt: skip


class CaseMaker:
    """Draws one case from a seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.pick = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.arrays: dict[str, Any] = {}
        self.rows = self.pick.randint(6, 21)
        self.in_steps = self.normed = self.columns = False
        self.source = "arrays"
        self.sources: dict[str, Any] = {}

    def case(self) -> dict[str, Any]:
        """The case without what the reference is to fill in."""
        self.in_steps = self._chance(0.15)
        two_inputs = not self.in_steps and self._chance(0.2)
        outputs = "single" if self.in_steps else self.pick.choice(["single"] * 4 + ["dict", "list"])
        usual = [kind for kind in _LOSSES if kind != "steps"]
        kinds = [self.pick.choice(usual) for _ in range(1 if outputs == "single" else 2)]
        if self.in_steps:
            kinds = ["steps"]
        # Labels in a column, out of a generator: the reference then counts "accuracy" against
        # class 0, because it does not see the shape.
        self.source = self.pick.choice(["arrays"] * 5 + ["sequence", "generator", "dataset"])
        self.columns = self.source == "arrays"
        model = self._model(two_inputs, outputs, kinds)
        x = self._x(two_inputs)
        names = model["outputs"]["names"]
        y = self._by_output(outputs, [self._target(k, n) for k, n in zip(kinds, names)])
        compile_arguments = self._compile(outputs, kinds, names)
        fit = self._fit(x, y, outputs, kinds, compile_arguments)
        steps = [{"call": "fit", "args": fit}]
        steps += self._later_steps(x, y, fit, compile_arguments)
        return {
            "format": 1,
            "id": f"random-{self.seed:06d}",
            "group": "random",
            "what": "a random combination of arguments",
            "model": model,
            "arrays": {name: as_array(value) for name, value in self.arrays.items()},
            "sources": self.sources,
            "compile": compile_arguments,
            "steps": steps,
        }

    def _chance(self, share: float) -> bool:
        return self.pick.random() < share

    def _model(self, two_inputs: bool, form: str, kinds: list[str]) -> dict[str, Any]:
        width = self.pick.randint(2, 4)
        shape = [4, width] if self.in_steps else [width]
        self.arrays["a"] = self._float(self.rows, *shape)
        inputs = [{"name": "a", "shape": shape, "dtype": "float32"}]
        layers: list[dict[str, Any]] = []
        before = "a"
        if two_inputs:
            self.arrays["b"] = self._float(self.rows, 2)
            inputs.append({"name": "b", "shape": [2], "dtype": "float32"})
            layers.append({"name": "joined", "op": "concat", "in": ["a", "b"]})
            before = "joined"
        hidden = {"name": "h", "op": "dense", "in": [before], "units": 4, "activation": "tanh"}
        if self._chance(0.25):
            hidden |= {"l2": 0.01, "l1": 0.001}
        if self._chance(0.1):
            hidden["trainable"] = False
        layers.append(hidden)
        before = "h"
        self.normed = self._chance(0.25)
        if self.normed:
            layers.append(
                {"name": "bn", "op": "batchnorm", "in": ["h"], "momentum": 0.9, "epsilon": 0.001}
            )
            before = "bn"
        names = ["out"] if form == "single" else ["left", "right"]
        for kind, name in zip(kinds, names):
            units = {"number": 1, "binary": 1, "steps": 2}.get(kind, 3)
            activation = {"number": None, "steps": None, "binary": "sigmoid"}.get(kind, "softmax")
            layers.append(
                {"name": name, "op": "dense", "in": [before], "units": units,
                 "activation": activation}
            )  # fmt: skip
        return {"inputs": inputs, "layers": layers, "outputs": {"form": form, "names": names}}

    def _float(self, *shape: int) -> np.ndarray:
        return self.numbers.normal(size=shape).astype("float32")

    def _x(self, two_inputs: bool) -> dict[str, Any]:
        if not two_inputs:
            return self.pick.choice([{"$array": "a"}, {"$dict": {"a": {"$array": "a"}}}])
        pair = [{"$array": "a"}, {"$array": "b"}]
        return self.pick.choice([{"$list": pair}, {"$dict": {"b": pair[1], "a": pair[0]}}])

    def _target(self, kind: str, name: str) -> dict[str, Any]:
        rows = self.rows
        if kind == "steps":
            value = self._float(rows, 4, 2)
        elif kind == "number":
            value = np.abs(self._float(rows, 1)) + 0.1
            value = value if self._chance(0.6) else value[:, 0]
        elif kind == "binary":
            value = self.numbers.integers(0, 2, size=(rows, 1)).astype("float32")
        else:
            labels = self.numbers.integers(0, 3, size=rows)
            labels[:3] = [0, 1, 2]
            value = labels if kind == "sparse" else np.eye(3, dtype="float32")[labels]
            if kind == "sparse" and self.columns and self._chance(0.3):
                value = value[:, None]
        self.arrays[f"y_{name}"] = value
        return {"$array": f"y_{name}"}

    def _by_output(self, form: str, values: list[Any]) -> Any:
        if form == "single":
            return values[0]
        if form == "list":
            return {"$list": values}
        return {"$dict": dict(zip(["left", "right"], values))}

    def _compile(self, form: str, kinds: list[str], names: list[str]) -> dict[str, Any]:
        losses = [self.pick.choice(_LOSSES[kind]) for kind in kinds]
        arguments: dict[str, Any] = {"optimizer": self.pick.choice(_OPTIMIZERS)}
        arguments["loss"] = self._spread(form, losses)
        for name in ("metrics", "weighted_metrics"):
            if self._chance(0.6 if name == "metrics" else 0.4):
                drawn = [self._metrics(kind) for kind in kinds]
                arguments[name] = self._spread(form, drawn)
        if form != "single" and self._chance(0.5):
            arguments["loss_weights"] = self._spread(form, [0.3, 2.0])
        return arguments

    def _spread(self, form: str, values: list[Any]) -> Any:
        if form == "single":
            return values[0]
        return dict(zip(["left", "right"], values)) if form == "dict" else values

    def _metrics(self, kind: str) -> list[Any]:
        names = self.pick.sample(_METRICS[kind], self.pick.randint(1, 2))
        return [_METRIC_OBJECTS.get(name, name) for name in names]

    def _fit(
        self,
        x: Any,
        y: Any,
        form: str,
        kinds: list[str],
        compile_arguments: dict[str, Any],
    ) -> dict[str, Any]:
        del compile_arguments
        fit: dict[str, Any] = {"epochs": self.pick.randint(1, 4)}
        if self._chance(0.2):
            fit["initial_epoch"] = self.pick.randint(0, 2)
        weights = self._weights(form)
        source = self.source
        if source == "arrays":
            fit |= {"x": x, "y": y, "shuffle": False}
            if self._chance(0.8):
                fit["batch_size"] = self.pick.randint(4 if self.normed else 2, 9)
            if weights is not None:
                fit["sample_weight"] = weights
            if self._chance(0.25):
                fit["steps_per_epoch"] = self.pick.randint(1, 4)
        else:
            self._use_source(fit, source, x, y, form)
        single_class = form == "single" and kinds[0] in ("binary", "sparse", "onehot")
        if single_class and "sample_weight" not in fit and self._chance(0.3):
            count = 2 if kinds[0] == "binary" else 3
            fit["class_weight"] = {"$intdict": [[i, 0.5 + i] for i in range(count)]}
        self._validate(fit, x, y, source, weights)
        callbacks = self._callbacks(fit)
        if callbacks:
            fit["callbacks"] = callbacks
        if form == "single" and self._chance(0.1):
            fit["verbose"] = self.pick.choice([1, 2])
        return fit

    def _weights(self, form: str) -> Any:
        if self._chance(0.6):
            return None
        value = self.numbers.uniform(0.0, 2.0, size=self.rows).astype("float32")
        value[0] = 0.0
        if self.in_steps and self._chance(0.6):
            value = self.numbers.uniform(0.0, 2.0, size=(self.rows, 4)).astype("float32")
        column = not self.in_steps and self._chance(0.3)
        self.arrays["w"] = value[:, None] if column else value
        if form == "single" or self._chance(0.3):
            return {"$array": "w"}
        self.arrays["w2"] = self.numbers.uniform(0.1, 1.0, size=self.rows).astype("float32")
        return self._by_output(form, [{"$array": "w"}, {"$array": "w2"}])

    def _use_source(self, fit: dict[str, Any], kind: str, x: Any, y: Any, form: str) -> None:
        size = self.pick.randint(4 if self.normed else 2, 6)
        if kind == "dataset":
            if form != "single" or "$array" not in x or "a" not in x.values():
                kind = "sequence"
            else:
                repeat = self._chance(0.4)
                self.sources["s"] = {
                    "kind": "dataset",
                    "arrays": {"$tuple": [x, y]},
                    "batch_size": size,
                    "repeat": repeat,
                }
                fit["x"] = {"$source": "s"}
                if repeat:
                    fit["steps_per_epoch"] = self.pick.randint(1, 5)
                return
        slices = [(i, min(i + size, self.rows)) for i in range(0, self.rows, size)]
        batches = [{"$tuple": [_cut(x, *s), _cut(y, *s)]} for s in slices]
        source: dict[str, Any] = {"kind": kind, "batches": batches}
        if kind == "generator":
            source["repeat"] = True
            fit["steps_per_epoch"] = self.pick.randint(1, 5)
        else:
            fit["shuffle"] = False
        self.sources["s"] = source
        fit["x"] = {"$source": "s"}

    def _validate(self, fit: dict[str, Any], x: Any, y: Any, source: str, weights: Any) -> None:
        way = self.pick.choice(["none", "split", "data", "data"])
        if way == "split" and source == "arrays" and "steps_per_epoch" not in fit:
            fit["validation_split"] = self.pick.choice([0.1, 0.2, 0.25, 0.33, 0.5])
        elif way == "data":
            half = (0, max(2, self.rows // 2))
            parts = [_cut(x, *half), _cut(y, *half)]
            if weights is not None and self._chance(0.5):
                parts.append(_cut(weights, *half))
            fit["validation_data"] = {"$tuple": parts}
            if self._chance(0.2):
                fit["validation_steps"] = 1
        else:
            return
        if self._chance(0.3):
            fit["validation_freq"] = self.pick.choice([2, 3, [1], [1, 3], [2, 4]])

    def _callbacks(self, fit: dict[str, Any]) -> list[dict[str, Any]]:
        monitor = self.pick.choice(["loss", "val_loss"]) if _validates(fit) else "loss"
        drawn = [
            {"$callback": "EarlyStopping", "monitor": monitor,
             "patience": self.pick.randint(0, 2), "min_delta": self.pick.choice([0, 0.01, 0.2]),
             "restore_best_weights": self._chance(0.5)},
            {"$callback": "ReduceLROnPlateau", "monitor": monitor, "patience": 1,
             "factor": 0.5, "cooldown": self.pick.randint(0, 1),
             "min_delta": self.pick.choice([0.0001, 0.3])},
            {"$callback": "LearningRateScheduler", "table": [0.05, 0.01, 0.02, 0.0, 0.01]},
            {"$callback": "LearningRateScheduler", "factor": 0.7},
            {"$callback": "CSVLogger", "filename": "a.csv"},
            {"$callback": "ModelCheckpoint", "stem": "ck-{epoch:02d}", "monitor": monitor,
             "save_best_only": self._chance(0.5)},
            {"$callback": "StopAt", "hook": self.pick.choice(
                ["on_epoch_begin", "on_epoch_end"]), "epoch": self.pick.randint(0, 2)},
            {"$callback": "StopAt", "hook": "on_train_batch_end",
             "epoch": self.pick.randint(0, 1), "batch": self.pick.randint(0, 1)},
            {"$callback": "AddLog", "key": "extra", "step": 2},
            {"$callback": "LambdaCallback", "hooks": ["on_epoch_begin", "on_batch_end",
                                                      "on_train_end"]},
            {"$callback": "TerminateOnNaN"},
        ]  # fmt: skip
        return self.pick.sample(drawn, self.pick.choice([0, 0, 1, 1, 2, 3]))

    def _later_steps(
        self, x: Any, y: Any, fit: dict[str, Any], compile_arguments: dict[str, Any]
    ) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = []
        if self._chance(0.3):
            arguments = {"x": x, "y": y, "batch_size": self.pick.randint(2, 9)}
            if "sample_weight" in fit:
                arguments["sample_weight"] = fit["sample_weight"]
            if self._chance(0.4):
                arguments["return_dict"] = True
            steps.append({"call": "evaluate", "args": arguments})
        if self._chance(0.2):
            steps.append({"call": "predict", "args": {"x": x, "batch_size": 4}})
        if self._chance(0.15):
            steps.append({"call": "compile", "args": compile_arguments})
        if "$source" not in fit["x"] and self._chance(0.3):
            again = {k: v for k, v in fit.items() if k not in ("callbacks", "verbose")}
            steps.append({"call": "fit", "args": again})
        return steps


def _validates(fit: dict[str, Any]) -> bool:
    return "validation_split" in fit or "validation_data" in fit


def _cut(value: Any, start: int, stop: int) -> Any:
    """The same tagged arrays, only these rows."""
    if "$array" in value:
        return {"$array": value["$array"], "rows": [start, stop]}
    tag, body = next(iter(value.items()))
    if isinstance(body, dict):
        return {tag: {key: _cut(each, start, stop) for key, each in body.items()}}
    return {tag: [_cut(each, start, stop) for each in body]}


def main() -> None:
    """Records `--count` cases from `--seed` on; what the reference refuses is left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    refused = 0
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        case = CaseMaker(seed).case()
        try:
            Recorder(case).run()
        except Exception as problem:
            refused += 1
            sys.stderr.write(f"{case['id']}: {type(problem).__name__}: {str(problem)[:150]}\n")
            continue
        path = arguments.output / f"{case['id']}.json"
        path.write_text(json.dumps(case), encoding="utf-8")
    sys.stderr.write(f"{arguments.count - refused} recorded, {refused} refused\n")


if __name__ == "__main__":
    main()
