"""The no-return model: how much higher the cell would have to stand, at each moment, to fire by itself. No numba until it runs.

A threshold of a cell with channels is no fixed potential: it is where the way back to rest and the way to a spike part, and it
moves with the gates (Platkiewicz & Brette 2010, PLoS Comput Biol 6:e1000850). Here it is looked for in the model itself.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from app.simulation.biology.cable_run import CableRun, State
from app.simulation.biology.lecture_neuron import crossing_places, lecture_neuron
from app.simulation.biology.membrane import REST_MV
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.models_summation import stimulated_run, wanted_events
from app.simulation.biology.requests_summation import NoReturnRequest
from trainers.errors import BadInput

MOST_MV = 40.0
_EXACT_MV = 0.05
_PATIENCE_MS = 8.0  # a spike that begins at the point of no return comes within 5 ms
_LOOK_MS = 0.5  # so often a run that has fired is noticed
_STRETCH = 2.0


def run_no_return(request: NoReturnRequest) -> SimulationResult:
    """`hillock simulate no-return`. Raises BadInput for moments out of order, and as `summation` does."""
    if any(later < earlier for earlier, later in pairwise((0.0, *request.at))) or request.at[-1] > 200.0:
        raise BadInput("The moments have to stand in their order, from 0 to 200 ms.")
    morphology = lecture_neuron()
    run = stimulated_run(morphology, wanted_events(request.excitation, request.inhibition), request.dt)
    soma, bouton = morphology.compartment("soma"), crossing_places(morphology)["bouton"]
    run.watch([bouton])
    rises: list[float | None] = []
    stands: list[float] = []
    fired: list[bool] = []
    search = _Search(
        stimulated_run(morphology, wanted_events(request.excitation, request.inhibition), request.dt), bouton
    )
    for moment in request.at:
        run.advance(max(round(moment / request.dt) - run.step, 0))
        stands.append(float(run.voltage_mv()[soma]) - REST_MV)
        fired.append(bool(run.crossings()))
        rises.append(search.rise_mv(run.snapshot(), rises[-1] if rises else None))
    return SimulationResult(
        values={"rise_mV": rises, "soma_mV": stands, "fired": fired},
        traces={
            "t_ms": np.array(request.at),
            "rise_mV": np.array([np.nan if rise is None else rise for rise in rises]),
            "V_soma_mV": np.array(stands) + REST_MV,
        },
    )


class _Search:
    """Tries rises on a cell of its own, whose events have all come or never come."""

    def __init__(self, run: CableRun, bouton: int) -> None:
        self._run = run
        self._bouton = bouton
        run.stimulate()

    def rise_mv(self, state: State, before: float | None) -> float | None:
        """The least rise after which the cell fires from `state` on, looked for near that of the moment before."""
        if self._fires(state, 0.0):
            return 0.0
        low, high = 0.0, before or 2.0
        while not self._fires(state, high):
            low, high = high, max(_STRETCH * high, 1.0)
            if low >= MOST_MV:
                return None
        while high - low > _EXACT_MV:
            middle = (low + high) / 2
            low, high = (low, middle) if self._fires(state, middle) else (middle, high)
        return min(high, MOST_MV)

    def _fires(self, state: State, rise_mv: float) -> bool:
        run = self._run
        run.restore(state)
        run.watch([self._bouton])
        run.raise_mv(rise_mv)
        for _ in range(round(_PATIENCE_MS / _LOOK_MS)):
            run.advance(round(_LOOK_MS / run.dt_ms))
            if run.crossings():
                return True
        return False
