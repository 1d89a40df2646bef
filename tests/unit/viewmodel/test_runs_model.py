"""The list of runs: order, filter, ticks, colours, differences, and what a person does with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from fitstudio.viewmodel.runs import best_run, run_words
from fitstudio.viewmodel.runs import sentences as runs_words
from fitstudio.viewmodel.runs.columns import Column
from fitstudio.viewmodel.runs.page import RunsModel
from fitstudio.viewmodel.shell.session import ProjectSession
from tests.recorded_project import add_run, deliver_until, new_project, open_session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ProjectSession]:
    project = new_project(tmp_path)
    add_run(project, 1, title="First", epochs=3)
    add_run(
        project,
        2,
        title="Slower",
        epochs=8,
        settings={"fit.epochs": 8, "compile.learning_rate": 0.001},
        parent="0001-first",
        changes=({"key": "compile.learning_rate", "mine": 0.001, "theirs": 0.01},),
    )
    add_run(
        project, 3, title="Broken", epochs=2, outcome="failed", reason="not_finite", note="too fast"
    )
    session = open_session(project)
    yield session
    session.background.close()
    session.close()


def numbers(model: RunsModel) -> list[int]:
    return [line.number for line in model.lines]


def test_order_by_any_column(session: ProjectSession):
    model = RunsModel(session)
    assert numbers(model) == [3, 2, 1]
    model.sort(Column.BEST, descending=False)
    assert numbers(model)[0] == 2, "the longest run has the least loss"
    model.sort(Column.EPOCHS, descending=True)
    assert numbers(model) == [2, 1, 3]
    model.sort(Column.CHANGED, descending=False)
    assert numbers(model)[0] == 2, "runs without changes come last"
    model.sort(Column.NOTE, descending=True)
    assert numbers(model)[0] == 3


@pytest.mark.parametrize(
    "text, expected",
    [("slow", [2]), ("rate", [2]), ("FAST", [3]), ("nan", [3]), ("1", [2, 1]), ("zebra", [])],
)
def test_the_filter_looks_everywhere(session: ProjectSession, text, expected):
    model = RunsModel(session)
    model.set_filter(text)
    assert numbers(model) == expected


def test_a_ticked_run_keeps_its_colour_in_the_project(session: ProjectSession):
    model = RunsModel(session)
    first, second, third = (line.run for line in session.runs)
    assert model.ticked == (first, second, third), "the newest are compared at first"
    number = model.series_number(second)
    for run in (first, second, third):
        model.tick(run, False)
    assert model.ticked == ()
    model.tick(third, True)
    model.tick(second, True)
    assert model.series_number(second) == number
    assert model.series_number(third) != number
    # … and after the project is opened again.

    def kept() -> bool:
        session.refresh_runs()
        return all(line.series is not None for line in session.runs)

    deliver_until(session, kept)
    again = RunsModel(session)
    assert again.series_number(second) == number


def test_curves_over_epochs_and_over_time(session: ProjectSession):
    model = RunsModel(session)
    deliver_until(session, lambda: len(model.records) == 3)
    run = session.runs[1].run
    x, y = model.curve(run, "val_loss", by_time=False)
    assert x == [1, 2, 3, 4, 5, 6, 7, 8]
    minutes, same = model.curve(run, "val_loss", by_time=True)
    assert same == y
    assert minutes[0] == pytest.approx(2.1 / 60)
    assert minutes[-1] == pytest.approx(8 * 2.1 / 60)
    assert model.metrics()[0] == "val_loss"


def test_only_what_differs(session: ProjectSession):
    model = RunsModel(session)
    deliver_until(session, lambda: len(model.records) == 3)
    found = {difference.title: difference for difference in model.differences()}
    assert found["Epochs"].values == ("3", "8", "2")
    rate = found["Learning rate"]
    assert rate.values[0] == rate.values[2] != rate.values[1]
    assert rate.odd == (False, True, False)
    assert "Verbose" not in found
    said = {paragraph.title: paragraph.text for paragraph in runs_words.say(model)}
    assert said["Best so far"].startswith("**Run 2**")
    assert "(run 2)" in said["Learning rate"]


def test_words_for_the_cells(session: ProjectSession):
    first, second, third = session.runs
    assert run_words.changed_words(first) == ("", "The first run")
    assert run_words.changed_words(second)[0] == "rate 0.01 → 0.001"
    assert run_words.badge_of(first) is None
    badge = run_words.badge_of(third)
    assert badge is not None and badge.text == "NaN, stopped"
    assert run_words.when_words(first, datetime.now()) != "–"
    assert best_run.best_index(second) is not None


def test_new_run_like_this_can_be_undone(session: ProjectSession):
    model = RunsModel(session)
    before = session.spec
    done = []
    model.new_like(session.runs[1].run, lambda: done.append(True))
    deliver_until(session, lambda: done)
    assert session.spec.get("compile.learning_rate") == 0.001
    assert session.spec.get("fit.epochs") == 8
    session.undo()
    assert session.spec == before


def test_settings_are_listed_to_be_read(session: ProjectSession):
    model = RunsModel(session)
    got = []
    model.settings(session.runs[1].run, got.append)
    deliver_until(session, lambda: got)
    rows = {key: (value, origin) for group in got[0] for _, key, value, origin in group.rows}
    assert rows["compile.learning_rate"] == ("0.001", "set by you")


def test_a_renamed_run_and_a_discarded_one(session: ProjectSession):
    model = RunsModel(session)
    run = session.runs[0].run
    model.rename(run, "  Better name ")
    deliver_until(session, lambda: session.runs[0].name == "Better name")
    session.discard(session.runs[2].run)
    deliver_until(session, lambda: len(session.runs) == 2)
    assert numbers(model) == [2, 1]
    assert len(model.ticked) == 2


def test_a_closed_model_hears_nothing_more(session: ProjectSession):
    model = RunsModel(session)
    model.close()
    told = []
    model.changed.connect(lambda: told.append(True))
    session.runs_changed.emit()
    assert told == []


def test_helpers_that_differ_in_their_settings_are_told_apart(tmp_path: Path):
    project = new_project(tmp_path)
    stopping = {"kind": "EarlyStopping", "patience": 2}
    for number, changed in enumerate(({}, {"patience": 50, "monitor": "val_accuracy"}), start=1):
        settings = {"fit.epochs": 3, "fit.callbacks": [stopping | changed]}
        add_run(project, number, title=f"Run {number}", epochs=3, settings=settings)
    session = open_session(project)
    model = RunsModel(session)
    deliver_until(session, lambda: len(model.records) == 2)
    found = {each.key: each.values for each in model.differences()}
    assert found["fit.callbacks"] == (
        "EarlyStopping, patience 2",
        "EarlyStopping, patience 50, monitor val_accuracy",
    )
    session.background.close()
    session.close()


def test_a_run_like_another_is_made_from_it_and_the_next_is_not(session: ProjectSession):
    model = RunsModel(session)
    first = session.runs[0].run
    model.new_like(first, lambda: None)
    deliver_until(session, lambda: session.spec.is_set("run.parent"))
    assert session.spec.get("run.parent") == first
    session._on_started("0004-like")
    assert not session.spec.is_set("run.parent"), "what is trained after it is not made from it"


def test_an_empty_chip_says_why(session: ProjectSession):
    first, second, _ = session.runs
    assert run_words.changed_words(first) == ("", "The first run")
    assert run_words.changed_words(replace(first, number=2, compared="")) == (
        "",
        "There was no run to compare it with",
    )
    again = replace(second, changes=(), parent=None, compared=first.run)
    assert run_words.changed_words(again) == ("", "The same settings as run 1")


def test_an_answer_that_comes_after_closing_reaches_nobody(tmp_path: Path):
    """A page that asked is gone then; calling it would be an error in the window."""
    session = open_session(new_project(tmp_path))
    reached: list[object] = []
    session.in_background(lambda job: 1, reached.append)
    session.in_background(lambda job: 1 / 0, reached.append, reached.append)
    session.look_at_data()
    session.data_changed.connect(lambda: reached.append("data"))
    session.refresh_runs()
    session.runs_changed.connect(lambda: reached.append("runs"))
    session.close()
    while session.background.deliver(0.5):
        pass
    assert reached == []
    session.background.close()
