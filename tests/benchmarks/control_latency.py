"""From a person's act to its acknowledgement on screen: pause, one step, learning rate, while LeNet-5 trains. Prints one JSON line.

    python tests/benchmarks/control_latency.py [--repeats 40]

`value` is the worst of the three 95th percentiles, in ms: from the act to the end of the paint event that shows it: on the
Train button, in the read-out of the step, and behind the learning rate's line, where its row says since which step the run has it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget
from window_under_test import open_window, percentile, turn_until, warm_up

from app.panels.monitor.settings_form import SettingsForm
from app.run_toolbar import RunToolbar
from trainers.training_plan import ClassifierSettings

BUDGET_MS = 50


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=40)
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
    row = window.findChild(SettingsForm).rows["learning_rate"]
    for number in range(repeats):
        found["pause"].append(measure(toolbar.widgetForAction(train), train.trigger, lambda: session.state == "paused"))
        turn_until(lambda: session.is_sleeping)
        before = session.history.last_step
        found["step"].append(
            measure(toolbar.read_outs["step"].figure, session.step_batch, lambda: session.history.last_step > before)  # noqa: B023
        )
        turn_until(lambda: session.is_sleeping)
        session.resume()
        rest(0.3)
        heard.clear()
        change = partial(session.set_setting, "learning_rate", 0.001 * (1 + (number + 1) / 100))
        found["learning_rate"].append(measure(row.code, change, lambda: bool(heard) and "since" in row.code.text()))
        rest(0.1)
    window.workspace.document.undo_stack.setClean()
    window.close()
    worst = max(percentile(values, 0.95) for values in found.values())
    raw = {name: {"median": round(median(values), 2), "p95": round(percentile(values, 0.95), 2), "all": [round(value, 2) for value in values]} for name, values in found.items()}  # fmt: skip
    print(json.dumps({"name": "control_latency", "value": round(worst, 2), "budget": BUDGET_MS, "ok": worst <= BUDGET_MS, "unit": "ms", **raw}))  # fmt: skip
    return 0 if worst <= BUDGET_MS else 1


class Showing(QObject):
    """Whether `widget` has been painted at a time when `is_done` held."""

    def __init__(self, widget: QWidget, is_done: Callable[[], bool]) -> None:
        super().__init__()
        self.has_come = False
        self._is_done = is_done
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.has_come = self.has_come or (event.type() == QEvent.Type.Paint and self._is_done())
        return False


def measure(widget: QWidget, act: Callable[[], object], is_done: Callable[[], bool]) -> float:
    """Milliseconds from `act` to the end of the first paint of `widget` that shows `is_done`."""
    showing = Showing(widget, is_done)
    began = perf_counter()
    act()
    turn_until(lambda: showing.has_come, 10)
    end = perf_counter()
    showing.deleteLater()
    return (end - began) * 1000


def rest(seconds: float) -> None:
    """Let the window live for a while."""
    end = perf_counter() + seconds
    turn_until(lambda: perf_counter() >= end, seconds + 30)


if __name__ == "__main__":
    raise SystemExit(main())
