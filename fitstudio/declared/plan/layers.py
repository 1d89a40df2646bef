"""The layers of a planned model as plain data: what each takes and does, its shapes, its cost.

They are the nodes of a graph: each names the layers whose answers it takes, and most take one.

A plan speaks the reference's channels-last: shapes leave out the rows, an image is (height, width,
channels) and a signal (steps, channels). The engine builds its modules from exactly these
operations, and a test compares the number of weights:

- ``reshape {shape}``: the same numbers in another shape
- ``flatten``: the same numbers in one row
- ``dense {units, activation, use_bias}``: x @ kernel + bias over the last axis, then the activation
- ``conv1d {filters, kernel_size, strides, padding, activation, use_bias}``: over the steps; with
  ``dilation`` its points lie so far apart
- ``conv2d``: the same over height and width
- ``batch_norm {momentum, epsilon}``: Keras's batch normalisation over the last axis
- ``activation {activation}``: a function of each number (softmax: over the last axis)
- ``dropout {rate}``: drops numbers at random in training and scales the others up
- ``max_pool1d {pool_size, strides, padding}``, ``max_pool2d``: the largest of each window
- ``global_max_pool1d``, ``global_max_pool2d``: the largest of each channel over all places
- ``global_average_pool1d``, ``global_average_pool2d``: the mean of each channel over all places
- ``lstm {units, return_sequences, bidirectional}``: Keras's LSTM over the steps
- ``gru``: the same for Keras's GRU with ``reset_after``
- ``table_embedding``, ``feature_scale``, ``scaled_dense``, ``parametric_activation``,
  ``layer_norm``, ``members``, ``member_dense``, ``member_output``: the layers of models made for
  tables, see `fitstudio.declared.plan.table_layers`
- ``code_embedding``: what is learned for the codes of classes, see
  `fitstudio.declared.plan.code_layers`
- ``self_attention``, ``positions``: the layers of transformers, see
  `fitstudio.declared.plan.attention_layers`
- ``concatenate``: what several layers answer, side by side along the last axis
- ``add``: the sum of what several layers answer

``kernel_size``, ``strides`` and ``pool_size`` are lists with one number for each axis; ``padding``
is "same", "valid" or, over steps, "causal" (nothing sees what comes later); an activation is a name
of `fitstudio.declared.catalogue.models` or "softmax", and "linear" does nothing. Both directions of
a recurrent layer are concatenated, so that its output is twice as wide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitstudio.declared.task.dataset_summary import Shape
from fitstudio.storage.checked import Plain
from fitstudio.words import say

# What the input of a model with one input is called in its graph.
INPUT = "input"


@dataclass(frozen=True)
class LayerPlan(Plain):
    """One layer, which is one node of the graph.

    Args:
        name: Unique in the plan, such as ``"dense_1"``; weights carry it in checkpoints.
        op: What it computes, see the table above.
        settings: By name, plain JSON data.
        input_shape: Without the rows; of the first input, where there are several.
        output_shape: Without the rows.
        parameters: How many numbers it learns.
        flops: Multiplications and additions for one row, forward.
        state: Numbers that it keeps but does not learn (moving means).
        inputs: The names of the layers, or of the model's inputs, that it takes.
    """

    name: str
    op: str
    settings: Mapping[str, Any]
    input_shape: Shape
    output_shape: Shape
    parameters: int = 0
    flops: int = 0
    state: int = 0
    inputs: tuple[str, ...] = ()


class ShapeError(ValueError):
    """A layer cannot take what the layer before it gives; the message is for a person."""

    def __init__(self, sentence: str, setting: str) -> None:
        super().__init__(sentence)
        self.setting = setting


@dataclass
class Planner:
    """Puts layers behind each other: each method adds one and works out shape, weights and cost.

    Args:
        shape: Of one row, where the next layer goes; at first of the model's input.
        layers: Those there are, in the order in which rows go through them.
        place: The layer, or the input, behind which the next layer goes.
    """

    shape: Shape
    layers: list[LayerPlan] = field(default_factory=list)
    place: str = INPUT
    inputs: dict[str, Shape] = field(init=False)

    def __post_init__(self) -> None:
        self.inputs = {self.place: self.shape}

    def take_input(self, name: str, shape: Shape) -> None:
        """One more input of the model, behind which the next layer goes."""
        self.inputs[name] = shape
        self.go_to(name)

    def go_to(self, name: str) -> None:
        """The next layer goes behind this one, or behind this input: the graph branches."""
        self.place, self.shape = name, self._shape_of(name)

    def concatenate(self, *names: str) -> None:
        """Puts what layers answer side by side, along the last axis."""
        shapes = [self._shape_of(name) for name in names]
        if len({shape[:-1] for shape in shapes}) != 1:
            raise ShapeError(
                say("{shapes} cannot stand side by side.", shapes=_shapes(shapes)), "kind"
            )
        width = sum(shape[-1] for shape in shapes)
        self.append("concatenate", {}, (*shapes[0][:-1], width), inputs=names)

    def add(self, *names: str) -> None:
        """Adds up what layers answer."""
        shapes = [self._shape_of(name) for name in names]
        if len(set(shapes)) != 1:
            raise ShapeError(say("{shapes} cannot be added up.", shapes=_shapes(shapes)), "kind")
        flops = (len(shapes) - 1) * math.prod(shapes[0])
        self.append("add", {}, shapes[0], inputs=names, flops=flops)

    def reshape(self, *shape: int) -> None:
        """The same numbers in another shape."""
        if shape != self.shape:
            self.append("reshape", {"shape": list(shape)}, shape)

    def flatten(self) -> None:
        """The same numbers in one row."""
        if len(self.shape) != 1:
            self.append("flatten", {}, (math.prod(self.shape),))

    def dense(self, units: int, activation: str = "linear", *, name: str | None = None) -> None:
        """A dense layer over the last axis, followed by its activation."""
        inputs = self.shape[-1]
        places = math.prod(self.shape[:-1])
        self.append(
            "dense",
            {"units": units, "activation": activation, "use_bias": True},
            (*self.shape[:-1], units),
            parameters=inputs * units + units,
            flops=2 * places * inputs * units,
            name=name,
        )

    def activation(self, activation: str) -> None:
        """A function of each number."""
        if activation != "linear":
            self.append("activation", {"activation": activation}, self.shape)

    def dropout(self, rate: float) -> None:
        """Drops numbers at random in training."""
        if rate > 0:
            self.append("dropout", {"rate": float(rate)}, self.shape)

    def batch_norm(self) -> None:
        """Keras's batch normalisation over the last axis."""
        channels = self.shape[-1]
        self.append(
            "batch_norm",
            {"momentum": 0.99, "epsilon": 0.001},
            self.shape,
            parameters=2 * channels,
            flops=2 * math.prod(self.shape),
            state=2 * channels,
        )

    def convolution(
        self,
        filters: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: str = "same",
        activation: str = "linear",
        dilation: int = 1,
    ) -> None:
        """A convolution over all axes but the last, followed by its activation.

        Raises:
            ShapeError: If its windows are larger than what is left.
        """
        axes, channels = len(self.shape) - 1, self.shape[-1]
        if padding == "valid" and min(self.shape[:-1]) < kernel:
            raise ShapeError(
                say(
                    "Filters of {kernel} points do not fit into the {shape} that are left "
                    "before convolution {number}.",
                    kernel=kernel,
                    shape=_size(self.shape[:-1]),
                    number=self._number(f"conv{axes}d"),
                ),
                "kernel_size",
            )
        places = self._windows(kernel, stride, padding)
        weights = kernel**axes * channels * filters
        self.append(
            f"conv{axes}d",
            {
                "filters": filters,
                "kernel_size": [kernel] * axes,
                "strides": [stride] * axes,
                "padding": padding,
                "activation": activation,
                "use_bias": True,
                **({"dilation": dilation} if dilation > 1 else {}),
            },
            (*places, filters),
            parameters=weights + filters,
            flops=2 * math.prod(places) * weights,
        )

    def maxpool_around(self, size: int) -> None:
        """The largest of each place and its neighbours: the shape stays."""
        axes = len(self.shape) - 1
        self.append(
            f"max_pool{axes}d",
            {"pool_size": [size] * axes, "strides": [1] * axes, "padding": "same"},
            self.shape,
        )

    def maxpool(self, size: int) -> None:
        """The largest of each window; nothing where windows hold one place."""
        axes = len(self.shape) - 1
        if size == 1:
            return
        if min(self.shape[:-1]) < size:
            raise ShapeError(
                say(
                    "Pooling by {size} leaves nothing of the {shape} after convolution {number}.",
                    size=size,
                    shape=_size(self.shape[:-1]),
                    number=self._number(f"conv{axes}d") - 1,
                ),
                "pool",
            )
        self.append(
            f"max_pool{axes}d",
            {"pool_size": [size] * axes, "strides": [size] * axes, "padding": "valid"},
            (*self._windows(size, size, "valid"), self.shape[-1]),
        )

    def global_pool(self, how: str) -> None:
        """The largest ("max") or the mean ("average") of each channel over all places."""
        axes = len(self.shape) - 1
        self.append(f"global_{how}_pool{axes}d", {}, (self.shape[-1],))

    def recurrent(
        self, cell: str, units: int, *, return_sequences: bool, bidirectional: bool
    ) -> None:
        """An "lstm" or "gru" over the steps."""
        steps, channels = self.shape
        directions = 2 if bidirectional else 1
        # Per gate: a kernel, a recurrent kernel and a bias; Keras's GRU has a second bias.
        gates, biases = {"lstm": (4, 1), "gru": (3, 2)}[cell]
        weights = gates * (channels * units + units * units)
        width = units * directions
        self.append(
            cell,
            {
                "units": units,
                "return_sequences": return_sequences,
                "bidirectional": bidirectional,
            },
            (steps, width) if return_sequences else (width,),
            parameters=directions * (weights + gates * biases * units),
            flops=directions * 2 * steps * weights,
        )

    def _shape_of(self, name: str) -> Shape:
        found = {layer.name: layer.output_shape for layer in self.layers}
        return (self.inputs | found)[name]

    def _windows(self, size: int, stride: int, padding: str) -> Shape:
        if padding != "valid":
            return tuple(-(-length // stride) for length in self.shape[:-1])
        return tuple((length - size) // stride + 1 for length in self.shape[:-1])

    def _number(self, op: str) -> int:
        return 1 + sum(layer.op == op for layer in self.layers)

    def append(
        self,
        op: str,
        settings: dict[str, Any],
        output_shape: Shape,
        *,
        parameters: int = 0,
        flops: int = 0,
        state: int = 0,
        name: str | None = None,
        inputs: Sequence[str] = (),
    ) -> None:
        """Puts one more layer behind the last one.

        Args:
            op: What it computes, of the table at the top.
            settings: By name, plain JSON data.
            output_shape: Without the rows.
            parameters: How many numbers it learns.
            flops: Multiplications and additions for one row, forward.
            state: Numbers that it keeps but does not learn.
            name: What it is called; None for its kind and a number.
            inputs: What it takes; empty for the layer before.
        """
        taken = tuple(inputs) or (self.place,)
        layer = LayerPlan(
            name=name or f"{op}_{self._number(op)}",
            op=op,
            settings=settings,
            input_shape=self._shape_of(taken[0]),
            output_shape=output_shape,
            parameters=parameters,
            flops=flops,
            state=state,
            inputs=taken,
        )
        self.layers.append(layer)
        self.place, self.shape = layer.name, output_shape


def _shapes(shapes: Sequence[Shape]) -> str:
    return " and ".join(" × ".join(map(str, shape)) for shape in shapes)


def _size(shape: Shape) -> str:
    return (
        say("{shape} points", shape=shape[0])
        if len(shape) == 1
        else say("{shape} points", shape=" × ".join(map(str, shape)))
    )
