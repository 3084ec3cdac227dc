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
from trainers.found_gradients import find_gradients, samples_for
from trainers.network_inside_numbers import (
    MOST_OUTPUTS,
    MOST_OUTPUTS_FAR,
    Shape,
    carry,
    first_weights,
    groups,
    sent_output,
    summaries,
)
from trainers.optimization import LossFunction, probabilities
from trainers.pictures import plane_grid, plane_of
from trainers.torch_network import walk

MOST_NEURONS = 64  # of one layer, whose response over the plane is sent
RESPONSE_GRID = 32  # points of a response in each direction
_MOST_PER_SECOND = 60.0

# Of the training's own time that looks may take. Beside its own clock a look costs about a fifth of that again: the next step finds
# its data out of the caches, and a second thread packs and sends. All together it stays at about 4 %.
_COST_SHARE = 0.03
_SAVED_S = 0.1  # of the training's time in which it was looked at less, that count for later looks: one that was dear ends no row of them


class _Question(NamedTuple):
    """What is sent through the network. sample: its number (None: drawn); inputs: as they are told; batch: the normalised inputs,
    and below them the points of the plane where responses are wanted."""

    sample: int | None
    inputs: np.ndarray
    wanted: float | None
    batch: Tensor


class _Weights(NamedTuple):
    """The parameters that are sent: their names, and whether all their numbers are; the part of each that is sent (it is the same
    memory, so it follows the training); the whole shape of those that are sent in part."""

    names: dict[str, bool]
    sent: list[Tensor]
    whole: dict[str, Shape]


