"""Metrics under the reference's names: classes, functions, and ``get`` for what compile() says."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from torch import Tensor

from fitstudio.declared.catalogue.measured_names import metric_name
from fitstudio.engine import losses as _losses
from fitstudio.engine.losses import FunctionLoss, Loss
from fitstudio.engine.metrics import accuracies, classes, confusion, curves, means, of_losses
from fitstudio.engine.metrics.accuracies import *  # noqa: F403
from fitstudio.engine.metrics.base import REGISTER, Mean, MeanTensor, Metric, Sum
from fitstudio.engine.metrics.classes import *  # noqa: F403
from fitstudio.engine.metrics.confusion import *  # noqa: F403
from fitstudio.engine.metrics.curves import *  # noqa: F403
from fitstudio.engine.metrics.means import *  # noqa: F403
from fitstudio.engine.metrics.means import MeanOfFunction
from fitstudio.engine.metrics.of_losses import *  # noqa: F403
from fitstudio.engine.metrics.torch_metric import TorchMetric, is_torch_metric
from fitstudio.engine.metrics.variable import with_own_values
from fitstudio.engine.naming import unknown_name, wrong_kind
from fitstudio.errors import ArgumentError
from fitstudio.words import say

__all__ = [
    "Mean",
    "MeanTensor",
    "Metric",
    "Sum",
    "TorchMetric",
    "deserialize",
    "get",
    "serialize",
]
__all__ += accuracies.__all__
__all__ += classes.__all__
__all__ += confusion.__all__
__all__ += curves.__all__
__all__ += means.__all__
__all__ += of_losses.__all__

_FUNCTIONS: dict[str, Callable[..., Tensor]] = _losses.FUNCTIONS | {
    # As a metric the cosine is positive, as a loss negative: ours come last.
    name: function
    for module in (accuracies, of_losses)
    for name in module.__all__
    if not isinstance(function := getattr(module, name), type) and name != "accuracy"
}
_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")
#: Every name that a string may say.
NAMES = tuple(sorted({*_FUNCTIONS, *REGISTER.names, *_ACCURACY, *_CROSSENTROPY}))

Shape = Sequence[int] | None


def get(identifier: Any, *, output_shape: Shape = None, target_shape: Shape = None) -> Metric:
    """A metric from whatever compile() was given.

    Args:
        identifier: A name such as ``"mae"``, a dict such as ``{"kind": "AUC", "curve": "PR"}``, a
            `Metric` object or class, a function ``f(y_true, y_pred)``, a loss, or an object with
            torchmetrics' methods.
        output_shape: Shape of the output the metric watches. With the targets' it says what
            ``"accuracy"`` means: binary for one column, categorical for targets with as many
            columns as the output, sparse otherwise.
        target_shape: Shape of the targets.

    Raises:
        ArgumentError: If there is no metric of that name, or it does not know a setting.

    Example:
        >>> import torch
        >>> from fitstudio import metrics
        >>> metric = metrics.get("mae")
        >>> metric.update_state(torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [4.0]]))
        >>> float(metric.result())
        2.0
        >>> metrics.get("accuracy", output_shape=(32, 1), target_shape=(32, 1)).name
        'accuracy'
    """
    if isinstance(identifier, str):
        return _by_name(identifier, output_shape, target_shape)
    if isinstance(identifier, Mapping):
        return _by_settings(identifier, output_shape, target_shape)
    if isinstance(identifier, Metric):
        return _complete(identifier)
    if isinstance(identifier, type) and issubclass(identifier, Metric):
        return _complete(REGISTER.made(identifier, identifier.__name__, {}))
    if isinstance(identifier, FunctionLoss):
        return MeanOfFunction(identifier.function, identifier.name, **identifier.settings)
    if isinstance(identifier, Loss):
        return MeanOfFunction(identifier.per_sample, identifier.name)
    if is_torch_metric(identifier):
        return TorchMetric(identifier)
    if callable(identifier):
        return MeanOfFunction(cast(Callable[..., Tensor], identifier))
    raise wrong_kind(
        "metric",
        identifier,
        say("a name, a Metric, a function of (y_true, y_pred) or a torch metric"),
    )


def serialize(metric: Metric) -> dict[str, Any]:
    """The metric's class and settings, as plain data."""
    return {"class_name": type(metric).__name__, "config": metric.get_config()}


