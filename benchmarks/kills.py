"""Kills a training again and again, resumes it each time, and proves that nothing was lost.

python benchmarks/kills.py --kills 1000                    the penguins example, forked workers
python benchmarks/kills.py --kills 50 --real               real worker processes (slower to start)
python benchmarks/kills.py --project FOLDER --kills 200    settings and data of any project

Checked after every kill: the project opens, the run is listed, every epoch that the journal shows
as finished is held by a checkpoint that verifies. At the end: History and weights are, bit for bit,
those of the same run that nobody disturbed.

Forked workers: a process loads torch once, then forks a child for each start, before any thread
exists. What runs in the child is `fitstudio.worker.run.run`, as in a real worker; only the
loading of torch, which writes nothing, is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from fitstudio.actions import projects, runs
from fitstudio.actions.launchers import processes
from fitstudio.actions.run.run_making import make_run
from fitstudio.errors import CheckpointError
from fitstudio.journal import fold, read_all
from fitstudio.project import Project, RunPaths
from fitstudio.storage import atomic
from fitstudio.storage.manifest import verify_manifest

SEED = 7
# The optimizer's tensors and the states of the random generators.
STATE = "state.safetensors"


class Starter(Protocol):
    """Starts workers: by forking a process that has loaded torch, or the real way."""

    def start(self, project: Path, run: RunPaths, *, resume: bool) -> int: ...

    def wait(self, pid: int) -> int: ...

    def close(self) -> None: ...


class ForkedWorkers:
    """Asks a server process (this file, with `--serve`) to fork a worker for each start."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, __file__, "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert self._read() == "ready"

    def start(self, project: Path, run: RunPaths, *, resume: bool) -> int:
        assert self._server.stdin is not None
        words = [str(project), run.name, resume]
        self._server.stdin.write(json.dumps(words) + "\n")
        self._server.stdin.flush()
        return int(self._read())

    def wait(self, pid: int) -> int:
        del pid  # one at a time
        return int(self._read())

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait()

    def _read(self) -> str:
        assert self._server.stdout is not None
        line = self._server.stdout.readline()
        if not line:
            raise RuntimeError("The server has ended.")
        return line.strip()


