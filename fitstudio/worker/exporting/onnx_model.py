"""A trained model as one ONNX file that takes raw values and answers in the data's own terms.

Inputs: where all are single numbers that are only filled and scaled, one matrix ``inputs`` (rows,
columns) of floats, in the order that the file's ``columns`` tells; else one input for each column,
by its name: numbers as floats (rows, 1), categories that are words as strings (rows, 1), arrays as
floats (rows, …). A gap is NaN, or an empty string.

Outputs: for classes first ``probabilities`` (rows, classes), then ``class``, the likeliest one's
name; for numbers ``answer`` (rows, targets), in their own units.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.worker.exporting.onnx_graph import GraphBuilder
from fitstudio.worker.exporting.onnx_layers import add_layers
from fitstudio.worker.exporting.onnx_preparation import is_plain, prepared_column, scaled
from fitstudio.worker.saving.model_card import BirthCertificate

MATRIX = "inputs"
PROBABILITIES, CLASS, ANSWER = "probabilities", "class", "answer"
_ML = "ai.onnx.ml"


def make_onnx(
    certificate: BirthCertificate, weights: Mapping[str, np.ndarray], facts: Mapping[str, Any]
) -> onnx.ModelProto:
    """The model.

    Args:
        certificate: What it is.
        weights: By their names in checkpoints.
        facts: What is kept with it, as JSON.
    """
    graph = GraphBuilder()
    recipe, plan = certificate.recipe, certificate.plan
    prepared = _prepare(graph, recipe)
    (answer,) = add_layers(graph, plan, weights, {next(iter(plan.inputs)): prepared})
    if recipe.output.class_column is not None:
        width = plan.output_shape[-1]
        _give_classes(
            graph,
            recipe.output.class_column,
            answer,
            width,
            logits=certificate.answers_logits,
            decision=facts.get("decision"),
        )
    else:
        _give_numbers(graph, recipe.output.columns, answer, plan.output_shape)
    described = {
        "fitstudio": json.dumps(facts, ensure_ascii=False),
        "columns": json.dumps([column.name for column in recipe.input.columns], ensure_ascii=False),
    }
    return graph.model(str(facts.get("run", "model")), described)


def takes_matrix(recipe: Recipe) -> bool:
    """Whether all inputs are single numbers of one sort, side by side in one matrix."""
    return all(map(is_plain, recipe.input.columns))


def _prepare(graph: GraphBuilder, recipe: Recipe) -> str:
    """Raw values as the network takes them."""
    columns, fill = recipe.input.columns, recipe.missing == "fill"
    if takes_matrix(recipe):
        value = graph.take(MATRIX, TensorProto.FLOAT, [len(columns)])
        center = [column.center[0] for column in columns]
        scale = [column.scale[0] for column in columns]
        gaps = [column.fill if isinstance(column.fill, float) else np.nan for column in columns]
        return scaled(graph, value, center, scale, gaps if fill else None)
    if columns[0].role == "array":
        parts = [
            scaled(graph, graph.take(each.name, TensorProto.FLOAT, each.shape), each.center,
                   each.scale, before=each.before, after=each.after)
            for each in columns
        ]  # fmt: skip
        if len(parts) == 1:
            return parts[0]
        last = graph.constant([-1], np.int64)
        return graph.call(
            "Concat", *(graph.call("Unsqueeze", part, last) for part in parts), axis=-1
        )
    return graph.call(
        "Concat", *(prepared_column(graph, column, fill=fill) for column in columns), axis=1
    )


def _give_classes(
    graph: GraphBuilder,
    column: RecipeColumn,
    value: str,
    width: int,
    *,
    logits: bool,
    decision: Mapping[str, Any] | None,
) -> None:
    count = len(column.labels)
    if width == 1:  # how likely the second of two is
        yes = graph.call("Sigmoid", value) if logits else value
        no = graph.call("Sub", graph.constant(1.0), yes)
        value = graph.call("Concat", no, yes, axis=1)
    elif logits:
        value = graph.call("Softmax", value, axis=-1)
    graph.give(value, PROBABILITIES, TensorProto.FLOAT, [count])
    said = graph.call("ArgMax", value, axis=1, keepdims=0)
    if decision is not None:
        place = column.labels.index(decision["class"])
        chance = graph.call("Gather", value, graph.constant([place], np.int64), axis=1)
        chance = graph.call("Squeeze", chance, graph.constant([1], np.int64))
        is_said = graph.call("GreaterOrEqual", chance, graph.constant(decision["threshold"]))
        both = (graph.constant(place, np.int64), graph.constant(1 - place, np.int64))
        said = graph.call("Where", is_said, *both)
    name = graph.call(
        "LabelEncoder",
        said,
        domain=_ML,
        keys_int64s=list(range(count)),
        values_strings=list(column.labels),
    )
    graph.give(name, CLASS, TensorProto.STRING, [])


def _give_numbers(
    graph: GraphBuilder,
    targets: Sequence[RecipeColumn],
    answer: str,
    shape: Sequence[int],
) -> None:
    arrays = [target for target in targets if target.shape]
    if arrays:
        scale, center = arrays[0].scale, arrays[0].center
    else:
        scale = [target.scale[0] for target in targets]
        center = [target.center[0] for target in targets]
    wide = graph.call("Cast", answer, to=TensorProto.DOUBLE)
    wide = graph.call("Mul", wide, graph.constant(list(scale), np.float64))
    wide = graph.call("Add", wide, graph.constant(list(center), np.float64))
    graph.give(graph.call("Cast", wide, to=TensorProto.FLOAT), ANSWER, TensorProto.FLOAT, shape)
