"""Each layer of a plan as nodes of ONNX, with the weights that training found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from fitstudio.declared.plan.layers import LayerPlan
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.worker.exporting import onnx_attention_layers, onnx_table_layers
from fitstudio.worker.exporting.onnx_activations import activate
from fitstudio.worker.exporting.onnx_graph import GraphBuilder

Weights = Mapping[str, np.ndarray]


def add_layers(
    graph: GraphBuilder, plan: ModelPlan, weights: Weights, inputs: Mapping[str, str]
) -> list[str]:
    """The layers of a plan behind prepared inputs; gives the names of the model's answers.

    Args:
        graph: Gets the nodes.
        plan: The model.
        weights: By their names in checkpoints, such as ``dense_1.layer.weight``.
        inputs: The prepared value of each input, by its name in the plan.
    """
    values = dict(inputs)
    for layer in plan.layers:
        taken = [values[name] for name in layer.inputs]
        own = {
            name.removeprefix(f"{layer.name}."): array
            for name, array in weights.items()
            if name.startswith(f"{layer.name}.")
        }
        values[layer.name] = _MAKERS[layer.op](graph, layer, own, taken)
    return [values[name] for name in plan.outputs]


def _reshape(graph: GraphBuilder, layer: LayerPlan, _: Weights, taken: Sequence[str]) -> str:
    shape = graph.constant([-1, *layer.output_shape], np.int64)
    return graph.call("Reshape", taken[0], shape)


def _dense(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    value = graph.call("MatMul", taken[0], graph.constant(own["layer.weight"].T))
    if "layer.bias" in own:
        value = graph.call("Add", value, graph.constant(own["layer.bias"]))
    return activate(graph, value, layer.settings["activation"])


def _convolution(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    axes = len(layer.settings["kernel_size"])
    kernel = own["layer.convolution.weight"]
    arrays = [kernel.reshape(*kernel.shape[:2], *kernel.shape[-axes:])]
    if "layer.convolution.bias" in own:
        arrays.append(own["layer.convolution.bias"])
    value = graph.call(
        "Conv",
        _channels_first(graph, taken[0], axes),
        *(graph.constant(array) for array in arrays),
        kernel_shape=list(layer.settings["kernel_size"]),
        strides=list(layer.settings["strides"]),
        pads=_padding(layer, layer.settings["kernel_size"]),
        dilations=[layer.settings.get("dilation", 1)] * axes,
    )
    return activate(graph, _channels_last(graph, value, axes), layer.settings["activation"])


def _max_pooling(graph: GraphBuilder, layer: LayerPlan, _: Weights, taken: Sequence[str]) -> str:
    axes = len(layer.settings["pool_size"])
    value = graph.call(
        "MaxPool",
        _channels_first(graph, taken[0], axes),
        kernel_shape=list(layer.settings["pool_size"]),
        strides=list(layer.settings["strides"]),
        pads=_padding(layer, layer.settings["pool_size"]),
    )
    return _channels_last(graph, value, axes)


def _global_pooling(graph: GraphBuilder, layer: LayerPlan, _: Weights, taken: Sequence[str]) -> str:
    operator = "ReduceMax" if "max" in layer.op else "ReduceMean"
    axes = list(range(1, len(layer.input_shape)))
    return graph.call(operator, taken[0], axes=axes, keepdims=0)


def _batch_norm(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    variance = own["moving_variance"].astype(np.float64) + layer.settings["epsilon"]
    scale = own["gamma"] / np.sqrt(variance)
    shift = own["beta"] - own["moving_mean"] * scale
    value = graph.call("Mul", taken[0], graph.constant(scale))
    return graph.call("Add", value, graph.constant(shift))


# Torch's order of the gates in ONNX's: input, output, forget, cell; update, reset, new.
_GATES = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2)}


def _recurrent(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    units, both = layer.settings["units"], layer.settings["bidirectional"]
    ends = ["", "_reverse"] if both else [""]

    def gates(name: str, end: str) -> np.ndarray:
        parts = np.split(own[f"cell.{name}_l0{end}"], len(_GATES[layer.op]))
        return np.concatenate([parts[place] for place in _GATES[layer.op]])

    arrays = (
        np.stack([gates("weight_ih", end) for end in ends]),
        np.stack([gates("weight_hh", end) for end in ends]),
        np.stack([np.concatenate([gates("bias_ih", end), gates("bias_hh", end)]) for end in ends]),
    )
    more: dict[str, Any] = {"linear_before_reset": 1} if layer.op == "gru" else {}
    every, last = graph.calls(
        layer.op.upper(),
        graph.call("Transpose", taken[0], perm=[1, 0, 2]),
        *(graph.constant(array) for array in arrays),
        results=2,
        hidden_size=units,
        direction="bidirectional" if both else "forward",
        **more,
    )
    if layer.settings["return_sequences"]:
        value = graph.call("Transpose", every, perm=[2, 0, 1, 3])
    else:
        value = graph.call("Transpose", last, perm=[1, 0, 2])
    return graph.call("Reshape", value, graph.constant([-1, *layer.output_shape], np.int64))


def _channels_first(graph: GraphBuilder, value: str, axes: int) -> str:
    return graph.call("Transpose", value, perm=[0, axes + 1, *range(1, axes + 1)])


def _channels_last(graph: GraphBuilder, value: str, axes: int) -> str:
    return graph.call("Transpose", value, perm=[0, *range(2, axes + 2), 1])


def _padding(layer: LayerPlan, window: Sequence[int]) -> list[int]:
    """Places before each axis, then behind each; an odd one goes behind, as in Keras."""
    step = layer.settings.get("dilation", 1)
    window = [(size - 1) * step + 1 for size in window]
    if layer.settings["padding"] == "causal":
        return [window[0] - 1, 0]
    if layer.settings["padding"] != "same":
        return [0] * (2 * len(window))
    sizes = layer.input_shape[:-1]
    before, behind = [], []
    for length, size, stride in zip(sizes, window, layer.settings["strides"], strict=True):
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        before.append(total // 2)
        behind.append(total - total // 2)
    return before + behind


_MAKERS: dict[str, Callable[[GraphBuilder, LayerPlan, Weights, Sequence[str]], str]] = {
    "reshape": _reshape,
    "flatten": _reshape,
    "dense": _dense,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "batch_norm": _batch_norm,
    "activation": lambda graph, layer, _, taken: activate(
        graph, taken[0], layer.settings["activation"]
    ),
    "dropout": lambda _graph, _layer, _, taken: taken[0],
    "max_pool1d": _max_pooling,
    "max_pool2d": _max_pooling,
    "global_max_pool1d": _global_pooling,
    "global_max_pool2d": _global_pooling,
    "global_average_pool1d": _global_pooling,
    "global_average_pool2d": _global_pooling,
    "lstm": _recurrent,
    "gru": _recurrent,
    **onnx_table_layers.MAKERS,
    **onnx_attention_layers.MAKERS,
    "concatenate": lambda graph, _layer, _, taken: graph.call("Concat", *taken, axis=-1),
    "add": lambda graph, _layer, _, taken: graph.call("Sum", *taken),
}
OPERATIONS = frozenset(_MAKERS)
