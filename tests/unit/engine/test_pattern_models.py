"""The deeper models for series and pictures: built as planned, and able to learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import fitstudio
from fitstudio.declared.plan.models import plan_model
from fitstudio.engine.architectures import build, count_parameters

SMALL = {"width": 16, "blocks": 1, "heads": 2}
KINDS = {
    "resnet1d": {"filters": [8], "kernel_size": 7},
    "inceptiontime": {"width": 4, "modules": 3, "kernel_size": 12},
    "tcn": {"width": 12, "blocks": 3},
    "transformer": SMALL,
    "resnet2d": {"filters": [8, 16], "blocks": 1},
    "vit": SMALL,
}
SHAPES = {"resnet2d": (12, 12, 1), "vit": (12, 12, 1)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tiny", [False, True])
def test_the_module_is_the_plan(kind: str, tiny: bool) -> None:
    shape = SHAPES.get(kind, (32, 3))
    shape = (*(1 for _ in shape[:-1]), shape[-1]) if tiny else shape
    plan = plan_model(kind, {}, shape, 3, "softmax")
    assert plan.ok, plan.findings
    module = build(plan)

    assert count_parameters(module) == plan.parameters
    for layer, made in zip(plan.layers, module.children(), strict=True):
        assert count_parameters(made) == layer.parameters, layer.name
    answers = module(torch.rand(4, *plan.input_shape))
    assert answers.shape == (4, 3) and bool(answers.isfinite().all())


def bumps(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Noise with a short bump somewhere in half of the rows; where it stands tells nothing."""
    rng = np.random.default_rng(0)
    shape = SHAPES.get(kind, (32, 3))
    x = rng.normal(0, 0.3, size=(200, *shape)).astype(np.float32)
    y = np.arange(200) % 2
    for row in np.flatnonzero(y):
        at = tuple(slice(start, start + 4) for start in rng.integers(0, 8, size=len(shape) - 1))
        x[(row, *at)] += 1.5
    return x, y


@pytest.mark.parametrize("kind", KINDS)
def test_each_learns_what_stands_anywhere(kind: str) -> None:
    x, y = bumps(kind)
    plan = plan_model(kind, KINDS[kind] | {"dropout": 0.0}, x.shape[1:], 2, "softmax")
    model = fitstudio.Model(build(plan, seed=1))
    rate = fitstudio.optimizers.Adam(0.005)
    model.compile(rate, "sparse_categorical_crossentropy", metrics=["accuracy"])
    logs = model.fit(x, y, batch_size=20, epochs=12, verbose=0, seed=1).history

    assert max(logs["accuracy"]) >= 0.95


def test_a_causal_network_sees_nothing_that_comes_later() -> None:
    for causal, reach in ((True, 0), (False, 1)):
        plan = plan_model("tcn", {"width": 4, "causal": causal}, (20, 2), 2, "softmax")
        module = build(plan, seed=2).eval()
        steps = torch.nn.Sequential(*[each for _, each in list(module.named_children())[:4]])
        row = torch.rand(1, 20, 2)
        later = row.clone()
        later[:, 12:] += 1.0
        changed = (steps(row) - steps(later)).abs().sum(-1)[0] > 0
        assert bool(changed[12:].any())
        assert int(bool(changed[:12].any())) == reach


def test_pieces_are_told_apart_by_their_place() -> None:
    plan = plan_model("transformer", SMALL | {"patch": 1, "dropout": 0.0}, (6, 2), 2, "softmax")
    module = build(plan, seed=2).eval()
    row = torch.rand(1, 6, 2)
    assert not torch.allclose(module(row), module(row.flip(1)), atol=1e-7)


def test_attention_is_the_formula() -> None:
    from fitstudio.engine.architectures.attention import SelfAttention

    layer = SelfAttention(6, 2, torch.Generator().manual_seed(0))
    x = torch.rand(3, 5, 6)
    parts = layer.asking(x).split(6, dim=-1)
    query, key, value = (part.reshape(3, 5, 2, 3).transpose(1, 2) for part in parts)
    looks = (query @ key.transpose(-1, -2) / 3**0.5).softmax(-1)
    expected = layer.answering((looks @ value).transpose(1, 2).reshape(3, 5, 6))
    assert torch.allclose(layer(x), expected, atol=1e-6)
