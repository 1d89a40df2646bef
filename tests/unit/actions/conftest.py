"""A project with a data file that nobody reads, and a worker that only pretends to train."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.actions.launchers import processes
from fitstudio.actions.run import run_data
from fitstudio.data.fingerprint import fingerprint
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.project import Project, RunPaths
from fitstudio.project.lock import run_holder

FAKE_WORKER = Path(__file__).with_name("fake_worker.py")


@pytest.fixture
def summary(tmp_path: Path) -> DatasetSummary:
    file = tmp_path / "rows.csv"
    file.write_text("a,b\n1,2\n" * 50)
    columns = tuple(
        ColumnSummary(name=name, type="number", dtype="float64", count=100, distinct=90)
        for name in ("a", "b")
    )
    return DatasetSummary(
        file=str(file),
        kind="table",
        rows=100,
        columns=columns,
        complete_rows=100,
        fingerprint=fingerprint(file),
    )


@pytest.fixture
def project(
    tmp_path: Path, summary: DatasetSummary, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    def fake_command(*words: str) -> list[str]:
        return [sys.executable, str(FAKE_WORKER), *words]

    monkeypatch.setattr(processes, "worker_command", fake_command)
    for module in (runs, run_data):
        monkeypatch.setattr(module, "dataset_summary", lambda project, spec=None: summary)
    spec = RunSpec().with_values(
        {
            "data.file": summary.file,
            "data.kind": "table",
            "fit.x": ["a"],
            "fit.y": ["b"],
            "fit.epochs": 3,
            "fit.validation_split": 0.2,
        }
    )
    with Project.create(tmp_path / "project", name="Test", settings=spec) as project:
        yield project
        for paths in project.paths.run_folders():
            if alive(paths):
                requests.kill_run(project, paths.name)


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    def wait(condition: Callable[[], object], timeout_s: float = 240.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "it did not come true in time"
            time.sleep(0.01)

    return wait


def alive(paths: RunPaths) -> bool:
    return run_holder(paths.folder) is not None
