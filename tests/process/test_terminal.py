"""The command line with the real worker: from a CSV nobody has seen to predictions in a file."""

import csv
import json
import math
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.cli import program
from fitstudio.project import Project
from fitstudio.project.lock import run_holder


def make_table(path: Path) -> None:
    """Semicolons, decimal commas, a preamble, a gap and a column that only names rows."""
    rng = random.Random(3)
    lines = ["# Gerät 7", "", "Probe;Länge (mm);Sorte;Ertrag"]
    for row in range(120):
        length, kind = rng.gauss(20, 3), rng.choice(["rot", "grün"])
        result = 2 * length + (5 if kind == "grün" else 0) + rng.gauss(0, 0.3)
        shown = "n.d." if row == 17 else f"{length:.2f}".replace(".", ",")
        lines.append(";".join([f"N{row}", shown, kind, f"{result:.3f}".replace(".", ",")]))
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("terminal")
    make_table(folder / "ernte.csv")
    words = ["new", str(folder / "ernte"), "--data", str(folder / "ernte.csv")]
    assert program.main([*words, "--target", "Ertrag"]) == 0
    return folder / "ernte"


def run_json(capfd, *words: str):
    """What a command with --json prints."""
    capfd.readouterr()
    assert program.main([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


def test_from_table_to_predictions(project, capfd):
    assert run_json(capfd, "check", str(project))["ok"]

    trained = run_json(capfd, "train", str(project), "--epochs", "4", "--seed", "5")
    assert trained["outcome"] == "completed"
    assert trained["epochs"] == 4
    history = json.loads((project / "runs" / trained["run"] / "history.json").read_text())
    text = json.dumps(history)
    assert "val_loss" in text

    listed = run_json(capfd, "runs", str(project))
    assert [each["run"] for each in listed] == [trained["run"]]
    assert all(math.isfinite(value) for value in listed[0]["history"].values())

    output = project / "predictions.csv"
    data = str(project.parent / "ernte.csv")
    run_json(capfd, "predict", str(project), "1", "--data", data, "--output", str(output))
    with output.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    # 120 rows, one of them with a gap; the model saw 2·length + 5, so 30 to 60 is what must come.
    assert len(rows) in (119, 120)
    values = [
        float(row["predicted Ertrag"].replace(",", ".")) for row in rows if row["predicted Ertrag"]
    ]
    assert len(values) == 119
    assert 20 < sum(values) / len(values) < 70

    measured = run_json(capfd, "evaluate", str(project), "1", "--data", data)
    assert measured["scores"]


def test_the_same_seed_gives_the_same_history_and_prints_what_fit_prints(project):
    words = ["train", str(project), "--epochs", "2", "--seed", "5", "--verbose", "2"]
    before = set((project / "runs").glob("*/history.json"))
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "fitstudio", *words], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr

    lines = done.stdout.splitlines()
    assert lines[0] == "Epoch 1/2"
    assert "- loss: " in lines[1]
    assert "- val_loss: " in lines[1]
    first, second = (
        json.loads(file.read_text())["history"]
        for file in set((project / "runs").glob("*/history.json")) - before
    )
    assert first == second


@pytest.mark.parametrize("words", [["train"], ["resume", "1"]])
def test_given_up_while_it_starts_no_run_goes_on_unseen(words, tmp_path) -> None:
    folder = tmp_path / "project"
    command = [sys.executable, "-m", "fitstudio"]
    settings = ["--set", "fit.epochs=100000", "--set", "fit.verbose=0"]
    subprocess.run([*command, "new", str(folder), "--example", "penguins", *settings], check=True)
    project = Project.open(folder, read_only=True)
    if words[0] == "resume":
        requests.kill_run(project, runs.start_run(project).run)
    before = len(project.paths.run_folders())
    process = subprocess.Popen(
        [*command, words[0], str(folder), *words[1:]],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    known = _journal_sizes(project)
    while len(project.paths.run_folders()) == before and words[0] == "train":
        assert process.poll() is None
        time.sleep(0.005)
    while words[0] == "resume" and _journal_sizes(project) == known:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=280)
    assert "Traceback" not in said
    newest = project.paths.run_folders()[-1]
    try:
        deadline = time.monotonic() + 120
        while run_holder(newest.folder) is not None:
            assert time.monotonic() < deadline, "the run goes on"
            time.sleep(0.05)
    finally:
        requests.kill_run(project, newest.name)
    assert runs.load_run(project, newest.name).state.outcome != "completed"


def _journal_sizes(project: Project) -> list[int]:
    return [
        run.journal.stat().st_size if run.journal.exists() else -1
        for run in project.paths.run_folders()
    ]
