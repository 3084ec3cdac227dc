"""What is within a network while it trains: weights, gradients, one sample's way through it. Imports torch, never Qt or the window.

It is looked at no more often than was asked for and than a share of the training's time allows; no random number is drawn and
nothing is changed, so that a run that is watched has the losses of a run that is not, to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, thread_time
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from trainers.batches import Normaliser, Samples
from trainers.commands import WatchNetwork
from trainers.errors import BadInput
from trainers.events import NetworkInside
from trainers.optimization import probabilities
from trainers.pictures import plane_grid, plane_of
from trainers.torch_network import walk

MOST_WEIGHTS = 16_384  # numbers of one parameter that are sent
MOST_OUTPUTS = 32_768  # numbers of one layer's output that are sent
MOST_OUTPUTS_FAR = 12_288  # the same, of a layer whose outputs alone are wanted: many are, each in a small picture
LARGEST_MAP, LEAST_MAP = 64, 8  # pixels of a feature map's side: larger ones are thinned, never to less than the second
MOST_NEURONS = 64  # of one layer, whose response over the plane is sent
RESPONSE_GRID = 32  # points of a response in each direction
_MOST_PER_SECOND = 60.0
_MOST_AT_ONCE = 1 << 20  # numbers that are brought over in one copy

# Of the training's time that looks may take. Beside its own clock a look costs about a third of that again: the next step finds
# its data out of the caches, and a second thread packs and sends. What is slow may take the larger share, to come often enough.
_COST_SHARE, _LARGEST_SHARE = 0.025, 0.035
_OFTEN_ENOUGH_S = 0.095  # from one look to the next

# class of an activation -> where it rests or is saturated: at or below the first, at or above the second, within the third
_ENDS: dict[str, tuple[float, float, float]] = {
    "Sigmoid": (0.0, 1.0, 0.02),
    "Hardsigmoid": (0.0, 1.0, 0.0),
    "Tanh": (-1.0, 1.0, 0.04),
    "Softsign": (-1.0, 1.0, 0.1),
    "Hardtanh": (-1.0, 1.0, 0.0),
    "ReLU6": (0.0, 6.0, 0.0),
}


class _Question(NamedTuple):
    """What is sent through the network. sample: its number (None: drawn); inputs: as they are told; batch: the normalised inputs,
    and below them the points of the plane where responses are wanted."""

    sample: int | None
    inputs: np.ndarray
    wanted: float | None
    batch: Tensor


class _Carried(NamedTuple):
    """Tensors brought over in one copy: float32, in C order, in memory of their own, one after the other in `flat`."""

    flat: np.ndarray
    starts: list[int]
    arrays: list[np.ndarray]


class InsideView:
    """Makes NetworkInside of one model on one data set, once somebody watches. classes: 0 for regression."""

    def __init__(
        self, model: nn.Module, train: Samples, test: Samples, normalise: Normaliser, classes: int, binary: bool
    ) -> None:
        self._model = model
        self._modules = list(model.modules())
        self._kinds = {name: type(child).__name__ for name, child in model.named_children()}
        self._named = [(name.partition(".")[0], name, one) for name, one in model.named_parameters()]
        self._train = train
        self._test = test
        self._normalise = normalise
        self._classes = classes
        self._binary = binary
        # What a look costs on a CPU is its work: on a busy machine waiting for a core would count many times over.
        self._clock = thread_time if test.inputs.device.type == "cpu" else perf_counter
        self._wish = WatchNetwork(())
        self._question: _Question | None = None
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
        self._question = None
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
        rest = cost / _COST_SHARE
        if rest > _OFTEN_ENOUGH_S:
            rest = max(_OFTEN_ENOUGH_S, cost / _LARGEST_SHARE)
        pause = max(pause, rest)
        # From when it was due: a look waits for the end of a step, and of steps of 20 ms every second look was lost to that.
        self._next_time = max(self._next_time, started - pause / 2) + pause
        return event

    def _look(self, step: int) -> NetworkInside:
        wish = self._wish
        if self._question is None:
            self._question = self._asked()
        question = self._question
        sent = {**dict.fromkeys(wish.outputs, MOST_OUTPUTS_FAR), **dict.fromkeys(wish.layers, MOST_OUTPUTS)}
        whole: dict[str, tuple[int, ...]] = {}
        activations: dict[str, np.ndarray] = {}
        summaries: dict[str, tuple[float, float, float]] = {}
        with torch.inference_mode(), _evaluating(self._modules):
            outputs, result = self._pass(question.batch, {*sent, *wish.strips})
            for names in _groups(outputs):
                carried = _carry([outputs[name][0] for name in names])
                summaries.update(zip(names, _summaries([self._kinds[name] for name in names], carried), strict=True))
                for name, array in zip(names, carried.arrays, strict=True):
                    if name in sent:
                        activations[name] = _sent_output(name, array, sent[name], whole)
            weights, gradients, norms, (answer,) = self._parameters(set(wish.layers), whole, [result])
            responses = self._responses({name: outputs[name] for name in sent if name in outputs}, set(sent))
        return NetworkInside(
            step=step,
            sample=question.sample,
            samples=len(self._test),
            inputs=question.inputs,
            outputs=answer,
            wanted=question.wanted,
            weights=weights,
            gradients=gradients,
            gradient_norms=norms,
            activations=activations,
            summaries=summaries,
            responses=responses,
            extent=self._extent if wish.responses else None,
            whole_shapes=whole,
        )

    def _asked(self) -> _Question:
        """The sample, or what was drawn, as it goes in; asked for once, since it stays the same from look to look."""
        wish, test, is_image = self._wish, self._test, self._normalise.is_image
        sample, wanted = None, None
        if wish.inputs is not None:
            raw = torch.from_numpy(np.array(wish.inputs, dtype=np.float32)).to(test.inputs.device)
            raw = raw * 255 if is_image else raw
        else:
            sample = (wish.sample or 0) % len(test)
            raw = test.inputs[sample].to(torch.float32)
            target = test.targets[sample]
            wanted = float(target) if target.numel() == 1 else None
        inputs = np.array((raw / 255 if is_image else raw).cpu().numpy(), order="C")
        batch = self._normalise(raw.unsqueeze(0))
        if wish.responses and self._grid is not None:
            batch = torch.cat([batch, self._normalise(self._grid)])
        return _Question(sample, inputs, wanted, batch)

    def _pass(self, batch: Tensor, names: set[str]) -> tuple[dict[str, Tensor], Tensor]:
        """What the layers named make of the batch, and what the network says to its first sample."""
        heard = {}
        values = batch
        for name, values in walk(self._model, batch):  # hooks on twelve layers took a fifth of a look
            if name in names:
                heard[name] = values
        result = values[:1].float()
        return heard, probabilities(result, self._binary)[0] if self._classes else result[0]

    def _parameters(
        self, layers: set[str], whole: dict[str, tuple[int, ...]], others: list[Tensor]
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, float], list[np.ndarray]]:
        """Copies of weights and gradients (the optimiser goes on writing into them), gradients' L2 norms by layer, and `others`."""
        weights, gradients = {}, {}
        for layer, name, parameter in self._named:
            if layer in layers:
                weights[name] = _first_numbers(parameter)
                if weights[name].shape != parameter.shape:
                    whole[name] = tuple(parameter.shape)
                if parameter.grad is not None:
                    gradients[name] = _first_numbers(parameter.grad)
        learning = [(layer, one.grad) for layer, _, one in self._named if one.grad is not None]
        norms = torch._foreach_norm([gradient for _, gradient in learning]) if learning else ()
        arrays = iter(_carry([*weights.values(), *gradients.values(), *norms, *others]).arrays)
        told = [{name: next(arrays) for name in table} for table in (weights, gradients)]
        squares: dict[str, float] = {}
        for layer, _ in learning:
            norm = float(next(arrays))
            squares[layer] = squares.get(layer, 0.0) + norm * norm
        return told[0], told[1], {layer: math.sqrt(square) for layer, square in squares.items()}, list(arrays)

    def _responses(self, outputs: dict[str, Tensor], names: set[str]) -> dict[str, np.ndarray]:
        """Each neuron over the plane, and the two inputs themselves where they are named."""
        question = self._question
        if not self._wish.responses or self._grid is None or question is None:
            return {}
        input_name = str(getattr(self._model, "input_name", ""))
        if input_name in names:
            outputs[input_name] = question.batch
        flat = {name: values[1:, :MOST_NEURONS].T for name, values in outputs.items() if values.ndim == 2}
        carried = _carry(list(flat.values()))
        return {
            name: array.reshape(-1, RESPONSE_GRID, RESPONSE_GRID)
            for name, array in zip(flat, carried.arrays, strict=True)
        }


