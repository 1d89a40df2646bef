"""What the metrics' entries are made of: the settings that several share, and the entry itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitstudio.declared.catalogue.metric_entry import MetricEntry, Probabilities
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Int, Option, Real
from fitstudio.words import marked

PROBABILITY = Real(minimum=0.0, maximum=1.0)

THRESHOLD = Param(
    section="compile",
    name="threshold",
    kind=PROBABILITY,
    default=0.5,
    title=marked("Threshold"),
    help=marked("The probability from which on the answer is yes."),
    level=Level.ADVANCED,
)

THRESHOLDS = Param(
    section="compile",
    name="thresholds",
    kind=PROBABILITY,
    default=None,
    title=marked("Threshold"),
    help=marked("The probability from which on the answer is yes."),
    unset="0.5",
    level=Level.ADVANCED,
)

K = Param(
    section="compile",
    name="k",
    kind=Int(minimum=1, maximum=100_000),
    default=5,
    title=marked("Best answers"),
    help=marked("Among how many of the most probable classes the right one may be."),
    level=Level.ADVANCED,
)

AUC_PARAMS = (
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


def rate(name: str, title: str, sentence: str) -> Param:
    """A setting from 0 to 1 that has to be given, such as the recall that must be reached."""
    return Param(
        section="compile",
        name=name,
        kind=PROBABILITY,
        default=None,
        title=title,
        help=sentence,
    )


def metric(
    name: str,
    title: str,
    sentence: str,
    suits: frozenset[str],
    *params: Param,
    rises: bool,
    short: str = "",
    aliases: tuple[str, ...] = (),
    starts_with: Mapping[str, Any] | None = None,
    probabilities: Probabilities = Probabilities.NOT_ASKED,
    unit_power: int | None = None,
) -> MetricEntry:
    """A metric's entry.

    Args:
        name: As `compile(metrics=…)` takes it.
        title: What it is called within a sentence.
        sentence: What it tells, without an end mark.
        suits: The ways of giving a target for which it works: "number", "binary", …
        params: Its settings.
        rises: Whether a higher value is better.
        short: Its title where a column is narrow.
        aliases: Other spellings of the name.
        starts_with: Settings that the form begins with, where they are not the defaults.
        probabilities: Whether it asks for probabilities from 0 to 1.
        unit_power: With which power of the target's unit it grows, as `MetricEntry` says.
    """
    return MetricEntry(
        name=name,
        title=title,
        help=sentence,
        short=short,
        suits=suits,
        params=params,
        aliases=aliases,
        higher_is_better=rises,
        starts_with=starts_with or {},
        probabilities=probabilities,
        unit_power=unit_power,
    )
