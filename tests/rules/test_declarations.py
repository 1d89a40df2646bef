"""The tables of parameters, the signatures and the command line say the same."""

import inspect

import pytest

import fitstudio
from fitstudio.actions import projects, requests, runs
from fitstudio.actions.models import using_models
from fitstudio.cli import COMMANDS, is_command
from fitstudio.cli import commands as subcommands
from fitstudio.cli.program import build_parser
from fitstudio.cli.settings import flagged_params
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.fit import FIT
from tests.keras_signature import KERAS_FIT


def test_fit_has_the_references_parameters_in_its_order():
    parameters = list(inspect.signature(fitstudio.Model.fit).parameters)[1:]

    assert tuple(parameters[: len(KERAS_FIT)]) == tuple(KERAS_FIT)
    assert tuple(param.name for param in FIT[: len(KERAS_FIT)]) == tuple(KERAS_FIT)


@pytest.mark.parametrize("param", FIT, ids=lambda param: param.name)
def test_fit_and_its_table_agree_on_the_default(param):
    assert inspect.signature(fitstudio.Model.fit).parameters[param.name].default == param.default


def test_additions_to_fit_are_keyword_only():
    parameters = list(inspect.signature(fitstudio.Model.fit).parameters.values())[1:]
    additions = parameters[len(KERAS_FIT) :]

    assert all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in additions)


@pytest.mark.parametrize("param", (*FIT, *COMPILE), ids=lambda param: param.key)
def test_every_parameter_explains_itself(param):
    assert param.title
    assert param.help.endswith(".")
    if param.default is None:
        assert param.unset


def test_compile_takes_every_parameter_of_its_table():
    taken = set(inspect.signature(fitstudio.Model.compile).parameters)
    # The learning rate and the settings of the optimiser and the loss are parts of those objects.
    parts = {"learning_rate", "optimizer_settings", "loss_settings"}

    assert {param.name for param in COMPILE} - parts <= taken


def test_the_listed_commands_are_the_parsers():
    assert sorted(COMMANDS) == sorted(command.name for command in subcommands.ALL)
    assert all(is_command([name]) for name in COMMANDS)
    assert not is_command(["some-project"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_json(name, capsys):
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([name, "--help"])

    assert ended.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_every_scalar_parameter_has_a_flag():
    flags = {param.name for param in flagged_params()}

    assert {"epochs", "batch_size", "learning_rate", "optimizer", "shuffle"} <= flags


def test_what_a_person_can_do_to_a_run_can_be_done_in_the_terminal():
    doable = {
        projects.create_project: "new",
        projects.list_examples: "examples",
        runs.check: "check",
        runs.start_run: "train",
        runs.list_runs: "runs",
        runs.load_run: "show",
        requests.resume_run: "resume",
        requests.pause_run: "pause",
        requests.continue_run: "continue",
        requests.stop_run: "stop",
        requests.extend_run: "extend",
        requests.discard_run: "discard",
        using_models.evaluate_run: "evaluate",
        using_models.predict_run: "predict",
    }

    assert set(doable.values()) <= set(COMMANDS)
