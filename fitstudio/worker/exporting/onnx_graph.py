"""Collects the nodes of an ONNX graph: constants, results by unique names, in the order of work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

from fitstudio.words import say

# Known to every runtime of the last years; what its operators lack is made of those there are.
OPSET = 17
ML_OPSET = 3
IR_VERSION = 8
ROWS = "rows"


class GraphBuilder:
    """A graph that grows node by node; each call gives the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def take(self, name: str, kind: int, shape: Sequence[int]) -> str:
        """One more input of the model.

        Args:
            name: What callers give it by.
            kind: Such as ``onnx.TensorProto.FLOAT``.
            shape: Of one row.
        """
        self.inputs.append(helper.make_tensor_value_info(name, kind, [ROWS, *shape]))
        return name

    def give(self, value: str, name: str, kind: int, shape: Sequence[int]) -> None:
        """One more output of the model: a result under the name that callers ask for."""
        if any(name == each.name for each in self.inputs):
            name = say("predicted {name}", name=name)  # a column of the data is called so
        self.nodes.append(helper.make_node("Identity", [value], [name]))
        self.outputs.append(helper.make_tensor_value_info(name, kind, [ROWS, *shape]))

    def constant(self, values: Any, dtype: Any = np.float32) -> str:
        """An array that stands in the file."""
        name = self._name("constant")
        array = np.ascontiguousarray(np.asarray(values, dtype))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def call(self, operator: str, *taken: str, domain: str = "", **attributes: Any) -> str:
        """A node with one result."""
        return self.calls(operator, *taken, results=1, domain=domain, **attributes)[0]

    def calls(
        self, operator: str, *taken: str, results: int, domain: str = "", **attributes: Any
    ) -> list[str]:
        """A node with several results."""
        names = [self._name(operator.lower()) for _ in range(results)]
        self.nodes.append(
            helper.make_node(operator, list(taken), names, domain=domain or None, **attributes)
        )
        return names

    def model(self, name: str, facts: dict[str, str]) -> onnx.ModelProto:
        """The finished model, checked.

        Args:
            name: Of the graph.
            facts: Texts that are kept with it.
        """
        graph = helper.make_graph(
            self.nodes, name, self.inputs, self.outputs, initializer=self.constants
        )
        made = helper.make_model(
            graph,
            producer_name="FitStudio",
            ir_version=IR_VERSION,
            opset_imports=[
                helper.make_opsetid("", OPSET),
                helper.make_opsetid("ai.onnx.ml", ML_OPSET),
            ],
        )
        helper.set_model_props(made, facts)
        onnx.checker.check_model(made)
        return made

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"fitstudio/{kind}_{self._count}"
