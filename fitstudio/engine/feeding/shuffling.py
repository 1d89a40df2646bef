"""Random orders of rows and batches: which ones there are, and how each follows from the seed.

The order of an epoch (or of a pass over the data) follows from the seed and its number alone, so
training goes on from any batch without drawing the orders before it again.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


def generator_of(seed: int, number: int) -> torch.Generator:
    """What draws the `number`-th of many independent random orders."""
    words = np.random.SeedSequence([seed & (2**64 - 1), number]).generate_state(2, np.uint32)
    return torch.Generator().manual_seed(int(words[0]) << 31 ^ int(words[1]))


def rows(count: int, generator: torch.Generator) -> Tensor:
    """The numbers 0 to `count` - 1, each order of them equally likely."""
    return torch.randperm(count, generator=generator)


def rows_in_windows(pieces: Tensor, window_rows: int, generator: torch.Generator) -> Tensor:
    """The pieces of a file in a random order, and the rows of a window mixed with each other.

    Args:
        pieces: For each row the number of the piece that is read whole for it.
        window_rows: How many rows, one after another in the order of pieces, are mixed.
        generator: What draws.
    """
    _, number = pieces.unique(return_inverse=True)
    place = torch.randperm(int(number.max()) + 1, generator=generator)[number]
    order = torch.argsort(place, stable=True)
    window = torch.arange(len(pieces)) // window_rows
    chance = torch.rand(len(pieces), generator=generator, dtype=torch.float64)
    return order[torch.argsort(window + chance)]


def chunks_in_blocks(count: int, a_block: int, generator: torch.Generator) -> Tensor:
    """The numbers of chunks: blocks of neighbours change places, and the chunks inside a block."""
    blocks = torch.arange(count).split(a_block)
    shuffled = [
        blocks[block][torch.randperm(len(blocks[block]), generator=generator)]
        for block in torch.randperm(len(blocks), generator=generator).tolist()
    ]
    return torch.cat(shuffled)
