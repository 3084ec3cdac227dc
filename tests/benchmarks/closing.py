"""Closing the window in the middle of a training: how long it takes, and what is left. Prints one JSON line.

    python tests/benchmarks/closing.py [--repeats 5]

`value` is the slowest time, in s, from the window's close() to the end of its process. `left`: processes and temporary files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

BUDGET = 1.0
WINDOW = """
import sys, time
sys.path.insert(0, sys.argv[1])
from window_under_test import open_window, turn_until
from PySide6.QtWidgets import QApplication
from trainers.training_plan import ClassifierSettings

window = open_window("lenet5", "digits", None, ClassifierSettings(epochs=100_000))
session = window.workspace.training
window.workspace.hardware.start()
session.warm_up()
if sys.argv[2] != "warming":
    session.start()
    turn_until(lambda: session.history.count("loss") > 3, 120)
else:
    turn_until(lambda: session.worker_pid is not None)
pid = session.worker_pid
window.workspace.document.undo_stack.setClean()
print(pid, time.time(), flush=True)
window.close()
"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    raw: dict[str, list[float]] = {"training": [], "warming": []}
    left: list[str] = []
    for kind, times in raw.items():
        for _ in range(repeats):
            seconds, rest = close_once(kind)
            times.append(round(seconds, 3))
            left += rest
    worst = max(max(times) for times in raw.values())
    is_ok = worst <= BUDGET and not left
    print(
        json.dumps({"name": "closing", "value": worst, "budget": BUDGET, "ok": is_ok, "unit": "s", **raw, "left": left})
    )
    return 0 if is_ok else 1


def close_once(kind: str) -> tuple[float, list[str]]:
    """Seconds that it took, and what was left of it."""
    with tempfile.TemporaryDirectory(prefix="hillock-closing-") as folder:
        here = str(Path(__file__).parent)
        window = subprocess.run(
            [sys.executable, "-c", WINDOW, here, kind],
            env={**os.environ, "TMPDIR": folder, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        ended = time.time()
        pid, asked = window.stdout.split()
        rest = [f"process {pid}"] if psutil.pid_exists(int(pid)) else []
        # its home (settings, runs) lies there on purpose; everything else would be a leftover
        rest += [path.name for path in Path(folder).iterdir() if not path.name.startswith("hillock-benchmark-")]
        rest += [str(path.name) for path in Path(folder).rglob("*.unfinished")]
    return ended - float(asked), rest


if __name__ == "__main__":
    raise SystemExit(main())
