"""The settings of a run itself: seed, device, precision, limits, names."""

from __future__ import annotations

from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Real, Text

_RUN = "Run"

RUN: tuple[Param, ...] = (
    Param(
        section="run",
        name="seed",
        kind=Int(minimum=0, maximum=2**32 - 1),
        title="Seed",
        help="The number that all random choices start from.",
        more="The same seed on the same device gives the same run. Not set, one is drawn and "
        "written into the run's folder.",
        unset="drawn",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="repeatable",
        kind=Flag(),
        default=True,
        title="Repeatable",
        help="Whether only computations are used that give the same result each time.",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="device",
        kind=Text(what="auto, cpu, or a device's name such as cuda:0", longest=40),
        default="auto",
        title="Device",
        help="What computes: the first graphics processor, or the processor.",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="precision",
        kind=Choice(
            (
                Option("float32", "Full", "32 bits for each number."),
                Option("mixed_bfloat16", "Mixed", "16 bits where that is enough; faster on GPUs."),
            )
        ),
        default="float32",
        title="Precision",
        help="With how many bits numbers are computed.",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="threads",
        kind=Int(minimum=1, maximum=1_024),
        title="Threads",
        help="How many threads the processor computes with.",
        unset="automatic",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="time_budget_min",
        kind=Real(minimum=0.0, open_minimum=True),
        title="Time limit",
        help="After how many minutes training stops and keeps what it has.",
        unset="none",
        group=_RUN,
        level=Level.EXPERT,
        unit="minutes",
    ),
    Param(
        section="run",
        name="on_nan",
        kind=Choice(
            (
                Option("stop", "Stop", "Training ends and the last good weights stay."),
                Option("continue", "Go on", "As the reference does."),
            )
        ),
        default="stop",
        title="When the loss is no number",
        help="What happens when the loss becomes NaN or infinite.",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="oom_rescue",
        kind=Flag(),
        default=True,
        title="Rescue from full memory",
        help="Whether a batch that does not fit is computed in parts.",
        more="The batch that is learned from stays the same: the results agree within rounding. "
        "Only batch normalisation sees each part alone.",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="keep_epochs",
        kind=OneOf((Int(minimum=1), ListOf(item=Int(minimum=1), distinct=True))),
        title="Keep epochs",
        help="Which epochs are kept besides the last and the best: every so many, or a list.",
        more="Results and Predict offer them, and a training can go on from them.",
        unset="none",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="name",
        kind=Text(what="a name", longest=200),
        title="Name",
        help="What the run is called.",
        unset="made from what changed",
        group=_RUN,
    ),
    Param(
        section="run",
        name="parent",
        kind=Text(what="a run's folder name", longest=300),
        title="Made from",
        help="The run that this one was made from.",
        unset="none",
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="note",
        kind=Text(what="text", longest=10_000),
        title="Note",
        help="What you want to remember about the run.",
        unset="none",
        group=_RUN,
    ),
)
