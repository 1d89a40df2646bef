"""The columns of the data as the table's head shows them: what each holds, in words and bars."""

from __future__ import annotations

from dataclasses import dataclass

from fitstudio.declared.task.dataset_summary import (
    CATEGORY,
    NUMBER,
    TEXT,
    ColumnSummary,
    DatasetSummary,
)
from fitstudio.viewmodel.data.preparation import PreparationView, preparation_view
from fitstudio.viewmodel.data.roles import Role
from fitstudio.viewmodel.shell.session import ProjectSession
from fitstudio.words import say, say_count
from fitstudio.words.numbers import format_count, format_value

_MOST_BARS = 16


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """One column as the table's head shows it.

    Args:
        name: The column's name.
        title: The name without the unit, which `kind` tells.
        kind: What it holds, in two or three words: "3 classes", "number · mm", "8 × 8".
        role: What it is for.
        bars: Its distribution, each bar from 0 to 1.
        classes: Whether a bar is a class; else the bars are a histogram.
        numeric: Whether its cells stand at the right.
        missing: How many cells are missing.
        type: "number", "category" and so on, as the summary has it.
        can_convert: Whether it can be taken for a number and for classes.
        tip: All that is known about it, in a few lines.
        preparation: How it is prepared; None where it is no input.
    """

    name: str
    title: str
    kind: str
    role: Role
    bars: tuple[float, ...]
    classes: bool
    numeric: bool
    missing: int
    type: str
    can_convert: bool
    tip: str
    preparation: PreparationView | None = None


def column_views(session: ProjectSession, summary: DatasetSummary) -> tuple[ColumnView, ...]:
    """Every column of the data, in the order of the file."""
    # Spectra have a thousand columns: the roles are looked up once, not for each of them.
    roles: dict[str, Role] = dict.fromkeys(session.spec.get("fit.x") or (), Role.INPUT)
    weight = session.spec.get("fit.sample_weight")
    if weight is not None:
        roles[weight] = Role.WEIGHT
    roles |= dict.fromkeys(session.spec.get("fit.y") or (), Role.TARGET)
    return tuple(
        _column(session, column, roles.get(column.name, Role.LEFT_OUT))
        for column in summary.columns
    )


def _column(session: ProjectSession, column: ColumnSummary, role: Role) -> ColumnView:
    prepared = preparation_view(session.spec, column) if role is Role.INPUT else None
    tip = _tip(column)
    if prepared is not None and prepared.words:
        tip = "\n".join([tip, say("prepared: {words}", words=prepared.words)])
    counts = [count for _, count in column.classes] if column.type == CATEGORY else []
    classes = bool(counts) and len(counts) <= _MOST_BARS
    bars = counts if classes else list(column.histogram)
    largest = max(bars, default=0)
    return ColumnView(
        name=column.name,
        title=_title(column),
        kind=kind_words(column),
        role=role,
        bars=tuple(_share(count, largest) for count in bars),
        classes=classes,
        numeric=column.type == NUMBER,
        missing=column.missing,
        type=column.type,
        tip=tip,
        preparation=prepared,
        can_convert=not column.shape and (column.numeric or column.type in (NUMBER, CATEGORY)),
    )


def _title(column: ColumnSummary) -> str:
    if not column.unit or column.type != NUMBER:
        return column.name
    stem = column.name.removesuffix(column.unit).rstrip(" _([")
    return stem if stem and column.name.endswith(column.unit) else column.name


def _tip(column: ColumnSummary) -> str:
    lines = [column.title or column.name, kind_words(column)]
    values = say_count(column.count, "{number} value", "{number} values")
    if column.missing:
        missing = format_count(column.missing)
        values = say("{values}, {missing} missing", values=values, missing=missing)
    lines.append(values)
    if column.minimum is not None and column.maximum is not None:
        lines.append(
            say(
                "from {minimum} to {maximum}",
                minimum=format_value(column.minimum),
                maximum=format_value(column.maximum),
            )
        )
    if column.mean is not None and column.std is not None and column.type != CATEGORY:
        mean, spread = format_value(column.mean), format_value(column.std)
        lines.append(say("mean {mean}, spread {spread}", mean=mean, spread=spread))
    if column.type == CATEGORY:
        classes = [f"{name} {format_count(count)}" for name, count in column.classes[:8]]
        lines.append(", ".join(classes) + (" …" if len(column.classes) > 8 else ""))
    return "\n".join(lines)


def _share(count: int, largest: int) -> float:
    # A bin with few rows must still be seen beside one with many.
    return 0.0 if not count or not largest else max(count / largest, 0.04)


def kind_words(column: ColumnSummary) -> str:
    """What a column holds, in two or three words: "3 classes", "number · mm", "8 × 8"."""
    match column.type:
        case "category":
            return say_count(
                len(column.classes) or column.distinct or 0, "{number} class", "{number} classes"
            )
        case "number":
            return say("number · {unit}", unit=column.unit) if column.unit else say("number")
        case "id":
            return say("all different")
        case "constant":
            return say("always the same")
        case "array":
            return " × ".join(str(size) for size in column.shape) or say("array")
    return say("text") if column.type == TEXT else column.type
