"""One name is one number, with its unit, wherever a person meets it; History stays as it is."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from fitstudio.cli.program import main
from fitstudio.declared.run_spec import RunSpec
from fitstudio.journal import fold, read_all
from fitstudio.journal.target_scale import TargetScale
from fitstudio.project.run_files import About, write_spec
from fitstudio.viewmodel import own_units
from fitstudio.viewmodel.monitor import epoch_table
from fitstudio.viewmodel.monitor import sentences as monitor_words
from fitstudio.viewmodel.monitor.page import MonitorModel, ShownRun
from fitstudio.viewmodel.predict import sentences as predict_words
from fitstudio.viewmodel.predict.page import PredictModel
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.viewmodel.runs import sentences as runs_words
from fitstudio.viewmodel.runs.page import RunsModel
from fitstudio.viewmodel.start.page import RecentRow, _looked_into
from tests.recorded_project import deliver_until, new_project, open_session, save_model
from tests.recorded_runs import RecordedRun

SCALE = 2.5
TARGET = {
    "name": "protein", "unit": "%", "scale": SCALE, "method": "standard",
    "loss": "mean_squared_error",
}  # fmt: skip
# As History has them: of the scaled target.
NAMES = ("loss", "mae", "r2_score", "val_loss", "val_mae", "val_r2_score")
LOGS = [dict(zip(NAMES, values)) for values in (
    (0.9, 0.8, 0.1, 0.8, 0.7, 0.2),
    (0.5, 0.6, 0.5, 0.4, 0.5, 0.6),
)]  # fmt: skip
BEST_LOSS, BEST_MAE = "2.50\u00a0%²", 1.25


@pytest.fixture
def recorded(tmp_path: Path):
    project = new_project(tmp_path)
    run = RecordedRun(project.paths.runs / "0001-run", epochs=2)
    write_spec(run.folder / "run.json", RunSpec().with_values({"fit.epochs": 2}))
    About(title="Run", created=1.0).write(run.folder / "about.json")
    run.announce().ready(target=TARGET)
    for epoch, logs in enumerate(LOGS):
        run.epoch(epoch, logs).saved(epoch, "best")
    save_model(run.folder, 1)
    part = {"loss": 0.4, "mae": 0.5}
    output = {
        "name": "protein", "true": [10.0, 12.0], "predicted": [11.0, 13.5],
        "mean_absolute_error": BEST_MAE, "root_mean_squared_error": 1.58, "r2": 0.6,
    }  # fmt: skip
    results = {
        "format": 1, "task": "regression", "weights": "best", "epoch": 1,
        "rows": {"validation": 2}, "scores": {"validation": part},
        "parity": {"validation": {"rows": [0, 1], "outputs": [output]}}, "worst": {},
    }  # fmt: skip
    (run.folder / "results.json").write_text(json.dumps(results))
    run.end()
    session = open_session(project)
    yield session, run
    session.background.close()
    session.close()


def test_the_same_number_everywhere(recorded, capsys):
    session, run = recorded
    line = session.runs[0]
    assert own_units.best_words(line) == BEST_LOSS
    runs = RunsModel(session)
    deliver_until(session, lambda: bool(runs.records))
    assert runs.curve(line.run, "val_mae", by_time=False)[1] == [1.75, BEST_MAE]
    assert runs.unit_words("val_mae") == "in %"
    assert BEST_LOSS in runs_words.say(runs)[0].text
    predicting = PredictModel(session)
    deliver_until(session, lambda: bool(predicting.models))
    assert BEST_LOSS in predict_words.say(predicting)[0].text
    row = RecentRow(folder=session.project.folder, name="", place="", when="")
    assert _looked_into(row).score == "Off by 1.25\u00a0% on average", "in the target's own unit"

    monitor = MonitorModel()
    monitor.open(ShownRun(line.run, run.folder, 1))
    until = time.monotonic() + 240
    while not (monitor.tick() and monitor.state and monitor.state.outcome):
        assert time.monotonic() < until
        time.sleep(0.01)
    assert monitor.curves.curves["val_mae"].y == [1.75, BEST_MAE]
    assert monitor.curves.curves["val_r2_score"].y == [0.2, 0.6]
    best = monitor.best()
    assert best is not None and best.value == pytest.approx(2.5)
    # The batches lie about their epoch's loss, in the same unit.
    assert monitor.batches is not None
    assert monitor.batches.y.mean() == pytest.approx(0.7 * SCALE**2, rel=0.1)
    said = " ".join(paragraph.text for paragraph in monitor_words.say(monitor))
    assert BEST_LOSS in said
    assert monitor.unit_words("loss") == "in %²" and monitor.unit_words("mae") == "in %"
    columns = {column.name: column.title for column in epoch_table.columns_of(monitor.state)}
    assert columns["val_mae"] == "Val. MAE, %" and columns["r2_score"] == "R²"
    cell = epoch_table.cell(monitor.state.epochs[1], "val_mae", monitor.scale)
    assert cell == "1.25"
    monitor.close()

    session.show_run(line.run)
    results = ResultsModel(session)
    deliver_until(session, lambda: results.state == "ready")
    shown = {score.title: score.value for score in results.scores()}
    assert shown["Mean absolute error"] == "1.25\u00a0%" and shown["Loss"] == BEST_LOSS

    assert main(["show", str(session.project.folder), "1"]) == 0
    table = capsys.readouterr().out
    assert "1.25 %" in table and "2.5 %²" in table
    assert main(["runs", str(session.project.folder)]) == 0
    assert "2.5 %²" in capsys.readouterr().out
    assert main(["show", str(session.project.folder), "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["history_by_epoch"]["val_mae"] == [0.7, 0.5]
    assert fold(read_all(run.folder / "journal.jsonl")).history()["val_mae"] == [0.7, 0.5]


@pytest.mark.parametrize(
    "fields, metric, factor, unit, words",
    [
        ({}, "val_mean_squared_error", 6.25, "%²", "in %²"),
        ({}, "root_mean_squared_error", 2.5, "%", "in %"),
        ({"unit": "mg/l"}, "mse", 6.25, "(mg/l)²", "in (mg/l)²"),
        ({"unit": None}, "mae", 2.5, "", "in the unit of protein"),
        ({"unit": None}, "loss", 6.25, "", "in the unit of protein, squared"),
        ({"loss": "mean_absolute_error"}, "val_loss", 2.5, "%", "in %"),
        ({"loss": "huber"}, "loss", 1.0, "", "of the scaled target"),
        ({"scale": None}, "mae", 1.0, "", "in standard deviations"),
        ({"scale": None, "method": "minmax"}, "mae", 1.0, "", "of the scaled target"),
        ({"scale": 1.0, "method": "none", "loss": "huber"}, "loss", 1.0, "", ""),
        ({"scale": float("nan")}, "mae", 1.0, "", "in standard deviations"),
        ({}, "r2_score", 1.0, "", ""),
    ],
)
def test_what_can_be_converted_is_and_the_rest_is_labelled(fields, metric, factor, unit, words):
    scale = TargetScale.from_fields(TARGET | fields)
    assert scale is not None
    assert scale.factor(metric) == factor
    assert (scale.unit_of(metric), scale.words_for(metric)) == (unit, words)


def test_runs_are_compared_by_what_they_measure(recorded):
    """A squared and an absolute validation loss have one name, and are two things."""
    session, _ = recorded
    other = RecordedRun(session.project.paths.runs / "0002-other", epochs=1)
    write_spec(other.folder / "run.json", RunSpec())
    About(title="Other").write(other.folder / "about.json")
    other.announce().ready(target=TARGET | {"loss": "mean_absolute_error"})
    other.epoch(0, LOGS[0] | {"val_loss": 0.001}).end()
    third = RecordedRun(session.project.paths.runs / "0003-third", epochs=1)
    write_spec(third.folder / "run.json", RunSpec())
    About(title="Third").write(third.folder / "about.json")
    # The same, trained on rows with a larger spread: less in its own scale is more in the unit.
    third.announce().ready(target=TARGET | {"scale": 10.0})
    third.epoch(0, LOGS[0] | {"val_loss": 0.3}).end()
    session.refresh_runs()
    deliver_until(session, lambda: len(session.runs) == 3)
    model = RunsModel(session)
    best = model.best_run()
    assert best is not None and best.number == 1
    said = {each.title: each.text for each in runs_words.say(model)}
    assert "mean absolute error" in said["Mind"]
