"""Changes at random in a run's training pictures, as its settings say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fitstudio.declared.kinds.param import Finding, Severity
from fitstudio.declared.parameters.augmentation import changes_of, sentence
from fitstudio.declared.task.columns import is_picture
from fitstudio.engine.augmentation.augmentation import Augmentation


def augmentation_for(
    values: Mapping[str, Any], seed: int, shape: Sequence[int]
) -> Augmentation | None:
    """What changes the training pictures; None where nothing does.

    Args:
        values: The resolved settings by key.
        seed: The run's.
        shape: Of one input: what is no picture is left as it is.
    """
    changes = changes_of(values)
    return Augmentation(changes, seed) if changes.any and is_picture(shape) else None


def told(values: Mapping[str, Any], shape: Sequence[int]) -> list[Finding]:
    """What the run's record says of it.

    Args:
        values: The resolved settings by key.
        shape: Of one input.
    """
    words = sentence(values) if is_picture(shape) else None
    if words is None:
        return []
    return [Finding("data.augmented", Severity.ADVICE, "data.augment_turn", words)]
