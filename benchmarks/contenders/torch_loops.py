"""Loops written by hand in torch: batches sliced from tensors, and the tutorial's DataLoader."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, TensorDataset
from workloads import Workload, wide_file

from contenders.torch_models import loss_of, make_module, metric_sum, tensors


class FileRows(Dataset):
    """An HDF5 file row by row, as DataLoader wants it."""

    def __init__(self, path: Path) -> None:
        self.file: Any = h5py.File(path, "r")
        self.x, self.y = self.file["x"], self.file["y"]

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        return self.x[row], self.y[row]


class Sliced:
    """The loop of somebody who cares about speed: tensors in memory, sums without ``item()``."""

    def __init__(self, workload: Workload, rows: int) -> None:
        self.workload, self.rows = workload, rows
        self.module = make_module(workload)
        self.loss = loss_of(workload)
        self.optimizer = torch.optim.Adam(self.module.parameters(), eps=1e-7)
        self.steps = -(-rows // workload.batch_size)
        self.file: Any = h5py.File(wide_file(rows), "r") if workload.name == "w5" else None
        self.checkpoint = Path(tempfile.mkdtemp()) / "weights.pt"
        if self.file is None:
            arrays = workload.data(rows + workload.validation_rows)
            self.x, self.y = tensors(tuple(each[:rows] for each in arrays))
            self.held_out = tensors(tuple(each[rows:] for each in arrays))

    def epoch(self, shuffle: bool) -> float:
        self.module.train()
        total = torch.zeros((), dtype=torch.float64)
        metric = torch.zeros((), dtype=torch.float64)
        for x, y in self.batches(shuffle):
            output = self.module(x)
            loss = self.loss(output, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                total += loss.detach() * len(x)
                metric += metric_sum(self.workload, output.detach(), y)
        value = float(total) / self.rows
        if self.workload.validation_rows:
            self.validate()
            torch.save(self.module.state_dict(), self.checkpoint)
        return value

    def validate(self) -> float:
        self.module.eval()
        total = 0.0
        x, y = self.held_out
        with torch.inference_mode():
            for start in range(0, len(x), 1024):
                output = self.module(x[start : start + 1024])
                total += float(self.loss(output, y[start : start + 1024])) * len(output)
                metric_sum(self.workload, output, y[start : start + 1024])
        return total / len(x)

    def batches(self, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        size = self.workload.batch_size
        if self.file is not None:
            starts = torch.arange(0, self.rows, size)
            for start in (starts[torch.randperm(len(starts))] if shuffle else starts).tolist():
                part = slice(start, start + size)
                yield torch.from_numpy(self.file["x"][part]), torch.from_numpy(self.file["y"][part])
            return
        order = torch.randperm(self.rows) if shuffle else None
        for start in range(0, self.rows, size):
            part = slice(start, start + size)
            rows = part if order is None else order[part]
            yield self.x[rows], self.y[rows]


class Loader(Sliced):
    """The tutorial's loop: a DataLoader, and ``item()`` after each batch."""

    def epoch(self, shuffle: bool) -> float:
        self.module.train()
        total = right = 0.0
        for x, y in self.loader(shuffle):
            output = self.module(x)
            loss = self.loss(output, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(x)
            right += metric_sum(self.workload, output.detach(), y).item()
        if self.workload.validation_rows:
            self.validate()
            torch.save(self.module.state_dict(), self.checkpoint)
        return total / self.rows

    def loader(self, shuffle: bool) -> DataLoader:
        if self.file is not None:
            data: Dataset = FileRows(wide_file(self.rows))
        else:
            data = TensorDataset(self.x, self.y)
        return DataLoader(data, batch_size=self.workload.batch_size, shuffle=shuffle)
