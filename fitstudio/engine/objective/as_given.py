"""What compile() was given for losses and metrics: one, a list, or a dict by output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.errors import ArgumentError
from fitstudio.words import say


def is_nested(given: Any) -> bool:
    """Whether it is a list or dict, and may hold something for each output."""
    return isinstance(given, (list, tuple, Mapping))


def is_settings(given: Any) -> bool:
    """Whether a dict describes one object (``{"kind": "AUC", …}``), not one per output."""
    return isinstance(given, Mapping) and (
        isinstance(given.get("kind"), str) or isinstance(given.get("class_name"), str)
    )


def leaves(given: Any, is_leaf: Any) -> list[Any]:
    """Every single loss or metric in a structure of lists and dicts."""
    if given is None:
        return []
    if isinstance(given, Mapping) and not is_leaf(given):
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        return [leaf for each in given for leaf in leaves(each, is_leaf)]
    return [given]


def as_list(given: Any) -> list[Any]:
    """What was given for one output as a list; a None in it is left out."""
    if given is None:
        return []
    if isinstance(given, (list, tuple)):
        return [each for each in given if each is not None]
    return [given]


def weights_for(form: OutputForm, given: Any) -> tuple[float, ...]:
    """The factor of each output's loss in the total; 1 where none was given.

    Raises:
        ArgumentError: If one is no number, or is meant for an output that does not exist.
    """
    if given is None:
        return (1.0,) * len(form.names)
    if isinstance(given, (int, float)):
        given = [given] * len(form.names)
    if not is_nested(given):
        raise ArgumentError(
            say(
                "loss_weights should be a list or dict of numbers; {given} was given.",
                given=repr(given),
            ),
            code="compile.loss-weights",
        )
    assigned = form.assign("loss_weights", given)
    try:
        return tuple(1.0 if each is None else float(each) for each in assigned)
    except (TypeError, ValueError):
        raise ArgumentError(
            say(
                "loss_weights should be numbers, one for each output; {given} was given.",
                given=repr(given),
            ),
            code="compile.loss-weights",
        ) from None


def metrics_for(form: OutputForm, argument: str, given: Any) -> tuple[list[Any], ...]:
    """The identifiers per output. A flat list serves every output."""
    if given is None:
        return tuple([] for _ in form.names)
    if isinstance(given, Mapping) and not is_settings(given):
        return tuple(as_list(each) for each in form.assign(argument, given))
    if isinstance(given, (list, tuple)) and any(isinstance(e, (list, tuple)) for e in given):
        return tuple(as_list(each) for each in form.assign(argument, given))
    return tuple(as_list(given) for _ in form.names)
