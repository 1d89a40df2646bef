"""The card of a run whose loss is no longer a number."""

from __future__ import annotations

import numpy as np

from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.worker.watching import not_finite
from fitstudio.worker.watching.not_finite import NotFiniteError


def test_the_bad_value_is_named_with_its_row_and_column() -> None:
    x = np.zeros((6, 2), np.float32)
    x[4, 1] = np.inf
    sentence = not_finite.explain(
        rows=np.array([5, 4, 0]),
        arrays={"x": x, "y": np.arange(6), "sample_weight": None},
        samples=SampleIndex("a.csv", np.array([10, 11, 12, 13, 14, 15])),
        names=["length", "width"],
    )
    assert sentence.startswith("The batch held rows 16, 15, 11 of the data.")
    assert "The input of row 15 is inf in the column 'width'." in sentence


def test_finite_data_are_said_to_be_finite() -> None:
    y = np.ones((40, 1), np.float32)
    sentence = not_finite.explain(
        rows=np.arange(30), arrays={"x": y, "y": y}, samples=None, names=["a"]
    )
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 20 more" in sentence
    assert "All numbers in it are finite" in sentence


def test_a_target_is_named_as_such() -> None:
    y = np.array([[1.0], [np.nan]], np.float32)
    x = np.zeros((2, 1, 3), np.float32)
    sentence = not_finite.explain(
        rows=np.array([1, 0]), arrays={"x": x, "y": y}, samples=None, names=["signal"]
    )
    assert "The target of row 2 is nan." in sentence


def test_remedies_can_be_applied() -> None:
    values = {
        "compile.learning_rate": 0.5,
        "compile.optimizer_settings": {"momentum": 0.9},
        "data.scale": "none",
    }
    changes: dict = {}
    for fix in not_finite.remedies(values):
        changes |= fix.set
    assert changes == {
        "compile.learning_rate": 0.05,
        "compile.optimizer_settings": {"momentum": 0.9, "clipnorm": 1.0},
        "data.scale": "standard",
    }


def test_the_message_counts_from_one() -> None:
    error = NotFiniteError(0, 3, float("inf"))
    assert error.message == "The loss became infinite in epoch 1, batch 4."
