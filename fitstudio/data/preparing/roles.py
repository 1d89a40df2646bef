"""Finds the columns that a run gives a role in its file, and the task that they make."""

from __future__ import annotations

from fitstudio.data.columns.source import Source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.declared.task.task import Task, make_task
from fitstudio.errors import DataError
from fitstudio.words import say


def require_columns(source: Source, spec: RunSpec) -> None:
    """Refuses a file without the columns of a run, and targets that are inputs as well.

    Raises:
        DataError: If columns are missing, or not chosen.
    """
    x, y = list(spec.get("fit.x") or ()), list(spec.get("fit.y") or ())
    for names, what in ((x, "inputs"), (y, say("a target"))):
        if not names:
            raise DataError(
                say("No columns are chosen as {what}.", what=what), code="data.no-roles"
            )
    weight = spec.get("fit.sample_weight")
    source.require([*x, *y, *([weight] if weight else [])])
    for name in x:
        if name in y:
            raise DataError(
                say(
                    "{name} is both input and target: the model would only copy it.",
                    name=repr(name),
                ),
                code="data.target-is-input",
            )


def find_task(source: Source, spec: RunSpec) -> Task:
    """The task of a run whose file is open.

    Raises:
        DataError: If the columns cannot be used together as asked.
    """
    require_columns(source, spec)
    inputs, targets = (
        [source.column(name) for name in spec.get(key)] for key in ("fit.x", "fit.y")
    )
    return make_task(spec, spec.values(), inputs, targets)
