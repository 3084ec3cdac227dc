"""Cells of one compartment, compiled: Hodgkin-Huxley alone and by the thousand, Izhikevich. Loads numba: for workers only.

Hodgkin-Huxley: the gates stand half a step before V; each step takes them past V by exact exponentials, and V past them by
Crank-Nicolson, as an implicit half step to v_half and then V = 2 v_half - V (Hines & Carnevale 1997, Neural Comput 9:1179).
"""

from __future__ import annotations

import numpy as np

from app.simulation.biology.compiled import compiled
from app.simulation.biology.membrane import (
    CAPACITANCE_UF_PER_CM2,
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    POTASSIUM_MV,
    REST_MV,
    SODIUM_MS_PER_CM2,
    SODIUM_MV,
    TABLE_FIRST_MV,
    TABLE_LAST_MV,
    TABLE_ROWS_PER_MV,
    Array,
    gate_table,
    steady_gates,
    temperature_factor,
)
from app.simulation.biology.membrane_kernel import exact_gates, step_gates

_C = CAPACITANCE_UF_PER_CM2
_GNA, _GK, _GL = SODIUM_MS_PER_CM2, POTASSIUM_MS_PER_CM2, LEAK_MS_PER_CM2
_ENA, _EK, _EL = SODIUM_MV, POTASSIUM_MV, LEAK_MV
_FIRST, _LAST, _PER_MV = TABLE_FIRST_MV, TABLE_LAST_MV, float(TABLE_ROWS_PER_MV)
_SPIKE_MV = 0.0
_IZHIKEVICH_PEAK_MV = 30.0
_BLOCK = 256  # cells: 8 KB of state


@compiled
def step_membrane(v_mv, m, h, n, current, half_dt_per_c, gna):  # type: ignore[no-untyped-def]
    """V after a step, from the gates and the mean current (uA/cm2) of its middle; `half_dt_per_c` = dt / (2 C), gna in mS/cm2."""
    sodium = gna * m * m * m * h
    potassium = _GK * n * n * n * n
    total = sodium + potassium + _GL
    driving = sodium * _ENA + potassium * _EK + _GL * _EL + current
    v_half = (v_mv + half_dt_per_c * driving) / (1.0 + half_dt_per_c * total)
    return 2.0 * v_half - v_mv


@compiled
def run_cell(table, scaled_dt, dt_ms, gna, currents, state, trace):  # type: ignore[no-untyped-def]
    """One cell through all of `currents` (steps,), uA/cm2, the mean of each step. Returns the spikes: rises through 0 mV.

    table, scaled_dt: `gate_table(dt, temperature)` and phi dt; gna in mS/cm2. state (4,): V, m, h, n (these half a step behind), left as
    they are after the last step. trace (steps + 1, 4): filled with V, m, h, n at every step, the gates as the mean of half a
    step before and after; (0, 4) keeps nothing.
    """
    v, m, h, n = state[0], state[1], state[2], state[3]
    half_dt_per_c = 0.5 * dt_ms / _C
    keeps = trace.shape[0] > 0
    steps = currents.shape[0]
    spikes = 0
    for step in range(steps + 1):
        m_next, h_next, n_next = step_gates(table, v, m, h, n, scaled_dt)
        if keeps:
            trace[step, 0] = v
            trace[step, 1] = 0.5 * (m + m_next)
            trace[step, 2] = 0.5 * (h + h_next)
            trace[step, 3] = 0.5 * (n + n_next)
        if step == steps:
            break
        m, h, n = m_next, h_next, n_next
        before = v
        v = step_membrane(v, m, h, n, currents[step], half_dt_per_c, gna)
        if before < _SPIKE_MV <= v:
            spikes += 1
    state[0], state[1], state[2], state[3] = v, m, h, n
    return spikes


@compiled
def run_cells(table, scaled_dt, dt_ms, currents, steps, state, spikes):  # type: ignore[no-untyped-def]
    """Cells at constant `currents` (cells,), uA/cm2, for `steps`. Adds each cell's rises through 0 mV to `spikes` (cells,).

    table: `table_with_slopes`; scaled_dt: phi dt. state (4, cells): V, m, h, n, left as they are after the last step.
    A block of cells whose state stays in the nearest cache goes through all steps, gates and potentials each in a loop of
    their own: 6 to 8 ns a cell and step, where one loop took 13 to 21 and NEURON's fixed step 140 to 160.
    """
    half_dt_per_c = 0.5 * dt_ms / _C
    v, m, h, n = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    fired = np.empty(_BLOCK, dtype=np.int64)
    for first in range(0, currents.shape[0], _BLOCK):
        cells = min(_BLOCK, currents.shape[0] - first)
        v[:cells], m[:cells] = state[0, first : first + cells], state[1, first : first + cells]
        h[:cells], n[:cells] = state[2, first : first + cells], state[3, first : first + cells]
        fired[:] = 0
        for _ in range(steps):
            for cell in range(cells):
                at = v[cell]
                if _FIRST <= at < _LAST:
                    position = (at - _FIRST) * _PER_MV
                    row = np.int32(position)
                    part = position - row
                    m[cell] = table[row, 0] + part * table[row, 6] + (table[row, 1] + part * table[row, 7]) * m[cell]
                    h[cell] = table[row, 2] + part * table[row, 8] + (table[row, 3] + part * table[row, 9]) * h[cell]
                    n[cell] = table[row, 4] + part * table[row, 10] + (table[row, 5] + part * table[row, 11]) * n[cell]
                else:
                    m[cell], h[cell], n[cell] = exact_gates(at, m[cell], h[cell], n[cell], scaled_dt)
            for cell in range(cells):
                before = v[cell]
                after = step_membrane(before, m[cell], h[cell], n[cell], currents[first + cell], half_dt_per_c, _GNA)
                v[cell] = after
                fired[cell] += (before < _SPIKE_MV) & (after >= _SPIKE_MV)
        state[0, first : first + cells], state[1, first : first + cells] = v[:cells], m[:cells]
        state[2, first : first + cells], state[3, first : first + cells] = h[:cells], n[:cells]
        spikes[first : first + cells] += fired[:cells]


