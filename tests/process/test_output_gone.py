"""Training goes on when nobody takes what it prints: a closed pipe, a full disk, a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fitstudio.cli import program
from tests.process.conftest import write_table

EPOCHS = 12


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("output")
    write_table(folder / "flowers.csv")
    words = ["new", str(folder / "p"), "--data", str(folder / "flowers.csv"), "--target", "kind"]
    assert program.main([*words, "--epochs", str(EPOCHS)]) == 0
    return folder / "p"


def start(*words: str, stdout) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fitstudio", *words]
    return subprocess.Popen(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


def newest(project: Path) -> Path:
    return max((project / "runs").iterdir())


def epochs_of(run: Path) -> int:
    return len(json.loads((run / "history.json").read_text())["epoch"])


def test_a_reader_that_has_enough_ends_neither_run_nor_quiet(project) -> None:
    # LearningRateScheduler and EarlyStopping print as well.
    callbacks = [
        {"kind": "LearningRateScheduler", "verbose": 1},
        {"kind": "EarlyStopping", "patience": 5, "min_delta": 9.0, "verbose": 1},
        {"kind": "ModelCheckpoint", "verbose": 1},
    ]
    setting = f"fit.callbacks={json.dumps(callbacks)}"
    words = ["train", str(project), "--verbose", "2", "--set", setting]
    with start(*words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.stdout.close()
        complaints = process.stderr.read()
        assert process.wait(timeout=200) == 0, complaints
    assert lines[1].startswith("Epoch 1: LearningRateScheduler setting")
    assert complaints == ""
    assert epochs_of(newest(project)) == 6, "early stopping ended it, not the pipe"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
def test_a_full_disk_behind_the_output_ends_no_run(project) -> None:
    with open("/dev/full", "w") as full:
        process = start("train", str(project), "--verbose", "2", stdout=full)
        _, complaints = process.communicate(timeout=200)
    assert epochs_of(newest(project)) == EPOCHS
    assert process.returncode == 1
    assert complaints.count("\n") == 1
    assert "No space left on device" in complaints


def test_a_file_gets_a_line_for_each_epoch(project, tmp_path) -> None:
    log = tmp_path / "train.log"
    with log.open("w") as file:
        process = start("train", str(project), stdout=file)
        _, complaints = process.communicate(timeout=200)
    assert process.returncode == 0, complaints
    text = log.read_text()
    assert "\r" not in text and "[=" not in text
    assert text.count("/epoch - ") == EPOCHS
