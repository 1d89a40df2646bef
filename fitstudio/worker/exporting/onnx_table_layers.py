"""The layers of models made for tables as nodes of ONNX."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from onnx import TensorProto

from fitstudio.declared.plan.layers import LayerPlan
from fitstudio.worker.exporting.onnx_activations import activate
from fitstudio.worker.exporting.onnx_graph import GraphBuilder

Weights = Mapping[str, np.ndarray]


def _table_embedding(
    graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]
) -> str:
    settings = layer.settings
    numbers, categories, pace = settings["numbers"], settings["categories"], settings["pace"]
    inside = {place for first, size in categories for place in range(first, first + size)}
    width = layer.input_shape[-1]
    plain = [place for place in range(width) if place not in inside and place not in set(numbers)]
    parts: list[str] = []
    if plain:
        parts.append(_picked(graph, taken[0], plain))
    if numbers:
        column = graph.call(
            "Reshape",
            _picked(graph, taken[0], numbers),
            graph.constant([-1, len(numbers), 1], np.int64),
        )
        turns = graph.call("Mul", column, graph.constant(own["frequency"] * (2 * math.pi * pace)))
        waves = graph.call("Cos", graph.call("Add", turns, graph.constant(own["phase"] * pace)))
        # (rows, numbers, 1, frequencies) by (numbers, frequencies, learned)
        apart = graph.call("Unsqueeze", waves, graph.constant([2], np.int64))
        learned = graph.call(
            "Squeeze",
            graph.call("MatMul", apart, graph.constant(own["weight"] * pace)),
            graph.constant([2], np.int64),
        )
        learned = graph.call("Add", learned, graph.constant(own["bias"] * pace))
        both = graph.call("Concat", column, learned, axis=-1)
        together = graph.constant([-1, len(numbers) * settings["width"]], np.int64)
        parts.append(graph.call("Reshape", both, together))
    for number, (first, size) in enumerate(categories):
        picked = _picked(graph, taken[0], list(range(first, first + size)))
        parts.append(graph.call("MatMul", picked, graph.constant(own[f"vectors.{number}"])))
    return graph.call("Concat", *parts, axis=-1)


def _picked(graph: GraphBuilder, value: str, places: Sequence[int]) -> str:
    return graph.call("Gather", value, graph.constant(places, np.int64), axis=1)


def _feature_scale(
    graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]
) -> str:
    return graph.call("Mul", taken[0], graph.constant(own["factor"] * layer.settings["pace"]))


def _scaled_dense(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    pace = layer.settings["pace"]
    kernel = own["weight"].T * (pace / math.sqrt(layer.input_shape[-1]))
    value = graph.call("MatMul", taken[0], graph.constant(kernel))
    value = graph.call("Add", value, graph.constant(own["bias"] * (pace / 10.0)))
    return activate(graph, value, layer.settings["activation"])


def _parametric_activation(
    graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]
) -> str:
    share = own["away"] * (layer.settings["pace"] / 10.0) + 1.0
    bent = activate(graph, taken[0], layer.settings["activation"])
    change = graph.call("Mul", graph.call("Sub", bent, taken[0]), graph.constant(share))
    return graph.call("Add", taken[0], change)


def _layer_norm(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    return graph.call(
        "LayerNormalization",
        taken[0],
        graph.constant(own["weight"]),
        graph.constant(own["bias"]),
        axis=-1,
        epsilon=layer.settings["epsilon"],
    )


def _members(graph: GraphBuilder, _: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    each = graph.call("Unsqueeze", taken[0], graph.constant([1], np.int64))
    return graph.call("Mul", each, graph.constant(own["factor"]))


def _member_dense(graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]) -> str:
    value = graph.call("Mul", taken[0], graph.constant(own["going_in"]))
    value = graph.call("MatMul", value, graph.constant(own["weight"].T))
    value = graph.call("Mul", value, graph.constant(own["coming_out"]))
    value = graph.call("Add", value, graph.constant(own["bias"]))
    return activate(graph, value, layer.settings["activation"])


def _member_output(
    graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]
) -> str:
    # (rows, members, 1, inputs) by (members, inputs, units)
    apart = graph.call("Unsqueeze", taken[0], graph.constant([2], np.int64))
    value = graph.call(
        "Squeeze",
        graph.call("MatMul", apart, graph.constant(own["weight"])),
        graph.constant([2], np.int64),
    )
    value = graph.call("Add", value, graph.constant(own["bias"]))
    answers = activate(graph, value, layer.settings["activation"])
    return graph.call("ReduceMean", answers, axes=[1], keepdims=0)


def _code_embedding(
    graph: GraphBuilder, layer: LayerPlan, own: Weights, taken: Sequence[str]
) -> str:
    codes_at = {place: (number, codes) for number, (place, codes, _) in enumerate(
        layer.settings["columns"]
    )}  # fmt: skip
    parts: list[str] = []
    for place in range(layer.input_shape[-1]):
        picked = _picked(graph, taken[0], [place])
        if place in codes_at:
            number, codes = codes_at[place]
            flat = graph.call("Reshape", picked, graph.constant([-1], np.int64))
            flat = graph.call(
                "Clip", graph.call("Round", flat), graph.constant(0.0), graph.constant(codes - 1.0)
            )
            code = graph.call("Cast", flat, to=TensorProto.INT64)
            picked = graph.call("Gather", graph.constant(own[f"vectors.{number}"]), code, axis=0)
        parts.append(picked)
    return graph.call("Concat", *parts, axis=-1)


MAKERS: dict[str, Callable[[GraphBuilder, LayerPlan, Weights, Sequence[str]], str]] = {
    "code_embedding": _code_embedding,
    "table_embedding": _table_embedding,
    "feature_scale": _feature_scale,
    "scaled_dense": _scaled_dense,
    "parametric_activation": _parametric_activation,
    "layer_norm": _layer_norm,
    "members": _members,
    "member_dense": _member_dense,
    "member_output": _member_output,
}
