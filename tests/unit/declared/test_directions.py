"""Which way a metric gets better, and callbacks that take it the other way round."""

from __future__ import annotations

import pytest

from fitstudio.declared.catalogue.measured_names import higher_is_better
from fitstudio.declared.catalogue.metrics import METRICS
from fitstudio.declared.catalogue.watching import right_mode, rises_on_auto, watching
from fitstudio.declared.resolve import resolve
from tests.unit.declared.samples import CLASSES, PENGUINS


def test_every_metric_says_so() -> None:
    for entry in METRICS.values():
        assert entry.higher_is_better is not None, entry.name


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("loss", False), ("val_loss", False), ("mae", False), ("val_mse", False), ("acc", True),
        ("val_accuracy", True), ("val_r2_score", True), ("f1_score", True), ("auc", True),
        ("val_auc_1", True), ("precision_at_recall", True), ("false_positives", False),
        ("weighted_accuracy", True), ("cosine_similarity", True), ("lr", None), ("mine", None),
        ("my_auc", None), ("val_", None),
    ],
)  # fmt: skip
def test_by_the_name_in_the_logs(name, better) -> None:
    assert higher_is_better(name) is better


def test_automatic_is_the_references_rule() -> None:
    assert rises_on_auto("EarlyStopping", "val_auc")
    assert not rises_on_auto("ModelCheckpoint", "val_auc")
    assert not rises_on_auto("ReduceLROnPlateau", "val_auc")
    assert rises_on_auto("ModelCheckpoint", "val_acc_of_mine")
    assert not rises_on_auto("EarlyStopping", "val_acc_of_mine")
    assert not rises_on_auto("EarlyStopping", "val_precision")
    assert rises_on_auto("ModelCheckpoint", "fmeasure_x")


@pytest.mark.parametrize(
    ("callback", "advised"),
    [
        ({"kind": "EarlyStopping", "monitor": "val_f1_score"}, True),
        ({"kind": "EarlyStopping", "monitor": "val_accuracy"}, False),
        ({"kind": "EarlyStopping", "monitor": "val_f1_score", "mode": "max"}, False),
        ({"kind": "EarlyStopping", "monitor": "val_f1_score", "mode": "min"}, False),
        ({"kind": "ReduceLROnPlateau", "monitor": "f1_score"}, True),
        ({"kind": "ModelCheckpoint", "monitor": "val_f1_score", "save_best_only": True}, True),
        ({"kind": "ModelCheckpoint", "monitor": "val_f1_score"}, False),
    ],
)
def test_a_callback_that_takes_worse_for_better_is_advised(callback, advised) -> None:
    metric = {"kind": "F1Score", "average": "macro"}
    spec = CLASSES.with_values(
        {"compile.metrics": ["accuracy", metric], "fit.callbacks": [callback]}
    )
    found = [f for f in resolve(spec, PENGUINS).findings if f.code == "fit.callbacks-direction"]
    assert bool(found) is advised
    if advised:
        assert "f1_score" in found[0].sentence and found[0].fix is not None
        (mended,) = found[0].fix.set["fit.callbacks"]
        assert mended == callback | {"mode": "max"}


def test_the_form_starts_with_the_mode_that_fits() -> None:
    before = {"kind": "EarlyStopping", "monitor": "val_loss"}
    now = watching("EarlyStopping", before, {"monitor": "val_r2_score"})
    assert now == {"monitor": "val_r2_score", "mode": "max"}
    again = watching("EarlyStopping", now, now | {"monitor": "val_accuracy"})
    assert again == {"monitor": "val_accuracy"}
    chosen = watching("EarlyStopping", before | {"mode": "min"}, {"monitor": "auc", "mode": "min"})
    assert chosen["mode"] == "min", "a person's own choice stays"
    assert right_mode("EarlyStopping", "something_own") == "auto"
