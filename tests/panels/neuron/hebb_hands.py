"""The Hebb bench as a hand uses it: opened, predicted, played, set. Not collected by pytest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench_hands import open_bench
from bench_models import ModelSession
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.panels.neuron.bench import BenchContext
from app.panels.neuron.benches.hebb.bench import PACE, HebbBench
from app.panels.neuron.benches.hebb.state import DURATION


def opened(context: BenchContext, session: ModelSession, qtbot: QtBot) -> Iterator[HebbBench]:
    """The bench with its first question answered; it is closed after the test."""
    bench = open_bench(HebbBench, context, qtbot)
    session.answer()
    yield bench
    bench.close_bench()


def answer(bench: HebbBench, text: str) -> None:
    button = next(b for b in bench.box.findChildren(QPushButton) if b.accessibleName() == f"Predict: {text}")
    button.click()


def play(bench: HebbBench, seconds: float = DURATION / PACE + 0.1) -> None:
    assert bench.act()
    for _ in range(round(seconds * 10)):
        bench.tick(0.1)


def verdicts(bench: HebbBench) -> list[str]:
    return [column.verdict.text() for column in bench.stage.columns]


def put(bench: HebbBench, model_session: ModelSession, **fields: Any) -> None:
    bench.apply({**bench.state(), **fields})
    model_session.answer()
