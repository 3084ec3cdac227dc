"""Numbers as they are written for people: readable, and powers of ten. Imports no Qt."""

from __future__ import annotations

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALLEST_PLAIN = 0.0001


def power(exponent: int) -> str:
    """A power of ten: 10⁻¹²."""
    return "1" if exponent == 0 else "10" if exponent == 1 else f"10{str(exponent).translate(_RAISED)}"


def readable(number: float, digits: int = 3, *, least: float = 1e-9) -> str:
    """0.25, −1.5, 999, 1.23·10⁴, 10⁻⁹, ∞; "–" for what is no number. Before a power of ten two digits become one.

    digits: how many count. least: what is smaller is written as 0, which the rounding of a computation was meant to be.
    """
    if math.isnan(number):
        return "–"
    sign = "−" if number < 0 else ""
    size = abs(number)
    if math.isinf(size):
        return f"{sign}∞"
    if size == 0 or size < least:
        return "0"
    if _SMALLEST_PLAIN <= float(f"{size:.{digits - 1}e}") < 10 ** max(digits, 3):
        is_whole = size >= 10**digits - 0.5
        return sign + (f"{size:.0f}" if is_whole else f"{float(f'{size:.{digits}g}'):g}")
    mantissa, _, exponent = f"{size:.{digits - 1 if digits > 2 else 0}e}".partition("e")
    factor = f"{float(mantissa):g}"
    return sign + ("" if factor == "1" else f"{factor}·") + power(int(exponent))
