"""Layers, shapes and parameter counts planned from a model's settings."""

from __future__ import annotations

import json

import pytest

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.plan.layers import Planner, ShapeError
from fitstudio.declared.plan.models import ModelPlan, finished, plan_model
from fitstudio.storage.checked import MisfitError


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "parameters"),
    [
        ("mlp", {"units": [64, 64]}, (6,), 6 * 64 + 64 + 64 * 64 + 64 + 64 * 3 + 3),
        ("mlp", {"units": []}, (8, 8), 64 * 3 + 3),
        ("mlp", {"units": [4], "batch_norm": True}, (6,), 6 * 4 + 4 + 8 + 4 * 3 + 3),
        # Conv1D(2, 5) on one channel, pooled from 20 to 10 places, then the head.
        ("cnn1d", {"filters": [2], "units": []}, (20,), 5 * 2 + 2 + 10 * 2 * 3 + 3),
        ("cnn2d", {"filters": [4], "units": [], "global_pool": "max"}, (8, 8, 3), 112 + 4 * 3 + 3),
        # Keras: LSTM 4u(u+i+1), GRU 3u(u+i+2).
        ("lstm", {"units": [7]}, (10, 2), 4 * 7 * (7 + 2 + 1) + 7 * 3 + 3),
        ("gru", {"units": [7]}, (10, 2), 3 * 7 * (7 + 2 + 2) + 7 * 3 + 3),
        (
            "lstm",
            {"units": [5], "bidirectional": True},
            (10,),
            2 * 4 * 5 * (5 + 1 + 1) + 10 * 3 + 3,
        ),
    ],
)
def test_weights_are_counted_as_keras_does(kind, settings, shape, parameters) -> None:
    plan = plan_model(kind, settings, shape, 3, "softmax")
    assert plan.ok
    assert plan.parameters == parameters
    assert plan.output_shape == (3,)
    assert plan.layers[-1].name == "output"
    assert plan.layers[-1].settings["activation"] == "softmax"


def test_shapes_go_from_layer_to_layer() -> None:
    for kind in MODELS:
        plan = plan_model(kind, {}, (16, 16), 2, "linear")
        assert plan.ok
        assert plan.layers[0].input_shape == (16, 16)
        answers = plan.inputs | {layer.name: layer.output_shape for layer in plan.layers}
        for layer in plan.layers:
            assert layer.input_shape == answers[layer.inputs[0]]
        assert len({layer.name for layer in plan.layers}) == len(plan.layers)


def test_an_answer_at_each_time_step() -> None:
    plan = plan_model("gru", {"return_sequences": True}, (12, 3), 1, "linear")
    assert plan.output_shape == (12, 1)


@pytest.mark.parametrize(
    ("kind", "settings", "shape", "where"),
    [
        ("cnn2d", {"filters": [4, 8, 16, 32]}, (8, 8), "model.pool"),
        ("cnn1d", {"padding": "valid", "kernel_size": 9}, (8,), "model.kernel_size"),
        ("cnn2d", {}, (8,), "model.kind"),
        ("lstm", {"units": []}, (8,), "model.units"),
        ("mlp", {"units": [0]}, (8,), "model.units"),
        ("mlp", {"dropout": 1.0}, (8,), "model.dropout"),
        ("resnet", {}, (8,), "model.kind"),
        ("mlp", {}, (), "model.kind"),
    ],
)
def test_a_model_that_cannot_be_built_says_which_setting(kind, settings, shape, where) -> None:
    plan = plan_model(kind, settings, shape, 3, "softmax")
    assert not plan.ok
    assert plan.layers == ()
    assert plan.findings[0].where == where
    assert "None" not in plan.findings[0].sentence


def test_one_layer_fewer_is_offered_until_pooling_fits() -> None:
    filters = [4, 8, 16, 32]
    plan = plan_model("cnn2d", {"filters": filters}, (8, 8), 3, "softmax")
    fix = plan.findings[0].fix
    assert fix is not None
    assert fix.set == {"model.filters": filters[:-1]}
    assert plan_model("cnn2d", {"filters": filters[:-1]}, (8, 8), 3, "softmax").ok


def test_memory_grows_with_the_batch() -> None:
    plan = plan_model("mlp", {}, (6,), 3, "softmax")
    assert plan.batch_bytes(64) - plan.batch_bytes(32) == 32 * plan.row_bytes
    assert plan.batch_bytes(1) == plan.memory_bytes


def test_a_plan_survives_json() -> None:
    plan = plan_model("cnn1d", {"batch_norm": True, "dropout": 0.2}, (32, 2), 3, "softmax")
    assert ModelPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_a_list_of_layers_of_an_older_version_is_a_chain() -> None:
    plan = plan_model("cnn1d", {"batch_norm": True}, (32, 2), 3, "softmax")
    stored = plan.to_json()
    for layer in stored["layers"]:
        del layer["inputs"]
    del stored["inputs"], stored["outputs"]

    assert ModelPlan.from_json(stored) == plan
    assert plan.is_chain
    assert [layer.name for layer in plan.heads] == ["output"]


def test_branches_cost_what_their_layers_cost() -> None:
    planner = Planner((6,))
    planner.dense(4)
    planner.go_to("input")
    planner.dense(5)
    planner.concatenate("dense_1", "dense_2")
    planner.dense(2, name="output")
    plan = finished(planner)

    assert not plan.is_chain
    assert plan.parameters == (6 * 4 + 4) + (6 * 5 + 5) + (9 * 2 + 2)
    assert plan.row_bytes == 4 * (6 + 2 * (4 + 5 + 9 + 2))
    assert ModelPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


@pytest.mark.parametrize(("first", "second"), [("add", (4, 5)), ("concatenate", (4, 4))])
def test_layers_that_do_not_go_together_are_named(first: str, second: tuple[int, int]) -> None:
    planner = Planner((3, 4))
    planner.dense(second[0])
    planner.go_to("input")
    planner.dense(second[1])
    if first == "concatenate":
        planner.flatten()
    with pytest.raises(ShapeError, match="3 × 4 and"):
        getattr(planner, first)("dense_1", planner.place)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [(["nowhere"], "'nowhere', which is not before it"), (["output"], "'output', which is not")],
)
def test_a_graph_that_cannot_be_walked_is_refused(inputs: list[str], words: str) -> None:
    stored = plan_model("mlp", {}, (6,), 3, "softmax").to_json()
    stored["layers"][1]["inputs"] = inputs
    with pytest.raises(MisfitError, match=words):
        ModelPlan.from_json(stored)
