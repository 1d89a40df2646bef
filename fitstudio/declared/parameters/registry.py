"""All settings by key, and "did you mean" for keys that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from fitstudio.declared.catalogue.entries import MODELS
from fitstudio.declared.kinds.param import Param
from fitstudio.declared.kinds.spelling import did_you_mean
from fitstudio.declared.parameters import column_settings, sources
from fitstudio.declared.parameters.augmentation import AUGMENTATION
from fitstudio.declared.parameters.compile import COMPILE
from fitstudio.declared.parameters.data import DATA
from fitstudio.declared.parameters.fit import FIT
from fitstudio.declared.parameters.model import any_model_param, model_params
from fitstudio.declared.parameters.run import RUN
from fitstudio.words import say

SECTIONS = ("data", "model", "compile", "fit", "run")

# The model's settings depend on its kind; all others are always the same.
FIXED: Mapping[str, Param] = MappingProxyType(
    {param.key: param for param in (*DATA, *AUGMENTATION, *COMPILE, *FIT, *RUN)}
)


def find_param(key: str, model_kind: object = None) -> Param | None:
    """The setting of this key.

    Args:
        key: Such as ``"fit.epochs"``.
        model_kind: The kind of model, whose defaults count where several models have the setting.
    """
    if key in FIXED:
        return FIXED[key]
    section, _, name = key.partition(".")
    if section == "data":
        return _field_of_source(name) or _field_of_column(name)
    if section != "model":
        return None
    own = next((param for param in model_params(model_kind) if param.name == name), None)
    return own or any_model_param(name)


def _field_of_source(name: str) -> Param | None:
    """A setting such as ``data.sources.spectra.options``."""
    place = sources.field_of(name)
    if place is None:
        return None
    source, field = place
    whole = FIXED["data.sources"]
    return replace(
        whole,
        name=name,
        kind=sources.FIELDS[field],
        title=say("{field} of {source}", field=field.capitalize(), source=source),
        unset=say("not set"),
    )


def _field_of_column(name: str) -> Param | None:
    """A setting such as ``data.columns.age.prepare``."""
    place = column_settings.field_of_column(name)
    if place is None:
        return None
    column, field = place
    return replace(
        FIXED["data.columns"],
        name=name,
        kind=column_settings.FIELDS[field],
        title=say("{field} of {source}", field=field.capitalize(), source=column),
        unset=say("not set"),
    )


def known_keys() -> tuple[str, ...]:
    """Every key that a run specification may hold."""
    model = {f"model.{param.name}": None for entry in MODELS.values() for param in entry.params}
    return (*FIXED, "model.kind", *model)


def unknown_key_sentence(key: str) -> str:
    """What to say about a key that does not exist, with the one that was probably meant."""
    shown = key if len(key) <= 80 else f"{key[:79]}…"
    hint = did_you_mean(key, known_keys())
    if not hint and "." not in key:
        hint = did_you_mean(key, [known.partition(".")[2] for known in known_keys()])
    return say("There is no setting {shown}.{hint}", shown=repr(shown), hint=hint)
