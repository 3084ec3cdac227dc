"""What the unit bench says about the gate and about the living cell, as text. Asks no cell."""

from __future__ import annotations

from collections.abc import Mapping

from app.panels.neuron.benches.unit.living import LivingRun
from app.panels.neuron.benches.unit.logic import (
    UnitState,
    is_met,
    is_row_met,
    row_x,
    rows,
    says_one,
    weighted_sum,
)

_IMPOSSIBLE = (
    "XOR: no single line has the discs on one side and the rings on the other. The two middle rows add up to "
    "w₁ + w₂ + 2b ≥ 0 and the first says b < 0, so w₁ + w₂ + b > 0: the last row cannot be met. Two lines (dashed) "
    "would do: two units, and a third on top."
)


def goal_text(state: UnitState, is_ready: bool) -> str:
    """How far the gate is; is_ready: a prediction stands, or none is wanted."""
    name = state.goal.upper()
    if state.goal == "xor":
        return _IMPOSSIBLE if is_ready else "XOR: predict first, then see."
    if is_met(state):
        return f"It is {name}."
    met = sum(is_row_met(state, row) for row in rows(state))
    return f"Not yet {name}: {met} of {len(rows(state))} rows. Turn the weights and the bias."


def run_text(run: LivingRun) -> str:
    """What the cell on stage did with the inputs that were fired."""
    given = ", ".join(f"{value:.2g}" for value in run.x)
    came = "it fires" if run.fires else f"silent, {run.peak_mv:.1f} mV above rest"
    return f"x = ({given}): {came}."


def cell_text(
    state: UnitState, cell: Mapping[tuple[int, int], bool], is_asked: bool, is_ready: bool, *, is_healthy: bool = True
) -> str:
    """cell: whether the living cell fired, by row; is_asked: answers are still owed; is_healthy: the cell on stage."""
    if not is_ready:
        return "Predict first: then ask the living cell."
    if is_asked:
        return "The living cell is being asked …"
    if not cell:
        return "The living cell has not been asked with these weights."
    other = [
        f"({row[0]}, {row[1]})"
        for row, fires in cell.items()
        if fires != says_one(state.activation, weighted_sum(state, row_x(state, row)))
    ]
    if other:
        why = "near its threshold dendrites do not add up exactly" if is_healthy else "its condition was changed (Cell)"
        return f"The living cell differs at {', '.join(other)}: {why}."
    return "The living cell, with the same weights as synapses, does the same."
