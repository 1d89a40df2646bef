"""MATLAB's files before v7.3: as MATLAB shows them, structs taken apart, what is no column told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import io, sparse

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import Source, open_source, tree_of
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

RNG = np.random.default_rng(7)
ROWS = 40
X = RNG.normal(size=(ROWS, 5))
Y = RNG.normal(size=(ROWS, 1))
NAMES = [f"s{number}" for number in range(ROWS)]


def structs(**fields: list[Any]) -> np.ndarray:
    made = np.zeros((1, ROWS), [(name, object) for name in fields])
    for name, values in fields.items():
        for place, value in enumerate(values):
            made[0, place][name] = value
    return made


def cells(values: list[Any]) -> np.ndarray:
    made = np.empty((len(values), 1), object)
    made[:, 0] = values
    return made


def opened(folder: Path, variables: dict[str, Any], version: str = "5", **options: Any) -> Source:
    io.savemat(folder / "lab.mat", variables, format=version)
    return open_source({"file": "lab.mat", "options": options}, folder)


def told(source: Source) -> str:
    return " ".join(finding.sentence for finding in source.summary().findings)


@pytest.mark.parametrize("version", ["4", "5"])
def test_arrays_are_as_matlab_shows_them(tmp_path, version):
    with opened(tmp_path, {"X": X, "y": Y, "row": Y.T, "names": NAMES}, version) as source:
        assert (source.kind, source.rows, source.names) == (
            "matlab", ROWS, ("X", "y", "row", "names"),
        )  # fmt: skip
        assert np.array_equal(source.array("X")[:], X)
        assert np.array_equal(source.array("y")[:], Y[:, 0])
        assert np.array_equal(source.array("row")[:], Y[:, 0])
        assert source.scalars("names").labels().tolist() == NAMES


def test_types_are_those_that_matlab_has_whatever_they_are_stored_as(tmp_path):
    whole = np.arange(ROWS, dtype=np.float64)[:, None] % 3
    variables = {"x": whole, "code": whole.astype(np.uint8), "ok": whole > 1}
    with opened(tmp_path, variables | {"few": sparse.csc_matrix(np.eye(ROWS, 3))}) as source:
        found = {column.name: (column.type, column.dtype) for column in source.columns}
        assert np.array_equal(source.array("few")[:], np.eye(ROWS, 3))
    assert found["x"] == ("number", "float64")
    assert found["code"] == ("category", "uint8")
    assert found["ok"] == ("category", "bool")


def test_structs_and_cells_are_columns(tmp_path):
    variables = {
        "data": {
            "X": X,
            "kind": cells([name if name != "s3" else "" for name in NAMES]),
            "wave": cells(list(X)),
            "one": cells([*Y[:-1, 0], np.zeros((0, 0))]),
        },
        "run": structs(signal=list(X), label=NAMES, more=[{"heat": float(v)} for v in Y[:, 0]]),
    }
    with opened(tmp_path, variables, group="*") as source:
        assert source.names == (
            "data.X", "data.kind", "data.wave", "data.one",
            "run.signal", "run.label", "run.more.heat",
        )  # fmt: skip
        assert source.column("data.kind").missing == 1
        assert np.array_equal(source.array("data.wave")[:], X)
        assert np.array_equal(source.array("run.signal")[:], X)
        assert np.array_equal(source.array("run.more.heat")[:], Y[:, 0])
        assert np.isnan(source.array("data.one")[:][-1])
    with opened(tmp_path, variables, group="data") as source:
        assert source.names == ("X", "kind", "wave", "one")
        assert "run.signal, run.label, run.more.heat" in told(source)
    options = {"variables": ["run.signal", "data.one"]}
    with open_source({"file": "lab.mat", "options": options}, tmp_path) as source:
        assert source.names == ("run.signal", "data.one")
    nodes = {node.path: node.kind for node in tree_of("lab.mat", tmp_path)}
    assert (nodes["run"], nodes["run.more"], nodes["run.more.heat"]) == ("group", "group", "array")


@pytest.mark.parametrize(
    ("shape", "place"), [((ROWS, 8, 6), 0), ((8, 6, ROWS), 2), ((8, 6, 3, ROWS), 3)]
)
def test_pictures_are_not_turned_wherever_the_samples_lie(tmp_path, shape, place):
    values = RNG.normal(size=shape)
    with opened(tmp_path, {"pictures": values, "y": Y}) as source:
        assert np.array_equal(source.array("pictures")[:], np.moveaxis(values, place, 0))
        assert source.options.get("samples_last", []) == (["pictures"] if place else [])


def test_as_many_features_as_samples_is_told_and_can_be_changed(tmp_path):
    square = RNG.normal(size=(ROWS, ROWS))
    with opened(tmp_path, {"square": square, "y": Y}) as source:
        found = next(each for each in source.summary().findings if each.code == "data.square")
    assert found.fix is not None
    options = found.fix.set["data.options"]
    with opened(tmp_path, {"square": square, "y": Y}, **options) as source:
        assert np.array_equal(source.array("square")[:], square.T)


def test_what_is_no_column_is_told_with_the_reason(tmp_path):
    variables = {
        "X": X, "y": Y, "fs": 250.0, "note": "hello", "z": Y * 1j, "none": np.zeros((0, 3)),
        "grid": np.array([["a", "b"], ["c", "d"]], object), "mixed": cells(["a", 1.0]),
        "ragged": cells([np.zeros(3), np.zeros(4)]), "deep": {"z": Y * 2j},
    }  # fmt: skip
    with opened(tmp_path, variables) as source:
        assert source.names == ("X", "y")
        assert np.array_equal(source.array("y")[:], Y[:, 0])
        sentences = told(source)
    for name, reason in {
        "fs": "is a single value", "note": "is a single text", "z": "holds complex numbers",
        "none": "is empty", "grid": "is a cell array of 2 × 2",
        "mixed": "holds values of different kinds", "ragged": "holds arrays of different sizes",
        "deep.z": "holds complex numbers",
    }.items():  # fmt: skip
        assert f"**{name}** {reason}" in sentences


def test_nothing_to_use_and_what_is_not_there_are_refused_by_name(tmp_path):
    with pytest.raises(DataError, match="no variables that can be used: 'note' is a single text"):
        opened(tmp_path, {"note": "hello"})
    io.savemat(tmp_path / "lab.mat", {"X": X})
    with pytest.raises(DataError, match="no variable 'Z' that can be used") as caught:
        open_source({"file": "lab.mat", "options": {"variables": ["Z"]}}, tmp_path)
    assert caught.value.remedy == "It has X."


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.95])
def test_a_cut_file_is_refused(tmp_path, kept):
    io.savemat(tmp_path / "lab.mat", {"X": X}, do_compression=True)
    whole = (tmp_path / "lab.mat").read_bytes()
    (tmp_path / "lab.mat").write_bytes(whole[: int(len(whole) * kept)])
    with pytest.raises(DataError, match="no sound MATLAB file"):
        open_source({"file": "lab.mat"}, tmp_path)


def test_a_later_file_is_read_as_the_training_file_was(tmp_path):
    io.savemat(tmp_path / "lab.mat", {"X": X.T, "y": Y})
    spec = RunSpec().with_values({"data.file": "lab.mat", "fit.x": ["X"], "fit.y": ["y"]})
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    # Seven samples without targets: by itself, nothing says that they lie along the last axis.
    io.savemat(tmp_path / "new.mat", {"X": X[:7].T})
    with open_as_trained(recipe, {"file": "new.mat"}, tmp_path, notes=[]) as source:
        assert np.array_equal(source.array("X")[:], X[:7])


def test_a_missing_library_is_named_with_the_line_that_installs_it(tmp_path):
    io.savemat(tmp_path / "lab.mat", {"X": X})
    script = (
        "import sys; sys.modules['scipy'] = None\n"
        "from pathlib import Path\n"
        "from fitstudio.data.source import open_source\n"
        "try: open_source({'file': 'lab.mat'}, Path(sys.argv[1]))\n"
        "except Exception as problem: print(problem.message, problem.remedy)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True
    )
    assert done.stdout.strip() == (
        "'lab.mat' is a MATLAB file, and scipy, which reads those, is not installed. "
        "Install it: python -m pip install scipy."
    )
