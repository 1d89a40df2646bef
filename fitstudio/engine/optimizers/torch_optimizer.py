"""Lets an optimizer of torch.optim, and its learning rate scheduler, serve as they are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

import torch
from torch import Tensor
from torch.optim.lr_scheduler import (
    CyclicLR,
    LRScheduler,
    OneCycleLR,
    ReduceLROnPlateau,
)

from fitstudio.engine.optimizers.base import Optimizer
from fitstudio.errors import ArgumentError, CheckpointError
from fitstudio.words import say

_PER_UPDATE = (OneCycleLR, CyclicLR)


class TorchOptimizer(Optimizer):
    """A torch optimizer behind our seam.

    Args:
        optimizer: A ``torch.optim.Optimizer``, or a function from parameters to one, such as the
            class ``torch.optim.Adam`` itself.
        scheduler: A learning rate scheduler of torch for that optimizer.
        scheduler_interval: When the scheduler steps: ``"epoch"`` or ``"batch"``; by default batch
            for OneCycleLR and CyclicLR, which are made for it, and epoch for all others.
        monitor: What ReduceLROnPlateau watches; by default val_loss if there is one, else loss.
    """

    def __init__(
        self,
        optimizer: torch.optim.Optimizer | Callable[[Iterable[Tensor]], torch.optim.Optimizer],
        scheduler: LRScheduler | None = None,
        *,
        scheduler_interval: str | None = None,
        monitor: str | None = None,
    ) -> None:
        kind = optimizer if isinstance(optimizer, type) else type(optimizer)
        super().__init__(0.0, kind.__name__)
        self._given = optimizer
        self._optimizer = optimizer if isinstance(optimizer, torch.optim.Optimizer) else None
        self.scheduler = scheduler
        default = "batch" if isinstance(scheduler, _PER_UPDATE) else "epoch"
        self.scheduler_interval = scheduler_interval or default
        self.monitor = monitor
        if kind is torch.optim.LBFGS:
            raise ArgumentError(
                say(
                    "torch.optim.LBFGS evaluates the loss many times per update, which fit() "
                    "does not."
                ),
                code="compile.wrong-optimizer",
                remedy=say("Use an optimizer with one update per batch, such as Adam."),
            )

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """The torch object; it exists once the weights are known."""
        if self._optimizer is None:
            raise ArgumentError(
                say("{name} has not seen the model's weights yet.", name=self.name),
                code="optimizer.not-built",
            )
        return self._optimizer

    def build(self, named_parameters: Iterable[tuple[str, Tensor]]) -> None:
        """Takes the model's weights; one that holds others is refused.

        Raises:
            ArgumentError: If the torch optimizer has none of the model's weights.
        """
        super().build(named_parameters)
        if not isinstance(self._given, torch.optim.Optimizer):
            self._optimizer = self._given(list(self.parameters.values()))
            return
        ours = {id(weight) for weight in self.parameters.values()}
        theirs = [weight for group in self.optimizer.param_groups for weight in group["params"]]
        if not any(id(weight) in ours for weight in theirs):
            raise ArgumentError(
                say(
                    "The optimizer {name} was made for other weights than this model's.",
                    name=self.name,
                ),
                code="compile.wrong-optimizer",
                remedy=say(
                    "Make it from this model: torch.optim.{name}(module.parameters()).",
                    name=self.name,
                ),
            )

    def place(self) -> None:
        """Moves the state to where the weights are now; torch does so on loading."""
        # torch puts a state that is loaded where its weight is.
        self.optimizer.load_state_dict(self.optimizer.state_dict())

    def state_tensors(self) -> list[Tensor]:
        """Every tensor of the optimizer's state, for its size and for moving it."""
        states = list(self.optimizer.state.values())
        return [each for own in states for each in own.values() if isinstance(each, Tensor)]

    @property
    def learning_rate(self) -> float:
        """The rate of the first group of weights; before it is built, the class's default."""
        if self._optimizer is None:
            default = inspect.signature(cast(Callable[..., Any], self._given)).parameters.get("lr")
            known = default is not None and isinstance(default.default, int | float)
            return float(default.default) if known and default is not None else 0.0
        return float(self._optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        groups = self.optimizer.param_groups
        first = float(groups[0]["lr"])
        for group in groups:
            # Groups keep their proportions; without any to keep they all get the value.
            factor = float(group["lr"]) / first if first else 1.0
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(float(value) * factor)
            else:
                group["lr"] = float(value) * factor

    def step(self) -> None:
        """One update from the gradients at the weights, and of a scheduler that counts batches."""
        self.optimizer.step()
        self.iterations += 1
        if self.scheduler is not None and self.scheduler_interval == "batch":
            self.scheduler.step()

    def apply(self, names: list[str], gradients: list[Tensor]) -> None:
        """One update from given gradients; weights that are not named are left as they are."""
        given = dict(zip(names, gradients))
        for name, weight in self.parameters.items():
            weight.grad = given.get(name)
        self.step()

    def end_epoch(self, logs: Mapping[str, Any]) -> None:
        """Moves a scheduler on that counts epochs; one for plateaus gets what it monitors."""
        if self.scheduler is None or self.scheduler_interval != "epoch":
            return
        if isinstance(self.scheduler, ReduceLROnPlateau):
            monitor = self.monitor or ("val_loss" if "val_loss" in logs else "loss")
            self.scheduler.step(float(logs[monitor]))
        else:
            self.scheduler.step()

    def state_dict(self) -> dict[str, Any]:
        """The state of optimizer and scheduler in one flat dict, as checkpoints hold it."""
        state: dict[str, Any] = {"iterations": self.iterations}
        _flatten("optimizer", self.optimizer.state_dict(), state)
        if self.scheduler is not None:
            _flatten("scheduler", self.scheduler.state_dict(), state)
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Takes a state up that `state_dict` gave.

        Raises:
            CheckpointError: If it belongs to another optimizer.
        """
        flat = dict(state)
        self.iterations = int(flat.pop("iterations"))
        nested = _nested(flat)
        try:
            restored = nested["optimizer"]
            restored.setdefault("state", {})
            self.optimizer.load_state_dict(restored)
            if self.scheduler is not None:
                self.scheduler.load_state_dict(nested["scheduler"])
        except (KeyError, ValueError) as error:
            raise CheckpointError(
                say(
                    "The saved optimizer state does not fit {name} of this model: {error}.",
                    name=self.name,
                    error=error,
                ),
                code="checkpoint.optimizer",
                remedy=say("Build the same model and compile it with the same optimizer."),
            ) from error

    def get_config(self) -> dict[str, Any]:
        """Name and rate: torch's other settings are in the object itself."""
        return {"name": self.name, "learning_rate": self.learning_rate}


# A nested state becomes flat keys, so that a checkpoint needs no pickle: "/" joins, and a part of
# the key says what it was ("#2" an index in a list, "@2" one in a tuple, "%2" a whole-number key).
def _flatten(prefix: str, value: Any, into: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        if not value:
            into[f"{prefix}/{{}}"] = None
        for key, item in value.items():
            _flatten(f"{prefix}/%{key}" if isinstance(key, int) else f"{prefix}/{key}", item, into)
    elif isinstance(value, list | tuple):
        mark = "#" if isinstance(value, list) else "@"
        if not value:
            into[f"{prefix}/{mark}"] = None
        for place, item in enumerate(value):
            _flatten(f"{prefix}/{mark}{place}", item, into)
    elif value is None or isinstance(value, Tensor | bool | int | float | str):
        into[prefix] = value
    # What is left are functions (of LambdaLR, say), which the scheduler has already.


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        node = tree
        *path, leaf = key.split("/")
        for part in path:
            node = node.setdefault(part, {})
        node[leaf] = value
    return {key: _rebuilt(node) for key, node in tree.items()}


def _rebuilt(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    first = next(iter(node), "{}")
    if first == "{}":
        return {}
    if first in ("#", "@"):
        return [] if first == "#" else ()
    if first[0] in "#@":
        items = [_rebuilt(node[key]) for key in sorted(node, key=lambda key: int(key[1:]))]
        return items if first[0] == "#" else tuple(items)
    return {
        (int(key[1:]) if key.startswith("%") else key): _rebuilt(item) for key, item in node.items()
    }
