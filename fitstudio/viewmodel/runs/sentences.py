"""The Runs page's side panel: which run is best, what differs between the ticked ones."""

from __future__ import annotations

from fitstudio.declared.plain_words import Paragraph
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import best_measure, best_words
from fitstudio.viewmodel.runs.page import RunsModel
from fitstudio.words import saying

_DIFFERENCES = 8


def say(model: RunsModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    if not model.session.runs:
        text = saying.say("No model has been trained in this project. Each training becomes a run.")
        return [Paragraph(saying.say("Not yet"), text)]
    paragraphs = []
    best = model.best_run()
    if best is not None and best.best is not None:
        title = figures.monitored_title(best.best.monitor)
        value = best_words(best)
        text = saying.say(
            "**Run {number}**, {best}: {title}{title_2} **{value}**.",
            number=best.number,
            best=best.name,
            title=title[:1].lower(),
            title_2=title[1:],
            value=value,
        )
        paragraphs.append(Paragraph(saying.say("Best so far"), text))
        measures = {best_measure(line) for line in model.session.runs} - {best_measure(best)}
        others = {_measure_words(each) for each in measures if each is not None}
        if others:
            names = ", ".join(sorted(others))
            text = saying.say(
                "Some runs watched something else ({names}); their values cannot be compared.",
                names=names,
            )
            paragraphs.append(Paragraph(saying.say("Mind"), text))
    running = model.session.running
    if running is not None:
        if model.session.paused:
            text = saying.say("**Run {number}** is paused.", number=running.number)
        else:
            text = saying.say("**Run {number}** is being trained.", number=running.number)
        paragraphs.append(Paragraph(saying.say("Now"), text))
    differences = model.differences()
    if differences:
        runs = [
            line.number
            for run in model.ticked
            if run in model.records and (line := model.session.run_summary(run)) is not None
        ]
        for difference in differences[:_DIFFERENCES]:
            parts = (
                saying.say(
                    "{value} (run {number})",
                    value="**" + value + "**" if odd else value,
                    number=number,
                )
                for value, odd, number in zip(difference.values, difference.odd, runs)
            )
            paragraphs.append(Paragraph(difference.title, ", ".join(parts)))
    elif len(model.ticked) > 1 and len(model.records) > 1:
        text = saying.say("The ticked runs have the same settings; only chance tells them apart.")
        paragraphs.append(Paragraph(saying.say("Only what differs"), text))
    return paragraphs


def _measure_words(measure: tuple[str, str, str]) -> str:
    monitor, loss, unit = measure
    words = figures.monitored_title(monitor)
    if loss:
        title = figures.metric_title(loss)
        words += f", {title[:1].lower()}{title[1:]}"
    return f"{words} {unit}".strip()