@compiled
def run_izhikevich(parameters, dt_ms, currents, trace):  # type: ignore[no-untyped-def]
    """Izhikevich 2003 by fourth-order Runge-Kutta from v = -65, u = b v. `parameters` are a, b, c, d; currents (steps,).

    trace (steps + 1, 3): v before the reset (mV), u, and 1 where a spike fell on the end of the step.
    """
    a, b, c, d = parameters[0], parameters[1], parameters[2], parameters[3]
    v = -65.0
    u = b * v
    half = 0.5 * dt_ms
    trace[0, 0], trace[0, 1], trace[0, 2] = v, u, 0.0
    for step in range(currents.shape[0]):
        current = currents[step]
        v1 = 0.04 * v * v + 5.0 * v + 140.0 - u + current
        u1 = a * (b * v - u)
        x, y = v + half * v1, u + half * u1
        v2 = 0.04 * x * x + 5.0 * x + 140.0 - y + current
        u2 = a * (b * x - y)
        x, y = v + half * v2, u + half * u2
        v3 = 0.04 * x * x + 5.0 * x + 140.0 - y + current
        u3 = a * (b * x - y)
        x, y = v + dt_ms * v3, u + dt_ms * u3
        v4 = 0.04 * x * x + 5.0 * x + 140.0 - y + current
        u4 = a * (b * x - y)
        v += dt_ms / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4)
        u += dt_ms / 6.0 * (u1 + 2.0 * u2 + 2.0 * u3 + u4)
        has_fired = v >= _IZHIKEVICH_PEAK_MV
        trace[step + 1, 0] = v
        trace[step + 1, 2] = 1.0 if has_fired else 0.0
        if has_fired:
            v = c
            u += d
        trace[step + 1, 1] = u


def resting_state(cells: int) -> Array:
    """V, m, h, n of `cells` at -65 mV, (4, cells)."""
    m, h, n = steady_gates(REST_MV)
    return np.repeat(np.array([[REST_MV], [float(m)], [float(h)], [float(n)]]), cells, axis=1)


def table_with_slopes(dt_ms: float, temperature_c: float) -> Array:
    """`gate_table`, and beside each column what it grows to the next row, (rows, 12)."""
    table = gate_table(dt_ms, temperature_c)
    return np.hstack([table, np.diff(table, axis=0, append=table[-1:])])


def simulate_cell(
    currents: Array,
    dt_ms: float = 0.01,
    temperature_c: float = 6.3,
    keeps_trace: bool = True,
    sodium: float = 1.0,
) -> tuple[int, Array, Array]:
    """One Hodgkin-Huxley cell from rest through `currents` (steps,), uA/cm2, the mean of each step of `dt_ms`.

    sodium: factor on the sodium conductance.

    Returns its spikes, the last state (4,) and V, m, h, n at every step, (steps + 1, 4) or (0, 4).
    """
    state = resting_state(1)[:, 0].copy()
    trace = np.empty((len(currents) + 1 if keeps_trace else 0, 4))
    table = gate_table(dt_ms, temperature_c)
    scaled_dt = temperature_factor(temperature_c) * dt_ms
    amplitudes = np.ascontiguousarray(currents, dtype=float)
    spikes = run_cell(table, scaled_dt, dt_ms, _GNA * sodium, amplitudes, state, trace)
    return int(spikes), state, trace


def simulate_cells(
    currents: Array, duration_ms: float, dt_ms: float = 0.01, temperature_c: float = 6.3
) -> tuple[Array, Array]:
    """Hodgkin-Huxley cells from rest, each at its constant current of `currents` (cells,), uA/cm2.

    Returns the spikes (cells,), int64, and the last state (4, cells): V in mV, m, h, n.
    """
    state = resting_state(len(currents))
    spikes = np.zeros(len(currents), dtype=np.int64)
    steps = round(duration_ms / dt_ms)
    scaled_dt = temperature_factor(temperature_c) * dt_ms
    amplitudes = np.ascontiguousarray(currents, dtype=float)
    run_cells(table_with_slopes(dt_ms, temperature_c), scaled_dt, dt_ms, amplitudes, steps, state, spikes)
    return spikes, state
