"""Competition between the synapses of one cell under pair STDP: Song, Miller & Abbott 2000, Nat Neurosci 3:919. Loads numba.

Weights go to 0 or 1 while the output rate regulates itself. Parameters are those of the paper as its public re-implementations
run them (Brian2's example of STDP). The potential is solved by exact exponentials over steps of 0.1 ms, input spikes and
plasticity at their own times. All chance comes from one counter that is kept between slices: any slicing gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from app.simulation.biology import competition_kernel as kernel
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.requests_plasticity import CompetitionRequest
from trainers.errors import BadInput

STEP_MS = 0.1
STEPS_PER_SECOND = 10_000
THRESHOLD_MV, RESET_MV, LEAK_MV, EXCITATORY_MV = -54.0, -60.0, -74.0, 0.0
MEMBRANE_MS, SYNAPTIC_MS = 10.0, 5.0
FULL_CONDUCTANCE = 0.01  # of a synapse of weight 1, in units of the leak
A_PLUS, A_MINUS_TO_A_PLUS, STDP_MS = 0.01, 1.05, 20.0
BINS = 20  # of the histogram of weights


class Competition:
    """The running cell. weights: float64 (synapses,), 0 to 1; spikes_ms: of the last `advance`."""

    def __init__(
        self, synapses: int = 1000, rate_Hz: float = 15.0, seed: int = 0, depression: float = A_MINUS_TO_A_PLUS
    ) -> None:
        """`depression` is A-/A+. Weights start evenly spread over 0 to 1. Raises BadInput for what cannot be."""
        if not 1 <= synapses <= 20_000:
            raise BadInput(f"{synapses} synapses are outside 1 to 20000.")
        if not 0.0 < rate_Hz <= 500.0:
            raise BadInput(f"Inputs cannot fire at {rate_Hz} Hz: give a rate above 0 and at most 500.")
        if not 0.0 <= depression <= 10.0:
            raise BadInput(f"A-/A+ = {depression} is outside 0 to 10.")
        chance = np.random.default_rng(seed)
        self.weights = chance.random(synapses)
        self.spikes_ms = np.empty(0)
        self._step = 0
        self._pre_traces = np.zeros(synapses)
        self._pre_ms = np.zeros(synapses)
        self._counter = chance.integers(0, 2**64, size=1, dtype=np.uint64)
        per_ms = synapses * rate_Hz * 1e-3
        first_ms = -math.log1p(-chance.random()) / per_ms
        self._state = np.array([LEAK_MV, 0.0, 0.0, 0.0, first_ms])
        self._cell = (
            THRESHOLD_MV,
            RESET_MV,
            LEAK_MV,
            EXCITATORY_MV,
            MEMBRANE_MS,
            SYNAPTIC_MS,
            FULL_CONDUCTANCE,
            per_ms,
        )
        self._learning = (A_PLUS, A_PLUS * depression, STDP_MS)

    @property
    def seconds(self) -> float:
        """Biology run so far."""
        return self._step / STEPS_PER_SECOND

    def advance(self, seconds: float) -> float:
        """Run on, to the next 0.1 ms; returns the output rate in Hz over this stretch (0 for none)."""
        steps = round(seconds * STEPS_PER_SECOND)
        if not 0 < steps <= 1000 * STEPS_PER_SECOND:
            raise BadInput(f"A slice of {seconds} s is outside 0.0001 to 1000.")
        spikes_ms = np.empty(steps)
        count = kernel.run_steps(
            self._step,
            steps,
            STEP_MS,
            self.weights,
            self._pre_traces,
            self._pre_ms,
            self._state,
            self._counter,
            self._cell,
            self._learning,
            spikes_ms,
        )
        self.spikes_ms = spikes_ms[:count].copy()
        self._step += steps
        return float(count) * STEPS_PER_SECOND / steps

    def histogram(self) -> np.ndarray:
        """How many weights lie in each twentieth of 0 to 1, int64 (20,)."""
        counts: np.ndarray = np.histogram(self.weights, bins=BINS, range=(0.0, 1.0))[0]
        return counts


def competition_slices(request: CompetitionRequest) -> Iterator[tuple[float, SimulationResult]]:
    """The run in slices of request.slice seconds: (part done, what it shows now). The last is what `competition` answers.

    values: seconds, mean, sd, rate_Hz (over the slice), weak and strong (part of weights below 0.1 and above 0.9), histogram
    (20 counts), spikes_ms of the slice, weights (one a synapse). traces, a row for the start and one for each slice so far: t_s, mean, sd, rate_Hz.
    """
    cell = Competition(request.synapses, request.rate, request.seed, request.depression)
    rows = [(0.0, float(cell.weights.mean()), float(cell.weights.std()), math.nan)]
    total_steps = max(1, round(request.seconds * STEPS_PER_SECOND))
    per_slice = max(1, round(request.slice * STEPS_PER_SECOND))
    slices = math.ceil(total_steps / per_slice)
    for k in range(slices):
        steps = min(per_slice, total_steps - k * per_slice)
        rate = cell.advance(steps / STEPS_PER_SECOND)
        rows.append((cell.seconds, float(cell.weights.mean()), float(cell.weights.std()), rate))
        yield (k + 1) / slices, _shown(cell, rows)


def run_competition(request: CompetitionRequest) -> SimulationResult:
    """`hillock simulate competition`: the last of `competition_slices`."""
    *_, (_, result) = competition_slices(request)
    return result


def _shown(cell: Competition, rows: list[tuple[float, float, float, float]]) -> SimulationResult:
    seconds, mean, sd, rate = rows[-1]
    table = np.asarray(rows)
    return SimulationResult(
        values={
            "seconds": seconds,
            "mean": mean,
            "sd": sd,
            "rate_Hz": rate,
            "weak": float((cell.weights < 0.1).mean()),
            "strong": float((cell.weights > 0.9).mean()),
            "histogram": cell.histogram().tolist(),
            "spikes_ms": cell.spikes_ms.tolist(),
            "weights": cell.weights.tolist(),
        },
        traces={"t_s": table[:, 0], "mean": table[:, 1], "sd": table[:, 2], "rate_Hz": table[:, 3]},
    )
