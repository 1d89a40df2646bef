"""One number, one spelling."""

from __future__ import annotations

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
        (numbers.format_time_left(130), "About 2 min left"),
    ],
)
def test_a_number_is_written_in_one_way(written: str, text: str) -> None:
    assert written == text
