"""From pressing Train to the first point on the curve, the worker warm and the data unread. Prints one JSON line.

    python tests/benchmarks/first_point.py [--data-dir DIR] [--repeats 3]

`value` is the slowest median over the data sets, in s: digits, and MNIST where --data-dir holds it. Each time is of a fresh worker.
"""

from __future__ import annotations

import argparse
import json
from statistics import median
from time import perf_counter

from window_under_test import Paints, open_window, put_away, turn_until, until_painted_after, warm_up

from app.panels.monitor.curves import CurvesView
from trainers.training_plan import ClassifierSettings

BUDGET = 0.5


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    sets = {"digits": None, **({"mnist": options.data_dir} if options.data_dir else {})}
    raw = {name: [round(first_point(name, place), 3) for _ in range(options.repeats)] for name, place in sets.items()}
    worst = max(median(values) for values in raw.values())
    print(
        json.dumps({"name": "first_point", "value": worst, "budget": BUDGET, "ok": worst <= BUDGET, "unit": "s", **raw})
    )
    return 0 if worst <= BUDGET else 1


def first_point(data: str, data_dir: str | None) -> float:
    """Seconds from the action to the paint after the first loss has come."""
    window = open_window("lenet5", data, data_dir, ClassifierSettings(epochs=10))
    session = window.workspace.training
    warm_up(session)
    curves = window.findChild(CurvesView)
    paints = Paints(*(row.viewport() for row in curves.rows.values() if hasattr(row, "viewport")))
    end = perf_counter() + 1.0
    turn_until(lambda: perf_counter() > end)
    began = perf_counter()
    session.start()
    seconds = until_painted_after(paints, lambda: session.history.count("loss") > 0) - began
    put_away(window)
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
