"""Fits the simple models on a run's training rows and measures them on the rows it held out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from fitstudio.data.preparing.recipe.recipe import Recipe
from fitstudio.declared.catalogue.baselines import BASELINES
from fitstudio.engine.model import Model
from fitstudio.errors import RunError
from fitstudio.words import say, say_count
from fitstudio.worker.baselines import boosting, simple
from fitstudio.worker.measures.answering import answers
from fitstudio.worker.measures.results import Part
from fitstudio.worker.saving.model_card import BirthCertificate

# More rows, and more numbers, are not looked at: the nearest rows are searched one by one.
_MOST_ROWS = 20_000
_MOST_NUMBERS = 100_000_000

_FITS: dict[str, Callable[[np.ndarray, np.ndarray, int], simple.Fitted]] = {
    "same": simple.always_the_same,
    "linear": simple.straight_line,
    "nearest": simple.nearest_rows,
    "boosting": boosting.boosted_trees,
}


def measure(
    parts: list[Part],
    model: Model,
    certificate: BirthCertificate,
    progress: Callable[[float, str], None],
) -> dict[str, Any]:
    """Scores of the run's model and of the simple ones, on the same held-out rows.

    Args:
        parts: The run's parts, training first.
        model: The run's model.
        certificate: What it is; its recipe turns targets into their own units.
        progress: Told how far it is.

    Returns:
        `part`, `rows` (by part), `measure` ("accuracy" or "mean_absolute_error"), `scores` (by
        model, then by target) and `notes`. The run's own model is called "run".

    Raises:
        RunError: If nothing was held out, or an answer is no single value or class.
    """
    recipe = certificate.recipe
    training, held_out = _two_parts(parts)
    classes = len(certificate.class_names)
    notes: list[str] = [
        say("The network's epoch was chosen by these rows; the simple models have not seen them.")
    ]
    if training.sample_weight is not None:
        notes.append(say("The simple models count all rows the same; the run's weights do not."))
    training, held_out = (_sample(part) for part in (training, held_out))
    x, y = _prepared(training, classes, recipe.output.encoding)
    x_new, y_new = _prepared(held_out, classes, recipe.output.encoding)
    if len(x) < len(parts[0].x):
        notes.append(
            say_count(
                len(x),
                "They learn from {number} row, evenly spread over all.",
                "They learn from {number} rows, evenly spread over all.",
            )
        )
    own = np.concatenate([answer for _, answer in answers(model, certificate.plan, held_out.x)])
    if classes:
        chances = recipe.probabilities(own, logits=certificate.answers_logits)
        own = chances.argmax(axis=1)
    scores = {"run": _scores(own, y_new, recipe)}
    for number, name in enumerate(BASELINES):
        if name == "boosting" and not boosting.is_there():
            notes.append(
                say(
                    "Boosted trees are not among them: they need scikit-learn. Install it with: "
                    'pip install "fitstudio[baselines]"'
                )
            )
            continue
        progress(0.3 + 0.7 * number / len(BASELINES), BASELINES[name].title)
        scores[name] = _scores(_FITS[name](x, y, classes)(x_new), y_new, recipe)
    return {
        "part": held_out.name,
        "rows": {"training": len(x), held_out.name: len(x_new)},
        "measure": "accuracy" if classes else "mean_absolute_error",
        "scores": scores,
        "notes": notes,
    }


def _two_parts(parts: list[Part]) -> tuple[Part, Part]:
    others = [part for part in parts if part.name != "training" and len(part.x)]
    if not others:
        raise RunError(
            say("This run has held no rows out: there is nothing to compare on."),
            code="baselines.no-validation",
            remedy=say("Hold some out with fit.validation_split, and train again."),
        )
    return parts[0], others[0]


def _sample(part: Part) -> Part:
    width = int(np.prod(np.shape(part.x)[1:], dtype=np.int64))
    return part.sample(max(1, min(_MOST_ROWS, _MOST_NUMBERS // max(1, width))))


def _prepared(part: Part, classes: int, encoding: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs as flat rows, and targets as columns of numbers or as class numbers."""
    x = np.asarray(part.x, np.float64).reshape(len(part.x), -1)
    y = np.asarray(part.y)
    answers_once = y.size == len(y) or (y.ndim == 2 and encoding in ("number", "onehot"))
    if not answers_once:
        raise RunError(
            say("The simple models answer once for a row; this run answers at each time step."),
            code="baselines.time-steps",
        )
    if not classes:
        return x, y.astype(np.float64).reshape(len(y), -1)
    if encoding == "onehot":
        return x, y.reshape(len(y), -1).argmax(axis=1)
    return x, np.rint(y.reshape(len(y))).astype(np.int64)


def _scores(found: np.ndarray, y: np.ndarray, recipe: Recipe) -> dict[str, float]:
    """By target: the share of right classes, or how far numbers are off in their own units."""
    if y.ndim == 1:
        return {recipe.answer_names[0]: float((found == y).mean())}
    true, told = recipe.decode_targets(y), recipe.decode_targets(np.asarray(found, np.float64))
    return {name: float(np.abs(told[name] - true[name]).mean()) for name in true}
