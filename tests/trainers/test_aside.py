"""Work that is done aside: once, in one of two threads, and without waiting for a thread that gets no processor."""

from __future__ import annotations

import os
import sys
import threading
from functools import partial

import pytest
import torch

from trainers.activation_lab import ActivationChoice, AskDepth, DepthAnswer, DepthQuestion, LabPlan
from trainers.activation_lab_job import run
from trainers.aside import Aside


def nothing() -> None:
    pass


def test_each_piece_is_done_once_by_the_time_it_is_finished() -> None:
    done: list[int] = []
    aside = Aside("aside", nothing, is_alone=False)
    for round_ in range(3):
        for number in range(200):
            aside.do(partial(done.append, number))
        aside.finish()
        assert sorted(done) == sorted(list(range(200)) * (round_ + 1))


def test_alone_each_piece_is_done_at_once() -> None:
    done: list[int] = []
    aside = Aside("aside", nothing, is_alone=True)
    aside.do(partial(done.append, 1))
    assert done == [1]
    aside.finish()
    assert done == [1]


def test_what_a_thread_that_stands_has_not_begun_is_done_by_the_one_that_waits() -> None:
    began, may_end = threading.Event(), threading.Event()
    by: dict[int, int] = {}

    def stand() -> None:
        began.set()
        may_end.wait(30)
        note(0)

    def note(number: int) -> None:
        by[number] = threading.get_ident()
        if number == 1:  # the last that is left
            may_end.set()

    aside = Aside("aside", nothing, is_alone=False)
    aside.do(stand)
    assert began.wait(30)
    for number in range(1, 6):
        aside.do(partial(note, number))
    aside.finish()
    assert list(by) == [5, 4, 3, 2, 1, 0]
    assert {by[number] for number in range(1, 6)} == {threading.get_ident()}
    assert by[0] != threading.get_ident()


def test_an_error_in_the_thread_is_raised_where_it_is_waited_for() -> None:
    began = threading.Event()

    def fail() -> None:
        began.set()
        raise ZeroDivisionError

    aside = Aside("aside", nothing, is_alone=False)
    aside.do(fail)
    assert began.wait(30)
    with pytest.raises(ZeroDivisionError):
        aside.finish()
    aside.finish()  # nothing is owed any more


@pytest.mark.skipif(sys.platform != "linux", reason="a niceness belongs to a thread on Linux alone")
def test_a_race_gives_way_and_a_question_about_depth_does_not() -> None:
    found: list[object] = []
    ended = threading.Event()

    def drive() -> None:
        job = run(LabPlan(niceness=5, flushes_denormals=True))
        next(job)
        found.append(job.send(AskDepth(7, DepthQuestion(ActivationChoice("relu"), layers=3, width=16, signals=9))))
        found.append(
            {
                thread.name.rpartition("_")[0] or "job": os.getpriority(os.PRIO_PROCESS, thread.native_id)
                for thread in threading.enumerate()
                if thread.native_id is not None and thread.name in ("job", "depth_0", "figures_0")
            }
        )
        job.close()
        ended.set()

    threads = torch.get_num_threads()
    thread = threading.Thread(target=drive, name="job")
    thread.start()
    assert ended.wait(60)
    thread.join()
    torch.set_num_threads(threads)
    answer, niceness = found
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert isinstance(answer, DepthAnswer)
    assert answer.token == 7
    assert isinstance(niceness, dict)
    assert {name: niceness.get(name, own) for name in ("job", "depth", "figures")} == {
        "job": min(own + 5, 19), "depth": own, "figures": own,
    }  # fmt: skip
