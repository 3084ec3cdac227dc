"""Plasticity from spike times: pair rule, the lecture's hard window, triplet rule. Exact between spikes, never stepped; imports no numba.

How one weight is changed by two trains of spikes. Traces decay by their exact exponential from one event to the next, so that
results agree with the sums over pairs and triplets to rounding. Spikes of both cells at the same time are one event: every
trace is read before either spike adds to its own, so that a pair with the interval 0 changes nothing, in every rule, and the
order in which simulators happen to run the two updates does not matter. Times that differ by rounding alone count as the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from trainers.errors import BadInput

TimingRule = Literal["pair", "pair_hard", "triplet_visual", "triplet_hippocampal"]
Pairing = Literal["all", "nearest"]
Bounds = Literal["none", "hard", "soft"]
MOST_SPIKES = 200_000  # of one train: a third of a second of work
_DUST = 4.0  # units in the last place of the latest time: what k·1000/f + interval can be off by


class PairRule(msgspec.Struct, frozen=True):
    """dw = a_plus exp(-s/tau_plus_ms) for s > 0, -a_minus exp(s/tau_minus_ms) for s < 0; s = post minus pre in ms."""

    a_plus: float
    a_minus: float
    tau_plus_ms: float
    tau_minus_ms: float


class HardWindow(msgspec.Struct, frozen=True):
    """The rule of the lecture: dw = a_plus for 0 < s <= window_ms, -a_minus for -window_ms <= s < 0."""

    a_plus: float
    a_minus: float
    window_ms: float


class TripletRule(msgspec.Struct, frozen=True):
    """Pfister & Gerstner 2006, J Neurosci 26:9673, all to all in the paper; r1, r2 are traces of pre spikes, o1, o2 of post.

    pre: w -= o1 (a2_minus + a3_minus r2); post: w += r1 (a2_plus + a3_plus o2). Decays of r1, r2, o1, o2: tau_plus, tau_x,
    tau_minus, tau_y, all in ms.
    """

    a2_plus: float
    a3_plus: float
    a2_minus: float
    a3_minus: float
    tau_plus_ms: float
    tau_minus_ms: float
    tau_x_ms: float
    tau_y_ms: float


# Song, Miller & Abbott 2000, Nat Neurosci 3:919.
PAIR = PairRule(a_plus=0.01, a_minus=0.01 * 1.05, tau_plus_ms=20.0, tau_minus_ms=20.0)
# The lecture's 20 ms on both sides, with the amplitudes of PAIR.
PAIR_HARD = HardWindow(a_plus=PAIR.a_plus, a_minus=PAIR.a_minus, window_ms=20.0)
# Exponentials fitted to Bi & Poo 1998, J Neurosci 18:10464: change as a fraction of the weight after 60 pairs.
BI_AND_POO = PairRule(a_plus=0.777, a_minus=0.273, tau_plus_ms=16.8, tau_minus_ms=33.7)
# Visual cortex, all to all (table 3 of the paper; the defaults of NEST's stdp_triplet_synapse are the same).
TRIPLET_VISUAL = TripletRule(
    5e-10, 6.2e-3, 7e-3, 2.3e-4, tau_plus_ms=16.8, tau_minus_ms=33.7, tau_x_ms=101.0, tau_y_ms=125.0
)
# Hippocampal culture, minimal model, all to all (table 4 of the paper; compared with Auryn's MinimalTripletConnection, from
# the authors' laboratory: https://github.com/fzenke/auryn). Its a3_minus is 0, so that tau_x does nothing. The paper fits
# nearest spikes anew; here as for the visual cortex the same figures serve both ways of pairing.
TRIPLET_HIPPOCAMPAL = TripletRule(
    5.3e-3, 8e-3, 3.5e-3, 0.0, tau_plus_ms=16.8, tau_minus_ms=33.7, tau_x_ms=101.0, tau_y_ms=40.0
)

TIMING_RULES: dict[TimingRule, PairRule | HardWindow | TripletRule] = {
    "pair": PAIR,
    "pair_hard": PAIR_HARD,
    "triplet_visual": TRIPLET_VISUAL,
    "triplet_hippocampal": TRIPLET_HIPPOCAMPAL,
}


class WeightSteps(msgspec.Struct, frozen=True):
    """What each event would change without bounds, by how much up (`gains`) and down (`losses`), all >= 0; arrays (events,)."""

    times_ms: np.ndarray
    gains: np.ndarray
    losses: np.ndarray

    @property
    def dw(self) -> float:
        """Sum of all changes, unbounded."""
        return math.fsum(self.gains) - math.fsum(self.losses)

    def weights(self, start: float = 0.0, bounds: Bounds = "none", low: float = 0.0, high: float = 2.0) -> np.ndarray:
        """The weight after each event, (events,).

        hard: cut off at `low` and `high`. soft: gains are multiplied by high - w and losses by w - low; with a start of 1
        between 0 and 2 the first change is that of the unbounded rule.
        """
        if bounds == "none":
            return start + np.cumsum(self.gains - self.losses)
        w = start
        after = []
        for gain, loss in zip(self.gains.tolist(), self.losses.tolist(), strict=True):
            w += gain * (high - w) - loss * (w - low) if bounds == "soft" else gain - loss
            w = min(max(w, low), high)
            after.append(w)
        return np.asarray(after, dtype=np.float64)


def paired_trains(interval_ms: float, pairs: int, frequency_Hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Times in ms of pre and post spikes, (pairs,) each: post - pre = interval_ms, a pair every 1/frequency, none before 0."""
    if not math.isfinite(interval_ms):
        raise BadInput(f"The interval {interval_ms} is not a time: give milliseconds, such as 10 or -10.")
    if not (math.isfinite(frequency_Hz) and frequency_Hz > 0):
        raise BadInput(f"Pairs cannot come {frequency_Hz} times a second: give a frequency above 0 Hz.")
    if not 1 <= pairs <= MOST_SPIKES:
        raise BadInput(f"{pairs} pairs are outside 1 to {MOST_SPIKES}.")
    starts = np.arange(pairs) * 1000.0 / frequency_Hz
    return starts + max(0.0, -interval_ms), starts + max(0.0, interval_ms)


