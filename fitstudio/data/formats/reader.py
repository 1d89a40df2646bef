"""What a reader of data files gets and gives; there is one file for each format beside this one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fitstudio.data.columns.source import Source
from fitstudio.declared.task.dataset_summary import TreeNode


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A file that is to be opened, which is there and not empty.

    Args:
        path: The file.
        file: Its name, as messages show it.
        options: ``data.options``, checked against what the format declares.
        columns: ``data.columns``.
        targets: The second file, for formats that have one.
    """

    path: Path
    file: str
    options: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    targets: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the files of one format.

    Args:
        open: Opens a file as named columns with one number of rows. Raises `DataError` where it
            is damaged or holds nothing that can be used.
        tree: What is in a file, parents before their children, by its path and its name; None
            for formats that hold no arrays by name.
    """

    open: Callable[[Asked], Source]
    tree: Callable[[Path, str], list[TreeNode]] | None = None
