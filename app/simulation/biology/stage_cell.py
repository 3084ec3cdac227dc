"""StageCell: the living lecture neuron, which can be stimulated, changed and put back. Numba is loaded by its first step.

What is asked of it has been checked by app.simulation.biology.engine. The same plan and the same calls at the same steps give
the same bits, however the steps between are divided.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.simulation.biology.cable_circuit import Synapse
from app.simulation.biology.cable_run import CableRun, Event, Pulse, State
from app.simulation.biology.lecture_neuron import INTERNODES, input_site, lecture_neuron
from app.simulation.biology.membrane import REFERENCE_TEMPERATURE_C
from app.simulation.biology.morphology import Section, build_morphology
from app.simulation.biology.stage import (
    INPUTS,
    KEPT_MS,
    NEXT_CELL_NS,
    TERMINAL,
    Arrival,
    Spike,
    StagePlan,
)
from app.simulation.biology.stage_rows import StageRows, rows_of
from app.simulation.biology.synapse import AMPA, RECEPTORS, RELEASE_PROBABILITY, RELEASE_SITES, released_vesicles

_SNAPSHOT_STEPS = 500


class Planned(NamedTuple):
    """A presynaptic spike to come. number: how many there were before it, which decides its chance."""

    spike_ms: float
    input: int
    number: int


class Current(NamedTuple):
    """An electrode's current."""

    number: int
    pulse: Pulse


@dataclass(frozen=True)
class Snapshot:
    """All that decides what comes next."""

    step: int
    plan: StagePlan
    cable: State
    next_cell: State
    planned: tuple[Planned, ...]
    opening: tuple[Event, ...]
    next_opening: tuple[Event, ...]
    currents: tuple[Current, ...]
    fired: int
    handed: int


