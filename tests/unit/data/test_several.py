"""Several files as one dataset: row by row, or by a column that says which rows belong together."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitstudio.data.picked_array import NO_ROW, PickedArray
from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import Source, open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.errors import DataError

ROWS = 40
RNG = np.random.default_rng(3)
SPECTRA = RNG.normal(size=(ROWS, 6)).astype(np.float32)
NAMES = [f"S{number:02d}" for number in range(ROWS)]
HEAT = np.round(SPECTRA.sum(axis=1), 4)
ORDER = RNG.permutation(ROWS)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Spectra in HDF5; a table of their samples in another order; arrays of inputs and targets."""
    with h5py.File(tmp_path / "spectra.h5", "w") as file:
        file["spectrum"] = SPECTRA
        file["id"] = np.array(NAMES, dtype="S")
    table(tmp_path / "samples.csv", "sample,temp,heat", [(NAMES[i], i, HEAT[i]) for i in ORDER])
    np.save(tmp_path / "X.npy", SPECTRA)
    np.save(tmp_path / "y.npy", HEAT)
    return tmp_path


def table(path: Path, head: str, rows: list[tuple[Any, ...]]) -> None:
    lines = [head, *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def by_id(**more: Any) -> dict[str, Any]:
    samples = {"path": "samples.csv", "by": "sample", "to": "id"} | more
    return {"sources": {"spectra": {"path": "spectra.h5"}, "samples": samples}}


ARRAYS = {"sources": {"X": {"path": "X.npy", "options": {"split": False}}, "y": {"path": "y.npy"}}}


def prepared(source: Source, data: dict[str, Any], base: Path, **settings: Any) -> Prepared:
    spec = RunSpec(data=data).with_values(settings)
    return prepare(source, spec, base=base, seed=1)


def heats(source: Source, name: str = "samples/heat") -> np.ndarray:
    return source.scalars(name).numbers()


def test_rows_are_found_by_what_a_column_says(lab: Path):
    with open_source(by_id(), lab) as source:
        summary = source.summary()
        assert source.names == (
            "spectra/id", "spectra/spectrum", "samples/sample", "samples/temp", "samples/heat",
        )  # fmt: skip
        np.testing.assert_allclose(heats(source), HEAT)
        assert source.cells("samples/sample", 3, 6) == NAMES[3:6]
        assert source.read(["samples/temp"], 7, 8)["samples/temp"] == 7
    assert summary.rows == ROWS and summary.findings == ()
    assert [(each.name, each.by, each.to, each.rows) for each in summary.sources] == [
        ("spectra", None, None, ROWS), ("samples", "sample", "id", ROWS),
    ]  # fmt: skip
    assert summary.row_names == {"spectra/id", "samples/sample"}
    assert DatasetSummary.from_json(summary.to_json()) == summary


def test_row_by_row_files_are_what_their_columns_are_alone(lab: Path):
    with open_source(ARRAYS, lab) as source:
        summary = source.summary()
        assert source.names == ("X/X", "y/y")
        np.testing.assert_array_equal(source.array("X/X")[:], SPECTRA)
        done = prepared(source, ARRAYS, lab, **{"fit.x": ["X/X"], "fit.y": ["y/y"]})
    assert done.x.shape == (ROWS, 6) and done.y.shape == (ROWS, 1)
    assert (summary.kind, summary.bytes) == (
        "several", sum((lab / name).stat().st_size for name in ("X.npy", "y.npy")),
    )  # fmt: skip


def test_another_number_of_rows_is_refused_with_both_numbers_and_the_way_out(lab: Path):
    np.save(lab / "y.npy", HEAT[:-2])
    with pytest.raises(DataError) as caught:
        open_source(ARRAYS, lab)
    assert "'X.npy' has 40 rows and 'y.npy' has 38" in str(caught.value)
    assert "data.sources.y.by" in str(caught.value.remedy)


def test_a_column_that_both_have_is_offered_where_rows_do_not_fit(lab: Path):
    table(lab / "a.csv", "sample,a", [(name, 1) for name in NAMES])
    data = {"sources": {"a": {"path": "a.csv"}, "samples": {"path": "samples.csv"}}}
    with open_source(data, lab) as source:
        (finding,) = (f for f in source.summary().findings if f.code == "data.other-order")
    assert finding.fix is not None
    assert finding.fix.set == {"data.sources.samples.by": "sample"}
    joined = RunSpec(data=data).with_values(finding.fix.set)
    with open_source(joined.data, lab) as source:
        np.testing.assert_allclose(heats(source), HEAT)

    table(lab / "a.csv", "sample,a", [(name, 1) for name in NAMES[:30]])
    with pytest.raises(DataError) as caught:
        open_source(data, lab)
    assert "'sample', which both have" in str(caught.value.remedy)


def test_several_rows_may_share_one_and_those_without_are_counted_and_left_out(lab: Path):
    kinds = [("A", 1.5), ("B", 2.5), ("C", 3.5)]
    table(lab / "kinds.csv", "kind,mass", kinds)
    rows = [("ABX"[row % 3], row) for row in range(30)]
    table(lab / "parts.csv", "kind,size", rows)
    found = {"path": "kinds.csv", "by": "kind"}
    data = {"sources": {"parts": {"path": "parts.csv"}, "kinds": found}}
    with open_source(data, lab) as source:
        mass = source.scalars("kinds/mass").numbers()
        summary = source.summary()
        settings = {"fit.x": ["kinds/mass", "parts/size"], "fit.y": ["kinds/kind"]}
        done = prepared(source, data, lab, **settings)
    np.testing.assert_array_equal(mass, [1.5, 2.5, np.nan] * 10)
    sentences = {each.code: each.sentence for each in summary.findings}
    assert sentences["data.unmatched"].startswith("**10 of 30 rows** of parts have no row in kinds")
    assert "“X”" in sentences["data.unmatched"]
    assert sentences["data.unused-rows"].startswith("**1 of 3 rows** of kinds belongs to no row")
    assert "“C”" in sentences["data.unused-rows"]
    assert len(done.training) == 20
    assert any("10 of 30 rows of parts" in each.sentence for each in done.findings)
    column = summary.column("kinds/mass")
    assert column is not None and (column.count, column.missing) == (20, 10)
    # What names each row of its own file once is no identifier where rows share it.
    shared = summary.column("kinds/kind")
    assert shared is not None and shared.type == "category"


def test_two_rows_of_one_name_are_refused_where_one_is_looked_for(lab: Path):
    table(lab / "samples.csv", "sample,heat", [(NAMES[0], 1), (NAMES[1], 2), (NAMES[0], 3)])
    with pytest.raises(DataError) as caught:
        open_source(by_id(), lab)
    assert "2 rows for 'S00' in 'sample' (rows 1, 3)" in str(caught.value)
    assert "first" in str(caught.value.remedy)


def test_rows_of_which_none_is_found_are_refused_with_examples(lab: Path):
    table(lab / "samples.csv", "sample,heat", [(f"{number:03d}", 1) for number in range(9)])
    with pytest.raises(DataError, match=r"“S00”, “S01”, “S02”.*“000”"):
        open_source(by_id(), lab)


@pytest.mark.parametrize(("by", "words"), [("nothing", "no column 'nothing'"), ("temp", "No row")])
def test_a_column_that_cannot_say_which_row_is_named(lab: Path, by: str, words: str):
    with pytest.raises(DataError, match=words):
        open_source(by_id(by=by), lab)


def test_an_array_cannot_say_which_row_is_meant(lab: Path):
    with pytest.raises(DataError, match="several values a row"):
        open_source(by_id(to="spectrum"), lab)


def test_large_numbers_that_name_rows_are_not_rounded(lab: Path):
    names = [2**60 + number for number in range(ROWS)]
    with h5py.File(lab / "spectra.h5", "w") as file:
        file["id"] = np.array(names)
        file["spectrum"] = SPECTRA
    table(lab / "samples.csv", "sample,heat", [(names[i], HEAT[i]) for i in ORDER])
    with open_source(by_id(), lab) as source:
        np.testing.assert_allclose(heats(source), HEAT)


@pytest.mark.parametrize("stored", [np.int16, np.float64])
def test_numbers_that_name_rows_are_the_same_however_they_are_stored(lab: Path, stored: type):
    with h5py.File(lab / "spectra.h5", "w") as file:
        file["id"] = np.arange(ROWS).astype(stored)
        file["spectrum"] = SPECTRA
    table(lab / "samples.csv", "sample,heat", [(f"{i}", HEAT[i]) for i in ORDER])
    with open_source(by_id(), lab) as source:
        np.testing.assert_allclose(heats(source), HEAT)


def test_arrays_are_found_by_a_column_too_and_have_gaps_where_there_is_none(lab: Path):
    table(lab / "samples.csv", "sample,heat", [("S05", 1), ("S99", 2), ("S02", 3)] * 2)
    data = {
        "sources": {
            "samples": {"path": "samples.csv"},
            "spectra": {"path": "spectra.h5", "by": "id", "to": "sample"},
        }
    }
    with open_source(data, lab) as source:
        array = source.array("spectra/spectrum")
        np.testing.assert_array_equal(array[:3][0], SPECTRA[5])
        assert np.isnan(array[1:2]).all()
        done = prepared(
            source, data, lab, **{"fit.x": ["spectra/spectrum"], "fit.y": ["samples/heat"]}
        )
    assert list(done.training.rows) == [0, 2, 3, 5]


def test_findings_of_a_file_are_said_and_mended_in_that_file(lab: Path):
    cells = [(NAMES[i], HEAT[i] if i else "n/k", i % 5) for i in range(ROWS)]
    table(lab / "samples.csv", "sample,heat,code", cells)
    with open_source(by_id(), lab) as source:
        findings = source.summary().findings
    fixes = [each for each in findings if each.fix is not None]
    assert fixes
    for finding in fixes:
        assert finding.sentence.startswith("In **samples**: ")
        assert finding.where.startswith("data.sources.samples.")
        assert finding.fix is not None
        spec = RunSpec(data=by_id()).with_values(finding.fix.set)
        assert spec.problems() == ()
        assert set(spec.get("data.sources")["spectra"]) == {"path"}
        open_source(spec.data, lab).close()


@pytest.fixture
def recipe(lab: Path) -> Recipe:
    with open_source(by_id(), lab) as source:
        done = prepared(
            source, by_id(), lab,
            **{"fit.x": ["spectra/spectrum"], "fit.y": ["samples/heat"], "data.scale": "none"},
        )  # fmt: skip
    again = Recipe.from_json(done.recipe.to_json())
    assert again == done.recipe
    return again


def later(lab: Path) -> dict[str, Any]:
    with h5py.File(lab / "new.h5", "w") as file:
        file["spectrum"] = SPECTRA[::-1]
        file["id"] = np.array(NAMES[::-1], dtype="S")
    (lab / "new.csv").write_text((lab / "samples.csv").read_text(encoding="utf-8"))
    return {"spectra": {"path": "new.h5"}, "samples": {"path": "new.csv"}}


@pytest.mark.parametrize("named", [True, False])
def test_a_file_with_nothing_but_targets_is_not_needed_to_predict(
    lab: Path, recipe: Recipe, named: bool
):
    one = {"path": "new.h5"}
    later(lab)
    data = {"sources": {"spectra": one}} if named else {"file": "new.h5"}
    with open_as_trained(recipe, data, lab, notes=[]) as source:
        x, samples = recipe.apply(source)
    np.testing.assert_array_equal(x, SPECTRA[::-1])
    assert len(samples) == ROWS


def test_later_files_are_joined_as_in_training(lab: Path, recipe: Recipe):
    notes: list[str] = []
    with open_as_trained(recipe, {"sources": later(lab)}, lab, notes=notes, answers=True) as source:
        x, y, _, samples = recipe.apply_with_targets(source, notes=notes)
    np.testing.assert_array_equal(x, SPECTRA[::-1])
    heat = recipe.decode_targets(np.asarray(y))["samples/heat"]
    np.testing.assert_allclose(heat, HEAT[::-1], rtol=1e-5)
    assert len(samples) == ROWS
    assert not any("sample" in note and "ignored" in note and "/id" in note for note in notes)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"file": "new.h5"}, "a file for each of 'spectra' and 'samples', and one came"),
        ({"sources": {"spectra": {"path": "new.h5"}}}, "so 'samples' is missing"),
        ({"sources": {"other": {"path": "new.h5"}}}, "knows no file that is called 'other'"),
    ],
)
def test_what_is_missing_to_measure_is_named(
    lab: Path, recipe: Recipe, data: dict[str, Any], words: str
):
    later(lab)
    with pytest.raises(DataError, match=words):
        open_as_trained(recipe, data, lab, notes=[], answers=True)


