"""What it costs a training when the window draws what is within its network, against the same with the eye closed. One JSON line.

    python tests/benchmarks/network_inside_window.py [--pairs 8] [--seconds 3] [--device cpu|cuda]

LeNet-5 on digits in the real window, the builder alone in sight, with the whole network on the canvas (its outputs) and near to the
dense layer with the most weights (weights, gradient, outputs). `value` is the worst of the medians of the pairs' ratios of steps per
second of the worker's processor time (of the clock on a GPU), packing and sending included; `by_the_clock` the same of steps a
second, which on a busy machine says more of the machine; `looks` the least looks a second that were painted; `window` the share of
one core that drawing them takes beyond the window without them.
"""

from __future__ import annotations

import argparse
import json
from statistics import median
from time import perf_counter, process_time
from typing import Any, NamedTuple

import psutil
from window_under_test import Paints, open_window, put_away, turn_until, warm_up

from app.main_window import MainWindow
from app.run_watch import threads_beside_window
from trainers.training_plan import ClassifierSettings

NAME, BUDGET, LEAST_LOOKS = "network_inside_window", 0.95, 10.0
SETTLE_S = 0.3


class Slice(NamedTuple):
    """A stretch of training: steps per second of the worker's processor time, steps and painted looks a second, share of one core that
    the window took."""

    of_work: float
    steps: float
    looks: float
    window: float


def measured(window: MainWindow, panel: Any, is_wanted: bool, seconds: float) -> Slice:
    """A slice with the eye open or closed."""
    session = window.workspace.training
    panel.inside.set_wanted(is_wanted)
    settled = perf_counter() + SETTLE_S
    turn_until(lambda: perf_counter() >= settled)
    worker = psutil.Process(session.worker_pid)
    paints = Paints(panel.view.board.viewport())  # which nothing but a look changes
    began, step, work, own = perf_counter(), session.history.last_step, sum(worker.cpu_times()[:2]), process_time()
    turn_until(lambda: perf_counter() - began >= seconds, seconds + 30)
    took = perf_counter() - began
    steps = session.history.last_step - step
    spent = took if session.run is not None and session.run.device == "cuda" else sum(worker.cpu_times()[:2]) - work
    return Slice(steps / spent, steps / took, len(paints.times) / took, (process_time() - own) / took)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options = parser.parse_args()
    settings = ClassifierSettings(
        epochs=100_000, checkpoint_every=0, device=options.device, threads=threads_beside_window()
    )
    window = open_window("lenet5", "digits", None, settings)
    session = window.workspace.training
    window.show_panel("builder")
    for name, dock in window.docks.items():
        dock.setVisible(name == "builder")
    panel = window.docks["builder"].panel
    warm_up(session)
    session.step_batch(50)
    turn_until(lambda: session.state == "paused")
    session.resume()
    board = panel.view.board
    cases: dict[str, dict[str, Any]] = {}
    for title in ("whole", "near"):
        if title == "near":
            box = board.box_of("fc1")
            board.look_at(6.0, box.center_x, box.center_y)
        else:
            panel.view.fit()
        pairs = []
        for number in range(options.pairs):
            first = number % 2 == 1
            both = {is_wanted: measured(window, panel, is_wanted, options.seconds) for is_wanted in (first, not first)}
            pairs.append((both[True], both[False]))
        cases[title] = {
            "ratio": round(median(on.of_work / off.of_work for on, off in pairs), 3),
            "by_the_clock": round(median(on.steps / off.steps for on, off in pairs), 3),
            "looks": round(median(on.looks for on, _ in pairs), 1),
            "window": round(median(on.window - off.window for on, off in pairs), 3),
            "zoom": round(board.zoom, 2),
        }
    put_away(window)
    value, looks = (min(case[key] for case in cases.values()) for key in ("ratio", "looks"))
    is_ok = value >= BUDGET and looks >= LEAST_LOOKS
    figures = {"looks": looks, "least_looks": LEAST_LOOKS, "device": options.device, "cases": cases}
    print(json.dumps({"name": NAME, "value": value, "budget": BUDGET, "ok": is_ok, **figures}))
    return 0 if is_ok else 1


if __name__ == "__main__":
    raise SystemExit(main())