def weight_steps(
    rule: PairRule | HardWindow | TripletRule,
    pre_ms: Sequence[float] | np.ndarray,
    post_ms: Sequence[float] | np.ndarray,
    pairing: Pairing = "all",
) -> WeightSteps:
    """What the spikes at `pre_ms` and `post_ms` (in any order) do to the weight under `rule`.

    pairing "all": every spike leaves its trace on top of the earlier ones. "nearest": it replaces what was there, so that only
    the last one counts. Raises BadInput for times that are no numbers.
    """
    events = _Events(pre_ms, post_ms)
    if isinstance(rule, HardWindow):
        return _hard_steps(rule, events, pairing)
    r1 = _trace(events.times, events.pre, rule.tau_plus_ms, pairing)
    o1 = _trace(events.times, events.post, rule.tau_minus_ms, pairing)
    if isinstance(rule, PairRule):
        return WeightSteps(events.times, events.post * r1 * rule.a_plus, events.pre * o1 * rule.a_minus)
    r2 = _trace(events.times, events.pre, rule.tau_x_ms, pairing)
    o2 = _trace(events.times, events.post, rule.tau_y_ms, pairing)
    gains = events.post * r1 * (rule.a2_plus + rule.a3_plus * o2)
    return WeightSteps(events.times, gains, events.pre * o1 * (rule.a2_minus + rule.a3_minus * r2))


def window(rule: PairRule | HardWindow | TripletRule, intervals_ms: np.ndarray) -> np.ndarray:
    """dw of one lonely pair at each interval: the curve of the bench, same shape as `intervals_ms`."""
    s = np.asarray(intervals_ms, dtype=np.float64)
    if isinstance(rule, HardWindow):
        inside = np.abs(s) <= rule.window_ms
        return np.where(s > 0, rule.a_plus, np.where(s < 0, -rule.a_minus, 0.0)) * inside
    plus, minus = (rule.a2_plus, rule.a2_minus) if isinstance(rule, TripletRule) else (rule.a_plus, rule.a_minus)
    size = np.abs(s)
    return np.where(
        s > 0, plus * np.exp(-size / rule.tau_plus_ms), np.where(s < 0, -minus * np.exp(-size / rule.tau_minus_ms), 0.0)
    )


def window_of_pairs(
    rule: PairRule | HardWindow | TripletRule,
    intervals_ms: np.ndarray,
    pairs: int,
    frequency_Hz: float,
    pairing: Pairing = "all",
) -> np.ndarray:
    """dw after `pairs` pairs at `frequency_Hz`, for each interval, (n,): neighbouring pairs meddle where they are close."""
    trains = (paired_trains(float(s), pairs, frequency_Hz) for s in np.asarray(intervals_ms).ravel())
    return np.asarray([weight_steps(rule, pre, post, pairing).dw for pre, post in trains])


