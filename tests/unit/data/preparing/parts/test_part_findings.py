"""What is found where the parts are side by side; sound data give no such finding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import datasets

from fitstudio import resources
from fitstudio.actions.reading.suggestions import suggest
from fitstudio.data.preparing.parts.part_findings import report_on_parts
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec

_DRAW = np.random.default_rng(11)


def found_in(folder: Path, file: str, **values):
    with open_source({"file": file}, folder) as source:
        summary = source.summary()
        keys = {name.replace("__", "."): value for name, value in values.items()}
        spec = RunSpec().with_values({"data.file": file} | dict(suggest(summary)) | keys)
        report = report_on_parts(source, summary, spec)
    assert report is not None
    return {each.code: each for each in report.findings}


def change(finding):
    """What the remedy of a finding would set."""
    assert finding.fix is not None
    return finding.fix.set


def write(folder: Path, columns: dict[str, np.ndarray]) -> str:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    return "t.csv"


def sound(rows: int = 200) -> dict[str, np.ndarray]:
    """Four measures and a class that all of them hint at, none of them for sure."""
    draw = np.random.default_rng(11)
    kinds = draw.integers(0, 2, rows)
    measures = {
        name: (kinds * 1.0 + draw.normal(0, 1, rows)).round(4) for name in ("a", "b", "c", "d")
    }
    return {**measures, "kind": np.array(["u", "v"])[kinds]}


@pytest.mark.parametrize(
    "file", ["penguins/penguins.csv", "diabetes/diabetes.csv", "digits/digits.npz",
             "motions/motions.npz", "bearings/bearings.h5"],
)  # fmt: skip
def test_shipped_examples_give_no_alarm(file):
    folder, _, name = file.partition("/")

    assert found_in(resources.path("examples", folder), name) == {}


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_well_known_data_give_no_alarm(tmp_path, name):
    whole = getattr(datasets, f"load_{name}")()
    names = [str(each).replace(",", " ") for each in whole.feature_names]
    columns = dict(zip(names, whole.data.T, strict=True)) | {"target": whole.target}

    file = write(tmp_path, columns)
    assert found_in(tmp_path, file, data__split="stratified", fit__x=names, fit__y=["target"]) == {}


def test_skewed_numbers_are_not_far_out(tmp_path):
    columns = sound(400) | {"a": _DRAW.lognormal(0, 1.5, 400).round(5)}

    assert found_in(tmp_path, write(tmp_path, columns)) == {}


def test_few_kinds_of_things_are_no_copies(tmp_path):
    columns = {
        "colour": _DRAW.choice(["red", "blue"], 200), "size": _DRAW.choice([1, 2, 3], 200),
        "kind": _DRAW.choice(["u", "v"], 200),
    }  # fmt: skip

    assert found_in(tmp_path, write(tmp_path, columns), fit__y=["kind"]) == {}


@pytest.mark.parametrize("shift", [0.0, 1e-4])
@pytest.mark.parametrize("target", ["same", "other"])
def test_copies_on_both_sides_are_told_with_their_rows(tmp_path, shift, target):
    columns = sound()
    for name in "abcd":
        columns[name][150:170] = columns[name][:20] + shift
    if target == "other":
        columns["kind"][150:170] = np.where(columns["kind"][:20] == "u", "v", "u")
    found = found_in(tmp_path, write(tmp_path, columns), data__row_order="file",
                     fit__validation_split=0.25)  # fmt: skip

    (code,) = found
    assert code == ("split.near-copies" if shift else "split.copies")
    assert set(found[code].rows) <= set(range(151, 171)) and len(found[code].rows) >= 18


def test_a_number_far_out_is_told_with_its_row(tmp_path):
    columns = sound()
    columns["b"][37] = 5e5
    found = found_in(tmp_path, write(tmp_path, columns), data__row_order="file")

    assert found["data.outliers"].rows == (38,)


def test_nothing_is_said_of_a_number_in_the_test_part(tmp_path):
    columns = sound()
    columns["b"][199] = 5e5
    found = found_in(tmp_path, write(tmp_path, columns), data__row_order="file",
                     data__test_share=0.1)  # fmt: skip

    assert "data.outliers" not in found


def test_an_input_that_tells_a_number_by_a_curve_is_told(tmp_path):
    columns = sound(600)
    columns["target"] = (columns["a"] ** 2 + _DRAW.normal(0, 0.01, 600)).round(5)
    del columns["kind"]
    found = found_in(tmp_path, write(tmp_path, columns), fit__y=["target"],
                     fit__x=["a", "b", "c", "d"])  # fmt: skip

    assert change(found["fit.x-nearly-tells-target"]) == {"fit.x": ["b", "c", "d"]}


def test_an_input_that_tells_classes_all_but_alone_is_told(tmp_path):
    columns = sound(400)
    leak = np.where(columns["kind"] == "u", 0.0, 1.0) * 3 + _DRAW.random(400)
    leak[7] = 3.5 if columns["kind"][7] == "u" else 0.5
    found = found_in(tmp_path, write(tmp_path, {"leak": leak.round(4), **columns}),
                     fit__y=["kind"], fit__x=["leak", "a", "b", "c", "d"])  # fmt: skip

    assert change(found["fit.x-nearly-tells-target"]) == {"fit.x": ["a", "b", "c", "d"]}


def test_drift_is_told_where_the_rows_are_in_no_order_of_time(tmp_path):
    columns = sound(300)
    columns["c"] = columns["c"] + np.where(np.arange(300) >= 240, 9.0, 0.0)
    found = found_in(tmp_path, write(tmp_path, columns), data__row_order="file")

    assert change(found["split.drift"]) == {"data.split": "random"}


def test_classes_that_only_check_are_an_error_with_a_way_out(tmp_path):
    columns = sound()
    columns["kind"][195:] = "rare"
    file = write(tmp_path, columns)
    found = found_in(tmp_path, file, data__row_order="file")
    assert found["fit.class-not-trained"].rows == (196, 197, 198, 199, 200)
    assert change(found["fit.class-not-trained"])["data.split"] == "stratified"
    columns["day"] = np.arange(200)
    found = found_in(
        tmp_path, write(tmp_path, columns), data__split="time", data__split_column="day",
        fit__y=["kind"], fit__x=["a", "b"],
    )  # fmt: skip
    assert found["split.class-not-trained"].severity == "error"
    roles = {"fit__y": ["kind"], "fit__x": ["a", "b"]}
    assert found_in(tmp_path, file, data__split="stratified", **roles) == {}
