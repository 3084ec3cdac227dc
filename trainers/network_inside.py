"""What is within a network while it trains: weights, gradients, one sample's way through it. Imports torch, never Qt or the window.

It is looked at no more often than was asked for and than a share of the training's time allows; no random number is drawn and
nothing is changed, so that a run that is watched has the losses of a run that is not, to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from trainers.batches import Normaliser, Samples
from trainers.commands import WatchNetwork
from trainers.errors import BadInput
from trainers.evaluation import looking
from trainers.events import NetworkInside
from trainers.optimization import probabilities
from trainers.pictures import plane_grid, plane_of

MOST_WEIGHTS = 16_384  # numbers of one parameter that are sent
MOST_OUTPUTS = 32_768  # numbers of one layer's output that are sent
MOST_OUTPUTS_FAR = 12_288  # the same, of a layer whose outputs alone are wanted: many are, each in a small picture
LARGEST_MAP, LEAST_MAP = 64, 8  # pixels of a feature map's side: larger ones are thinned, never to less than the second
MOST_NEURONS = 64  # of one layer, whose response over the plane is sent
RESPONSE_GRID = 32  # points of a response in each direction
_COST_SHARE = 1 / 25
_MOST_PER_SECOND = 60.0

# class of an activation -> where it rests or is saturated: at or below the first, at or above the second, within the third
_ENDS: dict[str, tuple[float, float, float]] = {
    "Sigmoid": (0.0, 1.0, 0.02),
    "Hardsigmoid": (0.0, 1.0, 0.0),
    "Tanh": (-1.0, 1.0, 0.04),
    "Softsign": (-1.0, 1.0, 0.1),
    "Hardtanh": (-1.0, 1.0, 0.0),
    "ReLU6": (0.0, 6.0, 0.0),
}


class _Passage(NamedTuple):
    """One sample on its way: its number (None: drawn), the raw values, and what each layer made of them."""

    sample: int | None
    raw: Tensor
    outputs: dict[str, Tensor]
    result: np.ndarray


class InsideView:
    """Makes NetworkInside of one model on one data set, once somebody watches. classes: 0 for regression."""

    def __init__(
        self, model: nn.Module, train: Samples, test: Samples, normalise: Normaliser, classes: int, binary: bool
    ) -> None:
        self._model = model
        self._children = dict(model.named_children())
        self._kinds = {name: type(child).__name__ for name, child in self._children.items()}
        self._named = [(name.partition(".")[0], name, one) for name, one in model.named_parameters()]
        self._train = train
        self._test = test
        self._normalise = normalise
        self._classes = classes
        self._binary = binary
        # What a look costs on a CPU is its work: on a busy machine waiting for a core would count many times over.
        self._clock = thread_time if test.inputs.device.type == "cpu" else perf_counter
        self._wish = WatchNetwork(())
        self._grid: Tensor | None = None
        self._extent: tuple[float, float, float, float] | None = None
        self._next_time = math.inf

    def watch(self, wish: WatchNetwork) -> None:
        """Show what `wish` names from now on. Raises BadInput for an input of another shape, and then goes on as before."""
        if wish.inputs is not None:
            shape, given = tuple(self._test.inputs.shape[1:]), np.shape(wish.inputs)
            if given != shape:
                raise BadInput(f"The network takes inputs of shape {shape}, not {given}.")
            if not np.isfinite(wish.inputs).all():
                raise BadInput("The input holds NaN or infinity.")
        self._wish = wish
        is_planar = tuple(self._train.inputs.shape[1:]) == (2,)
        if wish.responses and is_planar and self._grid is None:
            self._extent = plane_of(self._train, self._test)
            self._grid = plane_grid(self._extent, RESPONSE_GRID).to(self._train.inputs.device)
        self._next_time = 0.0 if self.is_watched else math.inf

    @property
    def is_watched(self) -> bool:
        """Whether anything is wanted."""
        return not self._wish.is_empty

    def is_due(self, now: float) -> bool:
        """Whether it is time for the next look."""
        return now >= self._next_time

    def take(self, step: int) -> NetworkInside:
        """A look now; the time of the next one is set."""
        started, began = perf_counter(), self._clock()
        event = self._look(step)
        cost = self._clock() - began
        pause = 1 / min(max(self._wish.per_second, 0.1), _MOST_PER_SECOND)
        self._next_time = max(started + pause, perf_counter() + cost * (1 / _COST_SHARE - 1))
        return event

    def _look(self, step: int) -> NetworkInside:
        wish = self._wish
        whole: dict[str, tuple[int, ...]] = {}
        passage = self._pass({*wish.layers, *wish.outputs, *wish.strips})
        activations = {
            name: _sent_output(name, passage.outputs[name], most, whole)
            for name, most in {
                **dict.fromkeys(wish.outputs, MOST_OUTPUTS_FAR),
                **dict.fromkeys(wish.layers, MOST_OUTPUTS),
            }.items()
            if name in passage.outputs
        }
        weights, gradients = self._parameters(set(wish.layers), whole)
        return NetworkInside(
            step=step,
            sample=passage.sample,
            samples=len(self._test),
            inputs=_array(passage.raw / 255 if self._normalise.is_image else passage.raw),
            outputs=passage.result,
            wanted=self._wanted(passage.sample),
            weights=weights,
            gradients=gradients,
            gradient_norms=self._gradient_norms(),
            activations=activations,
            summaries={name: _summary(self._kinds[name], output) for name, output in passage.outputs.items()},
            responses=self._responses(),
            extent=self._extent if wish.responses else None,
            whole_shapes=whole,
        )

    def _pass(self, names: set[str]) -> _Passage:
        """The sample's way through the network; what the layers named made of it."""
        wish, test = self._wish, self._test.inputs
        if wish.inputs is not None:
            sample = None
            raw = torch.from_numpy(np.array(wish.inputs, dtype=np.float32)).to(test.device)
            raw = raw * 255 if self._normalise.is_image else raw
        else:
            sample = (wish.sample or 0) % len(self._test)
            raw = test[sample].to(torch.float32)
        with looking(self._model), _hearing(self._children, names) as outputs:
            result = self._model(self._normalise(raw.unsqueeze(0))).float()
            if self._classes:
                result = probabilities(result, self._binary)
        return _Passage(sample, raw, {name: output[0] for name, output in outputs.items()}, _array(result[0]))

    def _wanted(self, sample: int | None) -> float | None:
        if sample is None:
            return None
        target = self._test.targets[sample]
        return float(target) if target.numel() == 1 else None

    def _parameters(
        self, layers: set[str], whole: dict[str, tuple[int, ...]]
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Copies of weights and gradients: the optimiser goes on writing into them."""
        weights, gradients = {}, {}
        for layer, name, parameter in self._named:
            if layer not in layers:
                continue
            kept = _first_numbers(parameter.detach())
            if kept.shape != parameter.shape:
                whole[name] = tuple(parameter.shape)
            weights[name] = _array(kept)
            if parameter.grad is not None:
                gradients[name] = _array(_first_numbers(parameter.grad))
        return weights, gradients

    def _gradient_norms(self) -> dict[str, float]:
        """L2 norms by layer, read from the device at once."""
        named = [(layer, one.grad) for layer, _, one in self._named if one.grad is not None]
        if not named:
            return {}
        norms = torch.stack([norm.float() for norm in torch._foreach_norm([gradient for _, gradient in named])])
        squares: dict[str, float] = {}
        for (layer, _), norm in zip(named, norms.tolist(), strict=True):
            squares[layer] = squares.get(layer, 0.0) + norm * norm
        return {layer: math.sqrt(square) for layer, square in squares.items()}

    def _responses(self) -> dict[str, np.ndarray]:
        """Each neuron over the plane, those of the layers named, and the two inputs themselves where they are."""
        if not self._wish.responses or self._grid is None:
            return {}
        names = {*self._wish.layers, *self._wish.outputs}
        with looking(self._model), _hearing(self._children, names) as outputs:
            self._model(self._normalise(self._grid))
        input_name = str(getattr(self._model, "input_name", ""))
        if input_name in names:
            outputs[input_name] = self._grid
        return {
            name: _array(values[:, :MOST_NEURONS].T).reshape(-1, RESPONSE_GRID, RESPONSE_GRID)
            for name, values in outputs.items()
            if values.ndim == 2
        }


@contextmanager
def _hearing(children: dict[str, nn.Module], names: set[str]) -> Iterator[dict[str, Tensor]]:
    """What the layers named give while the model runs: a table that fills itself."""
    heard: dict[str, Tensor] = {}

    def listen(name: str) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
        def note(_module: nn.Module, _given: tuple[Any, ...], output: Any) -> None:
            if isinstance(output, Tensor):
                heard[name] = output

        return note

    hooks = [child.register_forward_hook(listen(name)) for name, child in children.items() if name in names]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def _sent_output(name: str, output: Tensor, most: int, whole: dict[str, tuple[int, ...]]) -> np.ndarray:
    """One layer's output as it is sent, at most `most` numbers; where that is less than all, its whole shape is noted."""
    kept = output
    if output.ndim == 3:
        side = max(output.shape[1:])
        stride = max(1, math.ceil(side / LARGEST_MAP))
        kept = output[:, ::stride, ::stride]
        while most < MOST_OUTPUTS and kept.numel() > most and stride < side // LEAST_MAP:  # for all channels to be seen
            stride += 1
            kept = output[:, ::stride, ::stride]
    kept = _first_numbers(kept, most)
    if kept.shape != output.shape:
        whole[name] = tuple(output.shape)
    return _array(kept)


def _first_numbers(values: Tensor, most: int = MOST_WEIGHTS) -> Tensor:
    """The first rows (filters, channels, neurons) that are no more than `most` numbers; of a row that is more, its own first ones."""
    for axis in range(values.ndim):
        if values.numel() <= most:
            break
        row = math.prod(values.shape[axis + 1 :])
        values = values.narrow(axis, 0, max(1, most // max(1, row)))
    return values


def _summary(kind: str, output: Tensor) -> tuple[float, float, float]:
    """Mean, mean of magnitudes, and the share that rests (0, for most functions) or is saturated; no finite number: 0.

    In numpy: the same in torch took a third of a look, since each of its calls on a small tensor costs 5 to 10 microseconds.
    """
    values = output.detach().to("cpu", torch.float32).numpy()
    low, high, width = _ENDS.get(kind, (0.0, 0.0, 0.0))
    is_still = (values <= low + width) | (values >= high - width) if low < high else values == 0.0
    with np.errstate(over="ignore", invalid="ignore"):  # of a network that has diverged
        mean, size = float(values.mean()), float(np.abs(values).mean())
    return (mean if math.isfinite(mean) else 0.0, size if math.isfinite(size) else 0.0, float(is_still.mean()))


def _array(values: Tensor) -> np.ndarray:
    """float32 in memory of its own, in C order."""
    return np.array(values.detach().to("cpu", torch.float32).numpy(), order="C")
