"""The layers of models made for tables (`fitstudio.declared.plan.table_layers`) as torch modules.

Some weights move faster or slower than the learning rate says. Adam's steps are as long as the
rate whatever a weight's size, so these weights are kept divided by their pace and multiplied by it
where they are used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from fitstudio.engine.architectures.layers import Activation

# How long the waves of numbers are at first: about ten times what numbers are apart.
_FREQUENCY_SPREAD = 0.1


class TableEmbedding(nn.Module):
    """Numbers become themselves and a dense layer of their cosines; large categories vectors.

    Args:
        width_in: Numbers of a row.
        numbers: The places of those that are numbers.
        categories: First place and number of classes of each large category.
        frequencies: Cosines of each number.
        width: What a number becomes.
        category_width: What a category becomes.
        pace: How many times as fast as the rate what is learned about numbers moves.
        generator: Where the first weights come from.
    """

    plain: torch.Tensor
    places: torch.Tensor

    def __init__(
        self,
        width_in: int,
        numbers: Sequence[int],
        categories: Sequence[Sequence[int]],
        *,
        frequencies: int,
        width: int,
        category_width: int,
        pace: float,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        taken = {*numbers}
        for first, classes in categories:
            taken |= set(range(first, first + classes))
        plain = [place for place in range(width_in) if place not in taken]
        self.register_buffer("plain", torch.tensor(plain, dtype=torch.long), persistent=False)
        self.register_buffer("places", torch.tensor(numbers, dtype=torch.long), persistent=False)
        self.categories = [(first, classes) for first, classes in categories]
        self._pace = pace
        count, learned = len(numbers), width - 1
        if count:
            spread = _FREQUENCY_SPREAD / pace
            self.frequency = nn.Parameter(
                torch.empty(count, frequencies).normal_(0.0, spread, generator=generator)
            )
            turn = math.pi / pace
            self.phase = nn.Parameter(
                torch.empty(count, frequencies).uniform_(-turn, turn, generator=generator)
            )
            limit = 1.0 / (math.sqrt(frequencies) * pace)
            self.weight = nn.Parameter(
                torch.empty(count, frequencies, learned).uniform_(
                    -limit, limit, generator=generator
                )
            )
            self.bias = nn.Parameter(
                torch.empty(count, learned).uniform_(-limit, limit, generator=generator)
            )
        self.vectors = nn.ParameterList(
            torch.empty(classes, category_width).normal_(0.0, 1.0, generator=generator)
            for _, classes in self.categories
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """What was plain first, then the numbers, then the categories."""
        parts = [inputs.index_select(-1, self.plain)] if len(self.plain) else []
        if len(self.places):
            numbers = inputs.index_select(-1, self.places)
            turns = numbers.unsqueeze(-1) * (self.frequency * (2 * math.pi * self._pace))
            waves = torch.cos(turns + self.phase * self._pace)
            # (rows, numbers, frequencies) by (numbers, frequencies, learned)
            learned = torch.matmul(waves.transpose(0, 1), self.weight * self._pace)
            learned = learned.transpose(0, 1) + self.bias * self._pace
            both = torch.cat((numbers.unsqueeze(-1), learned), dim=-1)
            parts.append(both.flatten(1))
        for (first, classes), vectors in zip(self.categories, self.vectors, strict=True):
            parts.append(inputs.narrow(-1, first, classes) @ vectors)
        return torch.cat(parts, dim=-1) if len(parts) > 1 else parts[0]


class FeatureScale(nn.Module):
    """Each number times a factor of its own, 1 at first."""

    def __init__(self, width: int, *, pace: float) -> None:
        super().__init__()
        self._pace = pace
        self.factor = nn.Parameter(torch.full((width,), 1.0 / pace))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The scaled numbers."""
        return inputs * (self.factor * self._pace)


