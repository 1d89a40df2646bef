"""The Data page's paragraphs: the task, the rows, the classes, the preparation, the file."""

from __future__ import annotations

from pathlib import PurePath

from fitstudio.declared.plain_words import Paragraph
from fitstudio.declared.task.dataset_summary import CATEGORY, NUMBER, DatasetSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say
from fitstudio.words.numbers import counted, format_count

_SHOWN_CLASSES = 4
_RARE = 0.5


def data_words(session: ProjectSession) -> list[Paragraph] | None:
    """What is said beside the data; None where the settings' own words say what is missing."""
    summary, facts = session.summary, session.resolved.facts
    if summary is None or facts is None:
        return None
    said = [
        ("The task", _task(session, facts)),
        ("Rows" if facts.row_name == "row" else "Samples", _rows(session, facts)),
        ("Classes", _classes(facts)),
        ("Preparation", _preparation(session, summary)),
        ("The files" if summary.sources else "The file", _file(session, summary)),
    ]
    return [Paragraph(title, text) for title, text in said if text]


def _task(session: ProjectSession, facts: Facts) -> str:
    targets = session.spec.get("fit.y") or ()
    part = "column" if facts.row_name == "row" else "array"
    row = facts.row_name
    match session.spec.get("fit.x") or ():
        case (name,):
            source = f"From **{name}** of a {row}"
        case names:
            source = f"From **{counted(len(names), part)}** of a {row}"
    asked = f"{source}, tell its **{', '.join(targets)}**"
    if facts.class_names:
        return f"{asked}: one of {len(facts.class_names)} classes."
    return f"{asked}: {'a number' if facts.output_units == 1 else f'{facts.output_units} numbers'}."


def _rows(session: ProjectSession, facts: Facts) -> str:
    word = facts.row_name
    text = f"**{format_count(facts.rows)}** {word}{'' if facts.rows == 1 else 's'}."
    if not facts.left_out:
        return f"{text} None has gaps in these columns."
    if session.spec.get("data.missing") == "fill":
        return text
    return f"{text} {format_count(facts.left_out)} have gaps and are left out."


def _classes(facts: Facts) -> str:
    if not facts.class_names:
        return ""
    counted = sorted(zip(facts.class_counts, facts.class_names), reverse=True)
    # Where the classes are numbers themselves, "0 57" would be two numbers side by side.
    mark = ":" if any(name[:1].isdigit() for name in facts.class_names) else ""
    shown = [f"{name}{mark} {format_count(count)}" for count, name in counted[:_SHOWN_CLASSES]]
    rest = len(counted) - len(shown)
    text = ", ".join(shown) + (f" and {rest} more." if rest else ".")
    most, least = counted[0][0], counted[-1][0]
    if most and least / most < _RARE:
        text += " The rarest has less than half of the commonest."
    return text


def _preparation(session: ProjectSession, summary: DatasetSummary) -> str:
    inputs = [summary.column(name) for name in session.spec.get("fit.x") or ()]
    kinds = {column.type for column in inputs if column is not None}
    scale = session.spec.get("data.scale")
    parts = []
    if NUMBER in kinds or "array" in kinds:
        words = {"minmax": "brought to 0 … 1", "none": "taken as they are"}
        parts.append(f"Numbers are {words.get(scale, 'centred and scaled')}")
    if CATEGORY in kinds:
        parts.append("words become 0 and 1" if parts else "Words become 0 and 1")
    if not parts:
        return ""
    text = ", ".join(parts) + "."
    if scale == "none" and CATEGORY not in kinds:
        return text
    return f"{text} This is learned from the **training rows only** and stored in the model."


def _file(session: ProjectSession, summary: DatasetSummary) -> str:
    if summary.sources:
        return str(say("Each is only read. FitStudio notes their fingerprints."))
    file = str(session.spec.get("data.file") or "")
    if PurePath(file).is_absolute():
        return "Stays where it is and is only read. FitStudio notes its fingerprint."
    return "Is in the project's folder and is only read. FitStudio notes its fingerprint."
