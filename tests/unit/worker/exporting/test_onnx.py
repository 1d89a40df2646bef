"""ONNX: every layer answers as the engine's module does, and raw values are prepared inside."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.recipe.slots import RecipeInput, RecipeOutput
from fitstudio.declared.plan.layers import Planner
from fitstudio.declared.plan.models import ModelPlan, finished, plan_model
from fitstudio.declared.task.task import SlotColumn
from fitstudio.engine.architectures import layers
from fitstudio.engine.architectures.build import _MAKERS, build
from fitstudio.worker.exporting.onnx_file import fed
from fitstudio.worker.exporting.onnx_layers import OPERATIONS
from fitstudio.worker.exporting.onnx_model import make_onnx
from fitstudio.worker.saving.model_card import BirthCertificate

onnxruntime = pytest.importorskip("onnxruntime")


def built(plan: ModelPlan) -> torch.nn.Module:
    """The module with every weight, and every moving mean, somewhere else than where it starts."""
    module = build(plan, seed=3).eval()
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, value in module.state_dict().items():
            noise = torch.rand(value.shape, generator=generator) * 0.4
            value.add_(noise if "variance" in name else noise - 0.2)
            if "bias_hh" in name and "lstm" in name:
                value.zero_()
    return module


def run(certificate: BirthCertificate, module: torch.nn.Module, feed, **facts) -> list[np.ndarray]:
    weights = {name: value.numpy() for name, value in module.state_dict().items()}
    content = make_onnx(certificate, weights, {"run": "test", **facts}).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run(None, feed)


def recipe_of(columns, targets, *, encoding="number", **more) -> Recipe:
    task = "classification" if targets[0].labels else "regression"
    output = RecipeOutput(name="targets", columns=targets, encoding=encoding, task=task)
    return Recipe(inputs=(RecipeInput(name="inputs", columns=columns),), outputs=(output,), **more)


def numbers_out(plan: ModelPlan, inputs: tuple[RecipeColumn, ...], **more) -> BirthCertificate:
    units = plan.output_shape[-1]
    targets = (
        tuple(RecipeColumn(name=f"t{n}", role="number") for n in range(units))
        if len(plan.output_shape) == 1
        else (RecipeColumn(name="t", role="array", shape=plan.output_shape),)
    )
    recipe = recipe_of(inputs, targets, **more)
    return BirthCertificate(plan, recipe, {}, {})


def answers_as(planner: Planner, shape: tuple[int, ...]) -> None:
    """Compares the exported layers with the module's on random numbers."""
    plan = finished(planner)
    module = built(plan)
    x = np.random.default_rng(0).normal(size=(5, *shape)).astype(np.float32)
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    column = RecipeColumn(name="x", role="array", shape=shape)
    (found,) = run(numbers_out(plan, (column,)), module, {"x": x})
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=2e-6, rtol=2e-5)


def test_every_operation_of_the_engine_can_be_written():
    assert set(_MAKERS) == OPERATIONS


@pytest.mark.parametrize("name", sorted(layers.ACTIVATIONS))
def test_activations(name):
    planner = Planner((6,))
    planner.dense(4, name)
    answers_as(planner, (6,))


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_convolutions(axes, kernel, stride, padding):
    shape = (*(11, 8)[:axes], 3)
    planner = Planner(shape)
    planner.convolution(5, kernel, stride=stride, padding=padding, activation="relu")
    answers_as(planner, shape)


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("size", [2, 3])
def test_pooling(axes, size):
    shape = (*(11, 8)[:axes], 3)
    planner = Planner(shape)
    planner.maxpool(size)
    planner.batch_norm()
    planner.flatten()
    answers_as(planner, shape)


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("every", [False, True])
def test_recurrent_layers(kind, both, every):
    planner = Planner((7, 3))
    planner.recurrent(kind, 4, return_sequences=every, bidirectional=both)
    answers_as(planner, (7, 3))


def test_branches():
    planner = Planner((6,))
    planner.dense(4, "relu", name="left")
    planner.go_to("input")
    planner.dense(4, "tanh", name="right")
    planner.add("left", "right")
    both = planner.place
    planner.concatenate(both, "left")
    planner.dense(2)
    answers_as(planner, (6,))


