"""The losses that can be chosen, which targets each is for, and what the last layer does for it."""

from __future__ import annotations

from typing import Any

from fitstudio.declared.catalogue.loss_entry import LossEntry
from fitstudio.declared.kinds.entries import Chosen
from fitstudio.declared.kinds.param import Level, Param, by_name
from fitstudio.declared.kinds.values import Flag, Kind, Real
from fitstudio.words import marked

# What a target is, as far as losses and metrics care.
NUMBERS = "numbers"
TWO_CLASSES = "two classes"
SEVERAL_CLASSES = "several classes"

_NUMBERS = frozenset({NUMBERS})
_TWO = frozenset({TWO_CLASSES})
_CLASSES = frozenset({TWO_CLASSES, SEVERAL_CLASSES})


def _setting(name: str, kind: Kind, default: Any, title: str, sentence: str) -> Param:
    return Param(
        section="compile",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        level=Level.EXPERT,
    )


_FROM_LOGITS = _setting(
    "from_logits",
    Flag(),
    False,
    marked("From scores"),
    marked("Whether the model ends in plain scores and the loss turns them into probabilities."),
)
_SMOOTHING = _setting(
    "label_smoothing",
    Real(minimum=0.0, maximum=1.0, open_maximum=True),
    0.0,
    marked("Label smoothing"),
    marked("How much of the certainty is taken from the true class; 0.1 is usual."),
)
_ALPHA = _setting(
    "alpha",
    Real(minimum=0.0, maximum=1.0),
    0.25,
    marked("Alpha"),
    marked("How much the positive class counts."),
)
_GAMMA = _setting(
    "gamma",
    Real(minimum=0.0),
    2.0,
    marked("Gamma"),
    marked("How much less rows count that are already right."),
)


def _loss(
    name: str,
    title: str,
    sentence: str,
    suits: frozenset[str],
    *params: Param,
    aliases: tuple[str, ...] = (),
    **known: Any,
) -> LossEntry:
    """A loss's entry; `known` is what `LossEntry` says beyond its settings."""
    return LossEntry(
        name=name, title=title, help=sentence, suits=suits, params=params, aliases=aliases, **known
    )


