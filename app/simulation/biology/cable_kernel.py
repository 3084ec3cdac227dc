"""Steps of a branched cable, compiled: staggered Crank-Nicolson over a `Circuit`. Loads numba: for workers only.

The scheme is described in app.simulation.biology.cable_circuit, the arrays in app.simulation.biology.cable_run.
"""

from __future__ import annotations

import math

from app.simulation.biology.compiled import compiled
from app.simulation.biology.membrane_kernel import step_gates
from app.simulation.biology.synapse import MAGNESIUM_HALF_MM, MAGNESIUM_PER_MV

STEP, NEXT_EVENT, CROSSINGS, ROWS = 0, 1, 2, 3  # places in `State.counters`
_NOTHING_LEFT = (
    1e-30  # of a conductance of 1; smaller numbers would end as denormals, which cost a hundred times as much
)
_NS_TO_US = 1e-3


# Arrays are handed over one by one: a tuple of 27 arrays as an argument, or a look into it within a loop, counts references
# to each of them, which took longer than the arithmetic.


@compiled
def _deliver_events(event_ms, event_synapse, event_ns, rise_ms, fall_ms, scale, rise, fall, event, middle_ms):  # type: ignore[no-untyped-def]
    """Let the conductances of `middle_ms` know of the events up to then, exactly, whatever their times; the next event."""
    while event < event_ms.shape[0] and event_ms[event] <= middle_ms:
        age = middle_ms - event_ms[event]
        synapse = event_synapse[event]
        weight = event_ns[event] * _NS_TO_US * scale[synapse]
        rise[synapse] += weight * math.exp(-age / rise_ms[synapse])
        fall[synapse] += weight * math.exp(-age / fall_ms[synapse])
        event += 1
    return event


@compiled
def magnesium_block(v_mv, magnesium_mm):  # type: ignore[no-untyped-def]
    """The open share of NMDA's conductance at `v_mv`, and its derivative by the potential, per mV."""
    blocking = magnesium_mm / MAGNESIUM_HALF_MM * math.exp(-MAGNESIUM_PER_MV * v_mv)
    if not blocking < 1e100:
        return 0.0, 0.0
    share = 1.0 / (1.0 + blocking)
    return share, MAGNESIUM_PER_MV * blocking * share * share


@compiled
def _line_of_synapse(v_mv, conductance, reversal_mv, magnesium_mm):  # type: ignore[no-untyped-def]
    """Slope and outward current at 0 mV of the line that stands for a synapse in this step."""
    if magnesium_mm <= 0.0:
        return conductance, -conductance * reversal_mv
    share, steepness = magnesium_block(v_mv, magnesium_mm)  # a tangent at V(t) is of second order, as the rest is
    driving = v_mv - reversal_mv
    slope = conductance * (share + steepness * driving)
    return slope, conductance * share * driving - slope * v_mv


@compiled
def _add_synapses(at, reversal_mv, magnesium_mm, keep_rise, keep_fall, rise, fall, v, diagonal, right, static):  # type: ignore[no-untyped-def]
    """Add the open synapses to the matrix and the right-hand side, then let them close for a step."""
    for synapse in range(fall.shape[0]):
        if fall[synapse] == 0.0:
            continue
        node = at[synapse]
        conductance = fall[synapse] - rise[synapse]
        slope, current = _line_of_synapse(v[node], conductance, reversal_mv[synapse], magnesium_mm[synapse])
        diagonal[node - static] += slope
        right[node] -= current
        rise[synapse] *= keep_rise[synapse]
        fall[synapse] *= keep_fall[synapse]
        if fall[synapse] < _NOTHING_LEFT:
            fall[synapse] = 0.0
            rise[synapse] = 0.0


@compiled
def _add_pulses(at, on_ms, off_ms, amplitude_na, right, begin_ms, end_ms):  # type: ignore[no-untyped-def]
    """Add each clamp's mean over the step: a pulse may begin and end anywhere."""
    for pulse in range(at.shape[0]):
        overlap = min(off_ms[pulse], end_ms) - max(on_ms[pulse], begin_ms)
        if overlap > 0.0:
            right[at[pulse]] += amplitude_na[pulse] * (overlap / (end_ms - begin_ms))


@compiled
def _note_crossings(places, thresholds, crossing_ms, crossing_place, v, half, count, begin_ms, dt_ms):  # type: ignore[no-untyped-def]
    """Upward crossings between V(t) = `v` and V(t + dt) = 2 `half` - `v`; how many there are now."""
    for place in range(places.shape[0]):
        node = places[place]
        before, after = v[node], 2.0 * half[node] - v[node]
        level = thresholds[place]
        if before < level <= after:
            if count < crossing_ms.shape[0]:
                crossing_ms[count] = begin_ms + dt_ms * (level - before) / (after - before)
                crossing_place[count] = place
            count += 1
    return count


