"""Two files as one dataset with the real worker: trained, measured, resumed, predicted with."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fitstudio.actions.run.resume_check import resume_differences
from fitstudio.cli import program

ROWS = 90
SETTINGS = {"fit.epochs": 3}


def printed(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    """What a command with --json prints."""
    capfd.readouterr()
    assert program.main([*words, "--json"]) == 0
    return json.loads(capfd.readouterr().out)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    draw = np.random.default_rng(5)
    spectra = draw.normal(size=(ROWS, 12)).astype(np.float32)
    names = [f"P{number}" for number in range(ROWS)]
    with h5py.File(tmp_path / "spectra.h5", "w") as file:
        file["spectrum"] = spectra
        file["name"] = np.array(names, dtype="S")
    with (tmp_path / "samples.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["sample", "batch", "moisture"])
        for row in draw.permutation(ROWS)[:-2]:
            table.writerow([names[row], f"B{row % 3}", f"{spectra[row].sum():.4f}"])
    return tmp_path


def test_from_two_files_to_predictions(lab: Path, capfd: pytest.CaptureFixture[str]):
    spectra, samples = str(lab / "spectra.h5"), str(lab / "samples.csv")
    files = ["--data", spectra, "--data", samples]
    join = ["--join", "spectra=name", "--join", "samples=sample"]
    made = printed(capfd, "new", str(lab / "p"), *files, *join, "--target", "moisture")
    assert made["inputs"] == ["spectra/spectrum"] and made["target"] == ["samples/moisture"]
    assert "2 rows of spectra find none" in made["data"]["file_samples"]

    checked = printed(capfd, "check", str(lab / "p"))
    assert checked["ok"]
    assert [each["name"] for each in checked["sources"]] == ["spectra", "samples"]
    assert {each["code"] for each in checked["findings"]} >= {"data.unmatched"}

    trained = printed(capfd, "train", str(lab / "p"), "--epochs", "2", "--seed", "1")
    assert trained["outcome"] == "completed"
    told = printed(capfd, "show", str(lab / "p"), "1")
    assert any("2 of 90 rows of spectra have no row in samples" in s for s in told["preparation"])

    output = lab / "answers.csv"
    words = ["predict", str(lab / "p"), "1", "--output", str(output)]
    done = printed(capfd, *words, "--data", f"spectra={spectra}")
    assert (done["rows"], done["predicted"]) == (ROWS, ROWS)
    assert len(output.read_text().splitlines()) == ROWS + 1

    named = ["--data", f"spectra={spectra}", "--data", f"samples={samples}"]
    measured = printed(capfd, "evaluate", str(lab / "p"), "1", *named)
    assert measured["rows"] == {"test": ROWS - 2}
    assert program.main(["evaluate", str(lab / "p"), "1", "--data", f"spectra={spectra}"]) == 1
    assert "'samples' is missing" in capfd.readouterr().err
    words = ["predict", str(lab / "p"), "1", "--output", spectra, "--overwrite"]
    assert program.main([*words, "--data", f"spectra={spectra}"]) != 0
    assert "overwrite the file that they are made from" in capfd.readouterr().err


@pytest.mark.parametrize("feed", ["arrays", "batches"])
def test_two_files_train_as_one_that_holds_the_same_rows(trained, feed: str):
    """Row by row and by a column: the same History, bit for bit, as from a single table."""
    lines = (trained.folder / "flowers.csv").read_text().split()
    table = [line.split(",") for line in lines]
    parts = {
        "sizes.csv": [["id", *row[:2]] if not n else [str(n), *row[:2]] for n, row in _rows(table)],
        "kinds.csv": [row[2:] for row in table],
        "named.csv": [["id", *row[2:]] if not n else [str(n), *row[2:]] for n, row in _rows(table)],
    }
    parts["named.csv"][1:] = parts["named.csv"][:0:-1]
    for name, rows in parts.items():
        (trained.folder / name).write_text("\n".join(map(",".join, rows)) + "\n")
    reading = {"data.feed": feed}
    if feed == "batches":
        reading["fit.validation_split"] = 0.0
    one = trained.new_run(SETTINGS | reading)
    trained.train(one)
    roles = {
        "fit.x": ["sizes/length", "sizes/width", "other/garden"], "fit.y": ["other/kind"],
        "data.file": None,
    }  # fmt: skip
    for other in ({"path": "kinds.csv"}, {"path": "named.csv", "by": "id"}):
        sources = {"data.sources": {"sizes": {"path": "sizes.csv"}, "other": other}}
        run = trained.new_run(SETTINGS | reading | roles | sources)
        trained.train(run)
        assert trained.history(run) == trained.history(one)


def _rows(table: list[list[str]]) -> list[tuple[int, list[str]]]:
    return list(enumerate(table))


def test_a_run_whose_second_file_has_changed_cannot_be_gone_on_with(trained):
    table = [line.split(",") for line in (trained.folder / "flowers.csv").read_text().split()]
    for name, columns in (("sizes.csv", slice(2)), ("kinds.csv", slice(2, None))):
        text = "\n".join(",".join(row[columns]) for row in table)
        (trained.folder / name).write_text(text + "\n")
    run = trained.new_run(
        SETTINGS
        | {
            "data.sources": {"sizes": {"path": "sizes.csv"}, "kinds": {"path": "kinds.csv"}},
            "fit.x": ["sizes/length", "sizes/width"],
            "fit.y": ["kinds/kind"],
        }
    )
    trained.train(run)
    assert resume_differences(trained.folder, run) == []

    file = trained.folder / "kinds.csv"
    file.write_text(file.read_text().replace("rose", "lily"))
    (found,) = resume_differences(trained.folder, run)
    assert (found.what, found.allowed) == ("data", False)
    assert "'kinds.csv' has changed" in found.sentence
    trained.train(run, "--resume", code=1)
    state = trained.state(run)
    assert state.error is not None and "'kinds.csv'" in state.error["message"]
