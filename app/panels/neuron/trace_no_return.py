"""The point of no return in the traces: asked of the worker moment by moment while the cell stands, and drawn. Imports no widget.

A dotted curve that moves with the gates, and no line at -55 mV: the potential from which the cell would fire by itself. One
moment takes 30 ms of the core that computes the cell: so while it plays the newest one that is known stands, with its time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from itertools import islice, takewhile

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from app.cell_recording import CellRecording
from app.neuron_session import NeuronSession
from app.panels.neuron.trace_data import Curve
from app.simulation.biology.morphology import Morphology
from app.simulation.biology.stage import KEPT_MS, Arrival, NoReturn

NAME = "Point of no return"
_LATTICE = 32  # moments across the window
_AROUND_SPIKE_MS: tuple[float, ...] = (
    -4,
    -3,
    -2.2,
    -1.6,
    -1.2,
    -0.9,
    -0.65,
    -0.45,
    -0.3,
    -0.2,
    -0.12,
    -0.05,
    0.02,
    1,
    1.5,
    2,
    2.6,
    3.4,
    4.5,
)
_AFTER_INPUT_MS: tuple[float, ...] = (-0.01, 0.1, 0.3, 0.6, 1.0, 1.6, 2.4, 3.5)
_INPUTS_LOOKED_AT = 3
_LONGEST_DELAY_MS = 10.0  # from a presynaptic spike to its onset
_Series = tuple[list[float], list[float]]


@dataclass
class Rises:
    """What is known: by step, how much higher (mV) the cell would have to stand; 0: not at all, None: nothing makes it fire.

    shown_step: of the moment that is marked: the one shown, while it plays the newest that is known, -1 for none. status:
    what is said about it, "" for nothing.
    """

    known: dict[int, float | None] = field(default_factory=dict)
    shown_step: int = -1
    status: str = ""

    def curves(self, recording: CellRecording, compartment: int, window: tuple[float, float]) -> list[Curve]:
        """The level at a compartment, mV, in pieces: it ends where it meets the potential, and where nothing is known.

        Drawn through the moments that this window asks for, whatever else is known: it looks the same whatever was looked at.
        """
        if not self.known:
            return []
        dt, gap = recording.dt_ms, _gap(recording, window)
        steps = sorted({step for step in moments(recording, window, self.shown_step) if step in self.known})
        if not steps:
            return []
        series = recording.series("voltage_mV", compartment, steps[0] * dt, steps[-1] * dt)
        stands = np.interp(np.array(steps) * dt, *series)
        pieces: list[_Series] = [([], [])]
        before, has_passed = -math.inf, False
        for step, stood in zip(steps, stands.tolist(), strict=True):
            rise = self.known[step]
            if rise is None or step - before > gap or (has_passed and rise == 0.0):
                pieces.append(([], []))
            if rise is not None and not (has_passed and rise == 0.0 and step - before <= gap):
                times, levels = pieces[-1]
                times.append(step * dt)
                levels.append(stood + rise)
            before, has_passed = step, rise == 0.0
        return [
            Curve(NAME, "text", np.array(times), np.array(levels), is_dotted=True)
            for times, levels in pieces
            if len(times) > 1
        ]

    def columns(self, recording: CellRecording, compartment: int, name: str) -> list[tuple[str, tuple[float, ...]]]:
        """Columns for a table, with headings: each moment that is known, the rise, and the level at a compartment of that name.

        A moment from which nothing makes the cell fire has no row.
        """
        found = sorted((step, rise) for step, rise in self.known.items() if rise is not None)
        found = [(step, rise) for step, rise in found if recording.first_step <= step <= recording.last_step]
        if not found:
            return []
        times = np.array([step for step, _ in found]) * recording.dt_ms
        rises = np.array([rise for _, rise in found])
        stands = np.interp(times, *recording.series("voltage_mV", compartment, times[0], times[-1]))
        headings = (f"{NAME}: time (ms)", f"{NAME}: above V (mV, 0: passed)", f"{NAME}: at {name} (mV)")
        series = (times.round(4), rises, (stands + rises).round(4))
        return [(title, tuple(values.tolist())) for title, values in zip(headings, series, strict=True)]

    def newest(self, window: tuple[float, float], last_ms: float, dt_ms: float) -> int:
        """The last step of a window, ms, and up to `last_ms`, of which it is known; -1: of none."""
        low, high = window[0] / dt_ms, min(window[1], last_ms) / dt_ms
        return max((step for step in self.known if low <= step <= high), default=-1)

    def mark(self, recording: CellRecording, compartment: int) -> tuple[float, float, float] | None:
        """At the moment shown: (ms, the potential there, where it would have to stand), mV; None where that is not known."""
        rise = self.known.get(self.shown_step)
        if rise is None or self.shown_step > recording.last_step:
            return None
        moment = self.shown_step * recording.dt_ms
        stands = float(recording.frame(moment).voltage_mV[compartment])
        return moment, stands, stands + rise


def moments(recording: CellRecording, window: tuple[float, float], shown_step: int) -> list[int]:
    """Steps that are to be known of a window, ms: the one shown, then from left to right; closer after inputs and at the last spike."""
    dt, gap, first = recording.dt_ms, _gap(recording, window), earliest(recording)
    low, high = max(round(window[0] / dt), first), min(round(window[1] / dt), recording.last_step)
    steps = set(range(-(-low // gap) * gap, high + 1, gap)) | {low, high}
    spikes = (each.time_ms for each in reversed(recording.spikes) if each.place == "ais" and each.time_ms <= high * dt)
    late = takewhile(partial(_is_after, low * dt - _LONGEST_DELAY_MS), reversed(recording.arrivals))
    onsets = sorted({arrival.onset_ms for arrival in late if low <= arrival.onset_ms / dt <= high})
    near = [(spike, _AROUND_SPIKE_MS) for spike in islice(spikes, 1)]
    near += [(onset, _AFTER_INPUT_MS) for onset in onsets[-_INPUTS_LOOKED_AT:]]
    steps |= {round((moment + offset) / dt) for moment, offsets in near for offset in offsets}
    inside = sorted(step for step in steps if low <= step <= high)
    return [shown_step, *inside] if shown_step >= first else inside


def _is_after(moment_ms: float, arrival: Arrival) -> bool:
    return arrival.spike_ms > moment_ms


def earliest(recording: CellRecording) -> int:
    """The first step that can still be looked into."""
    return max(recording.first_step, recording.last_step - round(KEPT_MS / recording.dt_ms))


def _gap(recording: CellRecording, window: tuple[float, float]) -> int:
    """Steps between two moments of the lattice, which a line may join: a power of two."""
    return int(
        2 ** max(math.ceil(math.log2(max(window[1] - window[0], recording.dt_ms) / _LATTICE / recording.dt_ms)), 0)
    )


def hangs_on(cell: Morphology, compartments: tuple[int, ...]) -> int | None:
    """The probe that the point is drawn for: the soma's, the initial segment's, the hillock's, or else the first."""
    for name in ("soma", "ais", "hillock"):
        place = next((one for one in compartments if one in cell.compartments_of(name)), None)
        if place is not None:
            return place
    return compartments[0] if compartments else None


