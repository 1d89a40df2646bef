"""The parts of the data and the kinds of weights that results are of, as they are called."""

from __future__ import annotations

from fitstudio.words import marked

PARTS = ("validation", "training", "test")

# Which of a run's weights were measured.
WEIGHTS = {"best": marked("Best"), "last": marked("Last")}

PART_TITLES = {
    "validation": marked("Validation"),
    "training": marked("Training"),
    "test": marked("Test"),
}
