"""Passage: one signal on its way through dense layers and a gradient on its way back, kept for the next question. Imports torch.

What the next question leaves alone is not computed again: with other `layers` the values of those that stay, with another
threshold, other bins or spans all values and gradients. The numbers are the very same either way. What is to be told of a layer is
found as soon as it is there, while its numbers are still near the processor.
"""

from __future__ import annotations

import msgspec
import numpy as np
import torch
from torch import Tensor

from trainers import depth_signal_kernel
from trainers.activation_lab import MOST_LAYERS, DepthAnswer, DepthQuestion
from trainers.depth_signal_figures import RowFigures, count_ahead, figures_of
from trainers.depth_signal_steps import step_of

_GRADIENT_SEED = 2  # what is added to the question's seed: weights, signal and gradient walk apart
_KEPT_NUMBERS = 1 << 23  # of a shelf, 32 MB: a larger one is let go after its answer


class Shelf:
    """Room for as many arrays of one shape as are asked for, used again for the next question.

    40 MB of fresh memory took 35 ms to come, more than all arithmetic on it; 50 layers of 256 units fill three shelves of 13 MB.
    """

    def __init__(self) -> None:
        self._room = torch.empty(0)

    def rows(self, at_least: int, signals: int, width: int) -> list[Tensor]:
        """float32 (signals, width) each, more than asked for where they fit; what stood in them before is overwritten."""
        count = max(at_least, min(MOST_LAYERS, _KEPT_NUMBERS // (signals * width)))
        size = count * signals * width
        if self._room.numel() < size:
            self._room = torch.empty(max(size, _KEPT_NUMBERS))  # what is never written costs nothing
        return list(self._room[:size].view(count, signals, width).unbind())

    def tidy(self) -> bool:
        """Let go of what is too large to keep; whether it was."""
        is_too_large = self._room.numel() > _KEPT_NUMBERS
        if is_too_large:
            self._room = torch.empty(0)
        return is_too_large


class Layers(msgspec.Struct, frozen=True):
    """weights times scales are the layers' weights, float32 (pieces * width, inputs of the layer).

    What goes through a layer is scaled, there and back, never its weights: they are as many numbers, twice as many for Maxout, and
    come from farther away, and an answer took 2 to 8 ms longer.
    """

    weights: list[Tensor]
    scales: list[float]


class Passage:
    """`values`, `gradients`: of each layer that the newest question has, (signals, width)."""

    def __init__(self) -> None:
        self._shelves = {name: Shelf() for name in ("values", "kept", "gradients")}
        self._of: DepthQuestion | None = None
        self._rows: dict[str, list[Tensor]] = {}
        self._forget()

    def _forget(self) -> None:
        self._of = None
        self._done = 0  # layers that the signal has gone through
        self._back: int | None = None  # layers that the gradient has come back through
        self._norms: np.ndarray | None = None
        self._activations: dict[int, RowFigures] = {}  # 0: of the signal; l: behind layer l
        self._gradients: dict[int, RowFigures] = {}
        self._dead: dict[int, float] = {}  # of a layer
        self._saturated: dict[int, tuple[float, float]] = {}  # the threshold, and what lies below it

    @property
    def values(self) -> list[Tensor]:
        return self._rows["values"][: self._layers]

    @property
    def gradients(self) -> list[Tensor]:
        return self._rows["gradients"][: self._layers]

    def serves(self, question: DepthQuestion) -> bool:
        """Whether something of what is kept is the question's own."""
        return self._of == _same_forward(question) and question.layers <= len(self._rows["values"])

    def begin(self, question: DepthQuestion, signal: Tensor) -> None:
        """Another signal, or through other layers; nothing is kept."""
        self._forget()
        self.signal = signal
        self._step = step_of(question.activation, question.width)
        self._rows = {
            name: shelf.rows(question.layers, len(signal), self._step.kept_width if name == "kept" else question.width)
            for name, shelf in self._shelves.items()
        }
        sums = self._step.pieces * question.width
        self._sums = torch.empty(len(signal), sums)
        self._scaled = torch.empty(len(signal), question.width)
        self.first_gradient = torch.empty_like(signal)  # with respect to the signal
        self._activations = {0: RowFigures(signal)}
        self._of = _same_forward(question)

    def tidy(self) -> None:
        """Let go of what is too large to keep."""
        were_too_large = [shelf.tidy() for shelf in self._shelves.values()]
        if any(were_too_large):
            self._forget()
            self._rows = {}

    def go(self, question: DepthQuestion, layers: Layers) -> None:
        """There and back, as far as it is not known yet."""
        self._layers = question.layers
        self._forward(question, layers)
        is_known = self._back == question.layers and (self._norms is not None or not question.weight_gradients)
        if not is_known:
            self._norms = self._backward(question, layers)
            self._back = question.layers

    def answer(self, token: int, question: DepthQuestion) -> DepthAnswer:
        """What is to be told of the passage; how long it took is not known here."""
        layers = range(self._layers)
        for layer in layers:
            self._note_silence(layer, question.saturation)
        stations = range(self._layers + 1)
        activations = [self._activations[station] for station in stations]
        gradients = [self._gradients[station] for station in stations]
        return DepthAnswer(
            token=token,
            question=question,
            activations=figures_of(activations, question.bins, question.activation_span),
            gradients=figures_of(gradients, question.bins, question.gradient_span),
            between=np.array([row.between for row in activations]),
            dead=np.array([self._dead[layer] for layer in layers]),
            saturated=np.array([self._saturated[layer][1] for layer in layers]),
            weight_gradient_norms=self._norms if question.weight_gradients else None,
            seconds=0.0,
        )

    def _forward(self, question: DepthQuestion, layers: Layers) -> None:
        values, kept = self._rows["values"], self._rows["kept"]
        for layer in range(self._done, self._layers):
            before = (
                torch.mul(values[layer - 1], layers.scales[layer], out=self._scaled) if layer else self._first(layers)
            )
            torch.mm(before, layers.weights[layer].T, out=self._sums)
            self._step.forward(self._sums, values[layer], kept[layer])
            self._note_forward(layer, question)
        self._done = max(self._done, self._layers)

    def _first(self, layers: Layers) -> Tensor:
        """The signal as it goes into the first layer; digits are wider than a layer."""
        return self.signal * layers.scales[0]

    def _backward(self, question: DepthQuestion, layers: Layers) -> np.ndarray | None:
        """The norms of the weights' gradients, where they are asked for."""
        norms, kept, gradients = np.zeros(self._layers), self._rows["kept"], self.gradients
        gradients[-1].copy_(normal((len(self.signal), question.width), question.seed + _GRADIENT_SEED))
        self._note_backward(self._layers, gradients[-1], question)
        for layer in reversed(range(self._layers)):
            gradient = torch.mul(gradients[layer], layers.scales[layer], out=self._scaled)
            self._step.backward(kept[layer], gradient, self._sums)
            before = gradients[layer - 1] if layer else self.first_gradient
            torch.mm(self._sums, layers.weights[layer], out=before)
            self._note_backward(layer, before, question)
            if question.weight_gradients:
                self._step.backward(kept[layer], gradients[layer], self._sums)
                into = self.values[layer - 1] if layer else self.signal
                norms[layer] = float(torch.linalg.matrix_norm(self._sums.T @ into))
        return norms if question.weight_gradients else None

    # --- what is told of a layer ----------------------------------------------------------------------------------------

    def _note_forward(self, layer: int, question: DepthQuestion) -> None:
        row = RowFigures(self._rows["values"][layer])
        count_ahead(row, question.bins, question.activation_span)
        self._activations[layer + 1] = row
        self._note_silence(layer, question.saturation)

    def _note_backward(self, station: int, gradient: Tensor, question: DepthQuestion) -> None:
        row = RowFigures(gradient)
        count_ahead(row, question.bins, question.gradient_span)
        self._gradients[station] = row

    def _note_silence(self, layer: int, threshold: float) -> None:
        """Shares of dead units and of saturated numbers."""
        if self._step.pieces > 1:
            self._dead[layer], self._saturated[layer] = 0.0, (threshold, 0.0)
        elif layer not in self._saturated or self._saturated[layer][0] != threshold:
            slopes: np.ndarray = self._rows["kept"][layer].numpy()
            dead, small = depth_signal_kernel.silence(slopes, threshold)
            self._dead[layer], self._saturated[layer] = dead / slopes.shape[1], (threshold, small / slopes.size)


def _same_forward(question: DepthQuestion) -> DepthQuestion:
    """Alike for all questions whose signal goes through the same layers, as far as there are any."""
    return msgspec.structs.replace(
        question,
        layers=1,
        saturation=0.0,
        bins=2,
        activation_span="layer",
        gradient_span="layer",
        weight_gradients=False,
    )


def normal(shape: tuple[int, int], seed: int) -> Tensor:
    """float32, of mean 0 and variance 1."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))
