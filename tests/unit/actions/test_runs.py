"""Starting, listing, steering and resuming runs, with a worker that only pretends to train."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import signal
import time
from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.actions.launchers import local_process, processes
from fitstudio.actions.run import run_ending
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import RunError, SpecError, StorageError, WorkerError
from fitstudio.journal import Journal, Outcome
from fitstudio.project import Project, migrations
from fitstudio.project.run_files import read_spec
from fitstudio.storage import ops
from fitstudio.storage.file_lock import FileLock
from tests.support.faults import FailingOps


def test_a_run_is_made_started_and_listed(project: Project):
    handle = runs.start_run(project, name="quick one")
    assert handle.wait(240) == 0
    (summary,) = runs.list_runs(project)
    record = runs.load_run(project, 1)

    assert handle.run == summary.run == record.run == "0001-quick-one"
    assert (summary.outcome, summary.reason, summary.epochs) == ("completed", "all_epochs", 3)
    assert summary.best is not None
    assert (summary.best.monitor, summary.best.epoch) == ("val_loss", 2)
    assert summary.history == {"loss": pytest.approx(1 / 3), "val_loss": pytest.approx(2 / 3)}
    assert record.history["loss"] == pytest.approx([1.0, 1 / 2, 1 / 3])
    assert record.spec == project.settings
    assert record.resolved is not None
    assert not (record.folder / "request.json").exists()


def test_run_json_holds_only_what_was_set_and_resolved_json_the_rest(project: Project):
    handle = runs.start_run(project, name="quick")
    handle.wait(240)
    spec = json.loads((handle.folder / "run.json").read_text())
    resolved = json.loads((handle.folder / "resolved.json").read_text())

    assert spec == {"format": migrations.FORMAT} | project.settings.to_json()
    assert resolved["values"]["fit.batch_size"]
    assert isinstance(resolved["seed"], int)
    assert resolved["environment"]["fitstudio"]
    assert len(resolved["data_fingerprint"]["sha256"]) == 64


def test_a_resumed_run_prints_as_it_is_asked_to_this_time(project: Project):
    runs.start_run(project, name="crash").wait(240)
    handle = requests.resume_run(project, 1, verbose=2)
    handle.wait(240)
    words = (handle.folder / "worker.log").read_text()
    assert "asked: --resume --verbose=2" in words
    assert read_spec(handle.folder / "run.json") == project.settings, "the settings stay"


def test_a_specification_that_cannot_work_starts_nothing(project: Project):
    with pytest.raises(SpecError) as caught:
        runs.start_run(project, spec=project.settings.with_values({"fit.y": None}))
    assert caught.value.findings
    assert runs.list_runs(project) == []


def test_runs_are_called_by_what_changed(project: Project):
    for settings in (
        {"compile.learning_rate": 0.001},
        {"compile.learning_rate": 0.001},
        {"compile.learning_rate": 0.0005},
        {"compile.learning_rate": 0.001, "model.units": [8], "fit.epochs": 2},
    ):
        spec = project.settings.with_values(settings)
        runs.start_run(project, spec=spec).wait(240)
    names = [(each.run, each.name) for each in runs.list_runs(project)]

    assert names == [
        ("0001-first-mlp", "First MLP"),
        ("0002-again", "Again"),
        ("0003-lr-halved", "LR halved"),
        ("0004-lr-doubled-epochs-2-and-1-more", "LR doubled, Epochs 2 and 1 more"),
    ]
    changes = runs.list_runs(project)[2].changes
    assert [change["key"] for change in changes] == ["compile.learning_rate"]


def test_what_the_training_prints_goes_where_it_is_wanted(project: Project, tmp_path: Path):
    stream = io.StringIO()
    runs.start_run(project, name="quick", foreground=True, output=stream).wait(240)
    assert stream.getvalue() == "Epoch 1/3\n"

    with (tmp_path / "out").open("w") as file:
        runs.start_run(project, name="quick", foreground=True, output=file).wait(240)
    assert (tmp_path / "out").read_text() == "Epoch 1/3\n"

    handle = runs.start_run(project, name="quick")
    handle.wait(240)
    assert (handle.folder / "worker.log").read_text() == "Epoch 1/3\n"


def test_fault_19_a_worker_that_ends_at_once_leaves_its_log_and_a_failed_run(project: Project):
    with pytest.raises(WorkerError, match="exit code 3") as caught:
        runs.start_run(project, name="broken")

    assert caught.value.details == "ImportError: libtorch is missing"
    (summary,) = runs.list_runs(project)
    assert (summary.outcome, summary.reason) == ("failed", "not_started")


def test_fault_19_a_worker_that_is_not_there_is_said_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(processes, "worker_command", lambda *words: ["/nowhere/python", *words])
    with pytest.raises(WorkerError) as caught:
        runs.start_run(project, name="quick")
    assert caught.value.code == "worker.no-start"
    assert runs.list_runs(project)[0].outcome == "failed"


def test_fault_19_a_worker_that_says_nothing_is_ended_after_the_time_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(local_process, "START_TIMEOUT_S", 0.5)
    with pytest.raises(WorkerError, match="did not answer"):
        runs.start_run(project, name="silent")
    assert runs.list_runs(project)[0].outcome == "failed"


def test_fault_05_a_run_whose_process_is_gone_is_noted_as_interrupted(project: Project):
    handle = runs.start_run(project, name="crash")
    assert handle.wait(240) == -signal.SIGKILL
    (summary,) = runs.list_runs(project)

    assert (summary.outcome, summary.reason) == ("interrupted", "gone")
    assert "memory was full" in summary.sentence
    assert summary.epochs == 1
    record = runs.load_run(project, 1)
    assert record.state.outcome is Outcome.INTERRUPTED
    assert (handle.folder / "journal.jsonl").read_text().count("run_ended") == 1


def test_a_process_number_used_again_does_not_make_a_run_alive(project: Project):
    """The lock decides, not the number: here the number is that of this very process."""
    handle = runs.start_run(project, name="crash")
    handle.wait(240)
    journal = handle.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes().replace(str(handle.pid).encode(), b""))
    with Journal(journal) as again:
        again.append("run_started", run="x", pid=os.getpid(), first_epoch=0, last_epoch=2)

    assert runs.list_runs(project)[0].outcome == "interrupted"


def test_a_run_in_a_folder_for_reading_only_is_shown_as_interrupted(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    handle = runs.start_run(project, name="crash")
    handle.wait(240)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "read-only")

    monkeypatch.setattr(run_ending, "run_lock", refuse)
    assert runs.load_run(project, 1).state.outcome is Outcome.INTERRUPTED
    assert "run_ended" not in (handle.folder / "journal.jsonl").read_text()


def test_fault_02_resume_goes_on_and_ends(project: Project):
    runs.start_run(project, name="crash").wait(240)
    requests.resume_run(project, 1).wait(240)
    record = runs.load_run(project, 1)

    assert record.state.outcome is Outcome.COMPLETED
    assert [row.epoch for row in record.state.epochs] == [0, 1, 2]
    assert len(record.state.trims) == 1
    with pytest.raises(RunError, match="Extend it"):
        requests.resume_run(project, 1)


def test_stop_pause_and_continue_are_acknowledged(project: Project, until):
    handle = runs.start_run(project, name="hang")
    watcher = runs.watch_run(project, handle.run)
    number = requests.request(project, handle.run, "pause")
    assert requests.acknowledged(project, handle.run, number)
    assert watcher.poll().paused
    requests.continue_run(project, handle.run)
    until(lambda: not watcher.poll().paused)
    requests.stop_run(project, handle.run, when="epoch")
    assert handle.wait(240) == 0
    assert watcher.poll().outcome is Outcome.STOPPED
    with pytest.raises(RunError, match="not being trained"):
        requests.pause_run(project, handle.run)


def test_requests_follow_each_other_and_none_is_lost(project: Project, until):
    handle = runs.start_run(project, name="hang")
    numbers = [requests.request(project, handle.run, "snapshot") for _ in range(5)]
    watcher = runs.watch_run(project, handle.run)
    until(lambda: set(numbers) <= watcher.poll().acknowledged)
    assert sorted(set(numbers)) == numbers


def test_a_kill_ends_the_process_and_keeps_everything(project: Project):
    handle = runs.start_run(project, name="hang")
    assert requests.kill_run(project, handle.run)
    assert handle.wait(240) == -signal.SIGKILL
    state = runs.load_run(project, handle.run).state

    assert (state.outcome, state.reason) == (Outcome.STOPPED, "killed")
    assert not requests.kill_run(project, handle.run)


def test_fault_18_a_worker_that_hangs_is_named(project: Project, monkeypatch: pytest.MonkeyPatch):
    handle = runs.start_run(project, name="hang")
    os.kill(handle.pid, signal.SIGSTOP)
    watcher = runs.watch_run(project, handle.run)
    watcher.poll()
    assert watcher.not_answering_s is None
    monkeypatch.setattr("fitstudio.actions.run.following.NOT_ANSWERING_S", 0.05)
    time.sleep(0.1)
    assert watcher.not_answering_s is not None
    assert requests.kill_run(project, handle.run)


def test_fault_12_a_run_removed_from_outside_is_missing(project: Project):
    handle = runs.start_run(project, name="quick")
    handle.wait(240)
    watcher = runs.watch_run(project, handle.run)
    handle.folder.rename(project.folder / "elsewhere")
    watcher.poll()
    assert watcher.missing
    assert runs.list_runs(project) == []


def test_fault_31_a_run_that_is_trained_cannot_be_resumed_or_discarded(project: Project):
    handle = runs.start_run(project, name="hang")
    for act in (requests.resume_run, requests.discard_run):
        with pytest.raises(RunError, match="being trained"):
            act(project, handle.run)
    with pytest.raises(RunError, match="being trained"):
        requests.extend_run(project, handle.run, 1)


def test_extend_makes_a_child_that_goes_on_where_the_run_ended(project: Project):
    runs.start_run(project, name="quick").wait(240)
    handle = requests.extend_run(project, 1, epochs=2)
    assert handle.wait(240) == 0
    parent, child = runs.load_run(project, 1), runs.load_run(project, 2)

    assert child.about.parent == parent.run
    assert read_spec(child.folder / "run.json").get("fit.epochs") == 5
    assert [row.epoch for row in child.state.epochs] == [0, 1, 2, 3, 4]
    assert [row.epoch for row in parent.state.epochs] == [0, 1, 2]
    seeds = [
        json.loads((each.folder / "resolved.json").read_text())["seed"] for each in (parent, child)
    ]
    assert seeds[0] == seeds[1]


def test_a_discarded_run_is_moved_and_its_number_is_not_used_again(project: Project):
    runs.start_run(project, name="quick").wait(240)
    kept_in = requests.discard_run(project, 1)

    assert (kept_in / "run.json").exists()
    assert runs.list_runs(project) == []
    assert runs.start_run(project, name="quick").run == "0002-quick"


def test_what_a_person_says_of_a_run_is_kept(project: Project):
    runs.start_run(project, name="quick").wait(240)
    runs.rename_run(project, 1, " Größer ")
    runs.note_run(project, 1, "<b>good</b>")
    runs.star_run(project, 1)
    (summary,) = runs.list_runs(project)

    assert (summary.name, summary.note, summary.starred) == ("Größer", "<b>good</b>", True)
    assert summary.run == "0001-quick"


def test_a_list_is_quick_because_ended_runs_are_kept_in_one_line(project: Project):
    handle = runs.start_run(project, name="quick")
    handle.wait(240)
    first = runs.list_runs(project)
    kept = json.loads((handle.folder / "summary.json").read_text())
    assert kept["summary"]["outcome"] == "completed"
    assert runs.list_runs(project) == first

    # A journal that grew (a resume) makes the line worthless, and a damaged line does no harm.
    for content in ("[", json.dumps(kept | {"summary": {}}), json.dumps(kept | {"format": 9})):
        (handle.folder / "summary.json").write_text(content)
        assert runs.list_runs(project) == first


def test_fault_51_500_runs_are_listed_from_their_summaries(project: Project):
    handle = runs.start_run(project, name="quick")
    handle.wait(240)
    runs.list_runs(project)
    for number in range(2, 501):
        folder = project.paths.runs / f"{number:04d}-copy"
        folder.mkdir()
        for name in ("run.json", "about.json", "journal.jsonl", "summary.json"):
            os.link(handle.folder / name, folder / name)
    found = runs.list_runs(project)

    assert len(found) == 500
    assert {each.epochs for each in found} == {3}


@pytest.mark.parametrize("damaged", ["run.json", "about.json", "journal.jsonl", "resolved.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[" * 50_000, b"\x00\xff" * 100])
def test_one_damaged_run_shows_as_such_and_the_others_are_there(
    project: Project, damaged: str, content: bytes
):
    bad = runs.start_run(project, name="quick")
    bad.wait(240)
    runs.start_run(project, name="quick", spec=project.settings).wait(240)
    (bad.folder / damaged).write_bytes(content)

    assert [each.number for each in runs.list_runs(project)] == [1, 2]
    assert runs.load_run(project, 2).state.outcome is Outcome.COMPLETED


def test_fault_60_every_difference_at_a_resume_is_named_and_decides(
    project: Project, summary: DatasetSummary
):
    handle = runs.start_run(project, name="crash")
    handle.wait(240)
    resolved = handle.folder / "resolved.json"
    recorded = json.loads(resolved.read_text())
    data = Path(summary.file)
    assert requests.resume_differences(project, 1) == []

    os.utime(data, (1, 1))
    assert requests.resume_differences(project, 1) == []  # touched, not changed

    environment = recorded["environment"] | {"torch": "1.0"}
    resolved.write_text(json.dumps(recorded | {"environment": environment, "host": "old-pc"}))
    found = {each.what: each for each in requests.resume_differences(project, 1)}
    assert set(found) == {"torch", "computer"}
    assert all(each.allowed for each in found.values())

    before = data.read_bytes()
    data.write_bytes(before + b"3,4\n")
    with pytest.raises(RunError, match="has changed since"):
        requests.resume_run(project, 1)
    data.rename(data.with_suffix(".away"))
    with pytest.raises(RunError, match="cannot be read"):
        requests.resume_run(project, 1)
    data.write_bytes(before)

    spec = handle.folder / "run.json"
    spec.write_text(spec.read_text().replace('"epochs": 3', '"epochs": 4'))
    with pytest.raises(RunError, match="was changed after"):
        requests.resume_run(project, 1)


def test_two_starts_at_once_get_two_numbers(project: Project):
    with FileLock(project.paths.edit_lock, program="another"):
        pass
    handles = [runs.start_run(project, name="quick") for _ in range(3)]
    assert [handle.run for handle in handles] == ["0001-quick", "0002-quick", "0003-quick"]
    for handle in handles:
        handle.wait(240)


def test_fault_09_a_full_disk_leaves_no_half_run(project: Project):
    for at in range(60):
        failing = FailingOps(at, errno.ENOSPC, lasting=True, only=("open", "write", "mkdir"))
        with ops.use(failing), contextlib.suppress(StorageError, WorkerError):
            runs.start_run(project, name="quick").wait(240)
        for each in runs.list_runs(project):
            runs.load_run(project, each.run)  # whatever is there is whole
        if not failing.failed:
            return
    raise AssertionError("a start takes fewer steps than that")
