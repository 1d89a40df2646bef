"""Metrics under the reference's names: classes, functions, and ``get`` for what compile() says."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from torch import Tensor

from fitstudio.engine import losses as _losses
from fitstudio.engine.losses import (
    FunctionLoss,
    Loss,
    binary_crossentropy,
    categorical_crossentropy,
    categorical_hinge,
    hinge,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from fitstudio.engine.metrics.base import Mean, MeanTensor, Metric, Sum
from fitstudio.engine.metrics.classes import F1Score, MeanIoU
from fitstudio.engine.metrics.confusion import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from fitstudio.engine.metrics.curves import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from fitstudio.engine.metrics.functions import (
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    cosine_similarity,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from fitstudio.engine.metrics.means import (
    Accuracy,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanMetricWrapper,
    MeanOfFunction,
    MeanRelativeError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    R2Score,
    RootMeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    SquaredHinge,
    TopKCategoricalAccuracy,
)
from fitstudio.engine.metrics.torch_metric import TorchMetric, is_torch_metric
from fitstudio.engine.metrics.variable import with_own_values
from fitstudio.engine.naming import snake_case, unknown_name, wrong_kind
from fitstudio.errors import ArgumentError

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
cosine_proximity = cosine_similarity

_CLASSES: tuple[type[Metric], ...] = (
    AUC,
    Accuracy,
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    F1Score,
    FalseNegatives,
    FalsePositives,
    Hinge,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanIoU,
    MeanRelativeError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    Precision,
    PrecisionAtRecall,
    R2Score,
    Recall,
    RecallAtPrecision,
    RootMeanSquaredError,
    SensitivityAtSpecificity,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
    SparseTopKCategoricalAccuracy,
    SpecificityAtSensitivity,
    SquaredHinge,
    TopKCategoricalAccuracy,
    TrueNegatives,
    TruePositives,
)
_FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    # As a metric the cosine is positive, as a loss negative: ours come last.
    **_losses.FUNCTIONS,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "cosine_similarity": cosine_similarity,
    "cosine_proximity": cosine_similarity,
}
_BY_CLASS_NAME: dict[str, type[Metric]] = {
    name: cls for cls in _CLASSES for name in (cls.__name__, snake_case(cls.__name__))
}
_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")
#: Every name that a string may say.
NAMES = tuple(sorted({*_FUNCTIONS, *_BY_CLASS_NAME, *_ACCURACY, *_CROSSENTROPY}))

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
        return _complete(_make(identifier, {}))
    if isinstance(identifier, FunctionLoss):
        return MeanOfFunction(identifier.function, identifier.name, **identifier.settings)
    if isinstance(identifier, Loss):
        return MeanOfFunction(identifier.per_sample, identifier.name)
    if is_torch_metric(identifier):
        return TorchMetric(identifier)
    if callable(identifier):
        return MeanOfFunction(cast(Callable[..., Tensor], identifier))
    raise wrong_kind(
        "metric", identifier, "a name, a Metric, a function of (y_true, y_pred) or a torch metric"
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
            f"The metric {kind.__name__} has no name and no sums yet: its __init__() does not call "
            "the base class's.",
            code="compile.metric-class",
            remedy="Begin __init__() with super().__init__(name=...).",
        )
    updates = (kind.update, kind.update_state) != (Metric.update, Metric.update_state)
    if not updates or kind.result is Metric.result:
        lacking = "result()" if updates else "update_state()"
        raise ArgumentError(
            f"The metric {kind.__name__} does not implement {lacking}.",
            code="compile.metric-class",
            remedy="A metric needs update_state(y_true, y_pred, sample_weight) and result().",
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
    if name in _ACCURACY or name in _CROSSENTROPY:
        kind = _classification_kind(output_shape, target_shape)
        ending = "accuracy" if name in _ACCURACY else "crossentropy"
        return MeanOfFunction(_FUNCTIONS[f"{kind}_{ending}"], name)
    if name in _FUNCTIONS:
        return MeanOfFunction(_FUNCTIONS[name], name)
    if name in _BY_CLASS_NAME:
        return _make(_BY_CLASS_NAME[name], {})
    raise unknown_name("metric", name, NAMES)


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
    settings = dict(fields)
    kind = settings.pop("kind", None) or settings.pop("class_name", None)
    settings |= settings.pop("config", {})
    if not isinstance(kind, str):
        raise wrong_kind("metric", dict(fields), 'a dict with the metric\'s name under "kind"')
    if kind in _BY_CLASS_NAME and kind not in _ACCURACY:
        return _make(_BY_CLASS_NAME[kind], settings)
    name = settings.pop("name", kind)
    metric = _by_name(kind, output_shape, target_shape)
    metric.name = name
    if settings:
        raise ArgumentError(
            f"The metric {kind!r} takes no settings; {', '.join(sorted(settings))} was given.",
            code="compile.metric-settings",
            remedy="Use the metric's class name, such as BinaryAccuracy.",
        )
    return metric


def _make(cls: type[Metric], settings: dict[str, Any]) -> Metric:
    try:
        return cls(**settings)
    except TypeError as error:
        raise ArgumentError(
            f"The metric {cls.__name__} can't be made with these settings: {error}.",
            code="compile.metric-settings",
        ) from error


__all__ = [
    "AUC",
    "KLD",
    "MAE",
    "MAPE",
    "MSE",
    "MSLE",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "F1Score",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanOfFunction",
    "MeanRelativeError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "MeanTensor",
    "Metric",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TorchMetric",
    "TrueNegatives",
    "TruePositives",
    "accuracy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_proximity",
    "cosine_similarity",
    "deserialize",
    "get",
    "hinge",
    "kl_divergence",
    "kld",
    "kullback_leibler_divergence",
    "log_cosh",
    "logcosh",
    "mae",
    "mape",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "mse",
    "msle",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]
