"""The table of predictions, and the measuring of many classes: names, notes, memory."""

from __future__ import annotations

import csv
import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import torch

from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.data.source import open_source
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.engine import device
from fitstudio.project import ProjectPaths, RunPaths
from fitstudio.project.decision import Decision, write_decision
from fitstudio.worker.jobs import prediction, trained_model
from fitstudio.worker.jobs.prediction import _AnswersTable
from fitstudio.worker.jobs.trained_model import TrainedModel
from fitstudio.worker.measures import answering, results
from fitstudio.worker.saving.model_card import BirthCertificate
from fitstudio.worker.setup import model_setup


def trained_on(folder: Path, text: str, **settings) -> TrainedModel:
    """A model of the table, with its first weights."""
    (folder / "t.csv").write_text(text)
    spec = RunSpec().with_values(
        {f"{key.replace('_', '.', 1)}": value for key, value in settings.items()}
        | {"data.file": "t.csv"}
    )
    with open_source(spec.data, folder) as source:
        resolved = resolve(spec, source.summary())
        assert resolved.ok, resolved.errors
        prepared = prepare(source, spec, base=folder, seed=0, task=resolved.task)
    values = {key: each.value for key, each in resolved.values.items()}
    plan = resolved.model_plan
    assert plan is not None
    model = model_setup.build(plan, seed=0, device=device.choose("cpu").torch_device)
    compiled = model_setup.compiled_settings(values)
    model_setup.compile_to_measure(model, compiled)
    certificate = BirthCertificate(plan, prepared.recipe, compiled, {})
    return TrainedModel(RunPaths(folder), certificate, model, "best", 0, ())


def table_of(trained: TrainedModel, folder: Path, text: str):
    (folder / "new.csv").write_text(text)
    notes: list[str] = []
    with open_source({"file": "new.csv"}, folder) as source:
        x, samples = trained.certificate.recipe.apply(source, notes=notes)
        table = _AnswersTable(source, samples, trained, x, notes)
        names = table.write(folder / "out.csv", lambda fraction: None)
    with (folder / "out.csv").open(newline="") as file:
        return list(csv.reader(file)), names, " ".join(notes)


CLASSES = "a,b,kind\n" + "".join(f"{n},{n % 7},{'xyz'[n % 3]}\n" for n in range(60))
NUMBERS = "a,b,y\n" + "".join(f"{n},{n % 7},{n * 0.5}\n" for n in range(60))


@pytest.fixture
def classes(tmp_path: Path) -> TrainedModel:
    return trained_on(tmp_path, CLASSES, fit_x=["a", "b"], fit_y=["kind"])


@pytest.fixture
def numbers(tmp_path: Path) -> TrainedModel:
    return trained_on(tmp_path, NUMBERS, fit_x=["a", "b"], fit_y=["y"])


def test_answers_have_one_name_whether_the_target_is_there_or_not(classes, tmp_path: Path):
    with_it, names, _ = table_of(classes, tmp_path, CLASSES)
    without, again, _ = table_of(classes, tmp_path, "a,b\n1,2\n3,4\n")
    assert names == again == ["predicted kind", *(f"probability {each}" for each in "xyz")]
    assert with_it[0] == ["row", "a", "b", "kind", *names]
    assert without[0] == ["row", "a", "b", *names]


@pytest.mark.parametrize("own", ["row", "Row", "predicted y", "PREDICTED Y", "note"])
def test_no_name_stands_twice_and_the_files_columns_keep_theirs(numbers, tmp_path: Path, own: str):
    lines, names, notes = table_of(numbers, tmp_path, f"a,{own},b\n1,9,2\n3,8,4\n")
    folded = [each.casefold() for each in lines[0]]
    assert len(set(folded)) == len(folded)
    assert lines[0][1:4] == ["a", own, "b"]
    assert [line[2] for line in lines[1:]] == ["9", "8"]
    assert names[0].startswith("predicted y")
    assert ("itself" in notes) == (own.lower() == "predicted y")


def test_results_can_be_predicted_on_again(numbers, tmp_path: Path):
    table_of(numbers, tmp_path, NUMBERS)
    lines, names, _ = table_of(numbers, tmp_path, (tmp_path / "out.csv").read_text())
    assert lines[0][1:5] == ["row", "a", "b", "y"]
    assert len(set(lines[0])) == len(lines[0])
    assert names == ["predicted y (2)"]


