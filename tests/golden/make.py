"""Makes the golden project of the present format, once, when that format is released.

python tests/golden/make.py

Never run again for a format that has been released: what it made then is what a later version must
open. Names of this machine are taken out.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from fitstudio.actions import projects, runs
from fitstudio.journal import read_all
from fitstudio.journal.events import to_line
from fitstudio.project.migrations import FORMAT

HERE = Path(__file__).resolve().parent
NOT_KEPT = ("*.lock", "worker.log", "faulthandler.log", "summary.json")
SETTINGS = {
    "run.seed": 1,
    "fit.epochs": 4,
    "model.units": [8],
    "fit.callbacks": [{"kind": "EarlyStopping", "monitor": "val_loss", "patience": 3}],
}


def main() -> int:
    target = HERE / f"format-{FORMAT}"
    if target.exists():
        sys.stderr.write(f"{target.name} is there already: golden projects are never changed.\n")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["FITSTUDIO_HOME"] = str(Path(scratch) / "home")
        folder = Path(scratch) / "penguins"
        make(folder)
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*NOT_KEPT))
    for path in target.rglob("*.json*"):
        anonymise(path)
    return 0


def make(folder: Path) -> None:
    with projects.create_project(
        folder, example="penguins", name="Penguins, kept", settings=SETTINGS
    ) as project:
        first = runs.start_run(project)
        first.wait()
        spec = project.settings.with_values({"compile.learning_rate": 0.0025})
        runs.start_run(project, spec=spec, parent=first.run).wait()
        runs.star_run(project, 1)
        runs.note_run(project, 1, "Kept for ever.")
        project.save()


def anonymise(path: Path) -> None:
    if path.name == "journal.jsonl":
        lines = []
        for event in read_all(path):
            fields = {name: value for name, value in event.fields.items() if name != "crc"}
            lines.append(to_line(fields | ({"host": "lab-pc"} if "host" in fields else {})))
        path.write_bytes(b"".join(lines))
    elif "checkpoints" not in path.parts:
        text = path.read_text("utf-8").replace(f'"{platform.node()}"', '"lab-pc"')
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
