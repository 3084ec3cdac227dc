"""One redraw of the training monitor's curves while a run grows by a report a frame. Prints one JSON line.

    python tests/benchmarks/curve_redraw.py [--points 1000000] [--frames 200]

`value` is the median time of a redraw in ms of the thread's own time (what other programs take does not count); the paints
that follow it are measured apart, since they are Qt's.
"""

from __future__ import annotations

import argparse
import json
import os
from statistics import median
from time import thread_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from app.panels.monitor.curves import CurvesView
from app.run_history import RunHistory
from app.widgets.frame_turns import FrameTurns
from app.widgets.theme import Theme
from app.window_session import build_application
from trainers.events import EpochReport, StepReport

BUDGET_MS = 4.0
FRAME_BUDGET_MS = 16.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--frames", type=int, default=200)
    options = parser.parse_args()
    application = build_application()
    theme = Theme("paper")
    theme.install(application)
    history = RunHistory()
    generator = np.random.default_rng(0)
    step = grow(history, generator, 0, options.points)
    view = CurvesView(theme, history, FrameTurns())
    view.resize(830, 320)
    view.set_awake(True)
    view.show()
    view.redraw()
    application.processEvents()
    redraws, paints = [], []
    for _ in range(options.frames):
        step = grow(history, generator, step, 40)
        began = thread_time()
        view.redraw()
        drawn = thread_time()
        application.processEvents()
        redraws.append((drawn - began) * 1e3)
        paints.append((thread_time() - drawn) * 1e3)
    view.close_view()
    view.close()
    history.close()
    value = median(redraws)
    frame = median(redraw + paint for redraw, paint in zip(redraws, paints, strict=True))
    figures = {
        "points": step,
        "redraw_p99_ms": float(np.percentile(redraws, 99)),
        "paint_ms": median(paints),
        "frame_ms": frame,
        "frame_budget_ms": FRAME_BUDGET_MS,
    }
    is_ok = value <= BUDGET_MS and frame <= FRAME_BUDGET_MS
    print(json.dumps({"name": "curve_redraw", "value": value, "budget": BUDGET_MS, "ok": is_ok, **figures}))
    return 0 if is_ok else 1


def grow(history: RunHistory, generator: np.random.Generator, step: int, count: int) -> int:
    """Add `count` noisy steps in reports of at most 10,000, an epoch's report after each; the last step."""
    while count:
        now = min(count, 10_000)
        steps = np.arange(step + 1, step + now + 1)
        losses = (2.0 * np.exp(-steps / 3e5) + 0.1) * np.exp(generator.normal(0.0, 0.2, now))
        pairs = tuple(zip(steps.tolist(), losses.tolist(), strict=True))
        accuracies = tuple(np.clip(1.0 - losses / 3.0, 0.0, 1.0).tolist())
        step += now
        count -= now
        history.append(StepReport(step, 0, pairs, 0.001, None, 10_000.0, {}, accuracies))
        if now == 10_000:
            history.append(EpochReport(step // 10_000, 0.3, 0.9, 0.4, 0.88, step))
    return step


if __name__ == "__main__":
    raise SystemExit(main())
