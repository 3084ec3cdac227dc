"""Jobs for the worker that need no torch: loaded in it by name, with this folder on the path. Not collected by pytest."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import msgspec
import numpy as np

from trainers.commands import AnyCommand, Look, Predict, Report, Save, SetValue, SetWeight, Stop, WatchNetwork
from trainers.errors import BadInput
from trainers.events import (
    AnyEvent,
    CheckpointSaved,
    EpochReport,
    NetworkInside,
    Prediction,
    RunFinished,
    RunStarted,
    Snapshot,
    StepReport,
    ValueRefused,
    ValueSet,
)
from trainers.training_plan import AnswerPlan, TrainingPlan
from trainers.warm_up import Stage

Job = Generator[AnyEvent | None, AnyCommand | None, None]


class Tricks(msgspec.Struct, frozen=True):
    """What a test wants of the job; it stands as JSON in the network's comment."""

    steps_per_epoch: int = 10
    step_seconds: float = 0.0
    report_seconds: float = 1 / 30
    prints: bool = False
    raise_at: int = -1
    error: str = "ValueError"
    crash_at: int = -1
    hold_lock_at: int = -1
    refuses: str = ""  # a setting that is always refused
    flood: bool = False  # a report and a picture at every step
    bad_data: bool = False


class State(msgspec.Struct):
    """All that decides the numbers."""

    weights: list[float]
    learning_rate: float
    step: int = 0


def train(plan: TrainingPlan) -> Job:
    """Least squares by gradient descent: the losses depend on seed, step and learning rate alone."""
    tricks = msgspec.json.decode(plan.network.comment or "{}", type=Tricks)
    if tricks.bad_data:
        raise BadInput("There is no data set moonlight: take moons.")
    return Descent(plan, tricks).run()


def answer(plan: AnswerPlan) -> Job:
    """Serve the pad from a checkpoint."""
    state = msgspec.json.decode(Path(plan.checkpoint, "state.json").read_bytes(), type=State)
    command = yield Snapshot(state.step, surface=np.full((2, 2), state.weights[0], np.float32))
    while True:
        event = None
        if isinstance(command, Predict):
            event = Prediction(state.step, command.token, np.array(state.weights, np.float32))
        elif isinstance(command, WatchNetwork):
            event = within(state, command)
        command = yield event


def look_inside(plan: TrainingPlan) -> Job:
    """The weights that a run of `plan` begins with."""
    if msgspec.json.decode(plan.network.comment or "{}", type=Tricks).bad_data:
        raise BadInput("There is no data set moonlight: take moons.")
    command = yield None
    while True:
        state = State([0.0] * 4, plan.settings.learning_rate)
        command = yield within(state, command) if isinstance(command, WatchNetwork) else None


def within(state: State, wish: WatchNetwork) -> NetworkInside | None:
    """The four weights, where the line is asked for."""
    if not wish.layers:
        return None
    weights = {"line.weight": np.array([state.weights], np.float32)} if "line" in wish.layers else {}
    nothing = np.zeros(4, np.float32)
    return NetworkInside(state.step, (wish.sample or 0) % 64, 64, nothing, np.zeros(1, np.float32), weights=weights)