def test_several_files_are_refused_by_a_model_of_one(lab: Path):
    data = {"file": "samples.csv"}
    with open_source(data, lab) as source:
        done = prepared(source, data, lab, **{"fit.x": ["temp"], "fit.y": ["heat"]})
    with pytest.raises(DataError, match="trained on one file, and 2 came"):
        open_as_trained(done.recipe, by_id(), lab, notes=[])
    one = {"sources": {"whatever": {"path": "samples.csv"}}}
    with open_as_trained(done.recipe, one, lab, notes=[]) as source:
        assert source.names == ("sample", "temp", "heat")


def test_arrays_that_are_called_as_their_files_are_found_in_files_of_other_names(lab: Path):
    with open_source(ARRAYS, lab) as source:
        done = prepared(source, ARRAYS, lab, **{"fit.x": ["X/X"], "fit.y": ["y/y"]})
    np.save(lab / "X_new.npy", SPECTRA[:5])
    np.save(lab / "y_new.npy", HEAT[:5])
    data = {"sources": {"X": {"path": "X_new.npy"}, "y": {"path": "y_new.npy"}}}
    with open_as_trained(done.recipe, data, lab, notes=(notes := []), answers=True) as source:
        x, y, _, _ = done.recipe.apply_with_targets(source, notes=notes)
    assert x.shape == (5, 6)
    np.testing.assert_allclose(done.recipe.decode_targets(y)["y/y"], HEAT[:5], rtol=1e-4)
    assert any("'y_new' is taken for 'y'" in note for note in notes)


