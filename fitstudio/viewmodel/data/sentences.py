"""The Data page's paragraphs: the task, the rows, the classes, the preparation, the file."""

from __future__ import annotations

from pathlib import PurePath

from fitstudio.declared.catalogue.preparations import EMBEDDING, NUMBER_WAYS, STANDARD
from fitstudio.declared.checks.changed_file import DATA_CHANGED
from fitstudio.declared.plain_words import Paragraph
from fitstudio.declared.task.dataset_summary import CATEGORY, NUMBER, DatasetSummary
from fitstudio.declared.task.facts import Facts
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count, sentences
from fitstudio.words.nouns import one, several
from fitstudio.words.numbers import counted, format_count, listed

_SHOWN_CLASSES = 4
_RARE = 0.5


def data_words(session: ProjectSession) -> list[Paragraph] | None:
    """What is said beside the data; None where the settings' own words say what is missing."""
    summary, facts = session.summary, session.resolved.facts
    if summary is None or facts is None:
        return None
    said = [
        (say("The task"), _task(session, facts)),
        (say("Rows") if facts.row_name == "row" else say("Samples"), _rows(session, facts)),
        (say("Classes"), _classes(facts)),
        (say("Preparation"), _preparation(session, summary)),
        (say("The files") if summary.sources else say("The file"), _file(session, summary)),
    ]
    return [Paragraph(title, text) for title, text in said if text]


def target_words(session: ProjectSession) -> str:
    """What the model learns to tell, for the line above the rows."""
    targets = session.spec.get("fit.y") or ()
    if not targets:
        return say("Nothing is to be predicted yet: make a column the target below its name.")
    return say_count(
        len(targets),
        "**{targets}** is what the model learns to tell; it stands first.",
        "**{targets}** are what the model learns to tell; they stand first.",
        targets=listed(targets),
    )


def _task(session: ProjectSession, facts: Facts) -> str:
    targets = session.spec.get("fit.y") or ()
    part = "column" if facts.row_name == "row" else "array"
    row = one(facts.row_name)
    match session.spec.get("fit.x") or ():
        case (name,) if name == row:
            source = say("From **one {row}**", row=row)
        case (name,):
            source = say("From **{name}** of a {row}", name=name, row=row)
        case names:
            source = say("From **{names}** of a {row}", names=counted(len(names), part), row=row)
    asked = say("{source}, tell its **{targets}**", source=source, targets=", ".join(targets))
    if facts.class_names:
        return say(
            "{asked}: one of {class_names} classes.",
            asked=asked,
            class_names=len(facts.class_names),
        )
    return say_count(
        facts.output_units,
        "{asked}: a number.",
        "{asked}: {output_units} numbers.",
        asked=asked,
        output_units=facts.output_units,
    )


def _rows(session: ProjectSession, facts: Facts) -> str:
    word = one(facts.row_name) if facts.rows == 1 else several(facts.row_name)
    text = f"**{format_count(facts.rows)}** {word}."
    if not facts.left_out:
        return say("{text} None has gaps in these columns.", text=text)
    if session.spec.get("data.missing") == "fill":
        return text
    if facts.left_out == 1:
        return say("{text} 1 has gaps and is left out.", text=text)
    return say(
        "{text} {left_out} have gaps and are left out.",
        text=text,
        left_out=format_count(facts.left_out),
    )


def _classes(facts: Facts) -> str:
    if not facts.class_names:
        return ""
    counted = sorted(zip(facts.class_counts, facts.class_names), reverse=True)
    # Where the classes are numbers themselves, "0 57" would be two numbers side by side.
    mark = ":" if any(name[:1].isdigit() for name in facts.class_names) else ""
    shown = [f"{name}{mark} {format_count(count)}" for count, name in counted[:_SHOWN_CLASSES]]
    rest = len(counted) - len(shown)
    text = ", ".join(shown)
    text = (
        say("{classes} and {rest} more.", classes=text, rest=rest)
        if rest
        else say("{classes}.", classes=text)
    )
    most, least = counted[0][0], counted[-1][0]
    if most and least / most < _RARE:
        text = sentences(text, say("The rarest has less than half of the commonest."))
    return text


def _preparation(session: ProjectSession, summary: DatasetSummary) -> str:
    inputs = [summary.column(name) for name in session.spec.get("fit.x") or ()]
    kinds = {column.type for column in inputs if column is not None}
    scale = session.spec.get("data.scale")
    parts = []
    if NUMBER in kinds or "array" in kinds:
        way = NUMBER_WAYS[scale or STANDARD]
        if way.done:
            parts.append(say("Numbers are {words}", words=way.done))
        else:
            parts.append(say("Numbers: {words}", words=way.short))
    if CATEGORY in kinds:
        if session.spec.get("data.categories") == EMBEDDING:
            learned = say("the model learns numbers for words")
            parts.append(learned if parts else say("The model learns numbers for words"))
        else:
            parts.append(say("words become 0 and 1") if parts else say("Words become 0 and 1"))
    if not parts:
        return ""
    text = ", ".join(parts) + "."
    if scale == "none" and CATEGORY not in kinds:
        return text
    return say(
        "{text} This is learned from the **training rows only** and stored in the model.", text=text
    )


def _file(session: ProjectSession, summary: DatasetSummary) -> str:
    changed = any(each.code == DATA_CHANGED for each in session.resolved.findings)
    if summary.sources and changed:
        return str(say("Each is only read. **One has changed since it was chosen.**"))
    if summary.sources:
        return str(
            say(
                "Each is only read. FitStudio keeps their fingerprints and says when one has "
                "changed."
            )
        )
    file = str(session.spec.get("data.file") or "")
    if PurePath(file).is_absolute():
        place = say("Stays where it is and is only read.")
    else:
        place = say("Is in the project's folder and is only read.")
    if changed:
        return say("{place} **It has changed since it was chosen.**", place=place)
    if not session.spec.get("data.fingerprint"):
        return place
    return say("{place} FitStudio keeps its fingerprint and says when it has changed.", place=place)
