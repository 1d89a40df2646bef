"""`Model`: a torch module with the reference's compile, fit, evaluate and predict."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from fitstudio.engine import arguments
from fitstudio.engine.augmentation.augmentation import Augmentation
from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.callbacks.history import History
from fitstudio.engine.compiled_model import CompiledModel
from fitstudio.engine.feeding.array_data import ArrayData
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.fit_data import open_fit_data
from fitstudio.engine.feeding.opening import kind_of, open_inputs, open_source, refuse_beside
from fitstudio.engine.fit_arguments import FitArguments
from fitstudio.engine.loops.evaluation import as_result
from fitstudio.engine.loops.prediction import Prediction
from fitstudio.engine.loops.training import TrainingLoop
from fitstudio.engine.state import random_state


class Model(CompiledModel):
    """A torch module that trains as the reference's models do.

    Training, validation and prediction happen on the device that the module is on; data follow.

    Args:
        module: The module. Its ``forward`` takes one tensor per input and returns a tensor, a tuple
            of tensors or a dict of tensors. A method ``regularization_loss()``, if it has one,
            is added to the loss.

    Attributes:
        module: The torch module.
        stop_training: Set it in a callback to end training after the batch or epoch under way.
        history: The `History` of the latest fit.
        optimizer: The optimizer, after compile().

    Raises:
        ArgumentError: If `module` is no torch module.

    Example:
        >>> import numpy as np
        >>> import torch
        >>> from fitstudio import Model
        >>> model = Model(torch.nn.Linear(4, 1))
        >>> model.compile("adam", loss="mse", metrics=["mae"])
        >>> x = np.random.default_rng(0).normal(size=(64, 4))
        >>> history = model.fit(x, x.sum(axis=1), epochs=2, validation_split=0.25, verbose=0)
        >>> list(history.history)
        ['loss', 'mae', 'val_loss', 'val_mae']
        >>> model.predict(x).shape
        (64, 1)
    """

    # -- fit

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int | str = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        *,
        validation_batch_size: int | None = None,
        seed: int | None = None,
        start_state: Mapping[str, Any] | None = None,
        micro_batch_size: int | None = None,
        augmentation: Augmentation | None = None,
    ) -> History:
        """Trains for a number of epochs.

        Args:
            x: Input data: an array of shape (rows, ...), a list of arrays or a dict of them by the
                names of the parameters of ``forward``; or a `Sequence`, a generator, a DataLoader,
                which bring targets and weights themselves. A flat array of shape (rows,) counts as
                (rows, 1).
            y: Targets: an array of shape (rows, ...), or a list or dict of arrays by output.
            batch_size: Rows of a batch; 32 if not given.
            epochs: The final epoch's number, counted from 1.
            verbose: 0 silent, 1 a bar, 2 a line per epoch.
            callbacks: A list of `fitstudio.callbacks`.
            validation_split: The fraction of the rows, at the end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight), or a source as for x.
            shuffle: True: rows in a new order in each epoch; "batch": batches in a new order.
            class_weight: Weight by class number.
            sample_weight: Weight of each row, of shape (rows,), or of each row and timestep, of
                shape (rows, timesteps).
            initial_epoch: The first epoch's number, counted from 0.
            steps_per_epoch: Batches of an epoch.
            validation_steps: Batches of a validation run.
            validation_freq: Validate every so many epochs, or in these epochs, counted from 1.
            max_queue_size: How many batches of a generator or Sequence are made ahead.
            workers: How many threads make them; 0 for none.
            use_multiprocessing: Processes in place of threads.
            validation_batch_size: Rows of a validation batch; `batch_size` if not given.
            seed: Makes the training repeatable: seeds shuffling and all random generators.
            start_state: Go on from this state, made by `training_state`.
            micro_batch_size: Split batches into parts of so many rows, with the same result, where
                memory does not suffice.
            augmentation: Changes each training batch at random; never what is validated on.

        Returns:
            The `History`: what the logs of each epoch said.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If an argument cannot be used; nothing has been trained then.
            CheckpointError: If `start_state` belongs to another model or optimizer.

        Example:
            >>> import numpy as np
            >>> import torch
            >>> from fitstudio import Model
            >>> x = np.linspace(-1, 1, 80)
            >>> model = Model(torch.nn.Linear(1, 1))
            >>> model.compile("sgd", loss="mse")
            >>> history = model.fit(
            ...     x, 2 * x, batch_size=8, epochs=3, validation_data=(x, 2 * x), seed=1, verbose=0
            ... )
            >>> history.epoch
            [0, 1, 2]
            >>> history.history["loss"][-1] < history.history["loss"][0]
            True
        """
        objective = self._compiled("fit")
        # By their names in the signature: no list of them stands beside it.
        asked = FitArguments.checked(locals())
        watching = CallbackList(callbacks, add_history=True, add_progbar=asked.verbose > 0)
        self._binding.part_rows = asked.micro_batch_size
        if asked.training.seed is not None:
            random_state.seed_everything(asked.training.seed)
        with contextlib.ExitStack() as opened:
            batches, validation = open_fit_data(
                (x, y, sample_weight),
                validation_data,
                self._binding,
                opened,
                training=asked.training,
                validation=asked.validation,
                validation_split=asked.validation_split,
                micro_batch_size=asked.micro_batch_size,
            )
            loop = TrainingLoop(
                self,
                self._step(objective, asked.micro_batch_size),
                batches,
                watching,
                first_epoch=asked.training.first_epoch,
                epochs=asked.training.epochs,
                evaluation=self._evaluation(objective),
                validation=validation,
                validation_steps=asked.validation.steps,
                validation_times=asked.validation_times,
                augmentation=augmentation,
            )
            watching.set_params(
                {"verbose": asked.verbose, "epochs": loop.epochs, "steps": batches.steps}
            )
            watching.set_model(self)
            self._run(loop, start_state)
        assert watching.history is not None, "add_history adds one"
        return watching.history

    # -- evaluate, predict

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int | str = 1,
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        return_dict: bool = False,
    ) -> Any:
        """Measures loss and metrics on data.

        Args:
            x: As for `fit`.
            y: As for `fit`.
            batch_size: Rows of a batch; 32 if not given.
            verbose: 0, 1 or 2.
            sample_weight: As for `fit`.
            steps: Batches to use; all if not given.
            callbacks: Get the on_test_ hooks.
            max_queue_size: As for `fit`.
            workers: As for `fit`.
            use_multiprocessing: As for `fit`.
            return_dict: Return a dict by name.

        Returns:
            The loss, or a list of loss and metrics in the order of the history, or a dict. They are
            means over all rows.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If an argument cannot be used.

        Example:
            >>> import numpy as np
            >>> import torch
            >>> from fitstudio import Model
            >>> model = Model(torch.nn.Identity())
            >>> model.compile("sgd", loss="mse", metrics=["mae"])
            >>> x = np.ones((10, 1))
            >>> model.evaluate(x, x + 2, verbose=0)
            [4.0, 2.0]
            >>> model.evaluate(x, x + 2, verbose=0, return_dict=True)
            {'loss': 4.0, 'mae': 2.0}
        """
        objective = self._compiled("evaluate")
        verbosity = arguments.value_of("verbose", verbose)
        reading = self._reading(batch_size, steps, workers, max_queue_size, use_multiprocessing)
        watching = CallbackList(callbacks, add_progbar=verbosity > 0)
        with contextlib.ExitStack() as opened:
            kind = kind_of("x", x)
            if kind == "arrays":
                batches: Batches = ArrayData.open(x, y, sample_weight, self._binding).batches(
                    self._binding, reading
                )
            else:
                refuse_beside(kind, y=y, batch_size=batch_size, sample_weight=sample_weight)
                batches = open_source("x", x, kind, self._binding, reading)
                opened.callback(batches.close)
                batches.look_ahead(0)
            watching.set_params({"verbose": verbosity, "epochs": 1, "steps": batches.steps})
            watching.set_model(self)
            with self._mode_kept():
                numbers = self._evaluation(objective).run(
                    batches, watching, expected_steps=reading.steps
                )
        return as_result(numbers, return_dict=arguments.value_of("return_dict", return_dict))

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int | str = 0,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """Computes outputs; needs no compile().

        Args:
            x: As for `fit`; of batches with targets only the inputs are used.
            batch_size: Rows of a batch; 32 if not given. The result does not depend on it.
            verbose: 0, 1 or 2.
            steps: Batches to use; all if not given.
            callbacks: Get the on_predict_ hooks.
            max_queue_size: As for `fit`.
            workers: As for `fit`.
            use_multiprocessing: As for `fit`.

        Returns:
            An array of shape (rows, ...), or a list or dict of arrays, as the module returns its
            outputs.

        Raises:
            ArgumentError: If an argument cannot be used, or there is no row.

        Example:
            >>> import numpy as np
            >>> import torch
            >>> from fitstudio import Model
            >>> Model(torch.nn.Flatten()).predict(np.zeros((5, 2, 3))).shape
            (5, 6)
        """
        verbosity = arguments.value_of("verbose", verbose)
        reading = self._reading(batch_size, steps, workers, max_queue_size, use_multiprocessing)
        watching = CallbackList(callbacks, add_progbar=verbosity > 0)
        self._binding.look()
        with contextlib.ExitStack() as opened, self._mode_kept():
            batches, count = open_inputs(x, batch_size, self._binding, reading, opened)
            watching.set_params({"verbose": verbosity, "epochs": 1, "steps": count})
            watching.set_model(self)
            prediction = Prediction(self.module, self._binding, precision=self.precision)
            return prediction.run(batches, watching, expected_steps=reading.steps)