@pytest.mark.parametrize("whole", [True, False])
def test_a_second_pair_of_files_is_checked_on(lab: Path, whole: bool):
    files = later(lab)
    validation = {"sources": files} if whole else {"file": "new.h5"}
    settings = {
        "fit.x": ["spectra/spectrum"], "fit.y": ["samples/heat"], "fit.validation_data": validation,
    }  # fmt: skip
    with open_source(by_id(), lab) as source:
        if not whole:
            with pytest.raises(DataError, match="'samples'"):
                prepared(source, by_id(), lab, **settings)
            return
        done = prepared(source, by_id(), lab, **settings)
    x, y = done.validation_data
    np.testing.assert_allclose(x, np.asarray(done.x)[::-1], rtol=1e-6)
    np.testing.assert_allclose(y, np.asarray(done.y)[::-1], rtol=1e-5)


@given(st.lists(st.integers(-1, 7), min_size=1, max_size=12), st.data())
def test_picked_rows_are_what_numpy_picks(rows: list[int], data: st.DataObject):
    whole = np.arange(24).reshape(8, 3)
    picked = PickedArray(whole, np.array(rows))
    wanted = whole[rows].astype(np.float64)
    wanted[np.array(rows) == NO_ROW] = np.nan
    start = data.draw(st.integers(0, len(rows)))
    stop = data.draw(st.integers(start, len(rows)))

    np.testing.assert_array_equal(np.asarray(picked[:]), wanted)
    np.testing.assert_array_equal(np.asarray(picked[start:stop]), wanted[start:stop])
    np.testing.assert_array_equal(picked[np.array([0, 0])], wanted[[0, 0]])
    np.testing.assert_array_equal(picked[start:stop, 1], wanted[start:stop, 1])
    assert (picked.shape, picked.dtype.kind) == (wanted.shape, "f" if -1 in rows else "i")
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(picked))[:], wanted)  # noqa: S301
