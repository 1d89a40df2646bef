"""Command lines that are not understood: one sentence, what may be meant, exit code 2."""

import pytest

from fitstudio.actions import projects
from fitstudio.cli import COMMANDS, is_command, program


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        (["trian", "p"], ["no command 'trian'", "'train'"]),
        (["--json"], ["no option '--json' before a command"]),
        (["--exampel", "penguins"], ["no option '--exampel'", "'--example'"]),
        (["train", "p", "--epoch", "3"], ["`train` has no option '--epoch'", "'--epochs'"]),
        (["train", "p", "--optimiser=sgd"], ["no option '--optimiser'", "'--optimizer'"]),
        (["show", "p", "1", "2", "3"], ["`show` has no use for '2' and '3'"]),
        (["stop", "p", "1", "--when", "batc"], ["--when takes batch, epoch or now", "'batch'"]),
        (["train", "p", "--verbose", "7"], ["--verbose takes 0, 1 or 2", "'7'"]),
        (["train", "p", "--seed", "1e3"], ["--seed takes a whole number", "'1e3'"]),
        (["train", "p", "--seed", "9" * 5000], ["--seed takes a whole number", "…"]),
        (["predict", "p"], ["arguments are required: RUN, --data, --output"]),
        (["new", "p", "--data", "-x.csv"], ["--data: expected one argument", "--data=-…"]),
        (["new", "--", "-p", "--data", "x.csv"], ["'--data' stands behind `--`"]),
        (["queue", "p", "--name", "x"], ["--add is missing"]),
        (["queue", "p", "--epochs", "3"], ["--add is missing"]),
        (["queue", "p", "--add", "--free-memory", "-7"], ["1 or more", "-7"]),
        (["export", "p", "1", "--output", "x.png", "--what", "curve"], ["'curves'", "parity"]),
    ],
)
def test_what_is_wrong_is_said_with_what_may_be_meant(words, sentences, capsys):
    assert program.main(words) == program.EXIT_USAGE
    said = capsys.readouterr().err
    assert all(sentence in said for sentence in sentences), said
    assert "usage:" not in said and "Traceback" not in said


def test_words_in_the_wrong_order_are_put_right(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    projects.create_project(tmp_path / "mine").close()
    assert program.main(["show", "3", "mine"]) == program.EXIT_USAGE
    assert "fitstudio show mine 3" in capsys.readouterr().err
    projects.create_project(tmp_path / "$(mine); rm x").close()
    assert program.main(["show", "3", "$(mine); rm x"]) == program.EXIT_USAGE
    assert "fitstudio show '$(mine); rm x' 3" in capsys.readouterr().err
    assert is_command(["mine", "train"])
    assert program.main(["mine", "train"]) == program.EXIT_USAGE
    assert "fitstudio train mine" in capsys.readouterr().err


def test_the_window_keeps_what_it_understands(tmp_path):
    project = str(tmp_path)
    demo = ["--example=digits", "--train", "--exit-when-done"]
    for words in ([], [project], [project, "--train"], ["--example", "x"], demo, ["some-project"]):
        assert not is_command(words), words
    for words in (["trian"], ["help"], ["-v"], ["--trian"], [str(tmp_path), "b"]):
        assert is_command(words), words


@pytest.mark.parametrize("words", [["help"], *(["help", name] for name in COMMANDS)])
def test_help_is_there_for_all_and_fits_a_terminal(words, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        program.main(words)
    assert ended.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines and max(map(len, lines)) <= 80


def test_the_exit_codes_are_told(capsys):
    with pytest.raises(SystemExit):
        program.main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in ("0 when all is done", "1 when something failed", "2 when the", "130"):
        assert words in said
