"""The view of curves while a parameter is dragged, ten functions of 2,000 points on show, in a real window. Prints one JSON line.

    python tests/benchmarks/activation_panel.py [--frames 300] [--size 1920x1080] [--theme paper]

A slider is moved once a frame (16 ms); measured is from paint to paint of the curve that changes. `frame_p99_ms` is of the slower
of two cases: ten functions (each in a plot of its own) and eight laid over one another, value and derivative in both.
`own_ms` is the thread's own time of a frame: slider, function, formula, paint. `machine_p99_ms`: the intervals of a plain computation
that takes as long, without Qt, in the same run: what this machine allows. Without a display an Xvfb of its own is started.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from itertools import pairwise
from statistics import median
from time import perf_counter, thread_time
from typing import Any

from neuron_panel import start_display

NAME, BUDGET_MS = "activation_panel", 18.0
TEN = ("elu", "sigmoid", "tanh", "relu", "leaky_relu", "maxout", "gelu", "silu", "mish", "softplus")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--size", default="1920x1080")
    parser.add_argument("--theme", default="paper")
    options = parser.parse_args()
    server = start_display(options.size)
    if sys.platform.startswith("linux") and "QT_QPA_PLATFORM" not in os.environ:
        os.environ["QT_QPA_PLATFORM"] = "xcb" if os.environ.get("DISPLAY") else "wayland"
    try:
        figures = measure(options)
    finally:
        if server is not None:
            server.kill()
            server.wait()
    value = max(case["frame_p99_ms"] for case in figures["cases"].values())
    is_ok = value <= BUDGET_MS
    print(
        json.dumps({"name": NAME, "value": value, "budget": BUDGET_MS, "ok": is_ok, "frame_p99_ms": value, **figures})
    )
    return 0 if is_ok else 1


def measure(options: Any) -> dict[str, Any]:
    """The figures of both cases."""
    import tempfile
    from pathlib import Path

    from window_under_test import machine_lateness

    from app.panel_catalog import build_panel, find_panel
    from app.user_settings import UserSettings
    from app.widgets.theme import Theme
    from app.window_session import build_application
    from app.workspace_building import build_workspace

    application = build_application()
    theme = Theme(options.theme)
    theme.install(application)
    width, height = map(int, options.size.split("x"))
    cases = {}
    with tempfile.TemporaryDirectory(prefix="hillock-bench-") as folder:
        workspace = build_workspace(UserSettings(Path(folder) / "settings"), theme, runs_folder=Path(folder) / "runs")
        panel = build_panel(find_panel("activation"), workspace)
        panel.resize(width, height)
        panel.show()
        for name, kinds in (("ten", TEN), ("eight", TEN[:8])):
            panel.front.apply({"functions": [{"kind": kind} for kind in kinds], "selected": 0})  # type: ignore[attr-defined]
            cases[name] = drag(application, panel.front, options.frames, name == "ten")  # type: ignore[attr-defined]
        panel.close_panel()
        panel.close()
        workspace.shut_down_jobs()
    slowest = max(case["own_ms"] for case in cases.values())
    machine = machine_lateness(slowest, options.frames * 0.032)
    return {
        "points": 2000,
        "cases": cases,
        "machine_p99_ms": machine["p99"],
        "platform": application.platformName(),
        "cores": os.cpu_count(),
    }


def drag(application: Any, view: Any, frames: int, is_apart: bool) -> dict[str, float]:
    """Move the slider of α from end to end and back, once a frame; the intervals between paints of what changes."""
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    loop = QEventLoop()
    QTimer.singleShot(1500, loop.quit)  # everything is built, painted, its formula set
    loop.exec()
    slider = view.side.parameters.sliders["alpha"].slider
    stamps: list[float] = []
    paints: list[float] = []
    target = view.board.multiples if is_apart else view.board.plots["derivative"].layer
    name = "_paint_cell" if is_apart else "paint"
    original = getattr(target, name)

    def timed(*arguments: Any) -> None:
        began = thread_time()
        original(*arguments)
        paints.append(thread_time() - began)
        stamps.append(perf_counter())

    setattr(target, name, timed)
    slider.setSliderDown(True)
    used: list[float] = []
    state = {"frame": 0, "began": thread_time()}

    def move() -> None:
        now = thread_time()
        used.append(now - state["began"])
        state["began"] = now
        state["frame"] += 1
        phase = state["frame"] % 400
        slider.setValue(100 + 4 * (phase if phase < 200 else 400 - phase))
        if state["frame"] > frames:
            timer.stop()
            loop.quit()

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(16)
    timer.timeout.connect(move)
    timer.start()
    loop.exec()
    slider.setSliderDown(False)
    setattr(target, name, original)
    intervals = sorted((after - before) * 1e3 for before, after in pairwise(stamps))
    return {
        "frame_p99_ms": round(intervals[int(len(intervals) * 0.99)], 2),
        "frame_median_ms": round(median(intervals), 2),
        "frame_max_ms": round(intervals[-1], 2),
        "frames_per_s": round(len(intervals) / (stamps[-1] - stamps[0]), 1),
        "own_ms": round(median(used) * 1e3, 2),
        "paint_ms": round(median(paints) * 1e3, 2),
        "frames": len(stamps),
    }


if __name__ == "__main__":
    raise SystemExit(main())
