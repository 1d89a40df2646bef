"""Real workers on a machine that fails them: no room, no folder, no window, no memory, no files.

A number in a test's name is that of the fault in the matrix.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import psutil
import pytest

from fitstudio.actions import data as data_actions
from fitstudio.actions import requests, runs
from fitstudio.actions.launchers import processes
from fitstudio.actions.reading.suggestions import suggest
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import RunError, StorageError, WorkerError
from fitstudio.journal import Outcome
from fitstudio.project import Project, RunPaths
from fitstudio.project.lock import run_holder
from fitstudio.storage import ops
from tests.support.faults import FailingOps

# A worker takes two seconds to start, and many times that on a machine that is busy.
pytestmark = pytest.mark.timeout(180)

SETTINGS = {"fit.epochs": 8, "fit.batch_size": 4, "model.dropout": 0.2}
# A run this small is over in a moment: a nap in each batch makes it possible to meet it half-way.
SLOW = """
import time
from fitstudio.engine.steps.train_step import TrainStep
step = TrainStep.__call__
def slow(self, *arguments):
    time.sleep(0.005)
    return step(self, *arguments)
TrainStep.__call__ = slow
"""


# Small arrays are held in memory, where a cut file does no harm.
AS_IF_LARGE = """
from fitstudio.data.preparing.coding import encoding
encoding.in_memory_if_small = lambda array, **_: array
"""


@pytest.fixture(scope="module")
def undisturbed(trained):
    run = trained.new_run(SETTINGS)
    trained.train(run)
    return run


def weights(run: RunPaths) -> bytes:
    return (run.checkpoints / "last" / "weights.safetensors").read_bytes()


def same(trained, run, other) -> None:
    assert trained.state(run).history() == trained.state(other).history()
    assert weights(run) == weights(other)


def second_epoch(event) -> bool:
    return event.type == "epoch_ended" and event.fields["epoch"] == 1


def said(code: str):
    return lambda event: event.type == "message" and event.fields["code"] == code


def test_fault_07_disk_full_at_a_checkpoint_pauses_the_run_until_there_is_room(
    trained, undisturbed
):
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, second_epoch)
    # The system refuses every byte beyond this length of a file, as a full disk does.
    limited = psutil.Process(process.pid)
    limited.rlimit(psutil.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    time.sleep(1.0)
    # The journal cannot grow either; it tells what has happened as soon as there is room.
    assert process.poll() is None
    waiting_at = run.journal.stat().st_size
    time.sleep(0.5)
    assert run.journal.stat().st_size == waiting_at
    limited.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert process.wait(timeout=240) == 0, trained.log(run)

    state = trained.state(run)
    codes = [message.code for message in state.messages]
    assert "paused" in codes
    assert "continued" in codes
    assert "could not be saved" in next(
        message.sentence for message in state.messages if message.code == "paused"
    )
    assert state.outcome is Outcome.COMPLETED
    same(trained, run, undisturbed)


def test_fault_11_a_folder_that_is_moved_away_pauses_the_run_until_it_is_back(trained, undisturbed):
    run = trained.new_run(SETTINGS)
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, second_epoch)
    away = run.folder.with_name("away")
    run.folder.rename(away)
    moved = RunPaths(away)
    message = trained.wait_for(moved, said("paused"))
    assert "not there" in message.fields["sentence"]
    away.rename(run.folder)
    assert process.wait(timeout=240) == 0, trained.log(run)

    assert trained.state(run).outcome is Outcome.COMPLETED
    same(trained, run, undisturbed)


@pytest.mark.parametrize("kind", ["npy", "hdf5"])
def test_fault_21_a_data_file_cut_during_training_leaves_a_run_to_resume(trained, kind: str):
    """Memory-mapped (NPY) the system ends the process; read (HDF5) the reading fails."""
    file = trained.folder / {"npy": "signals.npy", "hdf5": "signals.h5"}[kind]
    draw = np.random.default_rng(1)
    x, y = draw.normal(size=(400, 1024)), draw.normal(size=(400,))
    if kind == "npy":
        np.save(file, x)
        np.save(trained.folder / "targets.npy", y)
        data = {"data.file": file.name, "data.y_file": "targets.npy"}
    else:
        with h5py.File(file, "w") as group:
            group.create_dataset("x", data=x, chunks=(1, 1024))
            group.create_dataset("y", data=y)
        data = {"data.file": file.name}
    reading = {"file": file.name, "y_file": data.get("data.y_file")}
    roles = suggest(data_actions.inspect(reading, trained.folder))
    spec = RunSpec().with_values(
        roles
        | data
        | {"data.kind": kind, "data.feed": "batches", "fit.epochs": 5000, "fit.batch_size": 50}
        | {"fit.validation_split": None, "compile.metrics": None}
        | {"model.kind": "mlp", "model.units": [4]}
    )
    run = trained.new_run_of(spec)
    process = trained.start(run, before=SLOW + AS_IF_LARGE)
    trained.wait_for(run, second_epoch)
    whole = file.read_bytes()
    with file.open("r+b") as cut:
        cut.truncate(5000)
    assert process.wait(timeout=240) != 0
    record = runs.load_run(trained.project, run.name)
    assert record.state.outcome in (Outcome.FAILED, Outcome.INTERRUPTED)
    assert record.state.error is not None
    assert file.name in record.state.error["message"]
    assert len(record.state.epochs) >= 2
    # With the file as it was, the run can go on.
    file.write_bytes(whole)
    handle = requests.resume_run(trained.project, run.name)
    trained.wait_for(run, lambda event: event.type == "epoch_ended" and event.fields["epoch"] > 2)
    requests.stop_run(trained.project, run.name)
    assert handle.wait(240) == 0


@pytest.fixture
def window(trained):
    """Starts the program with a project and lets it press Train; a process of its own."""
    started = []

    def start() -> subprocess.Popen[bytes]:
        spec = trained.spec(SETTINGS | {"fit.epochs": 2000})
        trained.project.settings = spec
        trained.project.save()
        trained.project.close()
        command = [sys.executable, "-m", "fitstudio", str(trained.folder), "--train"]
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
    trained.project = Project.open(trained.folder)


def newest_run(trained, before: int, timeout_s: float = 240.0) -> RunPaths:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = trained.project.paths.run_folders()
        if len(found) > before and trained.state(found[-1]).epochs:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError("the window started no run")


def test_fault_04_and_05_a_killed_window_leaves_its_run_training(trained, window):
    before = len(trained.project.paths.run_folders())
    process = window()
    run = newest_run(trained, before)
    process.kill()
    process.wait()

    # 4: the worker goes on, and whoever opens the project sees it live at once.
    epochs = len(trained.state(run).epochs)
    with Project.open(trained.folder) as again:
        assert again.read_only is None, "the lock of the dead window was taken over"
        listed = {each.run: each for each in runs.list_runs(again)}
        assert listed[run.name].outcome is None
        assert listed[run.name].phase in ("training", "validating")
        watcher = runs.watch_run(again, run.name)
        while len(watcher.poll().epochs) <= epochs + 1:
            time.sleep(0.01)

        # 5: window and worker both gone: the run is offered for resuming.
        holder = run_holder(run.folder)
        assert holder is not None
        os.kill(holder.pid, signal.SIGKILL)
        while run_holder(run.folder) is not None:
            time.sleep(0.01)
        summary = {each.run: each for each in runs.list_runs(again)}[run.name]
        assert summary.outcome == "interrupted"
        assert summary.epochs > epochs
        handle = requests.resume_run(again, run.name)
        requests.stop_run(again, run.name)
        assert handle.wait(240) == 0
        assert trained.state(run).outcome is Outcome.STOPPED


def test_fault_10_a_run_in_a_folder_for_reading_only_says_why_it_cannot_start(trained):
    spec = trained.spec()
    summary = runs.dataset_summary(trained.project, spec)
    with ops.use(FailingOps(0, 30, lasting=True)), pytest.raises(StorageError) as caught:
        runs.start_run(trained.project, spec=spec, summary=summary)
    assert caught.value.code == "storage.forbidden"
    assert "read-only" in caught.value.message


def test_fault_16_a_worker_whose_memory_is_used_up_ends_with_that_reason(trained):
    run = trained.new_run(SETTINGS | {"run.oom_rescue": False, "model.units": [8]})
    greedy = """
