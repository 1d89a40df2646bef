"""A data file that is not what it was, or not where it was, is named at once, with the way out."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fitstudio.actions import projects, runs
from fitstudio.actions.run.run_making import make_run
from fitstudio.data.fingerprint import fingerprint, same_content, untouched
from fitstudio.declared.checks.changed_file import DATA_CHANGED, change_between
from fitstudio.declared.kinds.param import Finding
from fitstudio.declared.resolve import Resolved
from fitstudio.errors import DataError
from fitstudio.project import Project
from fitstudio.project.run_files import read_recorded


def table(path: Path, rows: int = 60) -> Path:
    generator = np.random.default_rng(5)
    numbers = generator.normal(size=(rows, 2))
    lines = [f"{a:.4f},{b:.4f},{2 * a - b:.4f}" for a, b in numbers]
    path.write_text("first,second,answer\n" + "\n".join(lines) + "\n")
    return path


@pytest.fixture
def project(tmp_path: Path):
    file = table(tmp_path / "rows.csv")
    with projects.create_project(tmp_path / "project", data=file, target="answer") as made:
        yield made


def changed(project: Project) -> Finding | None:
    found = runs.check(project).findings
    return next((each for each in found if each.code == DATA_CHANGED), None)


def test_a_file_as_it_was_is_no_news(project: Project, tmp_path: Path):
    assert changed(project) is None
    file = tmp_path / "rows.csv"
    file.write_bytes(file.read_bytes())  # saved again, the same
    assert changed(project) is None


@pytest.mark.parametrize("rows", [57, 90])
def test_a_changed_file_is_named_and_can_be_taken_as_it_is(
    project: Project, tmp_path: Path, rows: int
):
    before = (tmp_path / "rows.csv").stat().st_size
    table(tmp_path / "rows.csv", rows)
    finding = changed(project)
    assert finding is not None
    assert "has changed since it was chosen" in finding.sentence
    assert f"{before / 1000:.1f} kB" in finding.sentence
    assert finding.fix is not None

    project.settings = project.settings.with_values(finding.fix.set)
    assert changed(project) is None
    table(tmp_path / "rows.csv", rows + 1)
    assert changed(project) is not None


def test_what_was_found_goes_into_the_runs_files(project: Project, tmp_path: Path):
    table(tmp_path / "rows.csv", 90)
    summary = runs.dataset_summary(project)
    resolved = runs.check(project, summary=summary)
    paths = make_run(project, project.settings, resolved, summary, title=None, parent=None)
    kept = Resolved.from_json(read_recorded(paths.resolved))
    assert [each.code for each in kept.findings] == [each.code for each in resolved.findings]
    assert DATA_CHANGED in {each.code for each in kept.findings}


def test_other_content_of_the_same_size_is_named(project: Project, tmp_path: Path):
    file = tmp_path / "rows.csv"
    text = file.read_text()
    file.write_text(text[:-3] + ("7" if text[-3] != "7" else "8") + text[-2:])
    finding = changed(project)
    assert finding is not None
    assert "its size is the same" in finding.sentence


def test_what_was_read_before_a_change_is_read_again_at_the_start(project: Project, tmp_path: Path):
    spec, summary = project.settings, runs.dataset_summary(project)
    assert runs.up_to_date(project, spec, summary) is summary
    table(tmp_path / "rows.csv", 90)
    now = runs.up_to_date(project, spec, summary)
    assert now is not None
    assert now.rows == 90
    (tmp_path / "rows.csv").unlink()
    with pytest.raises(DataError) as caught:
        runs.up_to_date(project, spec, summary)
    assert caught.value.code == "data.file-missing"


def test_a_file_that_moved_is_found_by_its_content(project: Project, tmp_path: Path):
    file = tmp_path / "rows.csv"
    project.paths.data.mkdir(exist_ok=True)
    (project.folder / "rows.csv").write_text("another file of this name\n1\n")
    shutil.move(file, project.paths.data / "rows.csv")
    with pytest.raises(DataError) as caught:
        runs.check(project)
    assert "data/rows.csv" in str(caught.value.remedy)
    moved = project.settings.with_values({"data.file": "data/rows.csv"})
    assert not [each for each in runs.check(project, moved).findings if each.code == DATA_CHANGED]


def test_the_file_with_the_targets_belongs_to_it(tmp_path: Path):
    generator = np.random.default_rng(6)
    np.save(tmp_path / "x.npy", generator.normal(size=(50, 4)))
    np.save(tmp_path / "y.npy", generator.normal(size=50))
    given = {"data.y_file": str(tmp_path / "y.npy")}
    with projects.create_project(
        tmp_path / "project", data=tmp_path / "x.npy", settings=given
    ) as project:
        assert changed(project) is None
        np.save(tmp_path / "y.npy", generator.normal(size=50))
        finding = changed(project)
        assert finding is not None
        assert "file with the targets has changed" in finding.sentence


def test_what_was_kept_may_be_anything(tmp_path: Path):
    now = fingerprint(table(tmp_path / "rows.csv"))
    assert change_between(now["sha256"], now) is None
    assert change_between("0" * 64, now) is not None
    for kept in (None, 3, [], {}, {"sha256": None}, {"size": "many"}, {"targets": 5}):
        assert change_between(kept, now) is None
    assert change_between({"sha256": 5, "size": "many"}, now) is not None


def test_touching_asks_for_the_content(tmp_path: Path):
    file = table(tmp_path / "rows.csv")
    before = fingerprint(file)
    assert untouched(before, file)
    file.touch()
    assert same_content(before, fingerprint(file))
    both = fingerprint(file, table(tmp_path / "targets.csv", 20))
    assert untouched(both, file, tmp_path / "targets.csv")
    table(tmp_path / "targets.csv", 21)
    assert not untouched(both, file, tmp_path / "targets.csv")
    assert not same_content(both, fingerprint(file, tmp_path / "targets.csv"))
