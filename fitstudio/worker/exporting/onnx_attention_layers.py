"""The layers of transformers as nodes of ONNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from fitstudio.declared.plan.layers import LayerPlan
from fitstudio.worker.exporting.onnx_graph import GraphBuilder

_Weights = Mapping[str, np.ndarray]


def _positions(graph: GraphBuilder, _: LayerPlan, own: _Weights, taken: Sequence[str]) -> str:
    return graph.call("Add", taken[0], graph.constant(own["positions"]))


def _self_attention(
    graph: GraphBuilder, layer: LayerPlan, own: _Weights, taken: Sequence[str]
) -> str:
    places, width = layer.input_shape
    heads = layer.settings["heads"]
    # Half of the scale goes into queries and half into keys, so that large products stay small.
    scale = graph.constant(np.float32((width // heads) ** -0.25))
    split = graph.constant([-1, places, heads, width // heads], np.int64)
    weights = np.split(own["asking.weight"], 3)
    biases = np.split(own["asking.bias"], 3)

    def part(number: int, perm: list[int]) -> str:
        value = graph.call("MatMul", taken[0], graph.constant(weights[number].T))
        value = graph.call("Add", value, graph.constant(biases[number]))
        return graph.call("Transpose", graph.call("Reshape", value, split), perm=perm)

    query = graph.call("Mul", part(0, [0, 2, 1, 3]), scale)
    key = graph.call("Mul", part(1, [0, 2, 3, 1]), scale)
    looks = graph.call("Softmax", graph.call("MatMul", query, key), axis=-1)
    seen = graph.call("MatMul", looks, part(2, [0, 2, 1, 3]))
    together = graph.call(
        "Reshape",
        graph.call("Transpose", seen, perm=[0, 2, 1, 3]),
        graph.constant([-1, places, width], np.int64),
    )
    value = graph.call("MatMul", together, graph.constant(own["answering.weight"].T))
    return graph.call("Add", value, graph.constant(own["answering.bias"]))


def _feature_tokens(
    graph: GraphBuilder, layer: LayerPlan, own: _Weights, taken: Sequence[str]
) -> str:
    numbers, categories = layer.settings["numbers"], layer.settings["categories"]

    def picked(places: Sequence[int]) -> str:
        return graph.call("Gather", taken[0], graph.constant(places, np.int64), axis=-1)

    parts: list[str] = []
    if numbers:
        apart = graph.call("Unsqueeze", picked(numbers), graph.constant([2], np.int64))
        parts.append(graph.call("Mul", apart, graph.constant(own["weight"])))
    for number, (first, classes) in enumerate(categories):
        vectors = graph.constant(own[f"vectors.{number}"])
        looked_up = graph.call("MatMul", picked(list(range(first, first + classes))), vectors)
        parts.append(graph.call("Unsqueeze", looked_up, graph.constant([1], np.int64)))
    return graph.call("Add", graph.call("Concat", *parts, axis=1), graph.constant(own["bias"]))


MAKERS: dict[str, Callable[[GraphBuilder, LayerPlan, _Weights, Sequence[str]], str]] = {
    "feature_tokens": _feature_tokens,
    "positions": _positions,
    "self_attention": _self_attention,
}
