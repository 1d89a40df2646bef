"""What an optimizer is: the reference's update rules on tensors, with state that can be saved.

Optimizer
├── SGD, Adam, AdamW, Adamax, Nadam, RMSprop, Adagrad, Adadelta, Ftrl: the reference's formulas
└── TorchOptimizer: a torch.optim object, and its learning rate scheduler, as they are

The learning rate and the count of updates are plain Python numbers, so that reading or setting them
never waits for the device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import torch
from torch import Tensor

from fitstudio.declared.catalogue.entries import OPTIMIZERS
from fitstudio.engine.naming import Register
from fitstudio.engine.optimizers import schedules
from fitstudio.errors import ArgumentError, CheckpointError
from fitstudio.words import say

LearningRate = float | Callable[[int], float]


class Optimizer:
    """Changes weights by their gradients.

    A subclass names its slots (tensors of a weight's shape) in ``slot_names`` and implements
    `update`.

    Args:
        learning_rate: Step size, or a schedule: a function from the count of updates so far.
        name: The name in messages.
        clipnorm: Scale each weight's gradient down to this norm, on its own.
        clipvalue: Clip each element of the gradients to this size.
        global_clipnorm: Scale all gradients down so that their joint norm is at most this.
        decay: Divide the learning rate by 1 + decay x updates so far (the older reference's).
        lr: The older name of ``learning_rate``.
    """

    slot_names: tuple[str, ...] = ()

    def __init__(
        self,
        learning_rate: LearningRate,
        name: str | None = None,
        *,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        decay: float = 0.0,
        lr: LearningRate | None = None,
    ) -> None:
        self.name = name or type(self).__name__
        self.schedule: Callable[[int], float] | None = None
        self._learning_rate = 0.0
        rate = learning_rate if lr is None else lr
        if isinstance(rate, Mapping):
            rate = schedules.deserialize(rate)
        if callable(rate):
            self.schedule = rate
        else:
            self._learning_rate = _number("learning_rate", rate)
        self.clipnorm = _positive("clipnorm", clipnorm)
        self.clipvalue = _positive("clipvalue", clipvalue)
        self.global_clipnorm = _positive("global_clipnorm", global_clipnorm)
        if clipnorm is not None and global_clipnorm is not None:
            raise ArgumentError(
                say("clipnorm and global_clipnorm can't both be given."),
                code="compile.optimizer-settings",
                remedy=say("Leave one of them out."),
            )
        self.decay = _number("decay", decay)
        self.iterations = 0
        self.parameters: dict[str, Tensor] = {}
        self.slots: dict[str, dict[str, Tensor]] = {}
        self._clips = any(each is not None for each in (clipnorm, clipvalue, global_clipnorm))
        self._bound_names: list[str] | None = None
        self._bound_weights: list[Tensor] = []
        self._bound_slots: dict[str, list[Tensor]] = {}

    # -- the learning rate -------------------------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """The rate as set; with a schedule, the one of the next update."""
        if self.schedule is not None:
            return float(self.schedule(self.iterations))
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value):
            self.schedule = cast(Callable[[int], float], value)
            return
        if self.schedule is not None:
            raise ArgumentError(
                say("The learning rate follows a schedule, so it can't be set."),
                code="optimizer.scheduled",
                remedy=say("Compile with a number as learning_rate to change it while training."),
            )
        self._learning_rate = _number("learning_rate", value)

    @property
    def lr(self) -> float:
        """The older name of `learning_rate`."""
        return self.learning_rate

    @lr.setter
    def lr(self, value: Any) -> None:
        self.learning_rate = value

    def current_rate(self) -> float:
        """The rate of the next update, decay included."""
        rate = self.learning_rate
        return rate / (1.0 + self.decay * self.iterations) if self.decay else rate

    # -- updates -----------------------------------------------------------------------------

    def build(self, named_parameters: Iterable[tuple[str, Tensor]]) -> None:
        """Learns which weights there are. Frozen ones may be among them: they get no gradient."""
        self.parameters = dict(named_parameters)
        self.slots = {name: {} for name in self.parameters}
        self._bound_names = None

    def place(self) -> None:
        """Puts the slots where their weights are: the module may have been moved."""
        for name, own in self.slots.items():
            for slot, value in own.items():
                own[slot] = value.to(self.parameters[name].device)
        self._bound_names = None

    def state_tensors(self) -> list[Tensor]:
        """The tensors that updates keep beside the weights."""
        return [value for own in self.slots.values() for value in own.values()]

    def step(self) -> None:
        """One update from the gradients that are in the weights' ``grad``."""
        named = [(name, p) for name, p in self.parameters.items() if p.grad is not None]
        gradients = [p.grad for _, p in named if p.grad is not None]
        self.apply([name for name, _ in named], gradients)

    @torch.no_grad()
    def apply(self, names: list[str], gradients: list[Tensor]) -> None:
        """One update of the named weights.

        Args:
            names: Names of the weights, out of those given to `build`. Passing the same list object
                again saves looking them up.
            gradients: One for each, not needed afterwards.
        """
        laid_out: list[Any] = [
            laid_out_like(self.parameters[name], gradient)
            for name, gradient in zip(names, gradients, strict=True)
        ]
        self.apply_dense(names, laid_out)

    def apply_dense(self, names: list[str], gradients: list[Tensor]) -> None:
        """`apply` for gradients that are laid out like their weights, with autograd off."""
        if gradients:
            if names is not self._bound_names and names != self._bound_names:
                self._bind(names)
            if self._clips:
                gradients = self._clipped(gradients)
            self.update(self._bound_weights, gradients, self._bound_slots, self.current_rate())
        self.iterations += 1

    def _bind(self, names: list[str]) -> None:
        self._bound_weights = [self.parameters[name] for name in names]
        self._bound_slots = self._slots_of(names)
        self._bound_names = names

    def update(
        self,
        weights: list[Tensor],
        gradients: list[Tensor],
        slots: dict[str, list[Tensor]],
        learning_rate: float,
    ) -> None:
        """The formula. ``self.iterations`` is still the number of updates before this one."""
        raise NotImplementedError(f"{type(self).__name__} does not implement update().")

    def initial_slot(self, slot: str, weight: Tensor) -> Tensor:
        """A slot's value before the first update."""
        return torch.zeros_like(weight, requires_grad=False)

    def _slots_of(self, names: list[str]) -> dict[str, list[Tensor]]:
        # A weight that was frozen at first gets its slots at its first gradient.
        for name in names:
            own = self.slots[name]
            if len(own) < len(self.slot_names):
                for slot in self.slot_names:
                    if slot not in own:
                        own[slot] = self.initial_slot(slot, self.parameters[name].detach())
        return {slot: [self.slots[name][slot] for name in names] for slot in self.slot_names}

    def _clipped(self, gradients: list[Tensor]) -> list[Tensor]:
        if self.clipnorm is not None:
            gradients = [g * (self.clipnorm / g.norm().clamp_min(self.clipnorm)) for g in gradients]
        if self.global_clipnorm is not None:
            joint = torch.stack([g.norm() for g in gradients]).norm()
            factor = self.global_clipnorm / joint.clamp_min(self.global_clipnorm)
            gradients = [g * factor for g in gradients]
        if self.clipvalue is not None:
            gradients = [g.clamp(-self.clipvalue, self.clipvalue) for g in gradients]
        return gradients

    def end_epoch(self, logs: Mapping[str, Any]) -> None:
        """Called after each epoch with its logs, for learning rate schedulers of torch."""

    # -- state -------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Everything an update depends on, as tensors (not copied) and plain numbers."""
        state: dict[str, Any] = {"iterations": self.iterations}
        if self.schedule is None:
            state["learning_rate"] = self._learning_rate
        for name, slots in self.slots.items():
            for slot, value in slots.items():
                state[f"{slot}/{name}"] = value
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes over a state made by `state_dict`, bit for bit.

        Raises:
            CheckpointError: If the state belongs to other weights or another kind of optimizer.
        """
        slots: dict[str, dict[str, Tensor]] = {name: {} for name in self.parameters}
        for key, value in state.items():
            slot, slash, name = key.partition("/")
            if not slash:
                continue
            weight = self.parameters.get(name)
            if slot not in self.slot_names or weight is None:
                raise CheckpointError(
                    say(
                        "The saved optimizer state holds {key}, which {name} of this model "
                        "does not have.",
                        key=repr(key),
                        name=self.name,
                    ),
                    code="checkpoint.optimizer",
                    remedy=say("Build the same model and compile it with the same optimizer."),
                )
            if tuple(value.shape) != tuple(weight.shape):
                raise CheckpointError(
                    say(
                        "The saved optimizer state {key} has shape {shape}; the weight has "
                        "{weight_shape}.",
                        key=repr(key),
                        shape=tuple(value.shape),
                        weight_shape=tuple(weight.shape),
                    ),
                    code="checkpoint.optimizer",
                )
            fresh = torch.empty_like(weight, requires_grad=False)
            slots[name][slot] = fresh.copy_(value)
        self.slots = slots
        self._bound_names = None
        self.iterations = int(state["iterations"])
        if self.schedule is None:
            self._learning_rate = float(state["learning_rate"])
        self.on_state_loaded()

    def on_state_loaded(self) -> None:
        """For subclasses whose slots are not all there is to restore."""

    def get_config(self) -> dict[str, Any]:
        """The settings, by which the same optimizer can be made again.

        A schedule of ours is a dict with its class and settings; any other function is itself.
        """
        rate = self._learning_rate if self.schedule is None else schedules.serialize(self.schedule)
        config: dict[str, Any] = {"name": self.name, "learning_rate": rate}
        for setting in ("clipnorm", "clipvalue", "global_clipnorm"):
            if getattr(self, setting) is not None:
                config[setting] = getattr(self, setting)
        if self.decay:
            config["decay"] = self.decay
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Optimizer:
        """An optimizer with these settings."""
        return cls(**config)

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"


def laid_out_like(weight: Tensor, gradient: Tensor | None) -> Tensor | None:
    """The gradient, dense and with the weight's strides.

    Kernels that go through memory from end to end need that. A convolution's gradient, for one, is
    laid out like the images.
    """
    if gradient is None:
        return None
    if gradient.is_sparse:
        gradient = gradient.to_dense()
    if gradient.stride() == weight.stride():
        return gradient
    return torch.empty_like(weight, requires_grad=False).copy_(gradient)


def fuzz(epsilon: float | None) -> float:
    """The epsilon of a formula; None means the reference's usual one."""
    return 1e-7 if epsilon is None else _number("epsilon", epsilon)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            say("{name} should be a number; {value} was given.", name=name, value=repr(value)),
            code="compile.optimizer-settings",
        ) from error


def _positive(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    number = _number(name, value)
    if not number > 0.0:
        raise ArgumentError(
            say("{name} should be above 0; {value} was given.", name=name, value=repr(value)),
            code="compile.optimizer-settings",
        )
    return number


#: All optimizers by the names that compile() takes.
REGISTER: Register[Optimizer] = Register("optimizer", OPTIMIZERS, offers_classes=True)
#: Enters the class of an optimizer: ``@optimizer("adam")``.
optimizer = REGISTER.add
