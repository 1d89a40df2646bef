"""Every colour and size of the window, once; palette, style sheet and plot pens are made from it.

Colours are sRGB. Sizes are logical (device-independent) pixels; text sizes are factors of the
platform's own text size, so that they scale with it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Colours:
    """The colours of one theme, by what they are for.

    Every text colour has a contrast of at least 4.5 on canvas, card, track, hover and its own soft
    ground.
    """

    canvas: str
    card: str
    raised: str
    field: str
    fieldOff: str  # noqa: N815 - the design's own names, so that pictures and code can be compared
    border: str
    borderHover: str  # noqa: N815
    borderStrong: str  # noqa: N815
    hairline: str
    hover: str
    track: str
    thumb: str
    text: str
    text2: str
    text3: str
    off: str
    accent: str
    accentHover: str  # noqa: N815
    accentDown: str  # noqa: N815
    onAccent: str  # noqa: N815
    accentText: str  # noqa: N815
    accentSoft: str  # noqa: N815
    success: str
    successSoft: str  # noqa: N815
    warning: str
    warningSoft: str  # noqa: N815
    warnIcon: str  # noqa: N815
    error: str
    errorSoft: str  # noqa: N815
    neutralBar: str  # noqa: N815
    histogram: str
    switchOff: str  # noqa: N815
    series: tuple[str, ...]


LIGHT = Colours(
    canvas="#F3F4F7",
    card="#FFFFFF",
    raised="#FFFFFF",
    field="#FFFFFF",
    fieldOff="#F3F4F7",
    border="#C6CBD5",
    borderHover="#9CA4B3",
    borderStrong="#767E8C",
    hairline="#E5E7EC",
    hover="#E8EAEF",
    track="#E9EBF0",
    thumb="#FFFFFF",
    text="#1A1D24",
    text2="#535A68",
    text3="#5F6675",
    off="#8A909D",
    accent="#3B57D0",
    accentHover="#324BB8",
    accentDown="#2A40A0",
    onAccent="#FFFFFF",
    accentText="#3650C4",
    accentSoft="#EAEEFF",
    success="#0F7347",
    successSoft="#E5F5EC",
    warning="#8A5200",
    warningSoft="#FFF4DF",
    warnIcon="#B86E00",
    error="#BE2439",
    errorSoft="#FDECEE",
    neutralBar="#B4BAC6",
    histogram="#9FADE9",
    switchOff="#9CA4B3",
    series=(
        "#1F6FD6",
        "#D2570C",
        "#2C6F57",
        "#612E8C",
        "#674500",
        "#C46E96",
        "#1F9DD6",
        "#3B3E42",
    ),
)

DARK = Colours(
    canvas="#14161B",
    card="#1C1F26",
    raised="#262A33",
    field="#14171C",
    fieldOff="#20242B",
    border="#414855",
    borderHover="#5F6878",
    borderStrong="#7C8595",
    hairline="#2A2E37",
    hover="#23272F",
    track="#14171C",
    thumb="#353B47",
    text="#E9EBF0",
    text2="#AEB5C2",
    text3="#959DAC",
    off="#6C7482",
    accent="#4560DC",
    accentHover="#4A67E8",
    accentDown="#3B54C6",
    onAccent="#FFFFFF",
    accentText="#9DB1FF",
    accentSoft="#232B4A",
    success="#58C08C",
    successSoft="#1A2B22",
    warning="#EFB253",
    warningSoft="#33291A",
    warnIcon="#EFB253",
    error="#FF8A94",
    errorSoft="#3A1F25",
    neutralBar="#5A6373",
    histogram="#5468BE",
    switchOff="#5F6878",
    series=(
        "#6FA8FF",
        "#F0883E",
        "#268A7A",
        "#AA61AF",
        "#F9E38D",
        "#D94473",
        "#A2E2F8",
        "#A6A9AC",
    ),
)

TOKEN_NAMES = frozenset(each.name for each in fields(Colours)) - {"series"}

# Dashes in pen widths; an empty tuple is a solid line. Markers are pyqtgraph's symbols.
SERIES_DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (4, 2.2),
    (1.2, 2),
    (6, 2, 1.2, 2),
    (8, 2.2),
    (3, 1.5),
    (1.2, 3),
    (6, 2, 1.2, 2, 1.2, 2),
)
SERIES_MARKERS = ("o", "d", "t1", "s", "p", "+", "star", "x")


class Text:
    """Text sizes as factors of the platform's, and weights."""

    TITLE = 1.54
    BODY = 1.0
    SMALL = 0.92
    MONO = 0.87
    LINE_HEIGHT_PERCENT = 130


class Space:
    """Distances; everything sits on a grid of 8 with half steps of 4."""

    HALF = 4
    GRID = 8
    CARDS = 12
    HINT = 12
    WINDOW = 20
    CARD = 20
    CARD_TOP = 14


class Radius:
    """Corners."""

    CARD = 12
    CONTROL = 8
    SEGMENT = 6.5
    BAR = 3


class Size:
    """Heights and widths of controls and of the window's parts."""

    HEADER = 56
    PAGE_HEAD = 36
    RAIL_ITEM = 36
    CONTROL = 32
    SMALL_BUTTON = 28
    CHIP = 24
    TABLE_HEAD = 32
    ROW_RUNS = 40
    ROW_DATA = 30
    LABEL = 272
    NUMBER = 132
    SMALL_NUMBER = 84
    WIDEST_CHOICE = 264
    SEARCH = 168
    FIX_BUTTON = 152
    CONTENT = 808
    GUTTER = 16
    PANEL = 244
    PANEL_WIDE = 320
    RAIL = 164
    RAIL_NARROW = 56
    START = 968
    ICON = 16
    ICON_RAIL = 18
    ICON_STATE = 14
    ICON_BIG = 28
    CARET = 12
    SCROLL = 6
    # Window widths at which the layout folds or unfolds.
    FOLD_RAIL = 1000
    FOLD_PANEL = 1180
    WIDE = 1600


class Motion:
    """Durations in milliseconds; all 0 where the system asks for less motion."""

    SWITCH_MS = 120
    ARC_MS = 1200
    FIXED_MS = 10_000
