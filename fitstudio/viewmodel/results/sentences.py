"""The Results page's side panel: what the scores mean, in sentences."""

from __future__ import annotations

import numpy as np

from fitstudio.declared.plain_words import Paragraph
from fitstudio.viewmodel.results.page import ResultsModel
from fitstudio.viewmodel.results.scores import wilson
from fitstudio.words import numbers, saying, sentences
from fitstudio.words.numbers import in_percent

_FEW_ROWS = 100
_TELLS_THE_ANSWER = frozenset({"fit.x-parts-target", "fit.x-tells-target"})


def say(model: ResultsModel) -> list[Paragraph]:
    """The paragraphs; **strong** as the panel shows it."""
    if not model.session.runs:
        return [
            Paragraph(
                saying.say("Not yet"), saying.say("No model has been trained in this project.")
            )
        ]
    if model.results is None:
        return []
    if model.is_classification():
        paragraphs = _classes(model)
    else:
        paragraphs = _numbers(model)
    return [*paragraphs, *_doubt(model), *_trust(model)]


def _classes(model: ResultsModel) -> list[Paragraph]:
    confusion = model.confusion()
    if confusion is None or not confusion.total:
        return []
    right = int(np.trace(confusion.counts))
    name, share = confusion.majority()
    least, most = wilson(right, confusion.total)
    if least > share:
        better = saying.say("**clearly better**")
    else:
        better = "**worse**" if most < share else saying.say("not clearly better")
    paragraphs = [
        Paragraph(
            saying.say("Score"),
            saying.say(
                "**{right} of {total}** rows are right, {accuracy}. That is {better} than "
                "always saying {name} ({share}).",
                right=numbers.format_count(right),
                total=numbers.format_count(confusion.total),
                accuracy=in_percent(confusion.accuracy),
                better=better,
                name=name,
                share=in_percent(share),
            ),
        )
    ]
    recall = confusion.recall()
    if np.isfinite(recall).any():
        at = int(np.nanargmin(recall))
        if recall[at] < 1:
            wrong = confusion.counts[at].copy()
            wrong[at] = 0
            taken_for = confusion.names[int(wrong.argmax())]
            rest = saying.say("most of the rest")
            if wrong.max() == wrong.sum():
                rest = saying.say("the rest")
            paragraphs.append(
                Paragraph(
                    saying.say("Hardest class"),
                    saying.say(
                        "**{names}**: {recall} of it is found; {rest} is taken for {taken_for}.",
                        names=confusion.names[at],
                        recall=in_percent(float(recall[at])),
                        rest=rest,
                        taken_for=taken_for,
                    ),
                )
            )
    return paragraphs


def _numbers(model: ResultsModel) -> list[Paragraph]:
    parity = model.parity()
    if parity is None or not len(parity.true):
        return []
    unit = model.unit()
    error = float(np.abs(parity.residuals).mean())
    trivial = float(np.abs(parity.true - parity.true.mean()).mean())
    paragraphs = [
        Paragraph(
            saying.say("Score"),
            saying.say(
                "Predictions of {parity} are off by **{error}** on average. Always saying the "
                "mean would be off by {trivial}.",
                parity=parity.name,
                error=numbers.format_measured(error, unit),
                trivial=numbers.format_measured(trivial, unit),
            ),
        )
    ]
    bias = float(parity.residuals.mean())
    reach = 1.96 * float(parity.residuals.std()) / max(len(parity.true), 1) ** 0.5
    if abs(bias) > reach:
        side = saying.say("too high") if bias > 0 else saying.say("too low")
        size = numbers.format_measured(abs(bias), unit)
        paragraphs.append(
            Paragraph(
                saying.say("Leaning"),
                saying.say("On the whole they are **{size} {side}**.", size=size, side=side),
            )
        )
    return paragraphs


def _doubt(model: ResultsModel) -> list[Paragraph]:
    """What stands on the Data page against any score, as long as nobody has decided about it."""
    found = [each for each in model.session.resolved.findings if each.code in _TELLS_THE_ANSWER]
    if not found:
        return []
    text = saying.say("With the settings as they are now, {finding}", finding=found[0].sentence)
    return [Paragraph(saying.say("Too good to be true?"), text)]


def _trust(model: ResultsModel) -> list[Paragraph]:
    assert model.results is not None
    rows = model.results.rows.get(model.part, 0)
    if model.part == "training":
        text = saying.say(
            "These are the rows that the model **learned from**. How it does on new rows, "
            "only rows that it has not seen can tell."
        )
        return [Paragraph(saying.say("How far to trust it"), text)]
    text = saying.say("The model has not learned from these rows.")
    if model.part == "validation" and model.results.weights == "best":
        text = saying.say(
            "The model has not learned from these rows, but its best epoch was chosen by them: "
            "new rows may turn out a little worse."
        )
    if rows and rows < _FEW_ROWS:
        few = saying.say(
            "There are only **{rows}**: another choice of rows would give another score.",
            rows=rows,
        )
        text = sentences(text, few)
    return [Paragraph(saying.say("How far to trust it"), text)]
