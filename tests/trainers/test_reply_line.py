"""What a worker says goes into the pipe at once; behind a slow reader a line forms, in which nothing is lost or overtaken."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainers.errors import BROKEN
from trainers.events import AnyEvent, Snapshot, StepReport
from trainers.reply_line import ReplyLine
from trainers.worker_protocol import AnyReply, Decoding, Events, FrameReader, Standing

DECODE, DECODE_EVENTS = Decoding(AnyReply), Decoding(list[AnyEvent])
LIMIT = 1 << 20


class Pipe:
    """A line into a pipe of the system's usual size, and its other end."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.reading, self.writing = os.pipe()
        self._frames = FrameReader(self.reading)
        self.line = ReplyLine(self.writing, limit)

    def read(self) -> list[Any]:
        """What has come, at least one frame of it: (job, event), or a reply."""
        found: list[Any] = []
        for frame in self._frames.read() or ():
            reply = DECODE(frame)
            if isinstance(reply, Events):
                found += [(reply.job, event) for event in DECODE_EVENTS(reply.events)]
            else:
                found.append(reply)
        return found

    def read_until_step(self, step: int) -> list[Any]:
        found: list[Any] = []
        while not (found and isinstance(found[-1], tuple) and found[-1][1].step == step):
            found += self.read()
        return found

    def close(self) -> None:
        os.set_blocking(self.reading, False)
        while True:  # a sender that waits for room gets it
            try:
                if not os.read(self.reading, 1 << 20):
                    break
            except BlockingIOError:
                if self.line.wait_until_passed_on(0.01):
                    break
        self.line.close(10)
        os.close(self.writing)
        os.close(self.reading)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    opened = Pipe()
    yield opened
    opened.close()