@contextmanager
def _evaluating(modules: list[nn.Module]) -> Iterator[None]:
    """The modules of a network (itself the first) in evaluation mode; the mode before comes back."""
    was_training = modules[0].training
    if was_training:
        _set_training(modules, False)
    try:
        yield
    finally:
        if was_training:
            _set_training(modules, True)


def _set_training(modules: list[nn.Module], is_training: bool) -> None:
    """As nn.Module.train, past its setting of attributes: for twelve layers, there and back, 10 microseconds in place of 110."""
    for module in modules:
        object.__setattr__(module, "training", is_training)


def _groups(outputs: dict[str, Tensor]) -> Iterator[list[str]]:
    """Names of layers whose outputs for one sample can be brought over together: as many as there may be, at least one."""
    names: list[str] = []
    held = 0
    for name, output in outputs.items():
        size = output.numel() // len(output)
        if names and held + size > _MOST_AT_ONCE:
            yield names
            names, held = [], 0
        names.append(name)
        held += size
    if names:
        yield names


def _carry(tensors: list[Tensor]) -> _Carried:
    """One copy for all: each one by itself costs some microseconds, and on a GPU each waits for the device."""
    if not tensors:
        return _Carried(np.zeros(0, np.float32), [], [])
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors]).to("cpu", torch.float32).numpy()
    starts, arrays, end = [], [], 0
    for tensor in tensors:
        starts.append(end)
        end += tensor.numel()
        arrays.append(flat[starts[-1] : end].reshape(tensor.shape))
    return _Carried(flat, starts, arrays)


