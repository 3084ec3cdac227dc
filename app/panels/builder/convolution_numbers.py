"""How the page "One convolution" writes numbers: short, with a true minus, a ninth as 1/9; and reads what is typed. Imports no Qt."""

from __future__ import annotations

import math
import re

_FRACTION = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*/\s*(\d+(?:[.,]\d+)?)")
_MOST_PARTS = 121  # of an 11×11 blur


def number_text(value: float) -> str:
    """Two decimals at most, no idle zeros: 0.35, −2, −∞; large numbers with three digits."""
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.3g}" if abs(value) >= 1000 else f"{value:.2f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "0", "") else text
    return text.replace("-", "−")


def short_text(value: float) -> str:
    """As `number_text`, without the zero before the point: .35, so that it fits a small cell."""
    return number_text(value).replace("0.", ".", 1) if abs(value) < 1 else number_text(value)


def coarse_text(value: float) -> str:
    """One decimal, for small cells: −2.1, .4."""
    return short_text(round(value, 1)) if math.isfinite(value) else number_text(value)


def weight_text(value: float) -> str:
    """A weight: 1/9 where it is such a part and has no short decimals, else as `number_text`."""
    if value and abs(value * 100 - round(value * 100)) > 1e-6:
        parts = round(1 / abs(value))
        if 2 < parts <= _MOST_PARTS and abs(abs(value) * parts - 1) < 1e-9:
            return f"{'−' if value < 0 else ''}1/{parts}"
    return number_text(value)


def read_number(text: str) -> float | None:
    """What a person typed, such as 0,5 or -1 or 1/9; None where it is no number."""
    plain = text.strip().replace("−", "-")
    fraction = _FRACTION.fullmatch(plain)
    try:
        if fraction:
            value = float(fraction[1].replace(",", ".")) / float(fraction[2].replace(",", "."))
        else:
            value = float(plain.replace(",", "."))
    except (ValueError, ZeroDivisionError):
        return None
    return value if math.isfinite(value) else None


def sum_text(terms: list[float]) -> str:
    """Numbers as they are added up: "0.35 − 0.41 + 0"."""
    said = ""
    for index, term in enumerate(terms):
        text = number_text(term)
        if index == 0:
            said = text
        else:
            said += f" − {text[1:]}" if text.startswith("−") else f" + {text}"
    return said
