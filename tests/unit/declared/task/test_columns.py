"""Which model people take first for inputs of a shape."""

from __future__ import annotations

import pytest

from fitstudio.declared.task.columns import usual_model
from fitstudio.declared.task.dataset_summary import ColumnSummary


def column(*shape: int) -> ColumnSummary:
    kind = "array" if shape else "number"
    return ColumnSummary(name="x", type=kind, dtype="float32", shape=shape, count=100)


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((8, 8), "cnn2d"),
        ((28, 28), "cnn2d"),
        ((40, 100), "cnn2d"),
        ((32, 32, 3), "cnn2d"),
        ((128, 9), "cnn1d"),
        ((50, 3), "cnn1d"),
        ((1024,), "cnn1d"),
        ((10,), "mlp"),
        ((), "mlp"),
    ],
)
def test_the_usual_model_follows_the_shape(shape, kind):
    assert usual_model([column(*shape)]) == kind


def test_a_wide_table_is_no_signal():
    assert usual_model([column()] * 500) == "mlp"


def test_without_inputs_it_is_the_perceptron():
    assert usual_model([]) == "mlp"
