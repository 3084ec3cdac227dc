"""The living cell's point of no return at one of its moments, looked for on a copy of it. Numba is loaded by the copy's first step."""

from __future__ import annotations

from app.simulation.biology.cable_run import SPIKE_MV
from app.simulation.biology.no_return_search import MOST_MV, NoReturnSearch, patience_ms
from app.simulation.biology.stage_cell import StageCell

_TOO_HIGH_MV = -10.0  # what is lifted nearly to 0 mV crosses it without being a spike
_WHERE_SPIKES_BEGIN = ("soma", "hillock", "ais")


def rise_of_no_return(cell: StageCell, step: int) -> float | None:
    """How much higher (mV) all of `cell` would have to stand at `step` to fire, as stage.NoReturn says. 30 ms of work when warm.

    A spike is a crossing at the end of the initial segment: also one that a stretch without myelin stops on its way has begun.
    """
    copy = cell.copy_at(step)
    cable = copy.cable
    voltage = cable.voltage_mv()
    place = cable.morphology.compartment("ais", 1.0)
    places = [place, *(cable.morphology.compartment(name) for name in _WHERE_SPIKES_BEGIN)]
    if voltage[places].max() >= SPIKE_MV:
        return 0.0
    most = min(MOST_MV, max(_TOO_HIGH_MV - float(voltage[place]), 0.0))  # 0.0: fires as it is, or not at all
    state = cable.snapshot()
    return NoReturnSearch(cable, place, patience_ms(copy.plan.temperature_C)).rise_mv(state, most_mv=most)
