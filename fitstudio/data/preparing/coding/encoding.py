"""Applies a recipe's columns to the rows of a file: text and numbers in, float32 out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fitstudio.data.columns.gaps import array_gaps, usable_numbers
from fitstudio.data.columns.source import WHOLE, Source, missing_columns
from fitstudio.data.columns.statistics import ArrayLike
from fitstudio.data.preparing.coding import categories, measures, steps
from fitstudio.data.preparing.coding.lazy import LazyArray, in_memory_if_small
from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.task.dataset_summary import ARRAY
from fitstudio.declared.task.task import make_input
from fitstudio.errors import DataError
from fitstudio.words import say, say_count


def encode_inputs(
    columns: tuple[RecipeColumn, ...],
    source: Source,
    missing: str,
    notes: list[str],
    *,
    answers: tuple[str, ...] = (),
) -> tuple[Any, SampleIndex]:
    """Inputs of all rows that can be used, and the samples that these are.

    Args:
        columns: How each input is made.
        source: The file.
        missing: "drop" or "fill".
        notes: Gets a sentence for whatever was not quite as in training.
        answers: Columns that are no inputs and are not ignored either, such as the target.
    """
    source.refuse_problems()
    names = find_columns(columns, source, notes, answers=answers)
    if any(column.role == ARRAY for column in columns):
        return _encode_arrays(columns, [_array(source, name) for name in names], source, notes)
    matrix, whole = encode_table(columns, source, names, missing, notes)
    samples = SampleIndex.of_rows(source.file, whole)
    if not len(samples):
        raise DataError(
            say(
                "Every row of {file} has a missing value in a column that the model needs.",
                file=repr(source.file),
            ),
            code="data.no-rows",
        )
    if len(samples) < len(whole):
        count = len(whole) - len(samples)
        notes.append(
            say(
                "{count} {rows} with missing values {were} left out.",
                count=count,
                rows=_rows(count),
                were=_were(count),
            )
        )
        matrix = matrix[samples.rows]
    return matrix, samples


def find_columns(
    columns: tuple[RecipeColumn, ...],
    source: Source,
    notes: list[str],
    *,
    answers: tuple[str, ...] = (),
) -> list[str]:
    """The names that the columns have in this file.

    Raises:
        DataError: Naming all columns that are missing.
    """
    matches, names = match_columns(columns, source), source.names
    missing = [column.name for column in columns if column.name not in matches]
    if missing:
        raise missing_columns(missing, names, source.file)
    found = list(matches.values())
    renamed = [
        say("{name} is taken for {old}", name=repr(name), old=repr(old))
        for old, name in matches.items()
        if name != old
    ]
    if renamed:
        notes.append(f"{'; '.join(renamed[:5])}.")
    used = {*found, *answers, *source.row_names}
    extra = [name for name in names if name not in used]
    if extra and len(extra) < len(names):
        shown = ", ".join(extra[:6]) + (" …" if len(extra) > 6 else "")
        notes.append(say("Not needed, and ignored: {shown}.", shown=shown))
    order = {name: place for place, name in enumerate(names)}
    places = [order[name] for name in found if name in order]
    if places != sorted(places):
        notes.append(say("The columns stand in another order than in training; they go by name."))
    return found


def match_columns(columns: tuple[RecipeColumn, ...], source: Source) -> dict[str, str]:
    """The names in this file of the columns that it has, by their names in training."""
    plain = {categories.plainly(name): name for name in source.names}
    there = set(source.names)
    found: dict[str, str] = {}
    for column in columns:
        name = column.name if column.name in there else plain.get(categories.plainly(column.name))
        name = name or _only_array(column, columns, source)
        if name is not None:
            found[column.name] = name
    return found


def _only_array(
    column: RecipeColumn, columns: tuple[RecipeColumn, ...], source: Source
) -> str | None:
    """The one array of the right shape, where files name their arrays after themselves."""
    if column.role != "array" or len(columns) > 1:
        return None
    fitting = [name for name in source.names if source.column(name).shape == column.shape]
    if len(fitting) == 1:
        return fitting[0]
    whole = source.whole
    return WHOLE if whole is not None and tuple(whole.shape[1:]) == column.shape else None


def _array(source: Source, name: str) -> ArrayLike:
    whole = source.whole
    return whole if name == WHOLE and whole is not None else source.array(name)


def _encode_arrays(
    columns: tuple[RecipeColumn, ...], arrays: list[ArrayLike], source: Source, notes: list[str]
) -> tuple[Any, SampleIndex]:
    for column, array in zip(columns, arrays, strict=True):
        if tuple(array.shape[1:]) != column.shape:
            raise DataError(
                say(
                    "One sample of {column} has the shape {shape} in {file}; the model was "
                    "trained on {column_shape}.",
                    column=repr(column.name),
                    shape=tuple(array.shape[1:]),
                    file=repr(source.file),
                    column_shape=column.shape,
                ),
                code="data.shape",
            )
    gaps = np.zeros(source.rows, bool)
    for array in arrays:
        gaps |= array_gaps(array)
    samples = SampleIndex.of_rows(source.file, ~gaps, source.file_names())
    if not len(samples):
        raise DataError(
            say("No row of {file} is free of NaN.", file=repr(source.file)), code="data.no-rows"
        )
    if gaps.any() and source.file_names() is not None:
        notes.append(
            say_count(
                int(gaps.sum()),
                "{number} row without a picture that can be read was left out.",
                "{number} rows without a picture that can be read were left out.",
            )
        )
    elif gaps.any():
        count = int(gaps.sum())
        notes.append(
            say(
                "{count} {rows} with NaN or infinite values {were} left out.",
                count=count,
                rows=_rows(count),
                were=_were(count),
            )
        )
    return lazy_inputs(columns, arrays, samples.rows if gaps.any() else None), samples


def lazy_inputs(
    columns: tuple[RecipeColumn, ...],
    arrays: list[ArrayLike],
    rows: np.ndarray | None,
    *,
    lazily: bool | None = None,
    whole_pieces: bool = True,
) -> Any:
    """Arrays as the model takes them: in memory where they are small, else read when asked for."""
    return in_memory_if_small(
        LazyArray(
            tuple(arrays),
            rows,
            make_input([column.in_slot for column in columns]).part_shape,
            tuple(np.asarray(column.center) for column in columns),
            tuple(np.asarray(column.scale) for column in columns),
            steps=tuple((column.before, column.after) for column in columns),
            whole_pieces=whole_pieces,
        ),
        lazily=lazily,
    )


def encode_table(
    columns: tuple[RecipeColumn, ...],
    source: Source,
    names: list[str],
    missing: str,
    notes: list[str],
) -> tuple[np.ndarray, np.ndarray]:
    """All rows as a matrix, and which of them have no gap (with "fill", all of them)."""
    width = sum(column.width for column in columns)
    matrix = np.zeros((source.rows, width), np.float32)
    whole = np.ones(source.rows, bool)
    place = 0
    beyond: list[str] = []
    filled: list[str] = []
    for column, name in zip(columns, names, strict=True):
        if column.role == "number":
            found = source.scalars(name, "number")
            measures.compare(column, found.unit, source, notes)
            values = found.numbers().copy()
            values[~usable_numbers(values)] = np.nan
            gaps = np.isnan(values)
            outside = _outside(column, values)
            if outside:
                beyond.append(f"{column.name} ({outside})")
            if missing == "fill" and isinstance(column.fill, float):
                values[gaps] = column.fill
            matrix[:, place : place + column.width] = prepared_numbers(column, values, gaps)
        else:
            part = matrix[:, place : place + column.width]
            gaps = categories.encode_category(
                column, source, name, notes, part, fill=missing == "fill"
            )
        if missing == "drop" or not column.keeps_gaps:
            whole &= ~gaps
        elif gaps.any():
            filled.append(f"{column.name} ({int(gaps.sum())})")
        place += column.width
    if beyond:
        shown = ", ".join(beyond[:5]) + (" …" if len(beyond) > 5 else "")
        notes.append(
            say("Values beyond what training showed (number of rows): {shown}.", shown=shown)
        )
    if filled:
        shown = ", ".join(filled[:5]) + (" …" if len(filled) > 5 else "")
        notes.append(
            say("Filled in, as nothing usable stood there (number of rows): {shown}.", shown=shown)
        )
    return matrix, whole


def prepared_numbers(
    column: RecipeColumn, values: np.ndarray, gaps: np.ndarray | None = None
) -> np.ndarray:
    """Single numbers as the model takes them: rows and `column.width` numbers of each.

    Args:
        column: How they are prepared.
        values: Doubles, gaps filled or NaN.
        gaps: Which were gaps; None for none.
    """
    values = (steps.taken(column.before, values) - column.center[0]) / column.scale[0]
    values = steps.as_single(steps.taken(column.after, values))
    values = values if values.ndim == 2 else values[:, None]
    if not column.indicator:
        return values
    told = np.zeros(len(values), bool) if gaps is None else gaps
    return np.concatenate([values, told[:, None].astype(np.float32)], axis=1)


def encode_targets(
    columns: tuple[RecipeColumn, ...], encoding: str, source: Source, notes: list[str]
) -> tuple[Any, np.ndarray]:
    """The targets of all rows, and which rows have one that is known."""
    source.require([column.name for column in columns])
    match columns:
        case (RecipeColumn(role="array") as column,):
            return _encode_array_target(column, source)
        case (RecipeColumn(role="category") as column,):
            codes = categories.encode_labels(column, source, column.name, notes)
            unknown = codes == categories.UNKNOWN
            if unknown.any():
                categories.note_unknown(column, source, column.name, unknown, notes)
            known = codes >= 0
            return _encode_classes(np.where(known, codes, 0), encoding, len(column.labels)), known
    values = np.stack([source.scalars(c.name, "number").numbers() for c in columns], axis=1)
    known = np.asarray(usable_numbers(values).all(axis=1))
    center = np.array([column.center[0] for column in columns])
    scale = np.array([column.scale[0] for column in columns])
    scaled = np.where(known[:, None], (values - center) / scale, 0.0)
    return scaled.astype(np.float32), known


def _encode_array_target(column: RecipeColumn, source: Source) -> tuple[Any, np.ndarray]:
    array = source.array(column.name)
    center, scale = np.asarray(column.center), np.asarray(column.scale)
    lazy = LazyArray((array,), None, column.shape, (center,), (scale,))
    return in_memory_if_small(lazy), ~array_gaps(array)


def _encode_classes(codes: np.ndarray, encoding: str, classes: int) -> np.ndarray:
    if encoding == "index":
        return codes
    if encoding == "binary":
        return codes.astype(np.float32)[:, None]
    hot = np.zeros((len(codes), classes), np.float32)
    hot[np.arange(len(codes)), codes] = 1.0
    return hot


def encode_weights(name: str, source: Source) -> tuple[np.ndarray, np.ndarray]:
    """The weights of all rows, and which rows have one."""
    if source.column(name).shape:
        weights = np.asarray(source.array(name)[:], np.float32)
        return weights, np.asarray(np.isfinite(weights).reshape(len(weights), -1).all(axis=1))
    weights = source.scalars(name, "number").numbers().astype(np.float32)
    return weights, np.isfinite(weights)


def pick(values: Any, rows: np.ndarray) -> Any:
    """Some rows, in this order; of an array that is read when asked for, without reading it."""
    if values is None:
        return None
    if isinstance(values, Mapping):
        return {name: pick(each, rows) for name, each in values.items()}
    if isinstance(values, LazyArray):
        return values.picked(rows)
    return np.asarray(values)[rows]


def _outside(column: RecipeColumn, values: np.ndarray) -> int:
    if column.low is None or column.high is None:
        return 0
    with np.errstate(invalid="ignore"):
        return int(((values < column.low) | (values > column.high)).sum())


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
