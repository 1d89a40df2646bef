"""The Predict page's side panel: which model answers, on what, and what was unusual."""

from __future__ import annotations

from fitstudio.declared.plain_words import Paragraph
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import best_words
from fitstudio.viewmodel.predict.page import PredictModel, Stage
from fitstudio.words import numbers, saying


def say(model: PredictModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    paragraphs = []
    line = model.session.run_summary(model.run)
    if line is not None:
        text = saying.say("**Run {number}**, {line}.", number=line.number, line=line.name)
        if line.best is not None:
            title = figures.monitored_title(line.best.monitor)
            value = best_words(line)
            text += saying.say(
                " Its best model is from epoch {epoch}: {title}{title_2} **{value}**.",
                epoch=line.best.epoch + 1,
                title=title[:1].lower(),
                title_2=title[1:],
                value=value,
            )
        paragraphs.append(Paragraph(saying.say("The model"), text))
    text = saying.say(
        "Columns are matched **by name**; their order does not matter. The file is read as "
        "the training file was, and the preparation is the one learned in training. "
    )
    fills = model.spec is not None and model.spec.get("data.missing") == "fill"
    text += (
        saying.say("Gaps are filled in as then.")
        if fills
        else saying.say("Rows with gaps get no answer.")
    )
    paragraphs.append(Paragraph(saying.say("What happens"), text))
    match = model.match()
    if match is not None and match.targets and model.stage is not Stage.DONE:
        names = ", ".join(match.targets)
        text = saying.say(
            "The file holds **{names}** as well: the answers are compared with that.", names=names
        )
        paragraphs.append(Paragraph(saying.say("Known answers"), text))
    report = model.report
    if report is not None:
        left = report.rows - report.predicted
        text = saying.say(
            "**{predicted}** rows have an answer", predicted=numbers.format_count(report.predicted)
        )
        text += (
            saying.say(", {left} have gaps and none.", left=numbers.format_count(left))
            if left
            else "."
        )
        paragraphs.append(Paragraph(saying.say("Outcome"), text))
        if report.notes:
            paragraphs.append(Paragraph(saying.say("Mind"), " ".join(report.notes)))
    return paragraphs
