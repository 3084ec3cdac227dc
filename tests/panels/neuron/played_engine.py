"""A cell that is quick to compute and easy to foresee, and a line that runs it without a worker. Not collected by pytest.

Ten inputs or more within 5 ms make it fire; fewer give a graded potential. Everything follows from the accepted commands.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from app.job_thread import WorkerEnd
from app.neuron_session import NeuronSession
from app.simulation.biology import stage
from app.simulation.biology.lecture_neuron import lecture_neuron

CELL = lecture_neuron()
COMPARTMENTS = CELL.compartments
LATE = np.arange(COMPARTMENTS) * 0.002  # ms that a spike comes later at each
ACTIVE = int(sum(section.compartments for section in CELL.sections if section.channels > 0))
ENOUGH = 10
ROWS_EVERY = 1  # steps: the state at any moment does not hang on how the window asked for it


class PlayedCell:
    """The state of the played cell."""

    def __init__(self, plan: stage.StagePlan) -> None:
        self.plan = plan
        self.step = 0
        self.fired: list[tuple[float, int]] = []
        self.currents: list[tuple[int, float, float, float]] = []  # number, from, to, nA
        self.number = 0
        self.now_spikes: list[stage.Spike] = []

    def spike_times(self) -> list[float]:
        times: list[float] = []
        onsets = sorted(time for time, _ in self.fired)
        for time in onsets:
            together = sum(self.plan.weights_nS[number] for at, number in self.fired if time - 5 < at <= time)
            if together * self.plan.sodium >= ENOUGH and (not times or time + 2.0 - times[-1] > 4.0):
                times.append(time + 2.0)
        return times

    def rise(self, time: float) -> float | None:
        """The point of no return: near while inputs act, passed where enough have come, out of reach just after a spike."""
        if any(0 <= time - at < 3.0 for at in self.spike_times()):
            return None
        together = sum(self.plan.weights_nS[number] for at, number in self.fired if 0 <= time - at < 5.0)
        return max(ENOUGH - together, 0.0) if self.plan.sodium else None

    def voltage(self, time: float, spike_times: list[float]) -> np.ndarray:
        rest = np.full(COMPARTMENTS, -65.0, np.float32)
        for at, number in self.fired:
            if 0 <= time - at < 20:
                rest += np.float32(0.6 * self.plan.weights_nS[number] * (time - at) * np.exp(1 - (time - at) / 2) / 2)
        for _, begin, end, amount in self.currents:
            if begin <= time < end:
                rest += np.float32(5.0 * amount)
        for at in spike_times:
            rest += np.float32(95.0) * np.exp(-(((time - at - LATE) / 0.4) ** 2)).astype("f4")
        return rest

    def rows(self, steps: int) -> stage.Recording:
        at = [self.step + number for number in range(1, steps + 1) if number % ROWS_EVERY == 0 or number == steps]
        before, self.step = self.step, self.step + steps
        dt = self.plan.dt_ms
        spike_times = self.spike_times()
        spikes = [
            stage.Spike(place, time + late)
            for time in spike_times
            for place, late in (("ais", -0.1), ("soma", 0.0), ("bouton", 0.5))
            if before * dt < time + late <= self.step * dt
        ]
        arrivals = [
            stage.Arrival(number, time, time + self.plan.delay_ms, 5, self.plan.weights_nS[number])
            for time, number in self.fired
            if before * dt <= time < self.step * dt
        ]
        count = len(at)
        conductance = np.zeros((count, stage.INPUTS), np.float32)
        for row, step in enumerate(at):
            for time, number in self.fired:
                if 0 <= step * dt - time < 10:
                    conductance[row, number] = self.plan.weights_nS[number]
        gates = np.tile(np.array([0.05, 0.6, 0.32], np.float32), (count, ACTIVE, 1))
        current = np.array([sum(a for _, b, e, a in self.currents if b <= step * dt < e) for step in at], np.float32)
        return stage.Recording(
            self.step, 0, np.array(at), np.array([self.voltage(step * dt, spike_times) for step in at]), gates, conductance,
            np.full(count, -65.0, np.float32), current, tuple(arrivals), tuple(spikes), np.zeros(count, np.float32),
        )  # fmt: skip


def run(plan: stage.StagePlan) -> Generator[Any, Any, None]:
    """The job, as the engine's."""
    cell = PlayedCell(plan)
    gates = np.tile(np.array([0.05, 0.6, 0.32], np.float32), (ACTIVE, 1))
    command = yield stage.StageStarted(0, np.full(COMPARTMENTS, -65.0, np.float32), gates)
    while True:
        command = yield answer(cell, command)