def test_every_row_is_written_also_where_blocks_end_in_rows_left_out(
    numbers, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(answering, "_MOST_NUMBERS", 8)
    monkeypatch.setattr(answering, "_MOST_BATCH_ROWS", 8)
    gaps = {0, 1, 7, 8, 9, 16, 17, 18, 39}
    text = "a,b\n" + "".join(f"{'' if n in gaps else n},{n % 7}\n" for n in range(40))
    lines, _, _ = table_of(numbers, tmp_path, text)
    assert [line[0] for line in lines[1:]] == [str(n + 1) for n in range(40)]
    assert {n for n, line in enumerate(lines[1:]) if line[-1] == ""} == gaps
    rest = [f"{n},{n % 7}" for n in range(40) if n not in gaps]
    plain, _, _ = table_of(numbers, tmp_path, "a,b\n" + "\n".join(rest) + "\n")
    answered = [float(line[-1]) for line in lines[1:] if line[-1]]
    assert answered == pytest.approx([float(line[-1]) for line in plain[1:]], rel=1e-5)


def test_every_column_of_the_file_stands_beside_the_answers(numbers, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(prediction, "_BLOCK_CELLS", 500)
    more = [f"c{n}" for n in range(230)]
    rows = [[str(n), str(n % 7), *["1"] * 230] for n in range(5)]
    text = "".join(",".join(line) + "\n" for line in (["a", "b", *more], *rows))
    lines, _, notes = table_of(numbers, tmp_path, text)
    assert lines[0][1:-1] == ["a", "b", *more]
    assert [line[1:-1] for line in lines[1:]] == rows
    assert "columns stand beside" not in notes


def test_columns_that_are_not_copied_are_told(numbers, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(prediction, "_COPIED_COLUMNS", 2)
    lines, _, notes = table_of(numbers, tmp_path, "a,b,c\n1,1,1\n")
    assert len(lines[0]) == 1 + 2 + 1
    assert "Only the first 2 of the file's 3 columns" in notes


def test_a_file_with_decimal_commas_gets_answers_with_decimal_commas(numbers, tmp_path: Path):
    text = "a;b\n" + "".join(f"{n},5;{n % 7},25\n" for n in range(9))
    table_of(numbers, tmp_path, text)
    written = (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()
    header, first = written[0].split(";"), written[1].split(";")
    assert header == ["row", "a", "b", "predicted y"]
    assert first[:3] == ["1", "0,5", "0,25"]
    assert all("." not in line for line in written[1:]), "one mark in one file"
    assert float(first[3].replace(",", "."))


def test_a_preview_looks_at_the_rows_that_are_asked_for(tmp_path: Path):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,x\nword,\n,y\n3.5,x\n" * 500)
    with open_source({"file": "t.csv", "columns": {"a": {"type": "number"}}}, tmp_path) as source:
        assert source.cells("a", 1, 6) == ["word", None, "3.5", "1", "word"]
        assert source.cells("b", 1, 6) == [None, "y", "x", "x", None]
        whole = source.cells("a", 0, source.rows)
        parts = [cell for n in range(0, 2000, 7) for cell in source.cells("a", n, min(n + 7, 2000))]
        assert parts == whole


def test_a_thousand_classes_are_measured_without_a_table_of_rows_by_classes(tmp_path: Path):
    count, rows = 600, 12_000
    text = "a,kind\n" + "".join(f"{n % count},class{n % count}\n" for n in range(rows))
    trained = trained_on(tmp_path, text, fit_x=["a"], fit_y=["kind"])
    draw = np.random.default_rng(0)
    part = results.Part(
        "test",
        draw.normal(size=(rows, 1)).astype(np.float32),
        draw.integers(0, count, rows),
        None,
        SampleIndex("t.csv", np.arange(rows)),
    )
    assert trained.certificate.recipe.output.encoding == "index"
    tracemalloc.start()
    found = results.measure(trained.model, [part], trained.certificate)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(sum, found["confusion"]["test"])) == rows
    assert most < 8 * rows * count, "as much as all probabilities at once, in double precision"


def test_predicting_takes_the_threads_that_training_would(tmp_path: Path):
    run = ProjectPaths(tmp_path).run("0001-first")
    run.folder.mkdir(parents=True)
    small = ModelPlan((), (2,), (1,), 10, 100, 1000, 8)
    for threads, expected in ((None, 1), (3, 3)):
        spec = {"format": 1} | ({} if threads is None else {"run": {"threads": threads}})
        run.spec.write_text(json.dumps(spec))
        before = torch.get_num_threads()
        try:
            trained_model._set_up(run, small)
            assert torch.get_num_threads() == expected
        finally:
            torch.set_num_threads(before)


TWO = "a,b,ill\n" + "".join(f"{n},{n % 7},{('no', 'yes')[n % 5 == 0]}\n" for n in range(60))


@pytest.mark.parametrize("kept_for", [0, 1])
def test_the_class_is_said_from_the_threshold_on_that_was_kept_for_this_model(
    tmp_path: Path, kept_for: int
):
    trained = trained_on(tmp_path, TWO, fit_x=["a", "b"], fit_y=["ill"])
    usual, _, silent = table_of(trained, tmp_path, TWO)
    assert "chosen" not in silent
    chances = sorted(float(line[-1]) for line in usual[1:])
    threshold = chances[len(chances) // 3]
    write_decision(
        trained.paths.decision, Decision("yes", threshold, weights="best", epoch=kept_for)
    )
    lines, _, notes = table_of(trained, tmp_path, TWO)
    said = [line[4] == "yes" for line in lines[1:]]
    if kept_for == trained.epoch:
        assert said == [float(line[-1]) >= float(f"{threshold:.9g}") for line in lines[1:]]
        assert "as was chosen for this model" in notes
    else:
        assert lines == usual and "another saved model" in notes


def test_a_damaged_decision_is_told_and_the_likelier_class_said(tmp_path: Path):
    trained = trained_on(tmp_path, TWO, fit_x=["a", "b"], fit_y=["ill"])
    usual, _, _ = table_of(trained, tmp_path, TWO)
    trained.paths.decision.write_text('{"format": 1, "threshold": 7}')
    lines, _, notes = table_of(trained, tmp_path, TWO)
    assert lines == usual and "The likelier class is said" in notes
