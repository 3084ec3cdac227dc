"""Cold start to a usable window, against a bare QMainWindow with one PlotWidget: process starts taken in turn, the medians' ratio.

Prints one JSON line. `--pairs N` (default 7). A start ends when the event loop is idle after the first paint.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BUDGET = 1.3

BARE = """
import os, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg

def report():
    print(time.time(), flush=True)
    os._exit(0)

class Plot(pg.PlotWidget):  # it covers the window whole, which then is not painted itself
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, report)

application = QApplication([])
window = QMainWindow()
window.setCentralWidget(Plot())
window.resize(1280, 800)
window.show()
application.exec()
"""

HILLOCK = """
import os, sys, time
from app import __main__ as hillock

def report():
    bad = [name for name in ("torch", "numba", "torchvision") if name in sys.modules]
    if bad:
        sys.exit(f"loaded {bad}")
    print(time.time(), flush=True)
    os._exit(0)

def patched(name, real=hillock.with_qt):
    function = real(name)  # imports what it takes, in the command's own order
    if "app.window_session" in sys.modules:
        from PySide6.QtCore import QTimer
        session = sys.modules["app.window_session"].WindowSession
        session._on_window_painted = lambda self: QTimer.singleShot(0, report)
    return function

hillock.with_qt = patched
hillock.main([])
"""


def start(code: str, home: str) -> float:
    """Seconds from the start of the process to its usable window."""
    environment = dict(os.environ, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home, XDG_STATE_HOME=home)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    environment["PYTHONPYCACHEPREFIX"] = f"{home}/pycache"  # compiled once, as an installed program is
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    return float(done.stdout.split()[-1]) - begun


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7)
    pairs = parser.parse_args().pairs
    with tempfile.TemporaryDirectory(prefix="hillock-bench-") as home:
        for code in (BARE, HILLOCK):
            start(code, home)  # the disk's cache, and Python's own
        bare, window = [], []
        for _ in range(pairs):
            bare.append(start(BARE, home))
            window.append(start(HILLOCK, home))
    value = statistics.median(window) / statistics.median(bare)
    print(
        json.dumps(
            {
                "name": "window_start",
                "value": round(value, 3),
                "budget": BUDGET,
                "ok": value <= BUDGET,
                "bare_s": [round(seconds, 4) for seconds in bare],
                "window_s": [round(seconds, 4) for seconds in window],
                "platform": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
