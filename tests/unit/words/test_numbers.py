"""One number, one spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fitstudio.words import numbers


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (numbers.format_count(12345), "12,345"),
        (numbers.counted(1, "row"), "1 row"),
        (numbers.counted(1200, "row"), "1,200 rows"),
        (numbers.counted(2, "class", "classes"), "2 classes"),
        (numbers.listed(["a"]), "a"),
        (numbers.listed(["a", "b", "c"]), "a, b and c"),
        (numbers.listed([str(each) for each in range(2000)], most=3), "0, 1 and 1,998 more"),
        (numbers.strong("a**b"), "**ab**"),
        (numbers.percent(0.125), "12.5 %"),
        (numbers.in_percent(0.96666), "96.7 %"),
        (numbers.in_percent(1.0), "100 %"),
        (numbers.in_percent(float("nan")), "–"),
        (numbers.format_bytes(0), "0 bytes"),
        (numbers.format_bytes(999), "999 bytes"),
        (numbers.format_bytes(4_000), "4.0 kB"),
        (numbers.format_bytes(7_600), "7.6 kB"),
        (numbers.format_bytes(2.5e13), "25.0 TB"),
        (numbers.format_bytes(220_000_000), "220 MB"),
        (numbers.format_bytes(1.5e9), "1.5 GB"),
        (numbers.format_value(None), "–"),
        (numbers.format_value(-0.5), "−0.500"),
        (numbers.format_value(1.18e-6), "1.18·10⁻⁶"),
        (numbers.format_measured(0.118, "%"), "0.118\u00a0%"),
        (numbers.format_measured(None, "%"), "–"),
        (numbers.format_exact(0.00025), "0.00025"),
        (numbers.format_exact(1e-7), "10⁻⁷"),
        (numbers.format_seconds(0.0042), "4.2 ms"),
        (numbers.format_seconds(61), "1 min 1 s"),
        (numbers.listed(["a", "b"], last="or"), "a or b"),
        (numbers.in_percent(0.0), "0 %"),
        (numbers.plain_number(0.0010000000474974513), "0.001"),
        (numbers.format_value(float("nan")), "not a number"),
        (numbers.format_value(float("inf")), "∞"),
        (numbers.format_value(float("-inf")), "−∞"),
        (numbers.format_value(0.0), "0"),
        (numbers.format_value(12.0), "12"),
        (numbers.format_exact(-2.5e-7), "−2.5·10⁻⁷"),
        (numbers.format_exact(0), "0"),
        (numbers.format_seconds(None), "–"),
        (numbers.format_seconds(0.25), "250 ms"),
        (numbers.format_seconds(2.345), "2.3 s"),
        (numbers.format_seconds(42), "42 s"),
        (numbers.format_seconds(60), "1 min"),
        (numbers.format_seconds(1500), "25 min"),
        (numbers.format_seconds(3600), "1 h"),
        (numbers.format_seconds(3660), "1 h 1 min"),
        (numbers.format_seconds(86_400), "1 d"),
        (numbers.format_seconds(90_000), "1 d 1 h"),
        (numbers.format_time_left(None), ""),
        (numbers.format_time_left(float("inf")), ""),
        (numbers.format_time_left(3), "A few seconds left"),
        (numbers.format_time_left(31), "About 30 s left"),
        (numbers.format_time_left(130), "About 2 min left"),
        (numbers.format_time_left(2 * 3600), "About 2 h left"),
        (numbers.format_time_left(2.5 * 3600), "About 2 h 30 min left"),
        (numbers.format_time_left(5 * 86_400), "About 5 days left"),
    ],
)
def test_a_number_is_written_in_one_way(written: str, text: str) -> None:
    assert written == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ((2026, 11, 12, 9, 41), "09:41"),
        ((2026, 11, 11, 23, 59), "Yesterday"),
        ((2026, 3, 2, 1, 0), "2 Mar"),
        ((2025, 12, 31, 1, 0), "31 Dec 2025"),
    ],
)
def test_a_moment_is_said_as_a_person_says_it(moment: tuple[int, ...], text: str) -> None:
    now = datetime(2026, 11, 12, 18, 0, tzinfo=UTC)
    assert numbers.format_when(datetime(*moment, tzinfo=UTC).timestamp(), now) == text


def test_a_number_loses_digits_and_never_its_size() -> None:
    def within(text: str, most: int) -> str:
        return numbers.shortened(text, lambda each: len(each) <= most)

    assert within("0.000123456", 20) == "0.000123456"
    assert within("0.000123456", 8) == "0.000123"
    assert within("-0.000123456", 8) == "−0.00012"
    assert within("1.23456789e-07", 9) == "1.23·10⁻⁷"
    assert within("−1,234.5678", 8) == "−1234.57"
    assert within("123456789012345", 10) == "1.235·10¹⁴"
    # Where no number of fewer digits has room either, it stays what it is.
    assert within("0.000123456", 3) == "0.000123456"
    assert within("Adelie penguin", 6) == "Adelie penguin"
    assert within("infinity", 6) == "infinity"
