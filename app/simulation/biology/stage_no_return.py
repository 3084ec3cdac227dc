"""The living cell's point of no return at one of its moments, looked for on a copy of it. Numba is loaded by the copy's first step."""

from __future__ import annotations

from app.simulation.biology.lecture_neuron import TEMPERATURE_C
from app.simulation.biology.no_return_search import PATIENCE_MS, NoReturnSearch
from app.simulation.biology.stage_cell import StageCell

_LONGEST_MS = 32.0  # a cell at 6.3 degC takes so long to make up its mind


def rise_of_no_return(cell: StageCell, step: int) -> float | None:
    """How much higher (mV) all of `cell` would have to stand at `step` to fire, as stage.NoReturn says. 30 ms of work when warm.

    A spike is a crossing at the end of the initial segment: also one that a stretch without myelin stops on its way has begun.
    """
    copy = cell.copy_at(step)
    cable = copy.cable
    slower = 3.0 ** ((TEMPERATURE_C - copy.plan.temperature_C) / 10.0)  # gates, Q10 of 3
    patience_ms = min(max(PATIENCE_MS * slower, PATIENCE_MS), _LONGEST_MS)
    state = cable.snapshot()
    return NoReturnSearch(cable, cable.morphology.compartment("ais", 1.0), patience_ms).rise_mv(state)
