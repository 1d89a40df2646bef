"""`model.json`: all that is needed to use a trained model later, besides its weights.

It holds the plan of the layers, the recipe that turns files into inputs and answers into classes
or original units, and where the model comes from. Predicting needs this file and a checkpoint;
neither the project's settings nor its data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from fitstudio import storage
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.declared.task.task import CLASSIFICATION
from fitstudio.errors import DataError, RunError, StorageError
from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Count
from fitstudio.words import say

FORMAT = 1


@dataclass(frozen=True, slots=True)
class BirthCertificate:
    """What `model.json` says.

    Attributes:
        plan: The layers.
        recipe: How inputs are made and answers read.
        compiled: `loss`, `loss_settings`, `metrics`, `weighted_metrics` as they were resolved, to
            measure the model as it was measured in training.
        origin: Run, seed, data fingerprint, versions.
    """

    plan: ModelPlan
    recipe: Recipe
    compiled: Mapping[str, Any]
    origin: Mapping[str, Any]

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return self.recipe.output.task

    @property
    def class_names(self) -> tuple[str, ...]:
        """In the order of the class index; empty for numbers."""
        return self.recipe.output.class_names or ()

    @property
    def answers_logits(self) -> bool:
        """Whether the model ends without softmax or sigmoid although it answers with classes."""
        linear = all(head.settings.get("activation") == "linear" for head in self.plan.heads)
        return self.task == CLASSIFICATION and linear

    def write(self, path: Path) -> None:
        """Writes the file.

        Raises:
            StorageError: If it could not be written.
        """
        storage.write_json(
            path,
            {
                "format": FORMAT,
                "plan": self.plan.to_json(),
                "recipe": self.recipe.to_json(),
                "task": self.task,
                "class_names": list(self.class_names),
                "compiled": dict(self.compiled),
                "origin": dict(self.origin),
            },
        )

    @classmethod
    def read(cls, path: Path) -> BirthCertificate:
        """Reads the file.

        Raises:
            RunError: If there is none yet, or it cannot be understood.
        """
        try:
            content = atomic.read_json(path)
            if checked.convert(content, _Head)["format"] > FORMAT:
                raise _unusable(path, say("a later version of FitStudio wrote it"))
            stored: dict[str, Any] = dict(checked.convert(content, _Stored))
            stored["recipe"] = Recipe.from_json(stored["recipe"])
            return cls(**stored)
        except StorageError as problem:
            raise RunError(
                say("The run {parent} has no trained model yet.", parent=repr(path.parent.name)),
                code="run.no-model",
                remedy=say("Train it until its first epoch has ended."),
                details=problem.message,
            ) from problem
        except (checked.MisfitError, DataError) as problem:
            raise _unusable(path, str(problem)) from problem


class _Head(TypedDict):
    format: Count


class _Stored(TypedDict):
    plan: ModelPlan
    recipe: Any  # which reads itself
    compiled: Mapping[str, Any]
    origin: Mapping[str, Any]


def _unusable(path: Path, why: str) -> RunError:
    return RunError(
        say(
            "The model of the run {parent} cannot be used: {why}.",
            parent=repr(path.parent.name),
            why=why,
        ),
        code="run.model-unusable",
        remedy=say("Use another run, or a newer version of FitStudio."),
    )
