"""Checks of the columns that a model takes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fitstudio.declared.checks.check import Checked, advice, error
from fitstudio.declared.checks.preparations import check_preparations
from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.declared.task.columns import chosen, role_type
from fitstudio.declared.task.dataset_summary import (
    ARRAY,
    CONSTANT,
    ID,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.declared.task.task import make_input, slot_column
from fitstudio.errors import DataError
from fitstudio.words import marked, say, say_marked
from fitstudio.words.numbers import listed, strong

_HOW = {
    "same": marked("is a copy of"),
    "proportional": marked("goes up and down exactly with"),
    "one-to-one": marked("names the same things as"),
    "rank": marked("goes up and down exactly with"),
}


def check_inputs(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """Whether the chosen inputs can go into a model, and are worth it."""
    names = checked.values["fit.x"] or []
    columns = chosen(summary, names)
    targets = set(checked.values["fit.y"] or ())
    both = [name for name in names if name in targets]
    if both:
        yield error(
            "fit.x-holds-target",
            "fit.x",
            say(
                "{both} is the target and an input: the model would be told the answer.",
                both=strong(listed(both)),
            ),
            leave_out(names, both),
        )
    texts = [each.name for each in columns if role_type(checked.spec, each) == TEXT]
    if texts:
        yield error(
            "fit.x-text",
            "fit.x",
            say("{texts} holds text, which a model cannot take.", texts=strong(listed(texts))),
            leave_out(names, texts),
        )
    badly_prepared = list(check_preparations(checked, columns))
    yield from badly_prepared
    constant = [each.name for each in columns if each.type == CONSTANT]
    if constant:
        yield advice(
            "fit.x-constant",
            "fit.x",
            say(
                "{constant} has the same value in every row and teaches nothing.",
                constant=strong(listed(constant)),
            ),
            leave_out(names, constant),
        )
    numbered = [each.name for each in columns if each.type == ID and each.name not in texts]
    if numbered:
        yield advice(
            "fit.x-id",
            "fit.x",
            say(
                "{numbered} is different in every row, like a number for each: a model can "
                "only learn it by heart.",
                numbered=strong(listed(numbered)),
            ),
            leave_out(names, numbered),
        )
    unmade = texts or any(each.severity is Severity.ERROR for each in badly_prepared)
    if columns and not unmade and not _go_together(checked, columns):
        arrays = [each.name for each in columns if role_type(checked.spec, each) == ARRAY]
        yield error(
            "fit.x-shapes",
            "fit.x",
            say(
                "These inputs do not go into one model: {arrays} has a shape of its own. "
                "Choose one of them, or arrays of the same shape.",
                arrays=strong(listed(arrays)),
            ),
            Fix(say("Only {arrays}", arrays=arrays[0]), {"fit.x": arrays[:1]}),
        )


def _go_together(checked: Checked, columns: Sequence[ColumnSummary]) -> bool:
    try:
        make_input([slot_column(checked.spec, column) for column in columns])
    except DataError:
        return False
    return True


def check_telling_inputs(checked: Checked, summary: DatasetSummary) -> Iterator[Finding]:
    """Inputs that are the target in other words, as a column worked out from it is."""
    names, targets = checked.values["fit.x"] or [], checked.values["fit.y"] or ()
    for target in targets:
        for name, how in summary.telling(target).items():
            if name not in names or name in targets:
                continue
            if how == "parts":
                yield advice(
                    "fit.x-parts-target",
                    "fit.x",
                    say(
                        "{name} alone parts the classes of {target}, the target, without one "
                        "mistake. Is it known before the target is?",
                        name=strong(name),
                        target=strong(target),
                    ),
                    leave_out(names, [name]),
                )
                continue
            yield advice(
                "fit.x-tells-target",
                "fit.x",
                say(
                    "{name} {how} {target}, the target: the model would be told the answer. "
                    "Is it known before the target is?",
                    name=strong(name),
                    how=say_marked(_HOW.get(how, marked("tells"))),
                    target=strong(target),
                ),
                leave_out(names, [name]),
            )


def leave_out(names: Sequence[str], dropped: Sequence[str]) -> Fix | None:
    """A change that leaves columns out of the inputs."""
    kept = [name for name in names if name not in dropped]
    return Fix(
        say("Leave it out") if len(dropped) == 1 else say("Leave them out"), {"fit.x": kept or None}
    )
