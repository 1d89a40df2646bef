"""What is found in data: the same in window and terminal, and true of the run that follows."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from fitstudio.actions import projects, runs
from fitstudio.cli import program
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import open_source
from fitstudio.declared.checks.decisions import about_data, everything_found
from fitstudio.viewmodel.data import page as data_page
from fitstudio.viewmodel.shell.readiness import readiness


def _numbers(seed: int, count: int) -> list[float]:
    rng = random.Random(seed)
    return [round(rng.gauss(0, 1), 4) for _ in range(count)]


def _table(**columns: object) -> str:
    rows = zip(*columns.values(), strict=True)  # type: ignore[arg-type]
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


ROWS = 120
MIXED = random.Random(7).choices(["u", "v", "w"], k=ROWS)
FILES = {
    "gaps in the target": _table(
        a=_numbers(1, ROWS), y=["" if n % 10 == 0 else v for n, v in enumerate(_numbers(2, ROWS))]
    ),
    "infinite values": _table(
        a=["1e400" if n in (5, 6) else v for n, v in enumerate(_numbers(1, ROWS))],
        b=["" if n in (6, 7) else v for n, v in enumerate(_numbers(3, ROWS))],
        y=["inf" if n in (7, 50) else v for n, v in enumerate(_numbers(2, ROWS))],
    ),
    "cells that are no number": _table(
        a=["broken" if n == 70 else v for n, v in enumerate(_numbers(1, ROWS))],
        y=_numbers(2, ROWS),
    ),
    "stand-ins": _table(
        a=[-999 if n % 9 == 0 else v for n, v in enumerate(_numbers(1, ROWS))], y=_numbers(2, ROWS)
    ),
    "a class at the end": _table(
        a=_numbers(1, ROWS), kind=[*MIXED[:100], *["late"] * 20]
    ),
    "patients": _table(
        patient_id=[n // 3 for n in range(ROWS)], a=_numbers(1, ROWS), kind=MIXED
    ),
    "a leak": _table(
        b=_numbers(4, ROWS),
        days=[{"u": 1, "v": 5, "w": 9}[kind] + n % 3 for n, kind in enumerate(MIXED)],
        kind=MIXED,
    ),
    "dates": _table(
        day=[f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d}" for n in range(ROWS)],
        a=_numbers(1, ROWS), y=_numbers(2, ROWS),
    ),
    "marked rows": _table(
        a=_numbers(1, ROWS), part=["test" if n % 4 == 0 else "train" for n in range(ROWS)],
        kind=MIXED,
    ),
    "constants and names": _table(
        name=[f"word{'x' * (n % 7)}{n}y" for n in range(ROWS)], same=[1] * ROWS,
        a=_numbers(1, ROWS), y=_numbers(2, ROWS),
    ),
    "weights": _table(
        sample_weight=[1 + n % 3 for n in range(ROWS)], a=_numbers(1, ROWS), kind=MIXED
    ),
    "no clear target": _table(
        x=_numbers(1, ROWS), y=_numbers(2, ROWS), z=_numbers(3, ROWS),
        note=[f"n{n} {n}" for n in range(ROWS)],
    ),
}  # fmt: skip


class _Session:
    """What the Data page asks a session for, without a window."""

    def __init__(self, project) -> None:
        self.project, self.spec = project, project.settings
        self.summary = runs.dataset_summary(project)
        self.resolved = runs.check(project, summary=self.summary)


def _listed(capsys, *words: str) -> list[dict]:
    capsys.readouterr()
    program.main([*words, "--json"])
    return json.loads(capsys.readouterr().out)["findings"]


def _agree(session: _Session, told: list[dict]) -> None:
    everything = everything_found(session.resolved, session.summary)
    assert [each["code"] for each in told] == [each.code for each in everything]
    shown = sorted(item.code for item in data_page.view(session).items)  # type: ignore[arg-type]
    assert shown == sorted(each.code for each in everything if about_data(each))
    open_items = [each for each in everything if each.severity in ("error", "advice")]
    state = readiness(session.resolved, session.summary)
    assert (state.state == "success") == (not open_items)


@pytest.mark.parametrize("what", FILES)
def test_window_and_terminal_tell_the_same_and_the_run_counts_the_same(tmp_path, capsys, what):
    file = tmp_path / "made.csv"
    file.write_text(FILES[what])
    folder = tmp_path / "p"
    told = _listed(capsys, "new", str(folder), "--data", str(file))
    with projects.open_project(folder, read_only=True) as project:
        session = _Session(project)
        _agree(session, told)
        assert _listed(capsys, "check", str(folder)) == told
        facts = session.resolved.facts
        if what == "no clear target":
            assert facts is None
            return
        assert session.resolved.ok
        assert facts is not None
        with open_source(project.settings.to_json()["data"], folder) as source:
            prepared = prepare(source, project.settings, base=folder, seed=1)
    trained = (len(prepared.training_rows), len(prepared.validation_rows))
    assert trained == (facts.training_rows, facts.validation_rows)


def test_every_example_tells_the_same_everywhere(tmp_path, capsys):
    for example in projects.list_examples():
        folder = tmp_path / example.name
        projects.create_project(folder, example=example.name).close()
        with projects.open_project(folder, read_only=True) as project:
            _agree(_Session(project), _listed(capsys, "check", str(folder)))


def _codes(tmp_path: Path, what: str, **settings: object) -> dict[str, object]:
    file = tmp_path / "made.csv"
    file.write_text(FILES[what])
    values = {key.replace("__", "."): value for key, value in settings.items()}
    with projects.create_project(tmp_path / "p", data=file, settings=values) as project:
        summary = runs.dataset_summary(project)
        found = everything_found(runs.check(project, summary=summary), summary)
    return {each.code: each for each in found}


def test_a_class_that_would_never_be_trained_stops_training(tmp_path):
    found = _codes(tmp_path, "a class at the end", data__row_order="file")

    assert found["fit.class-not-trained"].severity == "error"
    assert found["fit.class-not-trained"].fix.set == {"data.row_order": "random"}


def test_rows_of_one_patient_are_told_with_a_way_to_keep_them_together(tmp_path):
    found = _codes(tmp_path, "patients")

    kept_whole = found["fit.things-on-both-sides"].fix.set
    assert kept_whole == {"data.split": "group", "data.split_column": "patient_id"}
    assert "patient_id" not in found
    again = tmp_path / "again"
    again.mkdir()
    found = _codes(again, "patients", data__split="group", data__split_column="patient_id")
    assert "fit.things-on-both-sides" not in found
    # What was decided stays in sight, with the way back.
    back = found["data.whole-groups"].fix.set
    assert back == {"data.split": None, "data.split_column": None}


def test_a_column_that_parts_the_classes_is_told(tmp_path):
    assert _codes(tmp_path, "a leak")["fit.x-parts-target"].fix.set == {"fit.x": ["b"]}


def test_gaps_in_the_target_are_not_to_be_filled(tmp_path):
    found = _codes(tmp_path, "gaps in the target")

    assert found["data.rows-left-out"].fix is None


def test_one_column_is_told_of_once(tmp_path):
    found = _codes(tmp_path, "dates")

    assert "data.dates" in found
    assert "fit.x-left-out" not in found
    assert "data.in-time" in found


def test_targets_in_a_second_file_are_the_columns(tmp_path, monkeypatch):
    np.save(tmp_path / "X.npy", np.random.default_rng(0).normal(size=(60, 9)))
    np.save(tmp_path / "Y.npy", np.random.default_rng(1).normal(size=60))
    monkeypatch.chdir(tmp_path)
    with projects.create_project(
        tmp_path / "p", data=tmp_path / "X.npy", settings={"data.y_file": "Y.npy"}
    ) as project:
        resolved = runs.check(project)
        assert resolved.ok, resolved.errors
        assert resolved.facts is not None
        assert resolved.facts.input_shape == (9,)


def test_gaps_in_arrays_are_counted_by_rows(tmp_path):
    x, y = np.random.default_rng(0).normal(size=(60, 9)), np.arange(60.0)
    x[3, :4], y[3], y[8] = np.nan, np.inf, np.nan
    np.savez(tmp_path / "a.npz", x=x, y=y)
    with projects.create_project(tmp_path / "p", data=tmp_path / "a.npz") as project:
        facts = runs.check(project).facts
    assert facts is not None
    assert (facts.used_rows, facts.left_out, facts.exact) == (58, 2, True)
