"""JobThread: a QThread that owns one worker process, hands it requests and keeps what it sends until the window asks for it.

Imports no torch: a job is named "module:function" and loaded in the worker.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

import trainers
from app.resource_paths import cache_folder
from app.worker_bytecode import bytecode_variables
from trainers.commands import AnyCommand
from trainers.event_queue import EventQueue
from trainers.events import AnyEvent
from trainers.failure_sentences import sentence_of_exit
from trainers.worker_protocol import (
    Answered,
    AnyReply,
    Cancel,
    Close,
    Decoding,
    Events,
    FrameReader,
    LimitSpeed,
    ListModules,
    Modules,
    Pause,
    ProtocolError,
    Request,
    Resume,
    SendCommand,
    StartJob,
    StepBy,
    StepEpoch,
    Warmed,
    WarmUp,
    encode,
    write_frame,
)

# of events that a stuck window may leave here before the pipe, and then the worker's line, fill up
WAITING_BYTES = 16 << 20
_KEPT_WORDS = 16 << 10  # bytes of what the worker wrote to stderr last


class WorkerEnd(msgspec.Struct, frozen=True):
    """How a worker ended. status as Popen has it; sentence for a person; words: the last of its stderr, for the log."""

    status: int | None
    sentence: str
    words: str
    pid: int | None = None


def worker_command() -> list[str]:
    """The command that starts a worker: a module of its own, so that the window's main module is not imported into it."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker"]
    return [sys.executable, "-P", "-m", "trainers.worker"]  # -P: a file in the current folder shadows nothing


