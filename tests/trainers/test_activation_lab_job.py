"""The activation lab's job: which of its threads gives way to others, and how many compute what."""

from __future__ import annotations

import os
import sys
import threading

import pytest
import torch

from trainers.activation_lab import ActivationChoice, AskDepth, DepthAnswer, DepthQuestion, LabPlan
from trainers.activation_lab_job import run
from trainers.depth_signal import DepthLab


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
                if thread.native_id is not None and thread.name in ("job", "depth_0")
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
    assert niceness == {"job": min(own + 5, 19), "depth": own}


def test_a_question_about_depth_takes_its_own_number_of_threads_and_leaves_the_races(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = torch.get_num_threads()
    counts: list[int] = []
    answer = DepthLab.answer

    def counted(lab: DepthLab, token: int, question: DepthQuestion) -> DepthAnswer:
        counts.append(torch.get_num_threads())
        return answer(lab, token, question)

    monkeypatch.setattr(DepthLab, "answer", counted)
    job = run(LabPlan(threads=1, depth_threads=2))
    next(job)
    for width in (16, 0):  # the second is refused
        job.send(AskDepth(7, DepthQuestion(ActivationChoice("relu"), layers=3, width=width, signals=9)))
        assert torch.get_num_threads() == 1
    job.close()
    torch.set_num_threads(before)
    assert counts == [2, 2]
