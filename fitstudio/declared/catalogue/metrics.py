"""The metrics that can be reported beside the loss, and which targets each is for.

`Entry.suits` names the ways in which a target is given to ``fit()``, see
`fitstudio.declared.catalogue.losses.target_encoding`: "number", "binary", "index" or "onehot".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.losses import LOSSES
from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Choice, Int, Option, Real
from fitstudio.words import marked, say

_NUMBERS = frozenset({"number"})
_YES_NO = frozenset({"binary", "onehot"})
_INDEX = frozenset({"index"})
_COLUMNS = frozenset({"onehot"})
_CLASSES = _YES_NO | _INDEX
_PROBABILITY = Real(minimum=0.0, maximum=1.0)

_THRESHOLD = Param(
    section="compile",
    name="threshold",
    kind=_PROBABILITY,
    default=0.5,
    title=marked("Threshold"),
    help=marked("The probability from which on the answer is yes."),
    level=Level.ADVANCED,
)
_THRESHOLDS = Param(
    section="compile",
    name="thresholds",
    kind=_PROBABILITY,
    default=None,
    title=marked("Threshold"),
    help=marked("The probability from which on the answer is yes."),
    unset="0.5",
    level=Level.ADVANCED,
)
_K = Param(
    section="compile",
    name="k",
    kind=Int(minimum=1, maximum=100_000),
    default=5,
    title=marked("Best answers"),
    help=marked("Among how many of the most probable classes the right one may be."),
    level=Level.ADVANCED,
)
_AUC_PARAMS = (
    Param(
        section="compile",
        name="num_thresholds",
        kind=Int(minimum=2, maximum=100_000),
        default=200,
        title=marked("Thresholds"),
        help=marked("At how many thresholds the curve is measured."),
        level=Level.EXPERT,
    ),
    Param(
        section="compile",
        name="curve",
        kind=Choice(
            (
                Option("ROC", marked("ROC"), marked("True against false positives.")),
                Option(
                    "PR", marked("Precision and recall"), marked("Better when one class is rare.")
                ),
            )
        ),
        default="ROC",
        title=marked("Curve"),
        help=marked("Under which curve the area is measured."),
        level=Level.ADVANCED,
    ),
)


def _rate(name: str) -> Param:
    return Param(
        section="compile",
        name=name,
        kind=_PROBABILITY,
        default=None,
        title=name.capitalize(),
        help=f"The {name} that has to be reached.",
    )


def _metric(
    name: str,
    title: str,
    sentence: str,
    suits: frozenset[str],
    *params: Param,
    rises: bool,
    short: str = "",
    aliases: tuple[str, ...] = (),
    starts_with: Mapping[str, Any] | None = None,
) -> Entry:
    return Entry(
        name=name,
        title=title,
        help=sentence,
        short=short,
        suits=suits,
        params=params,
        aliases=aliases,
        higher_is_better=rises,
        starts_with=starts_with or {},
    )


METRICS = by_name(
    _metric(
        "accuracy",
        marked("accuracy"),
        marked("The part of the rows answered right"),
        _CLASSES,
        aliases=("acc",),
        rises=True,
    ),
    _metric(
        "AUC",
        marked("area under curve"),
        marked("How well yes and no are parted, 0.5 to 1"),
        _YES_NO,
        *_AUC_PARAMS,
        short=marked("AUC"),
        rises=True,
    ),
    _metric(
        "Precision",
        marked("precision"),
        marked("The part of the “yes” answers that is right"),
        _YES_NO,
        _THRESHOLDS,
        rises=True,
    ),
    _metric(
        "Recall",
        marked("recall"),
        marked("The part of the true “yes” that was found"),
        _YES_NO,
        _THRESHOLDS,
        rises=True,
    ),
    Entry(
        name="F1Score",
        title="F1",
        help=marked("Precision and recall in one number"),
        suits=_YES_NO,
        params=(
            Param(
                section="compile",
                name="average",
                kind=Choice(
                    (
                        Option("macro", marked("Macro"), marked("Each class counts the same.")),
                        Option(
                            "weighted", marked("Weighted"), marked("Each class counts by its rows.")
                        ),
                        Option("micro", marked("Micro"), marked("Each row counts the same.")),
                    )
                ),
                default=None,
                title=marked("Over classes"),
                help=marked("How the values of the classes become one."),
                unset=marked("one value for each class"),
            ),
            Param(
                section="compile",
                name="threshold",
                kind=_PROBABILITY,
                default=None,
                title=marked("Threshold"),
                help=marked("The probability from which on the answer is yes."),
                unset=marked("the largest"),
                level=Level.ADVANCED,
            ),
        ),
        higher_is_better=True,
        starts_with={"average": "macro", "threshold": 0.5},
    ),
    _metric(
        "binary_accuracy",
        marked("binary accuracy"),
        marked("The part of the yes or no answers that is right"),
        _YES_NO,
        _THRESHOLD,
        aliases=("BinaryAccuracy",),
        rises=True,
    ),
    _metric(
        "sparse_categorical_accuracy",
        marked("sparse categorical accuracy"),
        marked("Accuracy for class numbers"),
        _INDEX,
        aliases=("SparseCategoricalAccuracy",),
        short=marked("sparse accuracy"),
        rises=True,
    ),
    _metric(
        "categorical_accuracy",
        marked("categorical accuracy"),
        marked("Accuracy for one column for each class"),
        _COLUMNS,
        aliases=("CategoricalAccuracy",),
        rises=True,
    ),
    _metric(
        "sparse_top_k_categorical_accuracy",
        marked("top-k accuracy"),
        marked("The right class is among the k most probable"),
        _INDEX,
        _K,
        aliases=("SparseTopKCategoricalAccuracy",),
        rises=True,
    ),
    _metric(
        "top_k_categorical_accuracy",
        marked("top-k accuracy, columns"),
        marked("The same for one column for each class"),
        _COLUMNS,
        _K,
        aliases=("TopKCategoricalAccuracy",),
        rises=True,
    ),
    _metric(
        "mean_absolute_error",
        marked("mean absolute error"),
        marked("The mean distance from the truth, in its unit"),
        _NUMBERS,
        aliases=("mae", "MeanAbsoluteError"),
        short=marked("MAE"),
        rises=False,
    ),
    _metric(
        "mean_squared_error",
        marked("mean squared error"),
        marked("The mean squared distance from the truth"),
        _NUMBERS,
        aliases=("mse", "MeanSquaredError"),
        short=marked("MSE"),
        rises=False,
    ),
    _metric(
        "RootMeanSquaredError",
        marked("root mean squared error"),
        marked("Typical distance from the truth, in its unit"),
        _NUMBERS,
        aliases=("root_mean_squared_error", "rmse"),
        short=marked("RMSE"),
        rises=False,
    ),
    _metric(
        "mean_absolute_percentage_error",
        marked("mean absolute percentage error"),
        marked("The mean distance in per cent of the truth"),
        _NUMBERS,
        aliases=("mape", "MeanAbsolutePercentageError"),
        short=marked("MAPE"),
        rises=False,
    ),
    _metric(
        "mean_squared_logarithmic_error",
        marked("squared logarithmic error"),
        marked("Ratios, not distances"),
        _NUMBERS,
        aliases=("msle", "MeanSquaredLogarithmicError"),
        short=marked("MSLE"),
        rises=False,
    ),
    _metric(
        "log_cosh",
        marked("log-cosh"),
        marked("A smooth absolute error"),
        _NUMBERS,
        aliases=("logcosh", "LogCosh", "LogCoshError"),
        rises=False,
    ),
    _metric(
        "cosine_similarity",
        marked("cosine similarity"),
        marked("How alike the directions are"),
        _NUMBERS,
        aliases=("CosineSimilarity", "cosine_proximity"),
        rises=True,
    ),
    _metric(
        "poisson",
        marked("Poisson"),
        marked("The Poisson loss, watched only"),
        _NUMBERS,
        aliases=("Poisson",),
        rises=False,
    ),
    _metric(
        "binary_crossentropy",
        marked("binary cross-entropy"),
        marked("The loss for yes or no, watched only"),
        _YES_NO,
        aliases=("bce", "BinaryCrossentropy"),
        rises=False,
    ),
    _metric(
        "sparse_categorical_crossentropy",
        marked("sparse categorical cross-entropy"),
        marked("The loss for classes, watched only"),
        _INDEX,
        aliases=("SparseCategoricalCrossentropy",),
        short=marked("sparse cross-entropy"),
        rises=False,
    ),
    _metric(
        "categorical_crossentropy",
        marked("categorical cross-entropy"),
        marked("The loss for columns of classes, watched only"),
        _COLUMNS,
        aliases=("CategoricalCrossentropy",),
        rises=False,
    ),
    _metric(
        "kl_divergence",
        marked("Kullback-Leibler divergence"),
        marked("Distance between two sets of probabilities"),
        _COLUMNS,
        aliases=("kld", "KLDivergence", "kullback_leibler_divergence"),
        rises=False,
    ),
    _metric(
        "hinge",
        marked("hinge"),
        marked("The margin loss, watched only"),
        _YES_NO,
        aliases=("Hinge",),
        rises=False,
    ),
    _metric(
        "squared_hinge",
        marked("squared hinge"),
        marked("The soft margin loss, watched only"),
        _YES_NO,
        aliases=("SquaredHinge",),
        rises=False,
    ),
    _metric(
        "categorical_hinge",
        marked("categorical hinge"),
        marked("The margin loss for columns of classes, watched only"),
        _COLUMNS,
        aliases=("CategoricalHinge",),
        rises=False,
    ),
    _metric(
        "R2Score",
        "R²",
        marked("The part of the spread that is explained; 1 is all"),
        _NUMBERS,
        aliases=("r2_score", "r2"),
        rises=True,
    ),
    _metric(
        "SensitivityAtSpecificity",
        marked("sensitivity at specificity"),
        marked("How many “yes” are found when “no” is mostly right"),
        _YES_NO,
        _rate("specificity"),
        starts_with={"specificity": 0.9},
        rises=True,
    ),
    _metric(
        "SpecificityAtSensitivity",
        marked("specificity at sensitivity"),
        marked("How many “no” are right when most “yes” are found"),
        _YES_NO,
        _rate("sensitivity"),
        starts_with={"sensitivity": 0.9},
        rises=True,
    ),
    _metric(
        "PrecisionAtRecall",
        marked("precision at recall"),
        marked("How many “yes” answers are right when most “yes” are found"),
        _YES_NO,
        _rate("recall"),
        starts_with={"recall": 0.9},
        rises=True,
    ),
    _metric(
        "RecallAtPrecision",
        marked("recall at precision"),
        marked("How many “yes” are found when most “yes” answers are right"),
        _YES_NO,
        _rate("precision"),
        starts_with={"precision": 0.9},
        rises=True,
    ),
    _metric(
        "TruePositives",
        marked("true positives"),
        marked("“Yes” that is right, counted"),
        _YES_NO,
        rises=True,
    ),
    _metric(
        "FalsePositives",
        marked("false positives"),
        marked("“Yes” that is wrong, counted"),
        _YES_NO,
        rises=False,
    ),
    _metric(
        "TrueNegatives",
        marked("true negatives"),
        marked("“No” that is right, counted"),
        _YES_NO,
        rises=True,
    ),
    _metric(
        "FalseNegatives",
        marked("false negatives"),
        marked("“No” that is wrong, counted"),
        _YES_NO,
        rises=False,
    ),
)


#: Metrics with thresholds from 0 to 1, which refuse anything else than probabilities.
OF_PROBABILITIES = frozenset(
    {
        "AUC",
        "Precision",
        "Recall",
        "SensitivityAtSpecificity",
        "SpecificityAtSensitivity",
        "PrecisionAtRecall",
        "RecallAtPrecision",
        "TruePositives",
        "FalsePositives",
        "TrueNegatives",
        "FalseNegatives",
    }
)
#: Metrics that are computed from any numbers, but mean something for probabilities only.
MEANT_FOR_PROBABILITIES = frozenset(
    {
        "F1Score",
        "binary_accuracy",
        "binary_crossentropy",
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "kl_divergence",
    }
)


def metric_name(item: str | Mapping[str, Any]) -> str:
    """The name under which a metric of ``compile.metrics`` is reported and watched.

    A name stays as it was given ("mae" is "mae"); a class is called by its snake case.
    """
    if isinstance(item, Mapping):
        item = item.get("name") or item.get("kind") or ""
    name = str(item)
    if name == name.lower():
        return name
    spaced = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", spaced).lower()


def higher_is_better(measured: str) -> bool | None:
    """Whether a higher value of what is logged under this name is better.

    The one place that knows: None means a name that is nobody's here, such as a metric of a
    person's own.

    Args:
        measured: The name in the logs; ``val_`` in front and a number behind make no difference.
    """
    if measured.removeprefix("val_") == "loss":
        return False
    entry = _Logged.read(measured).entry
    return None if entry is None else entry.higher_is_better


def measured_words(measured: str, *, short: bool = False) -> str:
    """What is logged under a name, as it is called within a sentence.

    Args:
        measured: The name in the logs; a ``val_`` in front is not told.
        short: In the width of a table's column: "MAE" for "mean absolute error".
    """
    logged = _Logged.read(measured)
    if logged.entry is None:
        return _OTHERS.get(logged.name) or logged.name.replace("_", " ").strip() or measured
    words = (short and logged.entry.short) or logged.entry.title
    words = say("weighted {words}", words=words) if logged.is_weighted else words
    return f"{words} {logged.number}" if logged.number else words


@dataclass(frozen=True)
class _Logged:
    """A name in the logs, taken apart.

    Attributes:
        name: All of it but ``val_``.
        entry: The metric; None for what the catalogue does not know.
        is_weighted: Whether it is the weighted one of two metrics of one name.
        number: Behind the name of a second metric of that name: 1 of "auc_1".
    """

    name: str
    entry: Entry | None
    is_weighted: bool = False
    number: str = ""

    @classmethod
    def read(cls, measured: str) -> _Logged:
        name = measured.removeprefix("val_")
        if name in _REPORTED:
            return cls(name, _REPORTED[name])
        bare, _, number = name.rpartition("_")
        if not (bare and number.isdecimal()):
            bare, number = name, ""
        plain = bare.removeprefix("weighted_")
        return cls(name, _REPORTED.get(plain), plain != bare, number)


# What is logged and is no metric; a loss is called by its own title.
_OTHERS = {each.name: f"{each.title[:1].lower()}{each.title[1:]}" for each in LOSSES.values()} | {
    "lr": "learning rate"
}
_REPORTED = {
    metric_name(spelling): entry
    for entry in METRICS.values()
    for spelling in (entry.name, *entry.aliases)
}
