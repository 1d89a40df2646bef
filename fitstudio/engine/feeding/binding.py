"""Ties data to a model: learns from a first batch how data become tensors that fit it.

The first batch is tried without training it. What does not fit is refused there, before any weight
has changed, in words that name the argument and its shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.device import is_out_of_memory
from fitstudio.engine.feeding.arrangement import InputNames, Leaf, arrange_targets, arrange_weights
from fitstudio.engine.feeding.binding_refusals import check_batch_rows, does_not_fit, refuse_complex
from fitstudio.engine.feeding.class_weights import ClassWeights
from fitstudio.engine.feeding.columns import Cast
from fitstudio.engine.feeding.index_limits import (
    IndexLimit,
    WatchedEmbeddings,
    limits_of_targets,
)
from fitstudio.engine.feeding.open_column import batch_tensor
from fitstudio.engine.objective.first_batch import is_of_own_code
from fitstudio.engine.objective.objective import Objective, Targets, Weights
from fitstudio.engine.objective.outputs import OutputForm
from fitstudio.errors import ArgumentError, FitStudioError
from fitstudio.words import say

Batch = tuple[tuple[Tensor, ...], Targets, Weights]

# The types that torch looks embeddings up with.
_INDEX_TYPES = (torch.int32, torch.int64)


class Binding:
    """How data become what one module, with one objective, takes.

    Args:
        module: The model's module.
        objective: Losses and metrics; None for predictions only.
    """

    def __init__(self, module: nn.Module, objective: Objective | None = None) -> None:
        self.module = module
        self.objective = objective
        self.input_names = InputNames.of(module)
        self.input_casts: tuple[Cast, ...] = ()
        self.form: OutputForm | None = None
        #: Rows that go through the model at a time, if not all of a batch: also when it is tried.
        self.part_rows: int | None = None
        self._ranks: tuple[int, ...] = ()
        self._target_limits: tuple[IndexLimit | None, ...] = ()
        # What was learned from data of a kind, which may come again after data of another kind.
        self._tried: dict[Any, tuple[tuple[Cast, ...], tuple[IndexLimit | None, ...]]] = {}
        self.look()

    def look(self) -> None:
        """Finds out where the module is now, at the beginning of every call."""
        tensors = [*self.module.parameters(), *self.module.buffers()]
        floating = [each.dtype for each in tensors if each.is_floating_point()]
        #: Where the module's weights are, and of which type.
        self.device = tensors[0].device if tensors else torch.device("cpu")
        if self.objective is not None and self.objective.is_bound:
            self.objective.place(self.device)
        self.dtype = floating[0] if floating else torch.get_default_dtype()

    # -- learning

    def learn_inputs(self, raw: Sequence[Tensor]) -> None:
        """Finds how inputs like these are to be cast, and what comes out.

        Raises:
            ArgumentError: If the module cannot take them.
        """
        key = ("inputs", self.device, self.dtype, _signature(raw))
        if key in self._tried:
            self.input_casts, _ = self._tried[key]
            return
        self._try_forward(self._part(raw))
        self._tried[key] = (self.input_casts, ())

    def learn(
        self,
        raw: Sequence[Tensor],
        targets: Sequence[Tensor | None],
        weights: Sequence[Tensor | None],
    ) -> None:
        """As `learn_inputs`, then tries losses and metrics too.

        Raises:
            ArgumentError: If inputs, targets or weights do not fit.
        """
        assert self.objective is not None, "only a compiled model has targets"
        key = (self.device, self.dtype, _signature(raw), _signature(targets), _signature(weights))
        if key in self._tried:
            self.input_casts, self._target_limits = self._tried[key]
            return
        refuse_complex("y", targets)
        refuse_complex("sample_weight", weights)
        raw, targets, weights = self._part(raw), self._part(targets), self._part(weights)
        outputs = self._try_forward(raw)
        self._target_limits = ()
        if self._cannot_explain:
            self._target_limits = limits_of_targets(self._bound()[0], outputs)
            self._check_targets(targets)
        cast_targets = tuple(
            None if each is None else self.target_cast(number, each)(each)
            for number, each in enumerate(targets)
        )
        cast_weights = tuple(None if each is None else self.weight_cast()(each) for each in weights)
        self._try_objective(outputs, cast_targets, cast_weights)
        self._tried[key] = (self.input_casts, self._target_limits)

    def arranged_inputs(self, x: Any) -> list[Leaf]:
        """The arrays of x in the order of the module's parameters."""
        return self.input_names.arrange(x)

    def arranged_targets(self, y: Any) -> list[Leaf | None]:
        """The arrays of y in the order of the outputs; needs `learn_inputs` before."""
        objective, form = self._bound()
        if objective.form != form:
            objective.bind_losses(form)
        trained = tuple(loss is not None for loss in objective.output_losses)
        return arrange_targets(form, y, trained)

    def arranged_weights(self, sample_weight: Any) -> list[Leaf | None]:
        """The arrays of sample_weight in the order of the outputs."""
        return arrange_weights(self._bound()[1], sample_weight)

    # -- casts

    def target_cast(self, output: int, target: Tensor) -> Cast:
        """Numbers go to the weights' type; class numbers stay whole."""
        keeps = not target.is_floating_point() and target.dtype != torch.bool
        adds_axis = target.ndim == 1 and self._ranks[output] == 2
        dtype = _index_type(target.dtype) if keeps else self.dtype
        limit = self._target_limits[output] if self._target_limits else None
        return Cast(dtype, adds_axis, self.device, limit)

    def weight_cast(self) -> Cast:
        """Sample weights are numbers of the weights' type."""
        return Cast(self.dtype, False, self.device)

    # -- batches of generators, Sequences and datasets

    def batch(self, item: Any, class_weights: ClassWeights | None = None) -> Batch:
        """A batch as a source gave it, as tensors.

        Raises:
            ArgumentError: If it is no (inputs, targets) or (inputs, targets, weights).
        """
        x, y, sample_weight = unpack(item)
        raw = [batch_tensor(name, each) for name, each in self.arranged_inputs(x)]
        self.learn_inputs(raw)
        targets = [_tensor_of(leaf) for leaf in self.arranged_targets(y)]
        weights = [_tensor_of(leaf) for leaf in self.arranged_weights(sample_weight)]
        if class_weights is not None:
            weights = self.with_class_weights(class_weights, targets, weights)
        check_batch_rows(raw, targets, weights)
        self.learn(raw, targets, weights)
        if self._cannot_explain:
            self._check_inputs(raw)
            self._check_targets(targets)
        inputs = tuple(cast(each) for cast, each in zip(self.input_casts, raw, strict=True))
        return (
            inputs,
            tuple(
                None if each is None else self.target_cast(number, each)(each)
                for number, each in enumerate(targets)
            ),
            tuple(None if each is None else self.weight_cast()(each) for each in weights),
        )

    def inputs_of(self, item: Any) -> tuple[Tensor, ...]:
        """The inputs of a batch, for predictions."""
        raw = [batch_tensor(name, each) for name, each in self.arranged_inputs(unpack(item)[0])]
        self.learn_inputs(raw)
        if self._cannot_explain:
            self._check_inputs(raw)
        return tuple(cast(each) for cast, each in zip(self.input_casts, raw, strict=True))

    def with_class_weights(
        self,
        class_weights: ClassWeights,
        targets: Sequence[Tensor | None],
        weights: Sequence[Tensor | None],
    ) -> list[Tensor | None]:
        """The weights times those of the rows' classes."""
        target = self.class_target(targets)
        return [class_weights.weigh(target, weights[0], self.dtype)]

    def class_target(self, targets: Sequence[Any]) -> Any:
        """The one target that class_weight looks at.

        Raises:
            ArgumentError: If there are several outputs.
        """
        if len(targets) > 1:
            raise ArgumentError(
                say(
                    "class_weight works for a model with one output only; this one has "
                    "{targets} outputs.",
                    targets=len(targets),
                ),
                code="fit.class-weight-outputs",
                remedy=say("Pass sample_weight as a dict by output instead."),
            )
        if targets[0] is None:
            raise ArgumentError(say("class_weight needs y."), code="fit.class-weight-targets")
        return targets[0]

    # -- what a GPU could not say in words

    @property
    def _cannot_explain(self) -> bool:
        """Whether a number out of range would be an assertion inside a kernel, without a name."""
        return self.device.type == "cuda"

    def _check_inputs(self, raw: Sequence[Tensor]) -> None:
        for cast, each in zip(self.input_casts, raw, strict=True):
            cast.check(each)

    def _check_targets(self, targets: Sequence[Tensor | None]) -> None:
        for limit, each in zip(self._target_limits, targets, strict=True):
            if limit is not None and each is not None:
                limit.check(each)

    # -- the try

    def _part(self, tensors: Sequence[Any]) -> list[Any]:
        """The rows of a first batch that go through the model at a time."""
        return [None if each is None else each[: self.part_rows] for each in tensors]

    def _try_forward(self, raw: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """One pass in inference mode, with the casts that make it work."""
        problem: Exception | None = None
        for casts in self._candidate_casts(raw):
            inputs = [cast(each) for cast, each in zip(casts, raw, strict=True)]
            embeddings = WatchedEmbeddings(self.module, self._names_of(raw))
            watched = embeddings.watching(inputs) if self._cannot_explain else nullcontext()
            try:
                with _undisturbed(self.module), watched:
                    returned = self.module(*inputs)
            except (RuntimeError, IndexError) as error:
                if is_out_of_memory(error) or isinstance(error, FitStudioError):
                    raise
                problem = error
                continue
            self.form = OutputForm.of(returned)
            outputs = self.form.flatten(returned)
            self._ranks = tuple(each.ndim for each in outputs)
            self.input_casts = tuple(
                replace(cast, limit=embeddings.limits.get(number))
                for number, cast in enumerate(casts)
            )
            return outputs
        assert problem is not None, "there is a candidate at least"
        if is_of_own_code(problem):
            raise problem
        raise does_not_fit(self.input_names, raw, problem) from problem

    def _names_of(self, raw: Sequence[Tensor]) -> list[str]:
        """What the inputs are called in messages."""
        if len(raw) == 1:
            return ["x"]
        names = [*self.input_names.names, *map(str, range(len(raw)))]
        return [f"x[{name!r}]" for name in names[: len(raw)]]

    def _candidate_casts(self, raw: Sequence[Tensor]) -> Iterator[tuple[Cast, ...]]:
        """Whole numbers may be tokens or plain numbers: the module tells by what it accepts."""
        whole = [not each.is_floating_point() and not each.is_complex() for each in raw]
        yield tuple(
            Cast(_index_type(each.dtype), False, self.device)
            if is_whole
            else Cast(None if each.is_complex() else self.dtype, each.ndim == 1, self.device)
            for each, is_whole in zip(raw, whole, strict=True)
        )
        if any(whole):
            yield tuple(Cast(self.dtype, each.ndim == 1, self.device) for each in raw)
            yield tuple(
                Cast(
                    _index_type(each.dtype) if is_whole else self.dtype, each.ndim == 1, self.device
                )
                for each, is_whole in zip(raw, whole, strict=True)
            )

    def _try_objective(
        self, outputs: tuple[Tensor, ...], targets: Targets, weights: Weights
    ) -> None:
        objective, form = self._bound()
        was_bound = bool(objective.form) and objective.is_bound
        try:
            if objective.form != form:
                objective.bind_losses(form)
            with torch.no_grad():
                objective.try_losses(outputs, targets, weights)
                if not was_bound:
                    objective.bind_metrics(outputs, targets, weights)
                objective.try_metrics(outputs, targets, weights)
        except Exception:
            if not was_bound:
                objective.unbind()
            raise

    def _bound(self) -> tuple[Objective, OutputForm]:
        assert self.objective is not None and self.form is not None, "learn_inputs comes first"
        return self.objective, self.form


def unpack(item: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights of what a source yielded.

    Raises:
        ArgumentError: If it has more parts.
    """
    if item is None:
        raise ArgumentError(say("A source gave None in place of a batch."), code="fit.batch-parts")
    if not isinstance(item, (tuple, list)):
        return item, None, None
    if not 1 <= len(item) <= 3:
        raise ArgumentError(
            say(
                "A batch had {item} parts; it should be (inputs, targets) or (inputs, "
                "targets, weights).",
                item=len(item),
            ),
            code="fit.batch-parts",
            remedy=say("Put several inputs into one tuple: ((a, b), targets)."),
        )
    return tuple(item) + (None,) * (3 - len(item))


@contextmanager
def _undisturbed(module: nn.Module) -> Iterator[None]:
    """Inference mode that leaves neither random generators nor training modes changed."""
    devices = [each.device for each in module.parameters() if each.is_cuda]
    modes = [(each, each.training) for each in module.modules()]
    module.eval()
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=devices[:1]):
            yield
    finally:
        for each, mode in modes:
            each.training = mode


def _signature(tensors: Sequence[Tensor | None]) -> tuple[Any, ...]:
    return tuple(None if each is None else (each.shape[1:], each.dtype) for each in tensors)


def _index_type(dtype: torch.dtype) -> torch.dtype:
    return dtype if dtype in _INDEX_TYPES or dtype == torch.bool else torch.int64


def _tensor_of(leaf: Leaf | None) -> Tensor | None:
    return None if leaf is None else batch_tensor(*leaf)
