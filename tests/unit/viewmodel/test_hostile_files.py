"""Whatever one value of a project's files is replaced by: sentences come, and the other runs."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fitstudio.actions import queue, requests, runs
from fitstudio.cli import program
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import FitStudioError
from fitstudio.journal import RunState
from fitstudio.project import Project
from fitstudio.project.lock import run_holder
from fitstudio.project.run_files import Request
from fitstudio.storage.manifest import verify_manifest
from fitstudio.viewmodel.data import page as data_page
from fitstudio.viewmodel.model.page import ModelPageModel
from fitstudio.viewmodel.monitor import epoch_table
from fitstudio.viewmodel.monitor import sentences as monitor_words
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.viewmodel.monitor.shown_run import describe
from fitstudio.viewmodel.results import sentences as results_words
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.viewmodel.runs import sentences as runs_words
from fitstudio.viewmodel.runs.columns import Column
from fitstudio.viewmodel.runs.page import RunsModel
from fitstudio.viewmodel.runs.run_words import badge_of, changed_words, when_words
from fitstudio.viewmodel.runs.settings import settings_of
from fitstudio.viewmodel.shell import stations
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.viewmodel.start import page as start
from fitstudio.viewmodel.training.form import TrainingForm
from fitstudio.words.numbers import format_when
from fitstudio.worker.saving.model_card import BirthCertificate
from tests.hostile_files import VALUES, Place, json_files, places, put
from tests.recorded_project import CLASS_RESULTS, NUMBER_RESULTS, add_run, deliver_until

GOLDEN = Path(__file__).parents[2] / "golden" / "format-1"


def make_project(folder: Path) -> Path:
    """Two trained runs as they were written by real workers, two recorded ones, and the rest."""
    shutil.copytree(GOLDEN, folder)
    with Project.open(folder) as project:
        for number, results in ((3, NUMBER_RESULTS), (4, CLASS_RESULTS)):
            add_run(project, number, title=f"run {number}", results=results)
        spec = RunSpec().with_values({"fit.callbacks": ["EarlyStopping"], "fit.epochs": 3})
        queue.enqueue(project, spec, name="waits")
        queue.enqueue(project, spec, name="waits as well")
        runs.list_runs(project)
    request = {"format": 1, "id": 3, "kind": "pause", "time": 1.0}
    (folder / "runs" / "0003-run-3" / "request.json").write_text(json.dumps(request))
    note = {"pid": 7, "host": "elsewhere", "since": 1.78e9, "program": "the window"}
    for lock in (folder / "project.lock", folder / "runs" / "0004-run-4" / "run.lock"):
        lock.write_text(json.dumps(note))
    return folder


def ours(work: Callable[[], object]) -> None:
    """Whatever goes wrong, it is said in our words."""
    try:
        work()
    except FitStudioError as problem:
        assert problem.code != "internal", problem.details
        assert problem.message


def look_at_all(folder: Path, summary: DatasetSummary) -> None:
    """What a person would look at in the window, and what begins from there."""
    names = sorted(run.name for run in (folder / "runs").iterdir())
    with Project.open(folder, take_over=True) as project:
        listed = runs.list_runs(project)
        assert [each.run for each in listed] == names
        queue.list_items(project)
        for line in listed:
            paths = project.paths.run(line.run)
            ours(lambda run=line.run: settings_of(runs.load_run(project, run)))
            ours(lambda run=line.run: requests.resume_differences(project, run))
            ours(lambda paths=paths: Request.read(paths.request))
            ours(lambda paths=paths: requests._epochs_saved(paths))
            ours(lambda paths=paths: BirthCertificate.read(paths.model))
            ours(lambda paths=paths: verify_manifest(paths.checkpoints / "best"))
            if (holder := run_holder(paths.folder)) is not None:
                assert holder.say()
        look_at_session(project, summary)
        if project.read_only is None:
            ours(project.save)
    with Project.open(folder) as project:
        assert project.read_only is None or project.read_only.strip()
    ours(lambda: start._looked_into(start.RecentRow(folder=folder, name="", place="", when="")))
    program.main(["runs", str(folder)])
    program.main(["show", str(folder), "1", "--json"])


def look_at_session(project: Project, summary: DatasetSummary) -> None:
    """The window's view models, page by page."""
    session = ProjectSession(project, Background())
    failures: list[FitStudioError] = []
    session.failed.connect(failures.append)
    session.refresh_runs()
    deliver_until(session, lambda: not session._listing)
    session._on_summary(summary)
    data_page.view(session), stations.stations(session)
    form, _ = TrainingForm(session), ModelPageModel(session)
    table, results = RunsModel(session), ResultsModel(session)
    monitor = MonitorModel()
    for line in session.runs:
        session.show_run(line.run)
        table.tick(line.run, True)
        deliver_until(session, lambda: results.state not in ("none", "loading"))
        results_words.say(results)
        results.scores(), results.worst(), results.heading(), results.rows_words()
        monitor.open(describe(session, line.run))
        end = time.monotonic() + 240
        while monitor.state is None:
            assert time.monotonic() < end, "its folder is never read"
            monitor.tick()
            time.sleep(0.002)
        look_at_monitor(monitor, monitor.state)
    while session.background.deliver(0.02):
        pass
    runs_words.say(table)
    table.differences()
    for line in table.lines:
        badge_of(line), changed_words(line), when_words(line, datetime.now())
        for metric in table.metrics():
            table.curve(line.run, metric, by_time=True)
    for column in Column:
        table.sort(column, descending=False)
    for part in (monitor, table, results, form, session.background):
        part.close()
    assert [problem.details for problem in failures if problem.code == "internal"] == []


