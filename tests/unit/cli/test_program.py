"""The command line as a whole: exit codes, sentences for errors, JSON."""

import json

import pytest

from fitstudio.actions import projects
from fitstudio.cli import program


def test_no_such_project_is_a_sentence_and_exit_code_1(tmp_path, capsys):
    assert program.main(["runs", str(tmp_path / "nowhere")]) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_an_unknown_flag_is_wrong_usage(capsys):
    assert program.main(["train", "folder", "--epohs", "3"]) == 2
    assert "--epohs" in capsys.readouterr().err


def test_with_json_an_error_is_one_json_value(tmp_path, capsys):
    assert program.main(["runs", str(tmp_path / "nowhere"), "--json"]) == 1

    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "project.missing"
    assert error["remedy"]


def test_a_mistake_of_ours_shows_no_traceback_and_keeps_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("FITSTUDIO_HOME", str(tmp_path))

    def fail(*arguments, **keywords):
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr("fitstudio.actions.projects.list_examples", fail)

    assert program.main(["examples"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    assert "last-error.txt" in shown
    assert "ZeroDivisionError: a mistake" in (tmp_path / "last-error.txt").read_text()


@pytest.mark.parametrize(
    "words", [["new", "folder"], ["new", "folder", "--example", "a", "--data", "b"]]
)
def test_new_wants_an_example_or_a_file(words, capsys):
    assert program.main(words) == 2
    assert "either --example NAME or --data FILE" in capsys.readouterr().err


def test_the_examples_are_listed_as_json(capsys):
    assert program.main(["examples", "--json"]) == 0
    names = {example["name"] for example in json.loads(capsys.readouterr().out)}
    assert {"penguins", "digits"} <= names


def test_extending_by_nothing_is_wrong_usage(tmp_path, capsys):
    assert program.main(["extend", str(tmp_path), "1", "--epochs", "0"]) == 2
    assert "1 or more" in capsys.readouterr().err


def test_a_folder_is_no_data_file(tmp_path, capsys):
    assert program.main(["new", str(tmp_path / "new"), "--data", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["evaluate"], ["predict", "--output", "out.csv"]])
def test_a_file_that_was_typed_wrong_is_not_called_moved(words, tmp_path, capsys):
    folder = tmp_path / "project"
    projects.create_project(folder).close()
    command = [words[0], str(folder), "1", "--data", str(tmp_path / "nosuch.csv"), *words[1:]]

    assert program.main(command) == 1
    said = capsys.readouterr().err
    assert "is not there" in said
    assert "Check the name" in said


def test_predictions_never_replace_a_file_unasked(tmp_path, capsys):
    output = tmp_path / "kept.csv"
    output.write_text("mine")
    words = ["predict", str(tmp_path), "1", "--data", "new.csv", "--output", str(output)]

    assert program.main(words) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert output.read_text() == "mine"
