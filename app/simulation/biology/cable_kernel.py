"""Steps of a branched cable, compiled: staggered Crank-Nicolson over a `Circuit`. Loads numba: for workers only.

The scheme is described in app.simulation.biology.cable_circuit, the arrays in app.simulation.biology.cable_run.
"""

from __future__ import annotations

import math

from numba import njit

from app.simulation.biology.membrane_kernel import step_gates
from app.simulation.biology.numba_cache import place_numba_cache

place_numba_cache()

STEP, NEXT_EVENT, CROSSINGS, ROWS = 0, 1, 2, 3  # places in `State.counters`
_NOTHING_LEFT = (
    1e-30  # of a conductance of 1; smaller numbers would end as denormals, which cost a hundred times as much
)
_NS_TO_US = 1e-3
_MAGNESIUM_HALF_MM, _MAGNESIUM_PER_MV = 3.57, 0.062  # as in app.simulation.biology.synapse


@njit(cache=True, nogil=True, error_model="numpy")
def deliver_events(circuit, state, inputs, middle_ms):  # type: ignore[no-untyped-def]
    """Let the conductances of `middle_ms` know of the events up to then: exact, whatever the event's time."""
    counters = state.counters
    event = counters[NEXT_EVENT]
    while event < inputs.event_ms.shape[0] and inputs.event_ms[event] <= middle_ms:
        age = middle_ms - inputs.event_ms[event]
        synapse = inputs.event_synapse[event]
        weight = inputs.event_ns[event] * _NS_TO_US * circuit.synapse_scale[synapse]
        state.rise_us[synapse] += weight * math.exp(-age / circuit.synapse_rise_ms[synapse])
        state.fall_us[synapse] += weight * math.exp(-age / circuit.synapse_fall_ms[synapse])
        event += 1
    counters[NEXT_EVENT] = event


@njit(cache=True, nogil=True, error_model="numpy")
def magnesium_block(v_mv, magnesium_mm):  # type: ignore[no-untyped-def]
    """The open share of NMDA's conductance at `v_mv`, and its derivative by the potential, per mV."""
    blocking = magnesium_mm / _MAGNESIUM_HALF_MM * math.exp(-_MAGNESIUM_PER_MV * v_mv)
    if not blocking < 1e100:
        return 0.0, 0.0
    share = 1.0 / (1.0 + blocking)
    return share, _MAGNESIUM_PER_MV * blocking * share * share


@njit(cache=True, nogil=True, error_model="numpy")
def _add_synapses(circuit, state, diagonal, right, static):  # type: ignore[no-untyped-def]
    v, rise, fall = state.v_mv, state.rise_us, state.fall_us
    for synapse in range(rise.shape[0]):
        if fall[synapse] == 0.0:
            continue
        node = circuit.synapse_node[synapse]
        conductance = fall[synapse] - rise[synapse]
        reversal = circuit.synapse_reversal_mv[synapse]
        magnesium = circuit.synapse_magnesium_mm[synapse]
        slope = conductance
        current = -conductance * reversal  # at 0 mV, outwards
        if magnesium > 0.0:  # a tangent at V(t) is of second order, as the rest is
            share, steepness = magnesium_block(v[node], magnesium)
            slope = conductance * (share + steepness * (v[node] - reversal))
            current = conductance * share * (v[node] - reversal) - slope * v[node]
        diagonal[node - static] += slope
        right[node] -= current


@njit(cache=True, nogil=True, error_model="numpy")
def _decay_synapses(circuit, state):  # type: ignore[no-untyped-def]
    rise, fall = state.rise_us, state.fall_us
    for synapse in range(rise.shape[0]):
        if fall[synapse] != 0.0:
            rise[synapse] *= circuit.synapse_keep_rise[synapse]
            fall[synapse] *= circuit.synapse_keep_fall[synapse]
            if fall[synapse] < _NOTHING_LEFT:
                fall[synapse] = 0.0
                rise[synapse] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _add_pulses(inputs, right, begin_ms, end_ms):  # type: ignore[no-untyped-def]
    """Each clamp's mean over the step: a pulse may begin and end anywhere."""
    for pulse in range(inputs.pulse_node.shape[0]):
        overlap = min(inputs.pulse_off_ms[pulse], end_ms) - max(inputs.pulse_on_ms[pulse], begin_ms)
        if overlap > 0.0:
            right[inputs.pulse_node[pulse]] += inputs.pulse_na[pulse] * (overlap / (end_ms - begin_ms))


