"""What the Hebb bench says in words: questions, rules, verdicts. Imports no widget."""

from __future__ import annotations

import math

import numpy as np

from app.panels.neuron.benches.hebb.path import WeightPath
from app.panels.neuron.benches.hebb.state import DURATION, PAIR_START, HebbState, View, category
from app.panels.neuron.prediction_sketch import Points
from app.simulation.biology.rate_rules import RateRule
from app.widgets.number_words import power

MINUS = "\u2212"
TITLES: dict[RateRule, str] = {"hebb": "Hebb", "covariance": "Covariance", "oja": "Oja", "bcm": "BCM"}
FORMULAS: dict[RateRule, str] = {
    "hebb": "Δw = η x y",
    "covariance": "Δw = η (x − x̄)(y − ȳ)",
    "oja": "Δw = η y (x − y w)",
    "bcm": "Δw = η x y (y − θ)",
}
LATEX: dict[RateRule, str] = {
    "hebb": r"\Delta w=\eta\,x\,y",
    "covariance": r"\Delta w=\eta\,(x-\bar x)(y-\bar y)",
    "oja": r"\Delta w=\eta\,y\,(x-y\,w)",
    "bcm": r"\Delta w=\eta\,x\,y\,(y-\theta)",
}
TIPS: dict[RateRule, str] = {
    "hebb": "Whatever is active at both ends strengthens the synapse; nothing weakens it (Hebb 1949)",
    "covariance": "What counts is to be above or below one's mean together (Sejnowski 1977)",
    "oja": "Hebb's rule that forgets as fast as the cell is active (Oja 1982, J Math Biol 15:267)",
    "bcm": "Below the threshold θ responses weaken, above it they strengthen, and θ follows the mean of y² "
    "(Bienenstock, Cooper & Munro 1982, J Neurosci 2:32)",
}
FIRING = ("together", "uncoordinated", "apart")
_PAIR_ANSWERS = ("stronger", "unchanged", "weaker")
_INPUT_ANSWERS = ("they grow without end", "they settle on the long axis", "one wins, one goes to 0")
_IDEAS: dict[View, str] = {
    "pair": "Hebb's idea in 1949: a cell that keeps helping to make another fire gets a firmer hold on it.",
    "inputs": "Hebb's rule feeds on itself: the larger w, the larger y. Oja 1982 lets w fade with y²; Bienenstock, Cooper & "
    "Munro 1982 slide a threshold θ instead.",
}
_LESSONS: dict[View, str] = {  # they would answer the question
    "pair": "His rule alone counts every coincidence, also those of chance, and never weakens. To weaken cells that fire "
    "apart, a rule must compare with the means (covariance), or forget (Oja).",
    "inputs": "Under Oja's rule w comes to point along the cloud's first principal axis, as in PCA; under BCM the cell comes to "
    "prefer one of two patterns.",
}


def caption(view: View, *, is_revealed: bool) -> str:
    """The idea, and once it may be seen what comes of it."""
    return f"{_IDEAS[view]} {_LESSONS[view]}" if is_revealed else _IDEAS[view]


def signed(value: float, decimals: int = 2) -> str:
    """`value` with a true minus."""
    return f"{value:.{decimals}f}".replace("-", MINUS)


def size_text(value: float) -> str:
    """A size of any magnitude, short: "0.35", "6.6·10⁷"."""
    if not math.isfinite(value):
        return "beyond all numbers"
    if abs(value) < 1000:
        return signed(value, 2 if abs(value) < 100 else 0)
    exponent = math.floor(math.log10(abs(value)))
    return f"{signed(value / 10**exponent, 1)}·{power(exponent)}"


def question(state: HebbState) -> str:
    """What is asked before the clock runs."""
    if state.view == "inputs":
        return "Under Oja's rule, what becomes of the two weights?"
    how = ("together", "without regard to each other", "in turn, one up while the other is down")[
        category(state.correlation)
    ]
    return f"Two cells fire {how}. Under Hebb's rule alone, the synapse between them gets"