class _Gradients(NamedTuple):
    """Names and parts of those that are sent; of all that there are the layer, and in one tensor (or none) their L2 norms."""

    names: list[str]
    sent: list[Tensor]
    layers: list[str]
    norms: list[Tensor]


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
        self._sent: dict[str, int] = {}  # layer -> most numbers of its output that are sent
        self._heard: set[str] = set()  # layers whose output is sent or summed up
        self._weights = _Weights({}, [], {})
        self.gradient_samples: int | None = None  # as NetworkInside has it
        self._has_found = False
        self._question: _Question | None = None
        self._grid: Tensor | None = None
        self._extent: tuple[float, float, float, float] | None = None
        self._next_time = math.inf  # by the clock
        self._paid_time = -math.inf  # by the training's own: when what the last look took has been earned again

    def watch(self, wish: WatchNetwork) -> None:
        """Show what `wish` names from now on. Raises BadInput for an input of another shape, and then goes on as before."""
        if wish.inputs is not None:
            shape, given = tuple(self._test.inputs.shape[1:]), np.shape(wish.inputs)
            if given != shape:
                raise BadInput(f"The network takes inputs of shape {shape}, not {given}.")
            if not np.isfinite(wish.inputs).all():
                raise BadInput("The input holds NaN or infinity.")
        self._wish = wish
        self._sent = {**dict.fromkeys(wish.outputs, MOST_OUTPUTS_FAR), **dict.fromkeys(wish.layers, MOST_OUTPUTS)}
        self._heard = {*self._sent, *wish.strips}
        self._weights = self._chosen_weights(set(wish.layers))
        is_planar = tuple(self._train.inputs.shape[1:]) == (2,)
        if wish.responses and is_planar and self._grid is None:
            self._extent = plane_of(self._train, self._test)
            self._grid = plane_grid(self._extent, RESPONSE_GRID).to(self._train.inputs.device)
        self._question = None
        self._next_time = 0.0 if self.is_watched else math.inf
        self._paid_time = max(self._paid_time, self._clock())  # time in which nobody watched earns nothing

    def find_gradients(self, loss: LossFunction, flops: float) -> None:
        """Once, where no step is taken in this process. flops: of one sample's way through the network."""
        if self._has_found:
            return
        self._has_found = True
        some = self._train.first(samples_for(flops))
        if find_gradients(self._model, self._normalise, some, loss):
            self.gradient_samples = len(some)

    @property
    def is_watched(self) -> bool:
        """Whether anything is wanted."""
        return not self._wish.is_empty

    def is_due(self, now: float) -> bool:
        """Whether it is time for the next look: by the clock, and by what the training has worked since the last ones."""
        return now >= self._next_time and self._clock() >= self._paid_time

    def take(self, step: int) -> NetworkInside:
        """A look now; the time of the next one is set.

        Looks never take more of the training's own time than their share, by its thread's clock: where others hold the processor,
        they come less often instead. Each counts at what it took; only the answer to a wish comes at once, and those after it wait.
        """
        started, began = perf_counter(), self._clock()
        event = self._look(step)
        ended = self._clock()
        self._paid_time = max(self._paid_time, ended - _SAVED_S) + (ended - began) / _COST_SHARE
        pause = 1 / min(max(self._wish.per_second, 0.1), _MOST_PER_SECOND)
        # From when it was due: a look waits for the end of a step, and of steps of 20 ms every second look was lost to that.
        self._next_time = max(self._next_time, started - pause / 2) + pause
        return event

    def _look(self, step: int) -> NetworkInside:
        wish = self._wish
        if self._question is None:
            self._question = self._asked()
        question, weights = self._question, self._weights
        activations: dict[str, np.ndarray] = {}
        summed: dict[str, tuple[float, float, float]] = {}
        whole = dict(weights.whole)
        with torch.inference_mode(), _evaluating(self._modules):
            outputs, answer = self._pass(question.batch)
            learned = self._gradients()
            beside = [answer, *learned.norms, *weights.sent, *learned.sent]
            names, firsts = list(outputs), [values[0] for values in outputs.values()]
            for group in groups([values.numel() for values in firsts]):
                last = beside if group.stop == len(names) else []
                flat, arrays = carry([*firsts[group], *last])
                told = names[group]
                summed.update(zip(told, summaries([self._kinds[name] for name in told], flat, arrays), strict=True))
                for name, array in zip(told, arrays, strict=False):
                    if name in self._sent:
                        activations[name] = sent_output(name, array, self._sent[name], whole)
            responses = self._responses(outputs)
        rest = iter(arrays[len(told) :])  # in the order of `beside`
        return NetworkInside(
            step=step,
            sample=question.sample,
            samples=len(self._test),
            inputs=question.inputs,
            outputs=next(rest),
            wanted=question.wanted,
            gradient_norms=_by_layer(learned.layers, next(rest)) if learned.norms else {},
            gradient_samples=self.gradient_samples if learned.norms else None,
            weights=dict(zip(weights.names, rest, strict=False)),
            gradients=dict(zip(learned.names, rest, strict=False)),
            activations=activations,
            summaries=summed,
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

    def _chosen_weights(self, layers: set[str]) -> _Weights:
        """Found once for a wish: they are written into in place, whoever changes them."""
        chosen = [(name, parameter) for layer, name, parameter in self._named if layer in layers]
        sent = [first_weights(parameter.detach()) for _, parameter in chosen]
        names, whole = {}, {}
        for (name, parameter), part in zip(chosen, sent, strict=True):
            names[name] = part.numel() == parameter.numel()
            if not names[name]:
                whole[name] = tuple(parameter.shape)
        return _Weights(names, sent, whole)

    def _pass(self, batch: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """What the layers that are wanted make of the batch, and what the network says to its first sample."""
        heard = {}
        wanted = self._heard
        values = batch
        for name, values in walk(self._model, batch):  # hooks on twelve layers took a fifth of a look
            if name in wanted:
                heard[name] = values
        result = values[:1].float()
        return heard, probabilities(result, self._binary)[0] if self._classes else result[0]

    def _gradients(self) -> _Gradients:
        """Of the step that was taken last, which makes them anew; without one those that were found."""
        names, sent, layers, learned = [], [], [], []
        is_whole = self._weights.names
        for layer, name, parameter in self._named:
            gradient = parameter.grad
            if gradient is not None:
                layers.append(layer)
                learned.append(gradient)
                if name in is_whole:
                    names.append(name)
                    sent.append(gradient if is_whole[name] else first_weights(gradient))
        norms = [torch.stack(torch._foreach_norm(learned))] if learned else []
        return _Gradients(names, sent, layers, norms)

    def _responses(self, outputs: dict[str, Tensor]) -> dict[str, np.ndarray]:
        """Each neuron over the plane, and the two inputs themselves where they are named."""
        question = self._question
        if not self._wish.responses or self._grid is None or question is None:
            return {}
        flat = {name: values[1:, :MOST_NEURONS] for name, values in outputs.items() if values.ndim == 2}
        flat = {name: values for name, values in flat.items() if name in self._sent}
        input_name = str(getattr(self._model, "input_name", ""))
        if input_name in self._sent:
            flat[input_name] = question.batch[1:]
        if not flat:
            return {}
        # turned once for all layers: neuron by neuron, each over the plane
        turned = torch.cat(list(flat.values()), dim=1).T.to("cpu", torch.float32).contiguous().numpy()
        rows = turned.reshape(-1, RESPONSE_GRID, RESPONSE_GRID)
        told, start = {}, 0
        for name, values in flat.items():
            told[name] = rows[start : start + values.shape[1]]
            start += values.shape[1]
        return told


def _by_layer(layers: list[str], norms: np.ndarray) -> dict[str, float]:
    """The L2 norm of each layer's gradient, of those of its parameters."""
    squares: dict[str, float] = {}
    for layer, norm in zip(layers, norms.tolist(), strict=True):
        squares[layer] = squares.get(layer, 0.0) + norm * norm
    return {layer: math.sqrt(square) for layer, square in squares.items()}


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
