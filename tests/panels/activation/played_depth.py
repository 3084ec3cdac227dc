"""A session that answers questions about depth without a worker, by numpy, when a test says so. Not collected by pytest."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.simulation.activation_functions import ACTIVATIONS
from trainers.activation_lab import DepthAnswer, DepthQuestion, LayerFigures
from trainers.activation_lab_checks import checked_question


def figures(rows: list[np.ndarray], bins: int) -> LayerFigures:
    """Of each row of numbers what the worker tells, by numpy's own functions."""
    counts, spans, means, variances, non_finite = [], [], [], [], []
    for row in rows:
        there = row[np.isfinite(row)].astype(np.float64)
        non_finite.append(row.size - there.size)
        span = (there.min(), there.max()) if there.size else (0.0, 0.0)
        if span[0] == span[1]:
            span = span[0] - 0.5, span[1] + 0.5
        counts.append(np.histogram(there, bins, span)[0])
        spans.append(span)
        means.append(there.mean() if there.size else np.nan)
        variances.append(there.var() if there.size else np.nan)
    return LayerFigures(
        np.array(counts, np.int32), np.array(spans), np.array(means), np.array(variances), np.array(non_finite)
    )


def answer_to(question: DepthQuestion, token: int = 1) -> DepthAnswer:
    """What a small computation gives, in single precision."""
    question = checked_question(question)
    random = np.random.default_rng(question.seed)
    width, function = question.width, ACTIVATIONS[question.activation.kind]
    deviation = {"he": np.sqrt(2 / width), "lecun": np.sqrt(1 / width), "normal": question.deviation}.get(
        question.initialisation, question.gain * np.sqrt(1 / width)
    )
    rows = [random.standard_normal((question.signals, width)).astype(np.float32)]
    weights, slopes = [], []
    numbers = {
        name: value for name, value in question.activation.parameters.items() if isinstance(value, int | float | str)
    }
    with np.errstate(all="ignore"):
        for _ in range(question.layers):
            weights.append((deviation * random.standard_normal((width, width))).astype(np.float32))
            sums = rows[-1] @ weights[-1].T
            rows.append(np.asarray(function.value(sums, **numbers), np.float32))
            slopes.append(np.asarray(function.derivative(sums, **numbers), np.float32))
        gradients = [random.standard_normal((question.signals, width)).astype(np.float32)]
        for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
            gradients.append((gradients[-1] * slope) @ weight)
    return DepthAnswer(
        token=token,
        question=question,
        activations=figures(rows, question.bins),
        gradients=figures(gradients[::-1], question.bins),
        between=np.array([between(row) for row in rows]),
        dead=np.array([(slope == 0).all(0).mean() for slope in slopes]),
        saturated=np.array([(np.abs(slope) < question.saturation).mean() for slope in slopes]),
        weight_gradient_norms=None,
        seconds=0.01,
    )


def between(row: np.ndarray) -> float:
    """How far the signals differ."""
    return float(np.sqrt(row.astype(float).var(0).mean())) if np.isfinite(row).all() else float("nan")


class PlayedLab(QObject):
    """`asked` holds what is on its way; `answer()` answers all of it. Of a place only the newest waits, as in the real one."""

    depth_answered = Signal(object)
    depth_failed = Signal(int, str)
    complained = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[int, str, DepthQuestion]] = []
        self.history: list[DepthQuestion] = []
        self.was_warmed = False
        self.worker_pid: int | None = 1
        self._token = 0

    def warm_up(self) -> None:
        """It is noted."""
        self.was_warmed = True

    def ask_depth(self, question: DepthQuestion, slot: str = "a") -> int:
        """As ActivationSession's: one under way, one that waits."""
        self._token += 1
        under_way = [one for one in self.asked if one[1] == slot]
        if len(under_way) > 1:
            self.asked.remove(under_way[1])
        self.asked.append((self._token, slot, question))
        self.history.append(question)
        return self._token

    def answer_one(self) -> None:
        """The oldest."""
        token, _, question = self.asked.pop(0)
        self.depth_answered.emit(answer_to(question, token))

    def answer(self) -> None:
        """All that is asked, and what is asked meanwhile."""
        while self.asked:
            self.answer_one()

    def lose(self, sentence: str) -> None:
        """The worker dies."""
        self.worker_pid = None
        lost, self.asked = self.asked, []
        for token, _, _ in lost:
            self.depth_failed.emit(token, sentence)

    def shutdown(self) -> None:
        """There is nothing to end."""
