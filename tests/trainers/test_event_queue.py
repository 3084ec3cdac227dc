"""The line between a job and its pipe: it holds the putter when it is full, and pictures that wait become one."""

import threading

from trainers.event_queue import EventQueue, merge_snapshots
from trainers.events import (
    Snapshot,
    StepReport,
)


def report(step: int, kept: list[tuple[int, float]]) -> StepReport:
    return StepReport(step, 0, tuple(kept), 0.1, None, 1.0, {})


def test_a_full_line_holds_the_putter_until_room_is_made() -> None:
    line = EventQueue(1000)
    put: list[int] = []

    def fill() -> None:
        for step in range(50):
            line.put(1, report(step, [(step, 0.0)]))
            put.append(step)

    thread = threading.Thread(target=fill)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    assert len(put) < 10
    got: list[int] = []
    while len(got) < 50:
        got += [item.step for _, item in line.take(300, timeout=10)]
    thread.join(10)
    assert got == list(range(50))


def test_room_that_a_picture_took_is_free_when_a_newer_one_takes_its_place() -> None:
    line = EventQueue(10_000)
    for step in range(100):
        line.put(1, Snapshot(step))  # 200 bytes each: the fiftieth would wait for ever
    putter = threading.Thread(target=line.put, args=(1, report(1, [(1, 0.0)])), daemon=True)
    putter.start()
    putter.join(10)
    assert not putter.is_alive()
    assert [item.step for _, item in line.take(1 << 20)] == [99, 1]


def test_what_was_put_is_passed_on_when_its_taker_takes_again() -> None:
    line = EventQueue(1000)
    assert line.wait_until_passed_on(0.0), "nothing was put"
    line.put(1, report(1, [(1, 0.0)]))
    assert not line.wait_until_passed_on(0.01), "it stands in the line"
    line.take(1 << 20)
    assert not line.wait_until_passed_on(0.01), "it was taken, and may not be written yet"
    line.take(1 << 20)
    assert line.wait_until_passed_on(0.0)


def test_pictures_that_wait_become_one_and_keep_what_is_newest_of_each() -> None:
    line = EventQueue(1 << 20)
    for event in (
        Snapshot(1, confusion_step=1),
        report(1, [(1, 0.5)]),
        Snapshot(2, surface_extent=(0.0, 1.0, 0.0, 1.0)),
    ):
        line.put(1, event)
    line.put(2, Snapshot(9))
    items = line.take(1 << 20)
    assert [(job, type(item).__name__, item.step) for job, item in items] == [
        (1, "StepReport", 1),
        (1, "Snapshot", 2),
        (2, "Snapshot", 9),
    ]
    merged = items[1][1]
    assert merged == merge_snapshots(Snapshot(1, confusion_step=1), Snapshot(2, surface_extent=(0.0, 1.0, 0.0, 1.0)))
    assert (merged.confusion_step, merged.surface_extent) == (1, (0.0, 1.0, 0.0, 1.0))
