"""`decision.json`: the probability from which on a model says a class, where a person chose it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from fitstudio.storage import atomic, checked
from fitstudio.storage.checked import Count, MisfitError
from fitstudio.storage.folder import remove_tree
from fitstudio.words import say

FORMAT = 1


@dataclass(frozen=True)
class Decision(checked.Plain):
    """A threshold that was kept. Without one the likelier of two classes is said.

    Args:
        class_name: The class that is said from the threshold on; below it, the other one is.
        threshold: The least probability for it, 0 to 1.
        weights: Which saved model it was chosen for, such as "best".
        epoch: The epoch that this model was saved after, from 0; None where a file does not say so.
        step: How many batches of that epoch it has seen; 0 for the whole epoch.
    """

    class_name: str
    threshold: Annotated[float, Meta(ge=0.0, le=1.0)]
    weights: str
    epoch: Count | None
    step: Count = 0

    def is_for(self, weights: str, epoch: int | None, step: int = 0) -> bool:
        """Whether it was chosen for this model: another one's probabilities mean something else."""
        return (self.weights, self.epoch, self.step) == (weights, epoch, step)


def read_decision(path: Path) -> Decision | None:
    """The decision that was kept; None where there is none.

    Raises:
        StorageError: If it is there and cannot be understood.
    """
    if not path.exists():
        return None
    content = atomic.read_json(path)
    try:
        if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
            raise MisfitError(say("`format` must be {known}", known=FORMAT))
        return Decision.from_json(content)
    except MisfitError as problem:
        raise atomic.damaged(path, str(problem)) from problem


def write_decision(path: Path, decision: Decision | None) -> None:
    """Keeps a decision, or none any more.

    Raises:
        StorageError: If it cannot be written.
    """
    if decision is None:
        remove_tree(path)
    else:
        atomic.write_json(path, {"format": FORMAT} | decision.to_json())
