"""From a person's act to its acknowledgement on screen: pause, one step, learning rate, while LeNet-5 trains. Prints one JSON line.

    python tests/benchmarks/control_latency.py [--repeats 20]

`value` is the worst of the three 95th percentiles, in ms: from the act to the end of the paint event that shows it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from PySide6.QtWidgets import QApplication, QWidget
from window_under_test import Paints, open_window, percentile, turn_until, warm_up

from app.run_toolbar import RunToolbar
from trainers.training_plan import ClassifierSettings

BUDGET_MS = 50


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20)
    repeats = parser.parse_args().repeats
    window = open_window("lenet5", "digits", None, ClassifierSettings(epochs=100_000, checkpoint_every=0))
    session = window.workspace.training
    toolbar = window.findChild(RunToolbar)
    train = next(action for action in toolbar.actions() if action.objectName() == "train")
    warm_up(session)
    session.start()
    turn_until(lambda: session.history.last_step > 50)
    found: dict[str, list[float]] = {"pause": [], "step": [], "learning_rate": []}
    heard: list[object] = []
    session.value_set.connect(lambda name, value: heard.append(value))
    for number in range(repeats):
        found["pause"].append(measure(toolbar.widgetForAction(train), train.trigger, lambda: session.state == "paused"))
        turn_until(lambda: session.is_sleeping)
        before = session.history.last_step
        found["step"].append(
            measure(toolbar.read_outs["step"], session.step_batch, lambda: session.history.last_step > before)  # noqa: B023
        )
        turn_until(lambda: session.is_sleeping)
        session.resume()
        rest(0.3)
        heard.clear()
        change = partial(session.set_setting, "learning_rate", 0.001 * (1 + (number + 1) / 100))
        found["learning_rate"].append(
            measure(window.centralWidget() or window, change, lambda: bool(heard), is_any=True)
        )
        rest(0.1)
    window.workspace.document.undo_stack.setClean()
    window.close()
    worst = max(percentile(values, 0.95) for values in found.values())
    raw = {name: {"median": round(median(values), 2), "p95": round(percentile(values, 0.95), 2), "all": [round(value, 2) for value in values]} for name, values in found.items()}  # fmt: skip
    print(json.dumps({"name": "control_latency", "value": round(worst, 2), "budget": BUDGET_MS, "ok": worst <= BUDGET_MS, "unit": "ms", **raw}))  # fmt: skip
    return 0 if worst <= BUDGET_MS else 1


def measure(widget: QWidget, act: Callable[[], object], is_done: Callable[[], bool], is_any: bool = False) -> float:
    """Milliseconds from `act` to the first paint of `widget` after `is_done`. is_any: of any widget of the window."""
    paints = Paints(*([QApplication.instance()] if is_any else [widget]))  # type: ignore[list-item]
    began = perf_counter()
    act()
    turn_until(is_done)
    painted = len(paints.times)
    acknowledged = [time for time in paints.times if time > began]
    if is_any or not acknowledged or not is_done():
        turn_until(lambda: len(paints.times) > painted, 5)
    end = perf_counter()
    paints.deleteLater()
    return (end - began) * 1000


def rest(seconds: float) -> None:
    """Let the window live for a while."""
    end = perf_counter() + seconds
    turn_until(lambda: perf_counter() >= end, seconds + 30)


if __name__ == "__main__":
    raise SystemExit(main())