class Descent:
    def __init__(self, plan: TrainingPlan, tricks: Tricks) -> None:
        self.plan, self.tricks, self.settings = plan, tricks, plan.settings
        seed = plan.settings.seed
        self.inputs = np.random.default_rng(seed).normal(size=(64, 4))
        self.wanted = self.inputs @ np.arange(4.0) + np.random.default_rng(seed + 1).normal(size=64)
        self.state = State([0.0] * 4, plan.settings.learning_rate)
        self.kept: list[tuple[int, float]] = []
        self.reported = 0.0
        self.is_stopping = False
        self.run_name = f"run-{seed}"
        if plan.resume:
            self.state = msgspec.json.decode(Path(plan.resume, "state.json").read_bytes(), type=State)

    def run(self) -> Job:
        began = time.monotonic()
        settings = {**msgspec.structs.asdict(self.settings), "learning_rate": self.state.learning_rate}
        yield from self.tell(
            RunStarted(self.run_name, "line", "numbers", settings, "cpu", self.settings.threads, 4, self.state.step)
        )
        if self.state.step == 0:
            yield from self.tell(EpochReport(0, self.loss(), None, self.loss(), None, 0))
            yield from self.tell(self.save())
        per_epoch = self.tricks.steps_per_epoch
        while self.state.step < self.settings.epochs * per_epoch and not self.is_stopping:
            self.play_tricks()
            yield from self.tell(self.take_step())
            if self.tricks.flood:
                yield from self.tell(self.look())
            if self.state.step % per_epoch == 0:
                yield from self.tell(
                    EpochReport(self.state.step // per_epoch, self.loss(), None, self.loss(), None, self.state.step)
                )
                yield from self.tell(self.save())
        report = self.report()
        if report is not None:
            yield from self.tell(report)
        yield from self.tell(self.save())
        seconds = time.monotonic() - began
        yield RunFinished(self.state.step, self.loss(), None, self.state.step / max(seconds, 1e-9), seconds)

    def tell(self, event: AnyEvent | None) -> Job:
        command = yield event
        while command is not None:
            command = yield self.answer(command)

    def answer(self, command: AnyCommand) -> AnyEvent | None:
        match command:
            case SetValue(name=name, value=value):
                if name == self.tricks.refuses:
                    return ValueRefused(self.state.step, name, f"{name} cannot be changed here.")
                if name == "learning_rate":
                    self.state.learning_rate = float(value)  # type: ignore[arg-type]
                elif name == "epochs":
                    self.settings = msgspec.structs.replace(self.settings, epochs=int(value))  # type: ignore[arg-type]
                return ValueSet(self.state.step, name, value)
            case Save():
                return self.save()
            case Stop():
                self.is_stopping = True
                return self.report()
            case Report():
                return self.report()
            case Predict(token=token):
                return Prediction(self.state.step, token, np.array(self.state.weights, np.float32))
            case Look():
                return self.look()
            case WatchNetwork():
                return within(self.state, command)
            case SetWeight(index=index, value=value):
                self.state.weights[index[-1]] = value
                return ValueSet(self.state.step, command.parameter, value)
        return None

    def loss(self) -> float:
        return float(np.mean((self.inputs @ self.state.weights - self.wanted) ** 2))

    def take_step(self) -> StepReport | None:
        error = self.inputs @ np.array(self.state.weights) - self.wanted
        gradient = 2 * self.inputs.T @ error / len(error)
        self.state.weights = (np.array(self.state.weights) - self.state.learning_rate * gradient).tolist()
        self.state.step += 1
        self.kept.append((self.state.step, float(np.mean(error**2))))
        is_due = self.tricks.flood or time.monotonic() - self.reported >= self.tricks.report_seconds
        return self.report() if is_due else None

    def report(self) -> StepReport | None:
        if not self.kept:
            return None
        kept, self.kept = self.kept, []
        self.reported = time.monotonic()
        epoch = self.state.step // self.tricks.steps_per_epoch
        return StepReport(self.state.step, epoch, tuple(kept), self.state.learning_rate, None, 0.0, {})

    def look(self) -> Snapshot:
        return Snapshot(self.state.step, surface=np.full((100, 100), self.state.step, np.float32))

    def save(self) -> CheckpointSaved | None:
        if self.plan.runs_folder is None:
            return None
        folder = Path(self.plan.runs_folder, self.run_name, f"step-{self.state.step}")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "state.json").write_bytes(msgspec.json.encode(self.state))
        return CheckpointSaved(self.state.step, str(folder))

    def play_tricks(self) -> None:
        tricks, step = self.tricks, self.state.step
        if tricks.prints:
            print(f"a stray print at step {step}")
            os.write(1, b"\x07\x00\x00\x00garbage from C code\n")
        if tricks.step_seconds:
            time.sleep(tricks.step_seconds)
        if step == tricks.raise_at:
            raise {"ValueError": ValueError, "MemoryError": MemoryError, "BadInput": BadInput}[tricks.error](
                "on purpose"
            )
        if step == tricks.crash_at:
            sys.stderr.write("last words\n")
            ctypes.string_at(0)
        if step == tricks.hold_lock_at:
            ctypes.PyDLL(None).sleep(30)  # C code that keeps the interpreter lock


def flood(plan: TrainingPlan) -> Job:
    """Twice `plan.settings.epochs` reports, as fast as they can be made."""
    for step in range(2 * plan.settings.epochs):
        yield StepReport(step, 0, ((step, 0.5),), 0.1, None, 0.0, {})


def start_a_child(plan: TrainingPlan) -> Job:
    """A job that starts a process, which inherits stderr and would outlive everybody."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    while True:
        yield None
        time.sleep(0.01)


def deadly_stages() -> list[Stage]:
    """A warm-up on a machine where a library crashes when it is loaded."""
    return [("before", lambda: ctypes.string_at(0))]
