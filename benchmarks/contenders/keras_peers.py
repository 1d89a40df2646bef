"""Keras 3 on torch or TensorFlow, and the older tf_keras, through model.fit()."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from workloads import Workload, wide_file


def limit_threads() -> None:
    """One thread for TensorFlow too, which does not listen to OMP_NUM_THREADS."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class KerasPeer:
    """One of the Kerases.

    Args:
        keras: The module: ``keras`` or ``tf_keras``.
    """

    def __init__(self, keras: Any, workload: Workload, rows: int) -> None:
        self.workload = workload
        self.steps = -(-rows // workload.batch_size)
        self.model = make_model(keras, workload)
        loss: Any = "mse"
        metric = "mae"
        if workload.loss == "classes":
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            metric = "accuracy"
        self.model.compile(keras.optimizers.Adam(), loss, metrics=[metric])
        self.extra: dict[str, Any] = {}
        if workload.name == "w5":
            self.file = h5py.File(wide_file(rows), "r")
            self.source = make_file_sequence(keras, self.file, workload.batch_size)
            return
        x, y = workload.data(rows + workload.validation_rows)
        if workload.kind == "cnn":
            x = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
        self.x, self.y = x[:rows], y[:rows]
        if workload.validation_rows:
            folder = Path(tempfile.mkdtemp())
            self.extra = {
                "validation_data": (x[rows:], y[rows:]),
                "validation_batch_size": 1024,
                "callbacks": [
                    keras.callbacks.EarlyStopping(patience=1_000),
                    keras.callbacks.ReduceLROnPlateau(patience=1_000),
                    keras.callbacks.CSVLogger(str(folder / "log.csv")),
                    keras.callbacks.ModelCheckpoint(
                        str(folder / "all.weights.h5"), save_weights_only=True
                    ),
                ],
            }

    def epochs(self, count: int, shuffle: bool) -> float:
        if self.workload.name == "w5":
            history = self.model.fit(self.source, epochs=count, shuffle=shuffle, verbose=0)
        else:
            history = self.model.fit(
                self.x,
                self.y,
                batch_size=self.workload.batch_size,
                epochs=count,
                verbose=0,
                shuffle=shuffle,
                **self.extra,
            )
        return float(history.history["loss"][-1])


def make_model(keras: Any, workload: Workload) -> Any:
    """The model with the same initial weights, turned into Keras's layout."""
    layers = keras.layers
    weights = workload.weights()
    if workload.kind == "mlp":
        widths = workload.sizes
        stack = [layers.Dense(width, activation="relu") for width in widths[1:-1]]
        model = keras.Sequential([keras.Input((widths[0],)), *stack, layers.Dense(widths[-1])])
        converted = [each.T if each.ndim == 2 else each for each in weights]
    elif workload.kind == "cnn":
        model = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                layers.Conv2D(16, 3, activation="relu"),
                layers.MaxPooling2D(2),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(2),
                layers.Flatten(),
                layers.Dense(64, activation="relu"),
                layers.Dense(10),
            ]
        )
        converted = [each.transpose(2, 3, 1, 0) if each.ndim == 4 else each for each in weights]
        # Flattened images run height, width, channel here and channel, height, width in torch.
        first_dense = weights[4].reshape(64, 32, 5, 5).transpose(0, 2, 3, 1).reshape(64, 800)
        converted[4], converted[6] = first_dense.T, weights[6].T
    else:
        model = keras.Sequential([keras.Input((100, 8)), layers.LSTM(64), layers.Dense(1)])
        converted = [weights[0].T, weights[1].T, weights[2] + weights[3], weights[4].T, weights[5]]
    model.set_weights(converted)
    return model


def make_file_sequence(keras: Any, file: Any, batch_size: int) -> Any:
    """The file batch by batch, which is the fastest that Keras documents for HDF5."""
    base = getattr(keras.utils, "PyDataset", None) or keras.utils.Sequence
    x, y = file["x"], file["y"]

    class FileSequence(base):
        def __len__(self) -> int:
            return -(-len(x) // batch_size)

        def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
            part = slice(number * batch_size, (number + 1) * batch_size)
            return x[part], y[part]

    return FileSequence()
