"""What packaging/run.py starts, with a display and without; nothing is installed here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(PACKAGING)
    monkeypatch.delitem(sys.modules, "run", raising=False)
    import run

    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(run.environment, "ensure_environment", lambda *, with_tools: Path("py"))
    monkeypatch.setattr(run.environment, "missing_library_message", lambda *, x11: None)
    started: list[list[str]] = []
    monkeypatch.setattr(run.subprocess, "call", lambda words: started.append(words[3:]) or 0)
    run.started = started
    return run


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ([], ["demo", "--example", "penguins"]),
        (["--example", "digits", "--train", "--exit-when-done"], ["demo", "--example", "digits"]),
        (["--train", "--exit-when-done"], ["demo", "--example", "penguins"]),
        (["my-project", "--train"], ["train", "my-project"]),
        (["runs", "my-project"], ["runs", "my-project"]),
    ],
)
def test_without_a_display_the_terminal_does_the_same(run, words, command):
    assert run.main(words) == 0
    assert run.started == [command]


def test_without_a_display_a_project_is_not_trained_unasked(run, capsys):
    assert run.main(["my-project"]) == 1
    assert run.started == []
    assert 'run.py train "my-project"' in capsys.readouterr().err


@pytest.mark.parametrize("place", ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"])
def test_with_a_display_the_window_gets_every_word(run, monkeypatch, place):
    monkeypatch.setenv(place, "here")

    assert run.main(["--example", "digits", "--train"]) == 0
    assert run.started == [["--example", "digits", "--train"]]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is a display")
def test_the_installed_command_says_so_as_well():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    ended = subprocess.run(
        [sys.executable, "-m", "fitstudio"], env=bare, capture_output=True, text=True, timeout=280
    )

    assert ended.returncode == 1
    assert "no display" in ended.stderr
    assert "fitstudio --help" in ended.stderr
