"""A cable at work: its state, what acts on it, what is watched. Numba is loaded by the first `advance`, so for workers only.

Time is k dt with an integer k. The same events and pulses give the same bits however a run is divided, and a restored
snapshot goes on as the first run did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.simulation.biology.cable_circuit import Circuit, Synapse, build_circuit
from app.simulation.biology.membrane import REST_MV, steady_gates
from app.simulation.biology.morphology import Morphology
from trainers.errors import BadInput

Array = np.ndarray
SPIKE_MV = 0.0
_STEP, _NEXT_EVENT, _CROSSINGS, _ROWS = range(4)  # places in State.counters, as in cable_kernel


class State(NamedTuple):
    """All that moves: v_mv (nodes + 1,), in the circuit's order; m, h, n (active,), half a step ahead of v; rise_us, fall_us
    (synapses,), at the middle of the next step once events up to there are added; counters: step, next event, crossings, rows.
    """

    v_mv: Array
    m: Array
    h: Array
    n: Array
    rise_us: Array
    fall_us: Array
    counters: Array


class Inputs(NamedTuple):
    """Events in order of time (ms, synapse, nS at the peak) and pulses (node, from ms, to ms, nA)."""

    event_ms: Array
    event_synapse: Array
    event_ns: Array
    pulse_node: Array
    pulse_on_ms: Array
    pulse_off_ms: Array
    pulse_na: Array


class Watch(NamedTuple):
    """Where upward crossings are noted (node, mV), room for them, and columns of potentials taken every `every` steps."""

    node: Array
    threshold_mv: Array
    crossing_ms: Array
    crossing_place: Array
    every: int
    column_node: Array
    rows_step: Array
    rows_mv: Array


class Work(NamedTuple):
    """Room for one step."""

    diagonal_us: Array
    right_na: Array
    half_mv: Array


class Pulse(NamedTuple):
    """A current of `amplitude_na` into a compartment from `on_ms` to `off_ms` (may be infinite)."""

    compartment: int
    on_ms: float
    off_ms: float
    amplitude_na: float


class Event(NamedTuple):
    """A conductance that opens at `time_ms` at the synapse of that number, `weight_ns` at its peak."""

    time_ms: float
    synapse: int
    weight_ns: float


class CableRun:
    """One cell at rest, then wherever `advance` has brought it."""

    def __init__(
        self,
        morphology: Morphology,
        synapses: Sequence[Synapse] = (),
        *,
        dt_ms: float,
        temperature_c: float,
        rest_mv: float = REST_MV,
    ) -> None:
        if not 0.0 < dt_ms < math.inf:
            raise BadInput(f"The time step is {dt_ms:g} ms: it must be above 0.")
        self.morphology = morphology
        self.synapses = tuple(synapses)
        self.circuit: Circuit = build_circuit(morphology, synapses, dt_ms=dt_ms, temperature_c=temperature_c)
        self._at = self.circuit.at[: morphology.compartments]
        self._state = self._resting(rest_mv)
        self._inputs = _no_inputs()
        self._watch = _watch((), (), 0, 1, (), 0)
        nodes = morphology.nodes
        self._work = Work(np.zeros(len(self.circuit.free_parent)), np.zeros(nodes + 1), np.zeros(nodes + 1))

    def _resting(self, rest_mv: float) -> State:
        active, synapses = len(self.circuit.active), len(self.synapses)
        m, h, n = (np.full(active, float(gate)) for gate in steady_gates(rest_mv))
        return State(
            v_mv=np.full(self.morphology.nodes + 1, rest_mv),
            m=m,
            h=h,
            n=n,
            rise_us=np.zeros(synapses),
            fall_us=np.zeros(synapses),
            counters=np.zeros(4, dtype=np.int64),
        )

    @property
    def dt_ms(self) -> float:
        return self.circuit.dt_ms

    @property
    def step(self) -> int:
        return int(self._state.counters[_STEP])

    @property
    def time_ms(self) -> float:
        return self.step * self.circuit.dt_ms

    def voltage_mv(self) -> Array:
        """Potential of every compartment now, (compartments,), mV."""
        voltage: Array = self._state.v_mv[self._at]
        return voltage

    def gates(self) -> Array:
        """m, h, n of the compartments that have channels, half a step ahead of the potentials, (active, 3)."""
        return np.stack([self._state.m, self._state.h, self._state.n], axis=1)

    def stimulate(self, events: Sequence[Event] = (), pulses: Sequence[Pulse] = ()) -> None:
        """Set all events and pulses of the run. Events that the state has taken in already must be the first of them again."""
        ordered = sorted(events)  # equal times in the order of their synapses: the same bits whoever fires first
        self._inputs = Inputs(
            event_ms=np.array([event.time_ms for event in ordered], dtype=float),
            event_synapse=np.array([event.synapse for event in ordered], dtype=np.int64),
            event_ns=np.array([event.weight_ns for event in ordered], dtype=float),
            pulse_node=self._at[np.array([pulse.compartment for pulse in pulses], dtype=np.int64)],
            pulse_on_ms=np.array([pulse.on_ms for pulse in pulses], dtype=float),
            pulse_off_ms=np.array([pulse.off_ms for pulse in pulses], dtype=float),
            pulse_na=np.array([pulse.amplitude_na for pulse in pulses], dtype=float),
        )

    def watch(
        self,
        places: Sequence[int] = (),
        *,
        threshold_mv: float = SPIKE_MV,
        most_crossings: int = 10_000,
        columns: Sequence[int] = (),
        every: int = 1,
        rows: int = 0,
    ) -> None:
        """Note upward crossings of `threshold_mv` at `places`, and the potentials of `columns` after every `every` steps.

        Both lists name compartments. What was noted before is forgotten; `rows` is how many rows there is room for.
        """
        thresholds = (threshold_mv,) * len(places)
        node = self._at[np.array(places, dtype=np.int64)]
        column = self._at[np.array(columns, dtype=np.int64)]
        self._watch = _watch(node, thresholds, most_crossings, every, column, rows)
        self._state.counters[_CROSSINGS] = self._state.counters[_ROWS] = 0

    def advance(self, steps: int) -> None:
        """Take `steps` steps."""
        from app.simulation.biology.cable_kernel import advance_cable

        advance_cable(self.circuit, self._state, self._inputs, self._watch, self._work, steps)

    def crossings(self) -> list[tuple[int, float]]:
        """(index into the watched places, ms) of every crossing since `watch`, in order of steps."""
        count = min(int(self._state.counters[_CROSSINGS]), len(self._watch.crossing_ms))
        places, times = self._watch.crossing_place[:count], self._watch.crossing_ms[:count]
        return list(zip(places.tolist(), times.tolist(), strict=True))

    def first_crossings(self) -> list[float | None]:
        """For every watched place the time of its first crossing, ms; None where there was none."""
        first: list[float | None] = [None] * len(self._watch.node)
        for place, time in self.crossings():
            if first[place] is None:
                first[place] = time
        return first

    def recorded(self) -> tuple[Array, Array]:
        """Times (rows,), ms, and potentials (rows, columns), mV, since `watch`."""
        count = int(self._state.counters[_ROWS])
        return self._watch.rows_step[:count] * self.circuit.dt_ms, self._watch.rows_mv[:count]

    def snapshot(self) -> State:
        """A copy of all that moves."""
        return State(*(part.copy() for part in self._state))

    def restore(self, state: State) -> None:
        """Go back to a snapshot of this run, to the last bit."""
        for mine, theirs in zip(self._state, state, strict=True):
            mine[...] = theirs


def _no_inputs() -> Inputs:
    empty, whole = np.zeros(0), np.zeros(0, dtype=np.int64)
    return Inputs(empty, whole, empty, whole, empty, empty, empty)


def _watch(
    node: Array | tuple[int, ...],
    thresholds: Sequence[float],
    most_crossings: int,
    every: int,
    column: Array | tuple[int, ...],
    rows: int,
) -> Watch:
    columns = np.array(column, dtype=np.int64)
    return Watch(
        node=np.array(node, dtype=np.int64),
        threshold_mv=np.array(thresholds, dtype=float),
        crossing_ms=np.zeros(most_crossings),
        crossing_place=np.zeros(most_crossings, dtype=np.int64),
        every=max(every, 1),
        column_node=columns,
        rows_step=np.zeros(rows, dtype=np.int64),
        rows_mv=np.zeros((rows, len(columns))),
    )
