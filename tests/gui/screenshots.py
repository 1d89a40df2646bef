"""Takes a picture of every page with real data in it, light and dark, small and 4K.

    xvfb-run -a .venv/bin/python tests/gui/screenshots.py --out FOLDER [--pages data monitor]

Projects are made from the shipped examples and trained by the real worker in a temporary folder,
which is kept with `--home FOLDER`, so that a second time takes seconds. 4K pictures (2560 × 1600 at
scale 2) are made by a second process with QT_SCALE_FACTOR=2.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

SIZE = (1280, 800)
PAGES = ("start", "data", "model", "training", "monitor", "results", "runs", "predict")
PATIENCE_S = 180.0
# What makes the four runs of the project: enough to compare, quick to train.
RUNS = (
    {},
    {"compile.learning_rate": 0.001},
    {"model.units": [64, 32]},
    {"model.dropout": 0.2},
    {"fit.callbacks": [{"kind": "EarlyStopping", "patience": 12, "restore_best_weights": True}]},
)
# Slow enough that the curves have something to tell.
START = {"compile.learning_rate": 0.0005, "fit.epochs": 60, "run.seed": 4}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--home", type=Path, help="keep the trained projects here")
    parser.add_argument("--pages", nargs="*", default=PAGES, choices=PAGES)
    parser.add_argument("--looks", nargs="*", default=("light", "dark"))
    parser.add_argument("--no-4k", action="store_true", help="only the small ones")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    home = options.home or Path(tempfile.mkdtemp(prefix="fitstudio-pictures-"))
    os.environ["FITSTUDIO_HOME"] = str(home)
    four_k = os.environ.get("QT_SCALE_FACTOR") == "2"

    from fitstudio.gui.app import make_application

    application = make_application()
    project = trained_project(home)
    for look in options.looks:
        for page in options.pages:
            name = f"{page}-{look}{'-4k' if four_k else ''}.png"
            take_picture(application, project, page, look, options.out / name)
    if four_k or options.no_4k:
        return 0
    words = [sys.executable, __file__, "--out", str(options.out), "--home", str(home)]
    words += ["--pages", *options.pages, "--looks", *options.looks]
    return subprocess.call(words, env={**os.environ, "QT_SCALE_FACTOR": "2"})


def trained_project(home: Path) -> Path:
    """A project with a few runs, and some others for the start page."""
    from fitstudio.actions import projects, runs

    folder = home / "projects" / "Penguins"
    if not folder.exists():
        for example, place in (("bearings", "Bearing wear"), ("digits", "Handwritten digits")):
            with projects.create_project(home / "projects" / place, example=example) as other:
                runs.start_run(other, spec=other.settings.with_values({"fit.epochs": 8})).wait()
        with projects.create_project(folder, example="penguins") as project:
            project.settings = project.settings.with_values(START)
            project.save()
            for change in RUNS:
                spec = project.settings.with_values(change)
                before = runs.list_runs(project)
                parent = before[0].run if before else None
                runs.start_run(project, spec=spec, parent=parent).wait()
    return folder


def take_picture(
    application: QApplication, project: Path, page: str, look: str, file: Path
) -> None:
    """Opens the window on a page, waits until everything is there, and saves it."""
    from fitstudio.gui.app import create_window
    from fitstudio.gui.theme.theme import Mode, theme

    window = create_window(None if page == "start" else project)
    theme().apply(Mode(look))
    window.resize(*SIZE)
    window.show()
    if page == "start":
        model = window.projects.start
        wait(application, lambda: bool(model.recent) and bool(model.examples))
        wait(application, lambda: all(row.looked_at or row.missing for row in model.recent))
    else:
        wait(application, lambda: window.session is not None)
        session = window.session
        assert session is not None
        wait(application, lambda: not session.busy_with_data and bool(session.runs))
        window.show_page(page)
        prepare(application, window, page)
    wait(application, lambda: bool(window.device.total))
    settle(application, 0.6)
    window.grab().save(str(file))
    window.close()
    window.deleteLater()
    settle(application, 0.1)


def prepare(application: QApplication, window, page: str) -> None:
    """Waits for what a page reads by itself."""
    shown = window.pages[page]
    if page == "data" and window.session.spec.get("data.file") is not None:
        table = shown.table.model()
        wait(application, lambda: table.data(table.index(0, 0)) != "…")
        settle(application, 0.3)
    else:
        settle(application, 2.5)


def wait(application: QApplication, condition: Callable[[], bool]) -> None:
    """Lets the window work until something holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the window did not get there in time")
        application.processEvents()
        time.sleep(0.01)


def settle(application: QApplication, seconds: float) -> None:
    """Lets the window work for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        application.processEvents()
        time.sleep(0.01)


if __name__ == "__main__":
    sys.exit(main())
