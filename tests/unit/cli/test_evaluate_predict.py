"""What `evaluate` and `predict` say of the weights that they used."""

from __future__ import annotations

from fitstudio.cli.commands import evaluate_predict


def test_a_model_of_a_whole_epoch_has_no_step() -> None:
    whole = evaluate_predict._weights_words({"weights": "best", "epoch": 3})
    assert whole == evaluate_predict._weights_words({"weights": "best", "epoch": 3, "step": 0})
    assert "epoch 4" in whole
