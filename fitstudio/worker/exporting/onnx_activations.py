"""The functions of single numbers as nodes of ONNX."""

from __future__ import annotations

import math

from fitstudio.worker.exporting.onnx_graph import GraphBuilder


def activate(graph: GraphBuilder, value: str, name: str | None) -> str:
    """A function of each number; softmax over the last axis."""
    match name:
        case None | "linear":
            return value
        case "leaky_relu":
            return graph.call("LeakyRelu", value, alpha=0.2)
        case "hard_sigmoid":
            return graph.call("HardSigmoid", value, alpha=1 / 6, beta=0.5)
        case "silu" | "swish":
            return graph.call("Mul", value, graph.call("Sigmoid", value))
        case "mish":
            return graph.call("Mul", value, graph.call("Tanh", graph.call("Softplus", value)))
        case "gelu":
            part = graph.call("Mul", value, graph.constant(1 / math.sqrt(2)))
            share = graph.call("Add", graph.call("Erf", part), graph.constant(1.0))
            return graph.call("Mul", graph.call("Mul", value, share), graph.constant(0.5))
        case "softmax":
            return graph.call("Softmax", value, axis=-1)
        case _:
            return graph.call(_PLAIN[name], value)


_PLAIN = {
    "relu": "Relu",
    "elu": "Elu",
    "selu": "Selu",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "exponential": "Exp",
}
