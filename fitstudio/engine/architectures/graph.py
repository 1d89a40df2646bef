"""A module that walks a graph of named layers, such as branches that meet again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn


class Graph(nn.Module):
    """Layers that take each other's answers by name.

    The layers keep their names, so that weights in checkpoints are called as in a chain of the same
    layers.

    Args:
        layers: By name, each behind those that it takes.
        taken: For each layer the names of the layers and inputs that it takes.
        inputs: The names of what the module is called with, in its order.
        outputs: The names of what it answers with.
    """

    def __init__(
        self,
        layers: Mapping[str, nn.Module],
        taken: Mapping[str, Sequence[str]],
        *,
        inputs: Sequence[str],
        outputs: Sequence[str],
    ) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self._inputs, self._outputs = tuple(inputs), tuple(outputs)
        self._steps = _steps(taken, self._outputs)

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, ...]:
        """The answer, or one for each output where there are several."""
        found = dict(zip(self._inputs, inputs, strict=True))
        for name, taken, used_up in self._steps:
            layer = self._modules[name]
            assert layer is not None
            found[name] = layer(*(found[each] for each in taken))
            for each in used_up:
                del found[each]
        match [found[name] for name in self._outputs]:
            case [answer]:
                return answer
            case answers:
                return tuple(answers)


def _steps(
    taken: Mapping[str, Sequence[str]], outputs: Sequence[str]
) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Each layer with what it takes, and with what nobody needs behind it: memory is let go."""
    last = {each: name for name, inputs in taken.items() for each in inputs}
    kept = set(outputs)
    steps = []
    for name, inputs in taken.items():
        used_up = {each for each in inputs if last[each] == name} - kept
        steps.append((name, tuple(inputs), tuple(sorted(used_up))))
    return tuple(steps)
