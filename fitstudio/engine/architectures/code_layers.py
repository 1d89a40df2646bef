"""The layer that looks up what was learned for the codes of classes, as a torch module."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn


class CodeEmbedding(nn.Module):
    """Rows in which each code gives way to the numbers that are learned for it.

    Args:
        columns: Of each code its place in the row, how many codes there are, and how many numbers
            each becomes; places rise.
        generator: Where the first numbers come from.
    """

    def __init__(self, columns: Sequence[Sequence[int]], generator: torch.Generator) -> None:
        super().__init__()
        self._columns = [(place, codes) for place, codes, _ in columns]
        # Together the numbers of a code are as long as one 0 or 1 for each class is.
        self.vectors = nn.ParameterList(
            torch.empty(codes, width).normal_(0.0, 1.0 / math.sqrt(width), generator=generator)
            for _, codes, width in columns
        )

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rows with all codes looked up."""
        parts: list[torch.Tensor] = []
        done = 0
        for (place, codes), vectors in zip(self._columns, self.vectors, strict=True):
            if place > done:
                parts.append(inputs[:, done:place])
            # A code that there is not would be memory of something else.
            code = inputs[:, place].round().long().clamp(0, codes - 1)
            parts.append(nn.functional.embedding(code, vectors).to(inputs.dtype))
            done = place + 1
        if done < inputs.shape[1]:
            parts.append(inputs[:, done:])
        return torch.cat(parts, dim=1)
