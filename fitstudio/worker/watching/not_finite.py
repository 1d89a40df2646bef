"""Finds out why a loss is no longer a number, and what could help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.kinds.param import Fix
from fitstudio.errors import FitStudioError
from fitstudio.words import say

_ROWS_NAMED = 10


class NotFiniteError(FitStudioError):
    """The loss of a batch is NaN or infinite.

    Args:
        epoch: Of the first such batch, from 0.
        step: Of that batch, from 0.
        loss: What came.
    """

    default_code = "run.not-finite"

    def __init__(self, epoch: int, step: int, loss: float) -> None:
        what = say("not a number (NaN)") if np.isnan(loss) else "infinite"
        super().__init__(
            say(
                "The loss became {what} in epoch {epoch}, batch {step}.",
                what=what,
                epoch=epoch + 1,
                step=step + 1,
            ),
            remedy=say("Most often the learning rate is too high, or an input is not scaled."),
        )
        self.epoch = epoch
        self.step = step


def explain(
    *,
    rows: np.ndarray | None,
    arrays: Mapping[str, Any],
    samples: SampleIndex | None,
    names: Sequence[str],
) -> str:
    """What is wrong with the rows of the first bad batch, in a sentence; empty if nothing is.

    Args:
        rows: The batch's places in the training arrays; None if the engine cannot tell.
        arrays: "x", "y" and "sample_weight" as fit() got them.
        samples: Where each place in the arrays comes from.
        names: The inputs' names, where each is one column of x.
    """
    if rows is None or not len(rows):
        return ""
    named = ", ".join(str(number) for number in _numbers(rows[:_ROWS_NAMED], samples))
    more = say(" and {rows} more", rows=len(rows) - _ROWS_NAMED) if len(rows) > _ROWS_NAMED else ""
    sentences = [say("The batch held rows {named}{more} of the data.", named=named, more=more)]
    for what, array in arrays.items():
        if array is None:
            continue
        values = np.asarray(array[np.sort(rows)])
        if values.dtype.kind != "f":
            continue
        bad = ~np.isfinite(values)
        if bad.any():
            place, *column = (int(index[0]) for index in np.nonzero(bad))
            (row,) = _numbers(np.sort(rows)[[place]], samples)
            named = len(column) == 1 and len(names) == values.shape[1] and what == "x"
            where = say(" in the column {names}", names=repr(names[column[0]])) if named else ""
            title = {"x": say("The input"), "y": say("The target")}.get(
                what, say("The sample weight")
            )
            value = values[(place, *column)]
            sentences.append(
                say(
                    "{title} of row {row} is {value}{where}.",
                    title=title,
                    row=row,
                    value=value,
                    where=where,
                )
            )
    if len(sentences) == 1:
        sentences.append(
            say("All numbers in it are finite, so it was the training that went astray.")
        )
    return " ".join(sentences)


def remedies(values: Mapping[str, Any]) -> list[Fix]:
    """Settings that may help, as buttons.

    Args:
        values: The run's resolved values by key.
    """
    fixes = []
    rate = values.get("compile.learning_rate")
    if isinstance(rate, (int, float)) and rate > 0:
        lower = float(f"{rate / 10:.3g}")
        fixes.append(
            Fix(say("Learning rate {lower}", lower=f"{lower:g}"), {"compile.learning_rate": lower})
        )
    settings = dict(values.get("compile.optimizer_settings") or {})
    if not settings.get("clipnorm"):
        clipped = {"compile.optimizer_settings": {**settings, "clipnorm": 1.0}}
        fixes.append(Fix(say("Limit each step (clipnorm 1)"), clipped))
    if values.get("data.scale") == "none":
        fixes.append(Fix(say("Scale the inputs"), {"data.scale": "standard"}))
    return fixes


def _numbers(places: np.ndarray, samples: SampleIndex | None) -> list[int]:
    """The rows' numbers in the data file, as a person counts them."""
    if samples is None:
        return [int(place) + 1 for place in places]
    return [place.number for place in samples.taken(places)]
