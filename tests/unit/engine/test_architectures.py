"""Modules of the gallery: what the plan says is what is built, and it computes as Keras does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.models import ModelPlan, finished, plan_model
from fitstudio.engine import architectures
from fitstudio.engine.architectures import layers

MODELS = [
    ("mlp", {}, (7,), 3, "softmax"),
    ("mlp", {"units": [8, 4], "dropout": 0.5, "batch_norm": True}, (4, 4), 1, "sigmoid"),
    ("cnn1d", {"filters": [4, 6], "units": [5]}, (50,), 2, "softmax"),
    ("cnn1d", {"filters": [4], "padding": "valid", "strides": 2, "pool": 3}, (50, 3), 1, "linear"),
    ("cnn2d", {"filters": [4, 6], "batch_norm": True}, (8, 8), 10, "softmax"),
    ("cnn2d", {"filters": [4], "strides": 3, "global_pool": "average"}, (9, 10, 3), 4, "softmax"),
    ("cnn2d", {"filters": [4], "global_pool": "max", "activation": "gelu"}, (9, 9), 4, "softmax"),
    ("lstm", {"units": [6, 5]}, (12, 3), 2, "softmax"),
    ("lstm", {"units": [6], "bidirectional": True, "dense_units": [4]}, (12,), 1, "linear"),
    ("gru", {"units": [6, 5], "bidirectional": True}, (12, 3), 1, "sigmoid"),
    ("gru", {"units": [6], "return_sequences": True}, (12, 3), 3, "softmax"),
]


def plan_of(kind: str, settings: dict, shape: tuple, units: int, activation: str) -> ModelPlan:
    plan = plan_model(kind, settings, shape, units, activation)
    assert plan.ok, plan.findings
    return plan


@pytest.mark.parametrize(("kind", "settings", "shape", "units", "activation"), MODELS)
def test_the_module_is_the_plan(kind, settings, shape, units, activation) -> None:
    plan = plan_of(kind, settings, shape, units, activation)
    module = architectures.build(plan)

    assert architectures.count_parameters(module) == plan.parameters
    outputs = torch.rand(5, *plan.input_shape)
    for layer, built in zip(plan.layers, module.children(), strict=True):
        outputs = built(outputs)
        assert tuple(outputs.shape[1:]) == layer.output_shape, layer.name
        trained = sum(weight.numel() for weight in built.parameters() if weight.requires_grad)
        assert trained == layer.parameters, layer.name
    assert torch.isfinite(outputs).all()


@pytest.mark.parametrize("activation", sorted(layers.ACTIVATIONS))
def test_every_activation_runs(activation: str) -> None:
    assert layers.Activation(activation)(torch.linspace(-2, 2, 6).reshape(2, 3)).shape == (2, 3)


def test_the_seed_decides_the_first_weights() -> None:
    plan = plan_of("lstm", {"dense_units": [4]}, (12, 3), 2, "softmax")
    first, same, other = (architectures.build(plan, seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(first[name].equal(same[name]) for name in first)
    assert not first["output.layer.weight"].equal(other["output.layer.weight"])


def test_first_weights_are_keras_like() -> None:
    plan = plan_of("mlp", {"units": [400]}, (200,), 1, "linear")
    weights = architectures.build(plan).state_dict()
    limit = (6 / (200 + 400)) ** 0.5
    kernel = weights["dense_1.layer.weight"]
    assert 0.98 * limit < kernel.abs().max() <= limit
    assert weights["dense_1.layer.bias"].count_nonzero() == 0

    cell = architectures.build(plan_of("lstm", {"units": [6]}, (12, 3), 2, "softmax"))
    state = cell.state_dict()
    recurrent = state["lstm_1.cell.weight_hh_l0"]
    assert torch.allclose(recurrent.T @ recurrent, torch.eye(6), atol=1e-5)
    assert state["lstm_1.cell.bias_ih_l0"].tolist() == [0.0] * 6 + [1.0] * 6 + [0.0] * 12
    assert state["lstm_1.cell.bias_hh_l0"].count_nonzero() == 0


def test_names_of_weights_are_stable() -> None:
    """They stand in checkpoints for ever: a changed name makes old runs unusable."""
    plan = plan_of("cnn1d", {"filters": [4], "units": [5], "batch_norm": True}, (50,), 2, "softmax")
    assert list(architectures.build(plan).state_dict()) == [
        "conv1d_1.layer.convolution.weight",
        "conv1d_1.layer.convolution.bias",
        "batch_norm_1.gamma",
        "batch_norm_1.beta",
        "batch_norm_1.moving_mean",
        "batch_norm_1.moving_variance",
        "dense_1.layer.weight",
        "dense_1.layer.bias",
        "batch_norm_2.gamma",
        "batch_norm_2.beta",
        "batch_norm_2.moving_mean",
        "batch_norm_2.moving_variance",
        "output.layer.weight",
        "output.layer.bias",
    ]


def test_convolutions_pad_at_the_end_as_keras_does() -> None:
    planner = Planner((4, 1))
    planner.convolution(1, 3, stride=2, padding="same", activation="linear")
    plan = plan_of("cnn1d", {"filters": [1], "kernel_size": 3, "strides": 2}, (4,), 1, "linear")
    layer = architectures.build(plan).get_submodule("conv1d_1.layer")
    assert isinstance(layer, layers.Convolution)
    nn.init.ones_(layer.convolution.get_parameter("weight"))
    outputs = layer(torch.tensor([1.0, 2.0, 3.0, 4.0]).reshape(1, 4, 1))
    # Four places, stride 2, window 3: one place of padding, and it goes to the end.
    assert outputs.flatten().tolist() == [6.0, 7.0]


def test_images_are_channels_last() -> None:
    plan = plan_of("cnn2d", {"filters": [2], "kernel_size": 1, "pool": 1}, (2, 3, 2), 1, "linear")
    layer = architectures.build(plan).get_submodule("conv2d_1.layer")
    images = torch.rand(4, 2, 3, 2)
    kernel = layer.get_parameter("convolution.weight")[:, :, 0, 0]
    assert torch.allclose(layer(images), images @ kernel.T, atol=1e-6)


def test_batch_normalization_moves_by_the_population_variance() -> None:
    layer = layers.BatchNormalization(1, momentum=0.9, epsilon=0.0)
    outputs = layer(torch.tensor([[1.0], [3.0]]))
    assert outputs.flatten().tolist() == pytest.approx([-1.0, 1.0])
    assert layer.moving_mean.item() == pytest.approx(0.2)
    assert layer.moving_variance.item() == pytest.approx(0.9 + 0.1 * 1.0)
    layer.eval()
    layer.moving_mean.fill_(1.0)
    layer.moving_variance.fill_(4.0)
    assert layer(torch.tensor([[3.0]])).item() == pytest.approx(1.0)


def test_max_pooling_with_padding_never_sees_the_padding() -> None:
    layer = layers.MaxPooling((2,), (2,), padding="same")
    assert layer(torch.full((1, 3, 1), -5.0)).flatten().tolist() == [-5.0, -5.0]


def test_both_directions_end_where_they_have_read_everything() -> None:
    layer = layers.Recurrent("gru", 1, 2, return_sequences=False, bidirectional=True)
    series = torch.rand(3, 5, 1)
    sequences = layer.cell(series)[0]
    assert layer(series)[:, :2].equal(sequences[:, -1, :2])
    assert layer(series)[:, 2:].equal(sequences[:, 0, 2:])


def test_an_unknown_layer_is_named() -> None:
    plan = plan_of("mlp", {}, (7,), 3, "softmax")
    changed = plan.to_json()
    changed["layers"][0]["op"] = "wormhole"
    with pytest.raises(NotImplementedError, match="'dense_1' of kind 'wormhole'"):
        architectures.build(ModelPlan.from_json(changed))


def branches() -> ModelPlan:
    """Two ways through the same rows that meet again, and a second input behind them."""
    planner = Planner((6,))
    planner.dense(4, "relu")
    planner.go_to("input")
    planner.dense(4, "tanh")
    planner.add("dense_1", "dense_2")
    planner.take_input("more", (3,))
    planner.concatenate("add_1", "more")
    planner.dense(2, name="output")
    return finished(planner)


def test_a_chain_of_layers_is_a_plain_sequence() -> None:
    for kind, settings, shape, units, activation in MODELS:
        plan = plan_of(kind, settings, shape, units, activation)
        assert plan.is_chain
        assert type(architectures.build(plan)) is nn.Sequential


def test_branches_are_walked_by_name() -> None:
    plan = branches()
    module = architectures.build(plan)
    assert not plan.is_chain
    assert architectures.count_parameters(module) == plan.parameters
    assert list(module.state_dict()) == [
        f"{layer}.layer.{weight}"
        for layer in ("dense_1", "dense_2", "output")
        for weight in ("weight", "bias")
    ]
    rows, more = torch.rand(5, 6), torch.rand(5, 3)
    first, second, head = (module.get_submodule(name) for name in ("dense_1", "dense_2", "output"))
    expected = head(torch.cat((first(rows) + second(rows), more), dim=1))
    assert module(rows, more).equal(expected)


def test_a_graph_answers_with_all_its_outputs() -> None:
    planner = Planner((6,))
    planner.dense(4, name="left")
    planner.dense(2, name="right")
    module = architectures.build(finished(planner, ["left", "right"]))
    left, right = module(torch.rand(5, 6))
    assert right.equal(module.get_submodule("right")(left))
