"""Turns a run, as its view model knows it, into the series and marks of its plots."""

from __future__ import annotations

import numpy as np

from fitstudio.gui.plots.marks import Mark, MarkKind
from fitstudio.gui.plots.series import NEUTRAL, TRAINING, VALIDATION, Series
from fitstudio.viewmodel.figures import learning_rate_text
from fitstudio.viewmodel.monitor.page import MonitorModel
from fitstudio.viewmodel.monitor.trouble_card import failure_label
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_measured


def series_of(model: MonitorModel, metric: str, *, batches: bool) -> list[Series]:
    """Training and validation of a metric; the batches behind the training loss."""
    found = []
    for name, title, style in (
        (metric, say("Training"), TRAINING),
        (f"val_{metric}", say("Validation"), VALIDATION),
    ):
        curve = model.curves.curves.get(name)
        dots = model.batches if batches and name == "loss" else None
        if curve is None and dots is None:
            continue
        x, y = curve.arrays() if curve is not None else (np.empty(0), np.empty(0))
        found.append(Series(name, title, style, x, y, dots=dots))
    return found


def learning_rate_series(model: MonitorModel) -> list[Series]:
    """The learning rate of each epoch."""
    x, y = model.curves.learning_rate.arrays()
    return [Series("learning_rate", say("Learning rate"), NEUTRAL, x, y)] if len(x) else []


def learning_rate_marks(model: MonitorModel) -> list[Mark]:
    """The present value, at the line's end; the axis says it where it never changed."""
    curve = model.curves.learning_rate
    if not curve.x or min(curve.y) == max(curve.y):
        return []
    return [Mark(MarkKind.END, curve.x[-1], learning_rate_text(curve.y[-1]), value=curve.y[-1])]


def marks_of(model: MonitorModel, metric: str) -> tuple[list[Mark], tuple[float, float] | None]:
    """The marks on a metric's plot, and the band of the epochs without a better value.

    The best value is marked on the plot of its own metric, with its words; the other plots show
    where it was by the line alone. Patience, stop and failure are told once, on the loss.
    """
    marks: list[Mark] = []
    band = None
    best = model.best()
    if best is not None and best.epoch is not None and best.value is not None:
        own = best.monitor.removeprefix("val_") == metric
        unit = "" if model.scale is None else model.scale.unit_of(best.monitor)
        style = VALIDATION if best.monitor.startswith("val_") else TRAINING
        marks.append(
            Mark(
                MarkKind.BEST,
                best.epoch + 1.0,
                say("Best {value}", value=format_measured(best.value, unit)) if own else "",
                say("epoch {epoch}", epoch=best.epoch + 1) if own else "",
                value=best.value if own else None,
                style=style,
            )
        )
    patience = model.patience()
    if patience is not None and model.state is not None:
        band = (float(patience.since), float(patience.now))
        if metric == "loss":
            marks.append(
                Mark(
                    MarkKind.PATIENCE,
                    float(patience.since),
                    say_count(
                        patience.waited, "{count} epoch", "{count} epochs", count=patience.waited
                    ),
                    say("no better"),
                )
            )
        if model.state.running:
            told = metric == "loss"
            marks.append(
                Mark(
                    MarkKind.STOP,
                    float(patience.stops_at),
                    say("Stops at {epoch}", epoch=patience.stops_at) if told else "",
                    say("if no better") if told else "",
                )
            )
    marks += _failure(model, told=metric == "loss")
    marks += _resumes(model, told=metric == "loss")
    return marks, band


def _failure(model: MonitorModel, *, told: bool) -> list[Mark]:
    state = model.state
    if state is None or model.card() is None or state.epoch is None:
        return []
    steps = state.steps or state.steps_per_epoch or 1
    x = state.epoch + ((state.step or 0) + 1) / steps if state.step is not None else state.epoch
    what, where = failure_label(state) if told else ("", "")
    return [Mark(MarkKind.FAILURE, float(x), what, where)]


def _resumes(model: MonitorModel, *, told: bool) -> list[Mark]:
    if model.state is None:
        return []
    return [
        Mark(MarkKind.RESUMED, float(trim.from_epoch), say("Resumed") if told else "")
        for trim in model.state.trims
    ]
