"""Ties data to a model: learns from a first batch how data become tensors that fit it.

The first batch is tried without training it. What does not fit is refused there, before any weight
has changed, in words that name the argument and its shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from fitstudio.engine.device import is_out_of_memory
from fitstudio.engine.feeding.arrangement import InputNames, Leaf, arrange_targets, arrange_weights
from fitstudio.engine.feeding.class_weights import ClassWeights
from fitstudio.engine.feeding.columns import Cast, batch_tensor
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
        self._ranks: tuple[int, ...] = ()
        self._tried: set[Any] = set()
        self.look()

    def look(self) -> None:
        """Finds out where the module is now, at the beginning of every call."""
        tensors = [*self.module.parameters(), *self.module.buffers()]
        floating = [each.dtype for each in tensors if each.is_floating_point()]
        #: Where the module's weights are, and of which type.
        self.device = tensors[0].device if tensors else torch.device("cpu")
        self.dtype = floating[0] if floating else torch.get_default_dtype()

    # -- learning

    def learn_inputs(self, raw: Sequence[Tensor]) -> None:
        """Finds how inputs like these are to be cast, and what comes out.

        Raises:
            ArgumentError: If the module cannot take them.
        """
        key = ("inputs", self.device, self.dtype, _signature(raw))
        if key not in self._tried:
            self._try_forward(raw)
            self._tried.add(key)

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
            return
        _refuse_complex("y", targets)
        _refuse_complex("sample_weight", weights)
        outputs = self._try_forward(raw)
        cast_targets = tuple(
            None if each is None else self.target_cast(number, each)(each)
            for number, each in enumerate(targets)
        )
        cast_weights = tuple(None if each is None else self.weight_cast()(each) for each in weights)
        self._try_objective(outputs, cast_targets, cast_weights)
        self._tried.add(key)

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
        return Cast(dtype, adds_axis, self.device)

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
        _check_batch_rows(raw, targets, weights)
        self.learn(raw, targets, weights)
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

    # -- the try

    def _try_forward(self, raw: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """One pass in inference mode, with the casts that make it work."""
        problem: Exception | None = None
        for casts in self._candidate_casts(raw):
            inputs = [cast(each) for cast, each in zip(casts, raw, strict=True)]
            try:
                with _undisturbed(self.module):
                    returned = self.module(*inputs)
            except (RuntimeError, IndexError) as error:
                if is_out_of_memory(error) or isinstance(error, FitStudioError):
                    raise
                problem = error
                continue
            self.form = OutputForm.of(returned)
            outputs = self.form.flatten(returned)
            self._ranks = tuple(each.ndim for each in outputs)
            self.input_casts = casts
            return outputs
        assert problem is not None, "there is a candidate at least"
        if is_of_own_code(problem):
            raise problem
        raise _does_not_fit(self.input_names, raw, problem) from problem

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


def _check_batch_rows(*groups: Sequence[Tensor | None]) -> None:
    shapes = [tuple(each.shape) for group in groups for each in group if each is not None]
    if shapes[0][:1] == (0,):
        raise ArgumentError(
            say("A batch had no rows."),
            code="fit.empty-batch",
            remedy=say("Leave empty batches out: their loss would be no number."),
        )
    if any(not shape for shape in shapes) or len({shape[0] for shape in shapes}) > 1:
        raise ArgumentError(
            say(
                "The arrays of a batch should have the same number of rows (data "
                "cardinality); their shapes are {shapes}.",
                shapes=", ".join(map(str, shapes)),
            ),
            code="fit.cardinality",
        )


def _refuse_complex(argument: str, tensors: Sequence[Tensor | None]) -> None:
    if any(each is not None and each.is_complex() for each in tensors):
        raise ArgumentError(
            say("{argument} holds complex numbers; it should hold real ones.", argument=argument),
            code="fit.not-numbers",
            remedy=say(
                "Give their real and imaginary parts, or size and angle, as columns of their own."
            ),
            safe=say("Nothing has been trained with them."),
        )


def _does_not_fit(
    names: InputNames, raw: Sequence[Tensor], problem: Exception | None
) -> ArgumentError:
    shapes = ", ".join(
        say("{name} of shape {shape}", name=repr(name), shape=tuple(each.shape))
        for name, each in zip([*names.names, *("x",) * len(raw)], raw, strict=False)
    )
    if any(each.is_complex() for each in raw):
        return ArgumentError(
            say(
                "x holds complex numbers ({shapes}), and the model does not take them.",
                shapes=shapes,
            ),
            code="fit.input-shape",
            remedy=say(
                "Give their real and imaginary parts, or size and angle, as columns of their own."
            ),
            safe=say("The model is as it was before this batch."),
        )
    return ArgumentError(
        say(
            "x does not fit the model: a batch has the input {shapes}. Torch says: {problem}.",
            shapes=shapes,
            problem=problem,
        ),
        code="fit.input-shape",
        remedy=say("Compare the shape with what the model's first layer takes."),
        safe=say("The model is as it was before this batch."),
    )
