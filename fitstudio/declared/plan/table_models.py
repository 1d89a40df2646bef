"""How the layers of the gallery's models for tables follow each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.plan import attention_layers, table_layers
from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.table_layers import HEAD
from fitstudio.declared.task.task import SlotColumn

# How many times as fast as the learning rate says the weights of scaled layers move. With it the
# usual rate of 0.001 is right for them, as it is for the other models; numbers want more.
_PACE = 40.0
_PACE_OF_NUMBERS = 200.0
# Waves that move as fast as the rate says.
_PACE_OF_MEMBERS = 10.0
_OF_CLASSES = ("softmax", "sigmoid")


@dataclass(frozen=True)
class Answer:
    """What a model answers with: how many numbers, and the activation before them."""

    units: int
    activation: str


def _realmlp(
    planner: Planner, values: Mapping[str, Any], columns: Sequence[SlotColumn], answer: Answer
) -> None:
    pace = _PACE if answer.activation in _OF_CLASSES else _PACE_OF_NUMBERS
    planner.flatten()
    if values["embed_numbers"]:
        table_layers.table_embedding(planner, columns, pace=pace)
    table_layers.feature_scale(planner, pace=pace)
    for units in values["units"]:
        table_layers.scaled_dense(planner, units, pace=pace)
        table_layers.parametric_activation(planner, values["activation"], pace=pace)
        planner.dropout(values["dropout"])
    table_layers.scaled_dense(planner, answer.units, answer.activation, pace=pace, name=HEAD)


def _tabm(
    planner: Planner, values: Mapping[str, Any], columns: Sequence[SlotColumn], answer: Answer
) -> None:
    planner.flatten()
    if values["embed_numbers"]:
        table_layers.table_embedding(planner, columns, pace=_PACE_OF_MEMBERS)
    table_layers.members(planner, values["members"])
    for units in values["units"]:
        table_layers.member_dense(planner, units, values["activation"])
        planner.dropout(values["dropout"])
    table_layers.member_output(planner, answer.units, answer.activation)


def _residual(
    planner: Planner, values: Mapping[str, Any], _columns: Sequence[SlotColumn], answer: Answer
) -> None:
    planner.flatten()
    planner.dense(values["width"])
    for _ in range(values["blocks"]):
        before = planner.place
        table_layers.layer_norm(planner)
        planner.dense(values["inner_width"], values["activation"])
        planner.dropout(values["dropout"])
        planner.dense(values["width"])
        planner.add(before, planner.place)
    table_layers.layer_norm(planner)
    planner.activation(values["activation"])
    planner.dense(answer.units, answer.activation, name=HEAD)


def _ft_transformer(
    planner: Planner, values: Mapping[str, Any], columns: Sequence[SlotColumn], answer: Answer
) -> None:
    planner.flatten()
    attention_layers.feature_tokens(planner, columns, values["width"])
    attention_layers.encoder(planner, values)
    planner.dense(answer.units, answer.activation, name=HEAD)


TABLE_PLANS: dict[
    str, Callable[[Planner, Mapping[str, Any], Sequence[SlotColumn], Answer], None]
] = {
    "realmlp": _realmlp,
    "tabm": _tabm,
    "residual_mlp": _residual,
    "ft_transformer": _ft_transformer,
}
