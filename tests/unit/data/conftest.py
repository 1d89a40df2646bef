"""Files made in code, opened as sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fitstudio.data.source import Source, open_source


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Source]:
    """Writes bytes or text to a file and opens it."""

    def write_and_open(content: bytes | str, name: str = "data.csv", **data: Any) -> Source:
        content = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(content)
        return open_source({"file": name, **data}, tmp_path)

    return write_and_open


def codes(source: Source) -> set[str]:
    """The codes of everything found in a file."""
    return {finding.code for finding in source.summary().findings}


@pytest.fixture
def found() -> Callable[[Source], set[str]]:
    return codes
