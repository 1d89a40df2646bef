"""One update of the weights: forward, losses, backward, optimizer, running sums.

`TrainStep` is the seam behind which steps become faster. Its plain form, `TrainStep.plainly`, is
the reference: a page of ordinary torch. The faster form replays the operations of a recorded step
(see `fitstudio.engine.replay`); a batch shape gets it only after it gave the same bits as the plain
form on real batches, so that nothing depends on which of them ran.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.forward import Forward
from fitstudio.engine.losses import FunctionLoss
from fitstudio.engine.metrics import MeanOfFunction
from fitstudio.engine.objective import Objective, Targets, Weights
from fitstudio.engine.optimizers import Optimizer, TorchOptimizer
from fitstudio.engine.optimizers.base import laid_out_like
from fitstudio.engine.replay import guards
from fitstudio.engine.replay.compiled import compile_tape, untouched
from fitstudio.engine.replay.recorder import Recorder
from fitstudio.engine.replay.step import (
    LATER_STEPS_BEFORE,
    MOST_SHAPES,
    PROOFS,
    STEPS_BEFORE,
    Phase,
    ShapeState,
    inference_guard,
    lasting_tensors,
    same_bits,
    shape_of,
)
from fitstudio.engine.replay.tape import simplify

Inputs = tuple[Tensor, ...]


class TrainStep:
    """Trains a module on one batch per call.

    Nothing in a call waits for the device: the running sums grow there, and the loss that comes
    back is a tensor.

    Args:
        module: The model's module, in training mode during calls.
        objective: Losses and metrics, bound to the outputs.
        optimizer: Built with the module's weights.
        precision: One of `fitstudio.engine.forward.PRECISIONS`.
        replays: Whether steps may be recorded and replayed.
    """

    def __init__(
        self,
        module: nn.Module,
        objective: Objective,
        optimizer: Optimizer,
        *,
        precision: str = "float32",
        replays: bool = True,
    ) -> None:
        self.module = module
        self.objective = objective
        self.optimizer = optimizer
        self.forward = Forward(module, objective, precision=precision)
        self.precision = precision
        self._penalty: Callable[[], Tensor] | None = getattr(module, "regularization_loss", None)
        self._names: list[str] = []
        self._trained: list[Tensor] = []
        self._shapes: dict[Any, ShapeState] = {}
        self._fingerprint: tuple[Any, ...] | None = None
        self._may_replay = replays
        self.begin_epoch()

    # -- when the model may have been changed

    def begin_epoch(self) -> None:
        """Called at the beginning of each epoch, with the module in training mode."""
        named = [(n, p) for n, p in self.module.named_parameters() if p.requires_grad]
        self._names = [name for name, _ in named]
        self._trained = [weight for _, weight in named]
        self.look_again()

    def look_again(self) -> None:
        """Called before a batch when somebody else's code ran since the last one."""
        if self._fingerprint is not None and self._fingerprint != self._look():
            self._fingerprint = None
            self._shapes.clear()

    def _look(self) -> tuple[Any, ...]:
        return guards.fingerprint(
            self.module, self._functions(), (id(self.objective.totals), self.precision)
        )

    def _parts(self) -> list[Any]:
        """The losses and metrics, which take part in a step beside the module."""
        metrics = [each.metric for each in self.objective.metrics]
        return [*(loss for loss in self.objective.output_losses if loss is not None), *metrics]

    def _functions(self) -> list[Any]:
        """Losses and metrics, and the functions that they and the module call."""
        parts = self._parts()
        inner = [each.function for each in parts if isinstance(each, FunctionLoss | MeanOfFunction)]
        calls = [
            getattr(each, name)
            for each in parts
            for name in ("call", "update")
            if not type(each).__module__.startswith("fitstudio.") and hasattr(each, name)
        ]
        return [*parts, *inner, *calls, self._penalty]

    # -- one update

    def __call__(self, inputs: Inputs, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """One update.

        Args:
            inputs: What the module is called with, in order.
            targets: One per output; None for an output without a loss.
            weights: Sample weights times class weights, one per output or None.
            rows: Rows in the batch.

        Returns:
            The batch's loss, a single number on the device.
        """
        if not self._may_replay:
            return self.plainly(inputs, targets, weights, rows)
        batch = (*inputs, *targets, *weights)
        shape = shape_of(batch)
        state = self._shapes.get(shape)
        if state is not None and state.phase is Phase.REPLAYING:
            return self._replay(state, inputs, targets, weights, rows, batch)
        if state is None:
            state = self._shapes[shape] = ShapeState()
            if len(self._shapes) > MOST_SHAPES:
                state.stay_plain("there are too many batch shapes")
        return self._step_towards_replay(state, inputs, targets, weights, rows, batch)

    def plainly(self, inputs: Inputs, targets: Targets, weights: Weights, rows: int) -> Tensor:
        """The reference for every faster form."""
        losses, outputs, gradients = self._losses_and_gradients(inputs, targets, weights)
        self._update_sums(losses, outputs, targets, weights, rows)
        self._update_weights(gradients)
        return losses[0]

    def _losses_and_gradients(
        self, inputs: Inputs, targets: Targets, weights: Weights
    ) -> tuple[list[Tensor], list[Tensor], Sequence[Tensor | None]]:
        """The detached losses and outputs of a batch, and the gradients of the trained weights."""
        outputs = self.forward(inputs)
        losses = list(self.objective.losses(outputs, targets, weights))
        if self._penalty is not None:
            losses[0] = losses[0] + self._penalty()
        gradients: Sequence[Tensor | None] = ()
        if self._trained and losses[0].requires_grad:
            found = torch.autograd.grad(losses[0], self._trained, allow_unused=True)
            gradients = [laid_out_like(w, g) for w, g in zip(self._trained, found, strict=True)]
        return [loss.detach() for loss in losses], [each.detach() for each in outputs], gradients

    def _update_sums(
        self,
        losses: Sequence[Tensor],
        outputs: Sequence[Tensor],
        targets: Targets,
        weights: Weights,
        rows: int,
    ) -> None:
        with torch.no_grad():
            self.objective.update(losses, outputs, targets, weights, rows)

    def _update_weights(self, gradients: Sequence[Tensor | None]) -> None:
        given = [gradient for gradient in gradients if gradient is not None]
        names = self._names
        if len(given) < len(names):
            paired = zip(names, gradients)
            names = [name for name, gradient in paired if gradient is not None]
        self.optimizer.apply(names, given)

    # -- towards a replay

    def _step_towards_replay(
        self,
        state: ShapeState,
        inputs: Inputs,
        targets: Targets,
        weights: Weights,
        rows: int,
        batch: Sequence[Tensor | None],
    ) -> Tensor:
        state.steps += 1
        needed = LATER_STEPS_BEFORE if self.replaying else STEPS_BEFORE
        if state.phase is Phase.COUNTING and state.steps > needed:
            return self._record(state, inputs, targets, weights, rows, batch)
        if state.phase is Phase.PROVING:
            return self._prove(state, inputs, targets, weights, rows, batch)
        return self.plainly(inputs, targets, weights, rows)

    def _record(
        self,
        state: ShapeState,
        inputs: Inputs,
        targets: Targets,
        weights: Weights,
        rows: int,
        batch: Sequence[Tensor | None],
    ) -> Tensor:
        """A plain step whose operations are written down."""
        reason = self._objection()
        if reason is not None:
            state.stay_plain(reason)
            return self.plainly(inputs, targets, weights, rows)
        before, randomness = self._look(), guards.PythonRandomness()
        lasting = lasting_tensors(self.module, self._parts())
        recorder = Recorder(
            [each for each in batch if each is not None], [*lasting, self.objective.totals]
        )
        sums_are_ours = self._sums_are_ours()

        def step() -> tuple[list[Tensor], list[Tensor], Sequence[Tensor | None]]:
            found = self._losses_and_gradients(inputs, targets, weights)
            if sums_are_ours:
                self._update_sums(found[0], found[1], targets, weights, rows)
            return found

        losses, outputs, gradients = recorder.run(step)
        if not sums_are_ours:
            self._update_sums(losses, outputs, targets, weights, rows)
        shown = [] if sums_are_ours else outputs
        if self._look() != before or randomness.was_used():
            recorder.refuse("the model's Python code keeps a state of its own")
        tape = recorder.tape([*losses, *gradients, *shown])
        self._update_weights(gradients)
        if tape is None:
            state.stay_plain(recorder.refusal or "it could not be recorded")
            return losses[0]
        simplify(tape)
        paired = zip(self._names, gradients)
        state.names = [name for name, gradient in paired if gradient is not None]
        state.losses, state.outputs = len(losses), len(shown)
        state.tape, state.written = tape, tape.written_fixed()
        state.phase, state.proofs = Phase.PROVING, 0
        self._fingerprint = before
        return losses[0]

    def _objection(self) -> str | None:
        device = self.objective.totals.device
        if device.type != "cpu":
            return f"steps on {device.type} are not replayed"
        if torch.is_anomaly_enabled():
            return "autograd's anomaly detection is on"
        return guards.objection(self.module, self._functions())

    def _sums_are_ours(self) -> bool:
        """Whether all metrics keep their sums in tensors only, so that updates can be replayed."""
        return all(
            type(each.metric).__module__.startswith("fitstudio.") and each.metric.state
            for each in self.objective.metrics
        )

    def _prove(
        self,
        state: ShapeState,
        inputs: Inputs,
        targets: Targets,
        weights: Weights,
        rows: int,
        batch: Sequence[Tensor | None],
    ) -> Tensor:
        """A plain step that is compared with the replay on the same batch."""
        given = [each for each in batch if each is not None]
        assert state.tape is not None
        try:
            if state.replay is None:
                state.replay = compile_tape(state.tape, given)
            with untouched(state.written), torch.inference_mode():
                replayed = [each.clone() for each in state.replay(*given)]
                replayed_sums = [each.clone() for each in state.written]
        except (RuntimeError, IndexError) as error:
            # Some kernels, such as oneDNN's LSTM, work under autograd only.
            state.stay_plain(str(error))
            return self.plainly(inputs, targets, weights, rows)
        losses, outputs, gradients = self._losses_and_gradients(inputs, targets, weights)
        self._update_sums(losses, outputs, targets, weights, rows)
        plain = [*losses, *(each for each in gradients if each is not None)]
        if state.outputs:
            plain.extend(outputs)
        if not same_bits(replayed, plain) or not same_bits(replayed_sums, state.written):
            state.stay_plain("the replay gave other numbers")
        else:
            state.proofs += 1
            if state.proofs == PROOFS:
                state.phase = Phase.REPLAYING
        self._update_weights(gradients)
        return losses[0]

    def _replay(
        self,
        state: ShapeState,
        inputs: Inputs,
        targets: Targets,
        weights: Weights,
        rows: int,
        batch: Sequence[Tensor | None],
    ) -> Tensor:
        assert state.replay is not None
        given = [each for each in batch if each is not None]
        takes_inference = not isinstance(self.optimizer, TorchOptimizer)
        try:
            with inference_guard() if takes_inference else torch.no_grad():
                results = state.replay(*given)
                first, last = state.losses, state.losses + len(state.names)
                if takes_inference:
                    self.optimizer.apply_dense(state.names, list(results[first:last]))
        except (RuntimeError, IndexError):
            # A label out of range, say: the plain step says so in its own words.
            return self.plainly(inputs, targets, weights, rows)
        if not takes_inference:
            self.optimizer.apply(state.names, list(results[first:last]))
        if state.outputs:
            self._update_sums(results[: state.losses], results[last:], targets, weights, rows)
        else:
            self.objective.rows += rows
        return results[0]

    def reasons(self) -> list[str]:
        """Why batch shapes are trained plainly, for tests and for the curious."""
        return [state.reason for state in self._shapes.values() if state.reason is not None]

    @property
    def replaying(self) -> bool:
        """Whether any batch shape is replayed."""
        return any(state.phase is Phase.REPLAYING for state in self._shapes.values())
