"""The model's settings: which model of the gallery, and the settings that it has."""

from __future__ import annotations

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.kinds.entries import Chosen
from fitstudio.declared.kinds.param import Param
from fitstudio.words import marked

KIND = Param(
    section="model",
    name="kind",
    kind=Chosen(MODELS, marked("a model")),
    default="mlp",
    title=marked("Model"),
    help=marked("What kind of network is trained."),
    group="Model",
)


def model_params(kind: object) -> tuple[Param, ...]:
    """All settings of the model of this kind, the kind itself first."""
    entry = MODELS.get(kind) if isinstance(kind, str) else None
    return (KIND, *(entry.params if entry is not None else ()))


def any_model_param(name: str) -> Param | None:
    """The setting of this name in whichever model has it first."""
    if name == KIND.name:
        return KIND
    found = (entry.param(name) for entry in MODELS.values())
    return next((param for param in found if param is not None), None)
