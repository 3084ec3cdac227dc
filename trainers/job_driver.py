"""JobDriver: drives a job's generator: runs, pauses, steps and ends it as requests say. Imports neither torch nor Qt."""

from __future__ import annotations

import importlib
import inspect
import sys
import time
import traceback
import typing
from collections.abc import Generator
from typing import Any, Literal, Protocol

import msgspec

from trainers.commands import AnyCommand, Report, Stop
from trainers.errors import BROKEN, PROCESS_SPENT, HillockError
from trainers.events import CheckpointSaved, EpochReport, Progress, RunFailed, RunStarted
from trainers.failure_sentences import sentence_of_error
from trainers.reply_line import Outbox
from trainers.warm_up import WarmUpThread
from trainers.worker_protocol import (
    Answered,
    AnyRequest,
    Cancel,
    Close,
    Decoding,
    JobEnded,
    LimitSpeed,
    ListModules,
    Modules,
    Pause,
    ProtocolError,
    Resume,
    SendCommand,
    Standing,
    StartJob,
    StepBy,
    StepEpoch,
    WarmUp,
)

Mode = Literal["standing", "preparing", "running", "stepping", "to_epoch", "ending"]
_TELLING_SECONDS = 0.5  # a window that is stuck holds up a training by no more than this for each checkpoint


class RequestSource(Protocol):
    """Where the driver finds its requests: `trainers.worker.Inbox`."""

    def __bool__(self) -> bool: ...
    def take(self) -> AnyRequest | None: ...
    def peek(self) -> AnyRequest | None: ...
    def wait(self, timeout: float | None = None) -> bool: ...


