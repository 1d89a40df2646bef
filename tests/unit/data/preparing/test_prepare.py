"""What fit() gets out of files: shapes, types, order, and no leak from validation to training."""

from __future__ import annotations

import h5py
import numpy as np
import pytest

from fitstudio.data.preparing.coding.lazy import LazyArray
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError


@pytest.fixture
def made(tmp_path):
    """Writes a table, then prepares it with settings by key."""

    def make(text: str, x: list[str], y: list[str], seed: int = 1, **settings):
        if text:
            (tmp_path / "t.csv").write_text(text)
        file = settings.pop("file", "t.csv")
        keys = {name.replace("__", "."): value for name, value in settings.items()}
        spec = RunSpec().with_values({"data.file": file, "fit.x": x, "fit.y": y, **keys})
        with open_source(spec.data, tmp_path) as source:
            return prepare(source, spec, base=tmp_path, seed=seed)

    return make


TABLE = "size,kind,n,class\n" + "".join(
    f"{n * 0.5},{'ab'[n % 2]},{n},{'uvw'[n % 3]}\n" for n in range(30)
)


def test_numbers_are_scaled_by_the_training_rows_alone(made):
    done = made(TABLE, ["size"], ["class"], fit__validation_split=0.5)
    training = np.arange(15) * 0.5

    assert done.x[:15].mean() == pytest.approx(0, abs=1e-6)
    assert done.x[:15].std() == pytest.approx(1, abs=1e-6)
    assert done.x[20, 0] == pytest.approx((10 - training.mean()) / training.std(), rel=1e-6)
    assert done.recipe.input.columns[0].high == 7.0


def test_validation_rows_cannot_change_the_recipe(made):
    other = TABLE.replace("14.5,b", "9999,b")
    first = made(TABLE, ["size", "kind"], ["class"], fit__validation_split=0.2)
    second = made(other, ["size", "kind"], ["class"], fit__validation_split=0.2)

    assert first.recipe == second.recipe
    assert np.array_equal(first.x[:24], second.x[:24])


def test_categories_become_one_column_each(made):
    done = made(TABLE, ["kind", "size"], ["class"])

    assert done.x.shape == (30, 3)
    assert done.x[:2, :2].tolist() == [[1, 0], [0, 1]]
    assert done.x.dtype == np.float32


@pytest.mark.parametrize(
    ("loss", "shape", "dtype"),
    [
        (None, (30,), np.int64),
        ("sparse_categorical_crossentropy", (30,), np.int64),
        ("categorical_crossentropy", (30, 3), np.float32),
    ],
)
def test_targets_suit_the_loss(made, loss, shape, dtype):
    done = made(TABLE, ["size"], ["class"], **({"compile__loss": loss} if loss else {}))

    assert (done.y.shape, done.y.dtype) == (shape, dtype)
    assert done.class_names == ("u", "v", "w")
    assert done.recipe.decode_targets(done.y)["class"][:3].tolist() == ["u", "v", "w"]


def test_two_classes_are_one_column_of_0_and_1(made):
    done = made(TABLE, ["size"], ["kind"])

    assert done.y.tolist()[:3] == [[0.0], [1.0], [0.0]]
    assert done.recipe.decode_targets(done.y)["kind"][:2].tolist() == ["a", "b"]


def test_a_number_comes_back_in_its_own_units(made):
    done = made(TABLE, ["size"], ["n"], fit__validation_split=0.5)

    assert done.task == "regression"
    assert done.y.shape == (30, 1)
    assert done.y[:15].std() == pytest.approx(1, abs=1e-6)
    assert done.recipe.decode(done.y)["n"] == pytest.approx(np.arange(30), abs=1e-4)
    assert done.recipe.target_spread() == pytest.approx(np.arange(15).std())


def test_losses_that_need_the_true_size_get_it(made):
    done = made(TABLE, ["size"], ["n"], compile__loss="mean_absolute_percentage_error")

    assert done.y[:, 0].tolist() == list(range(30))
    unscaled = made(TABLE, ["size"], ["n"], data__scale_target="none")
    assert unscaled.y[:, 0].tolist() == list(range(30))


def test_several_numbers_are_predicted_together(made):
    done = made(TABLE, ["kind"], ["size", "n"])

    assert done.y.shape == (30, 2)
    decoded = done.recipe.decode(done.y)
    assert decoded["size"][4] == pytest.approx(2.0, abs=1e-5)
    assert decoded["n"][4] == pytest.approx(4.0, abs=1e-5)


