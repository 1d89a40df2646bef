"""A stored recipe on files that come later: other order, other columns, other values."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.task import Task, make_input, make_output, slot_column
from fitstudio.errors import DataError

TABLE = "size,kind,code,class\n" + "".join(
    f"{n * 0.5},{'ab'[n % 2]},{n % 3},{'uvw'[n % 3]}\n" for n in range(30)
)


@pytest.fixture
def recipe(tmp_path) -> Recipe:
    (tmp_path / "t.csv").write_text(TABLE)
    spec = RunSpec().with_values(
        {
            "data.file": "t.csv", "fit.x": ["size", "kind", "code"], "fit.y": ["class"],
            "data.columns": {"code": {"type": "category"}},
        }
    )  # fmt: skip
    with open_source(spec.data, tmp_path) as source:
        made = prepare(source, spec, base=tmp_path, seed=0).recipe
    return Recipe.from_json(json.loads(json.dumps(made.to_json(), allow_nan=False)))


def applied(recipe: Recipe, tmp_path, text: str, name: str = "new.csv"):
    (tmp_path / name).write_text(text)
    notes: list[str] = []
    with open_source({"file": name}, tmp_path) as source:
        x, samples = recipe.apply(source, notes=notes)
    return x, samples.rows, " ".join(notes)


def test_the_same_file_gives_the_same_inputs(recipe, tmp_path):
    x, rows, notes = applied(recipe, tmp_path, TABLE)

    assert x.shape == (30, 6)
    assert rows.tolist() == list(range(30))
    assert notes == "", "the target has a use: answers are compared with it"


def test_columns_go_by_name_in_any_order(recipe, tmp_path):
    expected, _, _ = applied(recipe, tmp_path, "size,kind,code\n1.5,b,0\n2.0,a,1\n")
    x, _, notes = applied(recipe, tmp_path, "code;extra;kind;size\n0;9;b;1,5\n1;9;a;2,0\n")

    assert np.array_equal(x, expected)
    assert "another order" in notes
    assert "extra" in notes


def test_missing_columns_are_all_named(recipe, tmp_path):
    with pytest.raises(DataError, match="no columns 'kind', 'code'") as caught:
        applied(recipe, tmp_path, "size,kinds\n1,a\n2,b\n")
    assert "kinds" in str(caught.value.remedy)


def test_names_in_other_letters_are_taken_and_said(recipe, tmp_path):
    _, _, notes = applied(recipe, tmp_path, "Size,KIND,code\n1,a,0\n2,b,1\n")

    assert "'Size' is taken for 'size'" in notes


def test_unknown_categories_are_none_of_the_known_and_said(recipe, tmp_path):
    x, _, notes = applied(recipe, tmp_path, "size,kind,code\n1,zebra,0\n2,b,7\n3,a,1\n")

    assert x[0, 1:3].tolist() == [0, 0]
    assert x[1, 3:].tolist() == [0, 0, 0]
    assert "“zebra”" in notes
    assert "“7”" in notes


def test_classes_in_other_letters_are_taken_and_said(recipe, tmp_path):
    expected, _, _ = applied(recipe, tmp_path, "size,kind,code\n1.5,b,0\n2.0,a,1\n")
    x, _, notes = applied(recipe, tmp_path, "size,kind,code\n1.5,B,0\n2.0,A ,1\n")
    assert np.array_equal(x, expected)
    assert "2 rows have a class of kind in other letters than training: “B” for “b”" in notes


def test_classes_that_differ_in_letters_alone_stay_apart(tmp_path):
    rows = "".join(f"{n},{('mA', 'MA')[n % 2]},{n * 2}\n" for n in range(20))
    (tmp_path / "t.csv").write_text("size,unit,answer\n" + rows)
    spec = RunSpec().with_values(
        {"data.file": "t.csv", "fit.x": ["size", "unit"], "fit.y": ["answer"]}
    )
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    x, _, notes = applied(recipe, tmp_path, "size,unit\n1,mA\n2,MA\n3,ma\n")
    assert x[:, 1:].sum(axis=1).tolist() == [1.0, 1.0, 0.0]
    assert "1 row has something in unit that training did not: “ma”" in notes


def test_a_file_whose_words_are_numbers_is_read_as_words(recipe, tmp_path):
    x, _, notes = applied(recipe, tmp_path, "size,kind,code\n1,5,0\n2,6,1\n3,7,2\n")

    assert x[:, 1:3].sum() == 0
    assert "“5”" in notes


def test_gaps_and_values_beyond_training_are_said(recipe, tmp_path):
    _, rows, notes = applied(recipe, tmp_path, "size,kind,code\n1,a,0\n,b,1\n99,a,1\n")

    assert rows.tolist() == [0, 2]
    assert "1 row with missing values was left out" in notes
    assert "size (1)" in notes


def test_a_file_with_targets_can_be_measured(recipe, tmp_path):
    text = "class,size,kind,code\nw,1,a,0\nq,2,b,1\n,2,b,1\nu,3,a,1\n"
    (tmp_path / "new.csv").write_text(text)
    notes: list[str] = []
    with open_source({"file": "new.csv"}, tmp_path) as source:
        x, y, weights, samples = recipe.apply_with_targets(source, notes=notes)

    assert y.tolist() == [2, 0]
    assert [(place.source, place.number) for place in samples] == [("new.csv", 1), ("new.csv", 4)]
    assert x.shape == (2, 6)
    assert weights is None
    assert any("“q”" in note for note in notes)


def test_answers_become_classes_and_probabilities(recipe):
    decoded = recipe.decode(np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]]))

    assert decoded["class"].tolist() == ["v", "u"]
    assert decoded["probability w"].tolist() == [0.2, 0.3]
    logits = recipe.decode(np.array([[0.0, 800.0, 1.0]]), logits=True)
    assert logits["probability v"] == pytest.approx(1.0)
    with pytest.raises(DataError, match="2 numbers for 3 classes"):
        recipe.decode(np.zeros((4, 2)))


def test_one_answer_is_the_second_class(tmp_path):
    column = {"name": "sick", "role": "category", "labels": ["no", "yes"]}
    recipe = Recipe.from_json(
        {
            "format": 1, "inputs": [{"name": "a", "role": "number"}], "targets": [column],
            "encoding": "binary", "task": "classification", "missing": "drop",
        }
    )  # fmt: skip
    decoded = recipe.decode(np.array([[0.9], [0.2]]))

    assert decoded["sick"].tolist() == ["yes", "no"]
    assert decoded["probability yes"].tolist() == [0.9, 0.2]
    assert recipe.decode(np.array([[0.0]]), logits=True)["probability no"] == pytest.approx(0.5)


def test_a_single_array_goes_by_its_shape(tmp_path):
    np.savez(
        tmp_path / "a.npz", x=np.random.default_rng(0).normal(size=(20, 6)), y=np.arange(20) % 2
    )
    spec = RunSpec().with_values({"data.file": "a.npz", "fit.x": ["x"], "fit.y": ["y"]})
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    np.save(tmp_path / "march.npy", np.zeros((5, 6)))
    np.savez(tmp_path / "b.npz", pictures=np.zeros((4, 6)))
    for file, rows in (("march.npy", 5), ("b.npz", 4)):
        with open_source({"file": file}, tmp_path) as source:
            assert recipe.apply(source)[0].shape == (rows, 6)
    np.savez(tmp_path / "c.npz", x=np.zeros((4, 7)))
    with (
        open_source({"file": "c.npz"}, tmp_path) as source,
        pytest.raises(DataError, match="shape"),
    ):
        recipe.apply(source)


GOOD = {
    "format": 1, "inputs": [{"name": "a", "role": "number"}], "targets": [],
    "encoding": "number", "task": "regression", "missing": "drop",
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"format": 3}, {"format": None}, {"inputs": []}, {"inputs": "a"}, {"inputs": [5]},
        {"inputs": [{"name": 5, "role": "number"}]}, {"inputs": [{"name": "a", "role": "code"}]},
        {"inputs": [{"name": "a", "role": "number", "scale": [0]}]},
        {"inputs": [{"name": "a", "role": "number", "center": ["x"]}]},
        {"inputs": [{"name": "a", "role": "number", "center": [float("nan")]}]},
        {"inputs": [{"name": "a", "role": "array", "shape": [-1]}]},
        {"task": "hacking"}, {"encoding": 5}, {"missing": None}, {"targets": None},
        {"weight": 5}, {"training_rows": "many"}, {"task": "classification"},
        {"inputs": [{"name": "a", "role": "number"}, {"name": "b", "role": "array", "shape": [3]}]},
    ],
)  # fmt: skip
def test_damaged_recipes_are_refused(change):
    assert Recipe.from_json(GOOD)
    with pytest.raises(DataError):
        Recipe.from_json(GOOD | change)


NOW = {
    "format": 2, "inputs": [{"name": "in", "columns": [{"name": "a", "role": "number"}]}],
    "outputs": [{"name": "out", "columns": [], "encoding": "number", "task": "regression"}],
}  # fmt: skip


def test_a_recipe_of_format_1_is_that_of_format_2_with_one_slot_each():
    old, now = Recipe.from_json(GOOD), Recipe.from_json(NOW)

    assert old.input.columns == now.input.columns
    assert (old.output.encoding, old.output.task) == (now.output.encoding, now.output.task)
    assert Recipe.from_json(old.to_json()) == old
    assert "targets" not in old.to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"inputs": []}, {"inputs": [{"name": "in"}]}, {"outputs": [5]}, {"outputs": 5},
        {"inputs": [{"name": "in", "columns": []}]},
        {"outputs": [{"name": "out", "columns": [], "encoding": "secret"}]},
        {"outputs": [{"name": "out", "columns": [], "task": "classification"}]},
        {"reading": {"kind": "exe"}}, {"reading": {"kind": "table", "options": {"a": {}}}},
        {"reading": {"kind": "table", "columns": {"a": {"dates": "runes"}}}},
        {"sources": [{"name": "a b", "reading": {"kind": "npy"}}]},
        {"sources": [{"name": "b", "reading": {"kind": "npy"}}]},
        {"sources": [{"name": "a", "reading": {"kind": "npy"}, "by": "id"}]},
        {"sources": [{"name": "a"}]},
    ],
)  # fmt: skip
def test_damaged_slots_readings_and_files_are_refused(change):
    assert Recipe.from_json(NOW)
    with pytest.raises(DataError):
        Recipe.from_json(NOW | change)


def slots_of(source, spec) -> Task:
    """Two inputs and two outputs, which no form makes yet."""
    values = spec.values()
    parts = {name: slot_column(spec, source.column(name)) for name in ("size", "kind", "code")}
    return Task(
        inputs=(
            replace(make_input([parts["size"], parts["code"]]), name="measures"),
            make_input([parts["kind"]]),
        ),
        outputs=(
            make_output(spec, values, [source.column("class")]),
            make_output(spec, values, [source.column("size")]),
        ),
    )


@pytest.mark.parametrize("feed", ["arrays", "batches"])
def test_several_slots_come_out_by_their_names(tmp_path, feed):
    lines = TABLE.splitlines()
    lines[4] = lines[4].replace(",b,", ",,").replace(",a,", ",,")  # a row without its kind
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    spec = RunSpec().with_values(
        {
            "data.file": "t.csv", "fit.x": ["size", "kind", "code"], "fit.y": ["class"],
            "data.feed": feed, "fit.batch_size": 8,
        }
    )  # fmt: skip
    with open_source(spec.data, tmp_path) as source:
        done = prepare(source, spec, base=tmp_path, seed=0, task=slots_of(source, spec))
        recipe = Recipe.from_json(json.loads(json.dumps(done.recipe.to_json())))
        x, y, _, samples = recipe.apply_with_targets(source)
    assert recipe == done.recipe
    assert [slot.name for slot in recipe.inputs] == ["measures", "kind"]
    assert {name: array.shape for name, array in x.items()} == {
        "measures": (29, 2), "kind": (29, 2),
    }  # fmt: skip
    assert y.keys() == {"class", "size"}
    assert len(samples) == 29 and 3 not in samples.rows
    if feed == "batches":
        inputs, targets = done.x[0]
        assert inputs["measures"].shape == (8, 2) and targets["class"].shape[0] == 8
        inputs = {name: np.concatenate([b[0][name] for b in done.x]) for name in inputs}
    else:
        inputs = done.x
    for name, array in x.items():
        np.testing.assert_allclose(inputs[name], array, rtol=1e-6)
    with pytest.raises(DataError, match="2 inputs, where one is expected"):
        _ = recipe.input


@pytest.mark.parametrize("data", [None, 5, "text", [], {"format": 1}, {"format": 2}])
def test_what_is_no_recipe_is_refused(data):
    with pytest.raises(DataError):
        Recipe.from_json(data)
