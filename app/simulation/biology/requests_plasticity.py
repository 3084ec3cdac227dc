"""What the models of plasticity take: spike timing, frequency curves, calcium, rate rules, competition. Imports no numba."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.simulation.biology.calcium_rule import CalciumSet
from app.simulation.biology.models import ModelRequest
from app.simulation.biology.rate_rules import RateRule
from app.simulation.biology.spike_timing import Bounds, Pairing, TimingRule

Times = tuple[float, ...]
Numbers = tuple[float, ...]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1, description="the same seed gives the same numbers")]
FrequencyHz = Annotated[float, Meta(gt=0, le=1e6, description="of pairs or pulses, Hz")]
IntervalMs = Annotated[float, Meta(ge=-1e9, le=1e9, description="post minus pre of each pair, ms")]
CurveRule = Literal[
    "triplet_visual", "triplet_hippocampal", "pair", "bcm", "hippocampal_slices", "cortical_slices", "dp_curve"
]


class StdpRequest(ModelRequest, frozen=True):
    """One weight under pairs of spikes, or under two trains. Exact between spikes; times are not rounded to any step.

    pair: +A+ exp(-s/20) for s > 0, -A- exp(s/20) for s < 0, A+ 0.01, A- 0.0105 (Song, Miller & Abbott 2000). pair_hard: +A+
    for 0 < s <= 20 ms, -A- for -20 <= s < 0, the lecture's window. triplet_*: Pfister & Gerstner 2006, visual cortex (table 3)
    and hippocampus, minimal (table 4). s = post minus pre. Pair k: pre at k/frequency, post `interval` later.
    nearest: traces are set by a spike, not added to. Spikes of both cells at one time change nothing between themselves.
    Keys: dw, the sum of all changes from 0, unbounded; weight, from `start` and within `bounds`.
    """

    rule: Annotated[TimingRule, Meta(description="the rule")] = "pair"
    interval: IntervalMs = 10.0
    pairs: Annotated[int, Meta(ge=1, le=200_000, description="how many pairs")] = 1
    frequency: FrequencyHz = 1.0
    pairing: Annotated[Pairing, Meta(description="which spikes make pairs")] = "all"
    pre_ms: Annotated[
        Times, Meta(max_length=200_000, description="presynaptic spikes, ms; with post-ms instead of pairs")
    ] = ()
    post_ms: Annotated[Times, Meta(max_length=200_000, description="postsynaptic spikes, ms")] = ()
    start: Annotated[float, Meta(ge=-1e6, le=1e6, description="weight before, nS")] = 1.0
    bounds: Annotated[
        Bounds,
        Meta(description="of `weight`: none; hard, cut off; soft, gains times (high - w), losses times (w - low)"),
    ] = "none"
    low: Annotated[float, Meta(ge=-1e6, le=1e6, description="lower bound, nS")] = 0.0
    high: Annotated[float, Meta(ge=-1e6, le=1e6, description="upper bound, nS")] = 2.0


class FrequencyCurveRequest(ModelRequest, frozen=True):
    """What pulses at each of some frequencies do to a weight of 1 nS: LTD and LTP against frequency.

    triplet_*, pair: each pulse makes the cell fire, so both trains run at the frequency; protocol poisson (the mean over
    independent Poisson trains, exact) or regular (post `interval` ms after pre). bcm: dw a pulse = gain f (f - theta), f in
    Hz; theta begins at `theta`, or where `history` left it, and slides: dtheta/dt = (f^2/natural_rate - theta)/tau_theta.
    Calcium sets (Graupner & Brunel 2012): regular pre pulses, alone or, if `paired`, with post spikes `interval` later.
    Keys: frequency_Hz; dw, as a fraction of the weight of 1 nS before, within `bounds` (0 to 2 nS; calcium has its own);
    threshold_Hz, where this rule turns from LTD to LTP (null: nowhere); theta_Hz (bcm, where it stood when the pulses began).
    """

    rule: Annotated[CurveRule, Meta(description="the rule or its set of parameters")] = "triplet_visual"
    frequencies: Annotated[
        tuple[Annotated[float, Meta(gt=0, le=1000)], ...],
        Meta(min_length=1, max_length=1000, description="pulses a second, Hz"),
    ] = (0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 70.0, 100.0)
    pulses: Annotated[int, Meta(ge=1, le=10_000, description="how many at each frequency")] = 900
    protocol: Annotated[Literal["poisson", "regular"], Meta(description="how pre and post spikes fall")] = "poisson"
    interval: IntervalMs = 10.0
    paired: Annotated[bool, Meta(description="calcium sets: a post spike with each pulse")] = False
    bounds: Annotated[Bounds, Meta(description="of the weight, 0 to 2 nS: none, hard or soft")] = "soft"
    theta: Annotated[float, Meta(gt=0, le=1000, description="bcm: threshold before the history, Hz")] = 10.0
    history: Annotated[
        Annotated[float, Meta(ge=0, le=1000)] | None,
        Meta(description="bcm: rate at which the cell has fired before, Hz (default: no history)"),
    ] = None
    history_seconds: Annotated[float, Meta(ge=0, le=1e7, description="bcm: for how long, s")] = 3600.0
    tau_theta: Annotated[float, Meta(gt=0, le=1e7, description="bcm: how fast the threshold slides, s")] = 3600.0
    natural_rate: Annotated[float, Meta(gt=0, le=1000, description="bcm: the rate whose threshold is itself, Hz")] = (
        10.0
    )
    gain: Annotated[float, Meta(gt=0, le=1, description="bcm: change a pulse and Hz^2")] = 1.5e-5


class CalciumRequest(ModelRequest, frozen=True):
    """The calcium rule of Graupner & Brunel 2012 (PNAS 109:3991), without noise, under pre pulses alone or pairs.

    tau drho/dt = -rho (1 - rho)(0.5 - rho) + gamma_p (1 - rho) [c > theta_p] - gamma_d rho [c > theta_d].
    Keys: rho; dw, the change of the weight 1 + (b - 1) rho as a fraction of that before; above_p_s, above_d_s, how long calcium
    stood above each threshold.
    """

    parameters: Annotated[CalciumSet, Meta(description="fit of the paper")] = "hippocampal_slices"
    frequency: FrequencyHz = 1.0
    pulses: Annotated[int, Meta(ge=1, le=10_000, description="how many")] = 900
    paired: Annotated[bool, Meta(description="a post spike with each pulse")] = False
    interval: IntervalMs = 10.0
    pre_ms: Annotated[
        Times, Meta(max_length=20_000, description="presynaptic spikes, ms; with post-ms instead of pulses")
    ] = ()
    post_ms: Annotated[Times, Meta(max_length=20_000, description="postsynaptic spikes, ms")] = ()
    rho: Annotated[float, Meta(ge=0, le=1, description="efficacy before")] = 0.5
    rest: Annotated[float, Meta(ge=0, le=1e9, description="how long to wait afterwards, s")] = 0.0


class RateRuleRequest(ModelRequest, frozen=True):
    """Weights of a cell y = w x under a rule for rates; time in the unit of 1/eta.

    hebb: dw/dt = eta x y. covariance: eta (x - <x>)(y - <y>). oja: eta y (x - y w). bcm: eta x y (y - theta), dtheta/dt =
    (y^2 - theta)/tau_theta. Inputs: `patterns` (one row after the other, as many values as there are weights), or a normal cloud with
    `covariance` (row after row) and `means`, or two inputs of variance 1 with `correlation`; bcm without patterns takes the two
    equally likely patterns that have this correlation.
    averaged: the exact flow of the rule's mean. sampled: one input drawn a `dt`. pair: the one weight between two cells that
    something else makes fire, normal with `mean` and `sd` and this correlation, exact.
    Keys: w; norm; theta (null but for bcm); eigenvalue, eigenvector (top of the matrix the rule sees); responses (y of each
    pattern; []).
    """

    rule: Annotated[RateRule, Meta(description="the rule")] = "oja"
    mode: Annotated[Literal["averaged", "sampled", "pair"], Meta(description="how the inputs are taken")] = "averaged"
    correlation: Annotated[float, Meta(ge=-1, le=1, description="of two inputs, or of the two cells")] = 0.8
    covariance: Annotated[Numbers, Meta(max_length=10_000, description="n times n values, row after row")] = ()
    means: Annotated[Numbers, Meta(max_length=100, description="n means of the cloud")] = ()
    patterns: Annotated[Numbers, Meta(max_length=10_000, description="k times n values, pattern after pattern")] = ()
    probabilities: Annotated[Numbers, Meta(max_length=10_000, description="of the k patterns")] = ()
    w0: Annotated[Numbers, Meta(min_length=1, max_length=100, description="weights at the start")] = (0.3, 0.1)
    eta: Annotated[float, Meta(gt=0, le=1e6, description="learning rate")] = 1.0
    duration: Annotated[float, Meta(gt=0, le=1e9, description="how long")] = 10.0
    points: Annotated[int, Meta(ge=2, le=100_001, description="rows of the trace")] = 201
    dt: Annotated[float, Meta(gt=0, le=1e6, description="sampled: time a sample stands for")] = 0.01
    tau_theta: Annotated[float, Meta(gt=0, le=1e9, description="bcm: how fast the threshold slides")] = 0.1
    theta0: Annotated[float | None, Meta(description="bcm: threshold at the start (default: <y^2>)")] = None
    mean: Annotated[float, Meta(ge=0, le=1e6, description="pair: of both cells' rates")] = 1.0
    sd: Annotated[float, Meta(gt=0, le=1e6, description="pair: spread of both cells' rates")] = 0.5
    seed: Seed = 0


class CompetitionRequest(ModelRequest, frozen=True):
    """Plastic synapses that compete for one cell under pair STDP: Song, Miller & Abbott 2000, Nat Neurosci 3:919.

    LIF cell (leak -74, threshold -54, reset -60 mV, tau 10 ms), excitation of 5 ms and up to 0.01 leaks a synapse; A+ 0.01,
    tau 20 ms on both sides; weights start evenly spread over 0 to 1.
    Keys: seconds; mean, sd of the weights; rate_Hz of the output over the last slice; weak, strong, the part of weights below
    0.1 and above 0.9; histogram, 20 counts; spikes_ms of the last slice; weights.
    """

    seconds: Annotated[float, Meta(ge=0.001, le=10_000, description="biology to run, s")] = 200.0
    slice: Annotated[float, Meta(ge=0.001, le=1000, description="one row of the trace, s")] = 1.0
    synapses: Annotated[int, Meta(ge=1, le=20_000, description="how many")] = 1000
    rate: Annotated[float, Meta(gt=0, le=500, description="of each input, Hz")] = 15.0
    depression: Annotated[float, Meta(ge=0, le=10, description="A- over A+")] = 1.05
    seed: Seed = 0
