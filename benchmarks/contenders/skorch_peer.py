"""skorch: a NeuralNet with its default callbacks, trained epoch by epoch."""

# pyright: reportMissingImports=false
# (its packages are in benchmarks/.peers)

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Checkpoint, EarlyStopping, LRScheduler
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from workloads import Workload

from contenders.torch_models import loss_of, make_module


class Skorch:
    def __init__(self, workload: Workload, rows: int) -> None:
        self.steps = -(-rows // workload.batch_size)
        arrays = workload.data(rows + workload.validation_rows)
        self.x, self.y = (np.ascontiguousarray(each[:rows]) for each in arrays)
        settings: dict[str, Any] = {"train_split": None}
        if workload.validation_rows:
            held_out = Dataset(*(np.ascontiguousarray(each[rows:]) for each in arrays))
            settings = {
                "train_split": predefined_split(held_out),
                "iterator_valid__batch_size": 1024,
                "callbacks": [
                    ("stop", EarlyStopping(patience=1_000)),
                    ("rate", LRScheduler("ReduceLROnPlateau", patience=1_000)),
                    ("save", Checkpoint(monitor=None, dirname=Path(tempfile.mkdtemp()))),
                ],
            }
        self.net = NeuralNet(
            make_module(workload),
            loss_of(workload),
            optimizer=torch.optim.Adam,
            optimizer__eps=1e-7,
            lr=0.001,
            batch_size=workload.batch_size,
            verbose=0,
            iterator_train__shuffle=False,
            **settings,
        )
        self.net.initialize()

    def epochs(self, count: int, shuffle: bool) -> float:
        self.net.iterator_train__shuffle = shuffle
        self.net.partial_fit(self.x, self.y, epochs=count)
        return float(self.net.history[-1, "train_loss"])
