"""Both axons' V(x, t) as the model answered it, and what can be read off at any moment. Imports no Qt widget, no numba."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray
ACTIVE_MV = -40.0  # a place above it is taken to be within the impulse
STIMULUS_MS, STIMULUS_LASTS_MS = 0.1, 0.2  # of the model


@dataclass(frozen=True)
class AxonPicture:
    """One axon: voltage_mV float32 (rows, columns) at x_mm (columns,); columns of the nodes, () where there are none."""

    x_mm: Array
    voltage_mV: Array
    node_columns: Array
    arrivals_ms: tuple[float | None, ...]
    velocity_m_per_s: float | None
    conducts: bool
    spikes_at_end: int | None

    def active_columns(self, v_mV: Array) -> Array:
        """Columns (nodes alone, where there are any) that are above ACTIVE_MV in one row."""
        columns = self.node_columns if len(self.node_columns) else np.arange(len(self.x_mm))
        active: Array = columns[v_mV[columns] > ACTIVE_MV]
        return active

    def stretches_mm(self, v_mV: Array) -> list[tuple[float, float]]:
        """First and last place of each stretch above ACTIVE_MV: one for each impulse under way."""
        columns = self.node_columns if len(self.node_columns) else np.arange(len(self.x_mm))
        is_active = np.concatenate([[False], v_mV[columns] > ACTIVE_MV, [False]])
        edges = np.flatnonzero(np.diff(is_active.astype(np.int8)))
        x_mm = self.x_mm[columns]
        return [(float(x_mm[a]), float(x_mm[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    def front_mm(self, v_mV: Array) -> float | None:
        """How far the impulse has come: the furthest place above ACTIVE_MV, a node of an axon that has nodes; None: nowhere."""
        active = self.active_columns(v_mV)
        return float(self.x_mm[active[-1]]) if len(active) else None

    def last_reached(self) -> int | None:
        """The furthest of the 41 places at which the impulse arrived."""
        reached = [number for number, time in enumerate(self.arrivals_ms) if time is not None]
        return reached[-1] if reached else None


@dataclass(frozen=True)
class PairFrame:
    """Both axons at one moment, mV in the columns of their pictures; `intact` is the myelinated one before it was harmed."""

    time_ms: float
    myelinated: Array
    bare: Array
    intact: Array | None


class PairRecording:
    """An answer of the model `axon-pair`. Rows are evenly spaced; between two of them V lies on a straight line."""

    def __init__(self, values: Mapping[str, Any], traces: Mapping[str, Array]) -> None:
        self.times_ms = np.asarray(traces["t_ms"], float)
        self.row_ms = float(self.times_ms[1] - self.times_ms[0])
        self.places_mm = np.asarray(values["places_mm"], float)
        self.bare_mm = float(values["bare_mm"])
        self.ratio: float | None = values["ratio"]
        self.delay_ms: float | None = values.get("delay_ms")
        self.myelinated = _picture("myelinated", values, traces, self.places_mm)
        self.bare = _picture("bare", values, traces, None)
        intact = values.get("intact_arrivals_ms")
        self.intact: AxonPicture | None = None
        if intact is not None:
            self.intact = _picture("intact", values, traces, self.places_mm)

    @property
    def last_ms(self) -> float:
        """The last moment recorded."""
        return float(self.times_ms[-1])

    @property
    def length_mm(self) -> float:
        """Of both axons."""
        return float(self.places_mm[-1])

    @property
    def is_bare_whole(self) -> bool:
        """Whether the bare axon is computed to its end."""
        return self.bare_mm > self.length_mm - 0.01

    def frame(self, time_ms: float) -> PairFrame:
        """Both axons at `time_ms`, kept within what is recorded."""
        at = min(max(time_ms / self.row_ms, 0.0), len(self.times_ms) - 1.0)
        if abs(at - round(at)) < 1e-6:  # the row itself, whatever 0.3 / 0.02 comes to
            at = float(round(at))
        before = min(int(at), len(self.times_ms) - 2)
        share = np.float32(at - before)

        def between(rows: Array) -> Array:
            mixed: Array = rows[before] + (rows[before + 1] - rows[before]) * share
            return mixed if share < 1.0 else rows[before + 1]

        return PairFrame(
            at * self.row_ms,
            between(self.myelinated.voltage_mV),
            between(self.bare.voltage_mV),
            between(self.intact.voltage_mV) if self.intact is not None else None,
        )

    def measured_ms(self, name: str) -> float:
        """From when on the velocity of "myelinated" or "bare" is measured: what it is taken from has arrived (or all is over)."""
        picture = self.myelinated if name == "myelinated" else self.bare
        if picture.velocity_m_per_s is None:
            return self.last_ms
        if name == "myelinated":
            return float(picture.arrivals_ms[30] or self.last_ms)
        last = int(np.searchsorted(self.places_mm, 0.8 * self.bare_mm))
        return float(picture.arrivals_ms[min(last, len(picture.arrivals_ms) - 1)] or self.last_ms)

    @property
    def all_measured_ms(self) -> float:
        """From when on both velocities are measured."""
        return max(self.measured_ms("myelinated"), self.measured_ms("bare"))

    @property
    def flight_end_ms(self) -> float:
        """When the myelinated axon's impulse has come as far as it comes."""
        return max((time for time in self.myelinated.arrivals_ms if time is not None), default=0.0) + 0.3


def _picture(name: str, values: Mapping[str, Any], traces: Mapping[str, Array], nodes_mm: Array | None) -> AxonPicture:
    x_mm = np.asarray(traces[f"{name}_x_mm"], float)
    columns = np.zeros(0, int) if nodes_mm is None else np.searchsorted(x_mm, nodes_mm - 1e-6)
    is_intact = name == "intact"
    arrivals = values["intact_arrivals_ms"] if is_intact else values["arrivals_ms"][name]
    return AxonPicture(
        x_mm=x_mm,
        voltage_mV=np.asarray(traces[f"{name}_mV"], np.float32),
        node_columns=columns,
        arrivals_ms=tuple(arrivals),
        velocity_m_per_s=None if is_intact else values["velocity_m_per_s"][name],
        conducts=arrivals[-1] is not None if is_intact else values["conducts"][name],
        spikes_at_end=None if is_intact else values["spikes_at_end"][name],
    )
