"""Gradient-boosted trees, where the optional library for them is installed."""

from __future__ import annotations

import importlib.util

import numpy as np

from fitstudio.worker.baselines.simple import Fitted


def is_there() -> bool:
    """Whether the library is installed; it is not imported to find out."""
    return importlib.util.find_spec("sklearn") is not None


def boosted_trees(x: np.ndarray, y: np.ndarray, classes: int) -> Fitted:
    """Trees with the library's own defaults, one set of them for each number."""
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
        HistGradientBoostingRegressor,
    )

    if classes:
        trees = HistGradientBoostingClassifier(random_state=0).fit(x, y)
        return lambda new: np.asarray(trees.predict(new))
    each = [
        HistGradientBoostingRegressor(random_state=0).fit(x, y[:, column])
        for column in range(y.shape[1])
    ]
    return lambda new: np.stack([one.predict(new) for one in each], axis=1)
