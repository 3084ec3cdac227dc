"""The line between a job and its pipe: it holds the putter when it is full, and pictures that wait become one."""

import threading

import numpy as np

from trainers.event_queue import EventQueue, merge_snapshots, size_of
from trainers.events import NetworkInside, Snapshot, StepReport


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
        got += [item.step for _, item in line.take(300)]
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


def inside(step: int) -> NetworkInside:
    nothing = np.zeros(1, np.float32)
    return NetworkInside(step, 0, 1, nothing, nothing, weights={"w": np.zeros(100, np.float32)})


def test_an_event_is_as_large_as_the_numbers_that_it_holds() -> None:
    assert size_of(report(9, [(1, 0.0)] * 10)) - size_of(report(9, [])) == 240
    assert size_of(Snapshot(1, points=np.zeros(50))) - size_of(Snapshot(1)) == 400
    assert size_of(inside(1)) - size_of(NetworkInside(1, 0, 1, np.zeros(0), np.zeros(0))) == 400 + 8, "tables count too"


def test_of_what_is_within_the_network_only_the_newest_waits() -> None:
    line = EventQueue(1 << 20)
    for item in (inside(1), Snapshot(1), inside(2)):
        line.put(1, item)
    assert [(type(item).__name__, item.step) for _, item in line.take(1 << 20)] == [
        ("Snapshot", 1),
        ("NetworkInside", 2),
    ]
    line.put(1, inside(3))
    assert [item.step for _, item in line.take(1 << 20)] == [3], "what was taken is in nobody's way"


def test_one_that_was_taken_is_not_merged_into_the_next() -> None:
    line = EventQueue(1 << 20)
    line.put(1, Snapshot(1, confusion_step=1))
    assert len(line.take(1 << 20)) == 1
    line.put(1, Snapshot(2))
    ((_, second),) = line.take(1 << 20)
    assert second == Snapshot(2)


def test_who_waits_at_a_line_that_is_closed_is_let_go() -> None:
    line = EventQueue(100)
    line.put(1, report(1, [(1, 0.0)]))
    putter = threading.Thread(target=line.put, args=(1, report(2, [(2, 0.0)])), daemon=True)
    putter.start()
    putter.join(0.05)
    assert putter.is_alive(), "there is no room"
    line.close()
    putter.join(10)
    assert not putter.is_alive()
    assert [item.step for _, item in line.take(1 << 20)] == [1], "nothing joins a line that is closed"


def test_a_picture_that_comes_too_late_leaves_the_one_that_waits() -> None:
    line = EventQueue(1 << 20)
    line.put(1, Snapshot(1))
    line.close()
    line.put(1, Snapshot(2))
    assert line.take(1 << 20) == [(1, Snapshot(1))]