def _sent_output(name: str, output: np.ndarray, most: int, whole: dict[str, tuple[int, ...]]) -> np.ndarray:
    """One layer's output as it is sent, at most `most` numbers; where that is less than all, its whole shape is noted."""
    kept = output
    if output.ndim == 3:
        side = max(output.shape[1:])
        stride = max(1, math.ceil(side / LARGEST_MAP))
        kept = output[:, ::stride, ::stride]
        while most < MOST_OUTPUTS and kept.size > most and stride < side // LEAST_MAP:  # for all channels to be seen
            stride += 1
            kept = output[:, ::stride, ::stride]
    if kept.size > most:
        kept = kept[_first_rows(kept.shape, most)]
    if kept.size == output.size:
        return output
    whole[name] = output.shape
    return np.ascontiguousarray(kept)


def _first_numbers(values: Tensor) -> Tensor:
    return values if values.numel() <= MOST_WEIGHTS else values[_first_rows(values.shape, MOST_WEIGHTS)]


def _first_rows(shape: tuple[int, ...], most: int) -> tuple[slice, ...]:
    """The first rows (filters, channels, neurons) that are no more than `most` numbers; of a row that is more, its own first ones."""
    taken = list(shape)
    for axis in range(len(shape)):
        if math.prod(taken) <= most:
            break
        taken[axis] = min(taken[axis], max(1, most // max(1, math.prod(shape[axis + 1 :]))))
    return tuple(slice(count) for count in taken)


def _summaries(kinds: list[str], carried: _Carried) -> list[tuple[float, float, float]]:
    """Of each layer's output mean, mean of magnitudes, and the share that rests (0, for most functions) or is saturated; no finite
    number: 0.

    All layers at once: one by one, in calls of 5 to 10 microseconds each, they took a third of a look.
    """
    flat, starts = carried.flat, carried.starts
    with np.errstate(over="ignore", invalid="ignore"):  # of a network that has diverged
        sums = np.add.reduceat(flat, starts).tolist()
        sizes = np.add.reduceat(np.abs(flat), starts).tolist()
    moves = flat != 0.0
    told = []
    for kind, values, start, total, size in zip(kinds, carried.arrays, starts, sums, sizes, strict=True):
        count = values.size
        if kind in _ENDS:
            low, high, width = _ENDS[kind]
            still = int(np.count_nonzero((values <= low + width) | (values >= high - width)))
        else:
            still = count - int(np.count_nonzero(moves[start : start + count]))
        mean, magnitude = total / count, size / count
        told.append(
            (mean if math.isfinite(mean) else 0.0, magnitude if math.isfinite(magnitude) else 0.0, still / count)
        )
    return told
