"""The living cell's point of no return at one of its moments, looked for on a copy of it. Numba is loaded by the copy's first step."""

from __future__ import annotations

from app.simulation.biology.no_return_search import NoReturnSearch, patience_ms
from app.simulation.biology.stage_cell import StageCell


def rise_of_no_return(cell: StageCell, step: int) -> float | None:
    """How much higher (mV) all of `cell` would have to stand at `step` to fire, as stage.NoReturn says. 30 ms of work when warm.

    A spike is a crossing at the end of the initial segment: also one that a stretch without myelin stops on its way has begun.
    """
    copy = cell.copy_at(step)
    cable = copy.cable
    state = cable.snapshot()
    patience = patience_ms(copy.plan.temperature_C)
    return NoReturnSearch(cable, cable.morphology.compartment("ais", 1.0), patience).rise_mv(state)
