"""Every random generator that a training draws from: seeding, saving and putting back."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seeds Python's, numpy's and torch's generators (torch's on every device)."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def drawn_seed() -> int:
    """A seed from torch's generator, so that ``torch.manual_seed`` makes it repeatable."""
    return int(torch.randint(2**62, (), dtype=torch.int64))


def get_state() -> dict[str, Any]:
    """The generators' states as tensors, arrays and plain data."""
    version, words, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)
    state: dict[str, Any] = {
        "python": {"version": version, "words": np.array(words, dtype=np.int64), "gauss": gauss},
        "numpy": {
            "name": name,
            "keys": np.asarray(keys).astype(np.int64),
            "position": int(position),
            "has_gauss": int(has_gauss),
            "cached": float(cached),
        },
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        state["cuda"] = list(torch.cuda.get_rng_state_all())
    return state


def set_state(state: Mapping[str, Any]) -> None:
    """Puts back what `get_state` gave."""
    python = state["python"]
    words = tuple(int(word) for word in python["words"])
    random.setstate((int(python["version"]), words, python["gauss"]))
    saved = state["numpy"]
    np.random.set_state(
        (
            saved["name"],
            np.asarray(saved["keys"]).astype(np.uint32),
            int(saved["position"]),
            int(saved["has_gauss"]),
            float(saved["cached"]),
        )
    )
    torch.set_rng_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(list(state["cuda"]))
