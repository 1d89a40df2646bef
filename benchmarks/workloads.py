"""What is measured: data, initial weights and sizes of every workload, the same for all contenders.

NumPy only, because contenders of different frameworks import it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data"
Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Workload:
    """A model on data.

    Attributes:
        name: ``w1`` and so on.
        title: What it is, for the table.
        kind: ``"mlp"``, ``"cnn"`` or ``"lstm"``.
        sizes: Widths of an MLP's layers, input and output included.
        loss: ``"mse"`` (metric: mean absolute error) or ``"classes"`` (metric: accuracy).
        batch_size: Rows of a batch.
        rows: Rows of the data, in full and in a quick run.
        epochs: Epochs of one measurement, in full and in a quick run.
        data: Makes the data of that many rows.
        validation_rows: Rows of validation data, if it validates every epoch.
    """

    name: str
    title: str
    kind: str
    sizes: tuple[int, ...]
    loss: str
    batch_size: int
    rows: tuple[int, int]
    epochs: tuple[int, int]
    data: Callable[[int], Arrays]
    validation_rows: int = 0

    def weights(self) -> list[np.ndarray]:
        """Initial weights in torch's layout and order."""
        random = np.random.default_rng(1)

        def uniform(*shape: int, fan_in: int) -> np.ndarray:
            bound = 1.0 / np.sqrt(fan_in)
            return random.uniform(-bound, bound, shape).astype(np.float32)

        def dense(inputs: int, outputs: int) -> list[np.ndarray]:
            return [uniform(outputs, inputs, fan_in=inputs), np.zeros(outputs, np.float32)]

        if self.kind == "mlp":
            return [w for pair in zip(self.sizes, self.sizes[1:]) for w in dense(*pair)]
        if self.kind == "cnn":
            return [
                uniform(16, 1, 3, 3, fan_in=9),
                np.zeros(16, np.float32),
                uniform(32, 16, 3, 3, fan_in=144),
                np.zeros(32, np.float32),
                *dense(800, 64),
                *dense(64, 10),
            ]
        inputs, units = 8, 64
        return [
            uniform(4 * units, inputs, fan_in=units),
            uniform(4 * units, units, fan_in=units),
            np.zeros(4 * units, np.float32),
            np.zeros(4 * units, np.float32),
            *dense(units, 1),
        ]


def _regression(rows: int) -> Arrays:
    random = np.random.default_rng(0)
    x = random.standard_normal((rows, 20)).astype(np.float32)
    y = np.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3] + 0.1 * random.standard_normal((rows, 1))
    return x, y.astype(np.float32)


def _images(rows: int, *, flat: bool) -> Arrays:
    random = np.random.default_rng(0)
    labels = random.integers(0, 10, rows)
    patterns = random.standard_normal((10, 784)).astype(np.float32)
    x = 0.5 * patterns[labels] + random.standard_normal((rows, 784), dtype=np.float32)
    return (x if flat else x.reshape(rows, 1, 28, 28)), labels.astype(np.int64)


def _sequences(rows: int) -> Arrays:
    random = np.random.default_rng(0)
    x = random.standard_normal((rows, 100, 8)).astype(np.float32)
    return x, x[:, -10:, :1].mean(1)


def _digits(rows: int) -> Arrays:
    from sklearn.datasets import load_digits

    digits: Any = load_digits()
    x = (digits.data / 16.0).astype(np.float32)
    return x[:rows], digits.target[:rows].astype(np.int64)


def _no_arrays(rows: int) -> Arrays:
    raise RuntimeError("w5 lies in a file: see wide_file()")


def wide_file(rows: int) -> Path:
    """The HDF5 file of w5, made on first use: 1,024 numbers a row."""
    import h5py

    path = DATA / f"wide-{rows}.h5"
    if not path.exists():
        DATA.mkdir(exist_ok=True)
        random = np.random.default_rng(0)
        unfinished = path.with_suffix(".part")
        with h5py.File(unfinished, "w") as file:
            x = file.create_dataset("x", (rows, 1024), "float32")
            y = file.create_dataset("y", (rows, 1), "float32")
            for start in range(0, rows, 4096):
                block = random.standard_normal((min(4096, rows - start), 1024), dtype=np.float32)
                x[start : start + len(block)] = block
                y[start : start + len(block)] = block[:, :16].mean(1, keepdims=True)
        unfinished.rename(path)
    return path


def flat_images(rows: int) -> Arrays:
    return _images(rows, flat=True)


def square_images(rows: int) -> Arrays:
    return _images(rows, flat=False)


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload(
            "w1", "MLP 20-64-64-1, mse, Adam, metric mae; 100k rows, batch 32",
            "mlp", (20, 64, 64, 1), "mse", 32, (100_000, 16_000), (1, 1), _regression,
        ),
        Workload(
            "w2", "MLP 784-512-512-10, sparse crossentropy, accuracy; 60k rows, batch 128",
            "mlp", (784, 512, 512, 10), "classes", 128, (60_000, 5_120), (1, 1), flat_images,
        ),
        Workload(
            "w3", "small CNN on 28x28 images; 20k rows, batch 64",
            "cnn", (), "classes", 64, (20_000, 1_920), (1, 1), square_images,
        ),
        Workload(
            "w4", "LSTM 64 on sequences of 100x8; 5k rows, batch 32",
            "lstm", (), "mse", 32, (5_000, 512), (1, 1), _sequences,
        ),
        Workload(
            "w5", 'HDF5 file, 1,024 float32 a row (2 GB), MLP 64-1, shuffle="batch"; batch 256',
            "mlp", (1024, 64, 1), "mse", 256, (500_000, 24_576), (1, 1), _no_arrays,
        ),
        Workload(
            "w7", "w2 on 20k rows with validation, 3 callbacks and a checkpoint every epoch",
            "mlp", (784, 512, 512, 10), "classes", 128, (20_000, 5_120), (2, 1), flat_images,
            validation_rows=4_000,
        ),
        Workload(
            "wd", "scikit-learn digits, MLP 64-64-64-10; 1,437 rows, batch 32",
            "mlp", (64, 64, 64, 10), "classes", 32, (1_437, 1_437), (40, 10), _digits,
        ),
    )
}  # fmt: skip
