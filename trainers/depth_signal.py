"""What becomes of a signal through many dense layers, and of a gradient on its way back. Imports torch, never Qt or the window.

Held against the budget of 100 ms for 50 layers of 256 units and 256 signals: weights are kept per seed and width, figures are found
by compiled kernels, each activation is differentiated once, which serves the gradient as well as dead and saturated units, and
of the two questions asked last what the next one leaves alone is kept: a moved depth slider needs the way back alone.
"""

from __future__ import annotations

from time import perf_counter

import msgspec
import torch
from torch import Tensor

from trainers.activation_lab import DepthAnswer, DepthQuestion
from trainers.activation_lab_checks import checked_question
from trainers.activation_lab_modules import deviation_of, pieces_of
from trainers.batches import Normaliser
from trainers.depth_signal_passage import Layers, Passage, normal
from trainers.depth_signal_weights import WeightStore
from trainers.digit_images import load_digits

_SIGNAL_SEED = 1  # what is added to the question's seed: weights, signal and gradient walk apart
_KEPT_PASSAGES = 2  # as many settings as stand over one another on screen


class DepthLab:
    """Answers questions; keeps weights, digits and passages from one to the next."""

    def __init__(self) -> None:
        self._weights = WeightStore()
        self._digits: Tensor | None = None
        self._passages = [Passage() for _ in range(_KEPT_PASSAGES)]  # the one used last stands last

    def answer(self, token: int, question: DepthQuestion) -> DepthAnswer:
        """Raises BadInput where the question cannot be."""
        began = perf_counter()
        question = checked_question(question)
        with torch.no_grad():
            passage = self._passage(question)
            answer = passage.answer(token, question)
            passage.tidy()
        return msgspec.structs.replace(answer, seconds=perf_counter() - began)

    def _passage(self, question: DepthQuestion) -> Passage:
        """There and back, as a checked question wants it."""
        passage = next((kept for kept in self._passages if kept.serves(question)), None)
        if passage is None:
            passage = self._passages[0]
            passage.begin(question, self._signal(question))
        self._passages.remove(passage)
        self._passages.append(passage)
        passage.go(question, self._layers(question, passage.signal.shape[1]))
        return passage

    def _layers(self, question: DepthQuestion, inputs: int) -> Layers:
        pieces = pieces_of(question.activation)
        kind, width, layers = question.initialisation, question.width, question.layers
        shapes = [(pieces * width, inputs), *[(pieces * width, width)] * (layers - 1)]
        scales = [
            question.gain if kind == "orthogonal" else deviation_of(kind, *shape, question.gain, question.deviation)
            for shape in shapes
        ]
        return Layers(self._weights.get(kind == "orthogonal", question.seed, shapes, pieces), scales)

    def _signal(self, question: DepthQuestion) -> Tensor:
        """float32 (signals, inputs), mean 0 and variance 1."""
        if question.source == "signal":
            return normal((question.signals, question.width), question.seed + _SIGNAL_SEED)
        if self._digits is None:
            raw = torch.from_numpy(load_digits().train_inputs)
            self._digits = Normaliser.of(raw)(raw).flatten(1)
        return self._digits[: question.signals]
