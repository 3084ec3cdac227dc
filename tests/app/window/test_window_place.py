"""The first window on a real X server: whole on its screen, also where the window manager comes after it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("openbox")), reason="needs Xvfb and openbox, as a desktop has them"
)

WINDOW = """
import json, subprocess, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
from app.window_place import FirstPlacing, SETTLING_MS, take_first_size

manager = []
application = QApplication([])
window = QMainWindow()
take_first_size(window)
placing = FirstPlacing(window)
def start():
    manager.append(subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
def tell():
    frame, place = window.windowHandle().frameMargins(), window.windowHandle().geometry()
    print(json.dumps([frame.top(), *place.marginsAdded(frame).getRect()]))
    for process in manager:
        process.terminate()
    application.quit()
if sys.argv[1] == "early":
    start()
QTimer.singleShot(800, window.show)
QTimer.singleShot(900, placing.begin)
if sys.argv[1] == "late":
    QTimer.singleShot(1400, start)
QTimer.singleShot(900 + SETTLING_MS + 400, tell)
application.exec()
for process in manager:
    process.wait(5)
"""


@pytest.fixture
def screen() -> Iterator[str]:
    """The name of a display of 1280 x 800 without a window manager."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    with server.stdout:
        yield f":{server.stdout.readline().strip()}"
    server.terminate()
    server.wait(5)


@pytest.mark.parametrize("manager_comes", ["early", "late"])
def test_the_first_window_lies_on_a_screen_of_its_size(screen: str, manager_comes: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WINDOW, manager_comes],
        env={**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"},
        check=False,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    title, left, top, width, height = json.loads(done.stdout)
    assert title > 0, "there is a frame"
    assert left >= 0
    assert top >= 0
    assert left + width <= 1280
    assert top + height <= 800
    assert width > 1270
    assert height > 790
