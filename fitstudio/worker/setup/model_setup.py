"""Builds and compiles the engine's model as a run's resolved values say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine import architectures, losses, optimizers
from fitstudio.engine.model import Model

_COMPILED = ("loss", "loss_settings", "metrics", "weighted_metrics", "loss_weights")


def build(plan: ModelPlan, *, seed: int, device: torch.device) -> Model:
    """The model with its first weights, on `device`; not compiled yet."""
    return Model(architectures.build(plan, seed=seed).to(device))


def compiled_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the resolved values that says how the model is measured, as plain data."""
    measured = {name: values.get(f"compile.{name}") for name in _COMPILED}
    return measured | {"precision": values.get("run.precision")}


def compile_to_train(model: Model, values: Mapping[str, Any]) -> None:
    """Compiles with everything that `compile()` takes.

    Args:
        model: The model.
        values: The run's resolved values by key.
    """
    settings = dict(values.get("compile.optimizer_settings") or {})
    if values.get("compile.learning_rate") is not None:
        settings["learning_rate"] = values["compile.learning_rate"]
    measured = compiled_settings(values)
    model.compile(
        optimizer=optimizers.get(values["compile.optimizer"], settings),
        loss=losses.get(measured["loss"], measured["loss_settings"]),
        metrics=_listed(measured["metrics"]),
        loss_weights=measured["loss_weights"],
        weighted_metrics=_listed(measured["weighted_metrics"]),
        sample_weight_mode=values.get("compile.sample_weight_mode"),
        precision=measured["precision"],
    )


def compile_to_measure(model: Model, measured: Mapping[str, Any]) -> None:
    """Compiles with what `evaluate()` needs, from a birth certificate's `compiled`."""
    model.compile(
        optimizer="sgd",
        loss=losses.get(measured["loss"], measured.get("loss_settings")),
        metrics=_listed(measured.get("metrics")),
        loss_weights=measured.get("loss_weights"),
        weighted_metrics=_listed(measured.get("weighted_metrics")),
        precision=measured.get("precision") or "float32",
    )


def _listed(entries: Sequence[Any] | None) -> list[Any] | None:
    return list(entries) if entries else None
