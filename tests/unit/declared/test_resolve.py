"""What is found in a specification, and the final values with their origins."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.registry import find_param, known_keys
from fitstudio.declared.resolve import Origin, Resolved, resolve
from fitstudio.declared.run_spec import RunSpec
from tests.unit.declared.samples import CLASSES, DIGITS, IMAGES, NUMBERS, PENGUINS
from tests.unit.declared.test_run_spec import PLAIN

STOPPING = {"kind": "EarlyStopping", "patience": 5}


def found(spec: RunSpec, code: str, summary=PENGUINS) -> Finding:
    findings = resolve(spec, summary).findings
    matching = [finding for finding in findings if finding.code == code]
    assert matching, f"{code} is not among {[finding.code for finding in findings]}"
    return matching[0]


def codes(spec: RunSpec, summary=PENGUINS) -> set[str]:
    return {finding.code for finding in resolve(spec, summary).findings}


def test_values_carry_their_origin() -> None:
    values = resolve(CLASSES, PENGUINS).values
    assert (values["fit.epochs"].value, values["fit.epochs"].origin) == (50, Origin.YOU)
    assert (values["fit.shuffle"].value, values["fit.shuffle"].origin) == (True, Origin.DEFAULT)
    assert (values["fit.batch_size"].value, values["fit.batch_size"].origin) == (32, Origin.DERIVED)
    assert values["compile.loss"].value == "sparse_categorical_crossentropy"
    assert values["compile.learning_rate"].value == 0.001


def test_facts_of_a_classification() -> None:
    facts = resolve(CLASSES, PENGUINS).facts
    assert facts is not None
    assert (facts.used_rows, facts.left_out, facts.exact) == (333, 11, True)
    assert (facts.training_rows, facts.validation_rows) == (266, 67)
    assert (facts.batch_size, facts.steps_per_epoch, facts.total_steps) == (32, 9, 450)
    assert facts.input_shape == (3 + 1 + 2,)
    assert (facts.output_units, facts.output_activation) == (3, "softmax")
    assert facts.target_encoding == "index"
    assert facts.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert facts.monitors == ("loss", "accuracy", "val_loss", "val_accuracy")


def test_rows_left_out_are_close_where_gaps_were_not_counted_together() -> None:
    unknown = dataclasses.replace(PENGUINS, missing_patterns=None)
    facts = resolve(CLASSES, unknown).facts
    assert facts is not None
    assert (facts.used_rows, facts.exact) == (333, True)
    unknown = dataclasses.replace(unknown, complete_rows=None)
    facts = resolve(CLASSES, unknown).facts
    assert facts is not None
    assert (facts.used_rows, facts.exact) == (331, False)
    filled = CLASSES.with_values({"data.missing": "fill"})
    facts = resolve(filled, PENGUINS).facts
    assert facts is not None
    assert (facts.used_rows, facts.left_out) == (344, 0)


def test_facts_of_two_classes_and_of_numbers() -> None:
    two = CLASSES.with_values({"fit.x": ["bill"], "fit.y": ["sex"]})
    facts = resolve(two, PENGUINS).facts
    assert facts is not None
    assert (facts.loss, facts.target_encoding) == ("binary_crossentropy", "binary")
    assert (facts.output_units, facts.output_activation) == (1, "sigmoid")
    facts = resolve(NUMBERS, PENGUINS).facts
    assert facts is not None
    assert (facts.task, facts.loss) == ("regression", "mean_squared_error")
    assert (facts.output_units, facts.output_activation) == (1, "linear")
    logits = two.with_values(
        {"compile.loss": "binary_crossentropy", "compile.loss_settings": {"from_logits": True}}
    )
    facts = resolve(logits, PENGUINS).facts
    assert facts is not None
    assert facts.output_activation == "linear"


def test_shapes_of_arrays() -> None:
    facts = resolve(IMAGES, DIGITS).facts
    assert facts is not None
    assert facts.input_shape == (8, 8)
    assert facts.row_name == "sample"
    stacked = IMAGES.with_values({"fit.x": ["series", "second"], "model.kind": "cnn1d"})
    facts = resolve(stacked, DIGITS).facts
    assert facts is not None
    assert facts.input_shape == (8, 2)
    one_hot = IMAGES.with_values({"fit.y": ["columns"], "compile.loss": "categorical_crossentropy"})
    facts = resolve(one_hot, DIGITS).facts
    assert facts is not None
    assert (facts.output_units, facts.output_activation) == (10, "softmax")


@pytest.mark.parametrize(
    ("rows", "part", "training"), [(10, 0.8, 1), (10, 0.3, 7), (10, 0.2, 8), (333, 0.2, 266)]
)
def test_the_split_rounds_as_the_reference_does(rows: int, part: float, training: int) -> None:
    summary = dataclasses.replace(PENGUINS, rows=rows, columns=PENGUINS.columns[:2])
    spec = CLASSES.with_values({"fit.x": ["island"], "fit.validation_split": part})
    facts = resolve(spec, summary).facts
    assert facts is not None
    assert facts.training_rows == training


def test_sorted_rows_are_told_with_the_class_that_is_left_for_checking() -> None:
    finding = found(CLASSES, "fit.sorted-rows")
    assert finding.severity is Severity.ADVICE
    assert finding.where == "fit.validation_split"
    assert "The last 67 rows are all **Chinstrap**" in finding.sentence
    assert finding.fix is not None
    assert finding.fix.set == {"data.row_order": "random"}
    assert "fit.sorted-rows" not in codes(CLASSES.with_values(finding.fix.set))


BROKEN = [
    ({"data.file": None}, "data.no-file"),
    ({"fit.x": None}, "fit.x-not-chosen"),
    ({"fit.y": None}, "fit.y-not-chosen"),
    ({"fit.x": ["bil"]}, "fit.x-unknown-column"),
    ({"fit.x": ["bill", "species"]}, "fit.x-holds-target"),
    ({"fit.x": ["bill", "note"]}, "fit.x-text"),
    ({"fit.y": ["species", "bill"]}, "fit.y-several"),
    ({"fit.y": ["note"]}, "fit.y-text"),
    ({"fit.y": ["year"]}, "fit.y-constant"),
    ({"fit.sample_weight": "wait"}, "fit.sample_weight-unknown-column"),
    ({"fit.sample_weight": "island"}, "fit.sample_weight-text"),
    ({"fit.sample_weight": "signed"}, "fit.sample_weight-negative"),
    ({"fit.epochs": 0}, "fit.epochs-value"),
    ({"fit.initial_epoch": 50}, "fit.nothing-to-train"),
    ({"fit.validation_split": 0.999}, "fit.validation-split-empty"),
    ({"data.feed": "batches"}, "fit.split-of-batches"),
    ({"fit.class_weight": {0: 1.0}}, "fit.class-weight-missing"),
    ({"fit.class_weight": {0: 0.0, 1: 0.0, 2: 0.0}}, "fit.class-weight-zero"),
    (
        {"fit.validation_data": {"column": "iland", "values": ["Dream"]}},
        "fit.validation-data-unknown-column",
    ),
    ({"fit.validation_data": {"column": "island", "values": ["x"]}}, "fit.validation-data-empty"),
    ({"compile.loss": "mse"}, "compile.loss-target"),
    ({"compile.metrics": ["AUC"]}, "compile.metric-target"),
    (
        {"fit.x": ["signed"], "fit.y": ["bill"], "compile.loss": "categorical_crossentropy"},
        "compile.loss-target",
    ),
    (
        {
            "fit.x": ["bill"],
            "fit.y": ["sex"],
            "compile.loss": "hinge",
            "compile.metrics": ["Precision"],
        },
        "compile.metric-probabilities",
    ),
    (
        {
            "compile.loss": "binary_crossentropy",
            "compile.loss_settings": {"from_logits": True},
            "compile.metrics": ["AUC"],
        },
        "compile.metric-probabilities",
    ),
    ({"compile.metrics": ["accuracy", "accuracy"]}, "compile.metrics-twice"),
    ({"compile.optimizer_settings": {"beta": 1}}, "compile.optimizer_settings-wrong"),
    ({"compile.optimizer_settings": {"learning_rate": 1.0}}, "compile.rate-twice"),
    ({"compile.loss_settings": {"from_logits": True}}, "compile.loss_settings-without"),
    ({"compile.loss_weights": [1.0, 2.0]}, "compile.loss-weights-count"),
    (
        {"fit.callbacks": [{"kind": "ModelCheckpoint", "filepath": "{val_los}"}]},
        "fit.callbacks-file-name-field",
    ),
    (
        {"fit.callbacks": [{"kind": "ModelCheckpoint", "filepath": "{epoch"}]},
        "fit.callbacks-file-name",
    ),
    (
        {"fit.callbacks": [{"kind": "LearningRateScheduler", "schedule": "table"}]},
        "fit.callbacks-no-table",
    ),
    ({"model.kind": "cnn2d"}, "model.kind-plan"),
]


@pytest.mark.parametrize(("values", "code"), BROKEN, ids=[code for _, code in BROKEN])
def test_what_cannot_work_is_an_error_and_its_fix_mends_it(values, code) -> None:
    spec = CLASSES.with_values(values)
    finding = found(spec, code)
    assert finding.severity is Severity.ERROR
    assert finding.sentence.endswith((".", "?"))
    if finding.fix is not None:
        for key, value in finding.fix.set.items():
            param = find_param(key)
            assert param is not None
            assert value is None or param.kind.check(value) is None
        assert code not in codes(spec.with_values(finding.fix.set)) or code == "fit.x-text"


LOOK_AT = [
    ({"fit.x": ["bill", "year"]}, "fit.x-constant"),
    ({"fit.validation_split": None}, "fit.no-validation"),
    ({"fit.validation_split": 0.01}, "fit.few-validation-rows"),
    ({"fit.batch_size": 500}, "fit.batch-size-beyond"),
    ({"fit.steps_per_epoch": 20}, "fit.runs-out-of-data"),
    ({"fit.validation_freq": 51}, "fit.never-checked"),
    ({"fit.validation_freq": [60]}, "fit.never-checked"),
    ({"fit.class_weight": {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0}}, "fit.class-weight-beyond"),
    ({"fit.callbacks": [STOPPING | {"patience": 50}]}, "fit.callbacks-patience"),
    ({"fit.callbacks": [STOPPING | {"monitor": "val_acc"}]}, "fit.callbacks-unknown-monitor"),
    (
        {"fit.callbacks": [STOPPING], "fit.validation_split": None},
        "fit.callbacks-no-validation",
    ),
    (
        {"fit.callbacks": [{"kind": "ReduceLROnPlateau"}, {"kind": "LearningRateScheduler"}]},
        "fit.callbacks-two-rates",
    ),
    (
        {
            "fit.x": ["bill"],
            "fit.y": ["sex"],
            "compile.loss": "hinge",
            "compile.metrics": ["accuracy"],
        },
        "compile.metric-probabilities",
    ),
    ({"compile.learning_rate": 3.0}, "compile.rate-high"),
    ({"compile.learning_rate": 0.0}, "compile.rate-zero"),
]


@pytest.mark.parametrize(("values", "code"), LOOK_AT)
def test_what_deserves_a_look_is_advice_and_its_fix_mends_it(values, code) -> None:
    spec = CLASSES.with_values(values)
    finding = found(spec, code)
    assert finding.severity is Severity.ADVICE
    assert resolve(spec, PENGUINS).ok
    if finding.fix is not None:
        assert code not in codes(spec.with_values(finding.fix.set))


def test_a_setting_without_effect_is_greyed_and_told() -> None:
    resolved = resolve(CLASSES.with_values({"fit.workers": 4}), PENGUINS)
    assert resolved.greyed["fit.workers"] == "only for data that comes in batches"
    finding = resolved.findings_at("fit.workers")[0]
    assert finding.severity is Severity.NO_EFFECT
    assert resolved.value("fit.workers") == 4
    marked = CLASSES.with_values({"fit.validation_data": {"column": "sex", "values": ["male"]}})
    assert resolve(marked, PENGUINS).greyed["fit.validation_split"] == "validation data is set"


def test_class_weights_for_numbers_are_refused() -> None:
    spec = NUMBERS.with_values({"fit.class_weight": {0: 1.0}})
    assert found(spec, "fit.weights-without-classes").severity is Severity.ERROR
    assert "fit.class_weight" in resolve(NUMBERS, PENGUINS).greyed


def test_a_file_that_cannot_be_read_for_sure_stops_training() -> None:
    unclear = Finding("data.lines-too-long", Severity.ERROR, "data.options", "Too many fields.")
    advice = Finding("data.blank-lines", Severity.ADVICE, "data.options", "Empty lines.")
    summary = dataclasses.replace(PENGUINS, findings=(unclear, advice))
    resolved = resolve(CLASSES, summary)
    assert resolved.errors == (unclear,)
    assert advice not in resolved.findings


def test_the_first_finding_never_hides_the_second() -> None:
    spec = CLASSES.with_values(
        {"fit.epochs": 0, "fit.batch_size": -1, "compile.loss": "mse", "fit.validation_split": 2.0}
    )
    assert {"fit.epochs", "fit.batch_size", "compile.loss", "fit.validation_split"} <= {
        finding.where for finding in resolve(spec, PENGUINS).errors
    }


def test_without_data_the_settings_alone_are_checked() -> None:
    resolved = resolve(CLASSES.with_values({"fit.epochs": 0}))
    assert [finding.where for finding in resolved.errors] == ["fit.epochs"]
    assert resolved.facts is None


def test_everything_resolved_survives_json() -> None:
    spec = CLASSES.with_values(
        {"fit.class_weight": {0: 1.0, 1: 2.0, 2: 1.5}, "fit.callbacks": [STOPPING]}
    )
    resolved = resolve(spec, PENGUINS)
    assert Resolved.from_json(json.loads(json.dumps(resolved.to_json()))) == resolved


@pytest.mark.parametrize("wrong", [True, 3, "a", [1], {"a": True}, {"": {"": None}}])
@pytest.mark.parametrize("key", ["data.columns", "data.options", "data.sources", "fit.callbacks"])
def test_a_composed_setting_of_the_wrong_type_is_told_and_breaks_nothing(key, wrong) -> None:
    for base, summary in ((CLASSES, PENGUINS), (IMAGES, DIGITS)):
        assert json.dumps(resolve(base.with_values({key: wrong}), summary).to_json())


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(known_keys()), PLAIN, max_size=6))
def test_no_specification_makes_the_check_fail(values) -> None:
    for base, summary in ((CLASSES, PENGUINS), (IMAGES, DIGITS)):
        resolved = resolve(base.with_values(values), summary)
        json.dumps(resolved.to_json())


@pytest.mark.parametrize("kind", ["lstm", "gru"])
def test_an_activation_without_layers_that_take_it_is_greyed(kind):
    greyed = resolve(RunSpec(model={"kind": kind}), None).greyed
    assert greyed["model.activation"] == "dense units is not set"
    with_layers = RunSpec(model={"kind": kind, "dense_units": [8]})
    assert "model.activation" not in resolve(with_layers, None).greyed
