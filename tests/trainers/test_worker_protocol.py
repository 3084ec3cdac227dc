"""Frames and arrays between window and worker: what goes in comes out, and nothing else gets in."""

import contextlib
import os
from collections.abc import Iterator

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trainers.commands import AnyCommand, Predict, SetValue
from trainers.events import AnyEvent, Snapshot, StepReport
from trainers.worker_protocol import (
    AnyReply,
    AnyRequest,
    Decoding,
    FrameReader,
    ProtocolError,
    StepBy,
    encode,
    write_frame,
)

DTYPES = st.sampled_from(["f4", "f8", ">f8", "i4", "i8", "u1", "?", "i2", "u8"])
Pipe = tuple[int, int]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


@given(
    hnp.arrays(DTYPES.map(np.dtype), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)), st.booleans()
)
def test_arrays_come_through_as_they_were(array: np.ndarray, is_turned: bool) -> None:
    sent = array.T if is_turned else array
    got = Decoding(AnyEvent)(encode(Snapshot(3, surface=sent))).surface
    np.testing.assert_array_equal(got, sent)
    assert got.shape == sent.shape
    assert got.dtype == sent.dtype.newbyteorder("=")
    assert got.flags.aligned
    assert got.flags.writeable


@given(st.lists(st.tuples(st.integers(1, 2**40), st.floats(allow_nan=False)), max_size=50))
def test_losses_come_through_to_the_last_bit(losses: list[tuple[int, float]]) -> None:
    report = StepReport(7, 0, tuple(losses), 0.1, None, 1.0, {"data": 0.5})
    assert Decoding(AnyEvent)(encode(report)) == report


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_losses_that_are_no_numbers_come_through_too(value: float) -> None:
    got = Decoding(AnyEvent)(encode(StepReport(1, 0, ((1, value),), 0.1, None, 1.0, {})))
    np.testing.assert_equal(got.losses[0][1], value)


@pytest.mark.parametrize(
    "command", [SetValue("learning_rate", 0.5), SetValue("optimizer", "sgd"), SetValue("amp", True)]
)
def test_commands_keep_their_types(command: SetValue) -> None:
    got = Decoding(AnyCommand)(encode(command))
    assert got == command
    assert type(got.value) is type(command.value)


@pytest.mark.parametrize("array", [np.array(["a"]), np.array([object()]), np.array([1j]), np.array(["2020"], "M8[s]")])
def test_no_text_no_objects_no_dates_are_sent_as_arrays(array: np.ndarray) -> None:
    with pytest.raises(ProtocolError, match="cannot be sent"):
        encode(Predict(1, array))


def test_an_array_of_objects_is_not_let_in() -> None:
    head = msgspec.msgpack.encode(("|O", (1,)))
    evil = msgspec.msgpack.Ext(1, bytes((len(head),)) + head + b"\0" * 8)
    data = msgspec.msgpack.encode({"type": "Predict", "token": 1, "inputs": evil})
    with pytest.raises(ProtocolError, match="not allowed"):
        Decoding(AnyCommand)(data)


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", b"\x81", encode({"type": "Nonsense"}), encode([1, 2]), encode(StepBy(1, 2))]
)
def test_foreign_messages_are_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(ProtocolError, match=r"unreadable \(.+\)\."):
        Decoding(AnyReply)(data)


@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_decoding(data: bytes) -> None:
    for kind in (AnyReply, AnyRequest, AnyEvent, AnyCommand):
        with contextlib.suppress(ProtocolError):
            Decoding(kind)(data)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20), st.data())
def test_frames_torn_anywhere_come_out_whole(payloads: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(len(payload).to_bytes(4, "little") + payload for payload in payloads)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    source, sink = os.pipe()
    try:
        reader, got = FrameReader(source), []
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            os.write(sink, stream[start:end])
            if _has_whole_frame(stream, start_of=got, until=end):  # else reading would wait for more
                got += reader.read() or []
        os.close(sink)
        while (more := reader.read()) is not None:
            got += more
        assert got == payloads
    finally:
        os.close(source)


def _has_whole_frame(stream: bytes, start_of: list[bytes], until: int) -> bool:
    at = sum(4 + len(frame) for frame in start_of)
    return at + 4 <= until and at + 4 + int.from_bytes(stream[at : at + 4], "little") <= until


def test_the_end_in_the_middle_of_a_frame_is_told(pipe: Pipe) -> None:
    os.write(pipe[1], b"\x05\0\0\0abc")
    os.close(pipe[1])
    with pytest.raises(ProtocolError, match="in the middle"):
        FrameReader(pipe[0]).read()


def test_a_length_that_cannot_be_is_told_before_anything_is_awaited(pipe: Pipe) -> None:
    os.write(pipe[1], b"Traceback (most recent call last):")
    with pytest.raises(ProtocolError, match="torn"):
        FrameReader(pipe[0]).read()


def test_nobody_at_the_other_end_is_an_oserror(pipe: Pipe) -> None:
    os.close(pipe[0])
    with pytest.raises(BrokenPipeError):
        write_frame(pipe[1], b"x")
