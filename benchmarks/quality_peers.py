"""What the usual libraries make of one table, by their defaults; runs in an environment of its own.

    python quality_peers.py TRAIN.csv TEST.csv TARGET classes|numbers SEED [CONTENDER,…]

Prints a JSON object: for each contender its score on the test rows (accuracy, or R²) and seconds.
"""

from __future__ import annotations

import csv
import json
import sys
import time
import warnings
from typing import Any

import numpy as np


def read(path: str) -> dict[str, list[str]]:
    """The columns of a CSV file as text."""
    with open(path, encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


def prepared(
    train: dict[str, list[str]], test: dict[str, list[str]], target: str
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers as they are, words as a 0 or 1 for each, gaps filled with the middle value."""
    columns: list[tuple[np.ndarray, np.ndarray]] = []
    for name, values in train.items():
        if name == target:
            continue
        others = test[name]
        try:
            first, second = (
                np.array([float(value) if value else np.nan for value in each])
                for each in (values, others)
            )
        except ValueError:
            for word in sorted(set(values)):
                columns.append(
                    (
                        np.array([float(value == word) for value in values]),
                        np.array([float(value == word) for value in others]),
                    )
                )
            continue
        middle = float(np.nanmedian(first))
        columns.append((np.nan_to_num(first, nan=middle), np.nan_to_num(second, nan=middle)))
    return np.stack([a for a, _ in columns], 1), np.stack([b for _, b in columns], 1)


def contenders(classes: bool, seed: int) -> dict[str, Any]:
    """The models by name, as a person would first use them."""
    from sklearn import dummy, ensemble, linear_model, neural_network
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def scaled(model: Any) -> Any:
        return make_pipeline(StandardScaler(), model)

    if classes:
        return {
            "dummy": dummy.DummyClassifier(),
            "linear": scaled(linear_model.LogisticRegression(max_iter=1000)),
            "boosting": ensemble.HistGradientBoostingClassifier(random_state=seed),
            "forest": ensemble.RandomForestClassifier(random_state=seed),
            "sklearn-mlp": scaled(
                neural_network.MLPClassifier(
                    hidden_layer_sizes=(64, 64), max_iter=200, random_state=seed
                )
            ),
        }
    return {
        "dummy": dummy.DummyRegressor(),
        "linear": scaled(linear_model.Ridge()),
        "boosting": ensemble.HistGradientBoostingRegressor(random_state=seed),
        "forest": ensemble.RandomForestRegressor(random_state=seed),
        "sklearn-mlp": scaled(
            neural_network.MLPRegressor(
                hidden_layer_sizes=(64, 64), max_iter=200, random_state=seed
            )
        ),
    }


def with_realmlp(found: dict[str, Any], classes: bool, seed: int) -> dict[str, Any]:
    """RealMLP-TD too, where pytabkit is installed."""
    try:
        import pytabkit  # pyright: ignore[reportMissingImports]
    except ImportError:
        return found
    kind = pytabkit.RealMLP_TD_Classifier if classes else pytabkit.RealMLP_TD_Regressor
    return found | {"realmlp-td": kind(random_state=seed, n_cv=1, device="cpu", n_threads=1)}


def main(train_file: str, test_file: str, target: str, what: str, seed: str, *only: str) -> None:
    """Fits each contender and prints its score."""
    warnings.simplefilter("ignore")
    train, test = read(train_file), read(test_file)
    x, x_test = prepared(train, test, target)
    classes = what == "classes"
    y, y_test = (
        np.array(each[target] if classes else [float(value) for value in each[target]])
        for each in (train, test)
    )
    found = with_realmlp(contenders(classes, int(seed)), classes, int(seed))
    wanted = only[0].split(",") if only else list(found)
    scores: dict[str, Any] = {}
    for name in wanted:
        if name not in found:
            continue
        began = time.monotonic()
        predicted = found[name].fit(x, y).predict(x_test)
        if classes:
            score = float(np.mean(np.asarray(predicted) == y_test))
        else:
            rest = y_test - np.asarray(predicted).reshape(-1)
            score = 1.0 - float((rest**2).sum() / ((y_test - y_test.mean()) ** 2).sum())
        scores[name] = {"score": score, "seconds": time.monotonic() - began}
    print(json.dumps(scores))


if __name__ == "__main__":
    main(*sys.argv[1:])
