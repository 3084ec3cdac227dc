"""The gates of the Hodgkin-Huxley membrane, compiled: from a table, exact outside it. Loads numba: for workers only."""

from __future__ import annotations

import math

from app.simulation.biology.compiled import compiled
from app.simulation.biology.membrane import TABLE_FIRST_MV, TABLE_LAST_MV, TABLE_ROWS_PER_MV

_FIRST = TABLE_FIRST_MV
_LAST = TABLE_LAST_MV
_PER_MV = float(TABLE_ROWS_PER_MV)


@compiled
def rates(v_mv):  # type: ignore[no-untyped-def]
    """alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n at `v_mv`, per ms at 6.3 degC; see app.simulation.biology.membrane."""
    u = (v_mv + 40.0) / 10.0
    alpha_m = 1.0 + u / 2.0 if abs(u) < 1e-6 else u / -math.expm1(-u)
    beta_m = 4.0 * math.exp(-(v_mv + 65.0) / 18.0)
    alpha_h = 0.07 * math.exp(-(v_mv + 65.0) / 20.0)
    beta_h = 1.0 / (math.exp(-(v_mv + 35.0) / 10.0) + 1.0)
    u = (v_mv + 55.0) / 10.0
    alpha_n = 0.1 * (1.0 + u / 2.0 if abs(u) < 1e-6 else u / -math.expm1(-u))
    beta_n = 0.125 * math.exp(-(v_mv + 65.0) / 80.0)
    return alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n


@compiled
def exact_step(alpha, beta, x, scaled_dt):  # type: ignore[no-untyped-def]
    """The gate `x` after `scaled_dt` = phi dt at constant rates."""
    total = alpha + beta
    if not total < math.inf:  # far outside any membrane: the faster rate wins at once
        return 1.0 if alpha > beta else (0.0 if beta > alpha else x)
    decay = -scaled_dt * total
    return x * math.exp(decay) - math.expm1(decay) * (alpha / total)


@compiled
def exact_gates(v_mv, m, h, n, scaled_dt):  # type: ignore[no-untyped-def]
    """m, h, n after `scaled_dt` = phi dt at `v_mv`, without the table."""
    alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n = rates(v_mv)
    return (
        exact_step(alpha_m, beta_m, m, scaled_dt),
        exact_step(alpha_h, beta_h, h, scaled_dt),
        exact_step(alpha_n, beta_n, n, scaled_dt),
    )


@compiled
def step_gates(table, v_mv, m, h, n, scaled_dt):  # type: ignore[no-untyped-def]
    """m, h, n after one step at `v_mv`. `table` is `gate_table(dt, temperature)`, `scaled_dt` = phi dt of the same."""
    if not (_FIRST <= v_mv < _LAST):
        return exact_gates(v_mv, m, h, n, scaled_dt)
    position = (v_mv - _FIRST) * _PER_MV
    row = int(position)
    part = position - row
    rest = 1.0 - part
    return (
        rest * table[row, 0] + part * table[row + 1, 0] + (rest * table[row, 1] + part * table[row + 1, 1]) * m,
        rest * table[row, 2] + part * table[row + 1, 2] + (rest * table[row, 3] + part * table[row + 1, 3]) * h,
        rest * table[row, 4] + part * table[row + 1, 4] + (rest * table[row, 5] + part * table[row + 1, 5]) * n,
    )
