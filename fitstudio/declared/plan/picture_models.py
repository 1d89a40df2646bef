"""How the layers of the gallery's deeper models for pictures follow each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fitstudio.declared.plan.attention_layers import encoder, positions
from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.patterns import normed_convolution, shortcut, with_channels


def _resnet2d(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 2)
    activation = values["activation"]
    normed_convolution(planner, values["filters"][0], 3, activation=activation)
    for stage, filters in enumerate(values["filters"]):
        for block in range(values["blocks"]):
            # Each stage but the first begins by halving the picture, while there is one.
            halves = stage > 0 and block == 0 and min(planner.shape[:-1]) > 1
            before = planner.place
            normed_convolution(
                planner, filters, 3, activation=activation, stride=2 if halves else 1
            )
            normed_convolution(planner, filters, 3)
            shortcut(planner, before, filters, stride=2 if halves else 1)
            planner.activation(activation)
    planner.global_pool("average")
    planner.dropout(values["dropout"])


def _vit(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 2)
    patch = min(values["patch"], *planner.shape[:-1])
    planner.convolution(values["width"], patch, stride=patch)
    height, width, channels = planner.shape
    planner.reshape(height * width, channels)
    positions(planner)
    encoder(planner, values)


PICTURE_PLANS: dict[str, Callable[[Planner, Mapping[str, Any]], None]] = {
    "resnet2d": _resnet2d,
    "vit": _vit,
}
