"""LivingUnit: the unit's weights and inputs as synapses of the cell on stage, fired there. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from app.neuron_session import NeuronSession
from app.panels.neuron.benches.summation.plan import with_synapses_of
from app.panels.neuron.benches.unit.logic import CELL_MS, UnitState, X, stage_plan, stage_spikes
from app.simulation.biology.stage import StagePlan

SOMA = 0  # its compartment in the lecture neuron's morphology
REST_MV = -65.0


@dataclass(frozen=True)
class LivingRun:
    """What came of inputs x: whether the impulse reached the terminal, and how far the soma rose (mV) where it did not."""

    x: X
    fires: bool
    peak_mv: float


class LivingUnit(QObject):
    """While its bench is in front the cell on stage has the unit's synapses from the first run on; `leave` gives it its own back."""

    ended = Signal(object)  # LivingRun: the impulse has arrived, or cannot come any more
    left = Signal()  # a person went back and did something else: this run counts no more

    def __init__(self, session: NeuronSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._before: StagePlan | None = None
        self._running: X | None = None
        self._stands_at: float | None = None  # ms, where the cell's clock is to stand
        session.frame_changed.connect(self._on_frame_changed)
        session.branched.connect(self._on_cell_left)

    @property
    def is_playing(self) -> bool:
        """Whether a run is on its way, be it that its clock stands."""
        return self._stands_at is not None

    @property
    def is_on_the_way(self) -> bool:
        """Whether what comes of the run is not known yet."""
        return self._running is not None

    def fire(self, state: UnitState) -> None:
        """The cell at rest at 0 ms, with the unit's synapses; then the inputs that are on."""
        session = self._session
        if self._before is None:
            self._before = session.plan
        session.change(stage_plan(state, state.x, session.plan))
        if session.state != "cold":
            session.restart()
        inputs, times = stage_spikes(state, state.x)
        self._running, self._stands_at = state.x, CELL_MS
        if inputs:
            session.fire(inputs, times)
        else:
            session.start()
            session.clock.is_playing = True
            session.frame_changed.emit()

    def forget(self) -> None:
        """The run that is on its way counts no more."""
        self._running = self._stands_at = None

    def leave(self) -> None:
        """The cell has its own synapses back."""
        self.forget()
        if self._before is not None:
            before, self._before = self._before, None
            plan = with_synapses_of(before, self._session.plan)
            self._session.change(msgspec.structs.replace(plan, release=before.release))

    @Slot()
    def _on_frame_changed(self) -> None:
        session = self._session
        if self._stands_at is None or session.recording is None:
            return
        now = session.shown_ms
        if self._running is not None:
            fires = any(spike.place == "bouton" and spike.time_ms <= now for spike in session.recording.spikes)
            if fires or now >= self._stands_at:
                x, self._running = self._running, None
                _, voltage = session.recording.series("voltage_mV", SOMA, 0.0, now)
                self.ended.emit(LivingRun(x, fires, float(max(voltage, default=REST_MV)) - REST_MV))
        if now >= self._stands_at:
            self._stands_at = None
            session.clock.is_playing = False

    @Slot()
    def _on_cell_left(self) -> None:
        if self._stands_at is not None:
            self.forget()
            self.left.emit()
