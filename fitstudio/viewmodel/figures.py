"""What metrics are called on every page, and how a learning rate is written."""

from __future__ import annotations

from fitstudio.declared.catalogue.measured_names import measured_words
from fitstudio.words import numbers, say

LEARNING_RATE_NAMES = ("learning_rate", "lr")


def metric_title(name: str) -> str:
    """What a metric is called on screen: ``val_sparse_categorical_accuracy`` → Sparse categorical
    accuracy.
    """
    return _begun(measured_words(name))


def metric_short(name: str) -> str:
    """The metric in the width of a table's column."""
    return _begun(measured_words(name, short=True))


def monitored_title(name: str) -> str:
    """A monitored metric with the part it was measured on: ``val_loss`` → Validation loss."""
    words = measured_words(name, short=True)
    if name.startswith("val_"):
        return say("Validation {measured}", measured=words)
    return say("Training {measured}", measured=words)


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def learning_rate_text(rate: float) -> str:
    """A learning rate in three digits: 0.001, 0.000933, 3·10⁻⁷."""
    return numbers.format_exact(float(f"{rate:.3g}"))