class RealWorkers:
    """Starts `python -m fitstudio.worker` as the window does."""

    def __init__(self) -> None:
        self._started: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, project: Path, run: RunPaths, *, resume: bool) -> int:
        words = ["run", str(project), run.name, *(["--resume"] if resume else [])]
        with run.worker_log.open("ab") as log:
            process = subprocess.Popen(
                processes.worker_command(*words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._started[process.pid] = process
        return process.pid

    def wait(self, pid: int) -> int:
        return self._started.pop(pid).wait()

    def close(self) -> None:
        pass


@dataclass
class Report:
    """What came of it."""

    kills: int = 0
    lost_epochs: int = 0
    unopenable: int = 0
    repeated_epochs: int = 0
    epochs: int = 0
    identical: bool = False
    seconds: float = 0.0
    resumes_from: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not (self.lost_epochs or self.unopenable or self.problems) and self.identical


def survive(
    project: Project, starter: Starter, *, kills: int, seed: int = 0, settings: dict | None = None
) -> Report:
    """Kills `kills` times; raises nothing for what goes wrong, but reports it."""
    began = time.monotonic()
    chance = random.Random(seed)
    report = Report()
    calm = _make(project, settings)
    _finish(project, calm, starter, report, resume=False)
    pace = _Pace(calm)
    while report.kills < kills and not report.problems:
        run = _make(project, settings)
        resume = False
        while report.kills < kills:
            ended = _start_and_kill(project, run, starter, chance.random(), pace, resume=resume)
            resume = True
            if ended:
                break
            report.kills += 1
            _look(project, run, report)
        _finish(project, run, starter, report, resume=True)
        _compare(calm, run, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


class _Pace:
    """When to kill: one in five while the worker gets ready, the rest while it trains."""

    def __init__(self, calm: RunPaths) -> None:
        events = read_all(calm.journal)
        first = next(event for event in events if event.type == "epoch_started")
        state = fold(events)
        self.start_s = float(first.fields["elapsed"])
        self.epoch_s = (state.seconds - self.start_s) / max(1, len(state.epochs))

    def wait(self, run: RunPaths, known: int, share: float) -> None:
        """Waits for the moment that `share` (0 to 1) stands for.

        While it trains: up to 1.2 epochs after the first epoch began, or a quarter of a second
        where epochs are so short that the waiting itself would miss them.
        """
        if share < 0.2:
            _wait_for(run, known, b"")
            time.sleep(share / 0.2 * self.start_s)
        else:
            _wait_for(run, known, b'"epoch_started"')
            time.sleep((share - 0.2) / 0.8 * max(1.2 * self.epoch_s, 0.25))


def _wait_for(run: RunPaths, known: int, word: bytes) -> None:
    """Waits until the journal has grown beyond `known` bytes and `word` is in what came."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _size(run.journal) > known:
            with run.journal.open("rb") as file:
                file.seek(known)
                came = file.read()
            if word in came or b'"run_ended"' in came:
                return
        time.sleep(0.001)


def _make(project: Project, settings: dict | None) -> RunPaths:
    spec = project.settings.with_values({"run.seed": SEED} | (settings or {}))
    summary = runs.dataset_summary(project, spec)
    resolved = runs.check(project, spec, summary)
    return make_run(project, spec, resolved, summary, title="kill", parent=None)


def _start_and_kill(
    project: Project,
    run: RunPaths,
    starter: Starter,
    share: float,
    pace: _Pace,
    *,
    resume: bool,
) -> bool:
    """Whether the worker had ended before it could be killed."""
    known = _size(run.journal)
    pid = starter.start(project.folder, run, resume=resume)
    pace.wait(run, known, share)
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    starter.wait(pid)
    return fold(read_all(run.journal)).outcome is not None


def _finish(
    project: Project, run: RunPaths, starter: Starter, report: Report, *, resume: bool
) -> None:
    if fold(read_all(run.journal)).outcome == "completed":
        return
    code = starter.wait(starter.start(project.folder, run, resume=resume))
    if code != 0:
        report.problems.append(f"{run.name} ended with {code}: {_tail(run.worker_log)}")


def _look(project: Project, run: RunPaths, report: Report) -> None:
    """After a kill: the project opens, the run is listed, every finished epoch is held."""
    before = fold(read_all(run.journal))
    try:
        with Project.open(project.folder, read_only=True) as opened:
            listed = {each.run: each for each in runs.list_runs(opened)}
        if before.attempts and before.outcome is None and listed[run.name].outcome != "interrupted":
            report.problems.append(f"{run.name} is {listed[run.name].outcome} after a kill")
    except Exception as problem:
        report.unopenable += 1
        report.problems.append(f"{type(problem).__name__}: {problem}")
        return
    shown = before.epochs[-1].epoch if before.epochs else -1
    held, name = newest_held(run)
    if name.startswith("."):
        name = "a folder that a kill had kept from its place"
    report.resumes_from[name] = report.resumes_from.get(name, 0) + 1
    if held < shown:
        report.lost_epochs += shown - held
        report.problems.append(f"epoch {shown} was shown as finished, {held} is the newest held")


def newest_held(run: RunPaths) -> tuple[int, str]:
    """The newest epoch whose end a verified checkpoint holds, and the folder's name."""
    found = [(-1, "nothing")]
    for folder in run.checkpoints.iterdir() if run.checkpoints.is_dir() else ():
        try:
            facts = verify_manifest(folder)
        except CheckpointError:
            continue
        found.append((int(facts["epoch"]) - (1 if facts.get("step") else 0), folder.name))
    return max(found, key=lambda each: each[0])


def _compare(calm: RunPaths, run: RunPaths, report: Report) -> None:
    one, other = fold(read_all(calm.journal)), fold(read_all(run.journal))
    report.epochs += len(other.epochs)
    report.repeated_epochs += len(other.repeated)
    differing = [
        name
        for name, mine, theirs in (
            ("History", one.history(), other.history()),
            ("last weights", weights(calm, "last"), weights(run, "last")),
            ("best weights", weights(calm, "best"), weights(run, "best")),
            ("optimizer", weights(calm, "last", STATE), weights(run, "last", STATE)),
            ("best epoch", one.best_epoch, other.best_epoch),
            ("epochs", [row.epoch for row in one.epochs], [row.epoch for row in other.epochs]),
        )
        if mine != theirs
    ]
    report.identical = not differing and not report.problems
    if differing:
        report.problems.append(f"{run.name} differs from the undisturbed run in {differing}")


def weights(run: RunPaths, name: str, file: str = "weights.safetensors") -> str:
    """The hash of a checkpoint's weights, or of another file of it."""
    return verify_manifest(run.checkpoints / name)["files"][file]["sha256"]


def _serve() -> int:
    """The server: loads everything, then forks a worker for each line that comes."""
    import h5py
    import psutil
    import sklearn.metrics
    import torch._dynamo

    from fitstudio.engine import model
    from fitstudio.engine.state import checkpoint
    from fitstudio.worker import run

    assert all((h5py, psutil, sklearn.metrics, torch._dynamo, checkpoint, model))
    # Not polars and what needs it: its import starts threads, so each child loads it for itself.
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        sys.stderr.write(f"{threads} threads exist: forking would not be honest.\n")
        return 1
    _answer("ready")
    for line in sys.stdin:
        folder, name, resume = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.setsid()
            log = os.open(Path(folder) / "runs" / name / "worker.log", 0o2101)
            for descriptor in (1, 2):
                os.dup2(log, descriptor)
            code = 70
            try:
                code = run.run(Path(folder), name, resume=resume)
            finally:
                sys.stdout.flush()
                os._exit(code)
        _answer(pid)
        _, status = os.waitpid(pid, 0)
        _answer(os.waitstatus_to_exitcode(status))
    return 0


def _answer(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:] if path.exists() else ""


def example_project(folder: Path, *, example: str = "penguins", epochs: int = 60) -> Project:
    """A project to kill runs of: an example, with EarlyStopping and a falling learning rate."""
    callbacks = [
        {"kind": "EarlyStopping", "patience": 1000},
        {"kind": "ReduceLROnPlateau", "patience": 3, "factor": 0.7},
    ]
    settings = {"fit.epochs": epochs, "fit.callbacks": callbacks, "model.dropout": 0.1}
    return projects.create_project(folder, example=example, settings=settings)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=60, help="of each run")
    parser.add_argument("--example", default="penguins")
    parser.add_argument("--project", type=Path, help="take settings and data of this project")
    parser.add_argument("--real", action="store_true", help="real worker processes, not forked")
    parser.add_argument("--json", type=Path, help="write the report there")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return _serve()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["FITSTUDIO_HOME"] = scratch
        folder = Path(scratch) / "project"
        if arguments.project:
            # A copy, so that the person's own project is not touched.
            shutil.copytree(arguments.project, folder, ignore=shutil.ignore_patterns("runs"))
            project = Project.open(folder)
        else:
            project = example_project(folder, example=arguments.example, epochs=arguments.epochs)
        starter: Starter = RealWorkers() if arguments.real else ForkedWorkers()
        try:
            report = survive(project, starter, kills=arguments.kills, seed=arguments.seed)
        finally:
            starter.close()
            project.close()
    content: dict[str, Any] = report.__dict__ | {"real": arguments.real}
    print(json.dumps(content, indent=2))
    if arguments.json:
        atomic.write_json(arguments.json, content)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
