"""The cables of this project built once more in NEURON, to be compared with. Nothing but the package `neuron` makes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.simulation.biology.morphology import Section

os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # or it says on stdout that there is no display

from neuron import h

h.load_file("stdrun.hoc")
HERE = {"end": 1.0, "start": 0.0, "middle": 0.5}


class NeuronCable:
    """The same sections, with NEURON's own mechanisms hh, pas, IClamp and Exp2Syn, its rate tables off."""

    def __init__(self, sections: Sequence[Section], axial_ohm_cm: float, temperature_c: float) -> None:
        self.sections: dict[str, Any] = {}
        self.kept: list[Any] = []
        self.events: list[tuple[Any, float]] = []
        self.temperature_c = temperature_c
        for number, given in enumerate(sections):
            made = h.Section(name=f"section{number}")
            made.L, made.diam, made.nseg = given.length_um, given.diameter_um, given.compartments
            made.Ra, made.cm = axial_ohm_cm, given.capacitance_uf_per_cm2
            if given.parent is not None:
                made.connect(self.sections[given.parent](HERE[given.place]), 0)
            self._insert(made, given)
            self.sections[given.name] = made

    @staticmethod
    def _insert(made: Any, given: Section) -> None:
        if given.channels > 0.0:
            made.insert("hh")
            made.ena, made.ek = 50.0, -77.0
            for segment in made:
                segment.hh.gnabar, segment.hh.gkbar = 0.12 * given.channels, 0.036 * given.channels
                segment.hh.gl, segment.hh.el = 0.0003 * given.channels, -54.387
        if given.passive_ms_per_cm2 > 0.0:
            made.insert("pas")
            for segment in made:
                segment.pas.g, segment.pas.e = given.passive_ms_per_cm2 * 1e-3, given.passive_mv

    def clamp(self, name: str, x: float, begin_ms: float, length_ms: float, amplitude_na: float) -> None:
        clamp = h.IClamp(self.sections[name](x))
        clamp.delay, clamp.dur, clamp.amp = begin_ms, length_ms, amplitude_na
        self.kept.append(clamp)

    def synapse(self, name: str, x: float, times_ms: Sequence[float], weight_ns: float) -> None:
        """AMPA."""
        synapse = h.Exp2Syn(self.sections[name](x))
        synapse.tau1, synapse.tau2, synapse.e = 0.5, 3.0, 0.0
        connection = h.NetCon(None, synapse)
        connection.weight[0], connection.delay = weight_ns * 1e-3, 0.0
        self.kept += [synapse, connection]
        self.events += [(connection, time) for time in times_ms]

    def run(self, places: Sequence[tuple[str, float]], duration_ms: float, *, dt_ms: float | None) -> tuple[Any, Any]:
        """Times (n,) and potentials (n, places). dt_ms None: variable steps of an absolute error of 1e-8."""
        h.celsius = self.temperature_c
        h.usetable_hh = 0
        times = h.Vector().record(h._ref_t)
        columns = [h.Vector().record(self.sections[name](x)._ref_v) for name, x in places]
        solver = h.CVode()
        solver.active(dt_ms is None)
        if dt_ms is None:
            solver.atol(1e-8)
        else:
            h.secondorder = 2
            h.dt = dt_ms
            h.steps_per_ms = 1.0 / dt_ms
        h.finitialize(-65.0)
        for connection, time in self.events:
            connection.event(time)
        if dt_ms is None:
            solver.solve(duration_ms)
        else:
            h.continuerun(duration_ms)
        solver.active(False)
        return np.array(times), np.array(columns).T


def first_crossing_ms(times: Any, v_mv: Any, level_mv: float = 0.0) -> float | None:
    """The first upward crossing, interpolated linearly."""
    above = v_mv >= level_mv
    before = np.flatnonzero(~above[:-1] & above[1:])
    if len(before) == 0:
        return None
    k = before[0]
    return float(times[k] + (times[k + 1] - times[k]) * (level_mv - v_mv[k]) / (v_mv[k + 1] - v_mv[k]))
