"""Networks that differ in their activation alone, as one: weights stacked, each activation on its slice. Imports torch.

Racer r's numbers stand in slice r of every tensor and meet no other's: what happens to one leaves the others as they are.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.sgd import sgd

from trainers.activation_lab import ActivationChoice, RacePlan
from trainers.activation_lab_modules import (
    Function,
    deviation_of,
    draw_orthogonal,
    make_function,
    value_and_derivative,
)

_NORMAL_DEVIATION = 0.5
# what is added to the plan's seed for the second pieces: the first are the same with and without Maxout
_SECOND_SEED = 3


class StackedNetwork:
    """inputs numbers -> hidden layers -> one output, for each racer.

    weights[l]: float32 (racers, out, in); biases[l]: (racers, 1, out); seconds: of each hidden layer the same again, for Maxout.
    """

    def __init__(self, plan: RacePlan, inputs: int) -> None:
        sizes = (inputs, *plan.hidden, 1)
        self.hidden = plan.hidden
        racers = len(plan.racers)
        first, second = (torch.Generator().manual_seed(plan.seed + part) for part in (0, _SECOND_SEED))
        shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        self.weights = [_stacked(_draw(plan, *shape, first), racers) for shape in shapes]
        self.biases = [_stacked(torch.zeros(1, out), racers) for out, _ in shapes]
        self.seconds = [
            (_stacked(_draw(plan, *shape, second), racers), _stacked(torch.zeros(1, shape[0]), racers))
            for shape in shapes[:-1]
        ]
        self.choices = list(plan.racers)
        self.functions: list[list[Function]] = [self._functions_of(choice) for choice in plan.racers]

    def _functions_of(self, choice: ActivationChoice) -> list[Function]:
        return [make_function(choice, width) for width in self.hidden]

    def change(self, racer: int, choice: ActivationChoice) -> None:
        """Another activation for one racer, whose weights stay."""
        functions = self._functions_of(choice)
        self.choices[racer], self.functions[racer] = choice, functions

    def parameters(self) -> list[Tensor]:
        """All that learns; what an activation learns (prelu) belongs to one racer alone."""
        own = [p for row in self.functions for f in row if isinstance(f, nn.Module) for p in f.parameters()]
        seconds = [tensor for pair in self.seconds for tensor in pair] if self._maxouts() else []
        return [*self.weights, *self.biases, *seconds, *own]

    def count(self, racer: int) -> int:
        """Numbers that one racer trains."""
        stacked = [*self.weights, *self.biases]
        if self.choices[racer].kind == "maxout":
            stacked += [tensor for pair in self.seconds for tensor in pair]
        own = [p for f in self.functions[racer] if isinstance(f, nn.Module) for p in f.parameters()]
        return sum(tensor[0].numel() for tensor in stacked) + sum(p.numel() for p in own)

    def __call__(self, points: Tensor) -> Tensor:
        """float32 (n, inputs) -> (racers, n), before the logistic function."""
        values = points.expand(len(self.choices), *points.shape)
        for layer in range(len(self.hidden)):
            sums = self._sums(layer, values)
            values = torch.stack([function[layer](part) for function, part in zip(self.functions, sums, strict=True)])
        return _weighted(values, self.weights[-1], self.biases[-1]).squeeze(-1)

    @torch.no_grad()
    def look(self, points: Tensor, first: int) -> tuple[Tensor, Tensor]:
        """What `__call__` gives, without history, and int32 (racers, hidden layers), the units dead on the `first` points.

        A unit is dead if its derivative is 0 for every one of them (Maxout's never is).
        """
        dead = torch.zeros(len(self.choices), len(self.hidden), dtype=torch.int32)
        values = points.expand(len(self.choices), *points.shape)
        for layer, width in enumerate(self.hidden):
            sums = self._sums(layer, values)
            pairs = [(row[layer], part) for row, part in zip(self.functions, sums, strict=True)]
            slopes = [value_and_derivative(function, part[:first])[1][:, :width] for function, part in pairs]
            dead[:, layer] = (torch.stack(slopes).abs().amax(1) == 0).sum(1)
            values = torch.stack([function(part) for function, part in pairs])
        dead[self._maxouts()] = 0
        return _weighted(values, self.weights[-1], self.biases[-1]).squeeze(-1), dead

    def _maxouts(self) -> list[int]:
        return [racer for racer, choice in enumerate(self.choices) if choice.kind == "maxout"]

    def _sums(self, layer: int, values: Tensor) -> list[Tensor]:
        """Of each racer (n, width); of Maxout (n, 2 * width), see Largest."""
        sums = list(_weighted(values, self.weights[layer], self.biases[layer]).unbind())
        for racer in self._maxouts():
            weights, biases = (tensor[racer : racer + 1] for tensor in self.seconds[layer])
            second = _weighted(values[racer : racer + 1], weights, biases)[0]
            sums[racer] = torch.cat([sums[racer], second], dim=-1)
        return sums


def _weighted(values: Tensor, weights: Tensor, biases: Tensor) -> Tensor:
    """(racers, n, in) -> (racers, n, out)."""
    return torch.baddbmm(biases, values, weights.transpose(1, 2))


def _draw(plan: RacePlan, out: int, inputs: int, generator: torch.Generator) -> Tensor:
    if plan.initialisation == "orthogonal":
        return draw_orthogonal(out, inputs, generator)
    deviation = deviation_of(plan.initialisation, out, inputs, 1.0, _NORMAL_DEVIATION)
    return torch.randn(out, inputs, generator=generator) * deviation


def _stacked(one: Tensor, racers: int) -> Tensor:
    return one.expand(racers, *one.shape).clone().requires_grad_()


class StackedOptimizer:
    """SGD or Adam for all racers at once, by torch's own functions: torch.optim's classes import torch._dynamo, 4.9 s, first.

    Both work on each number by itself, so that racers do not meet here either. What has no gradient in a step is left alone.
    """

    def __init__(self, plan: RacePlan) -> None:
        self.learning_rate = plan.learning_rate
        self._kind, self._momentum = plan.optimizer, plan.momentum
        self._states: dict[Tensor, list[Any]] = {}

    @torch.no_grad()
    def step(self, parameters: list[Tensor], gradients: list[Tensor | None]) -> None:
        """Move the parameters along their gradients."""
        pairs = [(p, g) for p, g in zip(parameters, gradients, strict=True) if g is not None]
        moved, along = [p for p, _ in pairs], [g for _, g in pairs]
        if self._kind == "sgd":
            self._step_sgd(moved, along)
        else:
            self._step_adam(moved, along)

    def _step_sgd(self, moved: list[Tensor], along: list[Tensor]) -> None:
        states = [self._states.setdefault(p, [None]) for p in moved]
        kept: list[Tensor | None] = [state[0] for state in states]
        sgd(
            moved,
            along,
            kept,
            fused=False,
            foreach=True,
            weight_decay=0.0,
            momentum=self._momentum,
            lr=self.learning_rate,
            dampening=0.0,
            nesterov=False,
            maximize=False,
        )
        for state, buffer in zip(states, kept, strict=True):
            state[0] = buffer

    def _step_adam(self, moved: list[Tensor], along: list[Tensor]) -> None:
        for p in moved:
            if p not in self._states:
                self._states[p] = [torch.zeros_like(p), torch.zeros_like(p), torch.zeros(())]
        means, squares, steps = (list(kept) for kept in zip(*(self._states[p] for p in moved), strict=True))
        adam(
            moved,
            along,
            means,
            squares,
            [],
            steps,
            fused=False,
            foreach=True,
            amsgrad=False,
            beta1=0.9,
            beta2=0.999,
            lr=self.learning_rate,
            weight_decay=0.0,
            eps=1e-8,
            maximize=False,
        )
