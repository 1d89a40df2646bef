"""Says in a few lines how a file was read, and which of its columns are for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fitstudio.declared.checks.decisions import left_out
from fitstudio.declared.formats.registry import find_format
from fitstudio.declared.plain_words import Paragraph
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.columns import chosen, role_type
from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    TEXT,
    ColumnSummary,
    DatasetSummary,
    SourceSummary,
)
from fitstudio.words import say, say_count, sentences
from fitstudio.words.numbers import counted, format_count, listed, strong

_MOST_NAMED = 12


def data_overview(spec: RunSpec, summary: DatasetSummary) -> list[Paragraph]:
    """How the file was read, what is predicted from what, and what was left out and why.

    Args:
        spec: What was asked for.
        summary: What is known about the file.
    """
    values = {key: spec.get(key) for key in _USED}
    targets = chosen(summary, values["fit.y"])
    inputs = chosen(summary, values["fit.x"])
    paragraphs = [
        Paragraph(say("Read as"), _reading(summary)),
        *_files(summary),
        Paragraph(say("Target"), ", ".join(_described(spec, each) for each in targets)),
        Paragraph(say("Inputs"), _inputs(inputs)),
        Paragraph(say("Left out"), _left_out(values, summary)),
    ]
    return [paragraph for paragraph in paragraphs if paragraph.text]


_USED = ("fit.x", "fit.y", "fit.sample_weight", "fit.validation_data", "data.columns")


def _reading(summary: DatasetSummary) -> str:
    if summary.sources:
        files = say_count(len(summary.sources), "{number} file", "{number} files")
        columns = say_count(len(summary.columns), "{number} column", "{number} columns")
        return say(
            "{files} together: {rows}, {columns}.",
            files=files,
            rows=say_count(summary.rows, "{number} row", "{number} rows"),
            columns=columns,
        )
    return _read_as(summary, len(summary.columns))


def _files(summary: DatasetSummary) -> Iterator[Paragraph]:
    """Of several files each: what it is, and how its rows belong to those of the first."""
    first = next(iter(summary.sources), None)
    for source in summary.sources:
        told = f"{Path(source.file).name}: {_read_as(source, len(source.columns))}"
        if first is not None and source is not first:
            told += f" {_belonging(source, first)}"
        yield Paragraph(say("File {source}", source=source.name), told)


def _belonging(source: SourceSummary, first: SourceSummary) -> str:
    if source.by is None:
        return str(say("Its rows belong to those of {first} one by one.", first=first.name))
    sentence = say(
        "Its rows are found by {by}, as {to} of {first} says.",
        by=strong(source.by), to=strong(str(source.to)), first=first.name,
    )  # fmt: skip
    if source.unmatched:
        more = say_count(
            source.unmatched,
            "{number} row of {first} finds none.",
            "{number} rows of {first} find none.",
            first=first.name,
        )
        return sentences(sentence, more)
    return str(sentence)


def _read_as(read: DatasetSummary | SourceSummary, columns: int) -> str:
    format = find_format(read.kind)
    size = say(
        "{rows}, {columns}",
        rows=counted(read.rows, format.row),
        columns=counted(columns, format.column),
    )
    how = [
        guess.label if guess.sure else say("{guess} (not certain)", guess=guess.label)
        for guess in read.guesses
        if guess.label
    ]
    read_as = say("{content}: {size}.", content=format.content, size=size)
    return sentences(read_as, say("{how}.", how=", ".join(how))) if how else read_as


def _described(spec: RunSpec, column: ColumnSummary) -> str:
    kind = role_type(spec, column)
    if kind == CATEGORY:
        classes = say_count(len(column.classes), "{number} class", "{number} classes")
        return say("{column} ({holds})", column=strong(column.name), holds=classes)
    if column.shape:
        return say(
            "{column} ({shape} numbers)",
            column=strong(column.name),
            shape=" × ".join(map(str, column.shape)),
        )
    holds = say("text") if kind == TEXT else say("a number")
    return say("{column} ({holds})", column=strong(column.name), holds=holds)


def _inputs(columns: tuple[ColumnSummary, ...]) -> str:
    if not columns:
        return ""
    names = strong(listed([each.name for each in columns], most=_MOST_NAMED))
    return (
        names
        if len(columns) == 1
        else say("{names} ({columns} columns)", names=names, columns=format_count(len(columns)))
    )


def _left_out(values: Mapping[str, Any], summary: DatasetSummary) -> str:
    found = left_out(values, summary)
    named = [f"{name} ({why})" if why else name for name, why in found[:_MOST_NAMED]]
    more = len(found) - len(named)
    words = "; ".join(named)
    if more <= 0:
        return words
    return say("{words}; and {more} more", words=words, more=format_count(more))
