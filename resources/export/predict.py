"""Answers for new rows with an exported model: needs Python and numpy, nothing else.

    python predict.py rows.csv answers.csv

The columns of rows.csv are found by their names; what each holds is told in model.json. Numbers are
written with a point. Rows with a gap that the model cannot fill get no answer.
"""

import csv
import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    with open(sys.argv[1], newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    model = Model(HERE)
    answers, names = model.answers_of_rows(rows)
    with open(sys.argv[2], "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(names)
        table.writerows([["" if value != value else value for value in row] for row in answers])
    print(f"{len(answers)} rows answered: {sys.argv[2]}")
    return 0


class Model:
    """A model as it stands in a folder: model.json and weights.npz.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self.facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            self.weights = {name: weights[name] for name in weights.files}

    def answers_of_rows(self, rows: list[dict]) -> tuple[list[list], list[str]]:
        """Answers for rows of texts by column, and the names of the answers."""
        matrix = self.prepared(rows)
        values = self.answers(matrix)
        classes = self.facts["classes"]
        if not classes:
            return values.tolist(), [f"predicted {each['name']}" for each in self.facts["targets"]]
        target = self.facts["targets"][0]["name"]
        found = []
        for row in values:
            known = not np.isnan(row).any()
            found.append([self._said(row) if known else "", *row.tolist()])
        return found, [f"predicted {target}", *(f"probability {name}" for name in classes)]

    def _said(self, row: np.ndarray) -> str:
        """The likelier class, or the one that was decided by a threshold."""
        classes, decision = self.facts["classes"], self.facts.get("decision")
        if decision is None:
            return classes[int(row.argmax())]
        place = classes.index(decision["class"])
        return classes[place if row[place] >= decision["threshold"] else 1 - place]

    def prepared(self, rows: list[dict]) -> np.ndarray:
        """Rows as the network takes them; NaN where a gap cannot be filled."""
        parts = []
        for column in self.facts["inputs"]:
            name = column["name"]
            if rows and name not in rows[0]:
                raise SystemExit(f"The column {name!r} is missing; there are {list(rows[0])}.")
            cells = [(row[name] or "").strip() for row in rows]
            if column["role"] == "category":
                parts.append(self._classes(column, cells))
            else:
                parts.append(_numbers(column, cells))
        return np.concatenate(parts, axis=1).astype(np.float32)

    def _classes(self, column: dict, cells: list[str]) -> np.ndarray:
        kind = column["encoding"]
        if kind in ("hashed", "ngrams"):
            return _hashed(column, cells)
        labels = column["classes"]
        texts = [_number(cell) for cell in cells] if column["numeric"] else cells
        read = float if column["numeric"] else str
        places = {read(label): place for place, label in enumerate(labels)}
        width = {"codes": 1, "ordinal": 1}.get(kind, len(labels) + column["other"])
        told = column["indicator"] and kind != "codes"
        matrix = np.zeros((len(cells), width + told))
        for row, (cell, text) in enumerate(zip(cells, texts)):
            place = places.get(text)
            missing = not cell or (kind == "ordinal" and place is None)
            if missing and column["fill"] in labels:
                place = labels.index(column["fill"])
            elif missing and not column["indicator"]:
                matrix[row] = math.nan
                continue
            if missing and told:
                matrix[row, -1] = 1.0
            if kind == "codes":
                matrix[row, 0] = 0 if place is None else place + 1
            elif kind == "ordinal":
                matrix[row, 0] = (place or 0) / max(1, len(labels) - 1)
            elif place is not None:
                matrix[row, place] = 1.0
            elif column["other"] and not missing:
                matrix[row, len(labels)] = 1.0
        return matrix

    def answers(self, matrix: np.ndarray) -> np.ndarray:
        """Probabilities of the classes, or numbers in their own units."""
        values = self.network(matrix).astype(np.float64)
        if not self.facts["classes"]:
            scale = np.array([each["scale"] for each in self.facts["targets"]])
            return values * scale + np.array([each["center"] for each in self.facts["targets"]])
        if values.shape[1] == 1:
            yes = _sigmoid(values) if self.facts["logits"] else values
            return np.concatenate([1 - yes, yes], axis=1)
        return _softmax(values) if self.facts["logits"] else values

    def network(self, matrix: np.ndarray) -> np.ndarray:
        """What the layers make of prepared rows."""
        values = {next(iter(self.facts["graph"]["inputs"])): matrix}
        for layer in self.facts["graph"]["layers"]:
            taken = [values[name] for name in layer["inputs"]]
            values[layer["name"]] = self._layer(layer, taken)
        return values[self.facts["graph"]["outputs"][0]]

    def _layer(self, layer: dict, taken: list[np.ndarray]) -> np.ndarray:
        first, settings, name = taken[0], layer["settings"], layer["name"]
        kind = layer["op"]
        if kind == "dense":
            values = first @ self.weights[f"{name}.layer.weight"].T
            values = values + self.weights[f"{name}.layer.bias"]
            return ACTIVATIONS[settings["activation"]](values)
        if kind == "activation":
            return ACTIVATIONS[settings["activation"]](first)
        if kind == "batch_norm":
            variance = self.weights[f"{name}.moving_variance"] + settings["epsilon"]
            scale = self.weights[f"{name}.gamma"] / np.sqrt(variance)
            return first * scale + (
                self.weights[f"{name}.beta"] - self.weights[f"{name}.moving_mean"] * scale
            )
        if kind == "code_embedding":
            return self._looked_up(name, settings["columns"], first)
        if kind in ("reshape", "flatten"):
            return first.reshape(len(first), *layer["output_shape"])
        if kind == "concatenate":
            return np.concatenate(taken, axis=-1)
        if kind == "add":
            return np.sum(taken, axis=0)
        if kind == "dropout":
            return first
        raise SystemExit(f"A layer of the kind {kind!r} needs more than numpy.")

    def _looked_up(self, name: str, columns: list, values: np.ndarray) -> np.ndarray:
        parts, done = [], 0
        gaps = np.isnan(values).any(axis=1)
        for number, (place, codes, _) in enumerate(columns):
            code = np.clip(np.rint(np.nan_to_num(values[:, place])), 0, codes - 1).astype(int)
            parts += [values[:, done:place], self.weights[f"{name}.vectors.{number}"][code]]
            done = place + 1
        found = np.concatenate([*parts, values[:, done:]], axis=1)
        found[gaps] = math.nan
        return found


def _numbers(column: dict, cells: list[str]) -> np.ndarray:
    values = np.array([_number(cell) for cell in cells], np.float64)
    gaps = np.isnan(values)
    values[gaps] = math.nan if column["fill"] is None else column["fill"]
    for step in column["before"]:
        values = STEPS[step["kind"]](values, step.get("numbers", ()))
    values = (values - column["center"]) / column["scale"]
    for step in column["after"]:
        values = STEPS[step["kind"]](values, step.get("numbers", ()))
    largest = float(np.finfo(np.float32).max)
    values = np.clip(values if values.ndim == 2 else values[:, None], -largest, largest)
    return np.concatenate([values, gaps[:, None]], axis=1) if column["indicator"] else values


def _hashed(column: dict, cells: list[str]) -> np.ndarray:
    buckets = column["buckets"]
    matrix = np.zeros((len(cells), buckets + column["indicator"]))
    for row, cell in enumerate(cells):
        word = cell or column["fill"]
        if not cell and column["indicator"]:
            matrix[row, -1] = 1.0
        elif not word:
            matrix[row] = math.nan
        if not word:
            continue
        plain = " ".join(word.split()).casefold()
        padded = f" {plain} "
        pieces = [padded[start : start + 3] for start in range(max(1, len(padded) - 2))]
        for piece in [plain] if column["encoding"] == "hashed" else pieces:
            digest = hashlib.blake2b(piece.encode("utf-8", "replace"), digest_size=8).digest()
            matrix[row, int.from_bytes(digest, "little") % buckets] += 1.0
        length = np.linalg.norm(matrix[row, :buckets])
        matrix[row, :buckets] /= max(length, 1.0)
    return matrix


def _yeo_johnson(values: np.ndarray, numbers: list) -> np.ndarray:
    logs = np.log1p(np.abs(values))
    found = np.array(values, np.float64)
    for mask, sign, power in ((values >= 0, 1, numbers[0]), (values < 0, -1, 2 - numbers[0])):
        part = logs[mask] if abs(power) < 1e-12 else np.expm1(power * logs[mask]) / power
        found[mask] = sign * part
    return found


def _periodic(values: np.ndarray, numbers: list) -> np.ndarray:
    turns = 2 * math.pi * np.fmod(values, numbers[0]) / numbers[0]
    return np.stack([np.sin(turns), np.cos(turns)], axis=-1)


# What is done to numbers; each takes them and what training found.
STEPS = {
    "smooth_clip": lambda values, numbers: values / np.hypot(1, values / numbers[0]),
    "clip": lambda values, numbers: np.clip(values, numbers[0], numbers[1]),
    "signed_log": lambda values, _: np.sign(values) * np.log1p(np.abs(values)),
    "log": lambda values, numbers: np.log(np.maximum(values, numbers[0])),
    "yeo_johnson": _yeo_johnson,
    "curve": lambda values, numbers: np.interp(
        values, numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    ),
    "periodic": _periodic,
}


def _number(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        return math.nan
    return value if math.isfinite(value) else math.nan


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * values))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def _softplus(values: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, values)


def _gelu(values: np.ndarray) -> np.ndarray:
    error = np.vectorize(math.erf, otypes=[np.float64])
    return values * 0.5 * (1 + error(values / math.sqrt(2)))


def _elu(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, np.expm1(np.minimum(values, 0)))


def _selu(values: np.ndarray) -> np.ndarray:
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * np.where(values > 0, values, alpha * np.expm1(np.minimum(values, 0)))


ACTIVATIONS = {
    "linear": lambda values: values,
    "relu": lambda values: np.maximum(values, 0),
    "leaky_relu": lambda values: np.where(values > 0, values, 0.2 * values),
    "elu": _elu,
    "selu": _selu,
    "gelu": _gelu,
    "silu": lambda values: values * _sigmoid(values),
    "swish": lambda values: values * _sigmoid(values),
    "mish": lambda values: values * np.tanh(_softplus(values)),
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "hard_sigmoid": lambda values: np.clip(values / 6 + 0.5, 0, 1),
    "softplus": _softplus,
    "softsign": lambda values: values / (1 + np.abs(values)),
    "exponential": np.exp,
    "softmax": _softmax,
}

if __name__ == "__main__":
    sys.exit(main())
