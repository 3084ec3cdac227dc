"""Regions are counted by a worker; while it counts, only the newest question waits."""

import numpy as np
from pytestqt.qtbot import QtBot

from app.region_counting import RegionCounting
from trainers.linear_regions import DenseLayer
from trainers.regions_job import RegionsCounted

PATIENCE_MS = 60_000
SQUARE = (-1.0, 1.0, -1.0, 1.0)


def lines(*biases: float) -> tuple[DenseLayer, ...]:
    """Upright lines, one for each unit; the rectangle holds those between -1 and 1."""
    units = len(biases)
    first = DenseLayer(np.column_stack([np.ones(units), np.zeros(units)]), np.array(biases), 0.0)
    return (first, DenseLayer(np.ones((1, units)), np.zeros(1), None))


def test_the_newest_question_is_answered_and_what_cannot_be_is_said(qtbot: QtBot) -> None:
    counting = RegionCounting()
    answers: list[RegionsCounted] = []
    counting.counted.connect(answers.append)
    first = counting.ask(lines(0.5), SQUARE)
    counting.ask(lines(0.1, 0.2), SQUARE)  # while the worker starts: never asked
    last = counting.ask(lines(0.1, 0.2, 0.3), SQUARE)
    qtbot.waitUntil(lambda: not counting.is_counting, timeout=PATIENCE_MS)
    assert [(answer.token, answer.count, len(answer.borders)) for answer in answers] == [(first, 2, 1), (last, 4, 3)]
    with qtbot.waitSignal(counting.refused, timeout=PATIENCE_MS) as refusal:
        token = counting.ask(lines(np.inf), SQUARE)
    assert refusal.args == [token, "Layer 1 has weights that are not finite: start the training again."]
    counting.shutdown()
    assert not counting.is_counting
