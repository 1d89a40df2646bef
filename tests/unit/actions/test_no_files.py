"""Pipes, folders, links and empty files in place of FitStudio's own: said, and never waited for."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from fitstudio.cli import program
from tests.recorded_project import NUMBER_RESULTS, add_run, new_project

_FILES = (
    "project.lock", "queue.json", "edit.lock", "runs/0001-a/run.json", "runs/0001-a/about.json",
    "runs/0001-a/journal.jsonl", "runs/0001-a/results.json", "runs/0001-a/run.lock",
    "runs/0001-a/summary.json", "runs/0001-a/checkpoints/best/manifest.json",
)  # fmt: skip
_COMMANDS = (
    ["runs", "PROJECT"],
    ["show", "PROJECT", "1"],
    ["export", "PROJECT", "1", "--output", "OUTPUT", "--overwrite"],
    ["stop", "PROJECT", "1"],
    ["resume", "PROJECT", "1", "--checkpoint", "epoch-3"],
    ["discard", "PROJECT", "2", "--yes"],
)
_KINDS = ("fifo", "folder", "dangling link", "empty", "deep", "absurd")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
@pytest.mark.parametrize("kind", _KINDS)
def test_whatever_stands_there_is_said(kind: str, tmp_path: Path, capsys) -> None:
    original = new_project(tmp_path)
    add_run(original, 1, title="a", results=NUMBER_RESULTS)
    add_run(original, 2, title="b")
    original.close()
    for name in _FILES:
        folder = tmp_path / "copy"
        shutil.copytree(original.folder, folder)
        _put(folder / name, kind)
        for command in _COMMANDS:
            words = [str(folder) if word == "PROJECT" else word for word in command]
            words = [str(tmp_path / "x.csv") if word == "OUTPUT" else word for word in words]
            code = program.main(words)
            said = capsys.readouterr()
            assert code in (0, 1), (name, words)
            assert "inside FitStudio" not in said.err, (name, words, said.err)
            if command[0] == "runs":
                assert "0002-b" in said.out, f"{name} hides another run"
        shutil.rmtree(folder)


def _put(path: Path, kind: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "dangling link":
        path.symlink_to(path.with_name("nowhere"))
    else:
        content = {"empty": "", "deep": "[" * 200_000, "absurd": '{"format": 1, "epoch": 1e999}'}
        path.write_text(content[kind])
