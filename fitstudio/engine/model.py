"""`Model`: a torch module with the reference's compile, fit, evaluate and predict."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from fitstudio.engine import arguments, optimizers, random_state, weight_files
from fitstudio.engine.batches import Batches
from fitstudio.engine.binding import Binding
from fitstudio.engine.callbacks.callback_list import CallbackList
from fitstudio.engine.class_weights import ClassWeights
from fitstudio.engine.evaluation import Evaluation, as_result
from fitstudio.engine.fit_arguments import FitArguments
from fitstudio.engine.forward import PRECISIONS
from fitstudio.engine.history import History
from fitstudio.engine.logs import to_numbers
from fitstudio.engine.loop import TrainingLoop
from fitstudio.engine.objective import Objective
from fitstudio.engine.opening import (
    ArrayData,
    Reading,
    kind_of,
    open_inputs,
    open_source,
    refuse_beside,
    validation_parts,
)
from fitstudio.engine.prediction import Prediction
from fitstudio.engine.train_step import TrainStep
from fitstudio.errors import ArgumentError, CheckpointError, NotCompiledError

STATE_FORMAT = 1


class Model:
    """A torch module that trains as the reference's models do.

    Training, validation and prediction happen on the device that the module is on; data follow.

    Args:
        module: The module. Its ``forward`` takes one tensor per input and returns a tensor, a tuple
            of tensors or a dict of tensors. A method ``regularization_loss()``, if it has one,
            is added to the loss.

    Attributes:
        stop_training: Set it in a callback to end training after the batch or epoch under way.
        history: The `History` of the latest fit.
        optimizer: The optimizer, after compile().
    """

    def __init__(self, module: nn.Module) -> None:
        if not isinstance(module, nn.Module):
            raise ArgumentError(
                f"Model needs a torch module; {type(module).__name__} was given.",
                code="model.module",
                remedy="For example: Model(torch.nn.Linear(4, 1)).",
            )
        self.module = module
        self.stop_training = False
        self.history: History | None = None
        self.optimizer: optimizers.Optimizer = None  # type: ignore[assignment]
        self.precision = "float32"
        self._objective: Objective | None = None
        self._binding = Binding(module)
        self._train_step: TrainStep | None = None
        self._loop: TrainingLoop | None = None
        self._step_key: Any = None
        self._optimizer_is_built = False
        self._batch_evaluation: Evaluation | None = None

    # -- compile

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        weighted_metrics: Any = None,
        sample_weight_mode: Any = None,
        *,
        precision: str = "float32",
    ) -> None:
        """Says how to train. The weights stay; the optimizer's state starts afresh.

        Args:
            optimizer: A name, a dict with ``"name"`` and settings, one of `fitstudio.optimizers`,
                or a torch optimizer.
            loss: A name, an object, a function of (y_true, y_pred) or a torch loss; for several
                outputs also a list or a dict by output.
            metrics: A list of names, objects or functions; for several outputs also a list of lists
                or a dict by output.
            loss_weights: Factors of the outputs' losses in the total, a list or a dict.
            weighted_metrics: Metrics in which sample and class weights count.
            sample_weight_mode: Accepted; the shape of the weights decides.
            precision: ``"float32"`` or ``"mixed_bfloat16"``.

        Raises:
            ArgumentError: If a name does not exist, or two metrics have the same name.
        """
        arguments.sample_weight_mode(sample_weight_mode)
        if precision not in PRECISIONS:
            raise ArgumentError(
                f"precision should be {' or '.join(map(repr, PRECISIONS))}; {precision!r} was "
                "given.",
                code="compile.precision",
            )
        objective = Objective(loss, metrics, weighted_metrics, loss_weights)
        self.optimizer = optimizers.get(optimizer)
        self.precision = precision
        self._objective = objective
        self._binding = Binding(self.module, objective)
        self._train_step = None
        self._batch_evaluation = None
        self._optimizer_is_built = False

    @property
    def metrics_names(self) -> list[str]:
        """The names in the logs, known after the first fit or evaluate."""
        return list(self._objective.names) if self._objective is not None else []

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
    ) -> History:
        """Trains for a number of epochs.

        Args:
            x: Input data: an array, a list of arrays or a dict of them; or a `Sequence`, a
                generator, a DataLoader, which bring targets and weights themselves.
            y: Targets: an array, or a list or dict of arrays by output.
            batch_size: Rows of a batch; 32 if not given.
            epochs: The final epoch's number, counted from 1.
            verbose: 0 silent, 1 a bar, 2 a line per epoch.
            callbacks: A list of `fitstudio.callbacks`.
            validation_split: The fraction of the rows, at the end, that is kept for validation.
            validation_data: (x, y) or (x, y, sample_weight), or a source as for x.
            shuffle: True: rows in a new order in each epoch; "batch": batches in a new order.
            class_weight: Weight by class number.
            sample_weight: Weight of each row, or of each row and timestep.
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

        Returns:
            The `History`: what the logs of each epoch said.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If an argument cannot be used; nothing has been trained then.
        """
        objective = self._compiled("fit")
        asked = FitArguments.checked(
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            validation_split=validation_split,
            shuffle=shuffle,
            class_weight=class_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            validation_batch_size=validation_batch_size,
            seed=seed,
            micro_batch_size=micro_batch_size,
        )
        watching = CallbackList(callbacks, add_history=True, add_progbar=asked.verbose > 0)
        if asked.training.seed is not None:
            random_state.seed_everything(asked.training.seed)
        with contextlib.ExitStack() as opened:
            batches, validation = self._open(
                x, y, sample_weight, validation_data, asked=asked, opened=opened
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
            The loss, or a list of loss and metrics in the order of the history, or a dict.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If an argument cannot be used.
        """
        objective = self._compiled("evaluate")
        verbosity = arguments.verbosity(verbose)
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
        return as_result(numbers, return_dict=arguments.flag("return_dict", return_dict))

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
            An array, or a list or dict of arrays, as the module returns its outputs.

        Raises:
            ArgumentError: If an argument cannot be used.
        """
        verbosity = arguments.verbosity(verbose)
        reading = self._reading(batch_size, steps, workers, max_queue_size, use_multiprocessing)
        watching = CallbackList(callbacks, add_progbar=verbosity > 0)
        with contextlib.ExitStack() as opened, self._mode_kept():
            batches, count = open_inputs(x, batch_size, self._binding, reading, opened)
            watching.set_params({"verbose": verbosity, "epochs": 1, "steps": count})
            watching.set_model(self)
            prediction = Prediction(self.module, self._binding, precision=self.precision)
            return prediction.run(batches, watching, expected_steps=reading.steps)

    # -- one batch

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Mapping[int, float] | None = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ) -> Any:
        """One update on one batch.

        Args:
            x: The batch's inputs.
            y: Its targets.
            sample_weight: Its weights.
            class_weight: As for `fit`.
            reset_metrics: Return this batch's numbers, not the means since the last reset.
            return_dict: Return a dict by name.

        Returns:
            As `evaluate`.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If the batch does not fit; the model is unchanged then.
        """
        objective = self._compiled("train_on_batch")
        class_weights = ClassWeights(class_weight) if class_weight else None
        inputs, targets, weights = self._binding.batch((x, y, sample_weight), class_weights)
        step = self._step(objective, None)
        if reset_metrics:
            objective.reset()
        self.module.train()
        step.begin_epoch()
        step(inputs, targets, weights, len(inputs[0]))
        return as_result(to_numbers(objective.read()), return_dict=return_dict)

    def test_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        reset_metrics: bool = True,
        return_dict: bool = False,
    ) -> Any:
        """Loss and metrics of one batch; see `train_on_batch`."""
        objective = self._compiled("test_on_batch")
        batch = self._binding.batch((x, y, sample_weight))
        if self._batch_evaluation is None or reset_metrics:
            self._batch_evaluation = self._evaluation(objective)
        with self._mode_kept():
            self.module.eval()
            self._batch_evaluation.step(batch)
        return as_result(self._batch_evaluation.numbers(), return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch of inputs."""
        inputs = self._binding.inputs_of((x,))
        with self._mode_kept():
            self.module.eval()
            prediction = Prediction(self.module, self._binding, precision=self.precision)
            return prediction.in_form(prediction.of_batch(inputs))

    # -- weights

    def get_weights(self) -> list[np.ndarray]:
        """The weights as arrays, in the order of the module's ``state_dict``."""
        return [each.detach().cpu().numpy().copy() for each in self.module.state_dict().values()]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Puts back what `get_weights` gave.

        Raises:
            CheckpointError: If their number or shapes are those of another model.
        """
        present = self.module.state_dict()
        given = {
            name: torch.as_tensor(np.asarray(each))
            for name, each in zip([*present, *range(len(weights))], weights, strict=False)
        }
        self.load_weights_from(given)

    def copy_of_weights(self) -> dict[str, Tensor]:
        """The weights by name, copied where they are."""
        return {name: each.detach().clone() for name, each in self.module.state_dict().items()}

    def load_weights_from(self, weights: Mapping[str, Tensor], source: str = "this state") -> None:
        """Copies weights into the module's own, which stay the same tensors.

        Raises:
            CheckpointError: If they belong to another model.
        """
        present = self.module.state_dict()
        weight_files.check_fits(weights, present, source)
        with torch.no_grad():
            for name, tensor in present.items():
                tensor.copy_(weights[name])

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Writes the weights to a safetensors file at exactly this path.

        Raises:
            StorageError: If it cannot be written; a previous file is untouched.
        """
        weight_files.write(path, self.module.state_dict())

    def save(self, path: str | os.PathLike[str]) -> None:
        """As `save_weights`, with the optimizer's state in the same file.

        Raises:
            StorageError: If it cannot be written; a previous file is untouched.
        """
        state = None if self.optimizer is None else self.optimizer.state_dict()
        weight_files.write(path, self.module.state_dict(), state)

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Reads weights, and the optimizer's state if the file has one and compile() was called.

        Raises:
            CheckpointError: If there is no such file, or it belongs to another model.
        """
        weights, optimizer = weight_files.read(path)
        self.load_weights_from(weights, source=repr(os.fspath(path)))
        if optimizer is not None and self.optimizer is not None:
            self._build_optimizer()
            self.optimizer.load_state_dict(optimizer)

    # -- the state of a training

    def training_state(self, *, callbacks: bool = True) -> dict[str, Any]:
        """Everything a training needs to go on bit for bit, as tensors and plain data.

        In ``on_epoch_end`` it is the state after that epoch, in ``on_train_batch_end`` the state
        after that batch. The tensors are the model's own: copy or write them before it trains on.

        Args:
            callbacks: Also hold what the callbacks and the history know.
        """
        state: dict[str, Any] = {
            "format": STATE_FORMAT,
            "epoch": 0,
            "step": 0,
            "weights": dict(self.module.state_dict()),
            "random": random_state.get_state(),
        }
        if self.optimizer is not None:
            self._build_optimizer()
            state["optimizer"] = self.optimizer.state_dict()
        if self._loop is not None:
            state |= self._loop.get_state(callbacks=callbacks)
        return state

    def load_training_state(self, state: Mapping[str, Any]) -> None:
        """Goes back to a state that `training_state` gave.

        In a callback's ``on_train_begin`` the fit under way goes on from there.

        Raises:
            CheckpointError: If it belongs to another model, or another optimizer.
        """
        if state.get("format") != STATE_FORMAT:
            raise CheckpointError(
                f"The training state has the format {state.get('format')!r}; this version reads "
                f"{STATE_FORMAT}.",
                code="checkpoint.format",
            )
        self.load_weights_from(state["weights"])
        if self.optimizer is not None and "optimizer" in state:
            self._build_optimizer()
            self.optimizer.load_state_dict(state["optimizer"])
        if self._loop is not None:
            self._loop.set_state(state)
        random_state.set_state(state["random"])

    @property
    def last_batch_rows(self) -> np.ndarray | None:
        """Numbers of the rows in the newest training batch, where the data have numbered rows."""
        return None if self._loop is None else self._loop.last_batch_rows

    # -- details

    def _compiled(self, method: str) -> Objective:
        if self._objective is None:
            raise NotCompiledError(
                f"The model must be compiled before {method}().",
                remedy='Call compile() first, for instance compile("adam", loss="mse").',
            )
        if not self._objective.has_loss:
            raise ArgumentError(
                f"The model was compiled without a loss, so {method}() has nothing to compute.",
                code="compile.no-loss",
                remedy='Call compile() with a loss, such as loss="mse".',
            )
        return self._objective

    def _open(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        validation_data: Any,
        *,
        asked: FitArguments,
        opened: contextlib.ExitStack,
    ) -> tuple[Batches, Batches | None]:
        """Training and validation data as batches, tried on the model."""
        kind = kind_of("x", x)
        fraction = asked.validation_split if validation_data is None else 0.0
        held_out: ArrayData | None = None
        if kind == "arrays":
            data = ArrayData.open(x, y, sample_weight, self._binding)
            if fraction:
                data, held_out = data.split(fraction)
            batches: Batches = data.batches(self._binding, asked.training)
        else:
            refuse_beside(
                kind,
                y=y,
                batch_size=asked.training.batch_size,
                sample_weight=sample_weight,
                validation_split=fraction or None,
            )
            batches = open_source("x", x, kind, self._binding, asked.training)
        opened.callback(batches.close)
        if asked.training.first_epoch < asked.training.epochs:
            batches.look_ahead(asked.training.first_epoch)
        validation = self._open_validation(validation_data, held_out, asked.validation)
        if validation is not None:
            opened.callback(validation.close)
        return batches, validation

    def _open_validation(
        self, validation_data: Any, held_out: ArrayData | None, reading: Reading
    ) -> Batches | None:
        if held_out is not None:
            return held_out.batches(self._binding, reading)
        if validation_data is None:
            return None
        kind = kind_of("validation_data", validation_data)
        if kind == "arrays":
            data = ArrayData.open(*validation_parts(validation_data), self._binding)
            return data.batches(self._binding, reading)
        return open_source("validation_data", validation_data, kind, self._binding, reading)

    @staticmethod
    def _reading(
        batch_size: Any, steps: Any, workers: Any, max_queue_size: Any, use_multiprocessing: Any
    ) -> Reading:
        return Reading(
            batch_size=arguments.optional_whole_number("batch_size", batch_size, least=1),
            steps=arguments.optional_whole_number("steps", steps, least=1),
            workers=arguments.whole_number("workers", workers, least=0),
            max_queue_size=arguments.whole_number("max_queue_size", max_queue_size, least=1),
            use_multiprocessing=arguments.flag("use_multiprocessing", use_multiprocessing),
        )

    def _build_optimizer(self) -> None:
        if not self._optimizer_is_built:
            self.optimizer.build(self.module.named_parameters())
            self._optimizer_is_built = True

    def _step(self, objective: Objective, micro_batch_size: int | None) -> TrainStep:
        """The training step, kept from fit to fit: it learns how to be fast."""
        self._build_optimizer()
        key = (id(objective.totals), micro_batch_size)
        if self._train_step is None or self._step_key != key:
            self._step_key = key
            self._train_step = TrainStep(
                self.module,
                objective,
                self.optimizer,
                precision=self.precision,
            )
        return self._train_step

    def _evaluation(self, objective: Objective) -> Evaluation:
        return Evaluation(self.module, objective.twin(), precision=self.precision)

    def _run(self, loop: TrainingLoop, start_state: Mapping[str, Any] | None) -> None:
        """Runs the loop; what it knew stays for `training_state` after fit()."""
        self._loop = loop
        try:
            loop.run(start_state)
        finally:
            self.module.eval()

    @contextlib.contextmanager
    def _mode_kept(self) -> Iterator[None]:
        """Training mode is as before afterwards, so that a callback may evaluate."""
        training = self.module.training
        try:
            yield
        finally:
            self.module.train(training)
