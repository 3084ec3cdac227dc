"""What a person does at the timing bench. Not collected by pytest."""

from __future__ import annotations

from bench_hands import wait
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.panels.neuron.benches.timing.bench import TimingBench


def run(bench: TimingBench, qtbot: QtBot) -> None:
    """Press Run, and wait for what it brings."""
    QTest.mouseClick(bench.run_button, Qt.MouseButton.LeftButton)
    wait(bench, qtbot)


def move(
    bench: TimingBench, name: str, steps: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press an arrow key so often on a spike."""
    handle = bench.figures.line.handles[name]
    handle.setFocus()
    for _ in range(abs(steps)):
        QTest.keyClick(handle, Qt.Key.Key_Right if steps > 0 else Qt.Key.Key_Left, modifier)
