"""One follower of a run: for whoever polls, and in two halves for a thread and a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.actions.run import following, run_ending
from fitstudio.actions.run.following import RunFollower
from fitstudio.journal import Outcome, fold, read_all
from fitstudio.project import Project
from fitstudio.project.lock import run_lock
from fitstudio.project.paths import RunPaths
from tests.recorded_runs import RecordedRun, curves


def a_run(folder: Path, epochs: int = 3) -> RecordedRun:
    run = RecordedRun(folder, epochs=9).start()
    for epoch, logs in enumerate(curves(epochs)):
        run.epoch(epoch, logs)
    return run


def test_what_is_read_in_pieces_is_what_is_read_at_once(tmp_path: Path) -> None:
    run = a_run(tmp_path / "0001-a", 3)
    follower = RunFollower(RunPaths(run.folder), looks_after=False)
    assert len(follower.poll().epochs) == 3
    kept = follower.state
    run.epoch(3, {"loss": 0.5})
    run.end()
    assert follower.poll() is kept, "the state goes on, it is not another one"
    assert follower.state == fold(read_all(follower.paths.journal))


def test_a_look_hands_over_and_takes_nothing(tmp_path: Path) -> None:
    run = a_run(tmp_path / "0001-a", 2)
    follower = RunFollower(RunPaths(run.folder), looks_after=False, with_losses=True)
    first = follower.look()
    assert first.state is not None and len(first.state.epochs) == 2 and not first.events
    assert follower.state.epochs == [], "that is for whoever takes"
    assert follower.take(first) is first.state
    assert not follower.look(), "there was nothing new"
    run.batches.append(2, 0, [0.5, 0.25])
    assert len(follower.look().losses) == 24
    run.close()


def test_a_journal_that_was_put_back_is_followed_from_its_beginning(tmp_path: Path) -> None:
    run = RecordedRun(tmp_path / "0001-a", epochs=9).start()
    before = (run.folder / "journal.jsonl").read_bytes()
    run.batches.append(0, 0, [0.5])
    for epoch, logs in enumerate(curves(3)):
        run.epoch(epoch, logs)
    follower = RunFollower(RunPaths(run.folder), looks_after=False, with_losses=True)
    follower.poll()
    run.close()
    follower.paths.journal.write_bytes(before)
    news = follower.look()
    assert news.state is not None and news.state.epochs == []
    assert len(news.losses) == follower.paths.batches.stat().st_size > 0, "the losses as well"
    assert follower.take(news).epochs == []


def test_the_end_of_a_process_that_is_gone_is_noted(tmp_path: Path) -> None:
    run = a_run(tmp_path / "0001-a")
    run.close()
    follower = RunFollower(RunPaths(run.folder))
    state = follower.poll()
    assert (state.outcome, state.reason) == (Outcome.INTERRUPTED, "gone")
    assert state == fold(read_all(follower.paths.journal))


def test_one_that_does_not_look_after_runs_leaves_them_as_they_are(tmp_path: Path) -> None:
    run = a_run(tmp_path / "0001-a")
    run.close()
    assert RunFollower(RunPaths(run.folder), looks_after=False).poll().running


def test_in_a_folder_for_reading_only_it_is_told_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(tmp_path / "0001-a")
    now = [0.0]
    paths = RunPaths(run.folder)
    follower = RunFollower(paths, steady=lambda: now[0])

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(run_ending, "run_lock", refuse)
    with run_lock(paths.folder):
        assert follower.poll().running
    run.close()
    now[0] += 10.0
    news = follower.look()
    assert [event.type for event in news.events] == ["run_ended"]
    assert follower.take(news).outcome is Outcome.INTERRUPTED
    now[0] += 10.0
    assert not follower.look(), "it is told once"
    assert b"run_ended" not in paths.journal.read_bytes()


def test_silence_counts_only_where_a_process_is(tmp_path: Path) -> None:
    run = a_run(tmp_path / "0001-a")
    now = [0.0]
    paths = RunPaths(run.folder)
    follower = RunFollower(paths, steady=lambda: now[0])
    with run_lock(paths.folder):
        follower.poll()
        now[0] += following.NOT_ANSWERING_S - 1.0
        assert follower.not_answering_s is None
        now[0] += 2.0
        assert follower.not_answering_s is not None
        run.pulse(memory_bytes=1.0)
        follower.poll()
        assert follower.not_answering_s is None
    run.close()


def test_a_disk_that_goes_away_costs_no_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = a_run(tmp_path / "0001-a", 1)
    follower = RunFollower(RunPaths(run.folder), looks_after=False)
    follower.poll()
    run.epoch(1, {"loss": 0.5})
    read = following.JournalReader.read_new

    def refuse(self):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(following.JournalReader, "read_new", refuse)
    with pytest.raises(OSError):
        follower.poll()
    monkeypatch.setattr(following.JournalReader, "read_new", read)
    assert len(follower.poll().epochs) == 2
    run.close()


def test_a_child_that_goes_on_where_a_run_ended_has_not_ended(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the copy of the parent's journal and the first word of the child's process."""
    runs.start_run(project, name="quick").wait(240)
    seen = []

    def launch(project: Project, paths: RunPaths, **_: object) -> None:
        seen.append(runs.list_runs(project)[-1])

    monkeypatch.setattr(runs, "launch", launch)
    requests.extend_run(project, 1, epochs=2)
    (child,) = seen
    assert child.outcome is None and child.epochs == 3
    assert runs.list_runs(project)[0].outcome == "completed"
    assert b"run_ended" in project.paths.run(child.run).journal.read_bytes()
