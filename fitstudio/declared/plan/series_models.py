"""How the layers of the gallery's deeper models for series and spectra follow each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fitstudio.declared.plan.attention_layers import encoder, positions
from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.patterns import normed_convolution, shortcut, with_channels

# A shortcut goes around so many inception modules.
_MODULES_A_SHORTCUT = 3


def _resnet1d(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 1)
    longest = values["kernel_size"]
    for filters in values["filters"]:
        before = planner.place
        for kernel, activation in (
            (longest, values["activation"]),
            (max(1, round(longest * 5 / 8)), values["activation"]),
            (max(1, round(longest * 3 / 8)), "linear"),
        ):
            normed_convolution(planner, filters, kernel, activation=activation)
        shortcut(planner, before, filters)
        planner.activation(values["activation"])
        planner.dropout(values["dropout"])
    planner.global_pool("average")


def _inceptiontime(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 1)
    filters, longest = values["width"], values["kernel_size"]
    before = planner.place
    for number in range(1, values["modules"] + 1):
        _inception(planner, filters, longest, values["activation"])
        if number % _MODULES_A_SHORTCUT == 0:
            shortcut(planner, before, 4 * filters)
            planner.activation(values["activation"])
            before = planner.place
    planner.global_pool("average")
    planner.dropout(values["dropout"])


def _inception(planner: Planner, filters: int, longest: int, activation: str) -> None:
    """Patterns of three lengths and the neighbours' largest, side by side."""
    before = planner.place
    if planner.shape[-1] > 1:
        planner.convolution(filters, 1)
    narrow, branches = planner.place, []
    for kernel in (longest, max(1, longest // 2), max(1, longest // 4)):
        planner.go_to(narrow)
        planner.convolution(filters, kernel)
        branches.append(planner.place)
    planner.go_to(before)
    planner.maxpool_around(3)
    planner.convolution(filters, 1)
    planner.concatenate(*branches, planner.place)
    planner.batch_norm()
    planner.activation(activation)


def _tcn(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 1)
    filters, dilation = values["width"], 1
    for _ in range(values["blocks"]):
        before = planner.place
        for _ in range(2):
            planner.convolution(
                filters,
                values["kernel_size"],
                padding="causal" if values["causal"] else "same",
                activation=values["activation"],
                dilation=dilation,
            )
            planner.dropout(values["dropout"])
        shortcut(planner, before, filters, normed=False)
        planner.activation(values["activation"])
        dilation *= 2
    planner.global_pool("average")


def _transformer(planner: Planner, values: Mapping[str, Any]) -> None:
    with_channels(planner, 1)
    patch = min(values["patch"], planner.shape[0])
    planner.convolution(values["width"], patch, stride=patch)
    positions(planner)
    encoder(planner, values)


SERIES_PLANS: dict[str, Callable[[Planner, Mapping[str, Any]], None]] = {
    "resnet1d": _resnet1d,
    "inceptiontime": _inceptiontime,
    "tcn": _tcn,
    "transformer": _transformer,
}
