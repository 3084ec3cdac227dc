"""ReplyLine: what a worker says, written into its pipe at once, or by a thread of its own where the pipe is full.

Imports neither torch nor Qt. Who says something writes it himself while the pipe takes it: handed to another thread, an event
made the training wait for the interpreter, and be woken again, several times. Behind a slow reader a line forms, which the
thread writes.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import Protocol

from trainers.errors import BROKEN
from trainers.event_queue import EventQueue
from trainers.worker_protocol import ProtocolError, Reply, encode, encode_events, frame_parts, write_once

_BATCH_BYTES = 1 << 16  # events that go into one message: 0.3 ms to decode, while the window's interpreter is held


class Outbox(Protocol):
    """Where a driver and a warm-up put what they say: a ReplyLine, or a test's own line."""

    def put(self, job: int, item: object) -> None: ...
    def wait_until_passed_on(self, timeout: float) -> bool: ...


class ReplyLine:
    """Events and replies on their way into `descriptor`, in the order in which each thread put them.

    limit: about how many bytes may wait behind a full pipe before a putter waits; pictures merge there, see EventQueue.
    Ends the process where nobody reads any more (status 0) and where a job yields what cannot be sent (BROKEN).
    """

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor = descriptor
        self._line = EventQueue(limit)
        self._rest: list[memoryview] = []  # of a frame that the pipe took in part
        self._changed = threading.Condition()
        self._is_behind = False  # the pipe was full: all goes through the line, and the descriptor is the sender's
        self._is_closed = False
        self._may_write_at_once = sys.platform != "win32"  # its pipes cannot be set not to block before Python 3.12
        self._block(False)
        self._sender = threading.Thread(target=self._send_line, name="replies", daemon=True)
        self._sender.start()

    def put(self, job: int, item: object) -> None:
        """Say an event of `job`, or a Reply; nothing is said any more once the line is closed."""
        with self._changed:
            if self._is_closed:
                return
            if self._may_write_at_once and not self._is_behind:
                self._rest = frame_parts(_message(job, [item]))
                with suppress(BlockingIOError):
                    self._write_rest()
                if self._rest:
                    self._fall_behind()
                return
        self._line.put(job, item)
        with self._changed:
            self._fall_behind()

    def wait_until_passed_on(self, timeout: float) -> bool:
        """Wait until the pipe has all that this thread has put, at most `timeout` seconds; whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_behind, timeout)

    def close(self, patience: float) -> None:
        """Let those go who wait at a full line, and what stands in it be sent, for `patience` seconds at most."""
        self._line.close()
        with self._changed:
            self._is_closed = True
            self._fall_behind()
        self._sender.join(patience)

    def _fall_behind(self) -> None:
        self._is_behind = True
        self._changed.notify_all()

    def _write_rest(self) -> None:
        try:
            while self._rest:
                write_once(self._descriptor, self._rest)
        except BlockingIOError:
            raise
        except OSError:
            os._exit(0)  # nobody listens any more

    def _send_line(self) -> None:
        """In the thread: whenever writing falls behind, write until all is through."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_behind)
            self._block(True)
            self._write_rest()
            while taken := self._line.take(_BATCH_BYTES):
                for message in _messages(taken):
                    self._rest = frame_parts(message)
                    self._write_rest()
            with self._changed:
                if not len(self._line):
                    self._block(False)
                    self._is_behind = False
                    self._changed.notify_all()
                    if self._is_closed:
                        return

    def _block(self, is_blocking: bool) -> None:
        if self._may_write_at_once:
            os.set_blocking(self._descriptor, is_blocking)


def _messages(taken: list[tuple[int, object]]) -> list[bytes]:
    """Events of one job that follow on each other in one message, replies each in its own."""
    messages: list[bytes] = []
    job, events = 0, list[object]()
    for number, item in taken:
        if events and (isinstance(item, Reply) or number != job):
            messages.append(_message(job, events))
            events = []
        if isinstance(item, Reply):
            messages.append(_message(number, [item]))
        else:
            job = number
            events.append(item)
    if events:
        messages.append(_message(job, events))
    return messages


def _message(job: int, items: list[object]) -> bytes:
    """One Reply, or events of one job."""
    try:
        return encode(items[0]) if isinstance(items[0], Reply) else encode_events(job, items)
    except ProtocolError as error:
        print(f"A job's event cannot be sent: {error}", file=sys.stderr, flush=True)
        os._exit(BROKEN)