import resource
from fitstudio.engine.steps.train_step import TrainStep
step = TrainStep.__call__
def hungry(self, *arguments):
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (64 << 20), resource.RLIM_INFINITY))
    held.append(bytearray(1 << 30))
    return step(self, *arguments)
held = []
TrainStep.__call__ = hungry
"""
    state = trained.train(run, before=greedy, code=1)

    assert (state.outcome, state.reason) == (Outcome.FAILED, "out_of_memory")
    assert state.error is not None
    assert state.error["code"] == "run.out-of-memory"
    assert state.error["remedy"]


@pytest.mark.parametrize("limit", ["RLIMIT_NOFILE", "RLIMIT_AS"])
def test_fault_52_a_worker_without_files_or_memory_to_start_says_so(
    trained, limit: str, monkeypatch: pytest.MonkeyPatch
):
    amount = {"RLIMIT_NOFILE": 7, "RLIMIT_AS": 400 << 20}[limit]
    script = (
        f"import resource, sys; resource.setrlimit(resource.{limit}, ({amount}, {amount}))\n"
        "from fitstudio.worker.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    monkeypatch.setattr(
        processes, "worker_command", lambda *words: [sys.executable, "-c", script, *words]
    )
    run = trained.new_run(SETTINGS)
    try:
        handle = runs.launch(trained.project, run)
    except WorkerError as problem:
        assert problem.details
    else:
        assert handle.wait(240) == 1
    state = runs.load_run(trained.project, run.name).state
    assert state.outcome in (Outcome.FAILED, Outcome.INTERRUPTED)
    assert state.error is not None or state.sentence


def test_fault_18_a_stopped_worker_is_named_and_can_be_ended(trained, monkeypatch):
    run = trained.new_run(SETTINGS | {"fit.epochs": 5000})
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, second_epoch)
    process.send_signal(signal.SIGSTOP)
    monkeypatch.setattr("fitstudio.actions.run.following.NOT_ANSWERING_S", 0.3)
    watcher = runs.watch_run(trained.project, run.name)
    # The signal may reach the process a moment late, and what it wrote until then is news.
    deadline = time.monotonic() + 240
    while watcher.not_answering_s is None and time.monotonic() < deadline:
        watcher.poll()
        time.sleep(0.05)
    assert watcher.not_answering_s is not None
    number = requests.request(trained.project, run.name, "stop_epoch")
    assert not requests.acknowledged(trained.project, run.name, number, timeout_s=0.3)
    assert requests.kill_run(trained.project, run.name)
    assert trained.state(run).reason == "killed"


def test_every_request_is_acknowledged(trained):
    run = trained.new_run(SETTINGS | {"fit.epochs": 5000})
    process = trained.start(run, before=SLOW)
    trained.wait_for(run, second_epoch)
    for kind in ("pause", "continue", "snapshot", "pause", "continue"):
        number = requests.request(trained.project, run.name, kind)
        assert requests.acknowledged(trained.project, run.name, number)
    requests.stop_run(trained.project, run.name, when="now")
    assert process.wait(timeout=240) == 0


def test_extending_a_run_goes_on_as_one_run_of_that_length_would_have(trained, undisturbed):
    short = trained.new_run(SETTINGS | {"fit.epochs": 5})
    trained.train(short)
    handle = requests.extend_run(trained.project, short.name, epochs=3)
    assert handle.wait(240) == 0
    longer = trained.project.paths.run(handle.run)

    assert trained.state(longer).outcome is Outcome.COMPLETED
    same(trained, longer, undisturbed)
    assert len(trained.state(short).epochs) == 5
    with pytest.raises(RunError, match="Extend it"):
        requests.resume_run(trained.project, handle.run)


def test_nothing_in_the_folder_where_somebody_stands_is_run(trained, tmp_path: Path):
    """A `random.py` beside a project must not pass for Python's own in the worker."""
    for name in ("random", "torch", "json"):
        (tmp_path / f"{name}.py").write_text("open('marker', 'w').write('run')\n")
    run = trained.new_run(SETTINGS | {"fit.epochs": 1})
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        assert runs.launch(trained.project, run).wait(240) == 0
    finally:
        os.chdir(before)
    assert not (tmp_path / "marker").exists()
