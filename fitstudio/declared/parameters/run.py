"""The settings of a run itself: seed, device, precision, limits, names."""

from __future__ import annotations

from fitstudio.declared.kinds.composed import ListOf, OneOf
from fitstudio.declared.kinds.param import Level, Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Option, Real, Text
from fitstudio.words import marked

_RUN = "Run"

RUN: tuple[Param, ...] = (
    Param(
        section="run",
        name="seed",
        kind=Int(minimum=0, maximum=2**32 - 1),
        title=marked("Seed"),
        help=marked("The number that all random choices start from."),
        more=marked(
            "The same seed on the same device gives the same run. Not set, one is drawn and "
            "written into the run's folder."
        ),
        unset=marked("drawn"),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="repeatable",
        kind=Flag(),
        default=True,
        title=marked("Repeatable"),
        help=marked("Whether only computations are used that give the same result each time."),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="device",
        kind=Text(what=marked("auto, cpu, or a device's name such as cuda:0"), longest=40),
        default="auto",
        title=marked("Device"),
        help=marked("What computes: the first graphics processor, or the processor."),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="precision",
        kind=Choice(
            (
                Option("float32", marked("Full"), marked("32 bits for each number.")),
                Option(
                    "mixed_bfloat16",
                    marked("Mixed"),
                    marked("16 bits where that is enough; faster on GPUs."),
                ),
            )
        ),
        default="float32",
        title=marked("Precision"),
        help=marked("With how many bits numbers are computed."),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="threads",
        kind=Int(minimum=1, maximum=1_024),
        title=marked("Threads"),
        help=marked("How many threads the processor computes with."),
        unset=marked("automatic"),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="time_budget_min",
        kind=Real(minimum=0.0, open_minimum=True),
        title=marked("Time limit"),
        help=marked("After how many minutes training stops and keeps what it has."),
        unset=marked("none"),
        group=_RUN,
        level=Level.EXPERT,
        unit=marked("minutes"),
    ),
    Param(
        section="run",
        name="on_nan",
        kind=Choice(
            (
                Option(
                    "stop", marked("Stop"), marked("Training ends and the last good weights stay.")
                ),
                Option("continue", marked("Go on"), marked("As the reference does.")),
            )
        ),
        default="stop",
        title=marked("When the loss is no number"),
        help=marked("What happens when the loss becomes NaN or infinite."),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="oom_rescue",
        kind=Flag(),
        default=True,
        title=marked("Rescue from full memory"),
        help=marked(
            "Whether a batch that does not fit is computed in parts, with the same result."
        ),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="keep_epochs",
        kind=OneOf((Int(minimum=1), ListOf(item=Int(minimum=1), distinct=True))),
        title=marked("Keep epochs"),
        help=marked(
            "Which epochs are kept besides the last and the best: every so many, or a list."
        ),
        unset=marked("none"),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="name",
        kind=Text(what=marked("a name"), longest=200),
        title=marked("Name"),
        help=marked("What the run is called."),
        unset=marked("made from what changed"),
        group=_RUN,
    ),
    Param(
        section="run",
        name="parent",
        kind=Text(what=marked("a run's folder name"), longest=300),
        title=marked("Made from"),
        help=marked("The run that this one was made from."),
        unset=marked("none"),
        group=_RUN,
        level=Level.EXPERT,
    ),
    Param(
        section="run",
        name="note",
        kind=Text(what=marked("text"), longest=10_000),
        title=marked("Note"),
        help=marked("What you want to remember about the run."),
        unset=marked("none"),
        group=_RUN,
    ),
)
