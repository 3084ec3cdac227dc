"""Numbers as they are written for people."""

from __future__ import annotations

import pytest

from app.widgets.number_words import power, readable


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
        (1e-9, 3, "10⁻⁹"),
        (0.0001, 3, "0.0001"),
        (0.00009996, 3, "0.0001"),
        (9999.6, 4, "10⁴"),
        (999.96, 4, "1000"),
        (99.96, 3, "100"),
        (0.1234, 1, "0.1"),
        (float("inf"), 3, "∞"),
        (float("-inf"), 3, "−∞"),
        (float("nan"), 3, "–"),
    ],
)
def test_a_number_is_written_without_signs_of_a_computer(number: float, digits: int, words: str) -> None:
    assert readable(number, digits) == words


def test_what_is_small_is_written_where_it_counts() -> None:
    assert readable(3e-10, least=0.0) == "3·10⁻¹⁰"


def test_powers_of_ten_are_raised_but_for_the_plain_ones() -> None:
    assert [power(exponent) for exponent in (-12, -1, 0, 1, 2, 30)] == ["10⁻¹²", "10⁻¹", "1", "10", "10²", "10³⁰"]