class StageCell:
    """At rest at step 0, then wherever it was led."""

    def __init__(self, plan: StagePlan) -> None:
        self.plan = plan
        self._cable = _cable(plan)
        self._next_cell = _next_cell(plan.dt_ms)
        self._planned: list[Planned] = []
        self._opening: list[Event] = []
        self._next_opening: list[Event] = []
        self._currents: list[Current] = []
        self._fired = 0
        self._handed = 0
        self._numbers = 0
        self._places = _spike_places(self._cable)
        self._history: list[Snapshot] = []
        self._remember()

    @property
    def step(self) -> int:
        return self._cable.step

    @property
    def time_ms(self) -> float:
        return self._cable.time_ms

    @property
    def compartments(self) -> int:
        return self._cable.morphology.compartments

    @property
    def waiting(self) -> int:
        """How many presynaptic spikes are still to come."""
        return len(self._planned)

    @property
    def currents_begun(self) -> int:
        """The number of the last current that was ever begun."""
        return self._numbers

    @property
    def earliest_step(self) -> int:
        """The first step that the cell can be put back to."""
        return max(self.step - round(KEPT_MS / self.plan.dt_ms), 0)

    def voltage_mv(self) -> np.ndarray:
        return self._cable.voltage_mv()

    def gates(self) -> np.ndarray:
        return self._cable.gates()

    # --- what is done to it -------------------------------------------------------------------------------------------

    def fire(self, inputs: tuple[int, ...], times_ms: tuple[float, ...]) -> None:
        """Plan a presynaptic spike at each of `inputs`, at its time."""
        for number, time in zip(inputs, times_ms, strict=True):
            self._planned.append(Planned(max(time, self.time_ms), number, self._fired))
            self._fired += 1
        self._planned.sort()
        self._remember()

    def inject(self, compartment: int, amplitude_na: float, duration_ms: float | None) -> int:
        """Begin a current now; its number."""
        self._numbers += 1
        now = self.time_ms
        end = math.inf if duration_ms is None else now + duration_ms
        self._currents.append(Current(self._numbers, Pulse(compartment, now, end, amplitude_na)))
        self._remember()
        return self._numbers

    def withdraw(self, number: int) -> None:
        """End a current now, where it still flows."""
        now = self.time_ms
        self._currents = [
            Current(each.number, each.pulse._replace(off_ms=min(each.pulse.off_ms, now)))
            if each.number == number
            else each
            for each in self._currents
        ]
        self._remember()

    def change(self, plan: StagePlan) -> None:
        """Be as `plan` says from now on. What is open of a synapse whose receptors are exchanged closes at once."""
        before, self.plan = self.plan, plan
        if _body(plan) != _body(before):
            cable = _cable(plan)
            cable.take_over(
                self._cable, [mine == theirs for mine, theirs in zip(plan.receptors, before.receptors, strict=True)]
            )
            self._cable = cable
        self._remember()

    def rewind(self, step: int) -> None:
        """The state of `step`, with all that had been done to the cell up to then."""
        del self._history[bisect_right(self._history, step, key=_step_of) :]
        then = self._history[-1]
        if _body(then.plan) != _body(self.plan):
            self._cable = _cable(then.plan)
        self.plan = then.plan
        self._cable.restore(then.cable)
        self._next_cell.restore(then.next_cell)
        self._planned, self._opening = list(then.planned), list(then.opening)
        self._next_opening, self._currents = list(then.next_opening), list(then.currents)
        self._fired, self._handed = then.fired, then.handed
        if step > self.step:
            self._go_on(step - self.step, with_rows=False)

    def copy_at(self, step: int) -> StageCell:
        """Another cell, as this one was at `step`; this one stays where it is."""
        other = StageCell(self.plan)
        other._history = list(self._history)
        other.rewind(step)
        return other

    @property
    def cable(self) -> CableRun:
        """What moves in it, without the cell that it ends on."""
        return self._cable

    # --- going on -----------------------------------------------------------------------------------------------------

    def advance(self, steps: int) -> tuple[StageRows, tuple[Arrival, ...], tuple[Spike, ...], tuple[Arrival, ...]]:
        """Take `steps` steps: rows that hold on straight lines, presynaptic spikes, the cell's own, and what it hands on."""
        before = self._cable.snapshot()
        began = self.step
        next_before = float(self._next_cell.voltage_mv()[0])
        voltage_before = self._cable.voltage_mv()
        arrivals, spikes, handed_on = self._go_on(steps, with_rows=True)
        rows = rows_of(self._cable, self._next_cell, before, voltage_before, next_before, self._pulses())
        self._currents = [each for each in self._currents if each.pulse.off_ms > self.time_ms]
        if self.step - self._history[-1].step >= _SNAPSHOT_STEPS or steps > _SNAPSHOT_STEPS:
            self._remember()
        assert rows.steps[-1] == began + steps
        return rows, arrivals, spikes, handed_on

    def _go_on(
        self, steps: int, *, with_rows: bool
    ) -> tuple[tuple[Arrival, ...], tuple[Spike, ...], tuple[Arrival, ...]]:
        cable, other = self._cable, self._next_cell
        end_ms = (self.step + steps) * self.plan.dt_ms
        arrivals = self._due(end_ms)
        self._opening += [Event(each.onset_ms, each.input, each.weight_nS) for each in arrivals if each.weight_nS > 0]
        self._opening.sort()
        rows = steps if with_rows else 0
        cable.stimulate(self._opening, self._pulses())
        cable.watch(list(self._places.values()), columns=range(self.compartments), rows=rows, with_state=with_rows)
        cable.advance(steps)
        del self._opening[: cable.events_taken]
        names = list(self._places)
        crossings = sorted(cable.crossings(), key=_time_of)
        spikes = tuple(Spike(names[place], time) for place, time in crossings)
        handed_on = tuple(self._hand_on(spike.time_ms) for spike in spikes if spike.place == "bouton")
        opening = (Event(each.onset_ms, 0, each.weight_nS) for each in handed_on if each.weight_nS > 0)
        self._next_opening = sorted([*self._next_opening, *opening])
        other.stimulate(self._next_opening)
        other.watch(columns=[0], rows=rows, with_state=with_rows)
        other.advance(steps)
        del self._next_opening[: other.events_taken]
        return arrivals, spikes, handed_on

    def _pulses(self) -> list[Pulse]:
        return [each.pulse for each in self._currents]

    def _due(self, end_ms: float) -> tuple[Arrival, ...]:
        """The presynaptic spikes before `end_ms`, which are planned no longer."""
        count = sum(planned.spike_ms < end_ms for planned in self._planned)
        due, self._planned = self._planned[:count], self._planned[count:]
        return tuple(self._arrival(planned) for planned in due)

    def _arrival(self, planned: Planned) -> Arrival:
        return self._released(planned.input, planned.spike_ms, self.plan.weights_nS[planned.input], (planned.number,))

    def _hand_on(self, spike_ms: float) -> Arrival:
        """What a spike of the bouton sets free onto the next cell."""
        self._handed += 1
        return self._released(TERMINAL, spike_ms, NEXT_CELL_NS, (self._handed, TERMINAL))

    def _released(self, synapse: int, spike_ms: float, weight_ns: float, draw: tuple[int, ...]) -> Arrival:
        """A spike as the plan's release has it; `draw`, with the plan's seed, decides its chance."""
        plan, vesicles = self.plan, RELEASE_SITES
        if plan.release == "quantal":
            chance = np.random.default_rng((plan.seed, *draw))
            vesicles = int(released_vesicles(chance, 1)[0])
            weight_ns *= vesicles / (RELEASE_SITES * RELEASE_PROBABILITY)
        return Arrival(synapse, spike_ms, spike_ms + plan.delay_ms, vesicles, weight_ns)

    def _remember(self) -> None:
        """Keep the state of now, in place of one of the same step, and forget what is older than KEPT_MS."""
        while self._history and self._history[-1].step >= self.step:
            self._history.pop()
        self._history.append(
            Snapshot(
                step=self.step,
                plan=self.plan,
                cable=self._cable.snapshot(),
                next_cell=self._next_cell.snapshot(),
                planned=tuple(self._planned),
                opening=tuple(self._opening),
                next_opening=tuple(self._next_opening),
                currents=tuple(self._currents),
                fired=self._fired,
                handed=self._handed,
            )
        )
        too_old = bisect_right(self._history, self.earliest_step, key=_step_of) - 1
        if too_old > 0:
            del self._history[:too_old]


