"""A file with one sample, however its program left out the axis of samples, for a trained model."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

RNG = np.random.default_rng(3)
X = RNG.normal(size=(60, 5))
IMAGES = RNG.normal(size=(40, 8, 9))
Y = RNG.normal(size=60)


def matlab(path: Path, **arrays: np.ndarray) -> None:
    """Writes arrays as MATLAB's ``save -v7.3`` does: reversed axes, at least two, marked."""
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            # MATLAB drops axes of one at the end, and has two at least.
            while array.ndim > 2 and array.shape[-1] == 1:
                array = array[..., 0]
            file[name] = np.atleast_2d(array).T
            file[name].attrs["MATLAB_class"] = np.bytes_("double")


def hdf5(path: Path, **arrays: np.ndarray) -> None:
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file[name] = array


def learned(folder: Path, file: str, x: list[str], y: str) -> Recipe:
    spec = RunSpec().with_values({"data.file": file, "fit.x": x, "fit.y": [y]})
    with open_source(spec.data, folder) as source:
        return prepare(source, spec, base=folder, seed=0).recipe


def inputs(recipe: Recipe, folder: Path, file: str) -> tuple[np.ndarray, str]:
    notes: list[str] = []
    with open_as_trained(recipe, {"file": file}, folder, notes=notes) as source:
        x, samples = recipe.apply(source, notes=notes)
        assert len(x) == len(samples) == source.rows
    return np.asarray(x), " ".join(notes)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1)])
def test_matlab_with_one_row_or_its_transpose(tmp_path: Path, shape):
    matlab(tmp_path / "all.mat", X=X, y=Y[:, None])
    recipe = learned(tmp_path, "all.mat", ["X"], "y")
    whole, _ = inputs(recipe, tmp_path, "all.mat")
    matlab(tmp_path / "one.mat", X=X[3].reshape(shape))
    one, notes = inputs(recipe, tmp_path, "one.mat")
    assert np.allclose(one, whole[3:4])
    assert "one sample" in notes


def test_matlab_with_samples_along_the_last_axis(tmp_path: Path):
    matlab(tmp_path / "all.mat", X=X.T, y=Y[None, :])
    recipe = learned(tmp_path, "all.mat", ["X"], "y")
    whole, _ = inputs(recipe, tmp_path, "all.mat")
    matlab(tmp_path / "one.mat", X=X[3][:, None])
    assert np.allclose(inputs(recipe, tmp_path, "one.mat")[0], whole[3:4])


def test_matlab_with_one_image(tmp_path: Path):
    matlab(tmp_path / "all.mat", X=IMAGES, y=Y[:40, None])
    recipe = learned(tmp_path, "all.mat", ["X"], "y")
    whole, _ = inputs(recipe, tmp_path, "all.mat")
    for number, image in enumerate((IMAGES[3:4], IMAGES[3])):
        matlab(tmp_path / f"{number}.mat", X=image)
        assert np.allclose(inputs(recipe, tmp_path, f"{number}.mat")[0], whole[3:4])


def test_matlab_with_a_number_for_each_column(tmp_path: Path):
    matlab(tmp_path / "all.mat", a=X[:, :1], b=X[:, 1:2], y=Y[:, None])
    recipe = learned(tmp_path, "all.mat", ["a", "b"], "y")
    whole, _ = inputs(recipe, tmp_path, "all.mat")
    matlab(tmp_path / "one.mat", a=X[3:4, :1], b=X[3:4, 1:2])
    one, notes = inputs(recipe, tmp_path, "one.mat")
    assert np.allclose(one, whole[3:4])
    assert "one row" in notes


@pytest.mark.parametrize("row", [X[3], X[3:4], X[3:4].T])
def test_one_row_of_arrays_in_every_format(tmp_path: Path, row: np.ndarray):
    hdf5(tmp_path / "all.h5", X=X, y=Y)
    np.savez(tmp_path / "all.npz", X=X, y=Y)
    for name in ("h5", "npz"):
        recipe = learned(tmp_path, f"all.{name}", ["X"], "y")
        whole, _ = inputs(recipe, tmp_path, f"all.{name}")
        hdf5(tmp_path / "one.h5", X=row)
        np.savez(tmp_path / "one.npz", other_name=row)
        np.save(tmp_path / "one.npy", row)
        for file in (f"one.{name}", "one.npy"):
            assert np.allclose(inputs(recipe, tmp_path, file)[0], whole[3:4]), file


@pytest.mark.parametrize("suffix", ["h5", "npz"])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_one_row_of_single_columns(tmp_path: Path, suffix: str, shape):
    def save(name: str, **arrays):
        if suffix == "h5":
            hdf5(tmp_path / name, **arrays)
        else:
            np.savez(tmp_path / name, **arrays)

    save(f"all.{suffix}", a=X[:, 0], b=X[:, 1], y=Y)
    recipe = learned(tmp_path, f"all.{suffix}", ["a", "b"], "y")
    whole, _ = inputs(recipe, tmp_path, f"all.{suffix}")
    save(f"one.{suffix}", a=X[3, 0].reshape(shape), b=X[3, 1].reshape(shape))
    assert np.allclose(inputs(recipe, tmp_path, f"one.{suffix}")[0], whole[3:4])


def test_one_row_of_a_matrix_by_columns(tmp_path: Path):
    np.save(tmp_path / "all.npy", X)
    recipe = learned(tmp_path, "all.npy", ["column_1", "column_2", "column_3"], "column_5")
    whole, _ = inputs(recipe, tmp_path, "all.npy")
    for number, row in enumerate((X[3], X[3:4], X[3, :3])):
        np.save(tmp_path / f"{number}.npy", row)
        assert np.allclose(inputs(recipe, tmp_path, f"{number}.npy")[0], whole[3:4])
    np.save(tmp_path / "short.npy", X[3, :2])
    with pytest.raises(DataError, match="column_3"):
        inputs(recipe, tmp_path, "short.npy")


@pytest.mark.parametrize(
    "text",
    ["a,b,y\n0.5,7,1\n", "b,a\n7,0.5\n", "a;b\n0,5;7\n", '"a","b"\n"0.5","7"', "a\tb\n0.5\t7\n"],
)
def test_one_row_of_a_table(tmp_path: Path, text: str):
    rows = "".join(f"{n * 0.25:.2f},{n % 9},{n * 2}\n" for n in range(40))
    (tmp_path / "all.csv").write_text("a,b,y\n" + rows)
    recipe = learned(tmp_path, "all.csv", ["a", "b"], "y")
    (tmp_path / "two.csv").write_text("a,b\n0.5,7\n0.75,3\n")
    expected, _ = inputs(recipe, tmp_path, "two.csv")
    (tmp_path / "one.csv").write_text(text)
    assert np.allclose(inputs(recipe, tmp_path, "one.csv")[0], expected[:1])


def test_a_vector_of_another_length_is_no_sample(tmp_path: Path):
    hdf5(tmp_path / "all.h5", X=X, y=Y)
    recipe = learned(tmp_path, "all.h5", ["X"], "y")
    hdf5(tmp_path / "one.h5", X=X[0, :4])
    with pytest.raises(DataError) as caught:
        inputs(recipe, tmp_path, "one.h5")
    assert "X" in caught.value.message
