"""Final scores with their uncertainty and baseline, confusions, parity, worst rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.viewmodel.results import sentences as results_words
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.viewmodel.results.scores import Confusion, wilson
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words.numbers import in_percent
from tests.recorded_project import (
    CLASS_RESULTS,
    NUMBER_RESULTS,
    add_run,
    deliver_until,
    new_project,
    open_session,
)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ProjectSession]:
    project = new_project(tmp_path)
    add_run(project, 1, title="Numbers", results=NUMBER_RESULTS)
    add_run(project, 2, title="Classes", results=CLASS_RESULTS)
    add_run(project, 3, title="Nothing", outcome="failed", reason="error")
    session = open_session(project)
    yield session
    session.background.close()
    session.close()


def shown(session: ProjectSession, number: int, state: str = "ready") -> ResultsModel:
    session.show_run(session.runs[number - 1].run)
    model = ResultsModel(session)
    deliver_until(session, lambda: model.state == state)
    return model


def test_classes(session: ProjectSession):
    model = shown(session, 2)
    assert model.heading() == "Best model, epoch 4"
    assert model.parts() == [("validation", "Validation"), ("training", "Training")]
    accuracy, balanced, *others = model.scores()
    assert (accuracy.title, accuracy.value) == ("Accuracy", "85.0 %")
    assert accuracy.baseline == "always “ant”: 50.0 %"
    assert accuracy.interval == "64 to 95 %"
    assert balanced.value == in_percent((1 + 4 / 6 + 3 / 4) / 3)
    assert [score.title for score in others] == ["Loss"], "accuracy is not told twice"
    confusion = model.confusion()
    assert confusion is not None
    np.testing.assert_array_equal(confusion.true_totals, [10, 6, 4])
    np.testing.assert_array_equal(confusion.predicted_totals, [12, 5, 3])
    np.testing.assert_allclose(confusion.recall(), [1, 4 / 6, 3 / 4])
    np.testing.assert_allclose(confusion.precision(), [10 / 12, 4 / 5, 1])


def test_a_cell_filters_the_worst_rows(session: ProjectSession):
    model = shown(session, 2)
    assert [row.row for row in model.worst()] == ["7", "12"], "rows count from 1 on screen"
    model.set_cell((1, 0))
    assert [(row.true, row.predicted) for row in model.worst()] == [("bee", "ant")]
    model.set_cell((0, 2))
    assert model.worst() == []
    model.set_part("training")
    assert model.cell is None


def test_rows_of_a_second_file_are_named_with_it(tmp_path: Path):
    project = new_project(tmp_path)
    files = {"training": "/data/all.csv", "validation": "/held/out.csv"}
    same = {"training": "/data/a.csv", "validation": "/held/a.csv"}
    add_run(project, 1, title="Classes", results={**CLASS_RESULTS, "files": files})
    add_run(project, 2, title="Numbers", results={**NUMBER_RESULTS, "files": same})
    session = open_session(project)
    model = shown(session, 1)
    assert model.rows_words().endswith(", of out.csv")
    assert model.worst_words() == "of out.csv"
    assert model.row_words(6) == "Row 7 of out.csv"
    model.set_cell((1, 0))
    assert model.worst_words() == "bee taken for ant · of out.csv"
    model.set_part("training")
    assert model.rows_words().endswith(", of all.csv")
    other = shown(session, 2)
    assert other.row_words(6) == "Row 7 of /held/a.csv", "one name alone says nothing"
    assert other.row_words(None) == ""
    session.background.close()
    session.close()


def test_numbers_in_their_own_unit(session: ProjectSession):
    model = shown(session, 1)
    titles = [score.title for score in model.scores()]
    assert titles == ["Mean absolute error", "Root mean squared error", "R²", "Loss"]
    assert model.scores()[0].value == "1"
    assert model.scores()[0].baseline == "always the mean: 2.50"
    parity = model.parity()
    assert parity is not None and parity.name == "protein"
    np.testing.assert_allclose(parity.residuals, 1.0)
    assert model.worst()[0].measure == "+1"
    said = {paragraph.title: paragraph.text for paragraph in results_words.say(model)}
    assert "1 too high" in said["Leaning"]
    assert "**10**" in said["How far to trust it"]


def test_what_the_words_claim(session: ProjectSession):
    model = shown(session, 2)
    said = {paragraph.title: paragraph.text for paragraph in results_words.say(model)}
    assert "**17 of 20**" in said["Score"] and "clearly better" in said["Score"]
    assert said["Hardest class"].startswith("**bee**") and "ant" in said["Hardest class"]
    assert "best epoch was chosen by them" in said["How far to trust it"]
    model.set_part("training")
    said = {paragraph.title: paragraph.text for paragraph in results_words.say(model)}
    assert "learned from" in said["How far to trust it"]


def test_a_run_without_results(session: ProjectSession):
    model = shown(session, 3, state="missing")
    assert model.scores() == [] and model.confusion() is None and results_words.say(model) == []


def test_the_model_follows_the_run_that_is_shown(session: ProjectSession):
    model = shown(session, 2)
    session.show_run(session.runs[0].run)
    deliver_until(session, lambda: model.state == "ready" and not model.is_classification())
    model.close()


def test_intervals_are_honest_at_the_ends():
    low, high = wilson(20, 20)
    assert 0.8 < low < 0.9 and high == 1.0
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(50, 100)
    assert low == pytest.approx(0.404, abs=1e-3) and high == pytest.approx(0.596, abs=1e-3)


def test_a_class_without_rows_has_no_recall():
    confusion = Confusion(("a", "b"), np.array([[3, 1], [0, 0]]))
    assert np.isnan(confusion.recall()[1])
    assert in_percent(float(confusion.recall()[1])) == "–"
    assert confusion.majority() == ("a", 1.0)


def test_a_score_that_an_input_gives_away_is_doubted_until_that_is_decided(
    session: ProjectSession,
):
    model = shown(session, 2)
    titles = [paragraph.title for paragraph in results_words.say(model)]
    assert "Too good to be true?" not in titles
    leak = Finding("fit.x-parts-target", Severity.ADVICE, "fit.x", "**days** alone parts them.")
    session.resolved = replace(session.resolved, findings=(leak,))
    said = {paragraph.title: paragraph.text for paragraph in results_words.say(model)}
    assert said["Too good to be true?"].endswith("**days** alone parts them.")