def mean_drift(rule: PairRule | TripletRule, pre_Hz: float, post_Hz: float) -> tuple[float, float]:
    """Mean gain and loss per second of independent Poisson trains: under the triplet rule a BCM curve in post_Hz.

    gain = x y tau+ (A2+ + A3+ tau_y y), loss = x y tau- (A2- + A3- tau_x x), with times in seconds (Pfister & Gerstner 2006,
    where they derive BCM). The pair rule has no A3: it rises or falls whatever the rates.
    """
    together = pre_Hz * post_Hz
    if isinstance(rule, PairRule):
        return together * rule.tau_plus_ms * 1e-3 * rule.a_plus, together * rule.tau_minus_ms * 1e-3 * rule.a_minus
    gain = together * rule.tau_plus_ms * 1e-3 * (rule.a2_plus + rule.a3_plus * rule.tau_y_ms * 1e-3 * post_Hz)
    loss = together * rule.tau_minus_ms * 1e-3 * (rule.a2_minus + rule.a3_minus * rule.tau_x_ms * 1e-3 * pre_Hz)
    return gain, loss


def threshold_Hz(rule: TripletRule, pre_Hz: float | None = None) -> float:
    """The post rate at which gain and loss of Poisson trains cancel; pre_Hz None: both cells fire at that rate.

    0 where potentiation wins at every rate, infinite where depression does. 18.7 Hz for visual cortex and 10 Hz of input.
    """
    tau_plus, tau_minus = rule.tau_plus_ms * 1e-3, rule.tau_minus_ms * 1e-3
    rising = tau_plus * rule.a3_plus * rule.tau_y_ms * 1e-3
    with_input = tau_minus * rule.a3_minus * rule.tau_x_ms * 1e-3
    standing = tau_minus * rule.a2_minus - tau_plus * rule.a2_plus
    if pre_Hz is None:
        rising -= with_input
    else:
        standing += with_input * pre_Hz
    if standing <= 0:
        return 0.0
    return standing / rising if rising > 0 else math.inf


class _Events:
    """Both trains in one order. times: (n,) rising; pre, post: how many spikes of each stand at that time, float64 (n,)."""

    def __init__(self, pre_ms: Sequence[float] | np.ndarray, post_ms: Sequence[float] | np.ndarray) -> None:
        pre, post = (_checked(train, name) for train, name in ((pre_ms, "presynaptic"), (post_ms, "postsynaptic")))
        both = np.concatenate([pre, post])
        order = np.argsort(both, kind="stable")
        ordered = both[order]
        self.dust_ms = _DUST * float(np.spacing(np.abs(both).max())) if both.size else 0.0
        is_new = np.ones(both.size, dtype=bool)
        is_new[1:] = np.diff(ordered) > self.dust_ms
        place = np.cumsum(is_new) - 1
        self.times = ordered[is_new]
        is_pre = order < pre.size
        self.pre = np.bincount(place[is_pre], minlength=self.times.size).astype(np.float64)
        self.post = np.bincount(place[~is_pre], minlength=self.times.size).astype(np.float64)


def _checked(train: Sequence[float] | np.ndarray, name: str) -> np.ndarray:
    times = np.asarray(train, dtype=np.float64).ravel()
    if times.size > MOST_SPIKES:
        raise BadInput(f"{times.size} {name} spikes are more than {MOST_SPIKES}.")
    if not np.isfinite(times).all():
        raise BadInput(f"A {name} spike stands at {times[~np.isfinite(times)][0]}: give every time in milliseconds.")
    return times


def _trace(times: np.ndarray, counts: np.ndarray, tau_ms: float, pairing: Pairing) -> np.ndarray:
    """The trace that spikes `counts` leave, at each time before what happens then, (n,)."""
    if pairing == "nearest":
        last = _last_before(counts)
        return np.where(last >= 0, np.exp(np.minimum(times[last] - times, 0.0) / tau_ms), 0.0)
    decays = np.exp(-np.diff(times, prepend=times[:1]) / tau_ms).tolist()
    before = []
    trace = 0.0
    for decay, count in zip(decays, counts.tolist(), strict=True):
        trace *= decay
        before.append(trace)
        trace += count
    return np.asarray(before, dtype=np.float64)


def _last_before(counts: np.ndarray) -> np.ndarray:
    """For each event the index of the last earlier one that has spikes, -1 where there is none, (n,)."""
    own = np.where(counts > 0, np.arange(counts.size), -1)
    last = np.full(counts.size, -1)
    last[1:] = np.maximum.accumulate(own)[:-1]
    return last


def _hard_steps(rule: HardWindow, events: _Events, pairing: Pairing) -> WeightSteps:
    reach = rule.window_ms + events.dust_ms
    first = np.searchsorted(events.times, events.times - reach)  # of the events that are no longer ago than the window

    def partners(counts: np.ndarray) -> np.ndarray:
        if pairing == "nearest":
            return (_last_before(counts) >= first).astype(np.float64)
        before = np.concatenate([[0.0], np.cumsum(counts)])
        found: np.ndarray = before[:-1] - before[first]
        return found

    gains = events.post * partners(events.pre) * rule.a_plus
    return WeightSteps(events.times, gains, events.pre * partners(events.post) * rule.a_minus)
