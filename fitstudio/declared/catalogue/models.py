"""The models of the gallery, with their settings; what each becomes is planned in `model_plan`."""

from __future__ import annotations

from typing import Any

from fitstudio.declared.kinds.composed import ListOf
from fitstudio.declared.kinds.conditions import ALWAYS, Condition, Given
from fitstudio.declared.kinds.param import Entry, Level, Param, by_name
from fitstudio.declared.kinds.values import Choice, Flag, Int, Kind, Option, Real
from fitstudio.words import marked

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
                Option(
                    "relu", marked("ReLU"), marked("Negative numbers become 0. The usual choice.")
                ),
                Option("tanh", marked("Tanh"), marked("Squeezed between -1 and 1.")),
                Option("sigmoid", marked("Sigmoid"), marked("Squeezed between 0 and 1.")),
                Option("elu", marked("ELU"), marked("Like ReLU, with a smooth bend below 0.")),
                Option(
                    "selu",
                    marked("SELU"),
                    marked("ELU scaled so that deep stacks stay in balance."),
                ),
                Option("gelu", marked("GELU"), marked("A smooth ReLU, usual in transformers.")),
                Option("silu", marked("SiLU (swish)"), marked("A smooth ReLU that dips below 0.")),
                Option("softplus", marked("Softplus"), marked("A smooth ReLU that is never 0.")),
                Option(
                    "leaky_relu",
                    marked("Leaky ReLU"),
                    marked("Negative numbers keep a small part."),
                ),
                Option("linear", marked("None"), marked("Numbers stay as they are.")),
            )
        ),
        default,
        marked("Activation"),
        marked("What each hidden layer does to its numbers."),
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
        more=marked(
            "One number for each layer. More and wider layers can learn more and need more rows."
        ),
    )


def _dropout(default: float = 0.0) -> Param:
    return _setting(
        "dropout",
        Real(minimum=0.0, maximum=1.0, open_maximum=True),
        default,
        marked("Dropout"),
        marked("The part of the numbers left out at random in training."),
        more=marked(
            "It keeps a model from learning rows by heart. 0.2 to 0.5 are usual; 0 is off."
        ),
    )


_BATCH_NORM = _setting(
    "batch_norm",
    Flag(),
    False,
    marked("Normalise batches"),
    marked("Whether numbers are brought to mean 0 and spread 1 between layers."),
    more=marked("Often lets deeper models learn faster; needs batches of more than a few rows."),
    level=Level.ADVANCED,
)
_FILTERS = marked("How many patterns each layer looks for.")


def _convolution_params(filters: list[int], kernel: int) -> tuple[Param, ...]:
    return (
        _setting(
            "filters",
            ListOf(item=_WIDTH, shortest=1, longest=100),
            filters,
            marked("Filters"),
            _FILTERS,
            more=marked("Each layer looks at a wider part of the input than the one before."),
        ),
        _setting(
            "kernel_size",
            _SIZE,
            kernel,
            marked("Filter size"),
            marked("How many neighbouring points a pattern spans."),
        ),
        _setting(
            "pool",
            _SIZE,
            2,
            marked("Pooling"),
            marked("By how much each layer shrinks the input; 1 is not at all."),
        ),
        _setting(
            "strides",
            _SIZE,
            1,
            marked("Stride"),
            marked("How many points a filter moves at a time."),
            level=Level.EXPERT,
        ),
        _setting(
            "padding",
            Choice(
                (
                    Option(
                        "same", marked("Keep size"), marked("The edge is filled up with zeros.")
                    ),
                    Option("valid", marked("Shrink"), marked("Only places where the filter fits.")),
                )
            ),
            "same",
            marked("Edges"),
            marked("What happens where a filter reaches over the edge."),
            level=Level.ADVANCED,
        ),
        _setting(
            "global_pool",
            Choice(
                (
                    Option("none", marked("Keep all"), marked("Every place keeps its own number.")),
                    Option(
                        "average",
                        marked("Mean"),
                        marked("The mean of each pattern over all places."),
                    ),
                    Option(
                        "max",
                        marked("Largest"),
                        marked("The strongest answer of each pattern anywhere."),
                    ),
                )
            ),
            "none",
            marked("Before the last layers"),
            marked("Whether it matters where a pattern was found."),
            level=Level.ADVANCED,
        ),
        _units([64], marked("Last layers"), marked("How wide each layer after them is.")),
        _activation(),
        _dropout(),
        _BATCH_NORM,
    )


_RECURRENT = (
    _units([64], marked("Layers"), marked("How many numbers each recurrent layer remembers.")),
    _setting(
        "bidirectional",
        Flag(),
        False,
        marked("Both directions"),
        marked("Whether the series is also read from its end."),
        more=marked("Only for series that are complete when the answer is wanted."),
    ),
    _setting(
        "return_sequences",
        Flag(),
        False,
        marked("An answer at each time step"),
        marked("Whether the model answers at each time step instead of once for each row."),
        level=Level.EXPERT,
    ),
    _setting(
        "dense_units",
        _WIDTHS,
        [],
        marked("Last layers"),
        marked("How wide each layer after them is; none is usual."),
        level=Level.ADVANCED,
    ),
    # What is recurrent has functions of its own; only the layers after it take this one.
    _activation(applies=Given("model.dense_units")),
    _dropout(),
)

MODELS = by_name(
    Entry(
        name="mlp",
        title=marked("Multi-layer perceptron"),
        help=marked("For tables: every input is connected with every unit."),
        more=marked(
            "The first model to try on a table. Arrays are flattened, so that neighbourhood "
            "is lost."
        ),
        params=(
            _units([64, 64], marked("Layers"), marked("How wide each hidden layer is.")),
            _activation(),
            _dropout(),
            _BATCH_NORM,
        ),
    ),
    Entry(
        name="cnn1d",
        title=marked("1-D convolutional network"),
        help=marked("For spectra and signals: looks for patterns along a line."),
        more=marked("Finds the same pattern wherever it stands in the spectrum or signal."),
        params=_convolution_params([32, 64], 5),
    ),
    Entry(
        name="cnn2d",
        title=marked("2-D convolutional network"),
        help=marked("For images: looks for patterns in a plane."),
        more=marked("Finds the same pattern wherever it stands in the picture."),
        params=_convolution_params([32, 64], 3),
    ),
    Entry(
        name="lstm",
        title=marked("LSTM"),
        help=marked("For series: reads step by step and remembers."),
        more=marked(
            "Long short-term memory. Slower than convolutions, and better when order over a "
            "long time matters."
        ),
        params=_RECURRENT,
    ),
    Entry(
        name="gru",
        title=marked("GRU"),
        help=marked("For series: a lighter LSTM."),
        more=marked("Gated recurrent unit: fewer weights than an LSTM and often as good."),
        params=_RECURRENT,
    ),
)