@njit(cache=True, nogil=True, error_model="numpy")
def _note_crossings(watch, state, half, begin_ms, dt_ms):  # type: ignore[no-untyped-def]
    """Upward crossings between V(t), in `state`, and V(t + dt) = 2 `half` - V(t)."""
    counters = state.counters
    for place in range(watch.node.shape[0]):
        node = watch.node[place]
        before, after = state.v_mv[node], 2.0 * half[node] - state.v_mv[node]
        level = watch.threshold_mv[place]
        if before < level <= after:
            count = counters[CROSSINGS]
            if count < watch.crossing_ms.shape[0]:
                watch.crossing_ms[count] = begin_ms + dt_ms * (level - before) / (after - before)
                watch.crossing_place[count] = place
            counters[CROSSINGS] = count + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(circuit, diagonal, right, half):  # type: ignore[no-untyped-def]
    """`half` = V(t + dt/2) from the diagonal of the free nodes and the right-hand side of all; both are used up."""
    left, other = circuit.static_left, circuit.static_right
    left_share, other_share = circuit.static_left_share, circuit.static_right_share
    static = left.shape[0]
    for node in range(static):
        value = right[node]
        right[left[node]] += left_share[node] * value
        right[other[node]] += other_share[node] * value
    parent, link = circuit.free_parent, circuit.free_link_us
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
    inverse_of = circuit.static_inverse
    for node in range(static - 1, -1, -1):
        half[node] = (
            right[node] * inverse_of[node] + left_share[node] * half[left[node]] + other_share[node] * half[other[node]]
        )


@njit(cache=True, nogil=True, error_model="numpy")
def advance_cable(circuit, state, inputs, watch, work, steps):  # type: ignore[no-untyped-def]
    """Take `steps` steps. Every number that a step depends on is in `state`, so that any division of a run gives the same bits."""
    dt = circuit.dt_ms
    v, m, h, n = state.v_mv, state.m, state.h, state.n
    counters = state.counters
    diagonal, right, half = work.diagonal_us, work.right_na, work.half_mv
    storage, drive = circuit.storage_us, circuit.drive_na
    nodes, static = storage.shape[0], circuit.static_left.shape[0]
    active, sodium, potassium = circuit.active, circuit.sodium_us, circuit.potassium_us
    for _ in range(steps):
        step = counters[STEP]
        begin, end = step * dt, (step + 1) * dt
        for node in range(nodes):
            right[node] = storage[node] * v[node] + drive[node]
        for index in range(nodes - static):
            diagonal[index] = circuit.free_diagonal_us[index]
        for index in range(active.shape[0]):
            open_sodium = sodium[index] * m[index] * m[index] * m[index] * h[index]
            squared = n[index] * n[index]
            open_potassium = potassium[index] * squared * squared
            node = active[index]
            diagonal[node - static] += open_sodium + open_potassium
            right[node] += open_sodium * circuit.sodium_mv + open_potassium * circuit.potassium_mv
        deliver_events(circuit, state, inputs, (step + 0.5) * dt)
        _add_synapses(circuit, state, diagonal, right, static)
        _decay_synapses(circuit, state)
        _add_pulses(inputs, right, begin, end)
        _solve(circuit, diagonal, right, half)
        _note_crossings(watch, state, half, begin, dt)
        for node in range(nodes):
            v[node] = 2.0 * half[node] - v[node]
        for index in range(active.shape[0]):
            m[index], h[index], n[index] = step_gates(
                circuit.table, v[active[index]], m[index], h[index], n[index], circuit.scaled_dt_ms
            )
        counters[STEP] = step + 1
        if (step + 1) % watch.every == 0 and counters[ROWS] < watch.rows_mv.shape[0]:
            row = counters[ROWS]
            watch.rows_step[row] = step + 1
            for column in range(watch.column_node.shape[0]):
                watch.rows_mv[row, column] = v[watch.column_node[column]]
            counters[ROWS] = row + 1
