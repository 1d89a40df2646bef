"""Turns a model's answers back into class names, probabilities and numbers in their own units."""

from __future__ import annotations

import math

import numpy as np

from fitstudio.data.preparing.coding.recipe_column import RecipeColumn
from fitstudio.errors import DataError
from fitstudio.words import say


def decode_classes(
    column: RecipeColumn, predictions: np.ndarray, *, logits: bool
) -> dict[str, np.ndarray]:
    """The likeliest class and the probability of each."""
    values = class_probabilities(column, predictions, logits=logits)
    labels = np.array(column.labels, dtype=object)
    decoded: dict[str, np.ndarray] = {column.name: labels[values.argmax(axis=1)]}
    for place, label in enumerate(column.labels):
        decoded[f"probability {label}"] = values[:, place]
    return decoded


def class_probabilities(
    column: RecipeColumn, predictions: np.ndarray, *, logits: bool
) -> np.ndarray:
    """A row for each answer, with the probability of each class."""
    values = np.asarray(predictions, np.float64)
    values = values.reshape(len(values), -1)
    labels = column.labels
    if values.shape[1] == 1 and len(labels) == 2:
        yes = _sigmoid(values[:, 0]) if logits else values[:, 0]
        values = np.stack([1 - yes, yes], axis=1)
    elif logits:
        values = _softmax(values)
    if values.shape[1] != len(labels):
        raise DataError(
            say(
                "The model answers with {width} numbers for {labels} classes.",
                width=values.shape[1],
                labels=len(labels),
            ),
            code="recipe.outputs",
        )
    return values


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
    widths = [math.prod(column.shape) for column in columns]
    if values.shape[1] != sum(widths):
        raise DataError(
            say(
                "The model answers with {width} numbers for {columns} targets.",
                width=values.shape[1],
                columns=len(columns),
            ),
            code="recipe.outputs",
        )
    decoded: dict[str, np.ndarray] = {}
    parts = np.split(values, np.cumsum(widths)[:-1], axis=1)
    for column, part in zip(columns, parts, strict=True):
        restored = _restored(part.reshape(len(part), *column.shape), column)
        if not column.shape:
            decoded[column.name] = restored
            continue
        for place, numbers in enumerate(restored.reshape(len(part), -1).T):
            decoded[f"{column.name} {place + 1}"] = numbers
    return decoded


def _restored(values: np.ndarray, column: RecipeColumn) -> np.ndarray:
    return values * np.asarray(column.scale) + np.asarray(column.center)


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * values))


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
