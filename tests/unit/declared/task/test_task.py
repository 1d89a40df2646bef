"""The task that settings and data make: its slots, what it refuses, and that it is frozen."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from fitstudio.declared.resolve import Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import chosen
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.declared.task.task import Task, make_task
from fitstudio.errors import DataError
from tests.unit.declared.samples import CLASSES, DIGITS, IMAGES, NUMBERS, PENGUINS


def task_of(spec: RunSpec, summary: DatasetSummary) -> Task:
    inputs, targets = (chosen(summary, spec.get(key)) for key in ("fit.x", "fit.y"))
    return make_task(spec, spec.values(), inputs, targets)


def test_a_table_of_numbers_and_words_is_one_input_side_by_side() -> None:
    task = task_of(CLASSES, PENGUINS)

    assert task.input.name == "inputs"
    assert task.input.names == ("island", "bill", "sex")
    assert [(each.role, each.width) for each in task.input.columns] == [
        ("category", 3),
        ("number", 1),
        ("category", 2),
    ]
    assert (task.input.encoding, task.input.shape) == ("numbers", (6,))


@pytest.mark.parametrize(
    ("spec", "summary", "encoding", "shape"),
    [
        (NUMBERS, PENGUINS, "one-hot", (5,)),
        (IMAGES, DIGITS, "array", (8, 8)),
        (IMAGES.with_values({"fit.x": ["series", "second"]}), DIGITS, "array", (8, 2)),
    ],
)
def test_an_input_says_how_its_columns_stand_in_it(spec, summary, encoding, shape) -> None:
    slot = task_of(spec, summary).input
    assert (slot.encoding, slot.shape) == (encoding, shape)


@pytest.mark.parametrize(
    ("spec", "summary", "expected"),
    [
        (CLASSES, PENGUINS, ("several classes", "index", (3,), "softmax")),
        (CLASSES.with_values({"fit.y": ["sex"], "fit.x": ["bill"]}), PENGUINS,
         ("two classes", "binary", (1,), "sigmoid")),
        (CLASSES.with_values({"compile.loss": "categorical_crossentropy"}), PENGUINS,
         ("several classes", "onehot", (3,), "softmax")),
        (NUMBERS, PENGUINS, ("numbers", "number", (1,), "linear")),
        (NUMBERS.with_values({"fit.y": ["bill", "signed"]}), PENGUINS,
         ("numbers", "number", (2,), "linear")),
        (NUMBERS.with_values({"compile.loss": "poisson"}), PENGUINS,
         ("numbers", "number", (1,), "softplus")),
        (IMAGES.with_values({"fit.y": ["columns"]}), DIGITS,
         ("numbers", "number", (10,), "linear")),
        (IMAGES.with_values({"fit.y": ["columns"], "compile.loss": "categorical_crossentropy"}),
         DIGITS, ("several classes", "onehot", (10,), "softmax")),
        (IMAGES.with_values({"fit.y": ["series"], "model.kind": "gru",
                             "model.return_sequences": True}),
         DIGITS, ("numbers", "number", (8, 1), "linear")),
    ],
)  # fmt: skip
def test_an_output_says_what_is_asked_and_how_it_is_answered(spec, summary, expected) -> None:
    output = task_of(spec, summary).output
    assert (output.kind, output.encoding, output.shape, output.activation) == expected


def test_classes_and_metrics_belong_to_the_output() -> None:
    output = task_of(CLASSES, PENGUINS).output

    assert output.classes == ("Adelie", "Chinstrap", "Gentoo")
    assert (output.name, output.class_column) == ("species", "species")
    assert (output.loss, output.metrics) == ("sparse_categorical_crossentropy", ("accuracy",))
    assert output.family == "classification"


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        ([], ["species"], "data.no-roles"),
        (["bill"], [], "data.no-roles"),
        (["bill", "note"], ["species"], "data.text"),
        (["bill"], ["note"], "data.text"),
        (["bill"], ["species", "sex"], "data.several-targets"),
    ],
)
def test_columns_that_make_no_task_are_refused(x, y, code) -> None:
    spec = RunSpec(fit={"x": x, "y": y})
    with pytest.raises(DataError) as refused:
        task_of(spec, PENGUINS)
    assert refused.value.code == code
    assert resolve(CLASSES.with_values({"fit.x": x or None, "fit.y": y or None}), PENGUINS).errors


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        (["images", "digit"], ["columns"], "data.mixed-inputs"),
        (["images", "series"], ["digit"], "data.mixed-inputs"),
        (["series"], ["images"], "data.target-shape"),
        (["series"], ["columns", "second"], "data.several-targets"),
    ],
)
def test_arrays_that_make_no_task_are_refused_and_found_before(x, y, code) -> None:
    spec = IMAGES.with_values({"fit.x": x, "fit.y": y})
    with pytest.raises(DataError) as refused:
        task_of(spec, DIGITS)
    assert refused.value.code == code
    resolved = resolve(spec, DIGITS)
    assert resolved.task is None
    assert resolved.errors


def test_what_deals_with_one_slot_is_refused_several() -> None:
    task = task_of(CLASSES, PENGUINS)
    several = replace(task, outputs=task.outputs * 2)

    assert several.input is task.input
    with pytest.raises(DataError, match="2 outputs"):
        _ = several.output


def test_the_task_is_frozen_with_the_settings() -> None:
    resolved = resolve(CLASSES, PENGUINS)
    stored = json.loads(json.dumps(resolved.to_json()))

    assert resolved.task == task_of(CLASSES, PENGUINS)
    assert Resolved.from_json(stored).task == resolved.task
    del stored["task"]  # as versions wrote it that did not keep it
    assert Resolved.from_json(stored).task is None


def test_figures_and_plan_are_the_tasks() -> None:
    resolved = resolve(CLASSES, PENGUINS)
    assert resolved.facts is not None and resolved.model_plan is not None
    assert resolved.task is not None
    facts, plan, task = resolved.facts, resolved.model_plan, resolved.task

    assert facts.class_names == task.output.classes
    assert facts.input_shape == plan.input_shape == task.input.shape
    assert facts.output_shape == plan.output_shape == task.output.shape
    assert [head.settings["activation"] for head in plan.heads] == [task.output.activation]