def worker_environment() -> dict[str, str]:
    """The window's environment, with the folder that holds `trainers` on the path, and caches where caches belong."""
    paths = [str(Path(trainers.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    return {
        "TORCHINDUCTOR_CACHE_DIR": str(cache_folder() / "torch"),  # torch makes one among the temporary files otherwise
        **os.environ,
        **bytecode_variables(),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONIOENCODING": "utf-8",
    }


class JobThread(QThread):
    """Owns one worker process. Requests are handed over at once and never block; events wait in a bounded line for `take`.

    Nothing is posted to the window for an event of a job. The signals below come once in a worker's life, or when asked for.
    A worker that has ended is not started again: make a new JobThread.
    """

    worker_ended = Signal(object)  # WorkerEnd, also after an orderly close
    warmed = Signal(object)  # worker_protocol.Warmed
    modules_listed = Signal(object)  # tuple[str, ...]
    answered = Signal()  # what a request led to has arrived, and nobody need wait for the next frame to `take` it

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        events: Any = AnyEvent,
        name: str = "worker",
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """variables: of the worker's environment, where the window's own does not have them."""
        super().__init__(parent)
        self._variables = variables
        self.setObjectName(name)
        self._name = name
        self._decode_events = Decoding(list[events])
        self._arrived = EventQueue(WAITING_BYTES)
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._process_lock = threading.Lock()
        self._must_not_start = False
        self._last_words: deque[bytes] = deque()
        self._numbers = 0
        self._jobs = 0

    # -- what the window asks for: all of these return at once ----------------------------------------------------------

    def start_job(self, function: str, argument: Any, *, paused: bool = False) -> int:
        """Run `function` ("module:function") on `argument`; the number under which its events come. Ends what ran before."""
        self._jobs += 1
        raw = msgspec.Raw(encode(argument))
        self._request(StartJob(self._next(), self._jobs, function, raw, paused))
        return self._jobs

    def resume(self) -> None:
        """Let the job run on."""
        self._request(Resume(self._next()))

    def pause(self) -> None:
        """No step after the one under way; the job still answers commands."""
        self._request(Pause(self._next()))

    def step_by(self, count: int) -> None:
        """Take `count` steps, then stand."""
        self._request(StepBy(self._next(), count))

    def step_epoch(self) -> None:
        """Run to the end of the epoch, then stand."""
        self._request(StepEpoch(self._next()))

    def limit_speed(self, steps_per_second: float, share: float = 1.0) -> None:
        """At most so many steps a second; 0 sets no limit. share: of the time, that they may take of a processor."""
        self._request(LimitSpeed(self._next(), steps_per_second, share))

    def send_command(self, command: AnyCommand | msgspec.Struct) -> None:
        """Hand a command to the job."""
        self._request(SendCommand(self._next(), msgspec.Raw(encode(command))))

    def cancel(self) -> None:
        """Abandon the job; nothing is saved."""
        self._request(Cancel(self._next()))

    def warm_up(self, stages: str) -> None:
        """Do the slow imports at low priority; `stages` as in trainers.warm_up. `warmed` comes when it is over."""
        self._request(WarmUp(self._next(), stages))

    def list_modules(self) -> None:
        """Ask for the worker's modules; `modules_listed` brings them."""
        self._request(ListModules(self._next()))

    def take(self, most_bytes: int = 1 << 20) -> list[tuple[int, Any]]:
        """What has arrived, oldest first: (job number, event or reply), at most about `most_bytes` of it."""
        return self._arrived.take(most_bytes)

    @property
    def last_number(self) -> int:
        """Number of the last request: a `Standing` with it says that nothing more will come by itself."""
        return self._numbers

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker while it lives."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    @property
    def last_words(self) -> str:
        """The last that the worker wrote to stderr."""
        return b"".join(list(self._last_words)).decode("utf-8", "replace")

    def close_worker(self, patience: float = 0.4) -> None:
        """Ask the worker to end, kill it after `patience` seconds, and wait until process, pipes and threads are gone."""
        with self._process_lock:
            self._must_not_start = True
        self._request(Close(self._next()))
        self._arrived.close()
        if self.isRunning() and not self.wait(int(patience * 1000)):
            self._kill()
            self.wait()

    def end_now(self) -> None:
        """Kill the worker and return at once: nothing more arrives, and this thread finishes by itself a moment later."""
        with self._process_lock:
            self._must_not_start = True
        self._arrived.close()
        self._kill()

    # -- in the thread ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Start the worker, pump its replies until it ends, and say how it ended."""
        sentence = ""
        try:
            process = self._start_process()
        except OSError as error:
            reason = error.strerror or str(error)
            self.worker_ended.emit(WorkerEnd(None, f"The training process cannot be started ({reason}).", ""))
            return
        if process is None:
            return
        writer = threading.Thread(
            target=self._write_requests, args=(process,), name=f"{self._name}-requests", daemon=True
        )
        listener = threading.Thread(target=self._listen, args=(process,), name=f"{self._name}-words", daemon=True)
        writer.start()
        listener.start()
        try:
            self._pump(process)
        except ProtocolError as error:
            sentence = f"The training process was ended: {error.sentence}"
        self._kill()  # it has closed its pipe, so it is ending; and what it may have started must not outlive it
        status = process.wait()
        self._requests.put(None)
        writer.join()
        listener.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
        self.worker_ended.emit(WorkerEnd(status, sentence or sentence_of_exit(status), self.last_words, process.pid))

    def _start_process(self) -> subprocess.Popen[bytes] | None:
        with self._process_lock:
            if self._must_not_start:
                return None
            options: dict[str, Any] = {"start_new_session": True}  # Ctrl+C in a terminal is the window's affair
            if sys.platform == "win32":
                options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
            self._process = subprocess.Popen(
                worker_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env={**self._variables, **worker_environment()},
                **options,
            )
            return self._process

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        reader, decode = FrameReader(process.stdout.fileno()), Decoding(AnyReply)
        while (frames := reader.read()) is not None:
            for frame in frames:
                reply = decode(frame)
                match reply:
                    case Events(job=job, events=raw):
                        for event in self._decode_events(raw):
                            self._arrived.put(job, event)
                    case Warmed():
                        self.warmed.emit(reply)
                    case Modules(names=names):
                        self.modules_listed.emit(names)
                    case Answered():
                        self.answered.emit()
                    case _:
                        self._arrived.put(reply.job, reply)
                        self.answered.emit()

    def _write_requests(self, process: subprocess.Popen[bytes]) -> None:
        """Its own thread: a pipe that is full, because the worker holds its lock in a long step, must not block the window."""
        assert process.stdin is not None
        with contextlib.suppress(OSError):  # the worker is gone: the pump sees that too
            while (request := self._requests.get()) is not None:
                write_frame(process.stdin.fileno(), encode(request))

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        """Keep the end of what the worker and its libraries write, so that they never block on a full pipe."""
        assert process.stderr is not None
        kept = 0
        while words := os.read(process.stderr.fileno(), 1 << 12):
            self._last_words.append(words)
            kept += len(words)
            while kept > _KEPT_WORDS and len(self._last_words) > 1:
                kept -= len(self._last_words.popleft())

    # -- shared -------------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _request(self, request: Request) -> None:
        self._requests.put(request)

    def _kill(self) -> None:
        """Kill the worker and whatever it started. Its id is still its own: it has not been waited for."""
        with self._process_lock:
            process = self._process
            if process is None or process.returncode is not None:
                return
            if sys.platform == "win32":
                process.kill()
            else:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
