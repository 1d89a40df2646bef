"""The Predict page's side panel: which model answers, on what, and what was unusual."""

from __future__ import annotations

from fitstudio.declared.plain_words import Paragraph
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import best_words
from fitstudio.viewmodel.predict.page import PredictModel, Stage
from fitstudio.words import numbers


def say(model: PredictModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    paragraphs = []
    line = model.session.run_summary(model.run)
    if line is not None:
        text = f"**Run {line.number}**, {line.name}."
        if line.best is not None:
            title = figures.monitored_title(line.best.monitor)
            value = best_words(line)
            text += (
                f" Its best model is from epoch {line.best.epoch + 1}: "
                f"{title[:1].lower()}{title[1:]} **{value}**."
            )
        paragraphs.append(Paragraph("The model", text))
    text = (
        "Columns are matched **by name**; their order does not matter. The file is read as the "
        "training file was, and the preparation is the one learned in training. "
    )
    fills = model.spec is not None and model.spec.get("data.missing") == "fill"
    text += "Gaps are filled in as then." if fills else "Rows with gaps get no answer."
    paragraphs.append(Paragraph("What happens", text))
    match = model.match()
    if match is not None and match.targets and model.stage is not Stage.DONE:
        names = ", ".join(match.targets)
        text = f"The file holds **{names}** as well: the answers are compared with that."
        paragraphs.append(Paragraph("Known answers", text))
    report = model.report
    if report is not None:
        left = report.rows - report.predicted
        have = "row has" if report.predicted == 1 else "rows have"
        text = f"**{numbers.format_count(report.predicted)}** {have} an answer"
        gaps = "has" if left == 1 else "have"
        text += f", {numbers.format_count(left)} {gaps} gaps and none." if left else "."
        paragraphs.append(Paragraph("Outcome", text))
        if report.notes:
            paragraphs.append(Paragraph("Mind", " ".join(report.notes)))
    return paragraphs
