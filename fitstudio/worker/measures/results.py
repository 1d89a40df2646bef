"""Measures the trained model on the training and validation rows, for the Results page.

The weights are those of the best checkpoint, because these are what predicting uses. Scores are
what `evaluate` gives, so they can be compared with History; the confusion counts, parity points and
worst rows come from predictions and are in class names and original units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitstudio.data.preparing.batches import RowBatches
from fitstudio.data.preparing.prepared import Prepared
from fitstudio.data.preparing.samples import SampleIndex
from fitstudio.engine.model import Model
from fitstudio.worker.measures.answering import answers
from fitstudio.worker.measures.ranking import MOST_CLASSES, ranking
from fitstudio.worker.saving.model_card import BirthCertificate

FORMAT = 1
ROWS_MEASURED = 100_000
_PARITY_POINTS = 5_000
_WORST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one part of the data, as fit() got them.

    Attributes:
        name: "training", "validation" or "test".
        x: Inputs, array-like.
        y: Targets, array-like.
        sample_weight: Weights, or None.
        samples: Where each sample comes from; None if unknown.
    """

    name: str
    x: Any
    y: Any
    sample_weight: Any
    samples: SampleIndex | None

    def sample(self, limit: int) -> Part:
        """The whole part, or `limit` rows of it at even distances where it is larger."""
        count = len(self.x)
        if count <= limit:
            return self
        chosen = np.linspace(0, count - 1, limit).astype(np.int64)
        return Part(
            self.name,
            self.x[chosen],
            self.y[chosen],
            None if self.sample_weight is None else self.sample_weight[chosen],
            None if self.samples is None else self.samples.taken(chosen),
        )


def parts_of(prepared: Prepared) -> list[Part]:
    """The training rows and the rows held out, as fit() divides them."""
    x, y, weights = _arrays(prepared.x, prepared.y, prepared.sample_weight)
    count = len(prepared.training)
    parts = [Part("training", *_rows(x, y, weights, slice(0, count)), prepared.training)]
    held_out = prepared.validation
    if prepared.validation_data is not None:
        data = prepared.validation_data
        pieces = data if isinstance(data, tuple) else (data,)
        parts.append(Part("validation", *_arrays(*pieces), held_out))
    elif len(x) > count:
        parts.append(Part("validation", *_rows(x, y, weights, slice(count, None)), held_out))
    return parts


def test_part_of(prepared: Prepared) -> Part:
    """The rows that nothing has seen, where they were asked for."""
    assert prepared.test_data is not None, "prepared with open_test"
    return Part("test", *prepared.test_data, prepared.test)


def measure(
    model: Model,
    parts: Sequence[Part],
    certificate: BirthCertificate,
    *,
    rows: int = ROWS_MEASURED,
) -> dict[str, Any]:
    """Scores and pictures' numbers for each part, ready for `results.json`.

    Args:
        model: Compiled, with the weights to be measured.
        parts: The parts.
        certificate: Turns answers into class names and original units.
        rows: How many rows of a part are measured at most.
    """
    found: dict[str, Any] = {"task": certificate.task, "rows": {}, "scores": {}, "worst": {}}
    if certificate.task == "classification":
        found |= {"class_names": list(certificate.class_names), "confusion": {}, "ranking": {}}
    else:
        found |= {"parity": {}}
    files: dict[str, str] = {}
    for whole in parts:
        if not len(whole.x):
            continue
        part = whole.sample(rows)
        found["rows"][part.name] = len(whole.x)
        if part is not whole:
            found.setdefault("sampled", {})[part.name] = len(part.x)
        scores = model.evaluate(
            part.x, part.y, sample_weight=part.sample_weight, verbose=0, return_dict=True
        )
        found["scores"][part.name] = {name: float(value) for name, value in scores.items()}
        if certificate.task == "classification":
            _classes(found, part, model, certificate)
        else:
            blocks = [answer for _, answer in answers(model, certificate.plan, part.x)]
            _numbers(found, part, np.concatenate(blocks), certificate)
        if part.samples is not None:
            files[part.name] = part.samples.source
    if len(set(files.values())) > 1:
        # Row numbers alone would be looked up in the wrong file.
        found["files"] = files
    return found


