"""Step: what a layer does after its weighted sums, there and back, and what it keeps in between. Imports torch and numba."""

from __future__ import annotations

import torch
from torch import Tensor

from trainers import depth_signal_kernel
from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_modules import make_function, pieces_of, write_value_and_derivative
from trainers.activation_lab_slopes import exponential_of


class Step:
    """Keeps the derivative with respect to each sum.

    sums: float32 (signals, pieces * width), of which a unit takes the largest where it has several pieces; values and gradients are
    (signals, width). kept: (signals, kept_width), what `forward` writes for `backward`.
    """

    def __init__(self, choice: ActivationChoice, width: int) -> None:
        self.pieces = pieces_of(choice)
        self.function = make_function(_still(choice), width)
        self.kept_width = self.pieces * width

    def forward(self, sums: Tensor, value: Tensor, kept: Tensor) -> None:
        """Writes `value` and `kept`."""
        write_value_and_derivative(self.function, sums, value, kept)

    def backward(self, kept: Tensor, gradient: Tensor, into: Tensor) -> None:
        """Writes the gradient with respect to the sums `into`, given that of the values."""
        torch.mul(self._parts(kept), gradient.unsqueeze(1), out=self._parts(into))

    def _parts(self, sums: Tensor) -> Tensor:
        """(signals, pieces, width)."""
        return sums.view(len(sums), self.pieces, -1)


class LargerOfTwo(Step):
    """Maxout of two pieces keeps the first one's share: the second one's is what it leaves of 1.

    In passes of torch's own, with both shares kept, an answer of 50 layers took 10 ms longer.
    """

    def __init__(self, choice: ActivationChoice, width: int) -> None:
        super().__init__(choice, width)
        self.kept_width = width

    def forward(self, sums: Tensor, value: Tensor, kept: Tensor) -> None:
        depth_signal_kernel.larger(sums.numpy(), value.numpy(), kept.numpy())

    def backward(self, kept: Tensor, gradient: Tensor, into: Tensor) -> None:
        depth_signal_kernel.share(kept.numpy(), gradient.numpy(), into.numpy())


class Elu(Step):
    """ELU, CELU and SELU in one pass, where torch's own take twelve: an answer of 50 layers took 7 ms longer."""

    def forward(self, sums: Tensor, value: Tensor, kept: Tensor) -> None:
        form = exponential_of(self.function)
        assert form is not None
        depth_signal_kernel.exponential(sums.numpy(), value.numpy(), kept.numpy(), *form)


def step_of(choice: ActivationChoice, width: int) -> Step:
    """Of a checked choice."""
    if pieces_of(choice) == 2:
        return LargerOfTwo(choice, width)
    step = Step(choice, width)
    return step if exponential_of(step.function) is None else Elu(choice, width)


def _still(choice: ActivationChoice) -> ActivationChoice:
    """Where nothing learns, PReLU is a leaky ReLU: the same numbers in a sixth of the time."""
    if choice.kind != "prelu":
        return choice
    return ActivationChoice("leaky_relu", {"negative_slope": choice.parameters.get("init", 0.25)})
