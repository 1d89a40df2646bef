"""Models that need no library: always the same, a straight line, the nearest rows.

Each is fitted on prepared rows and answers as a network would: a column of numbers for each number,
or the number of a class. What they see is centred and scaled anew, column by column.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch.nn import functional

Answers = np.ndarray
Fitted = Callable[[np.ndarray], Answers]

_PENALTY = 1.0
_MOST_STEPS = 100
_NEIGHBOURS = 10
_BLOCK = 256


def always_the_same(_x: np.ndarray, y: np.ndarray, classes: int) -> Fitted:
    """The mean of all numbers, or the commonest class."""
    if classes:
        commonest = int(np.bincount(y, minlength=classes).argmax())
        return lambda x: np.full(len(x), commonest)
    mean = y.mean(axis=0)
    return lambda x: np.tile(mean, (len(x), 1))


def straight_line(x: np.ndarray, y: np.ndarray, classes: int) -> Fitted:
    """Ridge regression for numbers, logistic regression for classes; both shrink a little."""
    scaled = _scaling(x)
    x = scaled(x)
    if classes:
        return _logistic(x, y, classes, scaled)
    center = y.mean(axis=0)
    # The smaller of the two systems of equations that have the same solution.
    if x.shape[0] >= x.shape[1]:
        weights = np.linalg.solve(x.T @ x + _PENALTY * np.eye(x.shape[1]), x.T @ (y - center))
    else:
        weights = x.T @ np.linalg.solve(x @ x.T + _PENALTY * np.eye(x.shape[0]), y - center)
    return lambda new: scaled(new) @ weights + center


def nearest_rows(x: np.ndarray, y: np.ndarray, classes: int) -> Fitted:
    """What the ten nearest training rows say: their mean, or the commonest class among them."""
    scaled = _scaling(x)
    x = scaled(x)
    lengths = np.square(x).sum(axis=1)
    count = min(_NEIGHBOURS, len(x))

    def answer(new: np.ndarray) -> Answers:
        found = []
        for start in range(0, len(new), _BLOCK):
            rows = scaled(new[start : start + _BLOCK])
            # The rows' own length is the same for all neighbours.
            apart = lengths - 2.0 * (rows @ x.T)
            near = y[np.argpartition(apart, count - 1, axis=1)[:, :count]]
            if classes:
                votes = np.stack([np.bincount(each, minlength=classes) for each in near])
                found.append(votes.argmax(axis=1))
            else:
                found.append(near.mean(axis=1))
        return np.concatenate(found)

    return answer


def _scaling(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    center, spread = x.mean(axis=0), x.std(axis=0)
    spread[spread == 0.0] = 1.0
    return lambda rows: (np.asarray(rows, np.float64) - center) / spread


def _logistic(
    x: np.ndarray, y: np.ndarray, classes: int, scaled: Callable[[np.ndarray], np.ndarray]
) -> Fitted:
    rows, truth = torch.from_numpy(x), torch.from_numpy(y)
    weights = torch.zeros(x.shape[1], classes, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    solver = torch.optim.LBFGS([weights, bias], max_iter=_MOST_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        solver.zero_grad()
        misses = functional.cross_entropy(rows @ weights + bias, truth, reduction="sum")
        total = (misses + 0.5 * _PENALTY * weights.square().sum()) / len(rows)
        total.backward()
        return total

    solver.step(loss)
    found, shift = weights.detach().numpy(), bias.detach().numpy()
    return lambda new: (scaled(new) @ found + shift).argmax(axis=1)
