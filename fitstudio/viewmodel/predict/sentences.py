"""The Predict page's side panel: which model answers, on what, and what was unusual."""

from __future__ import annotations

from fitstudio.actions.models.kept_models import KeptModel
from fitstudio.declared.plain_words import Paragraph
from fitstudio.journal.target_scale import TargetScale
from fitstudio.viewmodel import figures
from fitstudio.viewmodel.own_units import scale_of, value_words
from fitstudio.viewmodel.predict.page import PredictModel
from fitstudio.viewmodel.predict.stage import Stage
from fitstudio.words import marked, say_marked, saying, sentences

_KINDS = {"best": marked("best"), "last": marked("last")}


def say(model: PredictModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    paragraphs = []
    line = model.session.run_summary(model.run)
    if line is not None:
        text = saying.say("**Run {number}**, {line}.", number=line.number, line=line.name)
        used = next((each for each in model.models if each.name == model.used_model), None)
        if used is not None:
            text = sentences(text, _used_words(used, scale_of(line)))
        paragraphs.append(Paragraph(saying.say("The model"), text))
    paragraphs.append(Paragraph(saying.say("What happens"), _what_happens(model)))
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
        text = saying.say_count(
            report.predicted,
            "**{number}** row has an answer",
            "**{number}** rows have an answer",
        )
        if left:
            text = saying.say_count(
                left,
                "{answered}, {number} has gaps and none.",
                "{answered}, {number} have gaps and none.",
                answered=text,
            )
        else:
            text = saying.say("{answered}.", answered=text)
        paragraphs.append(Paragraph(saying.say("Outcome"), text))
        if report.notes:
            paragraphs.append(Paragraph(saying.say("Mind"), " ".join(report.notes)))
    return paragraphs


def _what_happens(model: PredictModel) -> str:
    if model.takes_folder:
        return saying.say(
            "Each of them is read and prepared **as in training**. What cannot be read gets no "
            "answer."
        )
    text = saying.say(
        "Columns are matched **by name**; their order does not matter. The file is read as "
        "the training file was, and the preparation is the one learned in training."
    )
    fills = model.spec is not None and model.spec.get("data.missing") == "fill"
    gaps = (
        saying.say("Gaps are filled in as then.")
        if fills
        else saying.say("Rows with gaps get no answer.")
    )
    return sentences(text, gaps)


def _used_words(model: KeptModel, scale: TargetScale | None) -> str:
    """Which of the run's models answers, and what it was worth in training."""
    value = ""
    if model.value is not None:
        title = figures.monitored_title(model.monitor)
        value = (
            f": {title[:1].lower()}{title[1:]} **{value_words(model.value, model.monitor, scale)}**"
        )
    if model.kind in _KINDS:
        return saying.say(
            "Its {kind} model is from {when}{value}.",
            kind=say_marked(_KINDS[model.kind]),
            when=model.when,
            value=value,
        )
    return saying.say("The model of {when} answers{value}.", when=model.when, value=value)