class ScaledDense(nn.Module):
    """A dense layer in neural tangent parametrisation; its bias moves a tenth as fast."""

    def __init__(
        self, inputs: int, units: int, activation: str, *, pace: float, generator: torch.Generator
    ) -> None:
        super().__init__()
        self._of_weight, self._of_bias = pace / math.sqrt(inputs), pace / 10.0
        self.weight = nn.Parameter(
            torch.empty(units, inputs).normal_(0.0, 1.0 / pace, generator=generator)
        )
        self.bias = nn.Parameter(
            torch.empty(units).normal_(0.0, 0.5 / self._of_bias, generator=generator)
        )
        self.activation = None if activation == "linear" else Activation(activation)
        if self.activation is not None:
            nn.init.zeros_(self.bias)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The layer's answer, then the activation."""
        outputs = nn.functional.linear(
            inputs, self.weight * self._of_weight, self.bias * self._of_bias
        )
        return outputs if self.activation is None else self.activation(outputs)


class ParametricActivation(nn.Module):
    """Between the numbers and a function of them; at first the function."""

    def __init__(self, width: int, activation: str, *, pace: float) -> None:
        super().__init__()
        self._pace = pace / 10.0
        self.away = nn.Parameter(torch.zeros(width))
        self.activation = Activation(activation)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The mixture that was learned."""
        share = self.away * self._pace + 1.0
        return inputs + (self.activation(inputs) - inputs) * share


class Members(nn.Module):
    """Each row once for each member, each number with a sign that a member has drawn for it."""

    def __init__(self, width: int, members: int, generator: torch.Generator) -> None:
        super().__init__()
        signs = torch.randint(0, 2, (members, width), generator=generator) * 2 - 1
        self.factor = nn.Parameter(signs.float())

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(rows, width) becomes (rows, members, width)."""
        return inputs.unsqueeze(1) * self.factor


class MemberDense(nn.Module):
    """A dense layer with one kernel for all members, and factors and a bias of each one's own."""

    def __init__(
        self,
        inputs: int,
        units: int,
        members: int,
        activation: str,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        limit = 1.0 / math.sqrt(inputs)
        self.weight = nn.Parameter(
            torch.empty(units, inputs).uniform_(-limit, limit, generator=generator)
        )
        self.going_in = nn.Parameter(torch.ones(members, inputs))
        self.coming_out = nn.Parameter(torch.ones(members, units))
        self.bias = nn.Parameter(
            torch.empty(members, units).uniform_(-limit, limit, generator=generator)
        )
        self.activation = Activation(activation)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(rows, members, inputs) becomes (rows, members, units)."""
        shared = nn.functional.linear(inputs * self.going_in, self.weight)
        return self.activation(torch.addcmul(self.bias, shared, self.coming_out))


class MemberOutput(nn.Module):
    """An answer of each member's own, and their mean.

    Attributes:
        apart: In training the members' answers (rows, members, units) of the last call, from which
            the loss is taken: members that only learned to be right together would all be the same.
    """

    def __init__(
        self,
        inputs: int,
        units: int,
        members: int,
        activation: str,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        limit = 1.0 / math.sqrt(inputs)
        self.weight = nn.Parameter(
            torch.empty(members, inputs, units).uniform_(-limit, limit, generator=generator)
        )
        self.bias = nn.Parameter(
            torch.empty(members, units).uniform_(-limit, limit, generator=generator)
        )
        self.activation = Activation(activation)
        self.apart: torch.Tensor | None = None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The mean of the members' answers."""
        own = torch.matmul(inputs.transpose(0, 1), self.weight).transpose(0, 1)
        answers = self.activation(own + self.bias)
        self.apart = answers if self.training else None
        return answers.mean(dim=1)


class Ensemble(nn.Sequential):
    """A chain of layers that ends in a `MemberOutput`."""

    def answers_apart(self) -> torch.Tensor | None:
        """Each member's answers to the last batch, in training."""
        last = self[-1]
        assert isinstance(last, MemberOutput)
        return last.apart
