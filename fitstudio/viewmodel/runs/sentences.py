"""The Runs page's side panel: which run is best, what differs between the ticked ones."""

from __future__ import annotations

from fitstudio.declared.plain_words import Paragraph
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import best_measure, best_words
from fitstudio.viewmodel.runs.page import RunsModel

_DIFFERENCES = 8


def say(model: RunsModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    if not model.session.runs:
        text = "No model has been trained in this project. Each training becomes a run."
        return [Paragraph("Not yet", text)]
    paragraphs = []
    best = model.best_run()
    if best is not None and best.best is not None:
        title = figures.monitored_title(best.best.monitor)
        value = best_words(best)
        text = f"**Run {best.number}**, {best.name}: {title[:1].lower()}{title[1:]} **{value}**."
        paragraphs.append(Paragraph("Best so far", text))
        measures = {best_measure(line) for line in model.session.runs} - {best_measure(best)}
        others = {_measure_words(each) for each in measures if each is not None}
        if others:
            names = ", ".join(sorted(others))
            text = f"Some runs watched something else ({names}); their values cannot be compared."
            paragraphs.append(Paragraph("Mind", text))
    running = model.session.running
    if running is not None:
        text = f"**Run {running.number}** is being trained."
        paragraphs.append(Paragraph("Now", text))
    differences = model.differences()
    if differences:
        runs = [
            line.number
            for run in model.ticked
            if run in model.records and (line := model.session.run_summary(run)) is not None
        ]
        for difference in differences[:_DIFFERENCES]:
            parts = (
                f"{'**' + value + '**' if odd else value} (run {number})"
                for value, odd, number in zip(difference.values, difference.odd, runs)
            )
            paragraphs.append(Paragraph(difference.title, ", ".join(parts)))
    elif len(model.ticked) > 1 and len(model.records) > 1:
        text = "The ticked runs have the same settings; only chance tells them apart."
        paragraphs.append(Paragraph("Only what differs", text))
    return paragraphs


def _measure_words(measure: tuple[str, str, str]) -> str:
    monitor, loss, unit = measure
    words = figures.monitored_title(monitor)
    if loss:
        title = figures.metric_title(loss)
        words += f", {title[:1].lower()}{title[1:]}"
    return f"{words} {unit}".strip()
