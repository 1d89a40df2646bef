"""A format is added by a declaration and a reader: everything else follows from them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import numpy as np
import pytest

from fitstudio.declared.formats import registry
from fitstudio.declared.help_pages import pages
from fitstudio.declared.parameters.registry import FIXED
from fitstudio.errors import DataError
from fitstudio.journal import Outcome
from fitstudio.viewmodel.data.reading_choices import reading_choices
from fitstudio.worker.jobs import prediction
from tests.support import toy_format

_REGISTER = "from tests.support import toy_format\ntoy_format.register()\n"


@pytest.fixture
def toy():
    toy_format.register()
    yield toy_format.TOY
    toy_format.forget()


def write(path, rows, *, factor=1.0):
    draw = np.random.default_rng(5)
    size, weight = draw.uniform(1, 9, (2, rows))
    columns = {"size": size / factor, "weight": weight / factor, "sum": (size + weight) / factor}
    lines = [f"{name}: {' '.join(f'{v:.4f}' for v in cells)}" for name, cells in columns.items()]
    path.write_text("COLUMNS 1\n" + "\n".join(lines) + "\n")
    return size + weight


def test_dialogs_settings_and_help_follow_from_the_declaration(toy, tmp_path):
    assert "*.toy" in registry.patterns().split()
    assert registry.called()[-1] == "Toy"
    assert FIXED["data.kind"].check("toy") is None
    assert FIXED["data.kind"].kind.parse("Toy columns") == "toy"
    assert [each.option.name for each in reading_choices("toy", ())] == ["factor"]
    assert registry.parse_option("factor", "2.5", format=None, file="a.toy") == 2.5
    with pytest.raises(DataError, match=r"It is a number, above 0\."):
        registry.parse_option("factor", "-1", format=None, file="a.toy")
    page = pages()["parameters-data.md"]
    assert "`toy`, Toy columns: A line for each column" in page
    assert "`factor`" in page


def test_without_the_declaration_nothing_is_left_of_it():
    assert "*.toy" not in registry.patterns()
    assert FIXED["data.kind"].check("toy") is not None


def test_the_reader_process_reads_it(toy, tmp_path):
    write(tmp_path / "a.dat", 12)
    program = f"{_REGISTER}from fitstudio.data import reader_process\nreader_process.main()\n"
    data = {"file": "a.dat", "options": {"factor": 2}}
    request = {"do": "inspect_and_preview", "data": data, "base": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps({**request, "start": 0, "stop": 3}).encode(),
        capture_output=True,
        check=True,
    )
    reply = json.loads(done.stdout)["result"]
    assert reply["summary"]["kind"] == "toy"
    assert reply["summary"]["rows"] == 12
    assert reply["preview"]["columns"] == ["size", "weight", "sum"]


def test_it_is_checked_trained_and_predicted_with(toy, trained, tmp_path):
    write(trained.folder / "a.toy", 120, factor=2.0)
    run = trained.new_run(
        {
            "data.file": "a.toy", "data.options": {"factor": 2.0}, "fit.x": ["size", "weight"],
            "fit.y": ["sum"], "fit.epochs": 4, "fit.batch_size": 4, "compile.learning_rate": 0.03,
            "compile.metrics": None, "model.units": [8],
        }
    )  # fmt: skip
    state = trained.train(run, before=_REGISTER)
    assert state.outcome is Outcome.COMPLETED

    wanted = write(tmp_path / "new.toy", 15, factor=2.0)
    output = tmp_path / "answers.csv"
    job = {
        "project": str(trained.folder), "run": run.name, "data": str(tmp_path / "new.toy"),
        "output": str(output),
    }  # fmt: skip
    report = prediction.predict(job, lambda share, words: None)
    assert report["predicted"] == 15
    with output.open(newline="") as lines:
        answers = [float(row[-1]) for row in list(csv.reader(lines))[1:]]
    # The factor that was set in training was used for the new file as well.
    assert np.corrcoef(answers, wanted)[0, 1] > 0.9
    assert abs(np.mean(answers) - np.mean(wanted)) < 2.0
