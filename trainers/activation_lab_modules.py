"""Activations as torch functions with their derivatives, and first weights, for depth and race. Imports torch, never Qt or the window."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from trainers.activation_lab import ActivationChoice, Initialisation
from trainers.activation_lab_checks import network_of
from trainers.activation_lab_slopes import sloped
from trainers.torch_network import build

Function = Callable[[Tensor], Tensor]


def make_function(choice: ActivationChoice, width: int) -> Function:
    """The function of a checked choice, for (n, width) numbers; Maxout takes (n, pieces * width), see Largest.

    It may be an nn.Module with weights of its own (prelu); it is in evaluation, so that rrelu has the mean of its slopes.
    """
    match choice.kind:
        case "step":
            return _step
        case "sine":
            return partial(_sine, float(choice.parameters.get("omega", 1.0)))  # type: ignore[arg-type]  # it is checked
        case "maxout":
            return Largest(pieces_of(choice))
    return build(network_of(choice, width)).get_submodule(choice.kind).eval()


def pieces_of(choice: ActivationChoice) -> int:
    """Weighted sums that a unit chooses from: 1, for Maxout more."""
    pieces = choice.parameters.get("pieces", 2) if choice.kind == "maxout" else 1
    assert isinstance(pieces, int)
    return pieces


class Largest(nn.Module):
    """What trainers.torch_network.Maxout does after its weighted sums; here all first pieces come first, then all second ones."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, sums: Tensor) -> Tensor:
        """(n, pieces * width) -> (n, width)."""
        return self._parts(sums).amax(dim=-2)

    def write(self, sums: Tensor, value: Tensor, derivative: Tensor) -> None:
        """As autograd has them, in fewer passes: 1 for the largest, an equal share where several are."""
        parts, slopes = self._parts(sums), self._parts(derivative)
        if self.pieces == 2:
            first, second = parts.unbind(-2)
            torch.maximum(first, second, out=value)
            lead, rest = slopes.unbind(-2)
            torch.sub(first, second, out=lead).sign_().mul_(0.5).add_(0.5)
            torch.sub(1.0, lead, out=rest)
            return
        torch.amax(parts, dim=-2, out=value)
        slopes.copy_(parts == value.unsqueeze(-2))
        slopes.div_(slopes.sum(dim=-2, keepdim=True))

    def _parts(self, sums: Tensor) -> Tensor:
        return sums.view(*sums.shape[:-1], self.pieces, sums.shape[-1] // self.pieces)


def _step(sums: Tensor) -> Tensor:
    """1 from 0 on, else 0: no gradient."""
    return (sums >= 0).to(sums.dtype)


def _sine(omega: float, sums: Tensor) -> Tensor:
    return torch.sin(sums if omega == 1.0 else omega * sums)


def _writer(function: Function) -> Callable[[Tensor, Tensor, Tensor], None] | None:
    """What writes value and derivative of its first argument, without autograd; None where there is nothing of the kind."""
    if isinstance(function, Largest):
        return function.write
    write = sloped(function)
    return None if write is None else partial(write, function)


def value_and_derivative(function: Function, sums: Tensor) -> tuple[Tensor, Tensor]:
    """f(sums) and its derivative, both without history; Maxout's derivative has the shape of the sums.

    By autograd where activation_lab_slopes has nothing faster. What it cannot follow, or what is constant, has derivative 0.
    """
    write = _writer(function)
    if write is not None:
        pieces = function.pieces if isinstance(function, Largest) else 1
        pair = sums.new_empty(*sums.shape[:-1], sums.shape[-1] // pieces), torch.empty_like(sums)
        write(sums, *pair)
        return pair
    leaf = sums.detach().requires_grad_()
    with torch.enable_grad():
        value = function(leaf)
        total = value.sum()
    if not value.requires_grad:
        return value, torch.zeros_like(sums)
    # The gradient of the sum: given ones of its own to start from, autograd imports sympy first, which took 2.7 s.
    (derivative,) = torch.autograd.grad(total, leaf, allow_unused=True)
    return value.detach(), torch.zeros_like(sums) if derivative is None else derivative


def write_value_and_derivative(function: Function, sums: Tensor, value: Tensor, derivative: Tensor) -> None:
    """The same into tensors that are there."""
    write = _writer(function)
    if write is not None:
        write(sums, value, derivative)
        return
    found = value_and_derivative(function, sums)
    value.copy_(found[0])
    derivative.copy_(found[1])


def deviation_of(initialisation: Initialisation, fan_out: int, fan_in: int, gain: float, deviation: float) -> float:
    """Standard deviation of the weights (not for "orthogonal", which has none of its own).

    Sources: Glorot and Bengio 2010 (xavier), He et al. 2015, arXiv:1502.01852 (he), LeCun et al. 1998, Efficient BackProp (lecun).
    """
    match initialisation:
        case "xavier":
            return gain * math.sqrt(2.0 / (fan_in + fan_out))
        case "he":
            return math.sqrt(2.0 / fan_in)
        case "lecun":
            return math.sqrt(1.0 / fan_in)
        case _:
            return deviation


def draw_orthogonal(fan_out: int, fan_in: int, generator: torch.Generator) -> Tensor:
    """Rows or columns at right angles, whichever are fewer, of length 1 (Saxe et al. 2013, arXiv:1312.6120)."""
    weights = torch.empty(fan_out, fan_in)
    nn.init.orthogonal_(weights, generator=generator)
    return weights
