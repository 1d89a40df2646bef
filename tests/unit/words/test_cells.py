"""Cells that a spreadsheet opens: text is never a formula, a number stays one."""

from __future__ import annotations

import pytest

from fitstudio.words.cells import harmless
from fitstudio.words.nouns import NOUNS, one, several


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("+cmd", "'+cmd"),
        ("\tx", "'\tx"),
        ("-1.5", "-1.5"),
        ("-1,5", "-1,5"),
        ("+3e-4", "+3e-4"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_only_what_would_be_computed_is_marked(text: str, written: str) -> None:
    assert harmless(text) == written


def test_nouns_have_two_forms_also_where_nobody_declared_them() -> None:
    assert (one("spectrum"), several("spectrum")) == ("spectrum", "spectra")
    assert (one("leaf-scan"), several("leaf-scan")) == ("leaf-scan", "leaf-scans")
    assert all(one(noun) != several(noun) for noun in NOUNS)
