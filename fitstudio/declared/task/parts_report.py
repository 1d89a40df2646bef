"""What was found where the rows that train, check and stay unseen were looked at side by side.

The process that reads a file makes it for the settings of that moment; with other settings it says
nothing any more, which its key tells.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fitstudio.declared.kinds.param import Finding
from fitstudio.storage.checked import Plain

# The settings on which the parts and what is in them depend; how the file is read is known already.
_KEYS = (
    "fit.x",
    "fit.y",
    "fit.sample_weight",
    "fit.validation_split",
    "fit.validation_data",
    "data.missing",
    "data.row_order",
    "data.columns",
    "data.split",
    "data.split_column",
    "data.split_seed",
    "data.test_share",
    "data.feed",
    "run.seed",
)


@dataclass(frozen=True, kw_only=True)
class PartsReport(Plain):
    """The parts of a file's rows under some settings.

    Args:
        key: Of the settings it was made for, see `parts_key`.
        training: Rows that train; None where the parts could not be made.
        validation: Rows that check.
        test: Rows that nothing sees.
        findings: What is odd about the parts; nothing of it was learned from the test part.
    """

    key: str
    training: int | None = None
    validation: int = 0
    test: int = 0
    findings: tuple[Finding, ...] = ()


def parts_key(value: Callable[[str], Any]) -> str:
    """What tells whether a report was made for these settings.

    Args:
        value: Gives the value of a setting by its key.
    """
    return json.dumps([value(key) for key in _KEYS], sort_keys=True, default=str)
