"""The workloads' models as torch modules, for every contender that is built on torch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from workloads import Workload


class LastStep(nn.Module):
    """An LSTM whose last step goes into a dense layer."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(8, 64, batch_first=True)
        self.head = nn.Linear(64, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.lstm(x)[0][:, -1])


def make_module(workload: Workload) -> nn.Module:
    """The model with its initial weights; classes come out as logits."""
    if workload.kind == "mlp":
        layers: list[nn.Module] = []
        for inputs, outputs in zip(workload.sizes, workload.sizes[1:]):
            layers += [nn.Linear(inputs, outputs), nn.ReLU()]
        module: nn.Module = nn.Sequential(*layers[:-1])
    elif workload.kind == "cnn":
        module = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(800, 64), nn.ReLU(), nn.Linear(64, 10),
        )  # fmt: skip
    else:
        module = LastStep()
    with torch.no_grad():
        for weight, value in zip(module.parameters(), workload.weights(), strict=True):
            weight.copy_(torch.from_numpy(value))
    return module


def loss_of(workload: Workload) -> nn.Module:
    return nn.MSELoss() if workload.loss == "mse" else nn.CrossEntropyLoss()


def metric_sum(workload: Workload, output: Tensor, target: Tensor) -> Tensor:
    """The batch's sum of absolute errors, or of right answers."""
    if workload.loss == "mse":
        return (output - target).abs().sum()
    return (output.argmax(-1) == target).sum()


def tensors(arrays: tuple[np.ndarray, ...]) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(np.ascontiguousarray(each)) for each in arrays)