class NoReturnSeeker(QObject):
    """Asks for one moment at a time, the one shown first, and for none while the cell plays. `changed`: `rises` knows more."""

    changed = Signal()

    def __init__(self, session: NeuronSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._recording: CellRecording | None = None
        self._token = 0
        self._wanted: list[int] = []
        self.rises = Rises()
        session.no_return_came.connect(self._on_no_return_came)
        session.branched.connect(self._on_cell_changed)
        session.plan_changed.connect(self._on_cell_changed)
        session.state_changed.connect(self._on_state_changed)

    @property
    def is_busy(self) -> bool:
        """Whether moments are still being looked at."""
        return bool(self._token or self._wanted)

    def attend(self, window: tuple[float, float], is_wanted: bool) -> None:
        """Once a drawn frame: see to what is to be known of the window of time on show."""
        session, recording = self._session, self._session.recording
        if recording is not self._recording:
            self._recording = recording
            self._forget_from(0)
        if recording is None or session.state != "ready" or not is_wanted:
            self._wanted, self.rises.status, self.rises.shown_step = [], "", -1
            return
        rises = self.rises
        if session.clock.is_playing:
            self._wanted, rises.shown_step = [], rises.newest(window, session.shown_ms, recording.dt_ms)
            rises.status = f"{NAME}: pause to see it"
            if rises.shown_step >= 0:
                rises.status = self._said(f"{NAME} at {rises.shown_step * recording.dt_ms:.2f} ms")
            return
        rises.shown_step = self._shown_step(recording)
        self._wanted = [step for step in moments(recording, window, rises.shown_step) if step not in rises.known]
        self._ask()
        rises.status = self._status(recording)

    def _shown_step(self, recording: CellRecording) -> int:
        """Of the moment shown; of the newest where the cell has been changed since: that is the cell on show."""
        session = self._session
        is_changed = session.is_live and session.script.plans()[-1][0] > session.shown_ms
        return recording.last_step if is_changed else round(session.shown_ms / recording.dt_ms)

    def _status(self, recording: CellRecording) -> str:
        rises = self.rises
        if rises.shown_step not in rises.known:
            is_gone = rises.shown_step < earliest(recording)
            return f"{NAME}: too long ago to be looked for" if is_gone else f"{NAME}: being computed …"
        return self._said()

    def _said(self, name: str = NAME) -> str:
        """Of the moment that is marked, where it is known."""
        rise = self.rises.known[self.rises.shown_step]
        if rise is None:
            return f"{name}: out of reach"
        return f"{name}: {rise:.1f} mV higher" if rise > 0.0 else f"{name} passed: it fires by itself"

    def _ask(self) -> None:
        if not self._token and self._wanted:
            self._token = self._session.find_no_return(self._wanted[0])
            if not self._token:
                self._wanted.clear()  # something else is on its way: the next frame asks again

    def _forget_from(self, step: int) -> None:
        self._token = 0  # what is still on its way is of the cell as it was
        self._wanted.clear()
        self.rises.known = {at: rise for at, rise in self.rises.known.items() if at < step}

    @Slot(int, object)
    def _on_no_return_came(self, token: int, item: object) -> None:
        if token != self._token:
            return
        self._token = 0
        if isinstance(item, NoReturn):
            self.rises.known[item.at_step] = item.rise_mV
            self._wanted = [step for step in self._wanted if step != item.at_step]
            self._ask()
        else:
            self._wanted.clear()
        self.changed.emit()

    @Slot(str)
    def _on_state_changed(self, state: str) -> None:
        """Nobody answers what was asked of a worker that is gone; a fresh one is asked anew for what is still unknown."""
        if state != "ready":
            self._token = 0
            self._wanted.clear()

    @Slot()
    def _on_cell_changed(self) -> None:
        """From the moment shown on it is another cell."""
        self._forget_from(max(math.floor(self._session.shown_ms / self._session.plan.dt_ms), 0))
        self.changed.emit()