def answer(cell: PlayedCell, command: Any) -> Any:
    now = cell.step * cell.plan.dt_ms
    match command:
        case stage.Advance(steps=steps, token=token):
            return msgspec.structs.replace(cell.rows(steps), token=token)
        case stage.Fire(inputs=inputs, times_ms=times, token=token):
            if any(number >= stage.INPUTS for number in inputs):
                return stage.Refused(cell.step, token, "There is no such input: the cell has 30.")
            cell.fired += list(zip(times or (now,) * len(inputs), inputs, strict=True))
        case stage.Inject(compartment=compartment, amplitude_nA=amount, duration_ms=span):
            if compartment >= COMPARTMENTS:
                return stage.Refused(cell.step, command.token, "There is no such place on the cell.")
            cell.number += 1
            cell.currents.append((cell.number, now, np.inf if span is None else now + span, amount))
            return stage.Accepted(cell.step, command.token, cell.number)
        case stage.Withdraw(number=number):
            cell.currents = [(n, b, min(e, now) if n == number else e, a) for n, b, e, a in cell.currents]
        case stage.Change(plan=plan):
            cell.plan = plan
        case stage.Rewind(step=step):
            cell.step = step
            cell.fired = [(time, number) for time, number in cell.fired if time <= step * cell.plan.dt_ms]
            cell.currents = [entry for entry in cell.currents if entry[1] <= step * cell.plan.dt_ms]
        case stage.FindNoReturn() | stage.CallModel():
            return found(cell, command)
        case None:
            return None
    return stage.Accepted(cell.step, command.token)


def found(cell: PlayedCell, command: Any) -> Any:
    """What does not touch the cell: its point of no return, a model."""
    if isinstance(command, stage.FindNoReturn):
        at = command.step
        return stage.NoReturn(cell.step, command.token, at, cell.rise(at * cell.plan.dt_ms))
    if command.model == "nothing":
        return stage.Refused(cell.step, command.token, "There is no model 'nothing'.")
    return stage.Answer(cell.step, command.token, {"model": command.model, **command.options}, {})


class PlayedLine(QObject):
    """Stands in for a JobLine: the same calls, the same signals, no process."""

    arrived = Signal(list)
    worker_lost = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._job: Generator[Any, Any, None] | None = None
        self._number = 0
        self._items: list[tuple[int, Any]] = []
        self.sent: list[Any] = []
        self.started: list[stage.StagePlan] = []
        self.is_held = False  # a worker that does not answer for now
        self.is_running = False
        self.answers_models = True  # False: whoever calls one waits
        self.worker_pid: int | None = None

    @property
    def worker(self) -> PlayedLine:
        return self

    def start_job(self, _function: str, plan: stage.StagePlan, *, paused: bool = False) -> int:
        self._number += 1
        self.worker_pid = 1
        self.started.append(plan)
        self._job = run(plan)
        self._put(next(self._job))
        return self._number

    def send_command(self, command: Any) -> None:
        self.sent.append(command)
        is_model = isinstance(command, stage.CallModel | stage.StartTraining)
        if self._job is not None and (self.answers_models or not is_model):
            self._put(self._job.send(command))

    def resume(self) -> None:
        self.is_running = True

    def pause(self) -> None:
        self.is_running = False

    def kill(self) -> None:
        """What a SIGKILL of the worker would bring."""
        self._job, self._items = None, []
        self._timer.stop()
        self.worker_pid = None
        self.worker_lost.emit(WorkerEnd(-9, "The training process was killed.", ""))

    def release(self) -> None:
        """A held worker answers again."""
        self.is_held = False
        self._deliver()

    def close(self) -> None:
        self._timer.stop()
        self._job, self._items = None, []

    def _put(self, event: Any) -> None:
        self._items.append((self._number, event))
        if not self.is_held:
            self._timer.start(0)

    def _deliver(self) -> None:
        items, self._items = self._items, []
        if items and not self.is_held:
            self.arrived.emit(items)


COLD_MS = 180_000  # the kernels may have to be compiled first


def come_to_life(session: NeuronSession) -> None:
    """Wait for a real cell, begun anew."""
    session.restart()
    loop = QEventLoop()
    session.state_changed.connect(loop.quit)
    QTimer.singleShot(COLD_MS, loop.quit)
    while session.state == "starting":
        loop.exec()
    assert session.state == "ready"


class NoTraining(QObject):
    """A workspace has a training; the neuron panel asks nothing of it."""

    state_changed = Signal(str)
    choice_changed = Signal()

    def shutdown(self) -> None:
        """There is nothing to end."""


class NoMonitor(NoTraining):
    """Nor of the hardware."""
