"""Settings to start from: what a person would most likely choose."""

from __future__ import annotations

import pytest

from fitstudio.actions.reading.suggestions import suggest
from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.plain_words import describe
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary


def number(name, **more):
    return ColumnSummary(
        name=name, type="number", dtype="float64", count=100, minimum=0, maximum=9, **more
    )


def category(name, labels="ab", **more):
    return ColumnSummary(
        name=name, type="category", dtype="str", count=100,
        classes=tuple((label, 50) for label in labels), **more,
    )  # fmt: skip


def array(name, *shape):
    return ColumnSummary(name=name, type="array", dtype="float32", shape=shape, count=100)


def summary(*columns, kind="table", rows=300, **more):
    return DatasetSummary(file="f", kind=kind, rows=rows, columns=columns, **more)


def test_a_column_of_classes_at_either_end_is_the_target():
    for columns in ((category("a"), number("b"), number("c")), (number("b"), category("a"))):
        settings = suggest(summary(*columns))
        assert settings["fit.y"] == ["a"]
        assert "a" not in settings["fit.x"]
        assert settings["compile.metrics"] == ["accuracy"]


def test_the_last_number_is_the_target_otherwise():
    settings = suggest(summary(number("a"), number("b"), number("c")))

    assert settings["fit.y"] == ["c"]
    assert settings["fit.x"] == ["a", "b"]
    assert settings["compile.metrics"] == ["mean_absolute_error"]


def test_a_telling_name_is_the_target():
    assert suggest(summary(number("a"), number("target"), number("c")))["fit.y"] == ["target"]


def test_what_a_person_chose_is_kept():
    settings = suggest(summary(number("a"), number("b"), number("c")), target=["a"], inputs=["c"])

    assert (settings["fit.y"], settings["fit.x"]) == (["a"], ["c"])


def test_names_constants_copies_and_empty_columns_are_no_inputs():
    columns = (
        number("a"), ColumnSummary(name="id", type="id", dtype="str", count=100),
        ColumnSummary(name="same", type="constant", dtype="str", count=100),
        ColumnSummary(name="note", type="text", dtype="str", count=100),
        number("copy"), number("gaps", missing=200), number("y"),
    )  # fmt: skip
    settings = suggest(summary(*columns, twins=(("copy", "y", "same"),)))

    assert settings["fit.x"] == ["a"]


def test_the_only_column_is_an_input_even_where_it_tells_the_target():
    settings = suggest(summary(number("x"), number("y"), twins=(("x", "y", "same"),)))

    assert settings["fit.x"] == ["x"]


def test_models_by_shape():
    target = category("y")
    for shape, kind in (
        ((8, 8), "cnn2d"), ((32, 32, 3), "cnn2d"), ((1024,), "cnn1d"), ((50, 3), "cnn1d"),
        ((10,), "realmlp"),
    ):  # fmt: skip
        settings = suggest(summary(array("x", *shape), target, kind="npz"))
        assert settings["model.kind"] == kind
        assert (settings["fit.x"], settings["fit.y"]) == (["x"], ["y"])


def test_rows_are_mixed_unless_they_follow_in_time():
    for target in (category("y"), category("y", sorted_runs=True), number("y", distinct=90)):
        settings = suggest(summary(number("a"), target))
        assert settings["data.row_order"] == "random"
        assert settings["fit.validation_split"] == 0.2
    day = ColumnSummary(name="day", type="text", dtype="str", count=300, dates=True, order="rising")
    clock = number("time", order="rising")
    smooth = number("y", likeness=0.97, distinct=280)
    for columns in ((day, number("a"), category("y")), (clock, number("y")), (number("a"), smooth)):
        settings = suggest(summary(*columns))
        assert "data.row_order" not in settings
        assert settings["fit.validation_split"] == 0.2
    by_size = (number("a", order="rising"), smooth)
    assert suggest(summary(*by_size))["data.row_order"] == "random"


def test_a_column_that_names_the_parts_is_the_split():
    settings = suggest(summary(category("part", ["test", "train"]), number("a"), category("y")))

    assert settings["fit.validation_data"] == {"column": "part", "values": ["test"]}
    assert "fit.validation_split" not in settings
    assert settings["fit.x"] == ["a"]


def test_zeros_and_ones_are_classes():
    target = number("y", integer=True).to_json() | {"classes": [["0", 60], ["1", 40]]}
    settings = suggest(summary(number("a"), ColumnSummary.from_json(target)))

    assert settings["data.columns"] == {"y": {"type": "category"}}
    assert settings["compile.metrics"] == ["accuracy"]


@pytest.mark.parametrize("name", ["weight", "weights", "Weight", "sample_weight"])
def test_a_weight_is_a_measurement_unless_a_person_says_otherwise(name):
    settings = suggest(summary(number("a"), number(name), category("y")))

    assert "fit.sample_weight" not in settings
    assert settings["fit.x"] == ["a", name]


# A column of each kind of values, and what it is to a neutral name.
_VALUES = {
    "numbers": lambda name: number(name, distinct=90),
    "whole numbers": lambda name: number(name, distinct=90, integer=True),
    "words": lambda name: category(name, ["valve", "pump", "device", "tester"]),
    "splitting words": lambda name: category(name, ["devoted", "train", "tram"]),
    "one word": lambda name: category(name, ["training", "other"]),
}
_TELLING_NAMES = (
    "weight", "weights", "sample_weight", "part", "split", "set", "subset", "fold", "partition",
    "time", "date", "type", "state", "condition", "quality", "result", "response", "category",
    "id_card", "test", "train", "validation", "species", "digit",
)  # fmt: skip


