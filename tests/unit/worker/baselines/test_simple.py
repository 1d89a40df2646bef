"""The simple models against the same ones of scikit-learn, and on what they must get right."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.worker.baselines import boosting, simple

ROWS = 120


def table(columns: int = 4, seed: int = 0) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(ROWS, columns)) * [1.0, 50.0, 1e-4, 3.0][:columns]
    x[:, -1] = 7.0  # a column that is always the same
    return x


@pytest.mark.parametrize("rows", [ROWS, 3])
def test_the_line_is_that_of_ridge_regression(rows) -> None:
    from sklearn.linear_model import Ridge
    from sklearn.preprocessing import StandardScaler

    x = table()
    y = np.stack([x[:, 0] * 2 - x[:, 1] + 5, x[:, 0] ** 2], axis=1)
    found = simple.straight_line(x[:rows], y[:rows], 0)(x)

    scaler = StandardScaler().fit(x[:rows])
    expected = Ridge(1.0).fit(scaler.transform(x[:rows]), y[:rows]).predict(scaler.transform(x))
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_are_those_of_logistic_regression(classes) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    x = table()
    noise = np.random.default_rng(1).normal(size=ROWS) * 0.3
    y = np.digitize(x[:, 0] + noise, [0.0] if classes == 2 else [-0.5, 0.5])
    found = simple.straight_line(x, y, classes)(x)

    scaled = StandardScaler().fit_transform(x)
    expected = LogisticRegression(max_iter=1000).fit(scaled, y).predict(scaled)
    assert (found == expected).mean() > 0.97


@pytest.mark.parametrize("classes", [0, 3])
def test_the_nearest_rows_are_found_in_every_block(classes) -> None:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.preprocessing import StandardScaler

    x, new = table(), np.tile(table(seed=2), (4, 1))
    y = np.digitize(x[:, 0], [-0.5, 0.5]) if classes else x[:, :2]
    found = simple.nearest_rows(x, y, classes)(new)

    scaler = StandardScaler().fit(x)
    kind = KNeighborsClassifier if classes else KNeighborsRegressor
    expected = kind(10).fit(scaler.transform(x), y).predict(scaler.transform(new))
    np.testing.assert_allclose(found, expected)


def test_always_the_same_is_the_mean_or_the_commonest() -> None:
    numbers = np.array([[1.0, 10.0], [3.0, 30.0]])
    assert simple.always_the_same(numbers, numbers, 0)(np.zeros((3, 2))).tolist() == [[2, 20]] * 3
    assert simple.always_the_same(numbers, np.array([2, 0, 2]), 4)(np.zeros((2, 2))).tolist() == [
        2,
        2,
    ]


@pytest.mark.parametrize("fit", [simple.straight_line, simple.nearest_rows, simple.always_the_same])
def test_one_row_and_one_class_are_no_trouble(fit) -> None:
    one = np.array([[1.0, 2.0]])
    assert np.isfinite(fit(one, np.array([[3.0]]), 0)(one)).all()
    assert fit(one, np.array([1]), 3)(one).shape == (1,)


def test_trees_answer_as_the_others_do() -> None:
    x = table()
    assert boosting.is_there()
    assert boosting.boosted_trees(x, x[:, :2], 0)(x).shape == (ROWS, 2)
    y = (x[:, 0] > 0).astype(np.int64)
    assert (boosting.boosted_trees(x, y, 2)(x) == y).mean() > 0.9
