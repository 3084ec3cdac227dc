"""The activation lab's job: answers questions about depth and drives a race, one step whenever it is asked for one. Imports torch, numba.

A command is answered at once and takes no step. Asked with None, the race takes a step, where there is one.

Questions about depth have a thread of their own, which gives way to nobody: a hand is at the slider. On two processors that others
wanted as well, a move took 83 ms without a niceness and 500 with one of 5.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

import torch

from trainers.activation_lab import (
    FRAMES_PER_SECOND,
    AnyLabCommand,
    AnyLabEvent,
    AskDepth,
    ChangeRacer,
    DepthAnswer,
    DepthQuestion,
    LabPlan,
    LabRefused,
    LabStarted,
    SetFrames,
    SetLearningRate,
    StartRace,
)
from trainers.activation_race import Race
from trainers.commands import Report
from trainers.depth_signal import DepthLab
from trainers.depth_signal_kernel import load
from trainers.errors import HillockError
from trainers.warm_up import Stage

Job = Generator[AnyLabEvent | None, AnyLabCommand | Report | None, None]


def run(plan: LabPlan) -> Job:
    """Yields LabStarted, then what each command or step brings, for ever."""
    torch.set_num_threads(plan.threads)
    torch.set_flush_denormal(
        plan.flushes_denormals
    )  # a gradient of 1e-41 made a matrix product take 63 ms instead of 0.3
    lab = _Lab(plan)
    _give_way(plan.niceness)  # after the threads of depth have begun: on Linux, this one alone
    event: AnyLabEvent | None = LabStarted(plan.threads)
    while True:
        command = yield event
        event = lab.take_step() if command is None else lab.answer(command)


class _Lab:
    """What the job holds."""

    def __init__(self, plan: LabPlan) -> None:
        self._plan = plan
        self._depth = DepthLab()
        self._depth_thread = ThreadPoolExecutor(1, "depth")
        # it begins now, with the priority that the job still has
        self._depth_thread.submit(torch.set_flush_denormal, plan.flushes_denormals).result()
        self._race: Race | None = None
        self._frames_per_second: float = FRAMES_PER_SECOND

    def take_step(self) -> AnyLabEvent | None:
        """A step of the race; a frame of it where one is due."""
        return self._race.take_step() if self._race is not None else None

    def answer(self, command: AnyLabCommand | Report) -> AnyLabEvent | None:
        """What the command leads to; LabRefused where it cannot be."""
        if isinstance(command, Report):  # the driver's, when it stands
            return self._race.report() if self._race is not None else None
        try:
            return self._answer(command)
        except HillockError as refusal:
            return LabRefused(command.token, refusal.sentence)

    def _answer(self, command: AnyLabCommand) -> AnyLabEvent | None:
        match command:
            case AskDepth(token=token, question=question):
                return self._depth_thread.submit(self._answer_depth, token, question).result()
            case StartRace(token=token, plan=plan):
                self._race = Race(token, plan)
                self._race.set_frames(self._frames_per_second)
                return self._race.started()
            case SetFrames(frames_per_second=value):
                self._frames_per_second = value
                if self._race is not None:
                    self._race.set_frames(value)
                return None
            case SetLearningRate(learning_rate=value) if self._race is not None:
                return self._race.set_learning_rate(value)
            case ChangeRacer(index=index, activation=activation) if self._race is not None:
                return self._race.change_racer(index, activation)
            case _:
                return LabRefused(command.token, "There is no race: start one first.")

    def _answer_depth(self, token: int, question: DepthQuestion) -> DepthAnswer:
        """In the thread of depth. The race stands meanwhile, and goes on with its own number of threads."""
        torch.set_num_threads(self._plan.depth_threads)
        try:
            return self._depth.answer(token, question)
        finally:
            torch.set_num_threads(self._plan.threads)


def _give_way(niceness: int) -> None:
    """Let a training go first where both want the same core. On Linux this thread does, and what it starts from now on."""
    if niceness and sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + niceness)
    elif niceness and sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)


def stages() -> list[Stage]:
    """What a fresh worker does before it is asked, see trainers.warm_up: naming this module has imported torch and numba already."""
    return [("before", load)]
