"""The ONNX file of a model, and what it answers when another process loads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.storage import atomic
from fitstudio.worker.exporting.onnx_model import MATRIX, make_onnx, takes_matrix
from fitstudio.worker.saving.model_card import BirthCertificate


def write_onnx(
    path: Path,
    certificate: BirthCertificate,
    weights: Mapping[str, np.ndarray],
    facts: Mapping[str, Any],
) -> None:
    """Writes the file, whole or not at all.

    Raises:
        StorageError: If it could not be written.
    """
    content = make_onnx(certificate, weights, facts).SerializeToString()
    with atomic.writing(path) as file:
        file.write(content)


def fed(recipe: Recipe, columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Raw rows as the file's inputs take them."""
    if takes_matrix(recipe):
        return {MATRIX: np.stack([columns[each.name] for each in recipe.input.columns], axis=1)}
    return {
        each.name: columns[each.name] if each.shape else columns[each.name][:, None]
        for each in recipe.input.columns
    }
