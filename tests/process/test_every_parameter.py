"""Every parameter of fit(), set through its editor, is in run.json and in what fit() receives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fitstudio.actions import projects, runs
from fitstudio.actions.run.run_making import make_run
from fitstudio.declared.parameters.fit import FIT
from fitstudio.gui.pages.training.page import TrainingPage
from fitstudio.gui.theme.theme import Mode, theme
from fitstudio.viewmodel.shell.session import ProjectSession
from tests.gui.training_session import NoBackground

SET: dict[str, Any] = {
    "fit.x": ["bill_length_mm", "bill_depth_mm"],
    "fit.y": ["sex"],
    "fit.batch_size": 10,
    "fit.epochs": 4,
    "fit.verbose": 2,
    "fit.callbacks": [{"kind": "EarlyStopping", "patience": 3}, {"kind": "TerminateOnNaN"}],
    "fit.validation_split": 0.25,
    "fit.validation_data": {"column": "island", "values": ["Torgersen"]},
    "fit.shuffle": "batch",
    "fit.class_weight": {0: 1.0, 1: 2.5},
    "fit.sample_weight": "year",
    "fit.initial_epoch": 1,
    "fit.steps_per_epoch": 6,
    "fit.validation_steps": 2,
    "fit.validation_freq": [2, 4],
    "fit.max_queue_size": 4,
    "fit.workers": 2,
    "fit.use_multiprocessing": True,
    "fit.validation_batch_size": 7,
}
AS_THEY_ARE = (
    "batch_size",
    "epochs",
    "verbose",
    "validation_split",
    "shuffle",
    "initial_epoch",
    "steps_per_epoch",
    "validation_steps",
    "validation_freq",
    "max_queue_size",
    "workers",
    "use_multiprocessing",
    "validation_batch_size",
)
# Runs in the worker: notes what fit() is called with, and lets it go on.
NOTE_ARGUMENTS = """
import json, sys
import numpy as np
from fitstudio.engine.model import Model
fit = Model.fit
def noting(self, *positional, **given):
    assert not positional
    told = {}
    for name, value in given.items():
        if name == "callbacks":
            told[name] = [type(each).__name__ for each in value]
        elif name == "class_weight":
            told[name] = [[key, weight] for key, weight in value.items()]
        elif name in ("x", "y", "sample_weight"):
            told[name] = list(np.asarray(value).shape)
        elif name == "validation_data":
            told[name] = [list(np.asarray(part).shape) for part in value]
        elif isinstance(value, (int, float, str, bool, list, type(None))):
            told[name] = value
    with open(sys.argv[1], "w") as file:
        json.dump(told, file)
    return fit(self, **given)
Model.fit = noting
from fitstudio.worker.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.slow
def test_what_is_set_in_the_form_is_what_fit_receives(tmp_path: Path, qtbot) -> None:
    assert set(SET) == {param.key for param in FIT}
    theme().apply(Mode.LIGHT)
    project = projects.create_project(tmp_path / "penguins", example="penguins")
    session = ProjectSession(project, NoBackground())  # type: ignore[arg-type]
    session.summary = runs.dataset_summary(project)
    session._resolve()
    page = TrainingPage(session)
    qtbot.addWidget(page)
    page.editor("compile.metrics").reset()
    for key, value in SET.items():
        page.editor(key).setValue(value)
    assert session.resolved.ok, session.resolved.errors

    run = make_run(
        project, session.spec, session.resolved, session.summary, title="all", parent=None
    )
    stored = json.loads(run.spec.read_text(encoding="utf-8"))["fit"]
    expected = {key.removeprefix("fit."): value for key, value in SET.items()}
    expected["class_weight"] = {"0": 1.0, "1": 2.5}
    assert stored == expected

    note = tmp_path / "received.json"
    words = [str(note), "run", str(project.folder), run.name]
    done = subprocess.run(
        [sys.executable, "-c", NOTE_ARGUMENTS, *words], capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stderr
    received = json.loads(note.read_text(encoding="utf-8"))
    for name in AS_THEY_ARE:
        assert received[name] == SET[f"fit.{name}"], name
    assert received["class_weight"] == [[0, 1.0], [1, 2.5]]
    assert received["callbacks"][:2] == ["EarlyStopping", "TerminateOnNaN"]
    facts = session.resolved.facts
    rows = received["x"][0]
    assert received["x"][1] == 2
    assert received["y"][0] == received["sample_weight"][0] == rows
    # All rows of Torgersen check, the others train; the numbers before the run were close.
    checking = received["validation_data"][0][0]
    assert rows + checking == facts.used_rows
    assert abs(rows - facts.training_rows) < 10
    session.close()
