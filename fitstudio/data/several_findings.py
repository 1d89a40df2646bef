"""What a person should know about several files as one dataset: how their rows found each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fitstudio.data import joining
from fitstudio.data.columns.source import Source
from fitstudio.data.joining import Join
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.parameters.sources import LENSES
from fitstudio.words import say, say_count

_SHOWN = 5


def of_part(finding: Finding, name: str) -> Finding:
    """A finding about one file, as one about this source of several."""
    fix = finding.fix
    if fix is not None:
        fix = replace(fix, set={_key(key, name): value for key, value in fix.set.items()})
    return replace(
        finding,
        where=_key(finding.where, name),
        sentence=say("In **{name}**: {sentence}", name=name, sentence=finding.sentence),
        fix=fix,
    )


def of_file(finding: Finding, name: str) -> Finding:
    """A finding about one file of a folder, whose files are all read alike."""
    sentence = say("In **{name}**: {sentence}", name=name, sentence=finding.sentence)
    return replace(finding, sentence=sentence)


def about_join(
    first_name: str, first: Source, name: str, other: Source, join: Join | None
) -> Iterator[Finding]:
    """Rows that found no partner, and files that should rather be joined by a column."""
    where = f"data.sources.{name}.by"
    if join is None:
        yield from _other_order(first_name, first, name, other)
        return
    if join.unmatched_rows:
        sentence = say_count(
            join.unmatched_rows,
            "**{number} of {all} rows** of {first} has no row in {other}: {names}. What {other} "
            "should tell counts as missing there.",
            "**{number} of {all} rows** of {first} have no row in {other}: {names}. What {other} "
            "should tell counts as missing there.",
            all=first.rows, first=first_name, other=name, names=_listed(join.unmatched),
        )  # fmt: skip
        yield Finding("data.unmatched", Severity.ADVICE, where, sentence)
    if join.unused_rows:
        sentence = say_count(
            join.unused_rows,
            "**{number} of {all} rows** of {other} belongs to no row of {first} and is not used: "
            "{names}.",
            "**{number} of {all} rows** of {other} belong to no row of {first} and are not used: "
            "{names}.",
            all=other.rows, first=first_name, other=name, names=_listed(join.unused),
        )  # fmt: skip
        yield Finding("data.unused-rows", Severity.ADVICE, where, sentence)


def _other_order(first_name: str, first: Source, name: str, other: Source) -> Iterator[Finding]:
    """Both name their rows, and not in the same order: row by row would mix them up."""
    where = f"data.sources.{name}.by"
    for column in joining.shared_names(first, other):
        asked, held = joining.names_of_rows(first, column), joining.names_of_rows(other, column)
        differ = sum(here != there for here, there in zip(asked, held, strict=True))
        if differ:
            sentence = say_count(
                differ,
                "**{column}** stands in {first} and in {other}, and differs in {number} of {all} "
                "rows: do their rows stand in another order?",
                "**{column}** stands in {first} and in {other}, and differs in {number} of {all} "
                "rows: do their rows stand in another order?",
                column=column, first=first_name, other=name, all=first.rows,
            )  # fmt: skip
            fix = Fix(say("They belong together by {column}", column=column), {where: column})
            yield Finding("data.other-order", Severity.ADVICE, where, sentence, fix)
            return


def _key(key: str, name: str) -> str:
    section, _, rest = key.partition(".")
    if section == "data" and rest in LENSES:
        return f"data.sources.{name}.{LENSES[rest]}"
    return key


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return say("{shown} and {more} more", shown=shown, more=more) if more > 0 else shown
