"""Every model that a run keeps can be used by its name: measured, applied, gone on from."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from fitstudio.actions import requests
from fitstudio.actions.models import using_models
from fitstudio.actions.models.kept_models import kept_models
from fitstudio.errors import CheckpointError, RunError
from fitstudio.journal import Outcome
from fitstudio.project import RunPaths
from fitstudio.viewmodel.predict.page import PredictModel
from fitstudio.viewmodel.predict.stage import Stage
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.words import numbers
from tests.recorded_project import deliver_until, open_session


@pytest.fixture(scope="module")
def run(trained) -> RunPaths:
    """Six epochs with kept ones, and files of ModelCheckpoint, one of them in a folder."""
    saver = {"kind": "ModelCheckpoint", "filepath": "more/w-{epoch:02d}-{batch}.st", "save_freq": 4}
    run = trained.new_run(
        {
            "fit.epochs": 6,
            "run.keep_epochs": [2, 4, 6],
            "fit.callbacks": [
                {"kind": "ModelCheckpoint", "filepath": "epoch-{epoch}", "save_weights_only": True},
                {"kind": "CSVLogger"},
                saver,
            ],
        }
    )
    trained.train(run)
    return run


def history(paths: RunPaths) -> bytes:
    return (paths.folder / "history.csv").read_bytes()


def finished(trained, handle) -> RunPaths:
    paths = trained.project.paths.run(handle.run)
    deadline = time.monotonic() + 240
    while trained.state(paths).outcome is None:
        assert time.monotonic() < deadline, trained.log(paths)
        handle.wait(1.0)
    assert trained.state(paths).outcome is Outcome.COMPLETED, trained.log(paths)
    return paths


def test_all_are_listed_with_epoch_and_score(trained, run) -> None:
    models = {each.name: each for each in kept_models(trained.project, run.name)}
    state = trained.state(run)
    assert list(models)[:2] == ["best", "last"]
    assert {"epoch-0002", "epoch-0004", "./epoch-2", "epoch-3", "./epoch-4"} <= set(models)
    assert models["epoch-0002"].value == state.epochs[1].logs["val_loss"]
    assert (models["epoch-3"].epoch, models["epoch-3"].step) == (2, 0)
    assert not models["epoch-3"].resumable and models["epoch-0004"].resumable
    within = [each for each in models.values() if each.name.startswith("more/") and each.step]
    assert within and all(each.value is None for each in within)
    assert within[0].when == "epoch 1, after 4 batches"


def test_each_gives_the_scores_of_its_own_epoch(trained, run) -> None:
    logs = [row.logs for row in trained.state(run).epochs]
    for name, epoch in (("epoch-2", 1), ("./epoch-2", 1), ("epoch-3", 2), ("last", 5)):
        scores = using_models.evaluate_run(trained.project, run.name, checkpoint=name)
        assert scores["scores"]["validation"]["accuracy"] == logs[epoch]["val_accuracy"], name
        assert scores["epoch"] == epoch
    kept = using_models.load_results(trained.project, run.name)
    assert kept is not None and kept.weights == "best", "what was looked at is not kept"


def test_a_prediction_says_which_weights_answered(trained, run, tmp_path: Path) -> None:
    answers = {}
    for name in ("epoch-1", "last", str(run.folder / "epoch-5")):
        report = using_models.predict_run(
            trained.project,
            run.name,
            data=trained.folder / "flowers.csv",
            output=tmp_path / "out.csv",
            checkpoint=name,
        )
        with report.output.open() as table:
            answers[report.weights] = [row["probability iris"] for row in csv.DictReader(table)]
        assert report.epoch is not None
    assert len({tuple(each) for each in answers.values()}) == 3


def test_a_training_goes_on_from_an_earlier_epoch_in_a_run_of_its_own(trained, run) -> None:
    before = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    handle = requests.resume_run(trained.project, run.name, checkpoint="epoch-4")
    again = finished(trained, handle)
    assert again.name != run.name and "epoch-0004" in again.name
    assert history(again) == history(run), "as the run that was not interrupted, bit for bit"
    assert (again.folder / "log.csv").read_bytes() == (run.folder / "log.csv").read_bytes()
    handle = requests.extend_run(trained.project, run.name, 1, checkpoint="epoch-2")
    shorter = finished(trained, handle)
    assert history(shorter).splitlines() == history(run).splitlines()[:4]
    after = {path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
    changed = {path.name for path in before if before[path] != after[path]} - {"summary.json"}
    assert not changed, "the old run stays as it was"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("epoch-9", RunError, "keeps no model 'epoch-9'"),
        ("snapshot-1", RunError, "There are best, last"),
        ("", RunError, "keeps no model ''"),
        ("../../project.json", CheckpointError, "holds no weights"),
        ("run.json", CheckpointError, "holds no weights"),
        ("x" * 5000, RunError, "keeps no model"),
        ("a\0b", RunError, "keeps no model"),
    ],
)
def test_what_is_no_model_is_refused_in_words(trained, run, name, kind, words) -> None:
    with pytest.raises(kind, match=words):
        using_models.evaluate_run(trained.project, run.name, checkpoint=name)


def test_weights_alone_are_nothing_to_go_on_from(trained, run) -> None:
    with pytest.raises(RunError, match="no training can go on from it"):
        requests.resume_run(trained.project, run.name, checkpoint="epoch-3")
    with pytest.raises(RunError, match="Nothing is left to be trained after 'epoch-0006'"):
        requests.resume_run(trained.project, run.name, checkpoint="epoch-6")
    with pytest.raises(RunError, match="is complete"):
        requests.resume_run(trained.project, run.name, checkpoint="last")


def test_a_damaged_one_is_refused_and_no_other_takes_its_place(trained) -> None:
    run = trained.new_run({"fit.epochs": 3, "run.keep_epochs": 1})
    trained.train(run)
    weights = run.checkpoints / "epoch-0001" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    for ask in (using_models.evaluate_run, requests.resume_run):
        with pytest.raises(CheckpointError, match=r"'epoch-0001' .* cannot be used"):
            ask(trained.project, run.name, checkpoint="epoch-1")


def test_the_pages_offer_them(trained, run, tmp_path: Path) -> None:
    session = open_session(trained.project)
    try:
        session.show_run(run.name)
        results = ResultsModel(session)
        deliver_until(session, lambda: results.state == "ready")
        words = {name: text for name, text, _ in results.offered_models()}
        value = numbers.format_value(trained.state(run).epochs[1].logs["val_loss"])
        assert words["epoch-0002"] == f"Epoch 2 · {value}"
        results.choose_model("epoch-0002")
        deliver_until(session, lambda: results.state == "ready")
        assert results.heading() == "Model of epoch 2" and results.problem is None
        results.choose_model(results.models[0].name)
        deliver_until(session, lambda: results.heading().startswith("Best model"))
        results.close()

        predict = PredictModel(session)
        predict.choose_run(run.name)
        deliver_until(session, lambda: predict.models)
        predict.choose_file(trained.folder / "flowers.csv")
        deliver_until(session, lambda: predict.stage is Stage.READY and predict.match())
        predict.choose_model("epoch-3")
        predict.predict()
        deliver_until(session, lambda: predict.stage is Stage.DONE)
        assert predict.report is not None and predict.report.weights == "epoch-3"
        predict.close()
    finally:
        session.background.close()
