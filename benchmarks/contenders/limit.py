"""The limit: the fastest step of each workload that could be written by hand in torch.

MLPs: forward and backward spelt out as operations in TorchScript, without autograd, gathers
included; the fused optimizer's kernel called directly. CNN and LSTM: autograd, with images channels
last and pooling before ReLU. Nothing here checks anything or could be used for another model.
"""

from __future__ import annotations

import math
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import h5py
import torch
import torch.nn.functional as F  # noqa: N812
from safetensors.torch import save_file
from torch import Tensor, nn
from workloads import Workload, wide_file

from contenders.torch_models import make_module, tensors
from fitstudio.engine.steps.matrix_products import onednn_is_faster
from fitstudio.engine.steps.matrix_products import product as matrix_product

aten = torch.ops.aten


class Adam:
    """The fused kernel and nothing else."""

    def __init__(self, weights: list[Tensor]) -> None:
        self.weights, self.updates = weights, 0
        self.momenta = [torch.zeros_like(each) for each in weights]
        self.velocities = [torch.zeros_like(each) for each in weights]
        self.counters = [torch.zeros(())] * len(weights)

    def step(self, gradients: list[Tensor]) -> None:
        self.updates += 1
        self.counters[0].fill_(self.updates)
        kernel: Any = torch._fused_adam_  # pyright: ignore
        kernel(
            self.weights, gradients, self.momenta, self.velocities, [], self.counters,
            lr=0.001, beta1=0.9, beta2=0.999, weight_decay=0.0,
            eps=1e-7 / math.sqrt(1 - 0.999**self.updates),
            amsgrad=False, maximize=False, grad_scale=None, found_inf=None,
        )  # fmt: skip


class _MlpStep(nn.Module):
    """One step of an MLP of three (or two) layers, forward and backward by hand."""

    def __init__(self, weights: list[Tensor], sums: Tensor, is_regression: bool) -> None:
        super().__init__()
        self.depth, self.is_regression = len(weights) // 2, is_regression
        for number, weight in enumerate(weights):
            self.register_buffer(f"w{number}", weight)
            if weight.ndim == 2:
                self.register_buffer(f"t{number}", weight.t())
        self.register_buffer("sums", sums)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        activations = [x]
        for layer in range(self.depth):
            weight, before = getattr(self, f"w{2 * layer}"), activations[-1]
            bias = getattr(self, f"w{2 * layer + 1}")
            if self.by_onednn(before, weight):
                product = matrix_product(before, weight, bias)
            else:
                product = aten.addmm(bias, before, getattr(self, f"t{2 * layer}"))
            is_last = layer == self.depth - 1
            activations.append(product if is_last else aten.relu(product))
        output, rows = activations[-1], x.shape[0]
        if self.is_regression:
            difference = aten.sub(output, y)
            loss = aten.mean(aten.square(difference))
            metric = aten.sum(aten.abs(difference))
            gradient = aten.mul(difference, 2.0 / rows)
        else:
            logs = aten.log_softmax(output, -1)
            loss = aten.neg(aten.mean(aten.gather(logs, 1, y.unsqueeze(1))))
            metric = aten.sum(aten.eq(aten.argmax(output, -1), y))
            hot = aten.scatter(aten.exp(logs), 1, y.unsqueeze(1), -1.0, reduce="add")
            gradient = aten.mul(hot, 1.0 / rows)
        aten.add_(self.sums, aten.stack([aten.mul(loss, rows), metric]))
        gradients: list[Tensor] = []
        for layer in reversed(range(self.depth)):
            before, weight = activations[layer], getattr(self, f"w{2 * layer}")
            times = self._onednn_mm if self.by_onednn(before, weight) else aten.mm
            gradients[:0] = [times(aten.t(gradient), before), aten.sum(gradient, [0])]
            if layer:
                gradient = aten.threshold_backward(times(gradient, weight), before, 0)
        return tuple(gradients)

    @staticmethod
    def by_onednn(rows: Tensor, weight: Tensor) -> bool:
        return onednn_is_faster() and rows.numel() * weight.shape[0] > 1_500_000

    @staticmethod
    def _onednn_mm(left: Tensor, right: Tensor) -> Tensor:
        return matrix_product(left, aten.t(right))


