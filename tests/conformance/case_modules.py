"""Builds the torch module that a case describes, with the reference's weights."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

Listener = Callable[[Tensor], None]

ACTIVATIONS: dict[str | None, Callable[[Tensor], Tensor]] = {
    None: nn.Identity(),
    "linear": nn.Identity(),
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "softplus": nn.Softplus(),
    "softmax": nn.Softmax(dim=-1),
}


class Dense(nn.Module):
    parts = ("kernel", "bias")

    def __init__(self, layer: dict[str, Any], weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        frozen = not layer.get("trainable", True)
        self.kernel = nn.Parameter(torch.tensor(weights["kernel"]), requires_grad=not frozen)
        self.bias = None
        if layer.get("bias", True):
            self.bias = nn.Parameter(torch.tensor(weights["bias"]), requires_grad=not frozen)
        self.activation = ACTIVATIONS[layer.get("activation")]
        self.penalties = (layer.get("l1") or 0.0, layer.get("l2") or 0.0)

    def forward(self, x: Tensor) -> Tensor:
        product = x @ self.kernel
        return self.activation(product if self.bias is None else product + self.bias)

    def penalty(self) -> Tensor:
        l1, l2 = self.penalties
        return l1 * self.kernel.abs().sum() + l2 * (self.kernel * self.kernel).sum()


class BatchNormalisation(nn.Module):
    parts = ("gamma", "beta", "moving_mean", "moving_variance")

    def __init__(self, layer: dict[str, Any], weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.tensor(weights["gamma"]))
        self.beta = nn.Parameter(torch.tensor(weights["beta"]))
        self.register_buffer("moving_mean", torch.tensor(weights["moving_mean"]))
        self.register_buffer("moving_variance", torch.tensor(weights["moving_variance"]))
        self.momentum, self.epsilon = layer["momentum"], layer["epsilon"]

    def forward(self, x: Tensor) -> Tensor:
        mean, variance = self.moving_mean, self.moving_variance
        if self.training:
            flat = x.reshape(-1, x.shape[-1])
            mean = flat.mean(0)
            variance = flat.var(0, correction=0)
            with torch.no_grad():
                self.moving_mean.lerp_(mean, 1 - self.momentum)
                self.moving_variance.lerp_(variance, 1 - self.momentum)
        return (x - mean) * torch.rsqrt(variance + self.epsilon) * self.gamma + self.beta


class Embedding(nn.Module):
    parts = ("table",)

    def __init__(self, layer: dict[str, Any], weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.tensor(weights["table"]))

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.embedding(x, self.table)


class TrainScale(nn.Module):
    """Shows in which mode a pass ran."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        return self.factor * x if self.training else x


class RowProbe(nn.Module):
    """Tells which rows a pass saw: their numbers are in column 0."""

    def __init__(self, listener: Listener) -> None:
        super().__init__()
        self.listener = listener

    def forward(self, x: Tensor) -> Tensor:
        self.listener(x[:, 0])
        return x[:, 1:]


class Together(nn.Module):
    def __init__(self, how: Callable[[list[Tensor]], Tensor]) -> None:
        super().__init__()
        self.how = how

    def forward(self, *parts: Tensor) -> Tensor:
        return self.how(list(parts))


class Reshape(nn.Module):
    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), *self.shape)


class Network(nn.Module):
    """The layers of a case; ``forward`` has the inputs' names as parameters."""

    def __init__(
        self, spec: dict[str, Any], weights: dict[str, np.ndarray], listener: Listener
    ) -> None:
        super().__init__()
        self.spec = spec
        self.layers = nn.ModuleDict(
            {layer["name"]: _make(layer, weights, listener) for layer in spec["layers"]}
        )
        names = [each["name"] for each in spec["inputs"]]

        def forward(*inputs: Tensor) -> Any:
            return self.compute(dict(zip(names, inputs, strict=True)))

        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        forward.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(name, kind) for name in names]
        )
        self.forward = forward

    def compute(self, values: dict[str, Tensor]) -> Any:
        for each in self.spec["inputs"]:
            wanted = getattr(torch, each["dtype"])
            given = values[each["name"]]
            if wanted.is_floating_point and not given.is_floating_point():
                given = given.to(wanted)  # a torch module cannot say which type it wants
            if each["shape"] == [1] and given.ndim == 1:
                given = given.unsqueeze(1)
            values[each["name"]] = given
        for layer in self.spec["layers"]:
            parts = [values[name] for name in layer["in"]]
            values[layer["name"]] = self.layers[layer["name"]](*parts)
        outputs = {name: values[name] for name in self.spec["outputs"]["names"]}
        match self.spec["outputs"]["form"]:
            case "single":
                return next(iter(outputs.values()))
            case "list":
                return tuple(outputs.values())
            case _:
                return outputs

    def reference_weights(self) -> dict[str, np.ndarray]:
        """The weights by the reference's names."""
        return {
            f"{name}.{part}": getattr(layer, part).detach().cpu().numpy()
            for name, layer in self.layers.items()
            for part in getattr(layer, "parts", ())
            if getattr(layer, part) is not None
        }


class PenalisedNetwork(Network):
    def regularization_loss(self) -> Tensor:
        dense = [layer for layer in self.layers.values() if isinstance(layer, Dense)]
        return torch.stack([layer.penalty() for layer in dense]).sum()


def build(
    spec: dict[str, Any],
    weights: dict[str, np.ndarray],
    listener: Listener = lambda rows: None,
) -> Network:
    """The case's module with its initial weights."""
    penalised = any(layer.get("l1") or layer.get("l2") for layer in spec["layers"])
    return (PenalisedNetwork if penalised else Network)(spec, weights, listener)


def _make(layer: dict[str, Any], weights: dict[str, np.ndarray], listener: Listener) -> nn.Module:
    own = {
        name.partition(".")[2]: value
        for name, value in weights.items()
        if name.partition(".")[0] == layer["name"]
    }
    match layer["op"]:
        case "dense":
            return Dense(layer, own)
        case "batchnorm":
            return BatchNormalisation(layer, own)
        case "embedding":
            return Embedding(layer, own)
        case "activation":
            return Together(lambda parts: ACTIVATIONS[layer["activation"]](parts[0]))
        case "flatten":
            return nn.Flatten()
        case "reshape":
            return Reshape(layer["shape"])
        case "concat":
            return Together(lambda parts: torch.cat(parts, -1))
        case "add":
            return Together(lambda parts: torch.stack(parts).sum(0))
        case "dropout":
            return nn.Dropout(layer["rate"])
        case "train_scale":
            return TrainScale(layer["factor"])
        case "row_probe":
            return RowProbe(listener)
        case unknown:
            raise ValueError(f"unknown layer {unknown!r}")
