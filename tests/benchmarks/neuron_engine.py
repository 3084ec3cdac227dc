"""Seconds of the neuron engine as parts of NEURON's, at the same step, side by side. Prints one JSON line.

    uv run --group reference python tests/benchmarks/neuron_engine.py [--pairs 5] [--biology MS]

NEURON runs as it does by default: fixed implicit Euler, rate tables on, one thread, nothing recorded but spikes. The runs:
one: a cell at 10 uA/cm2; many: 1,000 cells at 0 to 20 uA/cm2 (a tenth of the time); axon: 100 bare compartments, a pulse every
20 ms; lecture: the lecture neuron, inputs 0 to 11 of 1 nS together at 5, 55, 105, ... ms. Compiling is not counted. Each
figure is the median of alternating pairs. `value` is the largest part of its budget that any of the four takes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from app.simulation.biology.axons import bare_axon
from app.simulation.biology.cable_run import CableRun, Event, Pulse
from app.simulation.biology.lecture_neuron import (
    AXIAL_OHM_CM,
    TEMPERATURE_C,
    input_site,
    input_synapses,
    lecture_neuron,
    lecture_sections,
)
from app.simulation.biology.morphology import Section

NAME, DT_MS = "neuron_engine", 0.01
BUDGETS = {"one": 0.1, "many": 0.2, "axon": 0.4, "lecture": 0.5}
MOST_DIFFERENCE = 0.01  # of spikes
CELLS, SIDE_UM = 1000, float(np.sqrt(1000.0 / np.pi))  # 1,000 um2: 10 uA/cm2 are 0.1 nA
NA_PER_DENSITY = 0.01
AXON_UM, AXON_DIAMETER_UM, AXON_OHM_CM, AXON_NA = 30_000.0, 476.0, 35.4, 30_000.0
INPUTS = 12

Run = Callable[[], tuple[float, int]]
"""Seconds, and spikes."""


def hillock_runs(biology_ms: float) -> dict[str, Run]:
    from app.simulation.biology.point_kernel import simulate_cell, simulate_cells

    steps = round(biology_ms / DT_MS)

    def one() -> tuple[float, int]:
        began = perf_counter()
        spikes, _, _ = simulate_cell(np.full(steps, 10.0), DT_MS, keeps_trace=False)
        return perf_counter() - began, spikes

    def many() -> tuple[float, int]:
        began = perf_counter()
        spikes, _ = simulate_cells(np.linspace(0.0, 20.0, CELLS), biology_ms / 10.0, DT_MS)
        return perf_counter() - began, int(spikes.sum())

    def axon() -> tuple[float, int]:
        morphology = bare_axon(
            diameter_um=AXON_DIAMETER_UM, length_um=AXON_UM, compartments=100, axial_ohm_cm=AXON_OHM_CM
        )
        run = CableRun(morphology, dt_ms=DT_MS, temperature_c=TEMPERATURE_C)
        run.stimulate(pulses=[Pulse(0, time, time + 0.2, AXON_NA) for time in pulse_times(biology_ms)])
        run.watch([80])
        return timed(run, steps)

    def lecture() -> tuple[float, int]:
        morphology = lecture_neuron()
        run = CableRun(morphology, input_synapses(morphology, INPUTS), dt_ms=DT_MS, temperature_c=TEMPERATURE_C)
        run.stimulate([Event(time, number, 1.0) for time in volley_times(biology_ms) for number in range(INPUTS)])
        run.watch([morphology.compartment("bouton")])
        return timed(run, steps)

    return {"one": one, "many": many, "axon": axon, "lecture": lecture}


def timed(run: CableRun, steps: int) -> tuple[float, int]:
    began = perf_counter()
    run.advance(steps)
    return perf_counter() - began, len(run.crossings())


def pulse_times(biology_ms: float) -> list[float]:
    return np.arange(0.5, biology_ms, 20.0).tolist()


def volley_times(biology_ms: float) -> list[float]:
    return np.arange(5.0, biology_ms, 50.0).tolist()


class NeuronRun:
    """A model in NEURON whose spikes are counted."""

    def __init__(self, temperature_c: float) -> None:
        from neuron import h

        self.h, self.temperature_c = h, temperature_c
        self.kept: list[Any] = []
        self.sections: list[Any] = []
        self.events: list[tuple[Any, float]] = []
        self.spikes = h.Vector()

    def add(self, given: Section, axial_ohm_cm: float, parent: Any = None) -> Any:
        h = self.h
        made = h.Section(name=f"part{len(self.sections)}")
        made.L, made.diam, made.nseg = given.length_um, given.diameter_um, given.compartments
        made.Ra, made.cm = axial_ohm_cm, given.capacitance_uf_per_cm2
        if parent is not None:
            made.connect(parent(0.0 if given.place == "start" else 1.0), 0)
        if given.channels > 0.0:
            made.insert("hh")
            made.ena, made.ek = 50.0, -77.0
            for segment in made:
                segment.hh.gnabar, segment.hh.gkbar = 0.12 * given.channels, 0.036 * given.channels
                segment.hh.gl, segment.hh.el = 0.0003 * given.channels, -54.387
        else:
            made.insert("pas")
            for segment in made:
                segment.pas.g, segment.pas.e = given.passive_ms_per_cm2 * 1e-3, given.passive_mv
        self.sections.append(made)
        return made

    def clamp(self, segment: Any, begin_ms: float, length_ms: float, amplitude_na: float) -> None:
        clamp = self.h.IClamp(segment)
        clamp.delay, clamp.dur, clamp.amp = begin_ms, length_ms, amplitude_na
        self.kept.append(clamp)

    def count(self, segment: Any) -> None:
        counter = self.h.NetCon(segment._ref_v, None, sec=segment.sec)
        counter.threshold = 0.0
        counter.record(self.spikes)
        self.kept.append(counter)

    def run(self, biology_ms: float) -> tuple[float, int]:
        h = self.h
        h.CVode().active(False)
        h.secondorder, h.usetable_hh, h.celsius, h.dt = 0, 1, self.temperature_c, DT_MS
        context = h.ParallelContext()
        context.nthread(1)
        context.set_maxstep(10.0)
        h.finitialize(-65.0)
        for connection, time in self.events:
            connection.event(time)
        began = perf_counter()
        context.psolve(biology_ms)
        return perf_counter() - began, int(self.spikes.size())


def neuron_cells(densities: Any, biology_ms: float) -> tuple[float, int]:
    model = NeuronRun(6.3)
    for density in densities:
        section = model.add(Section("cell", SIDE_UM, SIDE_UM, channels=1.0), 35.4)
        model.clamp(section(0.5), 0.0, 1e9, density * NA_PER_DENSITY)
        model.count(section(0.5))
    return model.run(biology_ms)


def neuron_axon(biology_ms: float) -> tuple[float, int]:
    model = NeuronRun(TEMPERATURE_C)
    axon = model.add(Section("axon", AXON_UM, AXON_DIAMETER_UM, 100, channels=1.0), AXON_OHM_CM)
    for time in pulse_times(biology_ms):
        model.clamp(axon(0.005), time, 0.2, AXON_NA)
    model.count(axon(0.805))
    return model.run(biology_ms)


def neuron_lecture(biology_ms: float) -> tuple[float, int]:
    model = NeuronRun(TEMPERATURE_C)
    made: dict[str, Any] = {}
    for section in lecture_sections():
        made[section.name] = model.add(section, AXIAL_OHM_CM, made[section.parent] if section.parent else None)
    for number in range(INPUTS):
        name, x = input_site(number)
        synapse = model.h.Exp2Syn(made[name](x))
        synapse.tau1, synapse.tau2, synapse.e = 0.5, 3.0, 0.0
        connection = model.h.NetCon(None, synapse)
        connection.weight[0], connection.delay = 1e-3, 0.0
        model.kept += [synapse, connection]
        model.events += [(connection, time) for time in volley_times(biology_ms)]
    model.count(made["bouton"](0.5))
    return model.run(biology_ms)


def neuron_runs(biology_ms: float) -> dict[str, Run]:
    return {
        "one": lambda: neuron_cells([10.0], biology_ms),
        "many": lambda: neuron_cells(np.linspace(0.0, 20.0, CELLS), biology_ms / 10.0),
        "axon": lambda: neuron_axon(biology_ms),
        "lecture": lambda: neuron_lecture(biology_ms),
    }


def compare(ours: Run, theirs: Run, pairs: int) -> dict[str, Any]:
    """The median ratio of `pairs` alternating runs, the median seconds of both and their spikes."""
    ours()  # compiles
    seconds: dict[str, list[float]] = {"hillock": [], "neuron": []}
    spikes: dict[str, int] = {}
    for number in range(pairs):
        order = [("hillock", ours), ("neuron", theirs)]
        for who, run in order if number % 2 == 0 else order[::-1]:
            took, spikes[who] = run()
            seconds[who].append(took)
    ratios = [mine / other for mine, other in zip(seconds["hillock"], seconds["neuron"], strict=True)]
    return {
        "ratio": statistics.median(ratios),
        "seconds": {who: round(statistics.median(all_of), 4) for who, all_of in seconds.items()},
        "spikes": spikes,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument(
        "--biology", type=float, default=1000.0, metavar="MS", help="how long each run is, ms of biology"
    )
    options = parser.parse_args()
    answer: dict[str, Any] = {"name": NAME, "value": None, "budget": 1.0, "ok": False, "budgets": BUDGETS}
    if importlib.util.find_spec("neuron") is None:
        why = "NEURON is not installed: run with `uv run --group reference python tests/benchmarks/neuron_engine.py`"
        print(json.dumps({**answer, "why": why}))
        return 1
    os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # or it says on stdout that there is no display
    ours, theirs = hillock_runs(options.biology), neuron_runs(options.biology)
    found = {name: compare(ours[name], theirs[name], options.pairs) for name in BUDGETS}
    value = max(found[name]["ratio"] / BUDGETS[name] for name in BUDGETS)
    agrees = {name: spikes_agree(found[name]["spikes"]) for name in BUDGETS}
    answer |= {"value": round(value, 3), "ok": value <= 1.0 and all(agrees.values())}
    answer |= {name: round(found[name]["ratio"], 4) for name in BUDGETS}
    answer |= {"unit": "largest part of its budget; one, many, axon, lecture: seconds as parts of NEURON's, at most"}
    answer |= {"spikes_agree": agrees, "dt_ms": DT_MS, "biology_ms": options.biology, "pairs": options.pairs}
    answer |= {f"{part}_{name}": found[name][part] for part in ("seconds", "spikes") for name in BUDGETS}
    print(json.dumps(answer))
    return 0 if answer["ok"] else 1


def spikes_agree(spikes: dict[str, int]) -> bool:
    difference = abs(spikes["hillock"] - spikes["neuron"])
    return spikes["neuron"] > 0 and difference <= MOST_DIFFERENCE * spikes["neuron"]


if __name__ == "__main__":
    raise SystemExit(main())