class Limit:
    def __init__(self, workload: Workload, rows: int) -> None:
        self.workload, self.rows = workload, rows
        self.steps = -(-rows // workload.batch_size)
        self.module = make_module(workload)
        self.file: Any = h5py.File(wide_file(rows), "r") if workload.name == "w5" else None
        self.sums = torch.zeros(2, dtype=torch.float64)
        self.compiled: dict[int, Any] = {}
        self.checkpoint = Path(tempfile.mkdtemp()) / "weights.safetensors"
        with torch.inference_mode() if workload.kind == "mlp" else torch.enable_grad():
            self.weights = [each.detach().clone() for each in self.module.parameters()]
            self.adam = Adam(self.weights)
        if self.file is None:
            arrays = workload.data(rows + workload.validation_rows)
            self.x, self.y = tensors(tuple(each[:rows] for each in arrays))
            self.held_out = tensors(tuple(each[rows:] for each in arrays))
        if workload.kind == "lstm":
            self.weights = [each.requires_grad_() for each in self.module.parameters()]
            self.adam = Adam([each.detach() for each in self.weights])
        elif workload.kind == "cnn":
            self.adam = Adam(self.weights)
            self.weights = [each.requires_grad_() for each in self.weights]
            self.adam.weights = [each.detach() for each in self.weights]

    def epoch(self, shuffle: bool) -> float:
        self.sums.zero_()
        if self.workload.kind == "mlp":
            with torch.inference_mode():
                for x, y in self.batches(shuffle):
                    self.adam.step(list(self.mlp_step(x, y)))
        else:
            for x, y in self.batches(shuffle):
                gradients = torch.autograd.grad(self.by_autograd(x, y), self.weights)
                with torch.no_grad():
                    # The fused kernel goes through memory from end to end.
                    self.adam.step([each.contiguous() for each in gradients])
        if self.workload.validation_rows:
            self.validate()
            save_file({str(i): each for i, each in enumerate(self.weights)}, self.checkpoint)
        return float(self.sums[0]) / self.rows

    def mlp_step(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
        step = self.compiled.get(len(x))
        if step is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = _MlpStep(self.weights, self.sums, self.workload.loss == "mse")
                before = self.sums.clone()
                if module.by_onednn(x, self.weights[0]):
                    step = module.forward  # can't be traced, and does not need to be: it is large
                else:
                    traced: Any = torch.jit.trace(module, (x, y), check_trace=False)
                    step = traced.forward
                self.sums.copy_(before)
            self.compiled[len(x)] = step
        return step(x, y)

    def by_autograd(self, x: Tensor, y: Tensor) -> Tensor:
        if self.workload.kind == "lstm":
            output = self.module(x)
            loss = F.mse_loss(output, y)
            metric = (output.detach() - y).abs().sum()
        else:
            w = self.weights
            x = x.as_strided(x.shape, (784, 1, 28, 1))  # channels last
            hidden = F.relu(F.max_pool2d(F.conv2d(x, w[0], w[1]), 2))
            hidden = F.relu(F.max_pool2d(F.conv2d(hidden, w[2], w[3]), 2)).flatten(1)
            output = F.linear(F.relu(F.linear(hidden, w[4], w[5])), w[6], w[7])
            loss = F.cross_entropy(output, y)
            metric = (output.detach().argmax(-1) == y).sum()
        with torch.no_grad():
            self.sums[0] += loss.detach() * len(x)
            self.sums[1] += metric
        return loss

    def validate(self) -> None:
        x, y = self.held_out
        with torch.inference_mode():
            for start in range(0, len(x), 1024):
                hidden = x[start : start + 1024]
                for layer in range(0, len(self.weights), 2):
                    hidden = F.linear(hidden, self.weights[layer], self.weights[layer + 1])
                    hidden = hidden.relu() if layer + 2 < len(self.weights) else hidden
                F.cross_entropy(hidden, y[start : start + 1024]).item()

    def batches(self, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        size = self.workload.batch_size
        if self.file is not None:
            yield from self.from_file(size, shuffle)
            return
        order = torch.randperm(self.rows) if shuffle else torch.arange(self.rows)
        a_block = max(1, 512 * 1024 // (self.x[0].nbytes * size)) * size
        for block in order.split(a_block):
            yield from zip(
                self.x.index_select(0, block).split(size), self.y.index_select(0, block).split(size)
            )

    def from_file(self, size: int, shuffle: bool) -> Iterator[tuple[Tensor, Tensor]]:
        """Blocks of 4,096 rows, read by a thread one block ahead."""
        file = self.file
        assert file is not None
        blocks: Queue[Any] = Queue(maxsize=1)
        starts = torch.arange(0, self.rows, 4096)
        order = starts[torch.randperm(len(starts))] if shuffle else starts

        def read() -> None:
            for start in order.tolist():
                part = slice(start, min(start + 4096, self.rows))
                blocks.put((torch.from_numpy(file["x"][part]), torch.from_numpy(file["y"][part])))
            blocks.put(None)

        threading.Thread(target=read, daemon=True).start()
        while (block := blocks.get()) is not None:
            yield from zip(block[0].split(size), block[1].split(size))
