"""Decision surfaces a second that reach the window while six networks 2-16-16-1 race. Prints one JSON line.

    python tests/benchmarks/activation_race.py [--seconds 8]

`value` is the number of frames (six surfaces of 48 x 48 each, with the losses of every step) that came by the session's signal in a
second of the event loop, at the session's own speed of the race. `free`: frames and steps a second without a limit of the speed.
"""

from __future__ import annotations

import argparse
import json
import os
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.activation_session import ActivationSession
from trainers.activation_lab import ActivationChoice, AnyRaceEvent, RaceFrame, RacePlan

BUDGET = 30
KINDS = ("relu", "leaky_relu", "elu", "tanh", "sigmoid", "maxout")


class Watching:
    """Counts what the session brings."""

    def __init__(self, session: ActivationSession) -> None:
        self.frames: list[RaceFrame] = []
        session.race_moved.connect(self._on_race_moved)

    def _on_race_moved(self, events: list[AnyRaceEvent]) -> None:
        self.frames += [event for event in events if isinstance(event, RaceFrame)]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    seconds = parser.parse_args().seconds
    application = QCoreApplication([])
    session = ActivationSession(application)
    watching = Watching(session)
    session.start_race(RacePlan(tuple(ActivationChoice(kind) for kind in KINDS), hidden=(16, 16)))
    session.set_running(True)
    end = perf_counter() + 60
    while not watching.frames:
        if perf_counter() > end:
            raise SystemExit("no frame came within 60 s")
        turn(0.05)
    turn(1.0)
    frames, steps = counted(watching, seconds)
    session.set_speed(0.0)
    turn(0.5)
    free_frames, free_steps = counted(watching, seconds / 2)
    session.set_running(False)
    turn(0.3)
    done = watching.frames[-1].done
    is_whole = sum(len(frame.losses) for frame in watching.frames) == done
    session.shutdown()
    value = round(frames, 1)
    is_ok = value >= BUDGET and is_whole
    line = {
        "name": "activation_race",
        "value": value,
        "budget": BUDGET,
        "ok": is_ok,
        "unit": "frames of six surfaces a second, at least",
    }
    line |= {"steps_per_second": round(steps), "free": {"frames": round(free_frames, 1), "steps": round(free_steps)}}
    print(json.dumps(line | {"every_loss_came": is_whole, "steps": done}))
    return 0 if is_ok else 1


def counted(watching: Watching, seconds: float) -> tuple[float, float]:
    """Frames and steps a second."""
    frames, done, began = len(watching.frames), watching.frames[-1].done, perf_counter()
    turn(seconds)
    took = perf_counter() - began
    return (len(watching.frames) - frames) / took, (watching.frames[-1].done - done) / took


def turn(seconds: float) -> None:
    """Let the event loop live."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


if __name__ == "__main__":
    raise SystemExit(main())