def deserialize(config: Any) -> Metric:
    """The metric that `serialize` described.

    Raises:
        ArgumentError: As `get`.
    """
    return get(config)


def _complete(metric: Metric) -> Metric:
    """The metric, if its class says all that is needed.

    Raises:
        ArgumentError: If a method is missing, or the base class was not initialised.
    """
    kind = type(metric)
    if "state" not in vars(metric):
        raise ArgumentError(
            say(
                "The metric {kind} has no name and no sums yet: its __init__() does not call "
                "the base class's.",
                kind=kind.__name__,
            ),
            code="compile.metric-class",
            remedy=say("Begin __init__() with super().__init__(name=...)."),
        )
    updates = (kind.update, kind.update_state) != (Metric.update, Metric.update_state)
    if not updates or kind.result is Metric.result:
        lacking = "result()" if updates else "update_state()"
        raise ArgumentError(
            say(
                "The metric {kind} does not implement {lacking}.",
                kind=kind.__name__,
                lacking=lacking,
            ),
            code="compile.metric-class",
            remedy=say("A metric needs update_state(y_true, y_pred, sample_weight) and result()."),
        )
    return metric


def copy_of(metric: Metric) -> Metric:
    """The same metric with sums of its own, for a second use of one object."""
    if not type(metric).__module__.startswith("fitstudio."):
        return with_own_values(metric)
    twin = copy.copy(metric)
    twin.state = {}
    return twin


def _by_name(name: str, output_shape: Shape, target_shape: Shape) -> Metric:
    for said in (name, name.lower()):
        if said in _ACCURACY or said in _CROSSENTROPY:
            kind = _classification_kind(output_shape, target_shape)
            ending = "accuracy" if said in _ACCURACY else "crossentropy"
            return MeanOfFunction(_FUNCTIONS[f"{kind}_{ending}"], said)
        if said in _FUNCTIONS:
            return MeanOfFunction(_FUNCTIONS[said], said)
        if said in REGISTER.names:
            break
    found = REGISTER.find(name)
    if found is None:
        raise unknown_name("metric", name, NAMES)
    return REGISTER.make(found, _called(name, found))


def _called(name: str, found: str) -> dict[str, Any]:
    """The name of a metric that was asked for by a short one, which it is reported under."""
    is_own = name in REGISTER.own_names(REGISTER.classes[found])
    return {} if is_own else {"name": metric_name(name)}


def _classification_kind(output_shape: Shape, target_shape: Shape) -> str:
    if output_shape is None:
        return "binary"
    if len(output_shape) < 2 or output_shape[-1] == 1:
        return "binary"
    if target_shape is not None and tuple(target_shape) == tuple(output_shape):
        return "categorical"
    if target_shape is not None and len(target_shape) == len(output_shape):
        return "categorical" if target_shape[-1] == output_shape[-1] else "sparse_categorical"
    return "sparse_categorical"


def _by_settings(fields: Mapping[str, Any], output_shape: Shape, target_shape: Shape) -> Metric:
    named = REGISTER.named(fields)
    assert named is not None, "a dict has a name"
    kind, settings = named
    found = REGISTER.find(kind)
    if found is not None and kind not in _ACCURACY:
        is_own = kind in REGISTER.own_names(REGISTER.classes[found])
        if is_own or kind not in _FUNCTIONS:
            return REGISTER.make(found, _called(kind, found) | settings)
    name = settings.pop("name", kind)
    metric = _by_name(kind, output_shape, target_shape)
    metric.name = name
    if settings:
        raise ArgumentError(
            say(
                "The metric {kind} takes no settings; {settings} was given.",
                kind=repr(kind),
                settings=", ".join(sorted(settings)),
            ),
            code="compile.metric-settings",
            remedy=say("Use the metric's class name, such as BinaryAccuracy."),
        )
    return metric
