"""Numbers in words, and what an answer about depth says in one sentence. Imports neither Qt nor torch."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from app.widgets.number_words import readable
from trainers.activation_lab import DepthAnswer, LayerFigures

Floats = npt.NDArray[np.float64]

FAR = 1000.0  # a spread or a gradient that changes more than that has exploded, or vanished
_AS_LARGE = (0.95, 1.05)  # nobody sees the difference
_DEAD_WORTH_SAYING = 0.02


def spread(figures: LayerFigures) -> Floats:
    """Standard deviation at each station; NaN where no number is finite."""
    deviation: Floats = np.sqrt(figures.variance)
    return deviation


def short(value: float) -> str:
    """Two figures, as one says them: 0.46, 3.2, 0.0034, 2·10⁻⁹, 10¹²."""
    return readable(value, 2, least=0.0) if math.isfinite(value) else "not finite"


def percent(share: float) -> str:
    """A share in whole per cent; what is there, but rounds to nothing, as "< 1 %"."""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{share:.0%}".replace("%", " %")


def forward_ratio(answer: DepthAnswer) -> float:
    """How far the signals differ after the last layer, over how far they did; NaN where numbers have overflowed.

    Not the spread of all numbers: units that differ among themselves, whatever comes in, tell nothing of the signal.
    """
    first, last = answer.between[[0, -1]]
    return float(last / first) if first > 0 else math.nan


def backward_ratio(answer: DepthAnswer) -> float:
    """Spread of the gradient at layer 1's output over that at the last layer's; NaN where numbers have overflowed."""
    if answer.gradients.non_finite.any():
        return math.nan
    sizes = spread(answer.gradients)
    return float(sizes[1] / sizes[-1]) if sizes[-1] > 0 else math.nan


def fate(answer: DepthAnswer) -> str:
    """In one word: "Explodes", "Dies" or "Lives"."""
    ratios = (forward_ratio(answer), backward_ratio(answer))
    if any(math.isnan(ratio) or ratio > FAR for ratio in ratios):
        return "Explodes"
    if any(ratio < 1 / FAR for ratio in ratios):
        return "Dies"
    return "Lives"


def verdict(answer: DepthAnswer) -> str:
    """What has become of signal and gradient, in one sentence."""
    return f"{_forward_words(answer)}; {_backward_words(answer)}{_dead_words(answer)}."


def _forward_words(answer: DepthAnswer) -> str:
    layers = answer.question.layers
    after = f"After {layers} layer{'s' if layers != 1 else ''}"
    overflown = np.flatnonzero(answer.activations.non_finite)
    if len(overflown):
        return f"From layer {overflown[0]} on, numbers are too large for single precision"
    ratio = forward_ratio(answer)
    if ratio == 0:
        return f"{after} all signals are the same"
    if math.isnan(ratio):
        return f"{after} nothing can be compared: there is one signal, or all are the same"
    if _AS_LARGE[0] <= ratio <= _AS_LARGE[1]:
        return f"{after} the signals differ as much as what came in"
    if ratio > 1:
        return f"{after} the signals differ {short(ratio)} times as much as what came in"
    return f"{after} the signals differ by {short(ratio)} of what came in"


def _backward_words(answer: DepthAnswer) -> str:
    if answer.question.layers == 1:
        return "a gradient has no other layer to cross"
    lost = np.flatnonzero(answer.gradients.non_finite)
    if len(lost):
        return f"a gradient has overflowed from layer {max(int(lost[-1]), 1)} down"
    sizes = spread(answer.gradients)
    ratio = backward_ratio(answer)
    if ratio == 0:
        last = int(np.flatnonzero(sizes == 0)[-1])
        is_dead = last < len(answer.dead) and answer.dead[last] == 1.0
        reason = f"no unit of layer {last + 1} has a slope" if is_dead else "too small for single precision"
        return f"no gradient arrives: from layer {max(last, 1)} down it is 0, {reason}"
    if _AS_LARGE[0] <= ratio <= _AS_LARGE[1]:
        return "a gradient arrives as large as it was sent"
    if ratio > 1:
        return f"a gradient arrives {short(ratio)} times as large"
    return f"a gradient arrives {short(ratio)} as large"


def _dead_words(answer: DepthAnswer) -> str:
    worst = int(np.argmax(answer.dead))
    share = float(answer.dead[worst])
    if share < _DEAD_WORTH_SAYING or answer.activations.non_finite.any() or share == 1.0:
        return ""
    return f"; {percent(share)} of the units of layer {worst + 1} are dead"


def end_of(answer: DepthAnswer, *, is_backward: bool) -> tuple[int, str]:
    """The station where a spread's curve ends, and what stands there: "vanishes: 10⁻¹² at layer 1", "overflows at layer 37"."""
    figures = answer.gradients if is_backward else answer.activations
    layers = answer.question.layers
    lost = np.flatnonzero(figures.non_finite)
    if len(lost):
        station = int(lost[-1] if is_backward else lost[0])
        return min(max(station + (1 if is_backward else -1), 0), layers), f"overflows at layer {max(station, 1)}"
    station, ratio = (min(1, layers), backward_ratio(answer)) if is_backward else (layers, forward_ratio(answer))
    if math.isnan(ratio) or (is_backward and layers == 1):
        return station, ""
    what = "vanishes: " if ratio < 1 / FAR else "explodes: " if ratio > FAR else ""
    return station, f"{what}{short(ratio)} at layer {station}"


def station_rows(answer: DepthAnswer, station: int) -> list[tuple[str, str]]:
    """What there is to say of a station (0: the signal): (what, how much)."""
    forward, backward = answer.activations, answer.gradients
    rows = [("mean", short(float(forward.mean[station]))), ("spread", short(float(spread(forward)[station])))]
    rows.append(("between signals", short(float(answer.between[station]))))
    if station:
        rows += [
            ("dead units", percent(float(answer.dead[station - 1]))),
            ("saturated", percent(float(answer.saturated[station - 1]))),
        ]
    rows.append(("gradient: mean", short(float(backward.mean[station]))))
    rows.append(("gradient: spread", short(float(spread(backward)[station]))))
    if forward.non_finite[station]:
        rows.append(("not finite", f"{forward.non_finite[station]:,} numbers"))
    return rows
