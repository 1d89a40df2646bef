"""The sentences that say what will happen, and the help pages made from the tables."""

from __future__ import annotations

import json

import pytest

from fitstudio import resources
from fitstudio.declared.catalogue.schedules import rate_at
from fitstudio.declared.help_pages import pages
from fitstudio.declared.plain_words import describe
from fitstudio.declared.resolve import resolve
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.balanced_class_weights import balanced_weights
from fitstudio.words.numbers import counted, format_bytes, listed, percent
from tests.unit.declared.samples import CLASSES, DIGITS, IMAGES, NUMBERS, PENGUINS


def said(spec: RunSpec, summary=PENGUINS) -> dict[str, str]:
    return {each.title: each.text for each in describe(resolve(spec, summary), summary)}


def test_the_panel_says_what_will_happen() -> None:
    words = said(CLASSES)
    assert words["Rows"] == (
        "**266** rows train the model, the last **67** check it. "
        "11 rows with missing values are left out."
    )
    assert words["One epoch"] == "**9 steps** of up to 32 rows, in a new random order every epoch."
    assert words["Checking"] == "After every epoch, loss and accuracy on the 67 rows."
    assert words["Weights"] == "All rows count the same."
    assert words["The end"] == "After **50 epochs**. The best model is kept."


def test_which_model_is_kept_where_nothing_is_held_out() -> None:
    alone = CLASSES.with_values({"fit.validation_split": None})
    assert said(alone)["The end"].endswith("The model with the lowest training loss is kept.")
    watched = alone.with_values(
        {"fit.callbacks": [{"kind": "EarlyStopping", "monitor": "accuracy", "patience": 3}]}
    )
    assert said(watched)["The end"].endswith(
        "The model with the highest training accuracy is kept."
    )


def test_each_setting_changes_its_sentence() -> None:
    spec = CLASSES.with_values(
        {
            "data.row_order": "random",
            "fit.shuffle": "batch",
            "fit.validation_freq": [1, 10],
            "fit.class_weight": {0: 0.76, 1: 1.64, 2: 0.93},
            "fit.callbacks": [
                {"kind": "EarlyStopping", "patience": 10, "restore_best_weights": True},
                {"kind": "ReduceLROnPlateau", "patience": 3},
            ],
            "fit.workers": 3,
        }
    )
    words = said(spec)
    assert "**67** picked at random check it" in words["Rows"]
    assert words["One epoch"].endswith("with the batches in a new random order every epoch.")
    assert words["Checking"].startswith("After epoch 1 and 10, ")
    assert words["Weights"] == (
        "An Adelie row counts **0.76** times, a Chinstrap row **1.64** and a Gentoo row **0.93**."
    )
    assert words["The end"] == (
        "After **50 epochs**, or sooner if the checking loss has not fallen for 10. "
        "Training ends with the best weights."
    )
    assert "stands still for 3 epochs" in words["Helpers"]
    assert words["Ignored"] == "workers: only for data that comes in batches."


def test_patience_is_told_in_epochs_where_not_each_is_checked() -> None:
    callbacks = [
        {"kind": "EarlyStopping", "patience": 2},
        {"kind": "EarlyStopping", "monitor": "loss", "patience": 2},
        {"kind": "ReduceLROnPlateau", "patience": 1},
    ]
    words = said(CLASSES.with_values({"fit.validation_freq": 3, "fit.callbacks": callbacks}))
    assert "if the checking loss has not fallen for 2 checks (6 epochs)" in words["The end"]
    assert "if the training loss has not fallen for 2." in words["The end"]
    assert "stands still for 1 check (3 epochs)" in words["Helpers"]


def test_other_data_have_other_words() -> None:
    assert "samples train the model" in said(IMAGES, DIGITS)["Samples"]
    assert said(NUMBERS)["Size"].startswith("The multi-layer perceptron learns **")
    batches = CLASSES.with_values({"data.feed": "batches", "fit.validation_split": None})
    assert "Batches are read while training runs" in said(batches)["One epoch"]
    second = CLASSES.with_values({"fit.validation_data": {"file": "later/val.csv"}})
    assert "those of **val.csv** check it" in said(second)["Rows"]


