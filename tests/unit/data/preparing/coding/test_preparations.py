"""What columns become: by scikit-learn's numbers, finite always, and the same for later files."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import PowerTransformer, RobustScaler

from fitstudio.data.preparing.coding import categories, steps
from fitstudio.data.preparing.coding.steps import Step
from fitstudio.data.preparing.learning.scaling import middle_half
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import open_source
from fitstudio.declared.catalogue.preparations import NUMBER_WAYS
from fitstudio.declared.run_spec import RunSpec, parse_setting
from fitstudio.errors import DataError

SKEWED = np.random.default_rng(3).lognormal(size=200) - 0.5
LARGEST = float(np.finfo(np.float32).max)
FINITE = st.floats(-LARGEST, LARGEST, allow_nan=False, width=32)


@pytest.fixture
def made(tmp_path):
    def make(text: str, x: list[str], name: str = "t.csv", **keys):
        (tmp_path / name).write_text(text)
        values = {key.replace("__", "."): value for key, value in keys.items()}
        spec = RunSpec().with_values({"data.file": name, "fit.x": x, "fit.y": ["y"], **values})
        with open_source(spec.data, tmp_path) as source:
            return prepare(source, spec, base=tmp_path, seed=1)

    return make


def one_column(values) -> str:
    return "a,y\n" + "".join(f"{value},{row}\n" for row, value in enumerate(values))


def test_the_middle_half_is_scikit_learns():
    center, scale = middle_half(SKEWED[:, None])
    found = (SKEWED - center[0]) / scale[0]
    theirs = np.asarray(RobustScaler().fit_transform(SKEWED[:, None]))
    np.testing.assert_allclose(found, theirs.ravel(), rtol=1e-12)


def test_the_power_that_makes_symmetric_is_scikit_learns():
    theirs = PowerTransformer(standardize=False)
    expected = np.asarray(theirs.fit_transform(SKEWED[:, None])).ravel()
    power = steps.yeo_johnson_power(SKEWED)
    assert power == pytest.approx(theirs.lambdas_[0], abs=1e-4)
    step = Step(kind="yeo_johnson", numbers=(float(theirs.lambdas_[0]),))
    np.testing.assert_allclose(steps.taken((step,), SKEWED), expected, rtol=1e-9)


def test_ranks_become_a_bell_curve():
    found = steps.taken((steps.normal_curve(SKEWED),), SKEWED)
    assert (np.argsort(found) == np.argsort(SKEWED)).all()
    assert found.mean() == pytest.approx(0, abs=0.01)
    assert found.std() == pytest.approx(1, abs=0.05)


def test_far_off_is_bent_in_as_realmlp_does(made):
    done = made(one_column([*range(100), 1e6]), ["a"], data__scale="robust_smooth",
                fit__validation_split=0.0)  # fmt: skip
    scaled = (np.array([*range(100), 1e6]) - 50) / 50
    np.testing.assert_allclose(done.x[:, 0], scaled / np.sqrt(1 + (scaled / 3) ** 2), rtol=1e-6)


@pytest.mark.parametrize("way", sorted(NUMBER_WAYS))
def test_no_validation_row_changes_what_is_learned(made, way):
    values = [float(each) for each in SKEWED[:40]]
    first = made(one_column(values), ["a"], data__scale=way, fit__validation_split=0.25)
    values[35] = 1e9
    second = made(one_column(values), ["a"], data__scale=way, fit__validation_split=0.25)
    assert first.recipe == second.recipe
    assert np.isfinite(second.x).all()
    assert Recipe.from_json(json.loads(json.dumps(first.recipe.to_json()))) == first.recipe


@settings(max_examples=25, deadline=None)
@given(
    learned=arrays(np.float64, st.integers(1, 8), elements=FINITE),
    later=arrays(np.float64, 4, elements=FINITE),
)
def test_finite_numbers_stay_finite(learned, later):
    both = np.concatenate([learned, later])
    center, scale = middle_half(learned[:, None])
    bent = (Step(kind="smooth_clip", numbers=(3.0,)),)
    made = [
        steps.taken((steps.normal_curve(learned),), both),
        steps.taken((Step(kind="signed_log"),), both),
        steps.taken((Step(kind="yeo_johnson", numbers=(steps.yeo_johnson_power(learned),)),), both),
        steps.taken((Step(kind="log", numbers=(1e-3,)),), both),
        steps.taken((Step(kind="periodic", numbers=(24.0,)),), both),
        steps.taken((Step(kind="date", numbers=(0.0, 1.0)),), both),
        steps.taken(bent, (both - center) / scale),
        (both - center) / scale,
    ]
    for values in made:
        assert np.isfinite(steps.as_single(values)).all()


def test_parts_of_a_date():
    monday_noon = float(np.datetime64("2024-01-01T12", "h").astype("int64")) / 24
    found = steps.taken((Step(kind="date", numbers=(0.0, 1.0)),), np.array([monday_noon]))[0]
    elapsed, year, *waves = found.tolist()
    assert (elapsed, year) == (monday_noon, pytest.approx(2.4))
    assert waves == pytest.approx([0, 1, 0, 1, 0, -1], abs=1e-9)


def test_dates_are_taken_apart(made):
    rows = "".join(f"2024-0{1 + n % 9}-03,{n}\n" for n in range(24))
    done = made("a,y\n" + rows, ["a"], data__columns={"a": {"prepare": "date"}})
    assert done.x.shape == (24, 8)
    assert done.x[0, 2:4].tolist() == pytest.approx([0, 1], abs=1e-6)


KINDS = "kind,y\n" + "".join(f"{('' if n == 3 else 'abcr'[n % 3 if n != 7 else 3])},{n}\n"
                             for n in range(30))  # fmt: skip


def applied(recipe: Recipe, tmp_path, text: str):
    (tmp_path / "new.csv").write_text(text)
    notes: list[str] = []
    with open_source({"file": "new.csv"}, tmp_path) as source:
        x, samples = recipe.apply(source, notes=notes)
    return x, samples.rows.tolist(), " ".join(notes)


def test_rare_and_unseen_classes_are_told_as_one(made, tmp_path):
    done = made(KINDS, ["kind"], data__rare=0.1)
    assert "1 classes of kind are rare, and told as one: r" in " ".join(done.recipe.notes)
    x, _, notes = applied(done.recipe, tmp_path, "kind\na\nr\nzebra\n")
    assert x.tolist() == [[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]
    assert "“zebra”" in notes and "“r”" not in notes


def test_codes_are_0_for_what_is_missing_or_unknown(made, tmp_path):
    done = made(KINDS, ["kind"], data__categories="embedding", data__missing="fill")
    x, rows, notes = applied(done.recipe, tmp_path, "n,kind\n1,a\n2,c\n3,zebra\n4,\n")
    assert (x[:3, 0].tolist(), rows) == ([1, 3, 0], [0, 1, 2, 3])
    assert "“zebra”" in notes


def test_gaps_are_told(made, tmp_path):
    text = one_column([1, "", 3, 4, *range(20)])
    done = made(text, ["a"], data__missing="indicator", data__scale="none")
    assert done.x[:4].tolist()[0] == [1, 0]
    assert done.x[1, 1] == 1
    kinds = made(KINDS, ["kind"], "k.csv", data__missing="indicator")
    assert kinds.x[3].tolist() == [0, 0, 0, 0, 1]


def test_one_column_may_keep_its_rows_where_others_lose_them(made):
    text = "a,b,y\n" + "".join(
        f"{'' if n == 2 else n},{'' if n == 4 else n},{n}\n" for n in range(20)
    )
    columns = {"a": {"missing": "constant", "constant": -1.0}}
    done = made(text, ["a", "b"], data__columns=columns, data__scale="none")
    assert len(done.x) == 19
    assert done.x[2].tolist() == [-1, 2]


def test_an_order_is_from_0_to_1(made, tmp_path):
    columns = {"kind": {"prepare": "ordinal", "order": ["c", "a", "b"]}}
    with pytest.raises(DataError, match="does not name 'r'"):
        made(KINDS, ["kind"], data__columns=columns)
    columns["kind"]["order"].insert(0, "r")
    done = made(KINDS, ["kind"], data__columns=columns)
    assert done.x[:3, 0].tolist() == pytest.approx([2 / 3, 1, 1 / 3])
    x, rows, _ = applied(done.recipe, tmp_path, "n,kind\n1,r\n2,zebra\n3,b\n")
    assert (x[:, 0].tolist(), rows) == ([0, 1], [0, 2]), "unseen is as good as missing"


def test_texts_that_are_spelled_alike_are_alike():
    one, like, other = (
        categories.hashed(text, "ngrams", 256) for text in ("Acetone", "acetone 2", "benzole")
    )
    assert one @ like > 0.7 > 0.2 > one @ other


def test_one_setting_of_one_column_is_set_alone():
    spec = RunSpec().with_values({"data.file": "t.csv", "data.columns": {"b": {"type": "number"}}})
    for text in ("data.columns.a.b.prepare=periodic", "data.columns.a.b.period=24"):
        spec = spec.with_values(dict([parse_setting(text, spec)]))
    assert spec.get("data.columns") == {
        "b": {"type": "number"}, "a.b": {"prepare": "periodic", "period": 24.0}
    }  # fmt: skip
    spec = spec.with_values({"data.columns.b.type": None})
    assert list(spec.get("data.columns")) == ["a.b"]
    broken = spec.with_values({"data.columns": {"a": {"prepair": "log"}}})
    assert "Did you mean prepare" in broken.problems()[0].sentence.replace("'", "").replace("“", "")
