"""Memory of the window's process with every panel built and a training running, and its growth in a soak.

Prints one JSON line. `--soak MINUTES` (default 5; 0 leaves the soak out). Resident memory in MB of 10^6 bytes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

BUDGET_MB = 250
BUDGET_GROWTH_MB = 5

BARE = """
import psutil
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph as pg
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(pg.PlotWidget())
window.resize(1280, 800)
window.show()
for _ in range(10):
    application.processEvents()
print(psutil.Process().memory_info().rss)
"""

HILLOCK = """
import json, sys, tempfile, psutil
from pathlib import Path
from app import screenshot
from app.main_window import MainWindow
from app.user_settings import UserSettings
from app.widgets.theme import Theme
from app.window_session import build_application
from app.workspace_building import build_workspace
from trainers.training_plan import ClassifierSettings

minutes = float(sys.argv[1])
application = build_application()
home = Path(sys.argv[2])
theme = Theme("paper")
theme.install(application)
workspace = build_workspace(
    UserSettings(home / "settings"), theme, runs_folder=home / "runs",
    classifier=ClassifierSettings(epochs=100_000, checkpoint_every=1000),
)
window = MainWindow(workspace, may_remember=False)
window.resize(1280, 800)
window.arrange("train")
window.show()
me = psutil.Process()
rss = lambda: round(me.memory_info().rss / 1e6, 1)
screenshot._turn(application, 500)
found = {"started_mb": rss()}
for name in ("builder", "hardware", "monitor"):
    window.show_panel(name)
    screenshot._turn(application, 300)
found["panels_mb"] = rss()
workspace.training.start()
screenshot.wait_until(application, lambda: len(workspace.training.history.series("loss")[0]) > 100, 180, "No step came")
screenshot._turn(application, 3000)
found["training_mb"] = rss()
soak = []
for _ in range(int(minutes * 12)):
    screenshot._turn(application, 5000)
    soak.append(rss())
found["soak_mb"] = soak
found["steps"] = int(workspace.training.history.series("loss")[0][-1])
screenshot.close(window)
print(json.dumps(found))
"""


def measure(code: str, *arguments: str) -> str:
    """What the process printed last."""
    environment = dict(os.environ)
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=float, default=5.0)
    minutes = parser.parse_args().soak
    bare = float(measure(BARE)) / 1e6
    with tempfile.TemporaryDirectory(prefix="hillock-bench-") as home:
        found = json.loads(measure(HILLOCK, str(minutes), home))
    soak = found["soak_mb"]
    # the first minute fills caches; the ends of the rest are compared by their medians
    rest = soak[12:]
    growth = statistics.median(rest[-6:]) - statistics.median(rest[:6]) if len(rest) >= 12 else None
    value = max([found["training_mb"], *soak])
    is_ok = value <= BUDGET_MB and (growth is None or growth < BUDGET_GROWTH_MB)
    print(
        json.dumps(
            {
                "name": "window_memory",
                "value": value,
                "budget": BUDGET_MB,
                "ok": is_ok,
                "bare_mb": round(bare, 1),
                "growth_mb": None if growth is None else round(growth, 1),
                "growth_budget_mb": BUDGET_GROWTH_MB,
                "soak_minutes": minutes,
                **found,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
