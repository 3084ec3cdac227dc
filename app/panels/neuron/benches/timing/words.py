"""What the spike-timing bench says in words and figures: formulas with their numbers, verdicts, disagreements. Imports no widget."""

from __future__ import annotations

import math

import numpy as np

from app.panels.neuron.benches.timing.state import START_NS, TimingRun, TimingState
from app.simulation.biology.spike_timing import (
    PAIR,
    PAIR_HARD,
    TIMING_RULES,
    HardWindow,
    PairRule,
    TimingRule,
    TripletRule,
    window,
)

MINUS = "\u2212"
ANSWERS = ("stronger", "weaker", "no change")
NOTHING = 5e-7  # a change that six decimals show as none

RULE_NAMES: dict[TimingRule, str] = {
    "pair": "exponential",
    "pair_hard": "20 ms window",
    "triplet_visual": "triplets, visual cortex",
    "triplet_hippocampal": "triplets, hippocampus",
}
RULE_SOURCES: dict[TimingRule, str] = {
    "pair": "Song, Miller & Abbott 2000, Nat Neurosci 3:919",
    "pair_hard": "The lecture's window, with the exponential rule's heights",
    "triplet_visual": "Pfister & Gerstner 2006, J Neurosci 26:9673, table 3",
    "triplet_hippocampal": "Pfister & Gerstner 2006, J Neurosci 26:9673, table 4: minimal model",
}
_LAWS: dict[str, tuple[str, str]] = {  # of a pair: post after pre, post before pre
    "pair": (r"\Delta w=A_+\,e^{-s/\tau_+}", r"\Delta w=-A_-\,e^{s/\tau_-}"),
    "pair_hard": (r"\Delta w=A_+,\quad 0<s\leq 20\,\mathrm{ms}", r"\Delta w=-A_-,\quad -20\,\mathrm{ms}\leq s<0"),
    "triplet": (r"\Delta w=r_1\,(A_2^+ + A_3^+\,o_2)", r"\Delta w=-o_1\,(A_2^- + A_3^-\,r_2)"),
}
_LAW_WORDS: dict[str, tuple[str, str]] = {
    "pair": ("A+ e^(−s/τ+)", "−A− e^(s/τ−)"),
    "pair_hard": ("A+ up to 20 ms", "−A− down to −20 ms"),
    "triplet": ("at post: r1 (A2+ + A3+ o2)", "at pre: −o1 (A2− + A3− r2)"),
}
LONGEST_VERDICTS = (  # for the room that they are kept
    f"You said: {ANSWERS[2]}. The synapse: {ANSWERS[0]} (Δw {MINUS}0.0000888 nS).",
)


def signed(value: float, decimals: int) -> str:
    """`value` with its sign, with a true minus."""
    text = f"{value:+.{decimals}f}"
    return text.replace("-", MINUS)


def change_text(dw: float) -> str:
    """A change of the weight with its sign, to three digits: "+0.364", "−0.0000812"; "0" for what is none."""
    if abs(dw) < NOTHING:
        return "0"
    return signed(dw, max(2 - math.floor(math.log10(abs(dw))), 0))


def interval_text(interval_ms: float) -> str:
    """ "+10 ms", "−0.3 ms", "0 ms"."""
    return f"{interval_ms:+g} ms".replace("-", MINUS) if interval_ms else "0 ms"


def order_text(interval_ms: float) -> str:
    """Which came first, in words."""
    if interval_ms == 0:
        return "both at the same time"
    first, second = ("pre", "post") if interval_ms > 0 else ("post", "pre")
    return f"{first} first, {second} {abs(interval_ms):g} ms later"


def question_text(interval_ms: float) -> str:
    """What is asked before a run."""
    if interval_ms == 0:
        return "Both fire at the same time: will the synapse get stronger or weaker?"
    way = "after" if interval_ms > 0 else "before"
    return f"Post fires {abs(interval_ms):g} ms {way} pre: will the synapse get stronger or weaker?"


def verdict(dw: float) -> int:
    """Index into ANSWERS of what `dw` means."""
    return 2 if abs(dw) < NOTHING else int(dw < 0)


def laws(rule: TimingRule) -> tuple[str, str]:
    """The rule as LaTeX: for a post spike after the pre spike, and for one before it."""
    return _LAWS[rule.partition("_")[0] if rule.startswith("triplet") else rule]


def law_words(rule: TimingRule) -> tuple[str, str]:
    """The same for a screen reader."""
    return _LAW_WORDS[rule.partition("_")[0] if rule.startswith("triplet") else rule]


def formula_text(rule: TimingRule, interval_ms: float) -> str:
    """The change by one lonely pair, with the numbers put in: "+0.01 · exp(−10/20) = +0.00607"."""
    parameters = TIMING_RULES[rule]
    value = float(window(parameters, np.array([interval_ms]))[0])
    return f"{_term(parameters, interval_ms)} = {change_text(value)}"


def _term(rule: PairRule | HardWindow | TripletRule, interval_ms: float) -> str:
    if interval_ms == 0:
        return "at the same time, no change"
    size, is_up = f"{abs(interval_ms):g}", interval_ms > 0
    if isinstance(rule, HardWindow):
        if abs(interval_ms) > rule.window_ms:
            return f"outside {rule.window_ms:g} ms"
        side = f"0 < {size} ≤ {rule.window_ms:g}"
        return f"{side}: {signed(rule.a_plus if is_up else -rule.a_minus, 4)}"
    plus, minus = (rule.a2_plus, rule.a2_minus) if isinstance(rule, TripletRule) else (rule.a_plus, rule.a_minus)
    height, tau = (plus, rule.tau_plus_ms) if is_up else (-minus, rule.tau_minus_ms)
    return f"{_coefficient(height)} · exp({MINUS}{size}/{tau:g})"


def _coefficient(height: float) -> str:
    return f"{height:+g}".replace("-", MINUS) if abs(height) >= 1e-4 or height == 0 else f"+{height:.0e}"


def result_text(run: TimingRun) -> str:
    """What a run came to: "60 pairs: Δw +0.364 nS"; says so where the weight was held at its bound."""
    held = "" if math.isclose(START_NS + run.dw, run.weight_nS, abs_tol=1e-9) else f", held at {run.weight_nS:g} nS"
    return f"{'1 pair' if run.pairs == 1 else f'{run.pairs} pairs'}: Δw {change_text(run.dw)} nS{held}"


def disagreement_text(state: TimingState) -> str:
    """Where two hypotheses part at this interval, in one sentence; "" where all that is on show agree."""
    s = state.interval_ms
    soft, hard = (float(window(rule, np.array([s]))[0]) for rule in (PAIR, PAIR_HARD))
    parts = []
    if state.is_hebb_shown and s != 0:
        order = verdict(soft)
        if s < 0:
            parts.append(
                f"Coincidence alone (Hebb) says {ANSWERS[0]}, order says {ANSWERS[order]}: they disagree wherever post comes first."
            )
        else:
            parts.append("Coincidence and order agree here; drag post before pre to see them part.")
    if abs(s) > PAIR_HARD.window_ms:
        parts.append(f"Beyond 20 ms the rules part: exponential {change_text(soft)} a pair, window {hard:g}.")
    if state.rule == "triplet_visual" and s > 0 and state.pairs == 1:
        parts.append(
            "A lonely pair hardly strengthens here: it takes post spikes in quick succession. Run 60 pairs at 40 Hz."
        )
    return " ".join(parts)
