"""What metrics are called on every page."""

from __future__ import annotations

from fitstudio.declared.catalogue.measured_names import measured_words
from fitstudio.words import say

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
