"""Exports: each format from a real run, compared by a process that knows nothing of FitStudio."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from safetensors.numpy import load_file

from fitstudio.actions.models import model_export, using_models
from fitstudio.cli.program import main
from fitstudio.errors import FitStudioError, UsageError

onnxruntime = pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def flowers(trained):
    run = trained.new_run({"fit.epochs": 4})
    trained.train(run)
    return run


@pytest.mark.parametrize("format", [each.name for each in model_export.EXPORT_FORMATS])
def test_every_format_is_written_and_proven(trained, flowers, tmp_path, format) -> None:
    heard: list[float] = []
    output = tmp_path / f"model ü{model_export.export_format(format).ending}"
    report = model_export.export_model(
        trained.project,
        flowers.name,
        format=format,
        output=output,
        progress=lambda fraction, _: heard.append(fraction),
    )
    assert output.exists() and report.bytes > 0 and heard[-1] == 1.0
    assert (report.proof is None) == (format == "weights")
    if report.proof is not None:
        assert report.proof.rows == 240
        assert report.proof.largest_difference < 1e-5
    assert sorted(each.name for each in tmp_path.iterdir()) == [output.name], "nothing is left over"


def test_an_onnx_file_answers_as_predict_does(trained, flowers, tmp_path) -> None:
    file = tmp_path / "model.onnx"
    model_export.export_model(trained.project, flowers.name, format="onnx", output=file)
    rows = tmp_path / "new.csv"
    rows.write_text("length,width,garden\n4.0,3.0,north\n5.5,2.2,south\n7.1,1.6,north\n")
    answers = tmp_path / "answers.csv"
    using_models.predict_run(trained.project, flowers.name, data=rows, output=answers)
    told = np.genfromtxt(answers, delimiter=",", names=True, dtype=None, encoding="utf-8")
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    given = {
        "length": np.array([[4.0], [5.5], [7.1]], np.float32),
        "width": np.array([[3.0], [2.2], [1.6]], np.float32),
        "garden": np.array([["north"], ["south"], ["north"]], dtype=object),
    }
    assert {each.name for each in session.get_inputs()} == set(given)
    probabilities, names = session.run(["probabilities", "class"], given)
    kinds = ("iris", "rose", "tulip")
    expected = np.stack([told[f"probability_{kind}"] for kind in kinds], axis=1)
    np.testing.assert_allclose(probabilities, expected, atol=1e-5)
    assert names.tolist() == told["predicted_kind"].tolist()
    facts = json.loads(session.get_modelmeta().custom_metadata_map["fitstudio"])
    assert facts["classes"] == list(kinds)
    assert facts["proof"]["largest_difference"] < 1e-5
    assert facts["origin"]["run"] == flowers.name


def test_the_folder_answers_a_table_without_fitstudio(trained, flowers, tmp_path) -> None:
    folder = tmp_path / "model"
    model_export.export_model(trained.project, flowers.name, format="numpy", output=folder)
    rows = tmp_path / "new.csv"
    rows.write_text("garden,length,width\nnorth,4.0,3.0\nsouth,,2.2\nelsewhere,7.1,1.6\n")
    command = [sys.executable, "-I", str(folder / "predict.py"), str(rows), str(tmp_path / "a.csv")]
    subprocess.run(command, check=True, capture_output=True)
    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines[0].startswith("predicted kind,probability iris")
    assert lines[1].startswith("iris,") and lines[2] == ",,,"
    broken = tmp_path / "broken.csv"
    broken.write_text("garden,length\nnorth,4.0\n")
    done = subprocess.run(
        [*command[:3], str(broken), str(tmp_path / "b.csv")], capture_output=True, text=True
    )
    assert done.returncode and "'width' is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_weights_are_those_of_the_checkpoint(trained, flowers, tmp_path) -> None:
    folder = tmp_path / "model"
    model_export.export_model(trained.project, flowers.name, format="weights", output=folder)
    found = load_file(folder / "weights.safetensors")
    facts = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    layers = {layer["name"] for layer in facts["graph"]["layers"]}
    assert {name.split(".")[0] for name in found} <= layers


def test_where_the_data_are_gone_rows_are_made_up_and_that_is_told(trained, tmp_path) -> None:
    run = trained.new_run({"fit.epochs": 1})
    trained.train(run)
    table = trained.folder / "flowers.csv"
    away = table.rename(trained.folder / "away.csv")
    try:
        report = model_export.export_model(
            trained.project, run.name, format="onnx", output=tmp_path / "m.onnx"
        )
    finally:
        away.rename(table)
    assert report.proof is not None and "made up" in report.proof.rows_are


def test_own_files_and_unknown_formats_are_refused(trained, flowers, tmp_path) -> None:
    for output in (trained.folder / "project.json", flowers.folder / "x.onnx", trained.folder):
        with pytest.raises(UsageError):
            model_export.export_model(trained.project, flowers.name, format="onnx", output=output)
    with pytest.raises(UsageError, match="onnx, numpy, weights"):
        model_export.export_model(trained.project, 1, format="pickle", output=tmp_path / "m")
    with pytest.raises(FitStudioError, match="no folder"):
        model_export.export_model(
            trained.project, 1, format="onnx", output=tmp_path / "no" / "m.onnx"
        )


def test_the_command_says_how_well_it_was_proven_and_overwrites_nothing(
    trained, flowers, tmp_path, capsys
) -> None:
    output = tmp_path / "m.onnx"
    words = [
        "export",
        str(trained.folder),
        flowers.name,
        "--format",
        "onnx",
        "--output",
        str(output),
    ]
    assert main(words) == 0
    assert "the largest difference is" in capsys.readouterr().out
    assert main(words) != 0
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["proof"]["by"] == "onnxruntime"


@pytest.mark.parametrize(
    ("format", "there", "rule"),
    [
        ("numpy", "folder with other files", "holds other things"),
        ("weights", "folder with other files", "holds other things"),
        ("numpy", "file", "is a file"),
        ("numpy", "link", "is a file"),
        ("onnx", "folder with other files", "is a folder"),
    ],
)
def test_nothing_but_an_export_is_replaced_by_one(
    trained, flowers, tmp_path, format, there, rule
) -> None:
    output, other = tmp_path / "thesis", tmp_path / "other"
    other.mkdir()
    (other / "chapter.tex").write_text("Years of work.")
    if there == "file":
        output.write_text("Years of work.")
    elif there == "link":
        output.symlink_to(other)
    else:
        other.rename(output)
    before = {each: each.is_file() and each.read_text() for each in sorted(tmp_path.rglob("*"))}
    with pytest.raises(UsageError, match=rule):
        model_export.export_model(trained.project, flowers.name, format=format, output=output)
    after = {each: each.is_file() and each.read_text() for each in sorted(tmp_path.rglob("*"))}
    assert after == before


def test_an_earlier_export_is_replaced(trained, flowers, tmp_path) -> None:
    for _ in range(2):
        model_export.export_model(
            trained.project, flowers.name, format="weights", output=tmp_path / "model"
        )
    assert (tmp_path / "model" / "model.json").is_file()