def _classes(
    found: dict[str, Any], part: Part, model: Model, certificate: BirthCertificate
) -> None:
    """Confusion counts (true class by predicted class), and the rows that were most wrong.

    With a thousand classes the probabilities of all rows are too many to keep: of each block of
    rows only the likeliest class stays, and the true one's probability.
    """
    names, recipe = certificate.class_names, certificate.recipe
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    share, trues, guesses, steps = [], [], [], 1
    # Of two classes the second one's probability says all.
    ranked = range(1, 2) if len(names) == 2 else range(len(names))
    kept: list[np.ndarray] = []
    for rows, answer in answers(model, certificate.plan, part.x):
        # A model that answers at each time step gives several rows of answers for a row of data.
        steps = int(np.prod(answer.shape[1:-1])) if answer.ndim > 2 else 1
        probabilities = recipe.probabilities(
            answer.reshape(-1, answer.shape[-1]), logits=certificate.answers_logits
        )
        y = np.asarray(part.y[rows])
        if recipe.output.encoding == "onehot":
            true = y.reshape(-1, len(names)).argmax(1)
        else:
            true = np.rint(y.reshape(-1)).astype(np.int64)
        guess = probabilities.argmax(1)
        np.add.at(counts, (true, guess), 1)
        share.append(probabilities[np.arange(len(true)), true])
        if len(names) <= MOST_CLASSES:
            kept.append(probabilities[:, ranked])
        trues.append(true)
        guesses.append(guess)
    found["confusion"][part.name] = counts.tolist()
    probability, true, predicted = map(np.concatenate, (share, trues, guesses))
    if kept:
        of_class = np.concatenate(kept)
        found["ranking"][part.name] = [
            {"name": names[place]} | measured
            for column, place in enumerate(ranked)
            if (measured := ranking(of_class[:, column], true == place)) is not None
        ]
    worst = np.argsort(probability, kind="stable")[:_WORST_ROWS]
    found["worst"][part.name] = [
        {
            **_place(part, place // steps),
            "true": names[true[place]],
            "predicted": names[predicted[place]],
            "probability": float(probability[place]),
        }
        for place in worst
        if predicted[place] != true[place]
    ]


def _numbers(
    found: dict[str, Any], part: Part, answer: np.ndarray, certificate: BirthCertificate
) -> None:
    """True against predicted in original units, and the rows that were most wrong."""
    y = np.asarray(part.y, dtype=np.float64).reshape(answer.shape)
    true = certificate.recipe.decode_targets(y)
    predicted = certificate.recipe.decode(answer)
    shown = np.linspace(0, len(y) - 1, min(len(y), _PARITY_POINTS)).astype(np.int64)
    outputs = []
    error = np.zeros(len(y))
    for name in predicted:
        pair = [np.asarray(each[name], dtype=np.float64) for each in (true, predicted)]
        if pair[0].ndim != 1:
            continue
        difference = pair[1] - pair[0]
        spread = float(np.std(pair[0]))
        error += np.abs(difference) / (spread or 1.0)
        outputs.append(
            {
                "name": name,
                "true": pair[0][shown].tolist(),
                "predicted": pair[1][shown].tolist(),
                "mean_absolute_error": float(np.abs(difference).mean()),
                "root_mean_squared_error": float(np.sqrt((difference**2).mean())),
                "r2": float(1.0 - (difference**2).mean() / spread**2) if spread else None,
            }
        )
    found["parity"][part.name] = {
        "rows": [_row(part, place) for place in shown],
        **_names(part, shown),
        "outputs": outputs,
    }
    worst = np.argsort(-error, kind="stable")[:_WORST_ROWS]
    found["worst"][part.name] = [
        {
            **_place(part, place),
            "true": {each: float(true[each][place]) for each in _flat(true)},
            "predicted": {each: float(predicted[each][place]) for each in _flat(predicted)},
        }
        for place in worst
    ]


def _arrays(x: Any, y: Any = None, weights: Any = None) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights, also of what hands them out in batches."""
    return (x.x, x.y, x.weights) if isinstance(x, RowBatches) else (x, y, weights)


def _rows(x: Any, y: Any, weights: Any, which: slice) -> tuple[Any, Any, Any]:
    return x[which], y[which], None if weights is None else weights[which]


def _flat(columns: Mapping[str, np.ndarray]) -> list[str]:
    return [name for name, values in columns.items() if np.ndim(values) == 1]


def _place(part: Part, place: int) -> dict[str, Any]:
    """Where a sample of a part comes from: its row, and its file where each row is one."""
    row, name = _row(part, place), "" if part.samples is None else part.samples[place].name
    return {"row": row, "file": name} if name else {"row": row}


def _names(part: Part, shown: np.ndarray) -> dict[str, list[str]]:
    """The files of some samples, where each of them is one."""
    if part.samples is None or part.samples.names is None:
        return {}
    return {"files": [part.samples[place].name for place in shown.tolist()]}


def _row(part: Part, place: int) -> int | None:
    """The row of the data file that a sample of a part comes from, from 0."""
    return None if part.samples is None else part.samples[place].row
