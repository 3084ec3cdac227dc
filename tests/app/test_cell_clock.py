"""The living cell's clock: speeds, their words, slow motion."""

from __future__ import annotations

import itertools

import pytest

from app.cell_clock import EASE, FASTEST, SLOW_MOTION, SLOWEST, SPEED_PRESETS, CellClock, speed_text


@pytest.mark.parametrize(
    ("speed", "text"),
    [
        (0.2, "1 ms = 5 s"),
        (0.5, "1 ms = 2 s"),
        (5.0, "1 ms = 0.2 s"),
        (10.0, "10 ms = 1 s"),
        (999.99, "1 s = 1 s"),
        (1000.0, "1 s = 1 s"),
        (9.996, "10 ms = 1 s"),
        (333.0, "333 ms = 1 s"),
    ],
)
def test_a_speed_reads_as_people_say_it(speed: float, text: str) -> None:
    assert speed_text(speed) == text


def test_presets_are_the_speeds_that_were_asked_for() -> None:
    assert {name: speed for name, (speed, _) in SPEED_PRESETS.items()} == {
        "axon": 0.2,
        "channels": 0.5,
        "summation": 5.0,
        "pairing": 10.0,
        "real time": 1000.0,
    }


def test_standing_it_turns_no_biology() -> None:
    clock = CellClock()
    assert clock.turn(1.0) == 0.0
    clock.is_playing = True
    assert clock.turn(1.0) == pytest.approx(5.0)
    assert clock.turn(-1.0) == 0.0


def test_speeds_are_kept_within_their_range() -> None:
    clock = CellClock()
    clock.set_speed(0.0)
    assert clock.speed == SLOWEST
    clock.set_speed(1e9)
    assert clock.speed == FASTEST


def test_slow_motion_comes_and_goes_smoothly() -> None:
    clock = CellClock(100.0)
    clock.is_playing = True
    speeds = []
    for _ in range(60):
        clock.turn(1 / 60, is_in_flight=True)
        speeds.append(clock.current)
    assert all(a >= b for a, b in itertools.pairwise(speeds))
    assert speeds[0] > 50.0  # no jump
    assert speeds[int(EASE * 60)] < 20.0
    assert speeds[-1] < 2 * SLOW_MOTION
    for _ in range(120):
        clock.turn(1 / 60)
    assert clock.current == pytest.approx(100.0, rel=0.05)
    assert clock.speed == 100.0  # what was chosen stands


def test_slow_motion_never_makes_it_faster_and_can_be_switched_off() -> None:
    clock = CellClock(0.2)
    clock.is_playing = True
    clock.turn(10.0, is_in_flight=True)
    assert clock.current == 0.2
    clock = CellClock(50.0)
    clock.is_playing, clock.has_slow_motion = True, False
    assert clock.turn(1.0, is_in_flight=True) == pytest.approx(50.0)