GAPS = "a,k,y\n1,u,1\n,u,2\n3,,3\n4,v,\n5,u,5\n7,u,6\n"


def test_rows_with_gaps_are_left_out_and_counted(made):
    done = made(GAPS, ["a", "k"], ["y"])

    assert done.training_rows.tolist() == [0, 4, 5]
    assert any("3 of 6 rows" in finding.sentence for finding in done.findings)


def test_gaps_are_filled_from_the_training_rows(made):
    done = made(GAPS, ["a", "k"], ["y"], data__missing="fill", data__scale="none")

    assert done.training_rows.tolist() == [0, 1, 2, 4, 5]  # a target cannot be made up
    assert done.x[:, 0].tolist() == [1, 4, 3, 5, 7]  # the middle of 1, 3, 5, 7
    assert done.x[2].tolist() == [3, 1, 0]


@pytest.mark.parametrize("scale", ["standard", "none"])
def test_numbers_that_training_cannot_hold_are_gaps(made, scale):
    done = made("a,y\n1,1\n1e999,2\n1e39,3\n4,4\n5,1e39\n6,6\n", ["a"], ["y"], data__scale=scale)

    assert done.training_rows.tolist() == [0, 3, 5]
    assert np.isfinite(done.x).all() and np.isfinite(done.y).all()


def test_random_order_is_the_seeds(made):
    one, same, other = (
        made(TABLE, ["size"], ["class"], seed=s, data__row_order="random") for s in (1, 1, 2)
    )

    assert np.array_equal(one.training_rows, same.training_rows)
    assert not np.array_equal(one.training_rows, other.training_rows)
    assert sorted(one.training_rows.tolist()) == list(range(30))
    by_row = made(TABLE, ["size"], ["class"])
    assert np.array_equal(one.y, by_row.y[one.training_rows])


def test_validation_rows_by_a_column(made):
    text = "part,v,y\n" + "".join(f"{'train' if n % 4 else 'val'},{n},{n}\n" for n in range(40))
    rule = {"column": "part", "values": ["val"]}
    done = made(text, ["v"], ["y"], fit__validation_data=rule)

    assert done.validation_rows.tolist() == list(range(0, 40, 4))
    assert len(done.x) == 30
    assert len(done.validation_data) == 2
    assert done.validation_data[0].shape == (10, 1)
    with pytest.raises(DataError, match="No row checks"):
        made(text, ["v"], ["y"], fit__validation_data={"column": "part", "values": ["test"]})


def test_validation_by_a_second_file_in_another_order(made, tmp_path):
    (tmp_path / "val.csv").write_text("class,extra,kind,size\nu,1,a,1.0\nq,1,a,1.0\nv,2,b,2.0\n")
    done = made(TABLE, ["size", "kind"], ["class"], fit__validation_data={"file": "val.csv"})
    x, y = done.validation_data

    assert y.tolist() == [0, 1]
    assert np.array_equal(x, done.x[[2, 4]] * [1, 0, 0] + [[0, 1, 0], [0, 0, 1]])
    assert len(done.x) == 30
    assert any("“q”" in finding.sentence for finding in done.findings)


def test_weights_go_with_their_rows(made):
    text = "v,w,y\n1,0.5,1\n2,,2\n3,2,3\n4,1,4\n"
    done = made(text, ["v"], ["y"], fit__sample_weight="w")

    assert done.sample_weight.tolist() == [0.5, 2, 1]
    assert done.training_rows.tolist() == [0, 2, 3]


def test_batches_hold_the_same_rows(made):
    done = made(TABLE, ["size", "kind"], ["class"], data__feed="batches", fit__batch_size=8)
    whole = made(TABLE, ["size", "kind"], ["class"])

    assert len(done.x) == 4
    assert done.y is None
    assert np.array_equal(np.concatenate([done.x[i][0] for i in range(4)]), whole.x)
    assert len(done.x[3][0]) == 6
    with pytest.raises(IndexError):
        done.x[4]


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ([], ["class"], "inputs"),
        (["size"], [], "target"),
        (["size", "n"], ["n"], "both input and target"),
        (["nothing"], ["n"], "no column 'nothing'"),
        (["size"], ["class", "n"], "one column of classes"),
    ],
)
def test_impossible_roles_are_named(made, x, y, words):
    with pytest.raises(DataError, match=words):
        made(TABLE, x, y)


