"""The formula of what is on show, with its numbers: in LaTeX, and in words for a screen reader. No Qt."""

from __future__ import annotations

from app.panels.activation.maxout.lines import Line, unit
from app.panels.activation.maxout.planes import Plane
from app.panels.activation.maxout.state import MaxoutState
from app.simulation.activation_formulas import number_text, plus, times

_COMMA = r",\; "


def formula_of(state: MaxoutState) -> tuple[str, str]:
    """LaTeX and words; both empty where there is nothing on show."""
    if state.inputs == 2:
        if not state.planes:
            return "", ""
        return (
            rf"f(x) = {_largest([_plane(plane) for plane in state.planes])}",
            f"f is the largest of {len(state.planes)} planes",
        )
    if not state.lines:
        return "", ""
    parts = [
        _largest([_line(state.lines[number]) for number in unit(state.lines, is_second)])
        for is_second in (False, True)
        if unit(state.lines, is_second)
    ]
    words = f"f is the largest of {len(unit(state.lines))} lines"
    if state.has_second:
        words += f" less the largest of {len(unit(state.lines, True))} others"
    return rf"f(x) = {' - '.join(parts)}", words


def _largest(terms: list[str]) -> str:
    terms = [rf"{{-}}{term[1:]}" if term.startswith("-") else term for term in terms]  # a sign, set close to its number
    return terms[0] if len(terms) == 1 else rf"\max({_COMMA.join(terms)})"


def _line(line: Line) -> str:
    return plus(times(_rounded(line.w), "x"), _rounded(line.b))


def _plane(plane: Plane) -> str:
    first, second = times(_rounded(plane.w1), "x_1"), _rounded(plane.w2)
    if first == "0":
        return plus(times(second, "x_2"), _rounded(plane.b))
    if second:
        size = times(abs(second), "x_2")
        first = f"{first} {'-' if second < 0 else '+'} {size}"
    return first if plane.b == 0 else f"{first} {'-' if plane.b < 0 else '+'} {number_text(abs(_rounded(plane.b)))}"


def _rounded(number: float) -> float:
    return round(number, 3) + 0.0
