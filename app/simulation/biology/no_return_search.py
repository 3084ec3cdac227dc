"""NoReturnSearch: the least rise of a whole cell's potential after which it fires by itself. No numba until it runs.

A threshold of a cell with channels is no fixed potential: it is where the way back to rest and the way to a spike part, and it
moves with the gates (Platkiewicz & Brette 2010, PLoS Comput Biol 6:e1000850). Here it is looked for in the model itself.
"""

from __future__ import annotations

from app.simulation.biology.cable_run import CableRun, State
from app.simulation.biology.lecture_neuron import TEMPERATURE_C

MOST_MV = 40.0
PATIENCE_MS = 8.0  # at 18.5 degC a spike that begins at the point of no return comes within 5 ms
_LONGEST_MS = 32.0  # a cell at 6.3 degC takes so long to make up its mind
_EXACT_MV = 0.05
_FIRST_MV = 2.0
_LOOK_MS = 0.5  # so often a run that has fired is noticed
_STRETCH = 2.0


def patience_ms(temperature_c: float) -> float:
    """How long a cell is given to fire: its gates are slower in the cold, with a Q10 of 3."""
    slower = float(3.0 ** ((TEMPERATURE_C - temperature_c) / 10.0))
    return min(max(PATIENCE_MS * slower, PATIENCE_MS), _LONGEST_MS)


class NoReturnSearch:
    """Tries rises on a cell of its own, to which nothing more is done. `place`: the compartment whose crossing is a spike."""

    def __init__(self, run: CableRun, place: int, patience_ms: float = PATIENCE_MS) -> None:
        self._run = run
        self._place = place
        self._patience_ms = patience_ms
        run.stimulate()

    def rise_mv(self, state: State, near_mv: float | None = None, most_mv: float = MOST_MV) -> float | None:
        """The least rise after which the cell fires from `state` on, to 0.05 mV; 0: as it is; None: not up to `most_mv`.

        near_mv: where to look first, such as the rise of the moment before.
        """
        if self._fires(state, 0.0):
            return 0.0
        if most_mv <= 0.0:
            return None
        low, high = 0.0, min(near_mv or _FIRST_MV, most_mv)
        while not self._fires(state, high):
            if high >= most_mv:
                return None
            low, high = high, min(max(_STRETCH * high, 1.0), most_mv)
        while high - low > _EXACT_MV:
            middle = (low + high) / 2
            low, high = (low, middle) if self._fires(state, middle) else (middle, high)
        return high

    def _fires(self, state: State, rise_mv: float) -> bool:
        run = self._run
        run.restore(state)
        run.watch([self._place])
        run.raise_mv(rise_mv)
        for _ in range(round(self._patience_ms / _LOOK_MS)):
            run.advance(round(_LOOK_MS / run.dt_ms))
            if run.crossings():
                return True
        return False
