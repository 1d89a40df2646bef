"""Tests that need a GPU: each is marked `gpu`, and skipped where there is none.

What can be provoked without one is in `tests/unit/engine`, with stand-ins that fail as CUDA does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from fitstudio.engine import device_memory

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder, and skips them without a GPU."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.gpu)
            if not torch.cuda.is_available():
                item.add_marker(pytest.mark.skip(reason="no CUDA device"))


@pytest.fixture(autouse=True)
def _as_repeatable_as_a_run() -> Iterator[None]:
    """The state that the worker puts torch into, and free memory before and after."""
    torch.use_deterministic_algorithms(True, warn_only=True)
    device_memory.let_go()
    yield
    torch.use_deterministic_algorithms(False)
    device_memory.let_go()