@pytest.mark.parametrize("values", _VALUES)
@pytest.mark.parametrize("name", _TELLING_NAMES)
def test_a_name_alone_never_gives_a_role(name, values):
    def roles(column_name):
        columns = (number("a"), _VALUES[values](column_name), number("b"), number("c"))
        settings = suggest(summary(*columns))
        keys = ("fit.x", "fit.y", "fit.sample_weight", "fit.validation_data", "data.row_order")
        return [_neutral(settings.get(key), column_name) for key in keys]

    found, neutral = roles(name), roles("neutral")
    # It may be a reason to ask for the target, which leaves all columns where they are.
    if found[1] is None:
        found[:2] = [[each for each in found[0] if each != "c"], ["c"]]
    assert found == neutral


def _neutral(names, name):
    return ["*" if each == name else each for each in names] if isinstance(names, list) else names


def test_words_that_only_begin_like_parts_are_an_input():
    settings = suggest(
        summary(number("a"), category("part", ["valve", "pump", "motor", "device"]), number("life"))
    )

    assert settings["fit.x"] == ["a", "part"]
    assert settings["fit.y"] == ["life"]
    assert "fit.validation_data" not in settings


def test_no_wavelength_is_the_target():
    band = [number(f"{1100 + 2 * n},0", distinct=90) for n in range(20)]
    falling = [number(f"{4000 - 4 * n} cm-1", distinct=90) for n in range(20)]
    for spectrum in (band, falling, [number(f"x{n}") for n in range(4)]):
        assert suggest(summary(number("protein"), *spectrum))["fit.y"] == ["protein"]
        several = suggest(summary(number("protein"), number("fat"), *spectrum))
        assert "fit.y" not in several
        assert "fit.y" not in suggest(summary(*spectrum))


def test_two_whole_numbers_are_classes():
    for labels in (("-1", "1"), ("1", "2"), ("0", "1")):
        target = number("y", integer=True).to_json() | {"classes": [[each, 50] for each in labels]}
        settings = suggest(summary(number("a"), ColumnSummary.from_json(target)))
        assert settings["data.columns"] == {"y": {"type": "category"}}


def test_what_names_things_with_several_rows_is_no_input():
    settings = suggest(
        summary(number("patient_id", repeats=True, distinct=80), number("a"), category("y"))
    )

    assert settings["fit.x"] == ["a"]


def test_a_date_is_counted_in_days_where_there_is_nothing_else():
    day = ColumnSummary(name="day", type="text", dtype="str", count=300, dates=True)

    settings = suggest(summary(day, number("flow")))
    assert settings["fit.x"] == ["day"]
    assert settings["data.columns"] == {"day": {"type": "number"}}
    assert suggest(summary(day, number("a"), number("flow")))["fit.x"] == ["a"]


def test_epochs_suit_the_number_of_rows():
    assert suggest(summary(number("a"), number("b"), rows=200))["fit.epochs"] == 256
    assert suggest(summary(number("a"), number("b"), rows=1_000_000))["fit.epochs"] == 10
    pictures = (array("x", 28, 28), category("y"))
    assert suggest(summary(*pictures, kind="npz", rows=200))["fit.epochs"] == 100


@pytest.mark.parametrize("rows", [1, 12, 300, 5_000, 2_000_000])
@pytest.mark.parametrize("target", [category("y"), category("y", "abc"), number("y")])
def test_a_table_gets_a_model_that_can_be_built_and_reasons_for_it(rows, target):
    about = summary(number("a"), category("b", "klm"), target, rows=rows)
    settings = suggest(about, target=["y"])
    resolved = resolve(RunSpec().with_values(settings), about)

    assert settings["model.kind"] == "realmlp"
    decay = 4.0 if target.type == "number" else 0.8
    assert settings["compile.optimizer_settings"] == {"beta_2": 0.95, "weight_decay": decay}
    assert resolved.model_plan is not None and resolved.model_plan.ok
    assert resolved.facts is not None
    assert not [each for each in resolved.errors if each.where.startswith("fit.callbacks")]
    (why,) = (each.text for each in describe(resolved, about) if each.title == "Chosen for you")
    assert "AdamW" in why
    # What a person has changed is no choice of the program any more.
    changed = resolve(RunSpec().with_values(settings | {"compile.optimizer": "sgd"}), about)
    assert "AdamW" not in " ".join(each.text for each in describe(changed, about))


@pytest.mark.parametrize("model", sorted(MODELS))
def test_a_model_that_a_person_has_chosen_learns_as_it_should(model):
    about = summary(number("a"), category("b", "klm"), category("y"), rows=500)
    settings = suggest(about, target=["y"], model=model)

    assert "model.kind" not in settings or settings["model.kind"] == model
    spec = RunSpec().with_values(settings | {"model.kind": model})
    assert spec.problems() == ()
    errors = [each.where for each in resolve(spec, about).errors]
    assert not [where for where in errors if where.startswith(("fit.", "compile."))]
    decay = (settings.get("compile.optimizer_settings") or {}).get("weight_decay", 0)
    assert (decay > 0.1) is (model == "realmlp")


def test_suggestions_are_settings():
    settings = suggest(summary(number("a"), number("weight"), category("y", sorted_runs=True)))

    assert RunSpec().with_values(settings).problems() == ()


def test_one_column_leaves_the_roles_open():
    assert "fit.y" not in suggest(summary(number("a")))