def test_one_class_is_refused(made):
    with pytest.raises(DataError, match="one class"):
        made(
            "a,b\n" + "1,u\n2,u\n3,u\n" * 4, ["a"], ["b"], data__columns={"b": {"type": "category"}}
        )


def arrays(tmp_path, name="a.npz", rows=40, shape=(6, 5), **more):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(rows, *shape)) * 3 + 10).astype("f4")
    np.savez(tmp_path / name, x=x, y=np.arange(rows) % 4, z=rng.normal(size=rows), **more)
    return x


def test_images_are_scaled_together_and_keep_their_shape(made, tmp_path):
    x = arrays(tmp_path)
    done = made("", ["x"], ["y"], file="a.npz", model__kind="cnn2d", fit__validation_split=0.5)

    assert done.x.shape == (40, 6, 5)
    assert done.x[:20].mean() == pytest.approx(0, abs=1e-4)
    assert done.recipe.input.columns[0].center == pytest.approx([x[:20].mean()], rel=1e-5)
    assert done.y.dtype == np.int64


def test_features_are_scaled_each_and_spectra_together(made, tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3)) * [1, 100, 1e-6] + [0, 5, 1]
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(50) % 2)
    each = made("", ["x"], ["y"], file="a.npz", model__kind="mlp")
    together = made("", ["x"], ["y"], file="a.npz", model__kind="cnn1d")

    assert each.x.std(axis=0) == pytest.approx([1, 1, 1], rel=1e-4)
    assert together.x.std() == pytest.approx(1, rel=1e-4)
    assert len(together.recipe.input.columns[0].center) == 1


def test_arrays_of_one_shape_are_channels(made, tmp_path):
    x = arrays(tmp_path, shape=(7,), x2=np.ones((40, 7)) * np.arange(7))
    done = made("", ["x", "x2"], ["y"], file="a.npz", model__kind="cnn1d")

    assert done.x.shape == (40, 7, 2)
    assert done.recipe.input.slot.shape == (7, 2)
    restored = (
        done.x[3, :, 0] * done.recipe.input.columns[0].scale[0]
        + done.recipe.input.columns[0].center[0]
    )
    assert restored == pytest.approx(x[3], rel=1e-4)
    with pytest.raises(DataError, match="together"):
        made("", ["x", "z"], ["y"], file="a.npz")


def test_rows_of_arrays_with_nan_are_left_out(made, tmp_path):
    x = np.ones((20, 4)) * np.arange(20)[:, None]
    x[7, 2] = np.nan
    x[9, 0] = np.inf
    np.savez(tmp_path / "a.npz", x=x, y=np.arange(20) % 2)
    done = made("", ["x"], ["y"], file="a.npz")

    assert len(done.x) == 18
    assert {7, 9}.isdisjoint(done.training_rows.tolist())
    assert np.isfinite(done.x).all()


def test_data_larger_than_memory_stay_in_their_file(made, tmp_path, monkeypatch):
    x = np.random.default_rng(0).normal(size=(60, 4, 3)).astype("f4")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=x, chunks=(8, 4, 3))
        file["y"] = np.arange(60) % 3
    small = made("", ["x"], ["y"], file="a.h5", data__row_order="random")
    monkeypatch.setattr("fitstudio.data.preparing.coding.lazy.in_memory", lambda array: False)
    large = made("", ["x"], ["y"], file="a.h5", data__row_order="random")

    assert isinstance(large.x, LazyArray)
    assert large.x.shape == small.x.shape
    assert np.array_equal(np.asarray(large.x), small.x)
    assert np.array_equal(large.x[5:9], small.x[5:9])
    assert np.array_equal(large.x[np.array([50, 2, 2])], small.x[[50, 2, 2]])
    assert np.array_equal(large.x[-1], small.x[-1])


def test_the_recipe_of_every_kind_survives_json(made, tmp_path):
    arrays(tmp_path)
    for done in (
        made(TABLE, ["size", "kind"], ["class"], data__missing="fill"),
        made(TABLE, ["size"], ["n"]),
        made("", ["x"], ["z"], file="a.npz", model__kind="cnn2d"),
    ):
        assert Recipe.from_json(done.recipe.to_json()) == done.recipe