@compiled
def _solve(left, other, left_share, other_share, inverse_of, parent, link, diagonal, right, half):  # type: ignore[no-untyped-def]
    """`half` = V(t + dt/2) from the diagonal of the free nodes and the right-hand side of all; both are used up."""
    static = left.shape[0]
    for node in range(static):
        value = right[node]
        right[left[node]] += left_share[node] * value
        right[other[node]] += other_share[node] * value
    free = parent.shape[0]
    for index in range(free - 1):
        node = static + index
        inverse = 1.0 / diagonal[index]
        share = link[index] * inverse
        towards = parent[index]
        diagonal[towards - static] -= share * link[index]
        right[towards] += share * right[node]
        right[node] *= inverse
        diagonal[index] = share
    last = static + free - 1
    half[last] = right[last] / diagonal[free - 1]
    for index in range(free - 2, -1, -1):
        half[static + index] = right[static + index] + diagonal[index] * half[parent[index]]
    for node in range(static - 1, -1, -1):
        half[node] = (
            right[node] * inverse_of[node] + left_share[node] * half[left[node]] + other_share[node] * half[other[node]]
        )


@compiled
def advance_cable(circuit, state, inputs, watch, work, steps):  # type: ignore[no-untyped-def]
    """Take `steps` steps. Every number that a step depends on is in `state`, so that any division of a run gives the same bits."""
    dt, scaled_dt, table = circuit.dt_ms, circuit.scaled_dt_ms, circuit.table
    sodium_mv, potassium_mv = circuit.sodium_mv, circuit.potassium_mv
    storage, drive, free_diagonal = circuit.storage_us, circuit.drive_na, circuit.free_diagonal_us
    left, other = circuit.static_left, circuit.static_right
    left_share, other_share = circuit.static_left_share, circuit.static_right_share
    inverse_of, parent, link = circuit.static_inverse, circuit.free_parent, circuit.free_link_us
    active, sodium, potassium = circuit.active, circuit.sodium_us, circuit.potassium_us
    synapse_node, rise_ms, fall_ms = circuit.synapse_node, circuit.synapse_rise_ms, circuit.synapse_fall_ms
    keep_rise, keep_fall, scale = circuit.synapse_keep_rise, circuit.synapse_keep_fall, circuit.synapse_scale
    reversal_mv, magnesium_mm = circuit.synapse_reversal_mv, circuit.synapse_magnesium_mm
    v, m, h, n, rise, fall = state.v_mv, state.m, state.h, state.n, state.rise_us, state.fall_us
    event_ms, event_synapse, event_ns = inputs.event_ms, inputs.event_synapse, inputs.event_ns
    pulse_node, pulse_on, pulse_off, pulse_na = (
        inputs.pulse_node,
        inputs.pulse_on_ms,
        inputs.pulse_off_ms,
        inputs.pulse_na,
    )
    places, thresholds = watch.node, watch.threshold_mv
    crossing_ms, crossing_place = watch.crossing_ms, watch.crossing_place
    every, column_node, rows_step, rows_mv = watch.every, watch.column_node, watch.rows_step, watch.rows_mv
    rows_gates, rows_rise, rows_fall = watch.rows_gates, watch.rows_rise_us, watch.rows_fall_us
    diagonal, right, half = work.diagonal_us, work.right_na, work.half_mv
    nodes, static = storage.shape[0], left.shape[0]
    counters = state.counters
    first_step, event, crossings, row = counters[STEP], counters[NEXT_EVENT], counters[CROSSINGS], counters[ROWS]
    for step in range(first_step, first_step + steps):
        begin, end = step * dt, (step + 1) * dt
        for node in range(nodes):
            right[node] = storage[node] * v[node] + drive[node]
        for index in range(nodes - static):
            diagonal[index] = free_diagonal[index]
        for index in range(active.shape[0]):
            open_sodium = sodium[index] * m[index] * m[index] * m[index] * h[index]
            squared = n[index] * n[index]
            open_potassium = potassium[index] * squared * squared
            node = active[index]
            diagonal[node - static] += open_sodium + open_potassium
            right[node] += open_sodium * sodium_mv + open_potassium * potassium_mv
        event = _deliver_events(
            event_ms, event_synapse, event_ns, rise_ms, fall_ms, scale, rise, fall, event, (step + 0.5) * dt
        )
        _add_synapses(
            synapse_node, reversal_mv, magnesium_mm, keep_rise, keep_fall, rise, fall, v, diagonal, right, static
        )
        _add_pulses(pulse_node, pulse_on, pulse_off, pulse_na, right, begin, end)
        _solve(left, other, left_share, other_share, inverse_of, parent, link, diagonal, right, half)
        crossings = _note_crossings(places, thresholds, crossing_ms, crossing_place, v, half, crossings, begin, dt)
        for node in range(nodes):
            v[node] = 2.0 * half[node] - v[node]
        for index in range(active.shape[0]):
            m[index], h[index], n[index] = step_gates(table, v[active[index]], m[index], h[index], n[index], scaled_dt)
        if (step + 1) % every == 0 and row < rows_mv.shape[0]:
            rows_step[row] = step + 1
            for column in range(column_node.shape[0]):
                rows_mv[row, column] = v[column_node[column]]
            if rows_gates.shape[0] > 0:
                rows_gates[row, :, 0], rows_gates[row, :, 1], rows_gates[row, :, 2] = m, h, n
                rows_rise[row, :], rows_fall[row, :] = rise, fall
            row += 1
    counters[STEP] = first_step + steps
    counters[NEXT_EVENT], counters[CROSSINGS], counters[ROWS] = event, crossings, row
