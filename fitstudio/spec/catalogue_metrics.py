"""The metrics that can be reported beside the loss, and which targets each is for."""

from __future__ import annotations

from fitstudio.spec.catalogue_losses import NUMBERS, SEVERAL_CLASSES, TWO_CLASSES
from fitstudio.spec.kinds import Choice, Int, Option, Real
from fitstudio.spec.param import Entry, Level, Param, by_name

_NUMBERS = frozenset({NUMBERS})
_TWO = frozenset({TWO_CLASSES})
_CLASSES = frozenset({TWO_CLASSES, SEVERAL_CLASSES})
_PROBABILITY = Real(minimum=0.0, maximum=1.0)

_THRESHOLD = Param(
    section="compile",
    name="threshold",
    kind=_PROBABILITY,
    default=0.5,
    title="Threshold",
    help="The probability from which on the answer is yes.",
    level=Level.ADVANCED,
)
_THRESHOLDS = Param(
    section="compile",
    name="thresholds",
    kind=_PROBABILITY,
    default=None,
    title="Threshold",
    help="The probability from which on the answer is yes.",
    unset="0.5",
    level=Level.ADVANCED,
)
_K = Param(
    section="compile",
    name="k",
    kind=Int(minimum=1, maximum=100_000),
    default=5,
    title="Best answers",
    help="Among how many of the most probable classes the right one may be.",
    level=Level.ADVANCED,
)
_AUC_PARAMS = (
    Param(
        section="compile",
        name="num_thresholds",
        kind=Int(minimum=2, maximum=100_000),
        default=200,
        title="Thresholds",
        help="At how many thresholds the curve is measured.",
        level=Level.EXPERT,
    ),
    Param(
        section="compile",
        name="curve",
        kind=Choice(
            (
                Option("ROC", "ROC", "True against false positives."),
                Option("PR", "Precision and recall", "Better when one class is rare."),
            )
        ),
        default="ROC",
        title="Curve",
        help="Under which curve the area is measured.",
        level=Level.ADVANCED,
    ),
)


def _metric(
    name: str,
    title: str,
    sentence: str,
    suits: frozenset[str],
    *params: Param,
    aliases: tuple[str, ...] = (),
) -> Entry:
    return Entry(name=name, title=title, help=sentence, suits=suits, params=params, aliases=aliases)


METRICS = by_name(
    _metric(
        "accuracy", "accuracy", "The part of the rows answered right", _CLASSES, aliases=("acc",)
    ),
    _metric(
        "AUC", "area under curve", "How well yes and no are parted, 0.5 to 1", _TWO, *_AUC_PARAMS
    ),
    _metric(
        "Precision", "precision", "The part of the “yes” answers that is right", _TWO, _THRESHOLDS
    ),
    _metric("Recall", "recall", "The part of the true “yes” that was found", _TWO, _THRESHOLDS),
    _metric(
        "binary_accuracy",
        "binary accuracy",
        "The part of the yes or no answers that is right",
        _TWO,
        _THRESHOLD,
        aliases=("BinaryAccuracy",),
    ),
    _metric(
        "sparse_categorical_accuracy",
        "sparse categorical accuracy",
        "Accuracy for class numbers",
        _CLASSES,
        aliases=("SparseCategoricalAccuracy",),
    ),
    _metric(
        "categorical_accuracy",
        "categorical accuracy",
        "Accuracy for one column for each class",
        _CLASSES,
        aliases=("CategoricalAccuracy",),
    ),
    _metric(
        "sparse_top_k_categorical_accuracy",
        "top-k accuracy",
        "The right class is among the k most probable",
        frozenset({SEVERAL_CLASSES}),
        _K,
        aliases=("SparseTopKCategoricalAccuracy",),
    ),
    _metric(
        "top_k_categorical_accuracy",
        "top-k accuracy, columns",
        "The same for one column for each class",
        frozenset({SEVERAL_CLASSES}),
        _K,
        aliases=("TopKCategoricalAccuracy",),
    ),
    _metric(
        "mean_absolute_error",
        "mean absolute error",
        "The mean distance from the truth, in its unit",
        _NUMBERS,
        aliases=("mae", "MeanAbsoluteError"),
    ),
    _metric(
        "mean_squared_error",
        "mean squared error",
        "The mean squared distance from the truth",
        _NUMBERS,
        aliases=("mse", "MeanSquaredError"),
    ),
    _metric(
        "RootMeanSquaredError",
        "root mean squared error",
        "Typical distance from the truth, in its unit",
        _NUMBERS,
        aliases=("root_mean_squared_error", "rmse"),
    ),
    _metric(
        "mean_absolute_percentage_error",
        "percentage error",
        "The mean distance in per cent of the truth",
        _NUMBERS,
        aliases=("mape", "MeanAbsolutePercentageError"),
    ),
    _metric(
        "mean_squared_logarithmic_error",
        "squared logarithmic error",
        "Ratios, not distances",
        _NUMBERS,
        aliases=("msle", "MeanSquaredLogarithmicError"),
    ),
    _metric(
        "log_cosh", "log-cosh", "A smooth absolute error", _NUMBERS, aliases=("logcosh", "LogCosh")
    ),
    _metric(
        "cosine_similarity",
        "cosine similarity",
        "How alike the directions are",
        _NUMBERS,
        aliases=("CosineSimilarity",),
    ),
    _metric("poisson", "Poisson", "The Poisson loss, watched only", _NUMBERS, aliases=("Poisson",)),
    _metric(
        "binary_crossentropy",
        "binary cross-entropy",
        "The loss for yes or no, watched only",
        _TWO,
        aliases=("bce", "BinaryCrossentropy"),
    ),
    _metric(
        "sparse_categorical_crossentropy",
        "sparse categorical cross-entropy",
        "The loss for classes, watched only",
        frozenset({SEVERAL_CLASSES}),
        aliases=("SparseCategoricalCrossentropy",),
    ),
    _metric(
        "categorical_crossentropy",
        "categorical cross-entropy",
        "The loss for columns of classes, watched only",
        frozenset({SEVERAL_CLASSES}),
        aliases=("CategoricalCrossentropy",),
    ),
    _metric(
        "kl_divergence",
        "Kullback-Leibler divergence",
        "Distance between two sets of probabilities",
        frozenset({SEVERAL_CLASSES}),
        aliases=("kld", "KLDivergence"),
    ),
    _metric("hinge", "hinge", "The margin loss, watched only", _TWO, aliases=("Hinge",)),
)
