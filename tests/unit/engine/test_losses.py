"""Loss formulas against closed forms, reductions, weights, names and errors."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from fitstudio import losses
from fitstudio.errors import ArgumentError

Y = torch.tensor([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
P = torch.tensor([[0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])


@pytest.mark.parametrize("name", sorted(losses.__all__))
def test_every_lower_case_name_gives_one_value_per_sample(name: str) -> None:
    if not (name.islower() or name.isupper()) or name in ("get", "serialize", "deserialize"):
        return
    targets = torch.tensor([1, 0, 1]) if name.startswith("sparse") else Y
    assert losses.get(name).per_sample(targets, P).shape == (3,)
    assert torch.equal(getattr(losses, name)(targets, P), losses.get(name).per_sample(targets, P))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mse", ((0.2**2 + 0.2**2) / 2, (0.4**2 + 0.4**2) / 2, (0.7**2 + 0.7**2) / 2)),
        ("mae", (0.2, 0.4, 0.7)),
        ("huber", (0.02, 0.08, 0.245)),
        ("log_cosh", tuple(math.log(math.cosh(d)) for d in (0.2, 0.4, 0.7))),
        ("categorical_crossentropy", (-math.log(0.8), -math.log(0.6), -math.log(0.3))),
        ("binary_crossentropy", (-math.log(0.8), -math.log(0.6), -math.log(0.3))),
        ("squared_hinge", ((1.2**2 + 0.2**2) / 2, (0.4**2 + 1.4**2) / 2, (1.7**2 + 0.7**2) / 2)),
        ("categorical_hinge", (0.4, 0.8, 1.4)),
        ("kld", (-math.log(0.8), -math.log(0.6), -math.log(0.3))),
    ],
)
def test_formula(name: str, expected: tuple[float, ...]) -> None:
    assert losses.get(name).per_sample(Y, P).tolist() == pytest.approx(expected, abs=2e-5)


def test_logits_and_probabilities_agree() -> None:
    logits = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 3, 1, 2, 2])
    sparse = losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)
    one_hot = nn.functional.one_hot(labels, 4)
    dense = losses.CategoricalCrossentropy(from_logits=True)(one_hot, logits)
    plain = losses.SparseCategoricalCrossentropy()(labels, logits.softmax(-1))
    torchs = losses.get(nn.CrossEntropyLoss())(labels, logits)
    for value in (dense, plain, torchs):
        assert float(value) == pytest.approx(float(sparse), rel=1e-5)


def test_focal_loss_without_focus_is_crossentropy() -> None:
    focal = losses.BinaryFocalCrossentropy(gamma=0.0)(Y, P)
    assert float(focal) == pytest.approx(float(losses.BinaryCrossentropy()(Y, P)))
    focal = losses.CategoricalFocalCrossentropy(gamma=0.0, alpha=1.0)(Y, P)
    assert float(focal) == pytest.approx(float(losses.CategoricalCrossentropy()(Y, P)))


def test_weights_multiply_and_the_count_divides() -> None:
    weights = torch.tensor([2.0, 0.0, 1.0])
    expected = (2.0 * 0.2 + 1.0 * 0.7) / 3
    assert float(losses.get("mae")(Y, P, weights)) == pytest.approx(expected)
    assert float(losses.get("mae")(Y, P, weights.unsqueeze(-1))) == pytest.approx(expected)
    summed = losses.MeanAbsoluteError(reduction="sum")
    assert float(summed(Y, P, weights)) == pytest.approx(3 * expected)
    assert losses.MeanAbsoluteError(reduction="none")(Y, P).shape == (3,)


def test_row_weights_serve_all_timesteps() -> None:
    y, p = torch.zeros(2, 3, 1), torch.ones(2, 3, 1)
    loss = losses.get("mse")
    assert float(loss(y, p, torch.tensor([1.0, 0.0]))) == pytest.approx(0.5)
    steps = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    assert float(loss(y, p, steps)) == pytest.approx(1 / 6)


def test_flat_targets_are_not_broadcast() -> None:
    flat, column = torch.tensor([1.0, 2.0]), torch.tensor([[1.0], [4.0]])
    assert float(losses.get("mse")(flat, column)) == pytest.approx(2.0)


def test_user_functions_may_be_unreduced_or_scalar() -> None:
    weights = torch.tensor([1.0, 2.0, 3.0])
    unreduced = losses.get(lambda y, p: (y - p).square())
    assert float(unreduced(Y, P)) == pytest.approx(float(losses.get("mse")(Y, P)))
    scalar = losses.get(lambda y, p: (y - p).square().mean())
    assert float(scalar(Y, P, weights)) == pytest.approx(2 * float(losses.get("mse")(Y, P)))


def test_torch_modules_keep_their_own_reduction_and_take_weights() -> None:
    labels, logits = torch.tensor([[0], [1], [1]]), torch.randn(3, 2)
    module = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 5.0]))
    assert torch.equal(losses.get(module)(labels, logits), module(logits, labels[:, 0]))
    weighted = losses.get(nn.MSELoss())(Y, P, torch.tensor([3.0, 0.0, 0.0]))
    assert float(weighted) == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("msee", "mse"),
        ("sparse_crossentropy", "sparse_categorical_crossentropy"),
        ({"kind": "Huber", "dleta": 2}, "dleta"),
        (3, "int"),
    ],
)
def test_errors_name_the_way_out(identifier: object, words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        losses.get(identifier)


def test_shape_and_label_errors() -> None:
    with pytest.raises(ArgumentError, match="shape"):
        losses.get("categorical_crossentropy")(torch.zeros(3, 4), P)
    with pytest.raises(ArgumentError, match="shape"):
        losses.get("mse")(torch.zeros(3, 3), P)
    with pytest.raises(ArgumentError, match="numbered 0 to 1"):
        losses.get("sparse_categorical_crossentropy")(torch.tensor([0, 1, 2]), P)
    with pytest.raises(ArgumentError, match="numbered 0 to 1"):
        losses.get("sparse_categorical_crossentropy")(torch.tensor([0, 1, -1]), P)
    with pytest.raises(ArgumentError, match="sample_weight"):
        losses.get("mse")(Y, P, torch.ones(3, 2))
