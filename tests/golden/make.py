"""Makes the golden projects of the present format, once, when that format is released.

One has one data file, the other two that belong together by a column.

python tests/golden/make.py

Never run again for a format that has been released: what it made then is what a later version must
open. Names of this machine are taken out.
"""

from __future__ import annotations

import csv
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from fitstudio import resources
from fitstudio.actions import projects, runs
from fitstudio.journal import read_all
from fitstudio.journal.events import to_line
from fitstudio.project import Project
from fitstudio.project.migrations import FORMAT

HERE = Path(__file__).resolve().parent
NOT_KEPT = ("*.lock", "worker.log", "faulthandler.log", "summary.json")
SETTINGS = {
    "run.seed": 1,
    "fit.epochs": 4,
    "model.units": [8],
    "fit.callbacks": [{"kind": "EarlyStopping", "monitor": "val_loss", "patience": 3}],
}
# The columns of the penguins that stand in a second file, in another order of the rows.
OF_BIRDS = ("species", "island", "sex")


def main() -> int:
    for suffix, make in (("", make_one), ("-two-files", make_two)):
        target = HERE / f"format-{FORMAT}{suffix}"
        if target.exists():
            sys.stderr.write(f"{target.name} is there already: it is never changed.\n")
            return 1
        with tempfile.TemporaryDirectory() as scratch:
            os.environ["FITSTUDIO_HOME"] = str(Path(scratch) / "home")
            folder = Path(scratch) / "penguins"
            make(folder)
            shutil.copytree(folder, target, ignore=shutil.ignore_patterns(*NOT_KEPT))
        for path in target.rglob("*.json*"):
            anonymise(path)
    return 0


def make_one(folder: Path) -> None:
    with projects.create_project(
        folder, example="penguins", name="Penguins, kept", settings=SETTINGS
    ) as project:
        train(project)


def make_two(folder: Path) -> None:
    settings = SETTINGS | {
        "data.sources": {
            "measures": {"path": "data/measures.csv", "format": "table"},
            "birds": {"path": "data/birds.csv", "format": "table", "by": "bird", "to": "id"},
        },
        "data.row_order": "random",
        "fit.x": ["measures/bill_length_mm", "measures/flipper_length_mm", "birds/island"],
        "fit.y": ["birds/species"],
        "fit.validation_split": 0.2,
        "compile.metrics": ["accuracy"],
    }
    with projects.create_project(folder, name="Penguins, kept", settings=settings) as project:
        write_files(project.paths.data)
        train(project)


def write_files(folder: Path) -> None:
    example = resources.path("examples", "penguins", "penguins.csv")
    with example.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measures = [name for name in rows[0] if name not in OF_BIRDS]
    with (folder / "measures.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["id", *measures])
        for number, row in numbered(rows):
            table.writerow([f"P{number:03d}", *(row[name] for name in measures)])
    with (folder / "birds.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["bird", *OF_BIRDS])
        for number, row in reversed(numbered(rows)[:-4]):
            table.writerow([f"P{number:03d}", *(row[name] for name in OF_BIRDS)])


def numbered(rows: list[dict[str, str]]) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(rows, 1))


def train(project: Project) -> None:
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
