"""How columns become what a model takes: the ways, by what a column holds, with their settings.

A way is chosen for all columns (`data.scale`, `data.categories`, `data.missing`) or for one, as
``prepare`` and ``missing`` of its settings in `data.columns`; a way's own settings stand beside.
What each computes is in `fitstudio.data.preparing`; it is learned from training rows alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.param import Entry, Param, by_name
from fitstudio.declared.kinds.values import Int, Option, Real, Text
from fitstudio.words import marked
from fitstudio.words.tables import Spoken, as_marked

AS_IT_IS, STANDARD, MINMAX = "none", "standard", "minmax"
ROBUST, ROBUST_SMOOTH = "robust", "robust_smooth"
QUANTILE, YEO_JOHNSON, SIGNED_LOG, LOG, CLIP = (
    "quantile", "yeo_johnson", "signed_log", "log", "clip",
)  # fmt: skip
PERIODIC = "periodic"
DATE = "date"
ONE_HOT, EMBEDDING, ORDINAL, HASHED, NGRAMS = (
    "one_hot", "embedding", "ordinal", "hashed", "ngrams",
)  # fmt: skip
DROP, FILL, MEAN, INDICATOR, CONSTANT = "drop", "fill", "mean", "indicator", "constant"

_SECTION = "columns"


@dataclass(frozen=True, kw_only=True, eq=False)
class Way(Entry):
    """A way in which a column becomes what a model takes.

    Args:
        width: How many numbers one number becomes.
        by_middle: Whether it goes by the middle half of the values, which needs all of them at
            once.
        done: What is done, where a sentence says "Numbers are …"; empty where `short` says it.
    """

    width: int = 1
    by_middle: bool = False
    done: Spoken = Spoken("")


# Of numbers: single ones and, where `ARRAY_WAYS` has them too, arrays.
NUMBER_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=STANDARD,
        done=marked("centred and scaled"),
        title=marked("Mean 0, spread 1"),
        short=marked("mean 0, spread 1"),
        help=marked("The mean becomes 0, the standard deviation 1."),
    ),
    Way(
        name=MINMAX,
        done=marked("brought to 0 … 1"),
        title=marked("From 0 to 1"),
        short=marked("0 to 1"),
        help=marked("The smallest value becomes 0, the largest 1."),
    ),
    Way(
        name=ROBUST,
        by_middle=True,
        title=marked("By the middle half"),
        short=marked("by the middle half"),
        help=marked(
            "The median becomes 0 and the width of the middle half of the values 1, so that a few "
            "far off change nothing."
        ),
    ),
    Way(
        name=ROBUST_SMOOTH,
        by_middle=True,
        title=marked("By the middle half, bent in"),
        short=marked("middle half, bent in"),
        help=marked("Then values far off are bent in smoothly: none comes beyond −3 or 3."),
    ),
    Way(
        name=QUANTILE,
        title=marked("By rank, as a bell curve"),
        short=marked("bell curve by rank"),
        help=marked("Each value becomes what stands at its rank in a normal distribution."),
    ),
    Way(
        name=YEO_JOHNSON,
        title=marked("Made symmetric (Yeo–Johnson)"),
        short=marked("made symmetric"),
        help=marked("The power that makes the values most like a bell curve, then mean 0."),
    ),
    Way(
        name=SIGNED_LOG,
        title=marked("Logarithm with sign"),
        short=marked("signed log"),
        help=marked("The logarithm of 1 + the size, with the sign kept; then mean 0, spread 1."),
    ),
    Way(
        name=CLIP,
        title=marked("Ends cut off"),
        short=marked("ends cut off"),
        help=marked("What lies beyond two percentiles becomes these; then mean 0, spread 1."),
        params=(
            Param(
                section=_SECTION,
                name="low",
                kind=Real(minimum=0, maximum=100),
                default=1.0,
                title=marked("Lower percentile"),
                help=marked("What is below it becomes it."),
            ),
            Param(
                section=_SECTION,
                name="high",
                kind=Real(minimum=0, maximum=100),
                default=99.0,
                title=marked("Upper percentile"),
                help=marked("What is above it becomes it."),
            ),
        ),
    ),
    Way(
        name=AS_IT_IS,
        done=marked("taken as they are"),
        title=marked("As they are"),
        short=marked("as it is"),
        help=marked("Nothing is done."),
    ),
)
ARRAY_WAYS: Mapping[str, Way] = MappingProxyType(
    {name: NUMBER_WAYS[name] for name in (STANDARD, MINMAX, ROBUST, ROBUST_SMOOTH, AS_IT_IS)}
)
# What is said of one column, never of all.
SINGLE_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=LOG,
        title=marked("Logarithm"),
        short=marked("log"),
        help=marked("For values above 0; then mean 0, spread 1."),
    ),
    Way(
        name=PERIODIC,
        width=2,
        title=marked("Goes round"),
        short=marked("sine and cosine"),
        help=marked(
            "An angle, an hour of the day: sine and cosine, so that the end lies beside the start."
        ),
        params=(
            Param(
                section=_SECTION,
                name="period",
                kind=Real(minimum=0, open_minimum=True),
                title=marked("Period"),
                help=marked("After how much it starts anew: 360 for degrees, 24 for hours."),
            ),
        ),
    ),
    Way(
        name=DATE,
        width=8,
        title=marked("Parts of a date"),
        short=marked("parts of a date"),
        help=marked(
            "Days elapsed, year, and month, day of the week and hour as sine and cosine; for dates "
            "and days since 1970."
        ),
    ),
)
_BUCKETS = Param(
    section=_SECTION,
    name="buckets",
    kind=Int(minimum=2, maximum=4096),
    default=32,
    title=marked("Places"),
    help=marked("How many numbers it becomes; with few, different words fall on the same."),
)
# Of classes: what can be said of all, and of one column only.
CATEGORY_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=ONE_HOT,
        title=marked("A 0 or 1 for each class"),
        short=marked("0 or 1 for each class"),
        help=marked("A class that training did not have is 0 everywhere."),
    ),
    Way(
        name=EMBEDDING,
        title=marked("Learned numbers"),
        short=marked("learned numbers"),
        help=marked(
            "The model learns a few numbers for each class; what is missing or unknown has its own."
        ),
    ),
)


SINGLE_CATEGORY_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=ORDINAL,
        title=marked("By their order"),
        short=marked("by their order"),
        help=marked("One number from 0 for the first to 1 for the last."),
        params=(
            Param(
                section=_SECTION,
                name="order",
                kind=ListOf(item=Text(), shortest=2, longest=1_000, distinct=True),
                title=marked("Order"),
                help=marked(
                    "All classes, from first to last; what comes new later counts as missing."
                ),
                unset=marked("as they are sorted"),
            ),
        ),
    ),
)
# Of words, also where they are too many for classes.
TEXT_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=HASHED,
        title=marked("Hashed"),
        short=marked("hashed"),
        help=marked(
            "A 1 at one of a fixed number of places, which hangs on the letters alone: any word "
            "can come later, and different words may share a place."
        ),
        params=(_BUCKETS,),
    ),
    Way(
        name=NGRAMS,
        title=marked("Triples of letters"),
        short=marked("triples of letters"),
        help=marked(
            "How often each three letters in a row occur, on a fixed number of places: texts that "
            "are spelled alike are alike. It knows nothing of what words mean."
        ),
        params=(_BUCKETS,),
    ),
)
# What becomes of gaps.
GAP_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=DROP,
        title=marked("Leave rows out"),
        help=marked("Rows with a missing value are not used."),
    ),
    Way(
        name=FILL,
        title=marked("Fill in"),
        help=marked("The middle value of the training rows stands in."),
    ),
    Way(
        name=MEAN,
        title=marked("Fill in the mean"),
        help=marked("The mean of the training rows stands in; for classes the commonest."),
    ),
    Way(
        name=INDICATOR,
        title=marked("Fill in and tell"),
        help=marked(
            "The middle value stands in, and a further 0 or 1 tells the model that it was missing."
        ),
    ),
)
SINGLE_GAP_WAYS: Mapping[str, Way] = by_name(
    Way(
        name=CONSTANT,
        title=marked("Fill in a value"),
        help=marked("A value of yours stands in."),
        params=(
            Param(
                section=_SECTION,
                name="constant",
                kind=OneOf((Real(), Text(longest=1_000))),
                title=marked("Value"),
                help=marked("What stands in for a missing value: a number, or one of the classes."),
            ),
        ),
    ),
)


def options_of(ways: Mapping[str, Entry]) -> tuple[Option, ...]:
    """The ways as the values of a setting."""
    return tuple(
        Option(way.name, as_marked(way, "title"), as_marked(way, "help")) for way in ways.values()
    )
