"""Every setting of every model has an effect: another value makes another plan."""

from __future__ import annotations

from typing import Any

import pytest

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.kinds.composed import ListOf
from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Real
from fitstudio.declared.plan.models import plan_model

PICTURE, SERIES = (32, 32, 3), (48, 3)
SHAPES = dict.fromkeys(("cnn2d", "resnet2d", "vit"), PICTURE) | dict.fromkeys(
    ("cnn1d", "lstm", "gru", "resnet1d", "inceptiontime", "tcn", "transformer"), SERIES
)
# Without these the setting is greyed, and the form says why.
TOGETHER_WITH: dict[tuple[str, str], dict[str, Any]] = {
    (cell, "activation"): {"dense_units": [5]} for cell in ("lstm", "gru")
}
# Other values than the next one, where that one does not fit.
OTHERS: dict[tuple[str, str], list[Any]] = {
    (kind, name): [value]
    for kind in ("transformer", "vit", "ft_transformer")
    for name, value in (("heads", 2), ("width", 32))
}
CASES = [
    pytest.param(entry.name, param, id=f"{entry.name}-{param.name}")
    for entry in MODELS.values()
    for param in entry.params
]


def others(kind: str, param: Param) -> list[Any]:
    """Values besides the default; of a choice all there are."""
    if (kind, param.name) in OTHERS:
        return OTHERS[kind, param.name]
    match param.kind:
        case Choice(options=options):
            return [option.value for option in options if option.value != param.default]
        case Flag():
            return [not param.default]
        case Int():
            return [param.default + 1]
        case Real():
            return [0.25]
        case ListOf():
            return [[5, 3]]
    raise AssertionError(f"no other value is known for {param.kind}")


@pytest.mark.parametrize(("kind", "param"), CASES)
def test_another_value_makes_another_plan(kind: str, param: Param) -> None:
    shape = SHAPES.get(kind, (6,))
    context = TOGETHER_WITH.get((kind, param.name), {})
    plans = [
        plan_model(kind, context | settings, shape, 2, "softmax")
        for settings in ({}, *({param.name: value} for value in others(kind, param)))
    ]
    assert all(plan.ok for plan in plans)
    told = [repr((plan.layers, plan.outputs)) for plan in plans]
    assert len(set(told)) == len(told)