def look_at_monitor(monitor: MonitorModel, state: RunState) -> None:
    monitor_words.say(monitor)
    for words in (
        *(monitor.badge, monitor.progress, monitor.epoch_progress, monitor.epoch_words),
        *(monitor.step_words, monitor.pace_words, monitor.time_words, monitor.card),
        *(monitor.axis_end, monitor.best, monitor.patience, monitor.meters, monitor.device),
        monitor.verdict,
    ):
        words()
    for column in epoch_table.columns_of(state):
        for row in state.epochs:
            epoch_table.cell(row, column.name)
    for line in epoch_table.log_lines(state):
        format_when(line.time, datetime.now())


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("hostile") / "original")


@pytest.fixture(scope="module")
def summary(original: Path) -> DatasetSummary:
    with Project.open(original, read_only=True) as project:
        found = runs.dataset_summary(project)
    assert found is not None
    return found


def test_what_was_not_touched_is_fine(original: Path, tmp_path: Path, summary: DatasetSummary):
    folder = Path(shutil.copytree(original, tmp_path / "project"))
    look_at_all(folder, summary)
    with Project.open(folder, read_only=True) as project:
        assert [runs.load_run(project, number).damage for number in (1, 2, 3, 4)] == [()] * 4


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_of_any_file_hides_the_runs(
    data: st.DataObject,
    original: Path,
    tmp_path_factory: pytest.TempPathFactory,
    summary: DatasetSummary,
):
    folder = tmp_path_factory.mktemp("project") / "project"
    shutil.copytree(original, folder)
    # A file first: else the values of the long ones would be all that is ever tried.
    file = data.draw(st.sampled_from(json_files(folder)), label="file")
    place = data.draw(st.sampled_from(places(file)), label="place")
    value = data.draw(st.sampled_from(VALUES), label="value")
    put(place, value)
    look_at_all(folder, summary)


@pytest.mark.parametrize("value", ['"x"', "null", "[]", "{}", "1e999"])
def test_a_run_with_a_line_that_cannot_be_is_damaged_and_the_others_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture, value: str
):
    folder = tmp_path / "project"
    with Project.create(folder, name="two", settings=RunSpec()) as project:
        add_run(project, 1), add_run(project, 2)
    journal = folder / "runs" / "0001-run" / "journal.jsonl"
    last = len(journal.read_bytes().splitlines()) - 1
    put(Place(journal, ("seq",), last), value)

    with Project.open(folder, read_only=True) as project:
        bad, good = runs.list_runs(project)
    assert good.outcome == "completed" and not good.damage
    assert bad.damage.startswith("A line of journal.jsonl cannot be used: ")
    assert badge_of(bad) is not None
    assert program.main(["runs", str(folder)]) == 0
    told = capsys.readouterr().out
    assert "damaged" in told and bad.damage in told and "0002-run" in told
