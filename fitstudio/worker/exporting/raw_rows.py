"""Some rows of a run's data as they are before any preparation, with the model's own answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.coding import categories, encoding, steps
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.source import Source
from fitstudio.engine.model import Model
from fitstudio.errors import DataError
from fitstudio.worker.saving.model_card import BirthCertificate

_MOST_ROWS = 1_000
_MADE_UP = 200
_SEED = 7


@dataclass(frozen=True)
class RawRows:
    """Rows to prove an export with.

    Args:
        columns: The raw values of each input column: float32, or text with "" for a gap.
        answers: What the model answers: probabilities of the classes, or numbers in their own
            units; float64, (rows, …).
        real: Whether the rows are from the run's data; else they are made up, within what training
            showed.
    """

    columns: Mapping[str, np.ndarray]
    answers: np.ndarray
    real: bool

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.answers)


def raw_rows(
    model: Model, certificate: BirthCertificate, data: Mapping[str, Any], base: Path
) -> RawRows:
    """Rows of the run's data, spread over the file; made up where the file is not there any more.

    Args:
        model: The trained model.
        certificate: What it is.
        data: The data section of the run's specification.
        base: The project's folder.
    """
    recipe = certificate.recipe
    try:
        columns, x = _of_file(recipe, data, base)
        real = True
    except DataError:
        columns, x = _made_up(recipe)
        real = False
    predicted = np.asarray(model.predict(x, verbose=0))
    decoded = recipe.decode(predicted, logits=certificate.answers_logits)
    if recipe.output.class_column is not None:
        answers = recipe.probabilities(predicted, logits=certificate.answers_logits)
    else:
        answers = np.stack(list(decoded.values()), axis=1).reshape(predicted.shape)
    return RawRows(columns, answers, real)


def _of_file(
    recipe: Recipe, data: Mapping[str, Any], base: Path
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    with open_as_trained(recipe, data, base, notes=[]) as source:
        x, samples = recipe.apply(source)
        places = np.linspace(0, len(samples) - 1, min(len(samples), _MOST_ROWS)).astype(int)
        places = np.unique(places)
        rows = samples.rows[places]
        names = encoding.match_columns(recipe.input.columns, source)
        columns = {
            column.name: _raw(source, names[column.name], column.role, column.numeric_labels, rows)
            for column in recipe.input.columns
        }
        return columns, np.asarray(encoding.pick(x, places))


def _raw(source: Source, name: str, role: str, numeric: bool, rows: np.ndarray) -> np.ndarray:
    if role == "array":
        return np.asarray(source.array(name)[rows], np.float32)
    if role == "number" or numeric:
        return source.scalars(name, "number").numbers()[rows].astype(np.float32)
    labels = source.scalars(name, "words").labels()[rows]
    return np.array([label or "" for label in labels], dtype=object)


def _made_up(recipe: Recipe) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Rows within what training showed, and what the model takes for them."""
    random = np.random.default_rng(_SEED)
    columns: dict[str, np.ndarray] = {}
    parts: list[np.ndarray] = []
    for column in recipe.input.columns:
        if column.role == "category":
            codes = random.integers(0, max(1, len(column.labels)), _MADE_UP)
            if not column.labels:  # words are told by their letters alone
                words = np.array([f"w{code}" for code in range(_MADE_UP)], dtype=object)
                columns[column.name] = words
                parts.append(np.zeros((_MADE_UP, column.width), np.float32))
                for row, word in enumerate(words):
                    made = categories.hashed(word, column.encoding, column.buckets)
                    parts[-1][row, : column.buckets] = made
                continue
            labels = np.array(column.labels, dtype=object)[codes]
            columns[column.name] = labels.astype(np.float32) if column.numeric_labels else labels
            part = np.zeros((_MADE_UP, column.width), np.float32)
            categories.put_codes(column, codes, np.zeros(_MADE_UP, bool), part, fill=False)
            parts.append(part)
            continue
        shape = (_MADE_UP, *column.shape)
        center, scale = np.asarray(column.center), np.asarray(column.scale)
        if column.before and column.low is not None and column.high is not None:
            raw = random.uniform(column.low, column.high, size=shape).astype(np.float32)
        else:
            raw = (random.normal(size=shape) * scale + center).astype(np.float32)
        columns[column.name] = raw
        values = raw.astype(np.float64)
        if column.shape:
            values = (steps.taken(column.before, values) - center) / scale
            parts.append(steps.as_single(steps.taken(column.after, values)))
        else:
            parts.append(encoding.prepared_numbers(column, values))
    if recipe.input.columns[0].role == "array":
        return columns, parts[0] if len(parts) == 1 else np.stack(parts, axis=-1)
    return columns, np.concatenate(parts, axis=1)
