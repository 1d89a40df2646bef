"""Takes pictures of what the examples do not show: bad ends, wide tables, long names, nothing yet.

    QT_QPA_PLATFORM=offscreen python tests/gui/picture_states.py --out FOLDER [--only failed wide]

Runs are written down, not trained: a picture takes a second. Every state is a project, and the
pages of it that are worth a look.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.gui.screenshots import SIZE, prepare, settle, wait


@dataclass(frozen=True)
class Scene:
    """A project in a state, and the pages to take pictures of.

    Args:
        make: Makes the project in a folder and returns what holds it open, or None.
        pages: Names of pages; "start" for none.
    """

    make: Callable[[Path], object]
    pages: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="where the pictures go")
    parser.add_argument("--only", nargs="*", default=list(SCENES), choices=list(SCENES))
    parser.add_argument("--looks", nargs="*", default=("light",))
    parser.add_argument("--size", nargs=2, type=int, default=SIZE)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fitstudio-states-") as home:
        os.environ["FITSTUDIO_HOME"] = home
        from fitstudio.gui.app import create_window, make_application
        from fitstudio.gui.theme.theme import Mode, theme

        application = make_application()
        for name in options.only:
            folder = Path(home) / name
            holder = SCENES[name].make(folder)
            for look in options.looks:
                window = create_window(folder)
                theme().apply(Mode(look))
                window.resize(*options.size)
                window.show()
                wait(application, lambda window=window: window.session is not None)
                session = window.session
                assert session is not None
                wait(application, lambda session=session: not session.busy_with_data)
                for page in SCENES[name].pages:
                    window.show_page(page)
                    prepare(application, window, page)
                    window.grab().save(str(options.out / f"{name}-{page}-{look}.png"))
                session.runs = []
                window.close()
                window.deleteLater()
                settle(application, 0.1)
            close = getattr(holder, "close", None)
            if close is not None:
                close()
    return 0


def failed(folder: Path) -> None:
    from fitstudio.actions import projects
    from fitstudio.declared.run_spec import RunSpec
    from fitstudio.project.run_files import About, write_spec
    from tests.recorded_project import add_run, save_model
    from tests.recorded_runs import RecordedRun, curves

    with projects.create_project(folder, example="penguins") as project:
        add_run(project, 1, title="First try", epochs=8)
        run = RecordedRun(project.paths.runs / "0002-big", epochs=20)
        write_spec(run.folder / "run.json", RunSpec(fit={"epochs": 20, "batch_size": 4096}))
        About(title="Batches of 4,096", created=1_780_000_002.0).write(run.folder / "about.json")
        run.start()
        for epoch, logs in enumerate(curves(4)):
            run.epoch(epoch, logs)
        save_model(run.folder, 3, "last")
        run.saved(3).begin(4).batch(4, 2, {"loss": 0.7})
        fix = {"sentence": "Batches of 128", "set": {"fit.batch_size": 128}}
        error = {"type": "OutOfMemoryError", "message": "The memory was not enough for a batch."}
        run.end(
            "failed",
            "out_of_memory",
            error={**error, "details": "Traceback (most recent call last): …", "fixes": [fix]},
        )


def stopped(folder: Path) -> None:
    from fitstudio.actions import projects
    from tests.recorded_project import CLASS_RESULTS, add_run

    with projects.create_project(folder, example="penguins") as project:
        add_run(project, 1, title="First try", epochs=60, outcome="stopped", reason="person",
                settings={"fit.epochs": 200}, results=CLASS_RESULTS)  # fmt: skip


def resumed(folder: Path) -> None:
    from fitstudio.actions import projects
    from fitstudio.declared.run_spec import RunSpec
    from fitstudio.project.run_files import About, write_spec
    from tests.recorded_project import CLASS_RESULTS, save_model
    from tests.recorded_runs import RecordedRun, curves

    with projects.create_project(folder, example="penguins") as project:
        run = RecordedRun(project.paths.runs / "0001-night", epochs=80)
        write_spec(run.folder / "run.json", RunSpec(fit={"epochs": 80}))
        About(title="Over night", created=1_780_000_001.0).write(run.folder / "about.json")
        run.start()
        logs = list(curves(80))
        for epoch in range(40):
            run.epoch(epoch, logs[epoch])
        run.saved(29, "last")
        run.announce(first_epoch=30, resumed=True).ready()
        for epoch in range(30, 80):
            rate = 0.001 if epoch < 60 else 0.0005
            run.epoch(epoch, logs[epoch], learning_rate=rate)
        run.saved(79, "best")
        save_model(run.folder, 79)
        run.end()
        (run.folder / "results.json").write_text(json.dumps(CLASS_RESULTS))


def many_metrics(folder: Path) -> None:
    from fitstudio.actions import projects
    from fitstudio.declared.run_spec import RunSpec
    from fitstudio.project.run_files import About, write_spec
    from tests.recorded_project import save_model
    from tests.recorded_runs import RecordedRun

    names = (
        "accuracy", "precision", "recall", "auc", "f1_score", "top_k_categorical_accuracy",
        "cosine_similarity", "kl_divergence", "mean_absolute_error", "mean_squared_error",
        "poisson", "hinge",
    )  # fmt: skip
    with projects.create_project(folder, example="penguins") as project:
        run = RecordedRun(project.paths.runs / "0001-metrics", epochs=50)
        write_spec(run.folder / "run.json", RunSpec(fit={"epochs": 50}))
        About(title="Twelve metrics", created=1_780_000_001.0).write(run.folder / "about.json")
        run.start()
        for epoch in range(50):
            rise = 1 - 0.6 * math.exp(-epoch / 12)
            logs = {"loss": 1.2 - rise} | dict.fromkeys(names, rise)
            run.epoch(epoch, logs | {f"val_{name}": 0.97 * value for name, value in logs.items()})
        save_model(run.folder, 49)
        run.end()


def regression(folder: Path) -> None:
    """Trained for real: its results are what a person gets."""
    from fitstudio.actions import projects, runs

    with projects.create_project(folder, example="diabetes") as project:
        spec = project.settings.with_values({"fit.epochs": 15})
        runs.start_run(project, spec=spec).wait()
        spec = project.settings.with_values({"fit.epochs": 25, "compile.learning_rate": 0.003})
        runs.start_run(project, spec=spec).wait()


def images(folder: Path) -> None:
    from fitstudio.actions import projects, runs

    with projects.create_project(folder, example="digits") as project:
        runs.start_run(project, spec=project.settings.with_values({"fit.epochs": 2})).wait()


def read_only(folder: Path) -> object:
    stopped(folder)
    from fitstudio.actions import projects

    return projects.open_project(folder)


def empty(folder: Path) -> None:
    from fitstudio.actions import projects

    projects.create_project(folder).close()


def long_names(folder: Path) -> None:
    from fitstudio.actions import projects
    from tests.recorded_project import add_run

    table = folder.parent / (
        "Messreihe_Proteinbestimmung_Nahinfrarot_2026-03-14_Wiederholung_nach_Neukalibrierung.csv"
    )
    names = [
        f"relative_luftfeuchtigkeit_im_messraum_sensor_{number}_prozent" for number in range(6)
    ]
    names.append("proteingehalt_nach_kjeldahl_in_der_trockenmasse_prozent")
    random = np.random.default_rng(0)
    rows = [",".join(f"{value:.3f}" for value in random.normal(size=7)) for _ in range(90)]
    table.write_text("\n".join([",".join(names), *rows]), encoding="utf-8")
    with projects.create_project(folder, data=table) as project:
        title = "A second try with wider layers, dropout and a much slower learning rate"
        add_run(project, 1, title=title, epochs=30)
        change = {"key": "compile.learning_rate", "theirs": 0.001, "mine": 0.00025}
        more = {"key": "fit.epochs", "theirs": 30, "mine": 20000}
        add_run(project, 2, title=f"{title} again", epochs=45, changes=[change, more])


def wide(folder: Path) -> None:
    from fitstudio.actions import projects

    table = folder.parent / "wide.csv"
    random = np.random.default_rng(0)
    names = ["sample", *(f"{1100 + 2 * number}.0" for number in range(199)), "protein_pct"]
    rows = [
        ",".join([f"s{row}", *(f"{value:.4f}" for value in random.normal(size=200))])
        for row in range(80)
    ]
    table.write_text("\n".join([",".join(names), *rows]), encoding="utf-8")
    projects.create_project(folder, data=table).close()


SCENES = {
    "failed": Scene(failed, ("monitor", "results", "runs")),
    "stopped": Scene(stopped, ("monitor", "results", "runs")),
    "resumed": Scene(resumed, ("monitor", "runs")),
    "metrics": Scene(many_metrics, ("monitor", "results", "runs")),
    "regression": Scene(regression, ("data", "monitor", "results", "runs", "predict")),
    "images": Scene(images, ("data", "model", "results", "predict")),
    "read-only": Scene(read_only, ("data", "training", "monitor", "runs", "predict")),
    "empty": Scene(empty, ("data", "model", "training", "monitor", "results", "runs", "predict")),
    "long-names": Scene(long_names, ("data", "training", "monitor", "runs", "predict")),
    "wide": Scene(wide, ("data", "model", "training")),
}


if __name__ == "__main__":
    sys.exit(main())
