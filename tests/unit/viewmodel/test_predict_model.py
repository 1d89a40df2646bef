"""Columns matched by name, answers read back, scores on known answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fitstudio.actions import runs
from fitstudio.actions.models.using_models import PredictionReport
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import WorkerError
from fitstudio.project import Project
from fitstudio.viewmodel.predict import page as predict_module
from fitstudio.viewmodel.predict import sentences as predict_words
from fitstudio.viewmodel.predict.answers import (
    Answers,
    read_answers,
    scores_of,
    share_text,
    short_number,
)
from fitstudio.viewmodel.predict.column_match import match_columns
from fitstudio.viewmodel.predict.page import PredictModel
from fitstudio.viewmodel.predict.stage import Stage
from fitstudio.viewmodel.shell.session import ProjectSession
from tests.recorded_project import CLASS_RESULTS, add_run, deliver_until, new_project, open_session


def test_columns_are_matched_by_name():
    match = match_columns(("a", "b"), ("y",), ["y", "b", "extra", "a"])
    assert match.complete and match.reordered
    assert match.found == ("a", "b")
    assert match.targets == ("y",) and match.extra == ("extra",)


def test_a_missing_column_is_named_with_what_may_be_meant():
    match = match_columns(("bill_length_mm", "sex"), (), ["bill length mm", "island"])
    assert not match.complete
    assert match.missing == (("bill_length_mm", "bill length mm"), ("sex", None))


@pytest.mark.parametrize(
    "text, shown", [("0.99999412", "1.000"), ("39.1", "39.1"), ("Adelie", "Adelie"), ("", "")]
)
def test_numbers_are_short_on_screen(text, shown):
    assert short_number(text, Answers((), (), frozenset())) in (shown, "1")


def report_of(output: Path) -> PredictionReport:
    return PredictionReport("0001-a", 3, 2, output, "best", 4, ("predicted y",), ("One note.",))


def test_answers_are_read_back(tmp_path: Path):
    output = tmp_path / "answers.csv"
    output.write_text('row,a,predicted y\n1,"x, y",ant\n2,z,\n', encoding="utf-8")
    answers = read_answers(report_of(output))
    assert answers.columns == ("row", "a", "predicted y")
    assert answers.rows == (("1", "x, y", "ant"), ("2", "z", ""))
    assert answers.answered == {"predicted y"}


def test_answers_with_decimal_commas_are_read_back(tmp_path: Path):
    output = tmp_path / "answers.csv"
    output.write_text('row;"a;b";predicted y\n1;2,5;10,7907736\n', encoding="utf-8")
    answers = read_answers(replace(report_of(output), separator=";", decimal=","))
    assert answers.columns == ("row", "a;b", "predicted y")
    assert answers.rows == (("1", "2,5", "10,7907736"),)
    assert short_number("10,7907736", answers) == "10,8"
    assert share_text("0,0031", answers) == "0,003"
    assert answers.number("10,7907736") == 10.7907736


def test_scores_on_known_answers():
    measured = {**CLASS_RESULTS, "confusion": {"test": [[4, 1, 0], [0, 5, 0], [0, 0, 0]]}}
    accuracy, balanced = scores_of(measured)
    assert accuracy.value == "90.0 %"
    assert balanced.value == "90.0 %", "a class without rows counts for nothing"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ProjectSession]:
    project = new_project(tmp_path)
    settings = {"fit.x": ["a", "b"], "fit.y": ["y"]}
    add_run(project, 1, title="Usable", settings=settings)
    session = open_session(project)
    yield session
    session.background.close()
    session.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "new.csv"
    file.write_text("b,a,y\n1,2,0\n3,4,1\n5,6,0\n", encoding="utf-8")
    return file


def ready(session: ProjectSession, file: Path) -> PredictModel:
    model = PredictModel(session)
    assert model.stage is Stage.CHOOSE and model.run == "0001-usable"
    model.choose_file(file)
    assert model.stage is Stage.READING
    deliver_until(session, lambda: model.stage is Stage.READY and model.match() is not None)
    return model


def test_from_a_file_to_answers(session, data, monkeypatch):
    model = ready(session, data)
    match = model.match()
    assert match is not None and match.complete and match.targets == ("y",)

    def answer(project, run, *, data, output, checkpoint, progress, cancel):
        progress(0.5, "Predicting")
        Path(output).write_text("row,predicted y\n1,0\n2,1\n", encoding="utf-8")
        return report_of(Path(output))

    monkeypatch.setattr(predict_module.using_models, "predict_run", answer)
    monkeypatch.setattr(predict_module.using_models, "evaluate_run", lambda *a, **k: CLASS_RESULTS)
    seen = []
    model.changed.connect(lambda: seen.append(model.progress))
    model.predict()
    assert model.stage is Stage.PREDICTING
    deliver_until(session, lambda: model.stage is Stage.DONE)
    assert any(done > 0 for done, _ in seen), "progress is told on the way"
    assert model.answers is not None and len(model.answers.rows) == 2
    said = {paragraph.title: paragraph.text for paragraph in predict_words.say(model)}
    assert said["Outcome"] == "**2** rows have an answer, 1 has gaps and none."
    assert said["Mind"] == "One note."

    target = data.with_name("saved.csv")
    model.save(target)
    deliver_until(session, target.exists)
    assert target.read_text(encoding="utf-8").startswith("row,predicted y")
    kept = model.report.output
    model.close()
    assert not kept.exists(), "what was written on the way is gone"


def test_cancelled_is_no_error(session, data, monkeypatch):
    model = ready(session, data)

    def wait(project, run, *, data, output, checkpoint, progress, cancel):
        assert cancel.wait(240)
        raise WorkerError("It was cancelled.", code="worker.cancelled")

    monkeypatch.setattr(predict_module.using_models, "predict_run", wait)
    model.predict()
    model.cancel()
    deliver_until(session, lambda: model.stage is Stage.READY)
    assert model.problem is None


def test_a_failure_is_told_and_can_be_tried_again(session, data, monkeypatch):
    model = ready(session, data)

    def fail(*args, **keywords):
        raise WorkerError("It did not work.", remedy="Try again.")

    monkeypatch.setattr(predict_module.using_models, "predict_run", fail)
    model.predict()
    deliver_until(session, lambda: model.problem is not None)
    assert model.stage is Stage.READY and "Try again." in str(model.problem)


def test_a_file_without_an_input_is_not_predicted(session, tmp_path: Path):
    file = tmp_path / "lacking.csv"
    file.write_text("a,c\n1,2\n3,4\n", encoding="utf-8")
    model = ready(session, file)
    model.predict()
    assert model.stage is Stage.READY
    assert model.match().missing[0][0] == "b"


def test_a_file_that_contradicts_the_model_is_read_as_the_person_says(session, tmp_path: Path):
    trained = tmp_path / "trained.csv"
    trained.write_text("a;b;y\n" + "".join(f"{n},5;{n};{n}\n" for n in range(20)))
    spec = RunSpec().with_values({"fit.x": ["a", "b"], "fit.y": ["y"]})
    with open_source({"file": str(trained)}, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    model_file = runs.find(session.project, 1).model
    model_file.write_text(json.dumps({"recipe": recipe.to_json()}))
    file = tmp_path / "english.csv"
    file.write_text("a;b;y\n1.234;2;0\n3.456;4;1\n", encoding="utf-8")
    model = PredictModel(session)
    model.choose_file(file)
    deliver_until(session, lambda: model.problem is not None)
    assert model.can_be_read_otherwise and "decimal comma" in str(model.problem)
    assert model.reading["decimal"] == ","

    model.set_options({"decimal": "."})
    deliver_until(session, lambda: model.stage is Stage.READY and model.problem is None)
    column = model.summary.column("a") if model.summary else None
    assert column is not None and column.maximum == 3.456
    assert model.reading["decimal"] == "."
    model.choose_file(trained)
    assert model.options == {}, "what was said of one file does not hold for the next"


def test_a_model_of_two_files_wants_both_and_says_which_is_missing(tmp_path: Path):
    golden = Path(__file__).parents[2] / "golden" / "format-2-two-files"
    folder = Path(shutil.copytree(golden, tmp_path / "p"))
    with Project.open(folder) as project:
        session = open_session(project)
        model = PredictModel(session)
        deliver_until(session, lambda: model.needed)
        assert model.needed == ("measures", "birds")

        model.choose_file(folder / "data" / "birds.csv")
        assert model.problem is not None and "a file for measures" in model.problem.message
        assert (model.stage, model.match()) == (Stage.CHOOSE, None)
        model.choose_file(folder / "data" / "measures.csv")
        deliver_until(session, lambda: model.summary)
        match = model.match()
        assert match is not None and match.complete and match.targets == ("birds/species",)
        model.predict()
        deliver_until(session, lambda: model.stage is Stage.DONE)
        assert model.report is not None and model.report.predicted > 300
        assert model.scores
        model.close()
        session.background.close()
        session.close()


def test_the_models_of_a_run_that_went_on_are_listed_anew(session):
    model = PredictModel(session)
    deliver_until(session, lambda: bool(model.models))
    assert model.models[0].epoch == 4
    shutil.rmtree(session.project.paths.runs / "0001-usable")
    settings = {"fit.x": ["a", "b"], "fit.y": ["y"]}
    add_run(session.project, 1, title="Usable", settings=settings, epochs=9)
    session.refresh_runs()
    deliver_until(session, lambda: model.models[0].epoch == 8)
    said = {paragraph.title: paragraph.text for paragraph in predict_words.say(model)}
    assert "epoch 9" in said["The model"]
