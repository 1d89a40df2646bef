"""Which model to begin with and how it learns, from what the data are; each choice with its reason.

The choices are settings of `fit()` and `compile()` like any other: a person sees and changes them
in the form. What they are worth is measured by `benchmarks/quality.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.task.columns import usual_model
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count

_HELD_OUT = 0.2
_EPOCHS = 256
_FEWEST_EPOCHS = 10
# So many rows go through a table's model in a whole run: some minutes on two processor cores.
_ROWS_IN_ALL = 3_000_000
_BATCH = 256
_FEWEST_HELD_OUT = 10
_PATIENCE = 15


@dataclass(frozen=True)
class Choice:
    """One setting that was chosen for these data.

    Args:
        key: The setting's key.
        value: Its value, as plain data.
        why: The reason, as a clause that follows what was chosen.
    """

    key: str
    value: Any
    why: str


def learning_choices(
    summary: DatasetSummary, inputs: Sequence[ColumnSummary]
) -> tuple[Choice, ...]:
    """Model, optimiser, schedule, epochs and batches for these inputs.

    Args:
        summary: What is known about the data.
        inputs: The columns to predict from; none gives no choice but that of the epochs.
    """
    kind = usual_model(inputs) if inputs else ""
    return tuple(_for_a_table(summary) if kind == "mlp" else _for_arrays(summary, kind))


def suggested_model(summary: DatasetSummary, inputs: Sequence[ColumnSummary]) -> str | None:
    """The kind of model that is chosen for these inputs."""
    choices = learning_choices(summary, inputs)
    return next((each.value for each in choices if each.key == "model.kind"), None)


def kept(choices: Sequence[Choice], values: Mapping[str, Any]) -> list[Choice]:
    """Those of the choices that the settings still have.

    Args:
        choices: What would be chosen.
        values: The value of every setting by its key.
    """
    return [each for each in choices if values.get(each.key) == each.value]


def _for_a_table(summary: DatasetSummary) -> Iterator[Choice]:
    rows = summary.rows
    training = max(1, round(rows * (1 - _HELD_OUT)))
    yield Choice(
        "model.kind",
        "realmlp",
        say("on tables it is usually ahead of a plain perceptron, and steady with its defaults"),
    )
    yield Choice(
        "compile.optimizer", "adamw", say("it keeps weights small, which few rows need most")
    )
    yield Choice(
        "compile.optimizer_settings",
        {"beta_2": 0.95, "weight_decay": 0.8},
        say("what this model was tuned with; only its large rates make the decay count"),
    )
    steps = math.ceil(training / _BATCH)
    yield Choice(
        "fit.batch_size",
        _BATCH,
        say_count(
            steps,
            "large steps suit its rate; that is {number} an epoch",
            "large steps suit its rate; that is {number} an epoch",
        ),
    )
    epochs = max(_FEWEST_EPOCHS, min(_EPOCHS, _ROWS_IN_ALL // training))
    yield Choice(
        "fit.epochs",
        epochs,
        say("the schedule is made for many, and the best one is kept")
        if epochs == _EPOCHS
        else say(
            "with {rows} rows these are enough, and the best one is kept", rows=format_count(rows)
        ),
    )
    yield Choice(
        "fit.callbacks",
        [{"kind": "LearningRateScheduler", "schedule": "cosine_cycles"}],
        say("each cycle ends at a small rate, so that one of them ends where the model is best"),
    )


def _for_arrays(summary: DatasetSummary, kind: str) -> Iterator[Choice]:
    if kind:
        yield Choice(
            "model.kind", kind, say("it looks for patterns where neighbours belong together")
        )
    yield Choice(
        "fit.epochs", _epochs(summary), say("about three thousand steps, where it needs them")
    )
    if kind and summary.rows >= _FEWEST_HELD_OUT:
        yield Choice(
            "fit.callbacks",
            [{"kind": "EarlyStopping", "patience": _PATIENCE, "restore_best_weights": True}],
            say("such models are often at their best long before the last epoch"),
        )


def _epochs(summary: DatasetSummary) -> int:
    """So many that a small network has about three thousand steps."""
    steps = max(1, summary.rows // 32)
    epochs = max(10, min(100, 3_000 // steps))
    return int(round(epochs, -1))
