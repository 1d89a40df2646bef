"""Trains plainly at first, and by replays of a recorded step as soon as they have proved equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from fitstudio.engine import device_memory
from fitstudio.engine.device import is_out_of_memory
from fitstudio.engine.losses import FunctionLoss
from fitstudio.engine.metrics import MeanOfFunction
from fitstudio.engine.optimizers import TorchOptimizer
from fitstudio.engine.steps.plain_step import PlainStep, StepBatch, StepResult
from fitstudio.engine.steps.replay import guards
from fitstudio.engine.steps.replay.capture_watch import CaptureWatch
from fitstudio.engine.steps.replay.compiled import Remembered, compile_tape, untouched
from fitstudio.engine.steps.replay.cuda_graph import CapturedStep, GraphMemory
from fitstudio.engine.steps.replay.proof import PROOFS, same_bits, within_rounding
from fitstudio.engine.steps.replay.recorder import Recorder
from fitstudio.engine.steps.replay.shape_state import (
    LATER_STEPS_BEFORE,
    MOST_RECORDINGS,
    MOST_SHAPES,
    STEPS_BEFORE,
    Phase,
    ShapeState,
    inference_guard,
    lasting_tensors,
    shape_of,
)
from fitstudio.engine.steps.replay.simplify import simplify
from fitstudio.engine.steps.replay.variants import Variants

# What counts as rounding where a GPU adds up in another order each time; see `within_rounding`.
_ROUNDING = {"float32": 2e-6, "tf32": 1e-4, "mixed_bfloat16": 1e-2}


class Replays:
    """Does what a plain step does, faster where it can.

    Args:
        plain: The step that is recorded, and trains where nothing can be replayed.
    """

    def __init__(self, plain: PlainStep) -> None:
        self._plain = plain
        self._objective, self._optimizer = plain.objective, plain.optimizer
        self._shapes: dict[Any, ShapeState] = {}
        self._fingerprint: tuple[Any, ...] | None = None
        self._times_forgotten = 0
        self._graph_memory = GraphMemory()
        self._variants = Variants(plain.forward)
        #: How many steps the training will have, about; what takes long to prepare must pay.
        self.steps_ahead = 0
        # torch's own optimizers make their state when they first need it, which must not happen in
        # inference mode.
        self._is_torch_optimizer = isinstance(plain.optimizer, TorchOptimizer)

    def __call__(self, batch: StepBatch) -> Tensor:
        """One update; returns the batch's loss."""
        shape = shape_of((*batch.inputs, *batch.targets, *batch.weights))
        state = self._shapes.get(shape)
        if state is not None and state.phase is Phase.REPLAYING:
            return self._replay(state, batch)
        if state is None:
            state = self._shapes[shape] = ShapeState()
            if len(self._shapes) > MOST_SHAPES:
                state.stay_plain("there are too many batch shapes")
        state.steps += 1
        needed = LATER_STEPS_BEFORE if self.is_replaying else STEPS_BEFORE
        if state.phase is Phase.COUNTING and state.steps > needed:
            return self._record(state, batch)
        if state.phase is Phase.PROVING:
            return self._prove(state, batch)
        return self._plain(batch)

    # -- when the model may have been changed

    def look_again(self) -> None:
        """Forgets all recordings if the model is not what it was when they were made."""
        if self._fingerprint is not None and self._fingerprint != self._look():
            self._fingerprint = None
            self._shapes.clear()
            self._times_forgotten += 1

    def _look(self) -> tuple[Any, ...]:
        return guards.fingerprint(
            self._plain.module, self._functions(), (id(self._objective.totals),)
        )

    def _parts(self) -> list[Any]:
        """The losses and metrics, which take part in a step beside the module."""
        losses = [each for each in self._objective.output_losses if each is not None]
        return [*losses, *(each.metric for each in self._objective.metrics)]

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
        return [*parts, *inner, *calls, self._plain.penalty]

    # -- recording

    def _record(self, state: ShapeState, batch: StepBatch) -> Tensor:
        """A plain step whose operations are written down, or captured afterwards on a GPU."""
        reason = self._objection()
        if self._times_forgotten > MOST_RECORDINGS:
            reason = "the model changes again and again"
        if reason is not None:
            state.stay_plain(reason)
            return self._plain(batch)
        on_gpu = self._objective.totals.is_cuda
        before, randomness = self._look(), guards.Randomness(of_torch=on_gpu)
        lasting = [*lasting_tensors(self._plain.module, self._parts()), self._objective.totals]
        if self._captures():
            loss = self._watch(state, batch, lasting)
            # Nothing is captured that Python decides anew in each step: it would run once more.
            if state.phase is not Phase.PLAIN and self._is_as_before(state, before, randomness):
                self._variants.choose(
                    batch.inputs,
                    self._step_of(batch, with_sums=False),
                    self._without_weights(lasting),
                    self.steps_ahead,
                )
                self._capture(state, batch, lasting, loss.dtype)
        else:
            loss = self._write_down(state, batch, lasting)
        if state.phase is Phase.PROVING and self._is_as_before(state, before, randomness):
            self._fingerprint = before
        return loss

    def _is_as_before(
        self, state: ShapeState, before: tuple[Any, ...], randomness: guards.Randomness
    ) -> bool:
        """Whether the step's Python code has left no trace; else the shape stays plain."""
        if self._look() == before and not randomness.was_used():
            return True
        state.stay_plain("the model's Python code keeps a state of its own")
        return False

    def _captures(self) -> bool:
        return self._objective.totals.is_cuda

    def _step_of(self, batch: StepBatch, *, with_sums: bool) -> Callable[[], StepResult]:
        """The part of a plain step on a batch that can be repeated without Python."""

        def step() -> StepResult:
            result = self._plain.forward_and_backward(batch)
            if with_sums:
                self._plain.update_sums(result.losses, result.outputs, batch)
            return result

        return step

    def _write_down(self, state: ShapeState, batch: StepBatch, lasting: list[Tensor]) -> Tensor:
        recorder = Recorder(batch.tensors(), lasting)
        sums_are_ours = self._sums_are_ours()
        result = recorder.run(self._step_of(batch, with_sums=sums_are_ours))
        losses, outputs, gradients = result
        if not sums_are_ours:
            self._plain.update_sums(losses, outputs, batch)
        shown = [] if sums_are_ours else outputs
        tape = recorder.tape([*losses, *gradients, *shown])
        self._plain.update_weights(gradients)
        if tape is None:
            state.stay_plain(recorder.refusal or "it could not be recorded")
            return losses[0]
        simplify(tape)
        state.tape, state.written = tape, tape.written_fixed()
        state.begin_proving(self._plain.names_with(gradients), len(losses), len(shown))
        return losses[0]

    # -- on a GPU

    def _watch(self, state: ShapeState, batch: StepBatch, lasting: list[Tensor]) -> Tensor:
        """A plain step that is looked at, so that nothing is captured that would be wrong."""
        watch = CaptureWatch([*batch.tensors(), *lasting], self._objective.totals.device)
        sums_are_ours = self._sums_are_ours()
        losses, outputs, gradients = watch.run(self._step_of(batch, with_sums=sums_are_ours))
        if not sums_are_ours:
            self._plain.update_sums(losses, outputs, batch)
        self._plain.update_weights(gradients)
        if watch.refusal is not None:
            state.stay_plain(watch.refusal)
        return losses[0]

    def _without_weights(self, tensors: list[Tensor]) -> list[Tensor]:
        own = {id(weight) for weight in self._plain.module.parameters()}
        return [each for each in tensors if id(each) not in own]

    def _capture(
        self, state: ShapeState, batch: StepBatch, lasting: list[Tensor], loss_type: torch.dtype
    ) -> None:
        """Makes a CUDA graph of the step, without effect on model or sums."""
        device = self._objective.totals.device
        if not device_memory.has_room_for_graph(device, device_memory.step_bytes(device)):
            state.stay_plain("the GPU has no memory for a graph beside the step")
            return
        changed = self._without_weights(lasting)
        state.written = [each for each in changed if each.device == device]
        sums_are_ours = self._sums_are_ours()
        rows_before = self._objective.rows
        found: list[StepResult] = []

        def step(tensors: Sequence[Tensor]) -> Sequence[Tensor]:
            placed = batch.with_tensors(tensors)
            found[:] = [self._step_of(placed, with_sums=sums_are_ours)()]
            return _in_order(found[0], [] if sums_are_ours else found[0].outputs)

        try:
            state.replay = CapturedStep(
                step, batch.tensors(), changed, self._graph_memory, loss_type
            )
        except RuntimeError as error:
            state.stay_plain(f"it could not be captured: {_first_line(error)}")
            found.clear()
            # The generator has a new state now, which the other graphs do not draw from.
            self.let_go(error)
            return
        finally:
            self._objective.rows = rows_before
        shown = 0 if sums_are_ours else len(found[0].outputs)
        names = self._plain.names_with(found[0].gradients)
        state.begin_proving(names, len(found[0].losses), shown)

    def let_go(self, error: Exception | None = None) -> None:
        """Gives the memory of all graphs back; they are made again when they are needed.

        Args:
            error: What has happened, if it has; it keeps memory too.
        """
        if not self._captures():
            return
        for state in self._shapes.values():
            state.let_go()
        self._graph_memory = GraphMemory()
        device_memory.let_go(error)

    def _objection(self) -> str | None:
        device = self._objective.totals.device
        if device.type not in ("cpu", "cuda"):
            return f"steps on {device.type} are not replayed"
        if torch.is_anomaly_enabled():
            return "autograd's anomaly detection is on"
        return guards.objection(self._plain.module, self._functions())

    def _sums_are_ours(self) -> bool:
        """Whether all metrics keep their sums in tensors only, so that updates can be replayed."""
        return all(
            type(each.metric).__module__.startswith("fitstudio.") and each.metric.state
            for each in self._objective.metrics
        )

    # -- proving and replaying

    def _prove(self, state: ShapeState, batch: StepBatch) -> Tensor:
        """A plain step that is compared with the replay on the same batch."""
        given = batch.tensors()
        try:
            if state.replay is None:
                assert state.tape is not None
                state.replay = compile_tape(state.tape, given)
            with untouched(state.written), torch.inference_mode():
                replayed = [each.clone() for each in state.replay(*given)]
                replayed += [each.clone() for each in state.written]
        except (RuntimeError, IndexError) as error:
            # Some kernels work under autograd only.
            self._give_up(state, error)
            return self._plain(batch)
        remembered = Remembered(state.written) if self._captures() else None
        try:
            result = self._plain.forward_and_backward(batch)
            self._plain.update_sums(result.losses, result.outputs, batch)
        except RuntimeError as error:
            if remembered is None or not is_out_of_memory(error):
                raise
            # The graph and the plain step do not fit beside each other.
            remembered.put_back()
            del replayed
            self._give_up(state, error)
            return self._plain(batch)
        plain = _in_order(result, result.outputs if state.outputs else []) + state.written
        if same_bits(replayed, plain) or (
            remembered is not None and self._is_rounding(state, batch, replayed, plain, remembered)
        ):
            state.proofs += 1
            if state.proofs == PROOFS:
                state.phase = Phase.REPLAYING
        else:
            state.stay_plain("the replay gave other numbers")
        self._plain.update_weights(result.gradients)
        return result.losses[0]

    def _give_up(self, state: ShapeState, error: Exception) -> None:
        state.stay_plain(_first_line(error))
        if self._captures():
            device_memory.let_go(error)

    def _is_rounding(
        self,
        state: ShapeState,
        batch: StepBatch,
        replayed: list[Tensor],
        plain: list[Tensor],
        before: Remembered,
    ) -> bool:
        """Whether the plain step, done again, differs from itself as the replay does from it."""
        plain = [each.clone() for each in plain]
        rows, after = self._objective.rows, Remembered(state.written)
        before.put_back()
        try:
            result = self._plain.forward_and_backward(batch)
            self._plain.update_sums(result.losses, result.outputs, batch)
            again = _in_order(result, result.outputs if state.outputs else [])
            again += [each.clone() for each in state.written]
        except RuntimeError:
            return False
        finally:
            after.put_back()
            self._objective.rows = rows
        rounding = _ROUNDING[self._plain.precision]
        state.is_exact = not within_rounding(replayed, plain, again, rounding)
        return not state.is_exact

    def _replay(self, state: ShapeState, batch: StepBatch) -> Tensor:
        assert state.replay is not None
        first, last = state.losses, state.losses + len(state.names)
        try:
            with torch.no_grad() if self._is_torch_optimizer else inference_guard():
                results = state.replay(*batch.tensors())
                if not self._is_torch_optimizer:
                    self._optimizer.apply_dense(state.names, list(results[first:last]))
        except (RuntimeError, IndexError):
            # A label out of range, say: the plain step says so in its own words.
            return self._plain(batch)
        if self._is_torch_optimizer:
            self._optimizer.apply(state.names, list(results[first:last]))
        if state.outputs:
            self._plain.update_sums(results[: state.losses], results[last:], batch)
        else:
            self._objective.rows += batch.rows
        return results[0]

    # -- for tests and for the curious

    def reasons(self) -> list[str]:
        """Why batch shapes are trained plainly."""
        return [state.reason for state in self._shapes.values() if state.reason is not None]

    def mode(self) -> tuple[str, str]:
        """How steps of the commonest batch shape are done, and why."""
        state = max(self._shapes.values(), key=lambda each: each.steps, default=None)
        if state is None or state.phase in (Phase.COUNTING, Phase.PROVING):
            return "plain", "the first steps are always plain"
        if state.phase is Phase.PLAIN:
            return "plain", "; ".join([state.reason or "", *self._variants.notes])
        notes = list(self._variants.notes)
        if not state.is_exact:
            notes.append("its numbers are equal within rounding, as those of two plain steps are")
        return ("graph" if self._captures() else "replayed"), "; ".join(notes)

    @property
    def is_replaying(self) -> bool:
        """Whether any batch shape is replayed."""
        return any(state.phase is Phase.REPLAYING for state in self._shapes.values())


def _first_line(error: BaseException) -> str:
    """What an error says, without the advice for programmers that torch adds on a GPU."""
    return str(error).strip().split("\n")[0]


def _in_order(result: StepResult, shown: Sequence[Tensor]) -> list[Tensor]:
    """What a replay returns: losses, the gradients that there are, and outputs if asked for."""
    gradients = [each for each in result.gradients if each is not None]
    return [*result.losses, *gradients, *shown]