def _time_of(crossing: tuple[int, float]) -> float:
    return crossing[1]


def _step_of(snapshot: Snapshot) -> int:
    return snapshot.step


def _body(plan: StagePlan) -> tuple[object, ...]:
    """What of a plan the cable is built from."""
    return plan.receptors, plan.wraps, plan.sodium, plan.potassium, plan.temperature_C, plan.dt_ms


def _cable(plan: StagePlan) -> CableRun:
    morphology = lecture_neuron(plan.wraps)
    synapses = [
        Synapse(morphology.compartment(*input_site(number)), RECEPTORS[plan.receptors[number]])
        for number in range(INPUTS)
    ]
    return CableRun(
        morphology,
        synapses,
        dt_ms=plan.dt_ms,
        temperature_c=plan.temperature_C,
        sodium=plan.sodium,
        potassium=plan.potassium,
    )


def _next_cell(dt_ms: float) -> CableRun:
    """A passive compartment of 100 pF, whose leak of 5 nS reverses at -65 mV, with AMPA receptors."""
    side_um = math.sqrt(10_000.0 / math.pi)
    morphology = build_morphology([Section("next cell", side_um, side_um, passive_ms_per_cm2=0.05)], 100.0)
    return CableRun(morphology, [Synapse(0, AMPA)], dt_ms=dt_ms, temperature_c=REFERENCE_TEMPERATURE_C)


def _spike_places(cable: CableRun) -> dict[str, int]:
    """The places of `stage.Spike` and their compartments."""
    cell = cable.morphology
    names = ["hillock", "soma", "bouton", *(f"node {number}" for number in range(INTERNODES))]
    return {"ais": cell.compartment("ais", 1.0)} | {name: cell.compartment(name) for name in names}