def test_what_is_missing_is_said_first() -> None:
    assert said(CLASSES.with_values({"fit.y": None})) == {
        "Not yet": "Choose a target on the Data page."
    }


def test_help_pages_are_those_that_would_be_written_now() -> None:
    for name, text in pages().items():
        shipped = resources.path("help", name).read_text(encoding="utf-8")
        assert shipped == text, (
            f"run python -m fitstudio.declared.help_pages: {name} is out of date"
        )


def test_balanced_weights_make_all_classes_count_the_same() -> None:
    counts = (117, 54, 95)
    weights = balanced_weights(counts)
    assert {round(counts[number] * weight) for number, weight in weights.items()} == {89}
    assert balanced_weights((0, 5)) == {0: 1.0, 1: 1.0}
    assert balanced_weights(()) == {}
    assert json.dumps(weights)


def test_schedules_of_the_learning_rate() -> None:
    step = {"schedule": "step", "factor": 0.5, "every": 10}
    assert [rate_at(step, epoch, 0.1, 30) for epoch in (0, 9, 10, 20)] == [0.1, 0.1, 0.05, 0.025]
    line = {"schedule": "linear", "final": 0.0}
    assert rate_at(line, 0, 1.0, 11) == 1.0
    assert rate_at(line, 5, 1.0, 11) == 0.5
    assert rate_at(line, 10, 1.0, 11) == 0.0
    cosine = {"schedule": "cosine", "final": 0.2}
    assert abs(rate_at(cosine, 5, 1.0, 11) - 0.6) < 1e-12
    assert rate_at({"schedule": "exponential", "factor": 0.5}, 2, 1.0, 9) == 0.25
    assert [rate_at({"schedule": "table", "table": [3.0, 2.0]}, e, 1.0, 9) for e in (0, 1, 7)] == [
        3.0,
        2.0,
        2.0,
    ]
    flat = {"schedule": "flat_cosine", "final": 0.0}
    rates = [rate_at(flat, epoch, 1.0, 101) for epoch in (0, 50, 75, 100)]
    assert rates == pytest.approx([1.0, 1.0, 0.5, 0.0])
    warm = {"schedule": "step", "warmup": 3}
    assert [rate_at(warm, epoch, 1.0, 9) for epoch in (0, 1, 2, 3)] == [0.25, 0.5, 0.75, 1.0]


def test_cosine_cycles_take_twice_as_long_each_and_never_leave_the_bounds() -> None:
    plan = {"schedule": "cosine_cycles", "cycles": 4, "final": 0.1, "warmup": 2}
    rates = [rate_at(plan, epoch, 1.0, 1_502) for epoch in range(2, 1_502)]
    assert 0.1 <= min(rates) < 0.11
    assert 0.99 < max(rates) <= 1.0
    # Four cycles of 100, 200, 400 and 800 epochs: each begins at the bottom.
    bottoms = [
        epoch
        for epoch in range(1, len(rates) - 1)
        if rates[epoch - 1] > rates[epoch] <= rates[epoch + 1]
    ]
    assert bottoms == pytest.approx([100, 300, 700], abs=1)
    # However few epochs there are, each of them learns something.
    for epochs in (1, 2, 5):
        short = [rate_at({"schedule": "cosine_cycles"}, e, 1.0, epochs) for e in range(epochs)]
        assert max(short) > 0.0


def test_amounts_in_words() -> None:
    assert counted(1, "row") == "1 row"
    assert counted(1200, "row") == "1,200 rows"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed([str(n) for n in range(9)], most=3) == "0, 1 and 7 more"
    assert percent(0.2) == "20 %"
    assert format_bytes(2.2e8) == "220 MB"
