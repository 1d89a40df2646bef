"""What was found at a setting, in the unit in which its field shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fitstudio.declared.kinds.param import Finding, Param, Severity
from fitstudio.words import say

_SHARES = ("fit.validation_split", "data.test_share")


def in_field_units(param: Param, value: Any, finding: Finding) -> Finding:
    """The finding in the unit of its field: a share is typed in percent."""
    if param.key not in _SHARES or finding.severity is not Severity.ERROR:
        return finding
    if not isinstance(value, (int, float)) or isinstance(value, bool) or 0 <= value < 1:
        return finding
    sentence = say(
        "{param} must be 0 % or more and below 100 %, not {value} %.",
        param=param.title,
        value=f"{value * 100:g}",
    )
    return replace(finding, sentence=sentence)
