"""The Hodgkin-Huxley membrane: constants, rates, temperature and the table of its gates. Imports neither numba nor Qt.

Hodgkin & Huxley 1952, J Physiol 117:500, with absolute potentials and rest at -65 mV:
C dV/dt = I - gNa m^3 h (V - ENa) - gK n^4 (V - EK) - gL (V - EL);  dx/dt = phi (alpha_x (1 - x) - beta_x x) for m, h, n.
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray

REST_MV = -65.0
CAPACITANCE_UF_PER_CM2 = 1.0
SODIUM_MV, POTASSIUM_MV = 50.0, -77.0
LEAK_MV = -54.387  # 10.613 mV above rest, where the three currents cancel
SODIUM_MS_PER_CM2, POTASSIUM_MS_PER_CM2, LEAK_MS_PER_CM2 = 120.0, 36.0, 0.3
REFERENCE_TEMPERATURE_C = 6.3
SQUID_AXON_TEMPERATURE_C = 18.5

# The table of gates. At 0.05 mV linear interpolation moves a spike late in a train by 0.003 ms at most; what lies outside
# (an electrode leaves any range) is evaluated exactly.
TABLE_FIRST_MV = -150.0
TABLE_LAST_MV = 150.0
TABLE_ROWS_PER_MV = 20
TABLE_ROWS = int((TABLE_LAST_MV - TABLE_FIRST_MV) * TABLE_ROWS_PER_MV) + 1


def temperature_factor(temperature_c: float) -> float:
    """phi: how many times faster the gates move at `temperature_c` than at 6.3 degC; Q10 is 3."""
    return float(3.0 ** ((temperature_c - REFERENCE_TEMPERATURE_C) / 10.0))


def _linear_over_exponential(u: Array) -> Array:
    """u / (1 - exp(-u)), which is 1 + u/2 where both vanish."""
    near = np.abs(u) < 1e-6
    safe = np.where(near, 1.0, u)
    return np.where(near, 1.0 + u / 2.0, safe / -np.expm1(-safe))


def alpha_m(v_mv: Array) -> Array:
    """Opening rate of m, per ms; 1 at -40 mV."""
    return _linear_over_exponential((np.asarray(v_mv, dtype=float) + 40.0) / 10.0)


def beta_m(v_mv: Array) -> Array:
    """Closing rate of m, per ms."""
    return 4.0 * np.exp(-(np.asarray(v_mv, dtype=float) + 65.0) / 18.0)


def alpha_h(v_mv: Array) -> Array:
    """Rate at which inactivation is lifted, per ms."""
    return 0.07 * np.exp(-(np.asarray(v_mv, dtype=float) + 65.0) / 20.0)


def beta_h(v_mv: Array) -> Array:
    """Rate of inactivation, per ms."""
    return 1.0 / (np.exp(-(np.asarray(v_mv, dtype=float) + 35.0) / 10.0) + 1.0)


def alpha_n(v_mv: Array) -> Array:
    """Opening rate of n, per ms; 0.1 at -55 mV."""
    return 0.1 * _linear_over_exponential((np.asarray(v_mv, dtype=float) + 55.0) / 10.0)


def beta_n(v_mv: Array) -> Array:
    """Closing rate of n, per ms."""
    return 0.125 * np.exp(-(np.asarray(v_mv, dtype=float) + 65.0) / 80.0)


def _rates(v_mv: Array) -> tuple[tuple[Array, Array], ...]:
    return (
        (alpha_m(v_mv), beta_m(v_mv)),
        (alpha_h(v_mv), beta_h(v_mv)),
        (alpha_n(v_mv), beta_n(v_mv)),
    )


def steady_gates(v_mv: Array | float) -> tuple[Array, Array, Array]:
    """m, h, n after a long time at `v_mv`, each of its shape."""
    m, h, n = (alpha / (alpha + beta) for alpha, beta in _rates(np.asarray(v_mv, dtype=float)))
    return m, h, n


def table_potentials() -> Array:
    """The potentials of the table's rows, mV, (TABLE_ROWS,)."""
    return TABLE_FIRST_MV + np.arange(TABLE_ROWS) / TABLE_ROWS_PER_MV


def gate_table(dt_ms: float, temperature_c: float) -> Array:
    """One exact step of the gates at a potential held for `dt_ms`: x becomes add + keep x. (TABLE_ROWS, 6), C-contiguous.

    Columns: add, keep of m, then of h, then of n; keep = exp(-dt/tau), add = x_inf (1 - keep).
    """
    phi = temperature_factor(temperature_c)
    table = np.empty((TABLE_ROWS, 6))
    for gate, (alpha, beta) in enumerate(_rates(table_potentials())):
        decay = -dt_ms * phi * (alpha + beta)
        table[:, 2 * gate] = -np.expm1(decay) * alpha / (alpha + beta)
        table[:, 2 * gate + 1] = np.exp(decay)
    return table