class JobDriver:
    """One job at a time. `serve` returns the exit status when the window says Close, or after an unforeseen error."""

    def __init__(self, inbox: RequestSource, outbox: Outbox) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._number = 0  # of the last request dealt with
        self._announced = -1
        self._job = 0
        self._generator: Generator[Any, Any, Any] | None = None
        self._commands = Decoding(AnyCommand)
        self._mode: Mode = "standing"
        self._step = 0
        self._entry_step = 0  # where the present mode began
        self._count = 0  # steps that StepBy asked for
        self._steps_per_second = 0.0
        self._share = 1.0  # of the time, that steps may take
        self._due = 0.0
        self._has_checkpoint = False
        self._deferred: StartJob | None = None
        self._warm_up: WarmUpThread | None = None
        self._status: int | None = None

    def serve(self) -> int:
        """Deal with requests and take steps until told to close."""
        while self._status is None:
            while self._inbox and self._status is None and self._may_take():
                request = self._inbox.take()
                if request is not None:
                    self._number = request.number
                    self._announced = -1
                    self._handle(request)
            if self._status is None:
                self._go_on()
        self._close_job()
        return self._status

    def _may_take(self) -> bool:
        """A job that was asked to stop is first brought to its end, unless it is to be abandoned after all."""
        return self._mode != "ending" or isinstance(self._inbox.peek(), Cancel | Close)

    def _go_on(self) -> None:
        if self._warm_up is not None and self._warm_up.step_is_due:
            self._warm_up.take_step(may_step=self._generator is None and self._deferred is None)
        elif self._deferred is not None:
            if self._warm_up is not None and self._warm_up.is_in_the_way:
                self._inbox.wait(0.02)
            else:
                request, self._deferred = self._deferred, None
                self._begin(request)
        elif self._generator is not None and self._mode != "standing":
            self._advance(self._generator)
        else:
            if self._announced != self._number:
                self._announced = self._number
                self._outbox.put(self._job, Standing(self._number, self._job, self._step))
            # a warm-up in another thread wants its step done in this one: look again from time to time, while there is one
            self._inbox.wait(0.02 if self._warm_up is not None and not self._warm_up.is_over else None)

    def _handle(self, request: AnyRequest) -> None:
        match request:
            case StartJob():
                self._close_job()
                self._job, self._deferred = request.job, request
            case Cancel():
                self._close_job()
            case Close():
                self._status = 0
            case WarmUp(function=function):
                self._warm_up = WarmUpThread(function, self._outbox)
            case ListModules():
                self._outbox.put(0, Modules(tuple(sorted(sys.modules))))
            case _:
                self._handle_of_job(request)

    def _handle_of_job(self, request: AnyRequest) -> None:
        """Requests that mean nothing without a job."""
        match request:
            case LimitSpeed(steps_per_second=limit, share=share):
                self._steps_per_second, self._share, self._due = max(0.0, limit), share, 0.0
            case SendCommand(command=raw):
                self._hand_over(raw)
                if self._mode != "standing":  # else a Standing says the same
                    self._outbox.put(self._job, Answered(request.number, self._job))
            case Pause():
                self._pause()
            case Resume():
                self._enter("running")
            case StepBy(count=count):
                self._count = count
                self._enter("stepping")
            case StepEpoch():
                self._enter("to_epoch")

    def _hand_over(self, raw: msgspec.Raw) -> None:
        if self._generator is None and self._deferred is not None:
            request, self._deferred = self._deferred, None  # it must begin before it can answer
            self._begin(request)
        if self._generator is not None:
            try:
                command = self._commands(raw)
            except ProtocolError as error:
                self._fail(error)
            else:
                self._send(self._generator, command)

    # -- beginning and ending -----------------------------------------------------------------------------------------

    def _begin(self, request: StartJob) -> None:
        self._step = self._entry_step = 0
        self._has_checkpoint = False
        try:
            function, argument, self._commands = _load(request)
            self._generator = function(argument)
        except Exception as error:  # noqa: BLE001 - the edge of the process: whatever it is, the window must hear of it
            self._fail(error)
            return
        if self._mode == "standing":
            self._mode = "preparing" if request.paused else "running"

    def _close_job(self) -> None:
        generator, self._generator = self._generator, None
        was_there = generator is not None or self._deferred is not None
        self._deferred = None
        self._mode = "standing"
        if generator is not None:
            try:
                generator.close()
            except Exception:  # noqa: BLE001 - an abandoned job's troubles are for the log alone
                traceback.print_exc()
        if was_there:
            self._outbox.put(self._job, JobEnded(self._job))

    def _fail(self, error: BaseException) -> None:
        """Tell the window, and give the process up unless the error is one that the job meant to raise."""
        if not isinstance(error, HillockError):
            traceback.print_exception(error)
            self._status = BROKEN
        self._outbox.put(self._job, RunFailed(self._step, sentence_of_error(error), self._has_checkpoint))
        self._generator, self._mode = None, "standing"
        self._outbox.put(self._job, JobEnded(self._job))

    # -- driving ------------------------------------------------------------------------------------------------------

    def _enter(self, mode: Mode) -> None:
        if self._generator is not None or self._deferred is not None:
            self._mode, self._entry_step, self._due = mode, self._step, 0.0

    def _pause(self) -> None:
        if self._mode == "preparing" or (self._generator is None and self._deferred is None):
            return
        began = self._generator is not None and inspect.getgeneratorstate(self._generator) != inspect.GEN_CREATED
        if began:
            self._stand()
        else:
            self._mode = "preparing"

    def _stand(self) -> None:
        """No further step; what the job has kept back since its last report is sent, so that the screen shows this step."""
        self._mode = "standing"
        if self._generator is not None:
            self._send(self._generator, Report())

    def _advance(self, generator: Generator[Any, Any, Any]) -> None:
        if self._mode in ("running", "stepping", "to_epoch"):
            wait = self._due - time.monotonic()
            if wait > 0:
                self._inbox.wait(wait)
                return
        before, began = self._step, time.thread_time()
        event = self._ask(generator, None)
        if self._generator is None:
            return
        if self._step > before:
            self._set_due(time.thread_time() - began)
        if self._is_reached(event):
            self._stand()

    def _set_due(self, spent: float) -> None:
        """When the next step may be taken, after one that took `spent` seconds of the processor."""
        now = time.monotonic()
        if self._steps_per_second:
            self._due = max(self._due, now - 1 / self._steps_per_second) + 1 / self._steps_per_second
        if 0 < self._share < 1:
            self._due = max(self._due, now + spent * (1 / self._share - 1))

    def _is_reached(self, event: Any) -> bool:
        if self._mode == "preparing":
            return isinstance(event, EpochReport) or self._step > self._entry_step
        if self._mode == "stepping":
            return self._step >= self._entry_step + self._count
        return self._mode == "to_epoch" and isinstance(event, EpochReport) and self._step > self._entry_step

    def _send(self, generator: Generator[Any, Any, Any], command: Any) -> None:
        if inspect.getgeneratorstate(generator) == inspect.GEN_CREATED:
            self._ask(generator, None)  # a generator takes no value before its first yield
        if self._generator is not None:
            self._ask(generator, command)
        if isinstance(command, Stop) and self._generator is not None:
            self._mode = "ending"

    def _ask(self, generator: Generator[Any, Any, Any], command: Any) -> Any:
        """One exchange with the job; what it yields is sent on. After it, `_generator` is None if the job is over."""
        try:
            event = generator.send(command)
        except StopIteration as end:
            self._generator, self._mode = None, "standing"
            if end.value == PROCESS_SPENT:
                self._status = BROKEN
            self._outbox.put(self._job, JobEnded(self._job))
            return None
        except Exception as error:  # noqa: BLE001 - the edge of the process: whatever it is, the window must hear of it
            self._fail(error)
            return None
        self._count_step(event, is_step=command is None)
        if isinstance(event, CheckpointSaved):
            # what is older than a checkpoint must have been told before it: after a crash nobody computes it again
            self._ask(generator, Report())
        if event is not None:
            self._outbox.put(self._job, event)
        if isinstance(event, CheckpointSaved):
            # should the next step crash the process, the window must know where to go on from
            self._outbox.wait_until_passed_on(_TELLING_SECONDS)
        return event

    def _count_step(self, event: Any, is_step: bool) -> None:
        """None is a step taken; an event that carries a step says where the job stands; the first ones take none."""
        if isinstance(event, RunStarted):
            self._step = self._entry_step = event.step
        elif event is not None and hasattr(event, "step"):
            self._step = max(self._step, int(event.step))
        elif is_step and not isinstance(event, Progress):
            self._step += 1
        if isinstance(event, CheckpointSaved):
            self._has_checkpoint = True


def _load(request: StartJob) -> tuple[Any, Any, Decoding]:
    """The job's function, its argument as the type of its first parameter, and what decodes its commands."""
    module_name, _, function_name = request.function.partition(":")
    function = getattr(importlib.import_module(module_name), function_name)
    hints = typing.get_type_hints(function)
    commands = typing.get_args(hints.pop("return", None))
    kind = next(iter(hints.values()), Any)
    return function, Decoding(kind)(request.argument), Decoding(commands[1] if len(commands) > 1 else AnyCommand)
