"""Numbers as they are written for people."""

from __future__ import annotations

import pytest

from app.widgets.number_words import readable


@pytest.mark.parametrize(
    ("number", "digits", "words"),
    [
        (0.0, 3, "0"),
        (-1.5, 3, "−1.5"),
        (0.1234, 3, "0.123"),
        (999.4, 3, "999"),
        (999.6, 3, "10³"),
        (12_345.0, 3, "1.23·10⁴"),
        (1234.0, 4, "1234"),
        (-0.00012, 3, "−0.00012"),
        (-0.000012, 3, "−1.2·10⁻⁵"),
        (3e-10, 3, "0"),
        (123.4, 2, "123"),
        (2.4e9, 2, "2·10⁹"),
        (float("inf"), 3, "∞"),
        (float("-inf"), 3, "−∞"),
        (float("nan"), 3, "–"),
    ],
)
def test_a_number_is_written_without_signs_of_a_computer(number: float, digits: int, words: str) -> None:
    assert readable(number, digits) == words


def test_what_is_small_is_written_where_it_counts() -> None:
    assert readable(3e-10, least=0.0) == "3·10⁻¹⁰"
