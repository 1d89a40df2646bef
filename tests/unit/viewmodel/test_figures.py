"""Numbers on screen: few digits, right size, plain words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fitstudio.viewmodel import figures
from fitstudio.words import numbers


@pytest.mark.parametrize(
    "value, text",
    [
        (0.08472, "0.0847"),
        (0.9371, "0.937"),
        (12.0, "12"),
        (0, "0"),
        (None, "–"),
        (float("nan"), "not a number"),
        (float("-inf"), "−∞"),
        (1.5e-7, "1.50·10⁻⁷"),
        (-2.5, "−2.50"),
        (104.26, "104"),
        (2.5e9, "2.50·10⁹"),
    ],
)
def test_values(value, text):
    assert numbers.format_value(value) == text


@pytest.mark.parametrize(
    "value, text",
    [(0.001, "0.001"), (0.00025, "0.00025"), (3e-7, "3·10⁻⁷"), (1e-6, "10⁻⁶"), (2, "2")],
)
def test_settings_keep_every_digit(value, text):
    assert numbers.format_exact(value) == text


@pytest.mark.parametrize(
    "seconds, text",
    [
        (None, "–"),
        (0.0021, "2.1 ms"),
        (0.21, "210 ms"),
        (2.14, "2.1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (95, "1 min 35 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (90000, "1 d 1 h"),
    ],
)
def test_durations(seconds, text):
    assert numbers.format_seconds(seconds) == text


@pytest.mark.parametrize(
    "seconds, text",
    [
        (None, ""),
        (3, "A few seconds left"),
        (22, "About 20 s left"),
        (64, "About 1 min left"),
        (5 * 3600 + 1260, "About 5 h 20 min left"),
        (4 * 86400, "About 4 days left"),
    ],
)
def test_time_left_promises_no_more_than_is_known(seconds, text):
    assert numbers.format_time_left(seconds) == text


def test_when():
    now = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)

    def at(*moment: int) -> str:
        return numbers.format_when(datetime(*moment, tzinfo=UTC).timestamp(), now)

    assert at(2026, 5, 20, 9, 41) == "09:41"
    assert at(2026, 5, 19, 23, 59) == "Yesterday"
    assert at(2026, 3, 1) == "1 Mar"
    assert at(2024, 12, 31) == "31 Dec 2024"


def test_metric_names():
    assert figures.metric_title("val_sparse_categorical_accuracy") == "Sparse categorical accuracy"
    assert figures.metric_short("mean_absolute_error") == "MAE"
    assert figures.metric_title("auc_1") == "Area under curve 1"
    assert figures.monitored_title("val_weighted_mae") == "Validation weighted MAE"
    assert figures.monitored_title("kl_divergence") == "Training Kullback-Leibler divergence"
    assert figures.metric_title("huber") == "Huber"
    assert figures.metric_title("lr") == "Learning rate"
    assert figures.metric_title("val_my_own_metric") == "My own metric"
    assert figures.monitored_title("val_loss") == "Validation loss"
    assert figures.monitored_title("val_root_mean_squared_error") == "Validation RMSE"
