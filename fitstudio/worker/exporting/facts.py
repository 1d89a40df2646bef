"""What every export tells of itself: what it takes and gives, where it is from, how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.errors import StorageError
from fitstudio.project.decision import Decision
from fitstudio.project.paths import RunPaths
from fitstudio.storage import atomic
from fitstudio.words import kept
from fitstudio.worker.saving.model_card import BirthCertificate

FORMAT = 1


def export_facts(
    paths: RunPaths,
    certificate: BirthCertificate,
    checkpoint: Mapping[str, Any],
    decision: Decision | None = None,
) -> dict[str, Any]:
    """Everything that a person needs to use the model without FitStudio, as plain data.

    Args:
        paths: The run's files.
        certificate: What the model is.
        checkpoint: Which weights are exported: `name` and `epoch`.
        decision: From which probability on a class is said; the likelier one without it.

    Returns:
        `inputs` with each column's name, role, range, unit, classes and scaling; `targets`;
        `classes`; `decision`; `logits`; the layers as `graph`; `origin`, `checkpoint`, `scores`
        and `rows`.
    """
    recipe = certificate.recipe
    measured = _measured(paths)
    return {
        "format": FORMAT,
        "run": paths.name,
        "task": recipe.output.task,
        "inputs": [_column(each, fills=recipe.missing == "fill") for each in recipe.input.columns],
        "targets": [_column(column, fills=False) for column in recipe.output.columns],
        "classes": list(certificate.class_names),
        "decision": None
        if decision is None
        else {"class": decision.class_name, "threshold": decision.threshold},
        "logits": certificate.answers_logits,
        "graph": certificate.plan.to_json(),
        "training_rows": recipe.training_rows,
        "notes": kept(recipe.notes),
        "origin": dict(certificate.origin),
        "checkpoint": dict(checkpoint),
        "scores": measured.get("scores"),
        "rows": measured.get("rows"),
    }


def _column(column: RecipeColumn, *, fills: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name, "role": column.role, "unit": column.unit}
    if column.role == "category":
        facts["classes"] = list(column.labels)
        facts["encoding"] = column.encoding
        facts["rare"], facts["other"] = list(column.rare), column.other
        facts["buckets"] = column.buckets
        facts["numeric"] = column.numeric_labels
    else:
        single = not column.shape
        facts["center"] = column.center[0] if single else list(column.center)
        facts["scale"] = column.scale[0] if single else list(column.scale)
        facts["lowest_in_training"], facts["highest_in_training"] = column.low, column.high
        facts["shape"] = list(column.shape)
        for when, steps in (("before", column.before), ("after", column.after)):
            facts[when] = [step.to_json() for step in steps]
    facts["fill"] = column.fill if fills else None
    facts["indicator"] = column.indicator
    return facts


def _measured(paths: RunPaths) -> Mapping[str, Any]:
    """What was measured when the run ended; nothing where that cannot be read."""
    try:
        found = atomic.read_json(paths.results)
    except StorageError:
        return {}
    return found if isinstance(found, Mapping) else {}
