"""Which model to begin with and how it learns, from what the data are; each choice with its reason.

The choices are settings of `fit()` and `compile()` like any other: a person sees and changes them
in the form. What they are worth is measured by `benchmarks/quality.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.catalogue.models import MODELS
from fitstudio.declared.task.columns import usual_model
from fitstudio.declared.task.dataset_summary import ColumnSummary, DatasetSummary
from fitstudio.words import say, say_count

_HELD_OUT = 0.2
_FEWEST_EPOCHS = 10
# So many rows go through a table's model in a whole run: some minutes on two processor cores.
_ROWS_IN_ALL = 3_000_000
_FEWEST_HELD_OUT = 10
_PATIENCE = 15
_FOR_TABLES = "realmlp"


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
    summary: DatasetSummary,
    inputs: Sequence[ColumnSummary],
    *,
    model: str | None = None,
    numbers: bool = False,
) -> tuple[Choice, ...]:
    """Model, optimiser, schedule, epochs and batches for these inputs.

    Args:
        summary: What is known about the data.
        inputs: The columns to predict from; none gives no choice but that of the epochs.
        model: The kind of model, where a person has chosen one: it is not chosen again.
        numbers: Whether numbers are predicted, and not classes.
    """
    suggested = suggested_model(inputs)
    kind = model or suggested
    found = tuple(_OF_MODELS.get(kind or "", _for_any)(summary, numbers))
    if kind is None or kind != suggested:
        return found
    why = (
        say("on tables it is usually ahead of a plain perceptron, and steady with its defaults")
        if kind == _FOR_TABLES
        else say("it looks for patterns where neighbours belong together")
    )
    return (Choice("model.kind", kind, why), *found)


def suggested_model(inputs: Sequence[ColumnSummary]) -> str | None:
    """The kind of model to begin with for these inputs; None where there are none."""
    usual = usual_model(inputs) if inputs else None
    return _FOR_TABLES if usual == "mlp" else usual


def kept(choices: Sequence[Choice], values: Mapping[str, Any]) -> list[Choice]:
    """Those of the choices that the settings still have.

    Args:
        choices: What would be chosen.
        values: The value of every setting by its key.
    """
    return [each for each in choices if values.get(each.key) == each.value]


def _for_realmlp(summary: DatasetSummary, numbers: bool) -> Iterator[Choice]:
    yield _adamw()
    yield Choice(
        "compile.optimizer_settings",
        {"beta_2": 0.95, "weight_decay": 4.0 if numbers else 0.8},
        say("what this model was tuned with; only its large rates make the decay count"),
    )
    training = _training_rows(summary)
    yield _batch(training, 256)
    yield _epochs_of(training, 256)
    yield Choice(
        "fit.callbacks",
        [{"kind": "LearningRateScheduler", "schedule": "cosine_cycles"}],
        say("each cycle ends at a small rate, so that one of them ends where the model is best"),
    )


def _for_tabm(summary: DatasetSummary, _numbers: bool) -> Iterator[Choice]:
    yield _adamw()
    yield Choice("compile.learning_rate", 0.002, say("what this model was tuned with"))
    training = _training_rows(summary)
    yield _batch(training, 64)
    yield _epochs_of(training, 100)
    yield _falling("flat_cosine")


def _for_residual(summary: DatasetSummary, _numbers: bool) -> Iterator[Choice]:
    yield _adamw()
    training = _training_rows(summary)
    yield _batch(training, 64)
    yield _epochs_of(training, 100)
    yield _falling("cosine")


def _for_any(summary: DatasetSummary, _numbers: bool) -> Iterator[Choice]:
    steps = max(1, summary.rows // 32)
    epochs = int(round(max(_FEWEST_EPOCHS, min(100, 3_000 // steps)), -1))
    yield Choice("fit.epochs", epochs, say("about three thousand steps, where it needs them"))


def _for_patterns(summary: DatasetSummary, _numbers: bool) -> Iterator[Choice]:
    yield from _for_any(summary, _numbers)
    if summary.rows >= _FEWEST_HELD_OUT:
        yield Choice(
            "fit.callbacks",
            [{"kind": "EarlyStopping", "patience": _PATIENCE, "restore_best_weights": True}],
            say("such models are often at their best long before the last epoch"),
        )


def _training_rows(summary: DatasetSummary) -> int:
    return max(1, round(summary.rows * (1 - _HELD_OUT)))


def _adamw() -> Choice:
    return Choice(
        "compile.optimizer", "adamw", say("it keeps weights small, which few rows need most")
    )


def _batch(training: int, rows: int) -> Choice:
    # A batch of more rows than there are would be the same; it would only look wrong.
    rows = min(rows, training)
    steps = math.ceil(training / rows)
    why = say("that is {steps} an epoch", steps=say_count(steps, "{number} step", "{number} steps"))
    return Choice("fit.batch_size", rows, why)


def _epochs_of(training: int, most: int) -> Choice:
    epochs = max(_FEWEST_EPOCHS, min(most, _ROWS_IN_ALL // training))
    why = (
        say("the schedule is made for many, and the best one is kept")
        if epochs == most
        else say("with so many rows these are enough, and the best one is kept")
    )
    return Choice("fit.epochs", epochs, why)


def _falling(schedule: str) -> Choice:
    return Choice(
        "fit.callbacks",
        [{"kind": "LearningRateScheduler", "schedule": schedule}],
        say("small steps at the end settle what large ones have found"),
    )


_OF_MODELS: Mapping[str, Callable[[DatasetSummary, bool], Iterator[Choice]]] = {
    "realmlp": _for_realmlp,
    "tabm": _for_tabm,
    "residual_mlp": _for_residual,
    "ft_transformer": _for_residual,
    **dict.fromkeys((each.name for each in MODELS.values() if each.finds_patterns), _for_patterns),
}
