"""Turns a model's answers back into class names, probabilities and numbers in their own units."""

from __future__ import annotations

import numpy as np

from fitstudio.data.preparing.recipe_column import RecipeColumn
from fitstudio.errors import DataError


def decode_classes(
    column: RecipeColumn, predictions: np.ndarray, *, logits: bool
) -> dict[str, np.ndarray]:
    """The likeliest class and the probability of each."""
    values = np.asarray(predictions, np.float64)
    values = values.reshape(len(values), -1)
    labels = np.array(column.labels, dtype=object)
    if values.shape[1] == 1 and len(labels) == 2:
        yes = _sigmoid(values[:, 0]) if logits else values[:, 0]
        values = np.stack([1 - yes, yes], axis=1)
    elif logits:
        values = _softmax(values)
    if values.shape[1] != len(labels):
        raise DataError(
            f"The model answers with {values.shape[1]} numbers for {len(labels)} classes.",
            code="recipe.outputs",
        )
    decoded: dict[str, np.ndarray] = {column.name: labels[values.argmax(axis=1)]}
    for place, label in enumerate(column.labels):
        decoded[f"probability {label}"] = values[:, place]
    return decoded


def decode_labels(
    column: RecipeColumn, encoding: str, targets: np.ndarray
) -> dict[str, np.ndarray]:
    """Encoded classes by their names."""
    values = np.asarray(targets)
    labels = np.array(column.labels, dtype=object)
    if encoding == "onehot":
        places = values.argmax(axis=-1)
    else:
        places = np.rint(values.astype(np.float64)).astype(np.int64)
    return {column.name: labels[places.reshape(len(values))]}


def decode_numbers(
    columns: tuple[RecipeColumn, ...], predictions: np.ndarray
) -> dict[str, np.ndarray]:
    """Numbers in the units of the data."""
    values = np.asarray(predictions, np.float64)
    values = values.reshape(len(values), -1)
    first = columns[0]
    if first.role == "array":
        restored = _restored(values.reshape(len(values), *first.shape), first)
        flat = restored.reshape(len(values), -1)
        return {f"{first.name} {place + 1}": flat[:, place] for place in range(flat.shape[1])}
    if values.shape[1] != len(columns):
        raise DataError(
            f"The model answers with {values.shape[1]} numbers for {len(columns)} targets.",
            code="recipe.outputs",
        )
    return {
        column.name: _restored(values[:, place], column) for place, column in enumerate(columns)
    }


def _restored(values: np.ndarray, column: RecipeColumn) -> np.ndarray:
    return values * np.asarray(column.scale) + np.asarray(column.center)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
