"""A project with recorded runs, opened as the window would open it, for tests of its pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fitstudio import storage
from fitstudio.declared.run_spec import RunSpec
from fitstudio.project import Project
from fitstudio.project.run_files import About, write_spec
from fitstudio.viewmodel.shell.background import Background
from fitstudio.viewmodel.shell.session import ProjectSession
from tests.recorded_runs import RecordedRun, curves


def new_project(folder: Path) -> Project:
    return Project.create(folder / "project", name="Recorded", settings=RunSpec())


def add_run(
    project: Project,
    number: int,
    *,
    title: str = "",
    epochs: int = 5,
    settings: Mapping[str, Any] | None = None,
    outcome: str = "completed",
    reason: str = "all_epochs",
    results: Mapping[str, Any] | None = None,
    **about: Any,
) -> str:
    """A run that has ended; its folder name."""
    run = f"{number:04d}-{title.lower().replace(' ', '-') or 'run'}"
    folder = project.paths.runs / run
    recorded = RecordedRun(folder, epochs=epochs)
    write_spec(folder / "run.json", RunSpec().with_values(settings or {"fit.epochs": epochs}))
    About(title=title or run, created=1_780_000_000.0 + number, **about).write(
        folder / "about.json"
    )
    recorded.now = 100.0 * number
    recorded.start()
    for epoch, logs in enumerate(curves(epochs, seed=number)):
        recorded.epoch(epoch, logs)
    if epochs and outcome != "failed":
        save_model(folder, (results or {}).get("epoch", epochs - 1))
    if results is not None:
        (folder / "results.json").write_text(json.dumps(results), encoding="utf-8")
    recorded.end(outcome, reason)
    return run


def save_model(folder: Path, epoch: int, kind: str = "best", *, step: int = 0) -> None:
    """A checkpoint's folder with its facts, as far as anybody looks who does not use it."""
    (folder / "checkpoints").mkdir(exist_ok=True)
    target = folder / "checkpoints" / kind
    storage.write_folder(target, lambda fresh: None, facts={"epoch": epoch, "step": step})


def open_session(project: Project) -> ProjectSession:
    session = ProjectSession(project, Background())
    session.open()
    deliver_until(session, lambda: not session._listing)
    return session


def deliver_until(session: ProjectSession, reached: Callable[[], Any]) -> None:
    """Makes the calls that background work hands back, until something is so."""
    end = time.monotonic() + 240
    while not reached():
        assert time.monotonic() < end, "it never came to that"
        session.background.deliver(0.05)


CLASS_RESULTS = {
    "format": 1,
    "task": "classification",
    "weights": "best",
    "epoch": 3,
    "rows": {"training": 100, "validation": 20},
    "scores": {
        "training": {"loss": 0.1, "accuracy": 0.98},
        "validation": {"loss": 0.3, "accuracy": 0.85},
    },
    "class_names": ["ant", "bee", "cat"],
    "confusion": {
        "training": [[50, 0, 0], [1, 29, 0], [0, 1, 19]],
        "validation": [[10, 0, 0], [2, 4, 0], [0, 1, 3]],
    },
    "worst": {
        "training": [],
        "validation": [
            {"row": 6, "true": "bee", "predicted": "ant", "probability": 0.02},
            {"row": 11, "true": "cat", "predicted": "bee", "probability": 0.2},
        ],
    },
}

TWO_CLASSES = {
    "format": 1,
    "task": "classification",
    "weights": "best",
    "epoch": 3,
    "rows": {"training": 80, "validation": 40},
    "scores": {
        "training": {"loss": 0.2, "accuracy": 0.95},
        "validation": {"loss": 0.3, "accuracy": 0.85},
    },
    "class_names": ["well", "ill"],
    "confusion": {"training": [[60, 0], [4, 16]], "validation": [[26, 2], [4, 8]]},
    "ranking": {
        part: [
            {
                "name": "ill",
                "positives": 12,
                "negatives": 28,
                "thresholds": [0.9, 0.6, 0.5, 0.3, 0.1],
                "true_positives": [3, 6, 8, 12, 12],
                "false_positives": [0, 1, 2, 7, 28],
                "auc": 0.875,
                "auc_interval": [0.75, 0.95],
                "average_precision": 0.8,
                "brier": 0.12,
                "calibration": [
                    {"predicted": 0.1, "right": 1, "rows": 20},
                    {"predicted": 0.6, "right": 11, "rows": 20},
                ],
            }
        ]
        for part in ("training", "validation")
    },
    "worst": {
        "training": [],
        "validation": [{"row": 6, "true": "ill", "predicted": "well", "probability": 0.2}],
    },
}

NUMBER_RESULTS = {
    "format": 1,
    "task": "regression",
    "weights": "best",
    "epoch": 3,
    "rows": {"validation": 10},
    "scores": {"validation": {"loss": 0.5}},
    "parity": {
        "validation": {
            "rows": list(range(10)),
            "outputs": [
                {
                    "name": "protein",
                    "true": [float(value) for value in range(10)],
                    "predicted": [value + 1.0 for value in range(10)],
                    "mean_absolute_error": 1.0,
                    "root_mean_squared_error": 1.0,
                    "r2": 0.88,
                }
            ],
        }
    },
    "worst": {"validation": [{"row": 4, "true": {"protein": 4.0}, "predicted": {"protein": 5.0}}]},
}
