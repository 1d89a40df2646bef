"""The numbers that changes at random are drawn from: by seed, epoch, batch and kind of change.

Nothing is kept between batches: a training that goes on from a checkpoint, in the middle of an
epoch or not, draws what one without a break draws, however many threads read ahead. Each kind of
change has numbers of its own, so that switching one on leaves the others as they were.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of one batch.

    Args:
        seed: The run's.
        epoch: From 0.
        step: The batch in the epoch, from 0.
    """

    seed: int
    epoch: int
    step: int

    def uniform(self, kind: str, *shape: int, low: float = -1.0, high: float = 1.0) -> Tensor:
        """Numbers of this shape between `low` and `high`, all equally likely.

        Args:
            kind: What they are for.
            *shape: How many.
            low: The lowest.
            high: The highest.
        """
        drawn = torch.rand(shape, generator=self._generator(kind))
        return drawn * (high - low) + low

    def normal(self, kind: str, *shape: int) -> Tensor:
        """Numbers of this shape around 0 with a spread of 1."""
        return torch.randn(shape, generator=self._generator(kind))

    def order(self, kind: str, count: int) -> Tensor:
        """The numbers below `count` in a random order."""
        return torch.randperm(count, generator=self._generator(kind))

    def share(self, kind: str, strength: float) -> float:
        """A share between 0 and 1, drawn from Beta(strength, strength)."""
        return float(np.random.default_rng(self._sequence(kind)).beta(strength, strength))

    def _generator(self, kind: str) -> torch.Generator:
        # Drawn on the processor wherever the model is: the same seed changes pictures alike.
        state = self._sequence(kind).generate_state(1, np.uint64)[0]
        return torch.Generator().manual_seed(int(state) & (2**63 - 1))

    def _sequence(self, kind: str) -> np.random.SeedSequence:
        return np.random.SeedSequence([self.seed, self.epoch, self.step, zlib.crc32(kind.encode())])
