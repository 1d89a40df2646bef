"""History's files, the log, formula text, callbacks' paths."""

from __future__ import annotations

import csv
import json
import logging
import math
from pathlib import Path

import h5py
import pytest

from fitstudio.engine import callbacks
from fitstudio.errors import ArgumentError
from fitstudio.worker.callbacks import chosen
from fitstudio.worker.jobs.prediction import harmless
from fitstudio.worker.saving import history_files, log_file

ROWS = [(0, {"loss": 0.1 + 0.2}), (1, {"loss": math.nan, "val_loss": 1e-300}), (2, {"loss": 3.0})]


def test_history_in_three_forms(tmp_path: Path) -> None:
    history_files.write(tmp_path, ROWS, {"epochs": 3, "steps": None})
    stored = json.loads((tmp_path / "history.json").read_text())
    assert stored["epoch"] == [0, 1, 2]
    assert stored["history"] == {"loss": [0.1 + 0.2, "nan", 3.0], "val_loss": [1e-300]}
    with (tmp_path / "history.csv").open() as table:
        rows = list(csv.reader(table))
    assert rows[0] == ["epoch", "loss", "val_loss"]
    assert rows[1] == ["0", "0.30000000000000004", ""] and rows[2][1] == "nan"
    with h5py.File(tmp_path / "history.h5") as file:
        assert file["history/loss"][0] == 0.1 + 0.2 and math.isnan(file["history/loss"][1])
        assert list(file["epoch"]) == [0, 1, 2] and file.attrs["epochs"] == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\tx", "'\tx"),
        ("-2.5", "-2.5"),
        ("+1e5", "+1e5"),
        ("-1,5", "-1,5"),
        ("iris", "iris"),
        ("", ""),
    ],
)
def test_48_text_is_never_a_formula(text: str, expected: str) -> None:
    assert harmless(text) == expected


def test_53_the_log_folds_repeats_and_ends(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "worker.log"
    monkeypatch.setattr(log_file, "_LARGEST_BYTES", 2000)
    handler = log_file.LogFile(path)
    record = logging.LogRecord("a", logging.INFO, "f", 1, "the same", (), None)
    for _ in range(1_000):
        handler.emit(record)
    handler.emit(logging.LogRecord("a", logging.INFO, "f", 1, "another", (), None))
    lines = path.read_text().splitlines()
    assert len(lines) == 3 and lines[1] == "(the last line came 999 more times)"
    for number in range(1_000):
        handler.emit(logging.LogRecord("a", logging.INFO, "f", 1, f"line {number}", (), None))
    assert path.stat().st_size < 2200


def test_callbacks_write_into_the_runs_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "a{b}"
    listed = [
        {"kind": "CSVLogger", "filename": "log.csv"},
        {"kind": "ModelCheckpoint", "filepath": "mine/{epoch:02d}.safetensors"},
    ]
    logger, saver = chosen.make(listed, run_folder=folder, epochs=5)
    assert isinstance(saver, callbacks.ModelCheckpoint)
    assert Path(saver.place(saver.filepath.format(epoch=3))) == folder / "mine" / "03.safetensors"
    assert str(folder / "log.csv") in map(str, vars(logger).values())
    for name in ("../x.csv", "/tmp/x.csv", "a/../../x.csv"):
        with pytest.raises(ArgumentError, match="run's folder"):
            chosen.make([{"kind": "CSVLogger", "filename": name}], run_folder=folder, epochs=5)
    with pytest.raises(ArgumentError, match="'Nonsense'"):
        chosen.make([{"kind": "Nonsense"}], run_folder=folder, epochs=5)


def test_a_planned_rate_goes_on_from_where_it_began() -> None:
    settings = {"kind": "LearningRateScheduler", "schedule": "exponential", "factor": 0.5}
    (first,) = chosen.make([settings], run_folder=Path("."), epochs=5)
    assert [first.schedule(epoch, 0.8) for epoch in range(2)] == [0.8, 0.4]
    (second,) = chosen.make([settings], run_folder=Path("."), epochs=5)
    second.set_state(first.get_state())
    assert second.schedule(2, 0.4) == pytest.approx(0.2)


def test_a_link_in_the_runs_folder_is_not_followed(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    (folder / "out").symlink_to(elsewhere)
    (folder / "log.csv").symlink_to(tmp_path / "secret")
    (folder / "mine.csv").symlink_to(folder / "run.json")
    listed = [
        {"kind": "CSVLogger"},
        {"kind": "CSVLogger", "filename": "out/log.csv"},
        {"kind": "CSVLogger", "filename": "mine.csv"},
        {"kind": "CSVLogger", "filename": "run.json"},
        {"kind": "TensorBoard", "log_dir": "out"},
        {"kind": "TensorBoard", "log_dir": "checkpoints"},
    ]
    for settings in listed:
        with pytest.raises(ArgumentError, match="run's folder"):
            chosen.make([settings], run_folder=folder, epochs=5)


@pytest.mark.parametrize(
    "pattern",
    [
        ".{epoch!s:.0}./x",
        "{epoch:c}{epoch:c}/x",
        "out/{epoch}",
        "{epoch!s:.0}run.json",
        "history.h5",
    ],
)
def test_a_models_name_is_judged_when_it_is_filled_in(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "out").symlink_to(tmp_path)
    settings = {"kind": "ModelCheckpoint", "filepath": pattern}
    (saver,) = chosen.make([settings], run_folder=tmp_path / "run", epochs=5)
    with pytest.raises(ArgumentError, match="run's folder"):
        saver.on_epoch_end(ord(".") - 1, {})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", "run"]