@pytest.fixture(params=["as it is here", "win32"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipe]:
    """A line as this system has it, and one as Windows has it, where all goes through the thread."""
    with monkeypatch.context() as patch:
        if request.param == "win32":
            patch.setattr("sys.platform", "win32")
        opened = Pipe()
    yield opened
    opened.close()


def report(step: int, losses: int = 1) -> StepReport:
    return StepReport(step, 0, tuple((step, float(loss)) for loss in range(losses)), 0.1, None, 1.0, {})


def picture(step: int, numbers: int) -> Snapshot:
    return Snapshot(step, surface=np.arange(numbers, dtype=np.float32).reshape(1, -1))


def test_what_is_put_is_in_the_pipe_when_put_returns(pipe: Pipe) -> None:
    os.set_blocking(pipe.reading, False)  # read does not wait: BlockingIOError if it had to
    for step in range(1, 4):
        pipe.line.put(7, report(step))
        assert pipe.read() == [(7, report(step))]
        assert pipe.line.wait_until_passed_on(0.0)
    pipe.line.put(0, Standing(1, 7, 3))
    assert pipe.read() == [Standing(1, 7, 3)]


def test_a_full_pipe_holds_nobody_up_and_nothing_is_lost_or_overtaken(either: Pipe) -> None:
    either.line.put(1, picture(1, 100_000))  # 400 kB: the pipe has 64
    assert not either.line.wait_until_passed_on(0.05), "the rest of it waits for the reader"
    for step in range(2, 50):
        either.line.put(1, report(step))
    either.line.put(2, report(1))
    either.line.put(2, Standing(4, 2, 1))
    either.line.put(2, report(2))
    found: list[Any] = []
    while len(found) < 52:
        found += either.read()
    assert found[0][1].surface.tolist() == np.arange(100_000).reshape(1, -1).tolist()
    sent = [(1, report(step)) for step in range(2, 50)]
    assert found[1:] == [*sent, (2, report(1)), Standing(4, 2, 1), (2, report(2))]
    assert either.line.wait_until_passed_on(10)


def test_once_caught_up_it_writes_at_once_again_and_a_full_pipe_holds_nobody_up_again(pipe: Pipe) -> None:
    for step in (1, 4):
        putter = threading.Thread(target=pipe.line.put, args=(1, picture(step, 100_000)), daemon=True)
        putter.start()
        putter.join(10)
        assert not putter.is_alive(), "nobody reads, and the putter goes on"
        assert not pipe.line.wait_until_passed_on(0.0)
        pipe.read_until_step(step)
        assert pipe.line.wait_until_passed_on(10)
        os.set_blocking(pipe.reading, False)
        pipe.line.put(1, report(step + 1))
        assert pipe.read() == [(1, report(step + 1))]
        os.set_blocking(pipe.reading, True)


def test_what_comes_while_the_line_is_found_empty_is_sent_too(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    take, late = pipe.line._line.take, [report(2)]

    def take_and_let_another_in(most_bytes: int) -> list[tuple[int, Any]]:
        taken = take(most_bytes)
        if not taken and late:
            putter = threading.Thread(target=pipe.line.put, args=(1, late.pop()))
            putter.start()
            putter.join()
        return taken

    monkeypatch.setattr(pipe.line._line, "take", take_and_let_another_in)
    pipe.line.put(1, picture(1, 100_000))
    assert [event.step for _, event in pipe.read_until_step(2)] == [1, 2]
    assert pipe.line.wait_until_passed_on(10)


def test_each_thread_is_heard_in_its_own_order(either: Pipe) -> None:
    def say(job: int) -> None:
        for step in range(1, 301):
            either.line.put(job, report(step, losses=20))

    putters = [threading.Thread(target=say, args=(job,)) for job in (1, 2, 3)]
    for putter in putters:
        putter.start()
    found: list[Any] = []
    while len(found) < 900:
        found += either.read()
    for putter in putters:
        putter.join(10)
    for job in (1, 2, 3):
        assert [event.step for number, event in found if number == job] == list(range(1, 301))


def test_pictures_that_wait_behind_a_full_pipe_become_one(either: Pipe) -> None:
    for step in range(1, 10):
        either.line.put(1, picture(step, 30_000))
    either.line.put(1, report(10))
    steps = [event.step for _, event in either.read_until_step(10)]
    assert steps[-2:] == [9, 10]
    assert len(steps) < 6


def test_a_reader_that_never_reads_holds_the_putter_up_once_the_line_is_full() -> None:
    pipe = Pipe(limit=20_000)
    put: list[int] = []

    def fill() -> None:
        for step in range(1, 301):
            pipe.line.put(1, report(step, losses=100))
            put.append(step)

    putter = threading.Thread(target=fill)
    putter.start()
    putter.join(0.5)
    assert putter.is_alive()
    held_at = len(put)
    steps = [event.step for _, event in pipe.read_until_step(300)]
    putter.join(10)
    assert steps == list(range(1, 301))
    assert 20 < held_at < 200
    pipe.close()


def test_closing_sends_what_stands_in_the_line() -> None:
    pipe = Pipe()
    pipe.line.put(1, picture(1, 100_000))
    pipe.line.put(1, report(2))
    reader = threading.Timer(0.1, lambda: steps.extend(event.step for _, event in pipe.read_until_step(2)))
    steps: list[int] = []
    reader.start()
    pipe.line.close(10)
    reader.join(10)
    assert steps == [1, 2]
    assert pipe.line.wait_until_passed_on(0.0)
    pipe.line.put(1, report(3))
    os.set_blocking(pipe.reading, False)
    with pytest.raises(BlockingIOError):
        pipe.read()
    os.close(pipe.writing)
    os.close(pipe.reading)


@pytest.mark.parametrize("numbers", [1, 100_000])
def test_the_process_ends_where_nobody_reads_any_more(numbers: int) -> None:
    program = (
        "import sys, time\n"
        "import numpy as np\n"
        "from trainers.events import Snapshot\n"
        "from trainers.reply_line import ReplyLine\n"
        "line = ReplyLine(1, 1 << 20)\n"
        "for _ in range(2000):\n"
        f"    line.put(1, Snapshot(1, surface=np.zeros({numbers}, np.float32)))\n"
        f"    time.sleep({0.01 if numbers == 1 else 20})  # of the many numbers one frame fills the pipe: the thread has to notice\n"
        "sys.exit(3)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(4)
        process.stdout.close()
        assert process.wait(15) == 0


def test_what_cannot_be_sent_ends_the_process_as_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        raise SystemExit

    pipe = Pipe()
    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(SystemExit):
        pipe.line.put(1, Snapshot(1, surface=object()))  # type: ignore[arg-type]
    assert statuses == [BROKEN]
    assert "cannot be sent" in capsys.readouterr().err
    pipe.close()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=40), st.integers(0, 3))
def test_reports_come_whole_and_in_order_whatever_their_sizes(sizes: list[int], every: int) -> None:
    pipe = Pipe()
    sent = [report(step, losses) for step, losses in enumerate(sizes, 1)]
    found: list[Any] = []
    reader = threading.Thread(target=lambda: found.extend(pipe.read_until_step(len(sizes))))
    for number, event in enumerate(sent):
        if number == every:
            reader.start()
        pipe.line.put(3, event)
    if not reader.ident:
        reader.start()
    reader.join(20)
    assert found == [(3, event) for event in sent]
    pipe.close()
