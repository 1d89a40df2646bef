"""The gallery's deeper models for series, signals and spectra, with their settings."""

from __future__ import annotations

from fitstudio.declared.catalogue.model_settings import (
    HEADS,
    SIZE,
    ModelEntry,
    activation,
    blocks,
    dropout,
    filter_size,
    filters,
    setting,
    wide,
)
from fitstudio.declared.kinds.param import Level
from fitstudio.declared.kinds.values import Flag, Int
from fitstudio.words import marked

_CAUSAL = setting(
    "causal",
    Flag(),
    True,
    marked("Only what was before"),
    marked("Whether each step sees only itself and what came before it."),
    more=marked("Off for spectra, and for series that are complete when the answer is wanted."),
    level=Level.ADVANCED,
)

SERIES_MODELS = (
    ModelEntry(
        name="resnet1d",
        called="ResNet1D",
        icon="activity",
        along_a_line=True,
        finds_patterns=True,
        title=marked("ResNet for series"),
        help=marked("For signals and spectra: deep; each block adds to the last."),
        more=marked(
            "After the residual network for time series of Wang and others (2017). Worth a try "
            "where there are some hundred examples and the small convolutional network stops "
            "getting better; it costs several times as much."
        ),
        params=(
            filters([64, 128, 128], marked("How many patterns each block looks for.")),
            filter_size(8, marked("How many points the longest pattern of a block spans.")),
            activation(),
            dropout(),
        ),
    ),
    ModelEntry(
        name="inceptiontime",
        called="InceptionTime",
        icon="activity",
        along_a_line=True,
        finds_patterns=True,
        title=marked("Inception network for series"),
        help=marked("For signals and spectra: short and long patterns side by side."),
        more=marked(
            "After InceptionTime (Ismail Fawaz and others, 2020), one network of it. Good where "
            "nobody knows how long the patterns are that matter."
        ),
        params=(
            setting(
                "modules",
                Int(minimum=1, maximum=100),
                6,
                marked("Modules"),
                marked("How many follow each other; a shortcut goes around every three."),
            ),
            wide(32, marked("How many patterns of each length a module looks for.")),
            filter_size(40, marked("How many points the longest patterns span.")),
            activation(),
            dropout(),
        ),
    ),
    ModelEntry(
        name="tcn",
        called="TCN",
        icon="activity",
        along_a_line=True,
        finds_patterns=True,
        title=marked("Temporal CNN (TCN)"),
        help=marked("For long series: each block looks twice as far back."),
        more=marked(
            "After Bai and others (2018). Remembers as far as an LSTM does, and trains faster, "
            "because all steps are computed at once."
        ),
        params=(
            blocks(4, marked("How many follow each other; each looks twice as far.")),
            wide(64, marked("How many patterns each layer looks for.")),
            filter_size(5, marked("How many steps a pattern takes together.")),
            _CAUSAL,
            activation(),
            dropout(0.1),
        ),
    ),
    ModelEntry(
        name="transformer",
        called="Transformer",
        icon="stack",
        along_a_line=True,
        finds_patterns=True,
        title=marked("Transformer encoder"),
        help=marked("For series: every piece looks at every other piece."),
        more=marked(
            "Cuts a series into pieces and lets each take from the others what concerns it. "
            "Wants many examples; its cost grows with the square of the number of pieces."
        ),
        params=(
            setting(
                "patch",
                SIZE,
                4,
                marked("Points a piece"),
                marked("How many neighbouring points are one piece."),
            ),
            blocks(3, marked("How many rounds of looking at each other there are.")),
            wide(64, marked("How many numbers stand for a piece.")),
            HEADS,
            activation("gelu"),
            dropout(0.1),
        ),
    ),
)