@pytest.mark.parametrize("kind", ["realmlp", "tabm", "residual_mlp", "ft_transformer"])
@pytest.mark.parametrize("activation", ["softmax", "linear"])
def test_models_made_for_tables(kind, activation):
    columns = (
        SlotColumn(name="small", role="category", width=2),
        SlotColumn(name="a", role="number"),
        SlotColumn(name="large", role="category", width=12),
        SlotColumn(name="b", role="number"),
    )
    plan = plan_model(kind, {}, (16,), 3, activation, columns=columns)
    module = build(plan, seed=3).eval()
    x = np.random.default_rng(0).normal(size=(5, 16)).astype(np.float32)
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    column = RecipeColumn(name="x", role="array", shape=(16,))
    (found,) = run(numbers_out(plan, (column,)), module, {"x": x})
    np.testing.assert_allclose(found, expected, atol=2e-6, rtol=2e-4)


SMALL = {"width": 8, "blocks": 2, "heads": 2}
PATTERNS = [
    ("resnet1d", (40, 3), {"filters": [4, 6]}),
    ("inceptiontime", (40, 1), {"width": 3, "modules": 4}),
    ("tcn", (40, 3), {"width": 4}),
    ("tcn", (40, 3), {"width": 4, "causal": False, "kernel_size": 4}),
    ("transformer", (41, 2), SMALL),
    ("resnet2d", (9, 8, 3), {"filters": [3, 5], "blocks": 1}),
    ("vit", (9, 10, 1), SMALL),
]


@pytest.mark.parametrize(("kind", "shape", "settings"), PATTERNS)
def test_deep_models_that_look_for_patterns(kind, shape, settings):
    plan = plan_model(kind, settings, shape, 3, "softmax")
    module = build(plan, seed=3)
    module(torch.rand(16, *shape))  # moving means that are not 0 and 1
    module.eval()
    x = np.random.default_rng(0).normal(size=(5, *shape)).astype(np.float32)
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    column = RecipeColumn(name="x", role="array", shape=shape)
    (found,) = run(numbers_out(plan, (column,)), module, {"x": x})
    np.testing.assert_allclose(found, expected, atol=2e-6, rtol=2e-4)


NUMBER = RecipeColumn(name="size", role="number", center=(2023.5,), scale=(0.25,), fill=2023.0)
WORD = RecipeColumn(name="kind", role="category", labels=("a", "b", "ü x"), fill="b")
GRADE = RecipeColumn(
    name="class", role="category", labels=("1", "2", "10"), numeric_labels=True, fill="2"
)


@pytest.mark.parametrize("missing", ["drop", "fill"])
def test_single_numbers_are_one_matrix_and_gaps_are_filled_where_training_filled_them(missing):
    columns = (NUMBER, RecipeColumn(name="b", role="number", center=(1e6,), scale=(3.0,), fill=7.0))
    planner = Planner((2,))
    planner.dense(3)
    module = built(finished(planner))
    certificate = numbers_out(finished(planner), columns, missing=missing)
    raw = np.array([[2023.75, 1e6 + 1], [np.nan, 1e6], [2022.0, np.nan]], np.float32)
    (found,) = run(certificate, module, {"inputs": raw})
    filled = np.where(np.isnan(raw), [2023.0, 7.0], raw) if missing == "fill" else raw
    prepared = (filled.astype(np.float64) - [2023.5, 1e6]) / [0.25, 3.0]
    with torch.no_grad():
        expected = module(torch.from_numpy(prepared.astype(np.float32))).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert np.isnan(found[1:]).any() == (missing == "drop")


