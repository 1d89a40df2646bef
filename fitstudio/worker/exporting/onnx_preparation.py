"""Raw values as the network takes them, as nodes of ONNX: what a recipe's columns do to them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from onnx import TensorProto

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.coding.steps import Step
from fitstudio.worker.exporting.onnx_graph import GraphBuilder

_ML = "ai.onnx.ml"


def is_plain(column: RecipeColumn) -> bool:
    """Whether a number is only filled, centred and scaled."""
    return column.role == "number" and not (column.before or column.after or column.indicator)


def scaled(
    graph: GraphBuilder,
    value: str,
    center: Sequence[float],
    scale: Sequence[float],
    gaps: Sequence[float] | None = None,
    *,
    before: Sequence[Step] = (),
    after: Sequence[Step] = (),
) -> str:
    """Numbers prepared in double, as FitStudio does.

    Args:
        graph: Gets the nodes.
        value: The raw numbers.
        center: What is taken off.
        scale: What it is divided by.
        gaps: What stands in for NaN; None for nothing.
        before: What is done first.
        after: What is done last.
    """
    if gaps is not None:
        value = _filled(graph, value, gaps)
    wide = graph.call("Cast", value, to=TensorProto.DOUBLE)
    for step in before:
        wide = _step(graph, wide, step)
    wide = graph.call("Sub", wide, graph.constant(list(center), np.float64))
    wide = graph.call("Div", wide, graph.constant(list(scale), np.float64))
    for step in after:
        wide = _step(graph, wide, step)
    return graph.call("Cast", wide, to=TensorProto.FLOAT)


def prepared_column(graph: GraphBuilder, column: RecipeColumn, *, fill: bool) -> str:
    """One column of single values, taken by its name.

    Args:
        graph: Gets the nodes.
        column: How it is prepared.
        fill: Whether gaps are filled where the column says with what.
    """
    if column.role == "number":
        return _number(graph, column, fill=fill)
    return _category(graph, column, fill=fill)


def _number(graph: GraphBuilder, column: RecipeColumn, *, fill: bool) -> str:
    value = graph.take(column.name, TensorProto.FLOAT, [1])
    gap = column.fill if fill and isinstance(column.fill, float) else None
    made = scaled(
        graph, value, column.center, column.scale, None if gap is None else [gap],
        before=column.before, after=column.after,
    )  # fmt: skip
    if not column.indicator:
        return made
    told = graph.call("Cast", graph.call("IsNaN", value), to=TensorProto.FLOAT)
    return graph.call("Concat", made, told, axis=1)


def _category(graph: GraphBuilder, column: RecipeColumn, *, fill: bool) -> str:
    count = len(column.labels)
    gap = column.labels.index(str(column.fill)) if fill and column.fill in column.labels else -1
    code, missing = _code(graph, column, gap)
    places = graph.constant([list(range(count))], np.int64)
    if column.encoding == "codes":
        shifted = graph.call("Add", code, graph.constant([1], np.int64))
        code = graph.call("Max", shifted, graph.constant([0], np.int64))
        return graph.call("Cast", code, to=TensorProto.FLOAT)
    if column.encoding == "ordinal":
        known = graph.call("Max", code, graph.constant([0], np.int64))
        wide = graph.call("Cast", known, to=TensorProto.DOUBLE)
        wide = graph.call("Div", wide, graph.constant(float(max(1, count - 1)), np.float64))
        made = graph.call("Cast", wide, to=TensorProto.FLOAT)
    else:
        made = graph.call("Cast", graph.call("Equal", code, places), to=TensorProto.FLOAT)
    parts = [made]
    if column.other:
        unknown = graph.call("Less", code, graph.constant([0], np.int64))
        unknown = graph.call("And", unknown, graph.call("Not", missing))
        parts.append(graph.call("Cast", unknown, to=TensorProto.FLOAT))
    if column.indicator:
        parts.append(graph.call("Cast", missing, to=TensorProto.FLOAT))
    return parts[0] if len(parts) == 1 else graph.call("Concat", *parts, axis=1)


def _code(graph: GraphBuilder, column: RecipeColumn, gap: int) -> tuple[str, str]:
    """The number of each row's class, -1 for none of them, and which rows have a gap."""
    if column.numeric_labels:
        value = graph.take(column.name, TensorProto.FLOAT, [1])
        missing = graph.call("IsNaN", value)
        numbers = graph.constant([[float(label) for label in column.labels]])
        same = graph.call("Cast", graph.call("Equal", value, numbers), to=TensorProto.INT64)
        # Of each class its number + 1, of which one at most counts.
        counted = graph.constant([list(range(1, len(column.labels) + 1))], np.int64)
        sums = graph.call("ReduceMax", graph.call("Mul", same, counted), axes=[1], keepdims=1)
        code = graph.call("Sub", sums, graph.constant([1], np.int64))
        if gap >= 0:
            code = graph.call("Where", missing, graph.constant([gap], np.int64), code)
    else:
        value = graph.take(column.name, TensorProto.STRING, [1])
        empty = graph.call(
            "LabelEncoder", value, domain=_ML, keys_strings=[""], values_int64s=[1],
            default_int64=0,
        )  # fmt: skip
        missing = graph.call("Cast", empty, to=TensorProto.BOOL)
        codes = {label: code for code, label in enumerate(column.labels)}
        if gap >= 0:
            codes.setdefault("", gap)
        code = graph.call(
            "LabelEncoder", value, domain=_ML, keys_strings=list(codes),
            values_int64s=list(codes.values()), default_int64=-1,
        )  # fmt: skip
    if column.encoding == "ordinal":
        missing = graph.call("Less", code, graph.constant([0], np.int64))
    return code, missing


