"""What the traces draw, as arrays: potentials at the probes, gates, membrane currents, conductances, electrodes. Imports no widget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.cell_recording import CellRecording
from app.cell_script import CellScript
from app.panels.neuron.cell_reading import CellGuide
from app.simulation.biology.membrane import (
    LEAK_MS_PER_CM2,
    LEAK_MV,
    POTASSIUM_MS_PER_CM2,
    POTASSIUM_MV,
    SODIUM_MS_PER_CM2,
    SODIUM_MV,
)
from app.simulation.biology.stage import INPUTS, StagePlan

Series = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class RowSpec:
    """One row of the traces. low, high: its range where it is not fitted to what it shows; weight: of its height."""

    title: str
    unit: str
    low: float
    high: float
    weight: float
    description: str
    is_fitted: bool = True
    least: float = 1.0  # a fitted range spans at least so much


ROWS: dict[str, RowSpec] = {
    "voltage": RowSpec("Potential", "mV", -90.0, 50.0, 3.0, "Membrane potential at each probe", False, 4.0),
    "gates": RowSpec("Gates", "", 0.0, 1.0, 1.4, "m, h and n at the first probe that has channels", False),
    "currents": RowSpec("Ionic", "µA/cm²", -100.0, 100.0, 1.4, "Sodium, potassium and leak current there", least=4.0),
    "synapses": RowSpec("Synapses", "nS", 0.0, 1.0, 1.0, "Open conductance of all inputs together", least=0.5),
    "electrode": RowSpec("Electrode", "nA", -1.0, 1.0, 0.8, "Current of all electrodes together", least=0.5),
    "next": RowSpec("Next cell", "mV", -70.0, -50.0, 1.2, "Potential of the cell that the axon ends on", least=2.0),
}


@dataclass(frozen=True)
class Curve:
    """One curve: its name, its token of the theme, x (ms) and y, and how it is drawn."""

    name: str
    token: str
    times_ms: np.ndarray
    values: np.ndarray
    is_ghost: bool = False
    is_dashed: bool = False
    is_dotted: bool = False


def decimate(times: np.ndarray, values: np.ndarray, low: float, high: float, columns: int) -> Series:
    """Least and greatest value of each of `columns` stretches between low and high; as it is where it is short enough."""
    if len(times) <= 2 * columns or high <= low:
        return times, values
    column = ((times - low) * (columns / (high - low))).astype(np.int64)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    least, most = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    x = np.repeat(times[starts], 2)
    y = np.empty(len(x), values.dtype)
    is_rising = values[starts] <= values[np.append(starts[1:], len(values)) - 1]
    y[0::2] = np.where(is_rising, least, most)
    y[1::2] = np.where(is_rising, most, least)
    return x, y


class TraceData:
    """Reads curves out of a recording, for a window of time and a width in pixels."""

    def __init__(self, guide: CellGuide) -> None:
        self.guide = guide

    def curves(
        self,
        row: str,
        recording: CellRecording,
        script: CellScript,
        probes: tuple[tuple[int, int], ...],
        window: tuple[float, float],
        columns: int,
    ) -> list[Curve]:
        """The curves of `row`. probes: (compartment, number of its colour). KeyError for a row that is none."""
        if row == "voltage":
            return self._ghosts(recording, probes, window, columns) + [
                Curve(
                    self.guide.names[compartment],
                    f"series_{color % 8}",
                    *self._read(recording, "voltage_mV", compartment, window, columns),
                )
                for compartment, color in probes
            ]
        if row in ("gates", "currents"):
            return self._membrane(row, recording, script, probes, window, columns)
        if row == "synapses":
            return self._synapses(recording, script, window, columns)
        name, token, title = {
            "electrode": ("current_nA", "text", "all electrodes, nA"),
            "next": ("next_cell_mV", "test", "after the synapse, mV"),
        }[row]
        return [Curve(title, token, *self._read(recording, name, 0, window, columns))]

    def focus(self, probes: tuple[tuple[int, int], ...]) -> int | None:
        """The compartment whose gates and currents are shown: the first probe on membrane with channels."""
        return next((place for place, _ in probes if self.guide.gate_row(place) is not None), None)

    def _read(
        self, recording: CellRecording, name: str, index: int, window: tuple[float, float], columns: int
    ) -> Series:
        times, values = recording.series(name, index, *window)
        return decimate(times, values, *window, columns)

    def _ghosts(
        self,
        recording: CellRecording,
        probes: tuple[tuple[int, int], ...],
        window: tuple[float, float],
        columns: int,
    ) -> list[Curve]:
        curves = []
        for ghost in recording.ghosts:
            low = max(int(np.searchsorted(ghost.times_ms, window[0], "right")) - 1, 0)
            high = int(np.searchsorted(ghost.times_ms, window[1], "left")) + 1
            if high - low < 2 or ghost.times_ms[low] > window[1]:
                continue
            times = ghost.times_ms[low:high]
            for compartment, _ in probes:
                series = decimate(times, ghost.voltage_mV[low:high, compartment], *window, columns)
                curves.append(Curve("earlier run", "muted", *series, is_ghost=True))
        return curves

    def _membrane(
        self,
        row: str,
        recording: CellRecording,
        script: CellScript,
        probes: tuple[tuple[int, int], ...],
        window: tuple[float, float],
        columns: int,
    ) -> list[Curve]:
        place = self.focus(probes)
        if place is None:
            return []
        gate_row = self.guide.gate_row(place)
        assert gate_row is not None
        gates = {name: recording.series(name, gate_row, *window) for name in ("m", "h", "n")}
        if row == "gates":
            tokens = {"m": "positive", "h": "series_3", "n": "negative"}
            return [
                Curve(name, tokens[name], *decimate(*gates[name], *window, columns), is_dashed=name == "h")
                for name in gates
            ]
        times, voltage = recording.series("voltage_mV", place, *window)
        m, h, n = (gates[name][1] for name in ("m", "h", "n"))
        density = self.guide.density(place)
        sodium, potassium = _factors(script, times)
        values = {
            "iNa": ("positive", SODIUM_MS_PER_CM2 * density * sodium * m**3 * h * (voltage - SODIUM_MV)),
            "iK": ("negative", POTASSIUM_MS_PER_CM2 * density * potassium * n**4 * (voltage - POTASSIUM_MV)),
            "iL": ("series_7", LEAK_MS_PER_CM2 * density * (voltage - LEAK_MV)),
        }
        return [
            Curve(name, token, *decimate(times, y, *window, columns), is_dashed=name == "iL")
            for name, (token, y) in values.items()
        ]

    def _synapses(
        self, recording: CellRecording, script: CellScript, window: tuple[float, float], columns: int
    ) -> list[Curve]:
        times, total = recording.inputs_over(*window)
        inhibits = np.array([receptor == "gaba_a" for receptor in script.last_plan.receptors])
        curves = []
        for name, token, which in (
            ("excitatory, nS", "positive", ~inhibits),
            ("inhibitory, nS", "negative", inhibits),
        ):
            if which.any():
                series = decimate(times, total[:, which].sum(axis=1), *window, columns)
                curves.append(Curve(name, token, *series, is_dashed=token == "negative"))
        return curves


def _factors(script: CellScript, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sodium and potassium factors of the plan in force at each time."""
    plans: list[tuple[float, StagePlan]] = script.plans()
    begins = np.array([begin for begin, _ in plans])
    index = np.maximum(np.searchsorted(begins, times, "right") - 1, 0)
    sodium = np.array([plan.sodium for _, plan in plans], np.float32)
    potassium = np.array([plan.potassium for _, plan in plans], np.float32)
    return sodium[index], potassium[index]


def probe_table(
    recording: CellRecording, guide: CellGuide, probes: tuple[tuple[int, int], ...]
) -> tuple[list[str], np.ndarray]:
    """All recorded rows as a table, with units in the headings: time, each probe, electrode, next cell, all inputs."""
    whole = (recording.first_ms, recording.last_ms)
    times, _ = recording.series("current_nA", 0, *whole)
    headings, columns = ["time (ms)"], [times]
    for compartment, _ in probes:
        headings.append(f"V {guide.names[compartment]} (mV)")
        columns.append(recording.series("voltage_mV", compartment, *whole)[1])
    headings += ["electrodes (nA)", "next cell (mV)"]
    columns += [recording.series(name, 0, *whole)[1] for name in ("current_nA", "next_cell_mV")]
    for number in range(INPUTS):
        headings.append(f"g input {number + 1} (nS)")
        columns.append(recording.series("conductance_nS", number, *whole)[1])
    return headings, np.column_stack(columns)
