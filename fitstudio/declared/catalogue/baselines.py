"""The simple models that a run is compared with: names and what each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitstudio.words import marked
from fitstudio.words.tables import Spoken


@dataclass(frozen=True)
class Baseline:
    """One simple model.

    Args:
        name: In files.
        title: Two or three words.
        help: What it does.
    """

    name: str
    title: Spoken
    help: Spoken


BASELINES: Mapping[str, Baseline] = {
    each.name: each
    for each in (
        Baseline(
            "same",
            marked("Always the same"),
            marked("The mean of the training rows, or their commonest class."),
        ),
        Baseline("linear", marked("The linear model"), marked("Ridge or logistic regression.")),
        Baseline(
            "nearest",
            marked("The nearest rows"),
            marked("What the ten most similar training rows say."),
        ),
        Baseline("boosting", marked("Boosted trees"), marked("Gradient boosting of scikit-learn.")),
    )
}