def answers(view: View) -> tuple[str, ...]:
    """The answers to choose from."""
    return _PAIR_ANSWERS if view == "pair" else _INPUT_ANSWERS


def said_lines(state: HebbState) -> tuple[RateRule, Points]:
    """The answer that was chosen, as it is drawn beside the rule that is asked about: schematic, from the weights at the start."""
    rule: RateRule = "hebb" if state.view == "pair" else "oja"
    said = state.prediction.choice
    if said is None:
        return rule, ()
    if state.view == "pair":
        return rule, ((0.0, PAIR_START), (0.8 * DURATION, PAIR_START + (0.4, 0.0, -0.4)[said]))
    first, second = state.start
    if said == 0:
        return rule, ((0.0, first), (0.4 * DURATION, 1.05))
    if said == 1:
        return rule, ((0.0, first), (0.25 * DURATION, 0.85), (0.6 * DURATION, 0.85))
    gap = (math.nan, math.nan)
    return rule, ((0.0, second), (0.4 * DURATION, 0.0), (0.8 * DURATION, 0.0), gap, (0.0, first), (0.6 * DURATION, 0.9))


def answer_of(path: WeightPath) -> int:
    """Which of the answers the model's path comes to at its end."""
    first, last = path.weights[0], path.weights[-1]
    if path.view == "pair":
        change = float(last[0] - first[0])
        return 1 if abs(change) < 1e-9 else int(change < 0) * 2
    length = float(path.length[-1])
    if not length < 10.0:
        return 0
    return 2 if float(np.abs(last).min()) < 0.02 * length else 1


def result_text(state: HebbState, answer: int) -> str:
    """The model's answer to the question that was asked at `state`."""
    if state.view == "inputs" and answer == 1 and category(state.correlation) == 1:
        return "they settle at length 1, but in a round cloud no axis is longer"
    return answers(state.view)[answer]


def verdict(path: WeightPath, time: float) -> str:
    """What has become of the weights by `time`, in a few words."""
    k = path.index(time)
    if k == 0:
        return "at the start"
    if path.view == "pair":
        return _pair_verdict(path, k)
    if path.rule == "hebb":
        growth = float(path.length[k] / path.length[0]) if path.length[0] > 0 else 0.0
        return f"runs away: × {size_text(growth)}" if growth > 20 else f"grows: × {size_text(growth)}"
    if path.responses is not None:
        return _selectivity(path, k)
    return _oja_verdict(path, k)


def _pair_verdict(path: WeightPath, k: int) -> str:
    now, begin = float(path.weights[k, 0]), float(path.weights[0, 0])
    if abs(now - begin) < 5e-4:
        return "unchanged"
    way = "stronger" if now > begin else "weaker"
    if path.rule == "hebb":
        return f"{way}, and no end to it"
    if path.rule == "oja":
        return f"{way}, and settles" if abs(now - float(path.weights[-1, 0])) < 0.02 else way
    return way


def _oja_verdict(path: WeightPath, k: int) -> str:
    w, length = path.weights[k], float(path.length[k])
    if length < 1e-9:
        return "no firing, no learning"
    if category(path.correlation) == 1:
        return "length 1, no longest axis" if abs(length - 1) < 0.05 else "its length goes to 1"
    off = math.degrees(math.acos(min(abs(float(w @ path.axis)) / length, 1.0)))
    return "settled on the main axis" if off < 5 and abs(length - 1) < 0.1 else f"{off:.0f}° off the axis"


def _selectivity(path: WeightPath, k: int) -> str:
    assert path.responses is not None
    first, second = (float(value) for value in path.responses[k])
    top = max(abs(first), abs(second))
    if top < 0.05:
        return "answers neither pattern"
    share = (abs(first) - abs(second)) / top
    if abs(share) < 0.2:
        return "answers both alike"
    winner = "1" if share > 0 else "2"
    return f"selective: only pattern {winner}" if abs(share) > 0.9 else f"prefers pattern {winner}"
