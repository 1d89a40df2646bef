"""The metrics that can be reported beside the loss, and which targets each is for.

`Entry.suits` names the ways in which a target is given to ``fit()``, see
`fitstudio.declared.catalogue.losses.target_encoding`: "number", "binary", "index" or "onehot".
"""

from __future__ import annotations

from fitstudio.declared.catalogue.metric_settings import (
    AUC_PARAMS,
    PROBABILITY,
    THRESHOLD,
    THRESHOLDS,
    K,
    metric,
    rate,
)
from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Choice, Option
from fitstudio.words import marked

_NUMBERS = frozenset({"number"})
_YES_NO = frozenset({"binary", "onehot"})
_INDEX = frozenset({"index"})
_COLUMNS = frozenset({"onehot"})
_CLASSES = _YES_NO | _INDEX


METRICS = by_name(
    metric(
        "accuracy",
        marked("accuracy"),
        marked("The part of the rows answered right"),
        _CLASSES,
        aliases=("acc",),
        rises=True,
    ),
    metric(
        "AUC",
        marked("area under curve"),
        marked("How well yes and no are parted, 0.5 to 1"),
        _YES_NO,
        *AUC_PARAMS,
        short=marked("AUC"),
        rises=True,
    ),
    metric(
        "Precision",
        marked("precision"),
        marked("The part of the “yes” answers that is right"),
        _YES_NO,
        THRESHOLDS,
        rises=True,
    ),
    metric(
        "Recall",
        marked("recall"),
        marked("The part of the true “yes” that was found"),
        _YES_NO,
        THRESHOLDS,
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
                kind=PROBABILITY,
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
    metric(
        "binary_accuracy",
        marked("binary accuracy"),
        marked("The part of the yes or no answers that is right"),
        _YES_NO,
        THRESHOLD,
        aliases=("BinaryAccuracy",),
        rises=True,
    ),
    metric(
        "sparse_categorical_accuracy",
        marked("sparse categorical accuracy"),
        marked("Accuracy for class numbers"),
        _INDEX,
        aliases=("SparseCategoricalAccuracy",),
        short=marked("sparse accuracy"),
        rises=True,
    ),
    metric(
        "categorical_accuracy",
        marked("categorical accuracy"),
        marked("Accuracy for one column for each class"),
        _COLUMNS,
        aliases=("CategoricalAccuracy",),
        rises=True,
    ),
    metric(
        "sparse_top_k_categorical_accuracy",
        marked("top-k accuracy"),
        marked("The right class is among the k most probable"),
        _INDEX,
        K,
        aliases=("SparseTopKCategoricalAccuracy",),
        rises=True,
    ),
    metric(
        "top_k_categorical_accuracy",
        marked("top-k accuracy, columns"),
        marked("The same for one column for each class"),
        _COLUMNS,
        K,
        aliases=("TopKCategoricalAccuracy",),
        rises=True,
    ),
    metric(
        "mean_absolute_error",
        marked("mean absolute error"),
        marked("The mean distance from the truth, in its unit"),
        _NUMBERS,
        aliases=("mae", "MeanAbsoluteError"),
        short=marked("MAE"),
        rises=False,
    ),
    metric(
        "mean_squared_error",
        marked("mean squared error"),
        marked("The mean squared distance from the truth"),
        _NUMBERS,
        aliases=("mse", "MeanSquaredError"),
        short=marked("MSE"),
        rises=False,
    ),
    metric(
        "RootMeanSquaredError",
        marked("root mean squared error"),
        marked("Typical distance from the truth, in its unit"),
        _NUMBERS,
        aliases=("root_mean_squared_error", "rmse"),
        short=marked("RMSE"),
        rises=False,
    ),
    metric(
        "mean_absolute_percentage_error",
        marked("mean absolute percentage error"),
        marked("The mean distance in per cent of the truth"),
        _NUMBERS,
        aliases=("mape", "MeanAbsolutePercentageError"),
        short=marked("MAPE"),
        rises=False,
    ),
    metric(
        "mean_squared_logarithmic_error",
        marked("squared logarithmic error"),
        marked("Ratios, not distances"),
        _NUMBERS,
        aliases=("msle", "MeanSquaredLogarithmicError"),
        short=marked("MSLE"),
        rises=False,
    ),
    metric(
        "log_cosh",
        marked("log-cosh"),
        marked("A smooth absolute error"),
        _NUMBERS,
        aliases=("logcosh", "LogCosh", "LogCoshError"),
        rises=False,
    ),
    metric(
        "cosine_similarity",
        marked("cosine similarity"),
        marked("How alike the directions are"),
        _NUMBERS,
        aliases=("CosineSimilarity", "cosine_proximity"),
        rises=True,
    ),
    metric(
        "poisson",
        marked("Poisson"),
        marked("The Poisson loss, watched only"),
        _NUMBERS,
        aliases=("Poisson",),
        rises=False,
    ),
    metric(
        "binary_crossentropy",
        marked("binary cross-entropy"),
        marked("The loss for yes or no, watched only"),
        _YES_NO,
        aliases=("bce", "BinaryCrossentropy"),
        rises=False,
    ),
    metric(
        "sparse_categorical_crossentropy",
        marked("sparse categorical cross-entropy"),
        marked("The loss for classes, watched only"),
        _INDEX,
        aliases=("SparseCategoricalCrossentropy",),
        short=marked("sparse cross-entropy"),
        rises=False,
    ),
    metric(
        "categorical_crossentropy",
        marked("categorical cross-entropy"),
        marked("The loss for columns of classes, watched only"),
        _COLUMNS,
        aliases=("CategoricalCrossentropy",),
        rises=False,
    ),
    metric(
        "kl_divergence",
        marked("Kullback-Leibler divergence"),
        marked("Distance between two sets of probabilities"),
        _COLUMNS,
        aliases=("kld", "KLDivergence", "kullback_leibler_divergence"),
        rises=False,
    ),
    metric(
        "hinge",
        marked("hinge"),
        marked("The margin loss, watched only"),
        _YES_NO,
        aliases=("Hinge",),
        rises=False,
    ),
    metric(
        "squared_hinge",
        marked("squared hinge"),
        marked("The soft margin loss, watched only"),
        _YES_NO,
        aliases=("SquaredHinge",),
        rises=False,
    ),
    metric(
        "categorical_hinge",
        marked("categorical hinge"),
        marked("The margin loss for columns of classes, watched only"),
        _COLUMNS,
        aliases=("CategoricalHinge",),
        rises=False,
    ),
    metric(
        "R2Score",
        "R²",
        marked("The part of the spread that is explained; 1 is all"),
        _NUMBERS,
        aliases=("r2_score", "r2"),
        rises=True,
    ),
    metric(
        "SensitivityAtSpecificity",
        marked("sensitivity at specificity"),
        marked("How many “yes” are found when “no” is mostly right"),
        _YES_NO,
        rate(
            "specificity",
            marked("Specificity"),
            marked("The specificity that has to be reached."),
        ),
        starts_with={"specificity": 0.9},
        rises=True,
    ),
    metric(
        "SpecificityAtSensitivity",
        marked("specificity at sensitivity"),
        marked("How many “no” are right when most “yes” are found"),
        _YES_NO,
        rate(
            "sensitivity",
            marked("Sensitivity"),
            marked("The sensitivity that has to be reached."),
        ),
        starts_with={"sensitivity": 0.9},
        rises=True,
    ),
    metric(
        "PrecisionAtRecall",
        marked("precision at recall"),
        marked("How many “yes” answers are right when most “yes” are found"),
        _YES_NO,
        rate(
            "recall",
            marked("Recall"),
            marked("The recall that has to be reached."),
        ),
        starts_with={"recall": 0.9},
        rises=True,
    ),
    metric(
        "RecallAtPrecision",
        marked("recall at precision"),
        marked("How many “yes” are found when most “yes” answers are right"),
        _YES_NO,
        rate(
            "precision",
            marked("Precision"),
            marked("The precision that has to be reached."),
        ),
        starts_with={"precision": 0.9},
        rises=True,
    ),
    metric(
        "TruePositives",
        marked("true positives"),
        marked("“Yes” that is right, counted"),
        _YES_NO,
        rises=True,
    ),
    metric(
        "FalsePositives",
        marked("false positives"),
        marked("“Yes” that is wrong, counted"),
        _YES_NO,
        rises=False,
    ),
    metric(
        "TrueNegatives",
        marked("true negatives"),
        marked("“No” that is right, counted"),
        _YES_NO,
        rises=True,
    ),
    metric(
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