LOSSES = by_name(
    _loss(
        "sparse_categorical_crossentropy",
        marked("Sparse categorical cross-entropy"),
        marked("For classes, one of them right for each row"),
        _CLASSES,
        _FROM_LOGITS,
        activation="softmax",
    ),
    _loss(
        "categorical_crossentropy",
        marked("Categorical cross-entropy"),
        marked("For classes, each a column of 0 and 1"),
        _CLASSES,
        _FROM_LOGITS,
        _SMOOTHING,
        aliases=("CategoricalCrossentropy",),
        columns=True,
        activation="softmax",
    ),
    _loss(
        "binary_crossentropy",
        marked("Binary cross-entropy"),
        marked("For yes or no"),
        _CLASSES,
        _FROM_LOGITS,
        _SMOOTHING,
        aliases=("bce", "BinaryCrossentropy"),
        one_column=True,
        activation="sigmoid",
    ),
    _loss(
        "mean_squared_error",
        marked("Mean squared error"),
        marked("For numbers; large errors count most"),
        _NUMBERS,
        aliases=("mse", "MeanSquaredError"),
        unit_power=2,
        scales=True,
    ),
    _loss(
        "mean_absolute_error",
        marked("Mean absolute error"),
        marked("For numbers; calm about outliers"),
        _NUMBERS,
        aliases=("mae", "MeanAbsoluteError"),
        unit_power=1,
        scales=True,
    ),
    _loss(
        "huber",
        marked("Huber"),
        marked("For numbers; squared near, absolute far off"),
        _NUMBERS,
        _setting(
            "delta",
            Real(minimum=0.0, open_minimum=True),
            1.0,
            marked("Delta"),
            marked("The error from which on it counts straight, not squared."),
        ),
        aliases=("huber_loss",),
        scales=True,
    ),
    _loss(
        "log_cosh",
        marked("Log-cosh"),
        marked("For numbers; a smooth Huber"),
        _NUMBERS,
        aliases=("logcosh", "LogCosh"),
        scales=True,
    ),
    _loss(
        "mean_absolute_percentage_error",
        marked("Mean absolute percentage error"),
        marked("For numbers far from 0; in per cent"),
        _NUMBERS,
        aliases=("mape", "MeanAbsolutePercentageError"),
    ),
    _loss(
        "mean_squared_logarithmic_error",
        marked("Mean squared logarithmic error"),
        marked("For numbers above 0; ratios count"),
        _NUMBERS,
        aliases=("msle", "MeanSquaredLogarithmicError"),
        lowest=0.0,
    ),
    _loss(
        "poisson",
        marked("Poisson"),
        marked("For counts"),
        _NUMBERS,
        # It takes the logarithm of what is predicted, which has to be above 0.
        activation="softplus",
        lowest=0.0,
    ),
    _loss(
        "cosine_similarity",
        marked("Cosine similarity"),
        marked("For several numbers; direction, not length"),
        _NUMBERS,
        aliases=("CosineSimilarity", "cosine_proximity"),
    ),
    _loss("hinge", marked("Hinge"), marked("For yes or no, with a margin"), _TWO, one_column=True),
    _loss(
        "squared_hinge",
        marked("Squared hinge"),
        marked("For yes or no, with a soft margin"),
        _TWO,
        aliases=("SquaredHinge",),
        one_column=True,
    ),
    _loss(
        "categorical_hinge",
        marked("Categorical hinge"),
        marked("For classes, with a margin"),
        _CLASSES,
        aliases=("CategoricalHinge",),
        columns=True,
    ),
    _loss(
        "kl_divergence",
        marked("Kullback-Leibler divergence"),
        marked("For classes as probabilities"),
        _CLASSES,
        aliases=("kld", "KLDivergence", "kullback_leibler_divergence"),
        columns=True,
        activation="softmax",
    ),
    _loss(
        "binary_focal_crossentropy",
        marked("Binary focal cross-entropy"),
        marked("For yes or no, when one of them is rare"),
        _TWO,
        _setting(
            "apply_class_balancing",
            Flag(),
            False,
            marked("Use alpha"),
            marked("Whether alpha weighs the classes."),
        ),
        _ALPHA,
        _GAMMA,
        _FROM_LOGITS,
        _SMOOTHING,
        aliases=("BinaryFocalCrossentropy",),
        one_column=True,
        activation="sigmoid",
    ),
    _loss(
        "categorical_focal_crossentropy",
        marked("Categorical focal cross-entropy"),
        marked("For classes, when some are rare"),
        _CLASSES,
        _ALPHA,
        _GAMMA,
        _FROM_LOGITS,
        _SMOOTHING,
        aliases=("CategoricalFocalCrossentropy",),
        columns=True,
        activation="softmax",
    ),
)

_OWN = LossEntry(name="", title="", help="")  # a loss that is not in the catalogue


def loss_named(name: str) -> LossEntry | None:
    """The loss of this name, in any of its spellings; None where it is none of ours."""
    entry = Chosen(LOSSES, marked("a loss")).find(name)
    return None if entry is None else LOSSES[entry.name]


def automatic_loss(target: str) -> str:
    """The loss that fits a target (`NUMBERS`, `TWO_CLASSES` or `SEVERAL_CLASSES`)."""
    if target == NUMBERS:
        return "mean_squared_error"
    return "binary_crossentropy" if target == TWO_CLASSES else "sparse_categorical_crossentropy"


def target_encoding(loss: str, target: str) -> str:
    """How the target is given to ``fit()`` so that the loss can use it.

    "number" (as it is), "binary" (one column of 0 and 1), "index" (class numbers) or "onehot"
    (a column of 0 and 1 for each class).
    """
    if target == NUMBERS:
        return "number"
    entry = LOSSES.get(loss, _OWN)
    if entry.columns or (entry.one_column and target == SEVERAL_CLASSES):
        return "onehot"
    return "binary" if entry.one_column else "index"


def output_activation(loss: str, target: str, *, from_logits: bool = False) -> str:
    """The last layer's activation: "softmax", "sigmoid", "softplus" or "linear".

    Classes end in softmax, yes or no in one sigmoid, numbers and scores stay as they are. Only the
    Poisson loss, which takes the logarithm of what is predicted, asks for numbers above 0.
    """
    entry = LOSSES.get(loss, _OWN)
    is_made_for_it = (NUMBERS in entry.suits) == (target == NUMBERS)
    if not is_made_for_it or (from_logits and target != NUMBERS):
        return "linear"
    return entry.activation
