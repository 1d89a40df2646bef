"""The saved models of a run as the pages offer them: "Best · epoch 12 · 0.0341"."""

from __future__ import annotations

from collections.abc import Sequence

from fitstudio.actions.models.kept_models import KeptModel
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel.own_units import value_words
from fitstudio.words import marked, say_marked

_TITLES = {
    "best": marked("Best"),
    "last": marked("Last"),
    "previous": marked("Before the last"),
    "snapshot": marked("Snapshot"),
}


def offered(models: Sequence[KeptModel], scale: TargetScale | None) -> list[tuple[str, str, str]]:
    """The models to choose from: name, words, and a tip with the name that the terminal takes."""
    return [
        (each.name, model_words(each, scale), " ".join(("--checkpoint", each.name)))
        for each in models
    ]


def model_words(model: KeptModel, scale: TargetScale | None) -> str:
    """One model in words: what it is, when it was saved, and the run's score there."""
    title = say_marked(_TITLES.get(model.kind, ""))
    parts = [title or (model.name if model.kind == "file" else "")]
    parts.append(model.when)
    if model.value is not None:
        parts.append(value_words(model.value, model.monitor, scale))
    words = " · ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]
