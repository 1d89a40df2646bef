"""The layers of transformers; what they mean is written at `declared.plan.attention_layers`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from fitstudio.engine.architectures import initialisers

# As BERT and the vision transformer start what they learn for places.
_SPREAD_OF_POSITIONS = 0.02


class Positions(nn.Module):
    """Adds what is learned for each place."""

    def __init__(self, shape: Sequence[int], generator: torch.Generator) -> None:
        super().__init__()
        start = torch.randn(*shape, generator=generator) * _SPREAD_OF_POSITIONS
        self.positions = nn.Parameter(start)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The same rows, each place told apart."""
        return inputs + self.positions


class FeatureTokens(nn.Module):
    """Each column of a flat row as numbers of its own (Gorishniy and others, 2021, 3.3).

    Args:
        numbers: The places of single numbers.
        categories: First place and number of classes of each category.
        width: What a column becomes.
        generator: Draws the first weights.
    """

    places: torch.Tensor

    def __init__(
        self,
        numbers: Sequence[int],
        categories: Sequence[Sequence[int]],
        width: int,
        generator: torch.Generator,
    ) -> None:
        super().__init__()
        self.register_buffer("places", torch.tensor(numbers, dtype=torch.long), persistent=False)
        self.categories = [(first, classes) for first, classes in categories]
        limit = width**-0.5

        def drawn(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.empty(*shape).uniform_(-limit, limit, generator=generator))

        self.weight = drawn(len(numbers), width)
        self.vectors = nn.ParameterList(drawn(classes, width) for _, classes in self.categories)
        self.bias = drawn(len(numbers) + len(self.categories), width)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(rows, numbers in a row) to (rows, columns, width): numbers first, then categories."""
        parts = [inputs.index_select(-1, self.places).unsqueeze(-1) * self.weight]
        for vectors, (first, classes) in zip(self.vectors, self.categories, strict=True):
            parts.append((inputs[:, first : first + classes] @ vectors).unsqueeze(1))
        return torch.cat(parts, dim=1) + self.bias


class SelfAttention(nn.Module):
    """Scaled dot-product attention of several heads (Vaswani and others, 2017, 3.2).

    Args:
        width: Numbers for each place, shared out among the heads.
        heads: How many look at once.
        generator: Draws the first weights.
    """

    def __init__(self, width: int, heads: int, generator: torch.Generator) -> None:
        super().__init__()
        self.heads = heads
        # One product for queries, keys and values, which lie in it one after the other.
        self.asking = nn.Linear(width, 3 * width)
        self.answering = nn.Linear(width, width)
        for part in self.asking.weight.detach().split(width):
            initialisers.glorot_uniform(part, generator)
        nn.init.zeros_(self.asking.bias)
        initialisers.start_kernel_and_bias(self.answering, generator)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """(rows, places, width) to the same shape."""
        rows, places, width = inputs.shape
        parts = self.asking(inputs).reshape(rows, places, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value)
        return self.answering(seen.transpose(1, 2).reshape(rows, places, width))
