"""What `compile()` settles about a model, and one batch at a time: the ground of `Model`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

from fitstudio.engine import arguments, device, optimizers
from fitstudio.engine.callbacks.logs import to_numbers
from fitstudio.engine.feeding.binding import Binding
from fitstudio.engine.feeding.class_weights import ClassWeights
from fitstudio.engine.feeding.reading import Reading
from fitstudio.engine.loops.evaluation import Evaluation, as_result
from fitstudio.engine.loops.prediction import Prediction
from fitstudio.engine.loops.training import TrainingLoop
from fitstudio.engine.objective.objective import Objective
from fitstudio.engine.older_keras import OlderKeras, check_other_compile_arguments, told_apart
from fitstudio.engine.steps.forward import PRECISIONS
from fitstudio.engine.steps.micro_batches import MicroBatchStep, can_be_split
from fitstudio.engine.steps.train_step import TrainStep
from fitstudio.errors import ArgumentError, NotCompiledError
from fitstudio.words import say


class CompiledModel(OlderKeras):
    """A torch module with an objective and an optimizer, and the steps that follow from them.

    `Model` is the one that people use.

    Args:
        module: The torch module.

    Raises:
        ArgumentError: If `module` is no torch module.
    """

    def __init__(self, module: nn.Module) -> None:
        if not isinstance(module, nn.Module):
            raise ArgumentError(
                say("Model needs a torch module; {kind} was given.", kind=type(module).__name__),
                code="model.module",
                remedy=say("For example: Model(torch.nn.Linear(4, 1))."),
            )
        super().__init__(module)
        self._train_step: TrainStep | None = None
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
        **others: Any,
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
            precision: ``"float32"``, ``"mixed_bfloat16"``, or ``"tf32"``, which lets GPUs round
                the factors of products, in all of this process from then on.
            others: Arguments of the reference that change speed only, such as run_eagerly.

        Raises:
            ArgumentError: If a name does not exist, or two metrics have the same name.

        Example:
            >>> import torch
            >>> from fitstudio import Model, losses, optimizers
            >>> model = Model(torch.nn.Linear(4, 3))
            >>> model.compile("sgd", loss="mse")
            >>> model.compile(
            ...     optimizers.SGD(0.1, momentum=0.9),
            ...     loss=losses.SparseCategoricalCrossentropy(from_logits=True),
            ...     metrics=["accuracy"],
            ... )
            >>> model.metrics_names
            ['loss', 'accuracy']
        """
        check_other_compile_arguments(others)
        weighted_metrics, sample_weight_mode = told_apart(weighted_metrics, sample_weight_mode)
        arguments.sample_weight_mode(sample_weight_mode)
        if precision not in PRECISIONS:
            raise ArgumentError(
                say(
                    "precision should be {precisions}; {precision} was given.",
                    precisions=" or ".join(map(repr, PRECISIONS)),
                    precision=repr(precision),
                ),
                code="compile.precision",
            )
        if precision == "tf32":
            device.allow_tf32(True)
        objective = Objective(loss, metrics, weighted_metrics, loss_weights)
        self.optimizer = optimizers.get(optimizer)
        self.precision = precision
        self._objective = objective
        self._binding = Binding(self.module, objective)
        self._train_step = None
        self._batch_evaluation = None
        self._optimizer_is_built = False

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
        class_weights = ClassWeights.of(class_weight)
        inputs, targets, weights = self._binding.batch((x, y, sample_weight), class_weights)
        step = self._step(objective)
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
        """Loss and metrics of one batch, without an update.

        Args:
            x: As for `train_on_batch`.
            y: As for `train_on_batch`.
            sample_weight: As for `train_on_batch`.
            reset_metrics: As for `train_on_batch`.
            return_dict: As for `train_on_batch`.

        Returns:
            As `evaluate`.

        Raises:
            NotCompiledError: Before compile().
            ArgumentError: If the batch does not fit.
        """
        objective = self._compiled("test_on_batch")
        batch = self._binding.batch((x, y, sample_weight))
        evaluation, where = self._batch_evaluation, objective.totals.device
        if evaluation is None or reset_metrics or evaluation.objective.totals.device != where:
            evaluation = self._batch_evaluation = self._evaluation(objective)
        with self._mode_kept():
            self.module.eval()
            evaluation.step(batch)
        return as_result(evaluation.numbers(), return_dict=return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch of inputs.

        Args:
            x: The batch's inputs.

        Returns:
            As `predict`.

        Raises:
            ArgumentError: If the batch does not fit the model.
        """
        self._binding.look()
        inputs = self._binding.inputs_of((x,))
        with self._mode_kept():
            self.module.eval()
            prediction = Prediction(self.module, self._binding, precision=self.precision)
            return prediction.in_form(prediction.of_batch(inputs))

    # -- details

    def _compiled(self, method: str) -> Objective:
        self._binding.look()
        if self._objective is None:
            raise NotCompiledError(
                say("The model must be compiled before {method}().", method=method),
                remedy=say('Call compile() first, for instance compile("adam", loss="mse").'),
            )
        if not self._objective.has_loss:
            raise ArgumentError(
                say(
                    "The model was compiled without a loss, so {method}() has nothing to compute.",
                    method=method,
                ),
                code="compile.no-loss",
                remedy=say('Call compile() with a loss, such as loss="mse".'),
            )
        return self._objective

    @staticmethod
    def _reading(
        batch_size: Any, steps: Any, workers: Any, max_queue_size: Any, use_multiprocessing: Any
    ) -> Reading:
        return Reading(**arguments.checked(locals()))

    def _step(
        self, objective: Objective, micro_batch_size: int | None = None
    ) -> TrainStep | MicroBatchStep:
        """The training step, kept from fit to fit: it learns how to be fast."""
        self._build_optimizer()
        if micro_batch_size is not None and can_be_split(objective):
            return MicroBatchStep(
                self.module,
                objective,
                self.optimizer,
                rows=micro_batch_size,
                precision=self.precision,
            )
        if self._train_step is None or self._train_step.objective.totals is not objective.totals:
            self._train_step = TrainStep(
                self.module, objective, self.optimizer, precision=self.precision
            )
        return self._train_step

    def _evaluation(self, objective: Objective) -> Evaluation:
        return Evaluation(
            self.module,
            objective.twin(),
            precision=self.precision,
            part_rows=self._binding.part_rows,
        )

    def _run(self, loop: TrainingLoop, start_state: Mapping[str, Any] | None) -> None:
        """Runs the loop. Afterwards its data are let go, unless an error may have to be explained
        with them."""
        self._loop = loop
        try:
            loop.run(start_state)
            self._progress = loop.get_state()
            self._loop = None
        finally:
            self.module.eval()
            loop.train_step.let_go()

    @contextlib.contextmanager
    def _mode_kept(self) -> Iterator[None]:
        """Training mode is as before afterwards, so that a callback may evaluate."""
        training = self.module.training
        try:
            yield
        finally:
            self.module.train(training)
