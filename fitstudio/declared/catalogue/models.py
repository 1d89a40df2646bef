"""The models of the gallery, with their settings; what each becomes is planned in `model_plan`."""

from __future__ import annotations

from fitstudio.declared.catalogue.model_settings import (
    BATCH_NORM,
    SIZE,
    WIDTHS,
    ModelEntry,
    activation,
    dropout,
    filters,
    setting,
    units,
)
from fitstudio.declared.catalogue.picture_models import PICTURE_MODELS
from fitstudio.declared.catalogue.series_models import SERIES_MODELS
from fitstudio.declared.catalogue.table_models import TABLE_MODELS
from fitstudio.declared.kinds.conditions import Given
from fitstudio.declared.kinds.param import Level, Param, by_name
from fitstudio.declared.kinds.values import Choice, Flag, Option
from fitstudio.words import marked

_FILTERS = marked("How many patterns each layer looks for.")


def _convolution_params(patterns: list[int], kernel: int) -> tuple[Param, ...]:
    return (
        filters(
            patterns,
            _FILTERS,
            more=marked("Each layer looks at a wider part of the input than the one before."),
        ),
        setting(
            "kernel_size",
            SIZE,
            kernel,
            marked("Filter size"),
            marked("How many neighbouring points a pattern spans."),
        ),
        setting(
            "pool",
            SIZE,
            2,
            marked("Pooling"),
            marked("By how much each layer shrinks the input; 1 is not at all."),
        ),
        setting(
            "strides",
            SIZE,
            1,
            marked("Stride"),
            marked("How many points a filter moves at a time."),
            level=Level.EXPERT,
        ),
        setting(
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
        setting(
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
        units([64], marked("Last layers"), marked("How wide each layer after them is.")),
        activation(),
        dropout(),
        BATCH_NORM,
    )


_RECURRENT = (
    units([64], marked("Layers"), marked("How many numbers each recurrent layer remembers.")),
    setting(
        "bidirectional",
        Flag(),
        False,
        marked("Both directions"),
        marked("Whether the series is also read from its end."),
        more=marked("Only for series that are complete when the answer is wanted."),
    ),
    setting(
        "return_sequences",
        Flag(),
        False,
        marked("An answer at each time step"),
        marked("Whether the model answers at each time step instead of once for each row."),
        level=Level.EXPERT,
    ),
    setting(
        "dense_units",
        WIDTHS,
        [],
        marked("Last layers"),
        marked("How wide each layer after them is; none is usual."),
        level=Level.ADVANCED,
    ),
    # What is recurrent has functions of its own; only the layers after it take this one.
    activation(applies=Given("model.dense_units")),
    dropout(),
)

MODELS = by_name(
    ModelEntry(
        name="mlp",
        icon="share-network",
        called="MLP",
        title=marked("Multi-layer perceptron"),
        help=marked("For tables: every input is connected with every unit."),
        more=marked(
            "The first model to try on a table. Arrays are flattened, so that neighbourhood "
            "is lost."
        ),
        params=(
            units([64, 64], marked("Layers"), marked("How wide each hidden layer is.")),
            activation(),
            dropout(),
            BATCH_NORM,
        ),
    ),
    *TABLE_MODELS,
    ModelEntry(
        name="cnn1d",
        icon="activity",
        called="CNN1D",
        along_a_line=True,
        finds_patterns=True,
        title=marked("1-D convolutional network"),
        help=marked("For spectra and signals: looks for patterns along a line."),
        more=marked("Finds the same pattern wherever it stands in the spectrum or signal."),
        params=_convolution_params([32, 64], 5),
    ),
    ModelEntry(
        name="cnn2d",
        icon="image-square",
        called="CNN2D",
        finds_patterns=True,
        title=marked("2-D convolutional network"),
        help=marked("For images: looks for patterns in a plane."),
        more=marked("Finds the same pattern wherever it stands in the picture."),
        params=_convolution_params([32, 64], 3),
    ),
    ModelEntry(
        name="lstm",
        icon="repeat",
        called="LSTM",
        along_a_line=True,
        finds_patterns=True,
        title=marked("LSTM"),
        help=marked("For series: reads step by step and remembers."),
        more=marked(
            "Long short-term memory. Slower than convolutions, and better when order over a "
            "long time matters."
        ),
        params=_RECURRENT,
    ),
    ModelEntry(
        name="gru",
        icon="arrows-clockwise",
        called="GRU",
        along_a_line=True,
        finds_patterns=True,
        title=marked("GRU"),
        help=marked("For series: a lighter LSTM."),
        more=marked("Gated recurrent unit: fewer weights than an LSTM and often as good."),
        params=_RECURRENT,
    ),
    *SERIES_MODELS,
    *PICTURE_MODELS,
)


def answers_at_steps(kind: str) -> bool:
    """Whether a model can answer at each time step of a series."""
    return kind in MODELS and MODELS[kind].param("return_sequences") is not None