def _filled(graph: GraphBuilder, value: str, gaps: Sequence[float]) -> str:
    return graph.call("Where", graph.call("IsNaN", value), graph.constant(list(gaps)), value)


def _step(graph: GraphBuilder, value: str, step: Step) -> str:
    def number(each: float) -> str:
        return graph.constant(each, np.float64)

    def signed_log(of: str) -> str:
        size = graph.call("Log", graph.call("Add", graph.call("Abs", of), number(1.0)))
        return graph.call("Mul", graph.call("Sign", of), size)

    match step.kind:
        case "smooth_clip":
            share = graph.call("Div", value, number(step.numbers[0]))
            length = graph.call("Add", graph.call("Mul", share, share), number(1.0))
            return graph.call("Div", value, graph.call("Sqrt", length))
        case "clip":
            low, high = step.numbers
            return graph.call("Min", graph.call("Max", value, number(low)), number(high))
        case "signed_log":
            return signed_log(value)
        case "log":
            return graph.call("Log", graph.call("Max", value, number(step.numbers[0])))
        case "yeo_johnson":
            return _yeo_johnson(graph, value, step.numbers[0])
        case "periodic":
            period = step.numbers[0]
            turns = graph.call("Mod", value, number(period), fmod=1)
            turns = graph.call("Mul", turns, number(2.0 * math.pi / period))
            # ONNX's runtimes have no sine of doubles everywhere.
            narrow = graph.call("Cast", turns, to=TensorProto.FLOAT)
            waves = graph.call(
                "Concat", graph.call("Sin", narrow), graph.call("Cos", narrow), axis=1
            )
            return graph.call("Cast", waves, to=TensorProto.DOUBLE)
    raise NotImplementedError(f"ONNX has nothing for the step {step.kind!r}.")


def _yeo_johnson(graph: GraphBuilder, value: str, power: float) -> str:
    zero, one = graph.constant(0.0, np.float64), graph.constant(1.0, np.float64)
    sides: list[str] = []
    for part, exponent in (
        (graph.call("Max", value, zero), power),
        (graph.call("Neg", graph.call("Min", value, zero)), 2.0 - power),
    ):
        logs = graph.call("Log", graph.call("Add", part, one))
        if abs(exponent) >= 1e-12:
            wide = graph.constant(exponent, np.float64)
            raised = graph.call("Exp", graph.call("Mul", logs, wide))
            logs = graph.call("Div", graph.call("Sub", raised, one), wide)
        sides.append(logs)
    return graph.call("Sub", *sides)