def test_words_numbers_and_classes_each_have_an_input_of_their_own_name():
    columns = (NUMBER, WORD, GRADE)
    planner = Planner((7,))
    planner.dense(2, "softmax")
    module = built(finished(planner))
    target = RecipeColumn(name="y", role="category", labels=("no", "yes"))
    recipe = recipe_of(columns, (target,), encoding="index", missing="fill")
    raw = {
        "size": np.array([2023.5, np.nan, 2024.0, 2023.0], np.float32),
        "kind": np.array(["a", "", "ü x", "never seen"], dtype=object),
        "class": np.array([10, 1, np.nan, 4], np.float32),
    }
    certificate = BirthCertificate(finished(planner), recipe, {}, {})
    found, names = run(certificate, module, fed(recipe, raw))
    prepared = np.array(
        [
            [0, 1, 0, 0, 0, 0, 1],
            [-2, 0, 1, 0, 1, 0, 0],
            [2, 0, 0, 1, 0, 1, 0],
            [-2, 0, 0, 0, 0, 0, 0],
        ],
        np.float32,
    )
    with torch.no_grad():
        expected = module(torch.from_numpy(prepared)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert names.tolist() == [("no", "yes")[place] for place in expected.argmax(axis=1)]


@pytest.mark.parametrize("activation", ["sigmoid", "linear"])
def test_two_classes_from_one_number_are_two_probabilities(activation):
    planner = Planner((2,))
    planner.dense(1, activation, name="output")
    module = built(finished(planner))
    target = RecipeColumn(name="y", role="category", labels=("no", "yes"))
    columns = tuple(RecipeColumn(name=name, role="number") for name in "ab")
    recipe = recipe_of(columns, (target,), encoding="binary")
    certificate = BirthCertificate(finished(planner), recipe, {}, {})
    raw = np.random.default_rng(1).normal(size=(6, 2)).astype(np.float32)
    found, _ = run(certificate, module, {"inputs": raw})
    with torch.no_grad():
        answers = module(torch.from_numpy(raw)).numpy()
    decoded = recipe.decode(answers, logits=certificate.answers_logits)
    expected = np.stack([decoded["probability no"], decoded["probability yes"]], axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    for place, name in enumerate(("no", "yes")):
        threshold = float(np.median(found[:, place])) - 1e-6
        decision = {"class": name, "threshold": threshold}
        _, said = run(certificate, module, {"inputs": raw}, decision=decision)
        assert said.shape == (6,)
        assert [each == name for each in said] == (found[:, place] >= threshold).tolist()


def test_numbers_come_out_in_their_own_units():
    planner = Planner((1,))
    planner.dense(2)
    module = built(finished(planner))
    targets = (
        RecipeColumn(name="cm", role="number", center=(170.0,), scale=(9.0,)),
        RecipeColumn(name="kg", role="number", center=(70.0,), scale=(12.0,)),
    )
    recipe = recipe_of((RecipeColumn(name="a", role="number"),), targets)
    raw = np.array([[0.5], [-1.0]], np.float32)
    (found,) = run(BirthCertificate(finished(planner), recipe, {}, {}), module, {"inputs": raw})
    with torch.no_grad():
        decoded = recipe.decode(module(torch.from_numpy(raw)).numpy())
    np.testing.assert_allclose(found, np.stack([decoded["cm"], decoded["kg"]], axis=1), rtol=1e-5)


def test_arrays_side_by_side_are_stacked_as_in_training():
    columns = tuple(
        RecipeColumn(name=name, role="array", shape=(5,), center=(n,), scale=(2.0,))
        for n, name in enumerate(("x", "y", "z"))
    )
    planner = Planner((5, 3))
    planner.flatten()
    planner.dense(2)
    module = built(finished(planner))
    random = np.random.default_rng(2)
    raw = {each.name: random.normal(size=(4, 5)).astype(np.float32) for each in columns}
    (found,) = run(numbers_out(finished(planner), columns), module, raw)
    parts = [(raw[each.name] - each.center[0]) / 2.0 for each in columns]
    with torch.no_grad():
        expected = module(torch.from_numpy(np.stack(parts, axis=-1).astype(np.float32))).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_a_column_that_is_called_as_an_answer_keeps_its_name():
    columns = (RecipeColumn(name="answer", role="category", labels=("a", "b")), NUMBER)
    planner = Planner((3,))
    planner.dense(1)
    module = built(finished(planner))
    weights = {name: value.numpy() for name, value in module.state_dict().items()}
    made = make_onnx(numbers_out(finished(planner), columns), weights, {})
    assert [each.name for each in made.graph.input] == ["answer", "size"]
    assert [each.name for each in made.graph.output] == ["predicted answer"]
