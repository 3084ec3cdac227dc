"""The worker process, `python -m trainers.worker`: runs one job at a time, takes requests, sends events.

Imports neither torch nor Qt itself: a job is named "module:function" and loaded when it is asked for.

The job's generator is driven in the main thread. A second thread reads requests and ends the process when the window is gone,
even in the middle of a step; a third writes behind a slow reader, so that none holds up a step before a long line has formed.
"""

from __future__ import annotations

import faulthandler
import io
import os
import signal
import sys
import threading
from collections import deque
from contextlib import suppress

from trainers.job_driver import JobDriver
from trainers.reply_line import ReplyLine
from trainers.worker_protocol import AnyRequest, Decoding, FrameReader, ProtocolError

WAITING_BYTES = 16 << 20  # of events that a stuck window may leave in the worker before the training waits for it
_PIPE_BYTES = 1 << 20  # what any user may ask for on Linux


class Inbox:
    """Requests on their way from the reading thread to the main one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: deque[AnyRequest] = deque()

    def __bool__(self) -> bool:
        return bool(self._requests)

    def put(self, request: AnyRequest) -> None:
        """Add a request."""
        with self._changed:
            self._requests.append(request)
            self._changed.notify()

    def take(self) -> AnyRequest | None:
        """The oldest request, or None."""
        return self._requests.popleft() if self._requests else None

    def peek(self) -> AnyRequest | None:
        """The oldest request, left where it is."""
        return self._requests[0] if self._requests else None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a request; whether one is there."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._requests), timeout)


def main() -> int:
    """Serve the window at the other end of stdin and stdout until it says Close or is gone."""
    requests_from, replies_to = _take_over_the_pipes()
    _die_with_the_parent()
    faulthandler.enable()
    inbox, outbox = Inbox(), ReplyLine(replies_to, WAITING_BYTES)
    threading.Thread(target=_read_requests, args=(requests_from, inbox), name="requests", daemon=True).start()
    status = JobDriver(inbox, outbox).serve()
    outbox.close(2.0)
    sys.stdout.flush()
    sys.stderr.flush()
    # The job is closed and everything is sent. Ending here spares 0.2 s of tearing torch down, which has been seen to hang.
    os._exit(status)


def _take_over_the_pipes() -> tuple[int, int]:
    """The two ends of the protocol. Whatever prints to stdout afterwards, C code too, writes to stderr instead."""
    requests_from, replies_to = os.dup(0), os.dup(1)  # not inherited by any process that a job may start
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # what a job printed before it died is among its last words
    if sys.platform == "linux":
        _widen(replies_to)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(requests_from, os.O_BINARY)
        msvcrt.setmode(replies_to, os.O_BINARY)
    return requests_from, replies_to


def _widen(descriptor: int) -> None:
    """Room in a pipe for a whole look: through 64 kB it went in pieces, and for each the sender waited for reader and interpreter."""
    import fcntl

    with suppress(OSError):  # the system's limit may be lower
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _die_with_the_parent() -> None:
    """A Ctrl+C in the terminal is the window's affair; and when the window is killed, the kernel ends us where it can.

    The end of stdin does the same everywhere, but not while C code holds the interpreter lock.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _read_requests(descriptor: int, inbox: Inbox) -> None:
    reader, decode = FrameReader(descriptor), Decoding(AnyRequest)
    try:
        while (frames := reader.read()) is not None:
            for frame in frames:
                inbox.put(decode(frame))
    except (ProtocolError, OSError) as error:
        print(f"The window sent something unreadable: {error}", file=sys.stderr)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
