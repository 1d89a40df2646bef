"""The verdict says what the curves show, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.journal.best_value import BestValue
from fitstudio.viewmodel.monitor.trend import Direction, trend
from fitstudio.viewmodel.monitor.verdict import Fit, Progress, judge

EPOCHS = np.arange(60)


def noise(scale: float, count: int = 60, seed: int = 0) -> np.ndarray:
    return 1 + scale * np.random.default_rng(seed).normal(size=count)


def watched(name: str, values: np.ndarray, mode: str = "min") -> BestValue:
    watch = BestValue(name, mode)
    for epoch, value in enumerate(values):
        watch.see(epoch, {name: float(value)})
    return watch


def verdict(loss, val_loss):
    return judge(
        EPOCHS[: len(loss)],
        loss,
        val_loss,
        val_loss,
        watched("val_loss", val_loss),
        checked=True,
    )


def test_nothing_to_judge_yet():
    assert judge([], [], None, [], None, checked=None).progress is Progress.WAITING
    few = verdict(np.array([1.0, 0.9]), np.array([1.1, 1.0]))
    assert (few.progress, few.fit) == (Progress.EARLY, Fit.EARLY)


def test_falling_together_is_learning():
    loss = np.exp(-EPOCHS / 20)
    found = verdict(loss * noise(0.01), loss * 1.1 * noise(0.02, seed=1))
    assert found.progress is Progress.LEARNING
    assert found.fit is Fit.TOGETHER
    assert found.apart_since is None and not found.jumpy


def test_slow_gain_is_called_slow():
    loss = 1 - 0.002 * EPOCHS
    assert verdict(loss, loss).progress is Progress.SLOW


def test_overfitting_since_the_turn():
    loss = np.exp(-EPOCHS / 15)
    val_loss = np.where(
        EPOCHS < 30, np.exp(-EPOCHS / 20), np.exp(-1.5) * (1 + 0.02 * (EPOCHS - 30))
    )
    found = verdict(loss * noise(0.01), val_loss * noise(0.01, seed=1))
    assert found.fit is Fit.OVERFITTING
    assert found.apart_since == pytest.approx(30, abs=3)
    assert found.progress in (Progress.WORSE, Progress.FLAT)
    assert found.waited == 59 - found.best_epoch


def test_moving_apart_is_less_than_overfitting():
    loss = np.exp(-EPOCHS / 25)
    val_loss = np.maximum(np.exp(-EPOCHS / 25), 0.4) * noise(0.01)
    found = verdict(loss, val_loss)
    assert found.fit is Fit.APART
    assert found.progress is Progress.FLAT


def test_a_flat_noisy_run_is_not_called_worse():
    for seed in range(20):
        flat = noise(0.05, seed=seed)
        assert verdict(flat, noise(0.05, seed=100 + seed)).fit is Fit.TOGETHER


def test_without_validation_there_is_no_word_about_fit():
    loss = np.exp(-EPOCHS / 20)
    found = judge(EPOCHS, loss, None, loss, watched("loss", loss), checked=False)
    assert found.fit is Fit.UNCHECKED
    assert found.progress is Progress.LEARNING


def test_accuracy_counts_as_errors():
    """From 98 % to 99 % right is half of the errors gone, not a gain of one in a hundred."""
    accuracy = np.concatenate([np.linspace(0.5, 0.98, 50), np.linspace(0.981, 0.99, 10)])
    found = judge(
        EPOCHS,
        1 - accuracy,
        None,
        accuracy,
        watched("val_accuracy", accuracy, mode="max"),
        checked=False,
    )
    assert found.progress is Progress.LEARNING


def test_a_jumping_loss_is_seen_and_a_smooth_one_is_not():
    jumping = np.where(EPOCHS % 2 == 0, 1.0, 2.5)
    assert verdict(jumping, jumping).jumpy
    assert not verdict(np.exp(-EPOCHS / 5.0), np.exp(-EPOCHS / 5.0)).jumpy


def test_a_loss_near_zero_may_wobble():
    """It has learned nearly all there is; the last hundredth going up and down is no alarm."""
    loss = np.exp(-EPOCHS / 5.0) + 0.005 * np.abs(noise(0.8))
    assert not verdict(loss, loss).jumpy


def test_not_a_number_comes_first():
    loss = np.array([1.0, 0.5, np.nan])
    assert verdict(loss, loss).progress is Progress.BROKEN


def test_trend_needs_evidence():
    assert trend([1, 2, 3]).direction is Direction.UNKNOWN
    assert trend(np.full(9, 0.1)).direction is Direction.FLAT
    assert trend(np.arange(9.0)).direction is Direction.RISING
    assert trend(np.arange(9.0)[::-1]).direction is Direction.FALLING
    assert trend(noise(0.1, 30)).direction is Direction.FLAT
