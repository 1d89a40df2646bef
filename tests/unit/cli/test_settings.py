"""Settings typed as flags and as --set KEY=VALUE."""

import pytest

from fitstudio.cli.program import build_parser
from fitstudio.cli.settings import typed_settings
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError, SpecError, UsageError


def typed(*words: str, spec: RunSpec | None = None):
    return typed_settings(build_parser().parse_args(["train", "folder", *words]), spec)


def test_only_what_was_typed_is_set():
    assert typed() == {}
    assert typed("--epochs", "3", "--seed", "7") == {"fit.epochs": 3, "run.seed": 7}


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        (["--shuffle", "batch"], "fit.shuffle", "batch"),
        (["--validation-split", "0.25"], "fit.validation_split", 0.25),
        (["--validation-freq", "1,3"], "fit.validation_freq", [1, 3]),
        (["--class-weight", '{"0": 1, "1": 2.5}'], "fit.class_weight", {0: 1, 1: 2.5}),
        (["--optimizer", "sgd"], "compile.optimizer", "sgd"),
        (["--verbose", "2"], "fit.verbose", 2),
        (["--set", "model.units=[16, 8]"], "model.units", [16, 8]),
    ],
)
def test_a_value_is_read_by_its_parameters_kind(words, key, value):
    assert typed(*words) == {key: value}


def test_part_of_a_nested_setting_leaves_the_other_parts():
    spec = RunSpec().with_values({"compile.optimizer_settings": {"beta_1": 0.8}})

    settings = typed("--set", "compile.optimizer_settings.beta_2=0.9", spec=spec)

    assert settings == {"compile.optimizer_settings": {"beta_1": 0.8, "beta_2": 0.9}}


def test_an_unknown_key_is_named_with_the_one_that_was_meant():
    with pytest.raises(SpecError, match=r"'fit.epohs'.*Did you mean 'fit.epochs'"):
        typed("--set", "fit.epohs=3")


def test_a_value_that_does_not_fit_is_named_with_its_rule():
    with pytest.raises(SpecError, match="whole number, 1 or more, not 'zero'"):
        typed("--epochs", "zero")


def test_set_without_equals_is_wrong_usage():
    with pytest.raises(UsageError, match="KEY=VALUE"):
        typed("--set", "fit.epochs")


@pytest.mark.parametrize(
    "file, typed_option, value",
    [
        ("a.csv", "separator=tab", {"separator": "\t"}),
        ("a.csv", "thousands= ", {"thousands": " "}),
        ("a.csv", "header_line=3", {"header_line": 3}),
        ("a.csv", "missing=NA,-", {"missing": ["NA", "-"]}),
        ("a.npz", "missing=-9999", {"missing": [-9999.0]}),
        ("a.h5", "packing=false", {"packing": False}),
        ("a.csv", "decimal=null", {}),
    ],
)
def test_options_of_reading_are_read_by_their_declared_kinds(file, typed_option, value):
    spec = RunSpec().with_values({"data.file": file, "data.options": {"decimal": ","}})
    settings = typed("--set", f"data.options.{typed_option}", spec=spec)
    assert settings["data.options"] == ({"decimal": ","} | value if value else {})


@pytest.mark.parametrize(
    "typed_option, sentence",
    [
        ("header_line=first", "The option header_line of the file cannot be 'first'."),
        ("dates=ymd", "The option dates of the file cannot be 'ymd'. It is dmy or mdy."),
        ("seperator=;", "This kind of file has no option 'seperator'. Did you mean 'separator'?"),
    ],
)
def test_options_that_cannot_be_are_refused_when_they_are_typed(typed_option, sentence):
    spec = RunSpec().with_values({"data.file": "a.csv"})
    with pytest.raises(DataError) as caught:
        typed("--set", f"data.options.{typed_option}", spec=spec)
    assert str(caught.value).startswith(sentence)
