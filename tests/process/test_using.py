"""What a trained run is good for: predictions, measurements, a look ahead."""

from __future__ import annotations

import csv
import json

import h5py
import numpy as np
import pytest

from fitstudio.actions.models import baselines, using_models
from fitstudio.errors import DataError, RunError, UsageError
from fitstudio.journal import Outcome
from fitstudio.project.run_files import read_spec


@pytest.fixture(scope="module")
def flowers(trained):
    run = trained.new_run({"fit.epochs": 8})
    trained.train(run)
    return run


def test_predictions_match_columns_by_name(trained, flowers, tmp_path) -> None:
    file = tmp_path / "new ü.csv"
    rows = ["garden,note,width,length", "north,=1+1,3.0,4.0", "south,ok,,5.5", "south,-2,1.6,7.0"]
    file.write_text("\n".join(rows) + "\n")
    heard: list[float] = []
    report = using_models.predict_run(
        trained.project,
        flowers.name,
        data=file,
        output=tmp_path / "out.csv",
        progress=lambda fraction, _: heard.append(fraction),
    )
    assert (report.rows, report.predicted, report.weights) == (3, 2, "best")
    assert heard[0] == 0 and heard[-1] == 1 and heard == sorted(heard)
    assert any("missing" in note for note in report.notes)
    with report.output.open() as table:
        found = list(csv.DictReader(table))
    assert [row["row"] for row in found] == ["1", "2", "3"]
    assert [row["predicted kind"] for row in found] == ["iris", "", "tulip"]
    assert [row["note"] for row in found] == ["'=1+1", "ok", "-2"], "no spreadsheet computes these"
    assert float(found[0]["probability iris"]) > 0.5
    json.dumps(report.to_json())


def test_62_the_source_and_the_project_are_never_overwritten(trained, flowers, tmp_path) -> None:
    source = trained.folder / "flowers.csv"
    before = source.read_bytes()
    alias = tmp_path / "alias.csv"
    alias.symlink_to(source)
    for output in (source, alias, trained.folder / "project.json", flowers.journal):
        with pytest.raises(UsageError):
            using_models.predict_run(trained.project, 1, data=source, output=output)
    assert source.read_bytes() == before


