"""What a data file becomes for ``fit()``: inputs, targets, weights, and which rows they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.data.preparing.parts.split_rows import Split
from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.declared.kinds.param import Finding


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What ``fit()`` takes, and what is known about it.

    Args:
        x: Inputs, or batches of inputs, targets and weights (``data.feed = "batches"``). Of several
            slots a mapping by their names; one alone is what it is.
        y: Targets, likewise; None with batches.
        sample_weight: Weights, or None.
        validation_data: For ``fit()``; None where validation_split or nothing applies.
        recipe: How later files are made the same.
        training: Where each sample that trains comes from, in their order.
        validation: The same for the samples that are held out, or of the validation file.
        findings: What a person should know about the preparation.
        lazily: Whether inputs stay in their file and are read while training runs.
        split: The declared split; None where ``fit()`` itself holds rows out.
        test: Where each sample of the test part comes from.
        test_data: Inputs, targets and weights of the test part; None unless it was asked for.
    """

    x: Any
    y: Any
    sample_weight: Any
    validation_data: Any
    recipe: Recipe
    training: SampleIndex
    validation: SampleIndex
    findings: tuple[Finding, ...]
    lazily: bool = False
    split: Split | None = None
    test: SampleIndex | None = None
    test_data: tuple[Any, Any, Any] | None = None

    @property
    def class_names(self) -> tuple[str, ...] | None:
        """In the order of class numbers; None for regression."""
        return self.recipe.output.class_names

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return self.recipe.output.task

    @property
    def training_rows(self) -> np.ndarray:
        """For each sample that trains its row in the file, from 0."""
        return self.training.rows

    @property
    def validation_rows(self) -> np.ndarray:
        """For each sample that is held out its row in its file, from 0."""
        return self.validation.rows
