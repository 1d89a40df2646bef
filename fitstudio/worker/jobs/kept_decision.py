"""Says the class from the probability that a person kept for this model, where there is one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fitstudio.errors import StorageError
from fitstudio.project.decision import Decision, read_decision
from fitstudio.words import say
from fitstudio.words.numbers import format_value
from fitstudio.worker.jobs.trained_model import TrainedModel


def kept_decision(trained: TrainedModel, notes: list[str]) -> Decision | None:
    """The threshold that was kept for a model; None where its likelier class is said.

    Args:
        trained: The model.
        notes: Gets a sentence about what is used, or why what was kept is not.
    """
    try:
        decision = read_decision(trained.paths.decision)
    except StorageError as problem:
        notes.append(say("{problem} The likelier class is said.", problem=problem.message))
        return None
    if decision is None:
        return None
    classes = trained.certificate.class_names
    if len(classes) != 2 or decision.class_name not in classes:
        return None
    if not decision.is_for(trained.weights, trained.epoch, trained.step):
        notes.append(
            say(
                "The threshold {threshold} was chosen for another saved model of this run: here "
                "the likelier class is said.",
                threshold=format_value(decision.threshold),
            )
        )
        return None
    notes.append(
        say(
            "A row is {name} from a probability of {threshold} on, as was chosen for this model.",
            name=decision.class_name,
            threshold=format_value(decision.threshold),
        )
    )
    return decision


def decided(
    answers: Mapping[str, np.ndarray], target: str, classes: tuple[str, ...], decision: Decision
) -> dict[str, np.ndarray]:
    """Answers with the class as it was decided.

    Args:
        answers: As `Recipe.decode` gives them.
        target: The name of the column that the class is of.
        classes: The two classes.
        decision: From which probability on one of them is said.
    """
    (other,) = (name for name in classes if name != decision.class_name)
    is_said = answers[f"probability {decision.class_name}"] >= decision.threshold
    said = np.where(is_said, decision.class_name, other).astype(object)
    return {**answers, target: said}
