"""The suite's own net: each kind of thing that a test may leave behind fails it."""

import os
import subprocess
import sys
from pathlib import Path

LEAKING = """
import subprocess, sys, tempfile, threading

from PySide6.QtCore import QThread, QTimer, qWarning
from PySide6.QtWidgets import QWidget

KEPT = []


def test_thread():
    KEPT.append(threading.Event())
    threading.Thread(target=KEPT[-1].wait, name="stray", daemon=True).start()


def test_process():
    KEPT.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE))


def test_qthread(qapp):
    KEPT.append(QThread())
    KEPT[-1].start()


def test_timer(qapp):
    KEPT.append(QTimer())
    KEPT[-1].start(1000)


def test_window(qapp):
    KEPT.append(QWidget())
    KEPT[-1].setObjectName("stray")


def test_file():
    KEPT.append(tempfile.mkstemp(prefix="hillock-"))


def test_message(qapp):
    qWarning("something is wrong")


def test_clean(qapp, qtbot):
    timer = QTimer()
    timer.start(1000)
    timer.stop()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    thread = threading.Thread(target=print)
    thread.start()
    thread.join()
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_end(qapp):
    KEPT[2].quit()
    KEPT[2].wait()
    KEPT[0].set()
    KEPT[1].communicate()
"""


def test_each_kind_of_leak_fails_its_test(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    for name in ("conftest.py", "process_tree.py"):
        (tmp_path / name).write_text((root / "tests" / name).read_text())
    (tmp_path / "test_leaking.py").write_text(LEAKING)
    (tmp_path / "pytest.ini").write_text("[pytest]\nqt_api = pyside6\nqt_log_level_fail = WARNING\n")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "HILLOCK_LEAK_PATIENCE": "0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = result.stdout
    for what in ("the thread stray", "the process ", "the running QThread", "an active QTimer", "the window QWidget stray",
                 "the file hillock-"):  # fmt: skip
        assert what in said, said
    assert "test_message" in said.partition("short test summary")[2]
    assert "9 passed" not in said
    assert "test_clean" not in said, said
