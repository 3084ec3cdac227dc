"""What window and worker say to each other: framed msgpack over two pipes, never pickle. Imports neither torch nor Qt.

A frame is its length (4 bytes, little endian) and that many bytes of msgpack. The window sends requests, the worker replies.
Arrays travel as a msgpack extension: dtype, shape and the bytes themselves, in C order.
"""

from __future__ import annotations

import os
import struct
from typing import Any

import msgspec
import numpy as np

from trainers.errors import HillockError

MAX_FRAME = 1 << 28  # 256 MB: anything longer is a torn or foreign stream, not a message
_ARRAY = 1
_HEADER = struct.Struct("<I")
_DTYPES = frozenset({"<f4", "<f8", "<i4", "<i8", "|u1", "|i1", "<i2", "<u2", "<u4", "<u8", "|b1"})


class ProtocolError(HillockError):
    """What came through the pipe is no message: the stream is torn, or something else wrote into it."""


class Request(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """What the window asks of a worker. `number` counts the requests of one worker, from 1."""

    number: int


class StartJob(Request, frozen=True, tag=True):
    """Run the generator function `function` ("module:function") on `argument`, as job number `job`.

    paused: prepare it only, up to its first EpochReport (or its first step, where it has none), and stand there.
    A job that is still running is closed first; one that was asked to stop ends first.
    """

    job: int
    function: str
    argument: msgspec.Raw
    paused: bool = False


class Resume(Request, frozen=True, tag=True):
    """Let the job run on until it ends or is paused."""


class Pause(Request, frozen=True, tag=True):
    """Ask the job for no further step; it still answers commands."""


class StepBy(Request, frozen=True, tag=True):
    """Take `count` optimiser steps, then stand."""

    count: int


class StepEpoch(Request, frozen=True, tag=True):
    """Run to the next EpochReport, then stand."""


class LimitSpeed(Request, frozen=True, tag=True):
    """At most `steps_per_second` steps; 0 sets no limit. It holds for later jobs too.

    share: of the time, that steps may take of a processor; after each one the job waits accordingly.
    """

    steps_per_second: float
    share: float = 1.0


class SendCommand(Request, frozen=True, tag=True):
    """Hand `command` to the job as the value of its yield; after `Stop` the job is run to its end."""

    command: msgspec.Raw


class Cancel(Request, frozen=True, tag=True):
    """Close the job's generator: it is abandoned, nothing is saved."""


class WarmUp(Request, frozen=True, tag=True):
    """Do the slow imports now, at low priority. `function` ("module:function") returns the stages, see `trainers.warm_up`."""

    function: str


class ListModules(Request, frozen=True, tag=True):
    """Say which modules are loaded (for tests and the doctor)."""


class Close(Request, frozen=True, tag=True):
    """Close the job and end the process."""


AnyRequest = (
    StartJob | Resume | Pause | StepBy | StepEpoch | LimitSpeed | SendCommand | Cancel | WarmUp | ListModules | Close
)


class Reply(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """What a worker says."""


class Events(Reply, frozen=True, tag=True):
    """Events of job `job`, in their order: a msgpack list of what the job's events are."""

    job: int
    events: msgspec.Raw


class Standing(Reply, frozen=True, tag=True):
    """The worker waits for a request: all up to `number` are dealt with, job `job` (0: none) stands at `step`."""

    number: int
    job: int
    step: int


class Answered(Reply, frozen=True, tag=True):
    """The running job has been handed command number `number`, and what it said to it came before this."""

    number: int
    job: int


class JobEnded(Reply, frozen=True, tag=True):
    """Job `job` is over: it came to its end, was closed, or failed (then a RunFailed came before)."""

    job: int


class Warmed(Reply, frozen=True, tag=True):
    """A warm-up is over after `seconds`; `problem` is empty, or one sentence about what could not be loaded."""

    seconds: float
    problem: str = ""


class Modules(Reply, frozen=True, tag=True):
    """The names of all modules in the worker, sorted."""

    names: tuple[str, ...]


AnyReply = Events | Standing | Answered | JobEnded | Warmed | Modules


def _encode_other(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        kind = value.dtype.str
        if kind not in _DTYPES:
            kind = value.dtype.newbyteorder("<").str if kind[0] == ">" else kind
            if kind not in _DTYPES:
                raise ProtocolError(f"An array of {value.dtype} cannot be sent: numbers and truth values only.")
        array = np.ascontiguousarray(value, kind)
        head = msgspec.msgpack.encode((kind, value.shape))
        return msgspec.msgpack.Ext(_ARRAY, b"".join((bytes((len(head),)), head, array.data)))
    if isinstance(value, np.generic):
        return value.item()
    raise ProtocolError(
        f"A {type(value).__name__} cannot be sent to another process: send numbers, text, tuples or arrays."
    )


def _decode_extension(code: int, data: memoryview) -> np.ndarray:
    if code != _ARRAY or len(data) < 1:
        raise ProtocolError(f"The other process sent something of an unknown kind ({code}).")
    dtype, shape = _ARRAY_HEAD.decode(data[1 : 1 + data[0]])
    if dtype not in _DTYPES:
        raise ProtocolError(f"The other process sent an array of {dtype}, which is not allowed.")
    # a copy: aligned, writable, and it does not keep the whole frame alive
    return np.frombuffer(data, np.dtype(dtype), offset=1 + data[0]).reshape(shape).copy()


_ARRAY_HEAD = msgspec.msgpack.Decoder(tuple[str, tuple[int, ...]])
_ENCODER = msgspec.msgpack.Encoder(enc_hook=_encode_other)


def encode(value: Any) -> bytes:
    """msgpack of structs, plain values and arrays; raises ProtocolError for anything else."""
    return _ENCODER.encode(value)


class _EventsAsTheyAre(Reply, frozen=True, tag="Events"):
    """`Events`, packed with what they hold in one go: a look is 300 kB, and each copy of it costs the training 0.04 ms."""

    job: int
    events: list[object]


def encode_events(job: int, events: list[object]) -> bytes:
    """As `encode` of an Events with these; raises ProtocolError for what cannot be sent."""
    return _ENCODER.encode(_EventsAsTheyAre(job, events))


class Decoding:
    """Decodes msgpack into one type (a union of structs, say), arrays included. Raises ProtocolError where it does not fit."""

    def __init__(self, kind: Any) -> None:
        self._decoder = msgspec.msgpack.Decoder(kind, ext_hook=_decode_extension)

    def __call__(self, data: bytes | memoryview | msgspec.Raw) -> Any:
        try:
            return self._decoder.decode(data)
        except (msgspec.MsgspecError, ValueError, TypeError) as error:
            raise ProtocolError(f"The other process sent something unreadable ({error}).") from error


def write_frame(descriptor: int, payload: bytes) -> None:
    """Write one frame; blocks while the pipe is full (without the interpreter lock). Raises OSError when nobody reads."""
    parts = frame_parts(payload)
    while parts:
        write_once(descriptor, parts)


def frame_parts(payload: bytes) -> list[memoryview]:
    """What is to be written for one frame, see `write_once`."""
    return [memoryview(_HEADER.pack(len(payload))), memoryview(payload)]


def write_once(descriptor: int, parts: list[memoryview]) -> None:
    """Write as much as goes with one call and take it off `parts`. Raises BlockingIOError where a pipe that does not block is full."""
    # both in one call: after each the thread has to win the interpreter back from a training
    written = os.writev(descriptor, parts) if hasattr(os, "writev") else os.write(descriptor, parts[0])
    while parts and written >= len(parts[0]):
        written -= len(parts.pop(0))
    if parts:
        parts[0] = parts[0][written:]


class FrameReader:
    """Cuts frames out of a pipe. `read` blocks without the interpreter lock."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = bytearray()

    def read(self) -> list[bytes] | None:
        """All frames that have come whole, at least one; None at the end of the stream. Raises ProtocolError on a torn one."""
        while True:
            frames = self._whole_frames()
            if frames:
                return frames
            data = os.read(self._descriptor, 1 << 18)
            if not data:
                if self._rest:
                    raise ProtocolError("The other process ended in the middle of a message.")
                return None
            self._rest += data

    def _whole_frames(self) -> list[bytes]:
        frames, start, rest = [], 0, self._rest
        while len(rest) - start >= _HEADER.size:
            (length,) = _HEADER.unpack_from(rest, start)
            if length > MAX_FRAME:
                raise ProtocolError(f"The other process announced a message of {length:,} bytes: the stream is torn.")
            end = start + _HEADER.size + length
            if end > len(rest):
                break
            frames.append(bytes(memoryview(rest)[start + _HEADER.size : end]))
            start = end
        del rest[:start]
        return frames
