"""From firing inputs to the first paint in which the living cell has moved. Prints one JSON line.

    python tests/benchmarks/first_movement.py [--repeats 3]

`value` is the median in s with a warm worker, each of a fresh window. `cold_s`: from asking for the panel, with no worker
yet but kernels in the cache, to the same paint; its budget is 3 s.
"""

from __future__ import annotations

import argparse
import json
from statistics import median
from time import perf_counter

from window_under_test import Paints, open_window, put_away, turn_until, until_painted_after

from app.panels.neuron.panel import NeuronPanel
from trainers.training_plan import ClassifierSettings

BUDGET, COLD_BUDGET = 0.5, 3.0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    first_movement(is_warm=False)  # the kernels are in the cache from here on
    warm = [round(first_movement(is_warm=True), 3) for _ in range(options.repeats)]
    cold = [round(first_movement(is_warm=False), 3) for _ in range(options.repeats)]
    is_ok = median(warm) <= BUDGET and median(cold) <= COLD_BUDGET
    figures = {"value": median(warm), "budget": BUDGET, "ok": is_ok, "unit": "s"}
    print(json.dumps({"name": "first_movement", **figures, "warm_s": warm, "cold_s": cold, "cold_budget": COLD_BUDGET}))
    return 0 if is_ok else 1


def first_movement(*, is_warm: bool) -> float:
    """Seconds to the paint after the cell has moved."""
    window = open_window("lenet5", "digits", None, ClassifierSettings())
    session = window.workspace.neuron
    began = perf_counter()
    panel = window.show_panel("neuron")
    assert isinstance(panel, NeuronPanel)
    if is_warm:
        turn_until(lambda: session.state == "ready")
        began = perf_counter()
    paints = Paints(panel.view)
    panel.hand.fire_count(12)
    seconds = until_painted_after(paints, lambda: session.shown_ms > 0) - began
    put_away(window)
    return seconds


if __name__ == "__main__":
    raise SystemExit(main())
