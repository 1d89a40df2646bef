"""What the settings of the gallery's models are declared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.composed import ListOf
from fitstudio.declared.kinds.conditions import ALWAYS, Condition
from fitstudio.declared.kinds.param import Entry, Level, Param
from fitstudio.declared.kinds.values import Choice, Flag, Int, Kind, Option, Real
from fitstudio.words import marked, say
from fitstudio.words.tables import Spoken

WIDTH = Int(minimum=1, maximum=65_536)
WIDTHS = ListOf(item=WIDTH, longest=100)
SIZE = Int(minimum=1, maximum=4_096)


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelEntry(Entry):
    """A model of the gallery, with what its name alone would have to tell.

    Args:
        called: What those who use it call it, as in the title of a run.
        along_a_line: Whether it goes along the steps of a spectrum or a signal, whose numbers are
            scaled together: one scale for all steps, or one for each channel.
        finds_patterns: Whether it looks for what stands close together; such models are often at
            their best long before the last epoch.
        icon: The icon of its card.
    """

    called: Spoken = Spoken()
    along_a_line: bool = False
    finds_patterns: bool = False
    icon: str = "stack"

    @property
    def group(self) -> str:
        """The heading that it stands under: what its data are."""
        if self.along_a_line:
            return say("For series, signals and spectra")
        return say("For pictures") if self.finds_patterns else say("For tables")


def setting(
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
    """A setting of a model."""
    return Param(
        section="model",
        name=name,
        kind=kind,
        default=default,
        title=title,
        help=sentence,
        more=more,
        level=level,
        group=marked("Model"),
        applies=applies,
    )


def activation(default: str = "relu", *, applies: Condition = ALWAYS) -> Param:
    """What hidden layers do to their numbers."""
    return setting(
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
                Option("mish", marked("Mish"), marked("Much like SiLU, a little steeper.")),
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


def units(default: list[int], title: str, sentence: str) -> Param:
    """The widths of layers."""
    return setting(
        "units",
        WIDTHS,
        default,
        title,
        sentence,
        more=marked(
            "One number for each layer. More and wider layers can learn more and need more rows."
        ),
    )


def dropout(default: float = 0.0) -> Param:
    """The part of numbers left out in training."""
    return setting(
        "dropout",
        Real(minimum=0.0, maximum=1.0, open_maximum=True),
        default,
        marked("Dropout"),
        marked("The part of the numbers left out at random in training."),
        more=marked(
            "It keeps a model from learning rows by heart. 0.2 to 0.5 are usual; 0 is off."
        ),
    )


BATCH_NORM = setting(
    "batch_norm",
    Flag(),
    False,
    marked("Normalise batches"),
    marked("Whether numbers are brought to mean 0 and spread 1 between layers."),
    more=marked("Often lets deeper models learn faster; needs batches of more than a few rows."),
    level=Level.ADVANCED,
)


def wide(default: int, sentence: str) -> Param:
    """One width for the whole model."""
    return setting("width", WIDTH, default, marked("Width"), sentence)


def filters(default: list[int], sentence: str, *, more: str = "") -> Param:
    """How many patterns each layer, block or stage looks for."""
    kind = ListOf(item=WIDTH, shortest=1, longest=100)
    return setting("filters", kind, default, marked("Filters"), sentence, more=more)


def filter_size(default: int, sentence: str) -> Param:
    """How long patterns are."""
    return setting("kernel_size", SIZE, default, marked("Filter size"), sentence)


def blocks(default: int, sentence: str) -> Param:
    """How often a block of layers comes."""
    return setting("blocks", Int(minimum=1, maximum=100), default, marked("Blocks"), sentence)


HEADS = setting(
    "heads",
    Int(minimum=1, maximum=256),
    4,
    marked("Heads"),
    marked("In how many ways at once pieces look at each other; they share the width."),
    level=Level.ADVANCED,
)
