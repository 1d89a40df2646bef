"""The models of the gallery that are made for tables, with their settings."""

from __future__ import annotations

from fitstudio.declared.catalogue.model_settings import (
    HEADS,
    WIDTH,
    ModelEntry,
    activation,
    blocks,
    dropout,
    setting,
    units,
    wide,
)
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Flag, Int
from fitstudio.words import marked

_EMBED_NUMBERS = setting(
    "embed_numbers",
    Flag(),
    True,
    marked("Waves of numbers"),
    marked("Whether the model also sees cosines of each number, whose lengths it learns."),
    more=marked(
        "So it can tell apart values that lie close together, as trees do. A category of more "
        "than 8 classes becomes 8 numbers that are learned."
    ),
    level=Level.ADVANCED,
)

TABLE_MODELS = (
    ModelEntry(
        name="realmlp",
        icon="table",
        called="RealMLP",
        title=marked("Perceptron made for tables"),
        help=marked("For tables: built and tuned for columns of numbers."),
        more=marked(
            "A multi-layer perceptron after RealMLP (Holzmüller and others, 2024): it learns how "
            "much each input counts, sees cosines of each number, and each unit learns how bent "
            "it is. It wants AdamW, a rate that falls, and some hundred epochs; one costs about "
            "five times what one of the plain perceptron does."
        ),
        params=(
            units([256, 256, 256], marked("Layers"), marked("How wide each hidden layer is.")),
            activation("mish"),
            dropout(0.15),
            _EMBED_NUMBERS,
        ),
    ),
    ModelEntry(
        name="tabm",
        called="TabM",
        title=marked("Ensemble of perceptrons"),
        help=marked("For tables: many perceptrons that share their weights."),
        more=marked(
            "After TabM (Gorishniy and others, 2025): the members share most weights, learn each "
            "by itself, and answer with their mean. Costs about as many times what one perceptron "
            "of the same width does as it has members, in time and in memory."
        ),
        params=(
            units([128, 128], marked("Layers"), marked("How wide each hidden layer is.")),
            setting(
                "members",
                Int(minimum=2, maximum=256),
                16,
                marked("Members"),
                marked("How many perceptrons answer together."),
            ),
            activation(),
            dropout(0.1),
            _EMBED_NUMBERS,
        ),
    ),
    ModelEntry(
        name="residual_mlp",
        called=marked("residual MLP"),
        title=marked("Residual perceptron"),
        help=marked("For tables: deep; each block adds to the one before."),
        more=marked(
            "Deeper than the plain perceptron without being harder to train. Worth a try where "
            "there are many thousand rows and the others stop getting better."
        ),
        params=(
            setting(
                "blocks",
                Int(minimum=1, maximum=100),
                3,
                marked("Blocks"),
                marked("How many blocks follow each other."),
            ),
            setting(
                "width",
                WIDTH,
                128,
                marked("Width"),
                marked("How many numbers go from block to block."),
            ),
            setting(
                "inner_width",
                WIDTH,
                256,
                marked("Inner width"),
                marked("How wide the hidden layer inside a block is."),
            ),
            activation(),
            dropout(0.1),
        ),
    ),
    ModelEntry(
        name="ft_transformer",
        called="FT-Transformer",
        icon="table",
        title=marked("Transformer for tables"),
        help=marked("For tables: every column looks at every other column."),
        more=marked(
            "After FT-Transformer (Gorishniy and others, 2021). Good at columns that matter only "
            "together; its cost grows with the square of the number of columns, so it is for "
            "tables of up to about a hundred."
        ),
        params=(
            blocks(3, marked("How many rounds of looking at each other there are.")),
            wide(64, marked("How many numbers stand for a column.")),
            HEADS,
            activation("gelu"),
            dropout(0.1),
        ),
    ),
)
