"""One leaky integrate-and-fire cell under many plastic Poisson synapses, compiled. Loads numba: for workers only."""

from __future__ import annotations

import math

import numpy as np

from app.simulation.biology.compiled import compiled

# Places in `state`, which is all that the cell remembers besides its weights and their traces.
POTENTIAL, CONDUCTANCE, POST_TRACE, POST_MS, NEXT_PRE_MS = range(5)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53


@compiled
def uniform(counter):  # type: ignore[no-untyped-def]
    """The next number in [0, 1) of the stream `counter`, uint64 (1,): SplitMix64 (Steele, Lea & Flood 2014, OOPSLA)."""
    counter[0] += _GOLDEN
    z = counter[0]
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * _TO_UNIT


@compiled
def run_steps(first, steps, dt, weights, pre_traces, pre_ms, state, counter, cell, learning, spikes_ms):  # type: ignore[no-untyped-def]
    """Run `steps` from step `first`; returns how many output spikes were written into `spikes_ms`, float64 (steps,).

    weights, pre_traces, pre_ms (n,), state (5,) and counter (1,) are changed in place. cell: threshold, reset, leak, excitatory
    reversal (mV), membrane and synaptic time constants (ms), conductance of a full weight in leaks, inputs per ms in all.
    learning: a_plus, a_minus, tau (ms), in parts of the full weight.
    """
    threshold, reset, leak, reversal, tau_m, tau_e, full, per_ms = cell
    a_plus, a_minus, tau = learning
    n = weights.size
    decay_e = math.exp(-dt / tau_e)
    spikes = 0
    for k in range(first, first + steps):
        end = (k + 1) * dt
        g = state[CONDUCTANCE]
        area = g * tau_e * (1.0 - decay_e)  # of the conductance over the step: its mean drives the potential
        g *= decay_e
        while state[NEXT_PRE_MS] < end:
            t = state[NEXT_PRE_MS]
            i = int(uniform(counter) * n)
            left = math.exp((t - end) / tau_e)
            g += full * weights[i] * left
            area += full * weights[i] * tau_e * (1.0 - left)
            weights[i] = max(0.0, weights[i] - state[POST_TRACE] * math.exp((state[POST_MS] - t) / tau))
            pre_traces[i] = pre_traces[i] * math.exp((pre_ms[i] - t) / tau) + a_plus
            pre_ms[i] = t
            state[NEXT_PRE_MS] = t - math.log1p(-uniform(counter)) / per_ms
        state[CONDUCTANCE] = g
        total = 1.0 + area / dt
        target = (leak + (total - 1.0) * reversal) / total
        v = target + (state[POTENTIAL] - target) * math.exp(-total * dt / tau_m)
        if v > threshold:
            v = reset
            for i in range(n):
                weights[i] = min(1.0, weights[i] + pre_traces[i] * math.exp((pre_ms[i] - end) / tau))
            state[POST_TRACE] = state[POST_TRACE] * math.exp((state[POST_MS] - end) / tau) + a_minus
            state[POST_MS] = end
            spikes_ms[spikes] = end
            spikes += 1
        state[POTENTIAL] = v
    return spikes
