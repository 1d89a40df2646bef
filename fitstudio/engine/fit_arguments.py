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
    def checked(
        cls,
        *,
        batch_size: Any,
        epochs: Any,
        verbose: Any,
        validation_split: Any,
        shuffle: Any,
        class_weight: Mapping[int, float] | None,
        initial_epoch: Any,
        steps_per_epoch: Any,
        validation_steps: Any,
        validation_freq: Any,
        max_queue_size: Any,
        workers: Any,
        use_multiprocessing: Any,
        validation_batch_size: Any,
        seed: Any,
        micro_batch_size: Any,
    ) -> FitArguments:
        """Checks one by one.

        Raises:
            ArgumentError: Names the first that cannot be used.
        """
        number, optional = arguments.whole_number, arguments.optional_whole_number
        size = optional("batch_size", batch_size, least=1)
        training = Reading(
            batch_size=size,
            steps=arguments.step_count("steps_per_epoch", steps_per_epoch),
            epochs=number("epochs", epochs, least=1),
            first_epoch=number("initial_epoch", initial_epoch, least=0),
            shuffle=arguments.shuffling(shuffle),
            seed=optional("seed", seed, least=0),
            is_training=True,
            workers=number("workers", workers, least=0),
            max_queue_size=number("max_queue_size", max_queue_size, least=1),
            use_multiprocessing=arguments.flag("use_multiprocessing", use_multiprocessing),
            class_weights=ClassWeights.of(class_weight),
        )
        return cls(
            training=training,
            validation=training.for_validation(
                batch_size=optional("validation_batch_size", validation_batch_size, least=1)
                or size,
                steps=arguments.step_count("validation_steps", validation_steps),
            ),
            validation_split=arguments.split(validation_split),
            validation_times=ValidationTimes(validation_freq),
            verbose=arguments.verbosity(verbose),
            micro_batch_size=optional("micro_batch_size", micro_batch_size, least=1),
        )
