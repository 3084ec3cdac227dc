"""The rows of a `stage.Recording`: taken so closely that straight lines between them hold. Numba is loaded when they are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.simulation.biology.cable_run import CableRun, Pulse, State
from app.simulation.biology.synapse import magnesium_unblocked

VOLTAGE_MV, GATE, CONDUCTANCE_NS, CURRENT_NA = 0.02, 1e-3, 5e-3, 1e-6  # how far a line may be off
LONGEST_MS = 1.0
Array = np.ndarray


@dataclass(frozen=True)
class StageRows:
    """As in `stage.Recording`: steps int64 (n,), the others float32."""

    steps: Array
    voltage_mv: Array
    gates: Array
    conductance_ns: Array
    next_cell_mv: Array
    next_cell_ns: Array
    current_na: Array


def rows_of(
    cable: CableRun,
    next_cell: CableRun,
    before: State,
    voltage_before_mv: Array,
    next_before_mv: float,
    pulses: Sequence[Pulse],
) -> StageRows:
    """Choose among all steps of the last `advance` of both cells, watched with their states; `before` is where it began."""
    from app.simulation.biology.row_choice_kernel import choose_rows, note_bends

    times, voltage = cable.recorded()
    staggered, rise, fall = cable.recorded_state()
    count = len(times)
    first = cable.step - count
    all_voltage = np.concatenate([voltage_before_mv[None], voltage])
    gates_before = np.stack([before.m, before.h, before.n], axis=1)
    ahead = np.concatenate([gates_before[None], staggered])
    gates = (ahead[:-1] + ahead[1:]) / 2.0  # the mean of half a step before and after
    conductance = _conductance_ns(cable, rise, fall, voltage)
    other = next_cell.recorded()[1]
    handed_on = _conductance_ns(next_cell, *next_cell.recorded_state()[1:], other)
    current = np.zeros(count)
    for pulse in pulses:
        current[(pulse.on_ms <= times) & (times < pulse.off_ms)] += pulse.amplitude_na
    bends = np.zeros(count + 1)
    note_bends(all_voltage, VOLTAGE_MV, bends)
    note_bends(np.concatenate([[[next_before_mv]], other]), VOLTAGE_MV, bends)
    flat = gates.reshape(count, -1)
    opened = ((conductance, CONDUCTANCE_NS), (handed_on, CONDUCTANCE_NS))
    for values, tolerance in ((flat, GATE), *opened, (current[:, None], CURRENT_NA)):
        note_bends(values, tolerance, bends[1:])
    kept = np.zeros(count + 1, dtype=bool)
    choose_rows(bends, max(round(LONGEST_MS / cable.dt_ms), 1), kept)
    chosen = kept[1:]
    return StageRows(
        steps=first + 1 + np.flatnonzero(chosen),
        voltage_mv=voltage[chosen].astype(np.float32),
        gates=gates[chosen].astype(np.float32),
        conductance_ns=conductance[chosen].astype(np.float32),
        next_cell_mv=other[chosen, 0].astype(np.float32),
        next_cell_ns=handed_on[chosen, 0].astype(np.float32),
        current_na=current[chosen].astype(np.float32),
    )


def _conductance_ns(cable: CableRun, rise_us: Array, fall_us: Array, voltage_mv: Array) -> Array:
    """Open conductance at the time of each row, (rows, synapses): the state is that of half a step later."""
    circuit = cable.circuit
    back = 0.5 * circuit.dt_ms
    opened = fall_us * np.exp(back / circuit.synapse_fall_ms) - rise_us * np.exp(back / circuit.synapse_rise_ms)
    conductance: Array = 1e3 * np.maximum(opened, 0.0)
    blocked = np.flatnonzero(circuit.synapse_magnesium_mm > 0.0)
    if len(blocked):
        places = [cable.synapses[number].compartment for number in blocked]
        conductance[:, blocked] *= magnesium_unblocked(voltage_mv[:, places])
    return conductance