def test_a_file_without_a_needed_column_is_refused(trained, flowers, tmp_path) -> None:
    file = tmp_path / "short.csv"
    file.write_text("length,garden\n4.0,north\n")
    with pytest.raises(DataError, match="'width'"):
        using_models.predict_run(trained.project, 1, data=file, output=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_evaluate_gives_what_training_gave(trained, flowers) -> None:
    again = using_models.evaluate_run(trained.project, flowers.name)
    results = using_models.load_results(trained.project, flowers.name)
    assert results is not None and again["scores"] == results.scores
    best = trained.state(flowers).best_row.logs
    assert again["scores"]["validation"]["accuracy"] == best["val_accuracy"]
    whole = using_models.evaluate_run(trained.project, 1, data=trained.folder / "flowers.csv")
    assert sum(map(sum, whole["confusion"]["test"])) == whole["rows"]["test"] == 240


def test_simple_models_are_measured_on_the_rows_that_the_run_held_out(trained, flowers) -> None:
    assert baselines.load_baselines(trained.project, flowers.name) is None
    found = baselines.compare_run(trained.project, flowers.name)
    assert baselines.load_baselines(trained.project, 1) == found
    assert found.models == ("same", "linear", "nearest", "boosting")
    assert (found.rows["training"], found.rows["validation"]) == (180, 60)
    results = using_models.load_results(trained.project, flowers.name)
    assert results is not None
    assert found.score("run", "kind") == pytest.approx(results.scores["validation"]["accuracy"])
    assert found.score("same", "kind") < 0.6 < found.score("linear", "kind")
    assert any("chosen by these rows" in note for note in found.notes)


def test_a_run_without_weights_says_so(trained, tmp_path) -> None:
    run = trained.new_run()
    with pytest.raises(RunError, match="no trained model yet"):
        using_models.predict_run(
            trained.project, run.name, data=trained.folder / "flowers.csv", output=tmp_path / "x"
        )


def test_a_look_ahead_tells_time_memory_and_disk(trained) -> None:
    found = using_models.dry_run(trained.project, spec=trained.spec({"fit.epochs": 100}))
    assert found["fits"] and found["steps_per_epoch"] == 6 and found["epochs"] == 100
    assert 0 < found["seconds_per_step"] * 600 == pytest.approx(found["seconds_total"])
    assert found["memory_bytes"] > 50_000_000 and found["disk_bytes"] > found["checkpoint_bytes"]


def test_signals_from_hdf5_in_batches_with_a_reader(trained) -> None:
    draw = np.random.default_rng(5)
    phase = draw.random((96, 1)) * 6
    speed = draw.uniform(1, 3, 96)
    with h5py.File(trained.folder / "signals.h5", "w") as file:
        steps = np.linspace(0, 6, 64)
        file["signal"] = np.sin(phase + steps * speed[:, None]).astype(np.float32)
        file["speed"] = speed
    run = trained.new_run(
        {
            "data.file": "signals.h5",
            "data.feed": "batches",
            "data.row_order": None,
            "fit.x": ["signal"],
            "fit.y": ["speed"],
            "fit.validation_split": None,
            "fit.workers": 2,
            "fit.max_queue_size": 3,
            "compile.metrics": ["mae"],
            "model.kind": "cnn1d",
            "model.units": None,
            "fit.epochs": 3,
        }
    )
    state = trained.train(run)
    assert state.outcome is Outcome.COMPLETED
    losses = trained.history(run)["history"]["loss"]
    assert len(losses) == 3 and losses[-1] < losses[0]
    again = trained.new_run_of(read_spec(run.spec))
    trained.train(again)
    assert trained.history(again)["history"] == trained.history(run)["history"]


# Writes down what fit() is called with, in the process that calls it.
NOTE_THE_CALL = """
import json
from fitstudio.engine.model import Model
fit = Model.fit
def noting(self, **given):
    plain = {name: value for name, value in given.items() if isinstance(value, (int, float, str,
             bool, list, dict, type(None))) and name != "callbacks"}
    plain["callbacks"] = [type(each).__name__ for each in given["callbacks"]]
    plain["x"] = list(given["x"].shape)
    plain["sample_weight"] = given["sample_weight"] is not None
    json.dump(plain, open("CALL", "w"))
    return fit(self, **given)
Model.fit = noting
"""


def test_fit_gets_the_eighteen_arguments_as_they_were_set(trained, tmp_path) -> None:
    chosen = {
        "fit.batch_size": 24,
        "fit.epochs": 5,
        "fit.verbose": 2,
        "fit.callbacks": [{"kind": "TerminateOnNaN"}, {"kind": "CSVLogger"}],
        "fit.validation_split": 0.2,
        "fit.shuffle": "batch",
        "fit.class_weight": {"0": 1.0, "1": 2.0, "2": 0.5},
        "fit.initial_epoch": 2,
        "fit.steps_per_epoch": 6,
        "fit.validation_steps": 1,
        "fit.validation_freq": [4, 5],
        "fit.max_queue_size": 7,
        "fit.workers": 3,
        "fit.use_multiprocessing": True,
        "fit.sample_weight": "length",
        "fit.x": ["width", "garden"],
    }
    run = trained.new_run(chosen)
    call = tmp_path / "call.json"
    state = trained.train(run, before=NOTE_THE_CALL.replace("CALL", str(call)))
    assert [row.epoch for row in state.epochs] == [2, 3, 4]
    got = json.loads(call.read_text())
    for key, value in chosen.items():
        name = key.removeprefix("fit.")
        if name not in ("callbacks", "x", "sample_weight"):
            assert got[name] == value, name
    own = ["BatchLosses", "Reporting", "StopsAtEpoch", "Saving", "Obeying"]
    assert got["callbacks"] == ["TerminateOnNaN", "CSVLogger", "History", *own]
    assert got["x"] == [240, 3] and got["sample_weight"] and got["seed"] == 7
    assert "val_loss" not in state.epochs[0].logs and "val_loss" in state.epochs[1].logs


def test_a_run_that_was_not_measured_can_be_measured_later(trained, flowers) -> None:
    before = json.loads(flowers.results.read_text())
    flowers.results.unlink()
    assert using_models.model_of(trained.project, flowers.name) == ("best", before["epoch"])
    using_models.measure_run(trained.project, flowers.name)
    assert json.loads(flowers.results.read_text()) == before
