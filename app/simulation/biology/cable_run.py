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
    """Where upward crossings are noted (node, mV), room for them, and what is taken every `every` steps.

    rows_mv: columns of potentials; rows_gates (rows, active, 3), rows_rise_us and rows_fall_us (rows, synapses): the rest of
    the state, where it is asked for, else without rows.
    """

    node: Array
    threshold_mv: Array
    crossing_ms: Array
    crossing_place: Array
    every: int
    column_node: Array
    rows_step: Array
    rows_mv: Array
    rows_gates: Array
    rows_rise_us: Array
    rows_fall_us: Array


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
        sodium: float = 1.0,
        potassium: float = 1.0,
        rest_mv: float = REST_MV,
    ) -> None:
        """sodium, potassium: factors on those conductances of all membrane that has channels."""
        if not 0.0 < dt_ms < math.inf:
            raise BadInput(f"The time step is {dt_ms:g} ms: it must be above 0.")
        self.morphology = morphology
        self.synapses = tuple(synapses)
        self.circuit: Circuit = build_circuit(
            morphology, synapses, dt_ms=dt_ms, temperature_c=temperature_c, sodium=sodium, potassium=potassium
        )
        self._at = self.circuit.at[: morphology.compartments]
        self._state = self._resting(rest_mv)
        self._inputs = _no_inputs()
        self.watch()
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
        """Set what is to come: events that have not been taken in (`events_taken`), and pulses.

        What is given here replaces what was given before; an event in the past opens as if it had come in its time.
        """
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
        self._state.counters[_NEXT_EVENT] = 0

    @property
    def events_taken(self) -> int:
        """How many of the events last given, in the order of their times, are in the conductances already."""
        return int(self._state.counters[_NEXT_EVENT])

    def watch(
        self,
        places: Sequence[int] = (),
        *,
        threshold_mv: float = SPIKE_MV,
        most_crossings: int = 10_000,
        columns: Sequence[int] = (),
        every: int = 1,
        rows: int = 0,
        with_state: bool = False,
    ) -> None:
        """Note upward crossings of `threshold_mv` at `places`, and the potentials of `columns` after every `every` steps.

        Both lists name compartments. What was noted before is forgotten; `rows` is how many rows there is room for.
        with_state: each row also takes down gates and synapses, see `recorded_state`.
        """
        columns_at = self._at[np.array(columns, dtype=np.int64)]
        most = most_crossings if len(places) else 0
        state_rows = rows if with_state else 0
        active, synapses = len(self.circuit.active), len(self.synapses)
        self._watch = Watch(
            node=self._at[np.array(places, dtype=np.int64)],
            threshold_mv=np.full(len(places), threshold_mv),
            crossing_ms=np.zeros(most),
            crossing_place=np.zeros(most, dtype=np.int64),
            every=max(every, 1),
            column_node=columns_at,
            rows_step=np.zeros(rows, dtype=np.int64),
            rows_mv=np.zeros((rows, len(columns_at))),
            rows_gates=np.zeros((state_rows, active, 3)),
            rows_rise_us=np.zeros((state_rows, synapses)),
            rows_fall_us=np.zeros((state_rows, synapses)),
        )
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

    def recorded_state(self) -> tuple[Array, Array, Array]:
        """Gates half a step ahead of each row (rows, active, 3), and rise_us, fall_us as in `State`, (rows, synapses)."""
        count = min(int(self._state.counters[_ROWS]), len(self._watch.rows_gates))
        return self._watch.rows_gates[:count], self._watch.rows_rise_us[:count], self._watch.rows_fall_us[:count]

    def take_over(self, other: CableRun, synapses: Sequence[bool]) -> None:
        """Go on from where a run of the same cell, otherwise built, stands; of the open synapses, those that are marked."""
        theirs, mine = other._state, self._state
        mine.v_mv[self.circuit.at] = theirs.v_mv[other.circuit.at]
        mine.m[:], mine.h[:], mine.n[:] = theirs.m, theirs.h, theirs.n
        kept = np.array(synapses, dtype=bool)
        mine.rise_us[kept], mine.fall_us[kept] = theirs.rise_us[kept], theirs.fall_us[kept]
        mine.counters[_STEP] = theirs.counters[_STEP]

    def raise_mv(self, by: float) -> None:
        """Put the whole cell's potential `by` mV higher at once; gates and conductances stay as they are."""
        self._state.v_mv[...] += by

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
