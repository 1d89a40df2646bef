"""A project of every format that was ever released opens, shows its runs, and its models load."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fitstudio.actions import requests, runs
from fitstudio.actions.models import using_models
from fitstudio.engine.state import checkpoint
from fitstudio.journal.events import from_lines
from fitstudio.project import Project, migrations

HERE = Path(__file__).resolve().parent
ONE_FILE = [f"format-{number}" for number in range(1, migrations.FORMAT + 1)]
TWO_FILES = "format-2-two-files"
# Columns of two files are called by the file too.
TARGETS = dict.fromkeys(ONE_FILE, "species") | {TWO_FILES: "birds/species"}


@pytest.fixture(params=[*ONE_FILE, TWO_FILES])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def golden(name: str, tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / name, tmp_path / "project"))


def test_every_golden_project_is_tried():
    assert {each.name for each in HERE.glob("format-*")} == set(TARGETS)


def test_fault_41_a_project_of_every_format_opens_and_its_runs_are_there(golden: Path, name: str):
    with Project.open(golden) as project:
        assert project.read_only is None
        assert project.notices == []
        assert project.name == "Penguins, kept"
        assert project.settings.get("fit.y") == [TARGETS[name]]
        assert len(project.settings.get("data.sources")) == (2 if name == TWO_FILES else 1)
        assert (golden / project.settings.get("data.file")).is_file()
        first, second = runs.list_runs(project)
        record = runs.load_run(project, 1)

    assert [first.outcome, second.outcome] == ["completed", "completed"]
    assert (first.starred, first.note, second.parent) == (True, "Kept for ever.", first.run)
    assert [change["key"] for change in second.changes] == ["compile.learning_rate"]
    assert first.epochs == 4
    history = json.loads((record.folder / "history.json").read_text())
    assert record.history == history["history"]
    assert record.state.early_stoppings[0].patience == 3
    assert record.resolved is not None
    assert record.results is not None


def test_fault_41_the_checkpoints_of_every_format_verify_and_load(golden: Path):
    for run in sorted((golden / "runs").iterdir()):
        newest, passed_over = checkpoint.newest(run / "checkpoints")
        assert passed_over == []
        assert newest is not None
        assert newest.facts["epoch"] == 3
        assert newest.state["weights"]


@pytest.mark.timeout(180)
def test_fault_41_a_run_of_every_format_can_be_gone_on_with(golden: Path):
    with Project.open(golden) as project:
        handle = requests.extend_run(project, 1, epochs=1)
        assert handle.wait(150) == 0
        record = runs.load_run(project, handle.run)

    assert [row.epoch for row in record.state.epochs] == [0, 1, 2, 3, 4]
    assert record.state.outcome == "completed"


@pytest.mark.timeout(180)
def test_fault_41_the_models_of_every_format_predict_and_are_measured(
    golden: Path, name: str, tmp_path: Path
):
    names = ("measures", "birds") if name == TWO_FILES else ("penguins",)
    files = {each: {"path": str(golden / "data" / f"{each}.csv")} for each in names}
    output = tmp_path / "answers.csv"
    with Project.open(golden) as project:
        report = using_models.predict_run(project, 1, data={"sources": files}, output=output)
        own = using_models.evaluate_run(project, 1)
        tested = using_models.evaluate_run(project, 1, data={"sources": files})
        kept = runs.load_run(project, 1).results

    assert report.rows == 344 and 300 < report.predicted < 344
    assert len(output.read_text().splitlines()) == 345
    assert kept is not None
    for part, scores in kept["scores"].items():
        assert own["scores"][part] == pytest.approx(scores, rel=1e-5)
    assert tested["rows"]["test"] == sum(kept["rows"].values())


def test_what_a_format_has_is_what_the_next_makes_of_it(golden: Path, name: str):
    """One file is said in sources; nothing else changes, and all old names still tell it."""
    content = json.loads((golden / "project.json").read_text())
    with Project.open(golden) as project:
        settings = project.settings
    if content["format"] == 1:
        for section, values in content["settings"].items():
            for key, value in values.items():
                assert settings.get(f"{section}.{key}") == value
    assert settings.get("data.kind") == "table"
    assert settings.get("data.row_order") == "random"


def test_fault_41_a_migrated_project_is_saved_in_the_newest_format_beside_a_copy(golden: Path):
    before = (golden / "project.json").read_bytes()
    with Project.open(golden) as project:
        project.name = "Renamed"
        project.save()

    assert json.loads((golden / "project.json").read_text())["format"] == migrations.FORMAT
    assert (golden / "project.previous.json").read_bytes() == before


def test_fault_42_of_a_later_format_nothing_is_written(golden: Path):
    file = golden / "project.json"
    content = json.loads(file.read_text())
    later = json.dumps(content | {"format": migrations.FORMAT + 1})
    file.write_text(later)
    project = Project.open(golden)

    assert project.read_only is not None
    assert [each.outcome for each in runs.list_runs(project)] == ["completed", "completed"]
    assert file.read_text() == later


@pytest.mark.parametrize("journal", sorted(HERE.glob("format-*/runs/*/journal.jsonl")), ids=str)
def test_no_field_of_a_journal_is_lost_on_reading(journal: Path) -> None:
    for line in journal.read_bytes().splitlines():
        (event,) = from_lines([line]).events
        written = json.loads(line).keys() - {"format", "crc"}
        assert written <= event.fields.keys(), "declare it in journal/event_fields.py"
