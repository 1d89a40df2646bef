"""JSON that is too deep, too long or too large is refused before it is read."""

from __future__ import annotations

import pytest

from fitstudio.declared.kinds.limits import (
    DEEPEST,
    LONGEST_TEXT,
    MOST_VALUES,
    check_limits,
    load_json,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[" * 100_000, "nested"),
        ("[" * (DEEPEST + 2) + "]" * (DEEPEST + 2), "nested"),
        ("1" * 5_000, "number"),
        ("NaN", "NaN"),
        ("-Infinity", "Infinity"),
        (f'"{"a" * (LONGEST_TEXT + 1)}"', "text"),
        (f'{{"{"a" * (LONGEST_TEXT + 1)}": 1}}', "name"),
    ],
)
def test_hostile_json_is_refused(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        load_json(text)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(ValueError, match="values"):
        check_limits([0] * (MOST_VALUES + 1))


def test_ordinary_json_is_read() -> None:
    assert load_json('{"a": [1, 2.5, null, true, "b"]}') == {"a": [1, 2.5, None, True, "b"]}
