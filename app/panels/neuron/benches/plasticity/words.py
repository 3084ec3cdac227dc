"""What the plasticity bench says in words and figures: the question, its answers, what a run came to. Imports no widget."""

from __future__ import annotations

import math

import numpy as np

from app.panels.neuron.benches.plasticity.state import (
    HIGH_ASKED_HZ,
    LOW_ASKED_HZ,
    NATURAL_HZ,
    START_NS,
    PlasticityRun,
    PlasticityState,
    Rule,
)
from app.panels.neuron.prediction_sketch import Points

MINUS = "\u2212"
NOTHING = 1e-3  # a tenth of a percent, which no one would see in a response
_WAYS = {-1: "weaker", 0: "no change", 1: "stronger"}

RULE_NAMES: dict[Rule, str] = {
    "triplet_visual": "triplet rule",
    "bcm": "BCM rule",
    "hippocampal_slices": "calcium rule",
}
RULE_SOURCES: dict[Rule, str] = {
    "triplet_visual": "Each pulse makes the cell fire, in random trains; visual cortex: Pfister & Gerstner 2006, "
    "J Neurosci 26:9673.",
    "bcm": "A rule for rates, not a fit: Bienenstock, Cooper & Munro 1982, J Neurosci 2:32; θ 10 Hz, near that of "
    "Dudek & Bear 1992, PNAS 89:4363.",
    "hippocampal_slices": "The input alone, fit to hippocampal slices: Graupner & Brunel 2012, PNAS 109:3991.",
}
LONGEST_VERDICTS = (  # for the room that they are kept
    f"You said: {MINUS}88 % at 1 Hz, +188 % at 100 Hz. "
    f"The synapse: no change at 1 Hz ({MINUS}0.5 %), stronger at 100 Hz (+100 %).",
)


def percent(dw: float) -> str:
    """ "+61 %", "−18 %", "−0.5 %"; "0 %" for a change that no one would see."""
    if abs(dw) < NOTHING:
        return "0 %"
    size = 100.0 * dw
    return f"{size:+.1f} %".replace("-", MINUS) if abs(size) < 10 else f"{size:+.0f} %".replace("-", MINUS)


def sign(dw: float) -> int:
    """-1, 0 or 1; 0 for a change that no one would see."""
    return 0 if abs(dw) < NOTHING else 1 if dw > 0 else -1


def question_text(pulses: int) -> str:
    """What is asked before the first run."""
    what = "One pulse" if pulses == 1 else f"{pulses} pulses"
    return f"{what} at a low or at a high frequency: how does the weight change? Draw Δw."


def sketch_text(points: Points) -> str:
    """A sketch in figures, where it was drawn: "−20 % at 1 Hz, +50 % at 100 Hz"."""
    x, y = np.array(points).T
    asked = [f for f in (LOW_ASKED_HZ, HIGH_ASKED_HZ) if x[0] <= 1.01 * f and f <= 1.01 * x[-1]]
    parts = [f"{percent(float(np.interp(math.log(f), np.log(x), y)))} at {f:g} Hz" for f in asked]
    return ", ".join(parts) or "the dashed curve"


def answer_text(state: PlasticityState) -> str:
    """What both runs said, in words; "" until both are there."""
    if state.answer_low is None or state.answer_high is None:
        return ""
    low, high = state.answer_low, state.answer_high
    return f"{_WAYS[sign(low)]} at 1 Hz ({percent(low)}), {_WAYS[sign(high)]} at 100 Hz ({percent(high)})"


def next_text(state: PlasticityState) -> str:
    """What a person may do next, while the question is open."""
    if state.is_answered or not state.runs or not state.prediction.first:
        return ""
    if state.answer_low is None and state.answer_high is None:
        return "Now run 1 Hz and 100 Hz: then the whole curve appears."
    return f"Now run {'1' if state.answer_low is None else '100'} Hz as well: then the whole curve appears."


def result_text(run: PlasticityRun) -> str:
    """What a run came to: "900 pulses at 1 Hz: −18 %, w 1 → 0.820 nS"."""
    what = "1 pulse" if run.pulses == 1 else f"{run.pulses} pulses"
    kind = {-1: " (LTD)", 0: "", 1: " (LTP)"}[sign(run.dw)]
    has_past = run.rule == "bcm" and run.history_Hz != NATURAL_HZ  # under it the same pulses come to something else
    past = f", after an hour at {run.history_Hz:g} Hz" if has_past else ""
    weight = f"w {START_NS:g} → {START_NS * (1 + run.dw):.3f} nS"
    return f"{what} at {run.frequency_Hz:g} Hz{past}: {percent(run.dw)}{kind}, {weight}"


def none_yet_text(rule: Rule) -> str:
    """What stands for a result where runs were made, but none under `rule`."""
    return f"No run under the {RULE_NAMES[rule]} yet"


def response_text(run: PlasticityRun) -> str:
    """The sentence over both test pulses."""
    size = {-1: "a smaller", 0: "the same", 1: "a larger"}[sign(run.dw)]
    return f"The same input, {size} response"


def history_text(history_Hz: float, theta_Hz: float) -> str:
    """What the history has done to the threshold."""
    if abs(history_Hz - NATURAL_HZ) < 1e-9:
        return f"θ = {theta_Hz:.1f} Hz: the cell has fired at {NATURAL_HZ:g} Hz as ever."
    way = "up: strengthening has become harder" if theta_Hz > NATURAL_HZ else "down: strengthening has become easier"
    return f"Metaplasticity: an hour at {history_Hz:g} Hz moved θ from {NATURAL_HZ:g} to {theta_Hz:.1f} Hz, {way}."


def duration_text(pulses: int, frequency_Hz: float) -> str:
    """How long the stimulation takes."""
    seconds = pulses / frequency_Hz
    if seconds >= 90:
        return f"{pulses} pulses take {seconds / 60:.3g} min"
    what = "1 pulse" if pulses == 1 else f"{pulses} pulses"
    return f"{what} take{'s' if pulses == 1 else ''} {seconds:.3g} s"
