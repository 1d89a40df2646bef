"""The models of the gallery, with their settings; what each becomes is planned in `model_plan`."""

from __future__ import annotations

from typing import Any

from fitstudio.declared.kinds.composed import ListOf
from fitstudio.declared.kinds.conditions import ALWAYS, Condition, Given
from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Choice, Flag, Int, Kind, Option, Real

_WIDTH = Int(minimum=1, maximum=65_536)
_WIDTHS = ListOf(item=_WIDTH, longest=100)
_SIZE = Int(minimum=1, maximum=4_096)


def _setting(
    name: str,
    kind: Kind,
    default: Any,
    title: str,
    sentence: str,
    *,
    more: str = "",
    level: Level = Level.BASIC,
    applies: Condition = ALWAYS,
) -> Param:
    return Param(
        section="model",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        more=more,
        level=level,
        group="Model",
        applies=applies,
    )


def _activation(default: str = "relu", *, applies: Condition = ALWAYS) -> Param:
    return _setting(
        "activation",
        Choice(
            (
                Option("relu", "ReLU", "Negative numbers become 0. The usual choice."),
                Option("tanh", "Tanh", "Squeezed between -1 and 1."),
                Option("sigmoid", "Sigmoid", "Squeezed between 0 and 1."),
                Option("elu", "ELU", "Like ReLU, with a smooth bend below 0."),
                Option("selu", "SELU", "ELU scaled so that deep stacks stay in balance."),
                Option("gelu", "GELU", "A smooth ReLU, usual in transformers."),
                Option("silu", "SiLU (swish)", "A smooth ReLU that dips below 0."),
                Option("softplus", "Softplus", "A smooth ReLU that is never 0."),
                Option("leaky_relu", "Leaky ReLU", "Negative numbers keep a small part."),
                Option("linear", "None", "Numbers stay as they are."),
            )
        ),
        default,
        "Activation",
        "What each hidden layer does to its numbers.",
        level=Level.ADVANCED,
        applies=applies,
    )


def _units(default: list[int], title: str, sentence: str) -> Param:
    return _setting(
        "units",
        _WIDTHS,
        default,
        title,
        sentence,
        more="One number for each layer. More and wider layers can learn more and need more rows.",
    )


def _dropout(default: float = 0.0) -> Param:
    return _setting(
        "dropout",
        Real(minimum=0.0, maximum=1.0, open_maximum=True),
        default,
        "Dropout",
        "The part of the numbers left out at random in training.",
        more="It keeps a model from learning rows by heart. 0.2 to 0.5 are usual; 0 is off.",
    )


_BATCH_NORM = _setting(
    "batch_norm",
    Flag(),
    False,
    "Normalise batches",
    "Whether numbers are brought to mean 0 and spread 1 between layers.",
    more="Often lets deeper models learn faster; needs batches of more than a few rows.",
    level=Level.ADVANCED,
)
_FILTERS = "How many patterns each layer looks for."


def _convolution_params(filters: list[int], kernel: int) -> tuple[Param, ...]:
    return (
        _setting(
            "filters",
            ListOf(item=_WIDTH, shortest=1, longest=100),
            filters,
            "Filters",
            _FILTERS,
            more="Each layer looks at a wider part of the input than the one before.",
        ),
        _setting(
            "kernel_size",
            _SIZE,
            kernel,
            "Filter size",
            "How many neighbouring points a pattern spans.",
        ),
        _setting(
            "pool",
            _SIZE,
            2,
            "Pooling",
            "By how much each layer shrinks the input; 1 is not at all.",
        ),
        _setting(
            "strides",
            _SIZE,
            1,
            "Stride",
            "How many points a filter moves at a time.",
            level=Level.EXPERT,
        ),
        _setting(
            "padding",
            Choice(
                (
                    Option("same", "Keep size", "The edge is filled up with zeros."),
                    Option("valid", "Shrink", "Only places where the filter fits."),
                )
            ),
            "same",
            "Edges",
            "What happens where a filter reaches over the edge.",
            level=Level.ADVANCED,
        ),
        _setting(
            "global_pool",
            Choice(
                (
                    Option("none", "Keep all", "Every place keeps its own number."),
                    Option("average", "Mean", "The mean of each pattern over all places."),
                    Option("max", "Largest", "The strongest answer of each pattern anywhere."),
                )
            ),
            "none",
            "Before the last layers",
            "Whether it matters where a pattern was found.",
            level=Level.ADVANCED,
        ),
        _units([64], "Last layers", "How wide each layer after them is."),
        _activation(),
        _dropout(),
        _BATCH_NORM,
    )


_RECURRENT = (
    _units([64], "Layers", "How many numbers each recurrent layer remembers."),
    _setting(
        "bidirectional",
        Flag(),
        False,
        "Both directions",
        "Whether the series is also read from its end.",
        more="Only for series that are complete when the answer is wanted.",
    ),
    _setting(
        "return_sequences",
        Flag(),
        False,
        "An answer at each time step",
        "Whether the model answers at each time step instead of once for each row.",
        level=Level.EXPERT,
    ),
    _setting(
        "dense_units",
        _WIDTHS,
        [],
        "Last layers",
        "How wide each layer after them is; none is usual.",
        level=Level.ADVANCED,
    ),
    # What is recurrent has functions of its own; only the layers after it take this one.
    _activation(applies=Given("model.dense_units")),
    _dropout(),
)

MODELS = by_name(
    Entry(
        name="mlp",
        title="Multi-layer perceptron",
        help="For tables: every input is connected with every unit.",
        more="The first model to try on a table. Arrays are flattened, so that neighbourhood is "
        "lost.",
        params=(
            _units([64, 64], "Layers", "How wide each hidden layer is."),
            _activation(),
            _dropout(),
            _BATCH_NORM,
        ),
    ),
    Entry(
        name="cnn1d",
        title="1-D convolutional network",
        help="For spectra and signals: looks for patterns along a line.",
        more="Finds the same pattern wherever it stands in the spectrum or signal.",
        params=_convolution_params([32, 64], 5),
    ),
    Entry(
        name="cnn2d",
        title="2-D convolutional network",
        help="For images: looks for patterns in a plane.",
        more="Finds the same pattern wherever it stands in the picture.",
        params=_convolution_params([32, 64], 3),
    ),
    Entry(
        name="lstm",
        title="LSTM",
        help="For series: reads step by step and remembers.",
        more="Long short-term memory. Slower than convolutions, and better when order over a long "
        "time matters.",
        params=_RECURRENT,
    ),
    Entry(
        name="gru",
        title="GRU",
        help="For series: a lighter LSTM.",
        more="Gated recurrent unit: fewer weights than an LSTM and often as good.",
        params=_RECURRENT,
    ),
)
