"""Synapses: conductances after an event, magnesium block, short-term plasticity, release by chance. Imports neither Qt nor numba.

I = w g(t) (V - E), with w in nS, g without unit and 1 at its peak, V and E in mV, I in pA. Kinetics after Destexhe, Mainen &
Sejnowski 1994 (J Comput Neurosci 1:195); the block after Jahr & Stevens 1990 (J Neurosci 10:3178).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np

MAGNESIUM_MM = 1.0
MAGNESIUM_HALF_MM, MAGNESIUM_PER_MV = 3.57, 0.062  # blocks half at 0 mV; how fast a potential lifts the block
DELAY_MS = 0.5  # from the spike at the terminal to the conductance behind the cleft; 0.5 to 1 ms
RELEASE_SITES = 5  # vesicles that are docked at one synapse
RELEASE_PROBABILITY = 0.4  # of each, where release is a matter of chance


class Receptor(msgspec.Struct, frozen=True):
    """A kind of receptor: time constants of rise and decay in ms, reversal potential in mV, whether magnesium blocks it."""

    name: str
    rise_ms: float
    decay_ms: float
    reversal_mv: float
    is_blocked_by_magnesium: bool = False

    @property
    def scale(self) -> float:
        """What exp(-t/decay) - exp(-t/rise) is multiplied by, so that its peak is 1."""
        return peak_scale(self.rise_ms, self.decay_ms)


AMPA = Receptor("ampa", 0.5, 3.0, 0.0)
GABA_A = Receptor("gaba_a", 1.0, 10.0, -75.0)  # shunts where it reverses at rest
NMDA = Receptor("nmda", 2.0, 80.0, 0.0, is_blocked_by_magnesium=True)
RECEPTORS = {receptor.name: receptor for receptor in (AMPA, GABA_A, NMDA)}


def peak_time_ms(rise_ms: float, decay_ms: float) -> float:
    """When the double exponential is largest, r d / (d - r) ln(d / r) ms after the event; decay_ms must be above rise_ms."""
    return rise_ms * decay_ms / (decay_ms - rise_ms) * math.log(decay_ms / rise_ms)


def peak_scale(rise_ms: float, decay_ms: float) -> float:
    """The factor that makes the double exponential's peak 1."""
    peak = peak_time_ms(rise_ms, decay_ms)
    return 1.0 / (math.exp(-peak / decay_ms) - math.exp(-peak / rise_ms))


def double_exponential(since_ms: np.ndarray | float, rise_ms: float, decay_ms: float) -> np.ndarray:
    """(exp(-t/d) - exp(-t/r)) / peak at times since the event, 0 before it; the shape of `since_ms`."""
    t = np.maximum(np.asarray(since_ms, dtype=float), 0.0)
    return np.asarray(peak_scale(rise_ms, decay_ms) * (np.exp(-t / decay_ms) - np.exp(-t / rise_ms)))


def magnesium_unblocked(v_mv: np.ndarray | float, magnesium_mm: float = MAGNESIUM_MM) -> np.ndarray:
    """B(V) = 1 / (1 + [Mg] / 3.57 exp(-0.062 V)): the part of NMDA receptors that magnesium leaves open, 0 to 1."""
    with np.errstate(over="ignore"):  # where an electrode pulls below -11,000 mV nothing is left open
        blocking = magnesium_mm / MAGNESIUM_HALF_MM * np.exp(-MAGNESIUM_PER_MV * np.asarray(v_mv, dtype=float))
    return np.asarray(1.0 / (1.0 + blocking))


class ShortTermPlasticity(msgspec.Struct, frozen=True):
    """Tsodyks & Markram 1997 (PNAS 94:719): u is the part released, x the part that is there to be released.

    At a spike u += U (1 - u), u x is released, x -= u x; between spikes du/dt = -u/tf, dx/dt = (1 - x)/tr.
    """

    use: float
    recovery_ms: float
    facilitation_ms: float


DEPRESSING = ShortTermPlasticity(0.5, 800.0, 0.0)
FACILITATING = ShortTermPlasticity(0.15, 100.0, 1000.0)
SHORT_TERM_KINDS = {"depressing": DEPRESSING, "facilitating": FACILITATING}


def releases(kind: ShortTermPlasticity, spikes_ms: Iterable[float]) -> list[float]:
    """What each of the rising times `spikes_ms` releases, as a part of all: u x, the first U. Exact between spikes."""
    released: list[float] = []
    u, x, before = 0.0, 1.0, None
    for time in spikes_ms:
        if before is not None:
            elapsed = time - before
            u = u * math.exp(-elapsed / kind.facilitation_ms) if kind.facilitation_ms > 0.0 else 0.0
            x = 1.0 + (x - 1.0) * math.exp(-elapsed / kind.recovery_ms)
        u += kind.use * (1.0 - u)
        released.append(u * x)
        x -= u * x
        before = time
    return released


def released_vesicles(
    chance: np.random.Generator, events: int, sites: int = RELEASE_SITES, probability: float = RELEASE_PROBABILITY
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Vesicles that fuse at each of `events` spikes, K ~ Binomial(sites, probability), (events,); none in (1 - p)^n of them.

    del Castillo & Katz 1954 (J Physiol 124:560).
    """
    return chance.binomial(sites, probability, events)
