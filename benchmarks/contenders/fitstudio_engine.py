"""FitStudio, through the same API that a user calls."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from workloads import Workload, wide_file

import fitstudio
from contenders.torch_models import make_module


class FitStudio:
    def __init__(self, workload: Workload, rows: int) -> None:
        self.workload = workload
        self.steps = -(-rows // workload.batch_size)
        self.model = fitstudio.Model(make_module(workload))
        loss: Any = "mse"
        metric = "mae"
        if workload.loss == "classes":
            loss, metric = (
                fitstudio.losses.SparseCategoricalCrossentropy(from_logits=True),
                "accuracy",
            )
        self.model.compile("adam", loss, metrics=[metric])
        self.extra: dict[str, Any] = {}
        self.x: Any
        self.y: Any
        if workload.name == "w5":
            self.file = h5py.File(wide_file(rows), "r")
            self.x, self.y = self.file["x"], self.file["y"]
            return
        arrays = workload.data(rows + workload.validation_rows)
        self.x, self.y = (np.ascontiguousarray(each[:rows]) for each in arrays)
        if workload.validation_rows:
            folder = Path(tempfile.mkdtemp())
            self.extra = {
                "validation_data": tuple(each[rows:] for each in arrays),
                "validation_batch_size": 1024,
                "callbacks": [
                    fitstudio.callbacks.EarlyStopping(patience=1_000),
                    fitstudio.callbacks.ReduceLROnPlateau(patience=1_000),
                    fitstudio.callbacks.CSVLogger(str(folder / "log.csv")),
                    fitstudio.callbacks.ModelCheckpoint(
                        str(folder / "weights.safetensors"), save_weights_only=True
                    ),
                ],
            }

    def epochs(self, count: int, shuffle: bool) -> float:
        order: Any = ("batch" if self.workload.name == "w5" else True) if shuffle else False
        history = self.model.fit(
            self.x,
            self.y,
            batch_size=self.workload.batch_size,
            epochs=count,
            verbose=0,
            shuffle=order,
            **self.extra,
        )
        return history.history["loss"][-1]
