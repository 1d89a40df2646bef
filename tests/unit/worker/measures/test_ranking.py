"""Curves of probabilities: the same numbers as scikit-learn's, and intervals that mean 95 %."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from fitstudio.actions.run.results_file import Results
from fitstudio.worker.measures.ranking import ranking

COARSE = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5000001, 0.9, 1.0])


@given(
    st.integers(2, 60).flatmap(
        lambda n: st.tuples(arrays(float, n, elements=COARSE), arrays(bool, n))
    )
)
def test_the_figures_are_those_of_scikit_learn(drawn) -> None:
    probability, belongs = drawn
    told = ranking(probability, belongs)
    if belongs.all() or not belongs.any():
        assert told is None
        return
    assert told is not None
    assert told["auc"] == pytest.approx(roc_auc_score(belongs, probability))
    assert told["average_precision"] == pytest.approx(average_precision_score(belongs, probability))
    assert told["brier"] == pytest.approx(brier_score_loss(belongs, probability))
    for threshold, found, false in zip(
        told["thresholds"], told["true_positives"], told["false_positives"], strict=True
    ):
        said = probability >= threshold
        assert (found, false) == ((said & belongs).sum(), (said & ~belongs).sum())
    low, high = told["auc_interval"] or (0.0, 1.0)
    assert 0.0 <= low <= told["auc"] <= high <= 1.0
    stored = {
        "task": "classification", "weights": "best", "epoch": 0, "rows": {}, "scores": {},
        "class_names": ["no", "yes"], "ranking": {"validation": [{"name": "yes", **told}]},
    }  # fmt: skip
    assert (
        Results.from_json(json.loads(json.dumps(stored))).ranking["validation"][0]["auc"]
        == told["auc"]
    )


def test_many_thresholds_are_thinned_and_the_usual_one_stays_exact() -> None:
    draw = np.random.default_rng(1)
    probability, belongs = draw.random(30_000), draw.random(30_000) < 0.3
    told = ranking(probability, belongs)
    assert told is not None and len(told["thresholds"]) <= 401
    place = sum(each >= 0.5 for each in told["thresholds"]) - 1
    assert told["true_positives"][place] == np.count_nonzero(belongs & (probability >= 0.5))
    assert (told["true_positives"][-1], told["false_positives"][-1]) == (
        told["positives"],
        told["negatives"],
    )


def test_an_interval_of_95_in_100_holds_the_true_area_about_so_often() -> None:
    draw = np.random.default_rng(2)
    truth = 0.5 * (1 + 0.5204998778130465)  # of two normals 1 apart: Φ(1/√2)
    draws, held = 600, 0
    for _ in range(draws):
        belongs = np.arange(90) < 30
        told = ranking(draw.normal(belongs.astype(float), 1.0), belongs)
        assert told is not None and told["auc_interval"] is not None
        low, high = told["auc_interval"]
        held += low <= truth <= high
    # Binomial: 600 draws of 0.95 lie between 0.925 and 0.975 but for 1 in 200.
    assert 0.925 <= held / draws <= 0.975


@pytest.mark.parametrize(("inside", "outside"), [(9, 50), (50, 9)])
def test_too_few_rows_have_no_interval(inside: int, outside: int) -> None:
    belongs = np.arange(inside + outside) < inside
    told = ranking(np.random.default_rng(3).random(len(belongs)), belongs)
    assert told is not None and told["auc_interval"] is None


def test_calibration_says_what_came_in_groups_of_ten_rows_or_more() -> None:
    draw = np.random.default_rng(4)
    probability = draw.random(500)
    belongs = draw.random(500) < probability
    groups = ranking(probability, belongs)["calibration"]
    assert len(groups) == 10 and sum(each["rows"] for each in groups) == 500
    said = [each["predicted"] for each in groups]
    assert said == sorted(said)
    assert all(abs(each["right"] / each["rows"] - each["predicted"]) < 0.25 for each in groups)
    assert ranking(probability[:19], np.arange(19) < 9)["calibration"] == []


def test_no_number_is_told_of_a_model_that_gave_none() -> None:
    assert ranking(np.array([0.2, np.nan]), np.array([True, False])) is None


@pytest.mark.parametrize(
    "broken",
    [
        {"thresholds": [0.2, 0.7]},
        {"thresholds": [0.7]},
        {"true_positives": [2, 1]},
        {"false_positives": [1, 9]},
        {"name": "perhaps"},
        {"positives": 0},
    ],
)
def test_a_file_that_no_worker_wrote_is_refused(broken) -> None:
    whole = {
        "name": "yes", "positives": 2, "negatives": 2, "thresholds": [0.7, 0.2],
        "true_positives": [1, 2], "false_positives": [0, 2], "auc": 0.5, "auc_interval": None,
        "average_precision": 0.5, "brier": 0.2, "calibration": [],
    }  # fmt: skip
    stored = {
        "task": "classification", "weights": "best", "epoch": 0, "rows": {}, "scores": {},
        "class_names": ["no", "yes"],
    }  # fmt: skip
    Results.from_json(stored | {"ranking": {"validation": [whole]}})
    with pytest.raises(ValueError, match=r"ranking\.validation"):
        Results.from_json(stored | {"ranking": {"validation": [whole | broken]}})
