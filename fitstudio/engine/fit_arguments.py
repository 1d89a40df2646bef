"""The arguments of fit() after their checks, apart from the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitstudio.engine import arguments
from fitstudio.engine.arguments import ValidationTimes
from fitstudio.engine.feeding.class_weights import ClassWeights
from fitstudio.engine.feeding.reading import Reading


@dataclass(frozen=True, slots=True)
class FitArguments:
    """What fit() was asked for.

    Attributes:
        training: How training data are read.
        validation: How validation data are read.
        validation_split: The fraction of rows kept for validation.
        validation_times: In which epochs to validate.
        verbose: 0, 1 or 2.
        micro_batch_size: Rows of the parts that batches are split into, or None.
    """

    training: Reading
    validation: Reading
    validation_split: float
    validation_times: ValidationTimes
    verbose: int
    micro_batch_size: int | None

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> FitArguments:
        """Checks one by one.

        Args:
            given: The arguments of fit() by name.

        Raises:
            ArgumentError: Names the first that cannot be used.
        """
        values = arguments.checked(given)
        training = Reading(
            batch_size=values["batch_size"],
            steps=values["steps_per_epoch"],
            epochs=values["epochs"],
            first_epoch=values["initial_epoch"],
            shuffle=arguments.shuffling(values["shuffle"]),
            seed=values["seed"],
            is_training=True,
            workers=values["workers"],
            max_queue_size=values["max_queue_size"],
            use_multiprocessing=values["use_multiprocessing"],
            class_weights=ClassWeights.of(given["class_weight"]),
        )
        return cls(
            training=training,
            validation=training.for_validation(
                batch_size=values["validation_batch_size"] or training.batch_size,
                steps=values["validation_steps"],
            ),
            validation_split=values["validation_split"],
            validation_times=ValidationTimes(values["validation_freq"]),
            verbose=values["verbose"],
            micro_batch_size=values["micro_batch_size"],
        )
