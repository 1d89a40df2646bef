"""Settings to start from: what a person would most likely choose."""

from __future__ import annotations

from fitstudio.actions.suggestions import suggest
from fitstudio.spec.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.spec.run_spec import RunSpec


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
        ((10,), "mlp"),
    ):  # fmt: skip
        settings = suggest(summary(array("x", *shape), target, kind="npz"))
        assert settings["model.kind"] == kind
        assert (settings["fit.x"], settings["fit.y"]) == (["x"], ["y"])


def test_sorted_targets_are_mixed():
    assert "data.row_order" not in suggest(summary(number("a"), category("y")))
    settings = suggest(summary(number("a"), category("y", sorted_runs=True)))
    assert settings["data.row_order"] == "random"
    assert settings["fit.validation_split"] == 0.2


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


def test_weights_are_found():
    settings = suggest(summary(number("a"), number("weight"), category("y")))

    assert settings["fit.sample_weight"] == "weight"
    assert settings["fit.x"] == ["a"]


def test_epochs_suit_the_number_of_rows():
    assert suggest(summary(number("a"), number("b"), rows=200))["fit.epochs"] == 100
    assert suggest(summary(number("a"), number("b"), rows=1_000_000))["fit.epochs"] == 10


def test_suggestions_are_settings():
    settings = suggest(summary(number("a"), number("weight"), category("y", sorted_runs=True)))

    assert RunSpec().with_values(settings).problems() == ()


def test_one_column_leaves_the_roles_open():
    assert "fit.y" not in suggest(summary(number("a")))
