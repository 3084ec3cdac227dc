"""The no-return model: how much higher the cell would have to stand, at each moment, to fire by itself. No numba until it runs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from app.simulation.biology.lecture_neuron import crossing_places
from app.simulation.biology.membrane import REST_MV
from app.simulation.biology.models import SimulationResult
from app.simulation.biology.models_summation import stimulated_run, wanted_cell, wanted_events
from app.simulation.biology.no_return_search import NoReturnSearch, patience_ms
from app.simulation.biology.requests_summation import NoReturnRequest
from trainers.errors import BadInput


def run_no_return(request: NoReturnRequest) -> SimulationResult:
    """`hillock simulate no-return`. Raises BadInput for moments out of order, and as `summation` does."""
    if any(later < earlier for earlier, later in pairwise((0.0, *request.at))) or request.at[-1] > 200.0:
        raise BadInput("The moments have to stand in their order, from 0 to 200 ms.")
    wanted = wanted_events(request.excitation, request.inhibition)
    morphology = wanted_cell(request)
    run = stimulated_run(morphology, wanted, request)
    soma, bouton = morphology.compartment("soma"), crossing_places(morphology)["bouton"]
    run.watch([bouton])
    rises: list[float | None] = []
    stands: list[float] = []
    fired: list[bool] = []
    search = NoReturnSearch(stimulated_run(morphology, wanted, request), bouton, patience_ms(request.temperature))
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
