"""A run's state asked for again costs only what is new, and is nobody else's."""

from __future__ import annotations

from pathlib import Path

from fitstudio.actions.run import run_ending, run_states
from fitstudio.journal import Journal, fold, read_all
from fitstudio.journal.reader import JournalReader
from fitstudio.project.paths import RunPaths
from tests.recorded_runs import RecordedRun, curves


def test_it_is_the_same_as_reading_all_of_it(tmp_path: Path, monkeypatch):
    run = RecordedRun(tmp_path / "0001-a", epochs=8, callbacks=[{"kind": "EarlyStopping"}]).start()
    paths = RunPaths(run.folder)
    taken = []
    take = JournalReader._take
    monkeypatch.setattr(
        JournalReader,
        "_take",
        lambda self, data, new: taken.append(len(data)) or take(self, data, new),
    )
    logs = list(curves(8))
    for epoch in range(4):
        run.epoch(epoch, logs[epoch])
    first = run_states.state_of(paths)
    taken.clear()
    for epoch in range(4, 8):
        run.epoch(epoch, logs[epoch])
    second = run_states.state_of(paths)
    assert sum(taken) < paths.journal.stat().st_size * 0.7, "what was read before is not read again"
    assert len(first.epochs) == 4, "an earlier answer stays as it was"
    assert first.best is not None and second.best is not None
    assert second.best.waited != first.best.waited or second.best.epoch != first.best.epoch
    assert second == fold(read_all(paths.journal))
    run.end()
    ended = run_states.state_of(paths)
    assert not ended.running
    assert paths.folder not in run_states._followed, "a run that has ended is not kept in memory"


def test_a_journal_that_was_put_back_is_read_anew(tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a", epochs=8).start()
    paths = RunPaths(run.folder)
    before = paths.journal.read_bytes()
    for epoch, logs in enumerate(curves(3)):
        run.epoch(epoch, logs)
    assert len(run_states.state_of(paths).epochs) == 3
    run.close()
    paths.journal.write_bytes(before)
    assert run_states.state_of(paths).epochs == []


def test_a_line_longer_than_a_chunk_is_read(tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a").start()
    run.journal.append("message", level="error", code="long", sentence="x" * 700_000)
    run.end()
    state = run_states.state_of(RunPaths(run.folder))
    assert len(state.messages[0].sentence) == 700_000 and not state.running


def test_batches_that_are_overtaken_are_not_parsed(tmp_path: Path):
    run = RecordedRun(tmp_path / "0001-a").start().begin(0)
    for step in range(40):
        run.batch(0, step, {"loss": 1.0 / (step + 1)})
    run.pulse(memory_bytes=1.0)
    reader = JournalReader(run.folder / "journal.jsonl", newest_batches=True)
    events = reader.read_new()
    assert [event.type for event in events].count("batch_ended") == 1
    assert reader.missing == 0
    state = fold(events, with_gaps=True)
    assert (state.step, state.missing_events) == (39, 0)
    assert state.step == fold(read_all(run.folder / "journal.jsonl")).step
    run.close()


def test_a_process_that_had_spoken_had_started(tmp_path: Path):
    paths = RunPaths(tmp_path / "0001-a")
    paths.folder.mkdir()
    with Journal(paths.journal) as journal:
        journal.append(
            "message", level="info", code="worker.starting", sentence="Process 7 is loading torch."
        )
    state = run_ending.settle(paths, fold(read_all(paths.journal)), started_here=True)
    assert (state.outcome, state.reason) == ("interrupted", "gone")
    silent = RunPaths(tmp_path / "0002-b")
    silent.folder.mkdir()
    state = run_ending.settle(silent, fold(read_all(silent.journal)), started_here=True)
    assert (state.outcome, state.reason) == ("failed", "not_started")
