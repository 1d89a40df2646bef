"""Says in sentences what a run with the current settings will do; ``**strong**`` stands out."""

from __future__ import annotations

from fitstudio.declared.kinds.param import Severity
from fitstudio.declared.plain_words.ending import end_text, helpers_text
from fitstudio.declared.plain_words.epochs import checking_text, one_epoch
from fitstudio.declared.plain_words.model_choices import choices_text, size_text
from fitstudio.declared.plain_words.paragraph import Paragraph
from fitstudio.declared.plain_words.rows import changes_at_random, rows_text, weights_text
from fitstudio.declared.resolve import Resolved
from fitstudio.declared.task.dataset_summary import DatasetSummary
from fitstudio.words import say


def describe(resolved: Resolved, summary: DatasetSummary | None = None) -> list[Paragraph]:
    """What the run will do, subject by subject.

    Args:
        resolved: The specification with its final values and findings.
        summary: What is known about the data.
    """
    facts = resolved.facts
    if facts is None:
        return [Paragraph(say("Not yet"), _what_is_missing(resolved, summary))]
    paragraphs = [
        Paragraph(
            say("Rows") if facts.row_name == "row" else say("Samples"), rows_text(resolved, facts)
        ),
        Paragraph(say("One epoch"), one_epoch(resolved, facts)),
        *(
            Paragraph(say("Changes at random"), text)
            for text in [changes_at_random(resolved)]
            if text
        ),
        Paragraph(say("Checking"), checking_text(resolved, facts)),
        Paragraph(say("Weights"), weights_text(resolved, facts)),
        Paragraph(say("The end"), end_text(resolved, facts)),
        *(Paragraph(say("Helpers"), text) for text in [helpers_text(resolved, facts)] if text),
        *(Paragraph(say("Size"), text) for text in [size_text(resolved, facts)] if text),
        *(
            Paragraph(say("Chosen for you"), text)
            for text in [choices_text(resolved, summary)]
            if text
        ),
        *(Paragraph(say("Ignored"), text) for text in [_ignored(resolved)] if text),
    ]
    return [paragraph for paragraph in paragraphs if paragraph.text]


def _what_is_missing(resolved: Resolved, summary: DatasetSummary | None) -> str:
    errors = [each.sentence for each in resolved.errors if each.where.startswith(("data.", "fit."))]
    if errors:
        return errors[0]
    if summary is None:
        return say("The data have not been read yet.")
    return say("Choose inputs and a target on the Data page.")


def _ignored(resolved: Resolved) -> str:
    sentences = [
        f"{each.where.partition('.')[2]}: {each.sentence.removeprefix('Ignored: ')}"
        for each in resolved.findings
        if each.severity is Severity.NO_EFFECT
    ]
    return " ".join(sentences)
