"""What becomes of a signal through many dense layers, and of a gradient on its way back. Imports torch, never Qt or the window.

Held against the budget of 100 ms for 50 layers of 256 units and 256 signals: weights are kept per seed and width, statistics are
taken in few passes, and each activation is differentiated once, which serves the gradient as well as dead and saturated units.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from trainers.activation_lab import ActivationChoice, DepthAnswer, DepthQuestion
from trainers.activation_lab_checks import checked_question
from trainers.activation_lab_modules import deviation_of, make_function, pieces_of, value_and_derivative
from trainers.batches import Normaliser
from trainers.depth_signal_figures import figures_of
from trainers.depth_signal_weights import WeightStore
from trainers.digit_images import load_digits

_SIGNAL_SEED, _GRADIENT_SEED = 1, 2  # what is added to the question's seed: weights, signal and gradient walk apart


_KEPT_NUMBERS = 1 << 24  # of a shelf, 64 MB: a larger one is let go after its answer


class Shelf:
    """Room for as many arrays of one shape as are asked for, used again for the next question.

    40 MB of fresh memory took 35 ms to come, more than all arithmetic on it; 50 layers of 256 units fill three shelves of 13 MB.
    """

    def __init__(self) -> None:
        self._room = torch.empty(0)

    def rows(self, count: int, signals: int, width: int) -> list[Tensor]:
        """`count` float32 (signals, width); what stood in them before is overwritten."""
        size = count * signals * width
        if self._room.numel() < size:
            self._room = torch.empty(size)
        return list(self._room[:size].view(count, signals, width).unbind())

    def tidy(self) -> None:
        """Let go of what is too large to keep."""
        if self._room.numel() > _KEPT_NUMBERS:
            self._room = torch.empty(0)


class DepthLab:
    """Answers questions; keeps weights, digits and memory from one to the next."""

    def __init__(self) -> None:
        self._weights = WeightStore()
        self._digits: Tensor | None = None
        self._shelves = {name: Shelf() for name in ("values", "derivatives", "gradients")}

    def answer(self, token: int, question: DepthQuestion) -> DepthAnswer:
        """Raises BadInput where the question cannot be."""
        began = perf_counter()
        question = checked_question(question)
        with torch.no_grad():
            passage = self._passage(question)
            passage.forward()
            norms = passage.backward()
            dead, saturated = passage.silence()
            answer = DepthAnswer(
                token=token,
                question=question,
                activations=figures_of([passage.signal, *passage.values], question.bins, question.activation_span),
                gradients=figures_of(
                    [passage.first_gradient, *passage.gradients], question.bins, question.gradient_span
                ),
                dead=dead,
                saturated=saturated,
                weight_gradient_norms=norms,
                seconds=perf_counter() - began,
            )
        for shelf in self._shelves.values():
            shelf.tidy()
        return answer

    def _passage(self, question: DepthQuestion) -> _Passage:
        signal = self._signal(question)
        pieces = pieces_of(question.activation)
        kind, width, layers = question.initialisation, question.width, question.layers
        shapes = [(pieces * width, signal.shape[1]), *[(pieces * width, width)] * (layers - 1)]
        weights = self._weights.get(kind == "orthogonal", question.seed, shapes, pieces)
        scales = [
            question.gain if kind == "orthogonal" else deviation_of(kind, *shape, question.gain, question.deviation)
            for shape in shapes
        ]
        rows = {
            name: shelf.rows(layers, len(signal), width * (pieces if name == "derivatives" else 1))
            for name, shelf in self._shelves.items()
        }
        return _Passage(question, signal, weights, scales, **rows)

    def _signal(self, question: DepthQuestion) -> Tensor:
        """float32 (signals, inputs), mean 0 and variance 1."""
        if question.source == "signal":
            return _normal((question.signals, question.width), question.seed + _SIGNAL_SEED)
        if self._digits is None:
            raw = torch.from_numpy(load_digits().train_inputs)
            self._digits = Normaliser.of(raw)(raw).flatten(1)
        return self._digits[: question.signals]


class _Passage:
    """One way there and back. weights times scales are the layers' weights, float32 (pieces * width, inputs of the layer)."""

    def __init__(
        self,
        question: DepthQuestion,
        signal: Tensor,
        weights: list[Tensor],
        scales: list[float],
        values: list[Tensor],
        derivatives: list[Tensor],
        gradients: list[Tensor],
    ) -> None:
        self.question = question
        self.signal = signal
        self.values = values  # each layer's output
        self.gradients = gradients  # with respect to them
        self.first_gradient = torch.empty_like(signal)  # with respect to the signal
        self._weights, self._scales = weights, scales
        self._derivatives = derivatives  # of the activation, (signals, pieces * width)
        self._scaled = torch.empty_like(weights[-1])
        self._pieces = pieces_of(question.activation)

    def _weights_of(self, layer: int) -> Tensor:
        if self._weights[layer].shape != self._scaled.shape:
            return self._weights[layer] * self._scales[layer]
        return torch.mul(self._weights[layer], self._scales[layer], out=self._scaled)

    def forward(self) -> None:
        """The signal through all layers."""
        function = make_function(_still(self.question.activation), self.question.width)
        sums = torch.empty_like(self._derivatives[0])
        before = self.signal
        for layer, row in enumerate(self.values):
            torch.mm(before, self._weights_of(layer).T, out=sums)
            value, derivative = value_and_derivative(function, sums)
            before = row.copy_(value)
            self._derivatives[layer].copy_(derivative)

    def backward(self) -> np.ndarray | None:
        """The gradient back through all layers; the norms of the weights' gradients, where they are asked for."""
        question, norms = self.question, np.zeros(len(self.values))
        self.gradients[-1].copy_(_normal((len(self.signal), question.width), question.seed + _GRADIENT_SEED))
        for layer in reversed(range(len(self.values))):
            gradient = self.gradients[layer]
            at_sums = self._derivatives[layer] * (gradient if self._pieces == 1 else gradient.repeat(1, self._pieces))
            before = self.gradients[layer - 1] if layer else self.first_gradient
            torch.mm(at_sums, self._weights_of(layer), out=before)
            if question.weight_gradients:
                into = self.values[layer - 1] if layer else self.signal
                norms[layer] = float(torch.linalg.matrix_norm(at_sums.T @ into))
        return norms if question.weight_gradients else None

    def silence(self) -> tuple[np.ndarray, np.ndarray]:
        """Shares of dead units and of saturated numbers, float64 (layers,) each."""
        dead, saturated = np.zeros(len(self.values)), np.zeros(len(self.values))
        if self._pieces > 1:
            return dead, saturated
        for layer, derivative in enumerate(self._derivatives):
            size = derivative.abs()
            dead[layer] = np.count_nonzero(size.amax(0).numpy() == 0) / self.question.width
            # numpy compares and counts in 12 microseconds, torch in 80
            saturated[layer] = np.count_nonzero(size.numpy() < self.question.saturation) / size.numel()
        return dead, saturated


def _still(choice: ActivationChoice) -> ActivationChoice:
    """Where nothing learns, PReLU is a leaky ReLU: the same numbers in a sixth of the time."""
    if choice.kind != "prelu":
        return choice
    return ActivationChoice("leaky_relu", {"negative_slope": choice.parameters.get("init", 0.25)})


def _normal(shape: tuple[int, int], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
