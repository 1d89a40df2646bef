"""Real training processes on small projects."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitstudio import storage
from fitstudio.actions.run.run_making import make_run
from fitstudio.data.source import open_source
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.journal import Event, RunState, fold, read_all
from fitstudio.project import Project, RunPaths

ROWS = 240
TABLE = {
    "data.file": "flowers.csv",
    "fit.x": ["length", "width", "garden"],
    "fit.y": ["kind"],
    "fit.validation_split": 0.25,
    "fit.epochs": 4,
    "fit.verbose": 0,
    "data.row_order": "random",
    "compile.metrics": ["accuracy"],
    "compile.learning_rate": 0.01,
    "model.units": [16],
    "run.seed": 7,
}


def write_table(path: Path, rows: int = ROWS) -> None:
    """Three kinds of flowers that can be told apart, but not perfectly."""
    draw = np.random.default_rng(3)
    kinds = draw.integers(0, 3, rows)
    lengths = 4 + kinds * 1.5 + draw.normal(0, 0.6, rows)
    widths = 3 - kinds * 0.7 + draw.normal(0, 0.4, rows)
    gardens = np.where(draw.random(rows) < 0.5, "north", "south")
    lines = ["length,width,garden,kind"]
    for kind, length, width, garden in zip(kinds, lengths, widths, gardens, strict=True):
        lines.append(f"{length:.3f},{width:.3f},{garden},{('iris', 'rose', 'tulip')[kind]}")
    path.write_text("\n".join(lines) + "\n")


class TrainedProject:
    """A project whose runs are trained by real processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = Project.create(folder, name="test", settings=RunSpec())
        write_table(folder / "flowers.csv")
        self.processes: list[subprocess.Popen[str]] = []

    def spec(self, settings: Mapping[str, Any] | None = None) -> RunSpec:
        return RunSpec().with_values(TABLE | dict(settings or {}))

    def new_run(self, settings: Mapping[str, Any] | None = None) -> RunPaths:
        return self.new_run_of(self.spec(settings))

    def new_run_of(self, spec: RunSpec) -> RunPaths:
        with open_source(spec.data, self.folder) as source:
            summary = source.summary()
        resolved = resolve(spec, summary)
        assert resolved.ok, resolved.errors
        return make_run(self.project, spec, resolved, summary, title="run", parent=None)

    def start(self, run: RunPaths, *flags: str, before: str = "") -> subprocess.Popen[str]:
        """Starts the worker; `before` is Python that is run in it first, to break something."""
        words = ["run", str(self.folder), run.name, *flags]
        if before:
            code = f"{before}\nimport sys\nfrom fitstudio.worker.__main__ import main\n"
            command = [sys.executable, "-c", f"{code}sys.exit(main({words!r}))"]
        else:
            command = [sys.executable, "-m", "fitstudio.worker", *words]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.processes.append(process)
        return process

    def train(self, run: RunPaths, *flags: str, before: str = "", code: int = 0) -> RunState:
        """Trains to the end and checks the exit code."""
        process = self.start(run, *flags, before=before)
        _, complaints = process.communicate(timeout=280)
        assert process.returncode == code, complaints + self.log(run)
        assert "Traceback" not in complaints, complaints
        return self.state(run)

    def state(self, run: RunPaths) -> RunState:
        return fold(self.events(run))

    def events(self, run: RunPaths) -> list[Event]:
        return read_all(run.journal)

    def log(self, run: RunPaths) -> str:
        return run.worker_log.read_text() if run.worker_log.exists() else ""

    def ask(self, run: RunPaths, number: int, kind: str) -> None:
        storage.write_json(run.request, {"format": 1, "id": number, "kind": kind})

    def wait_for(self, run: RunPaths, what, *, timeout_s: float = 240.0) -> Event:
        """The first event for which `what(event)` holds."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            for event in self.events(run):
                if what(event):
                    return event
            time.sleep(0.005)
        raise AssertionError(f"it never came: {[event.type for event in self.events(run)][-20:]}")

    def history(self, run: RunPaths) -> dict[str, Any]:
        return json.loads(run.history_json.read_text())

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()
        self.project.close()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrainedProject]:
    """One project for all tests of a file: each makes runs of its own in it."""
    project = TrainedProject(tmp_path_factory.mktemp("project") / "my project ü")
    yield project
    project.close()
