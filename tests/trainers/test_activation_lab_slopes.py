"""The activations that the lab differentiates by itself: against double precision and torch's own, to the ends of single precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainers.activation_lab import ActivationChoice
from trainers.activation_lab_checks import usable_kinds
from trainers.activation_lab_modules import Largest, make_function, value_and_derivative, write_value_and_derivative
from trainers.activation_lab_slopes import sloped
from trainers.network_graph import Parameter

CASES: list[tuple[str, dict[str, Parameter], nn.Module]] = [
    ("sigmoid", {}, nn.Sigmoid()),
    ("tanh", {}, nn.Tanh()),
    ("silu", {}, nn.SiLU()),
    ("gelu", {}, nn.GELU()),
    ("gelu", {"approximate": "tanh"}, nn.GELU("tanh")),
    ("mish", {}, nn.Mish()),
    ("elu", {}, nn.ELU()),
    ("elu", {"alpha": 2.5}, nn.ELU(2.5)),
    ("elu", {"alpha": 0.001}, nn.ELU(0.001)),
    ("celu", {"alpha": 0.3}, nn.CELU(0.3)),
    ("selu", {}, nn.SELU()),
]
every_case = pytest.mark.parametrize(("kind", "parameters", "module"), CASES, ids=[f"{k} {p}" for k, p, _ in CASES])


def by_autograd(module: nn.Module, numbers: Tensor) -> tuple[np.ndarray, np.ndarray]:
    leaf = numbers.double().requires_grad_()
    value = module(leaf)
    (slope,) = torch.autograd.grad(value.sum(), leaf)
    return value.detach().numpy(), slope.numpy()


def numbers_up_to(largest: float) -> Tensor:
    sizes = torch.logspace(-30, float(np.log10(largest)), 400)
    return torch.cat([-sizes, torch.zeros(1), sizes, torch.linspace(-30, 30, 6001)])


@every_case
def test_value_and_slope_are_torchs(kind: str, parameters: dict[str, Parameter], module: nn.Module) -> None:
    largest = 1e12 if parameters.get("approximate") == "tanh" else 1e30  # torch's own is NaN beyond: x^3 has no place
    numbers = numbers_up_to(largest)
    value, slope = (one.numpy() for one in value_and_derivative(make_function(ActivationChoice(kind, parameters), 1), numbers))  # fmt: skip
    true_value, true_slope = by_autograd(module, numbers)
    assert (np.abs(value - true_value) <= 2e-6 * (1 + np.abs(true_value))).all()
    assert (np.abs(slope - true_slope) <= 2e-6 * (1 + np.abs(true_slope))).all()


@pytest.mark.parametrize("kind", ["tanh", "silu", "gelu", "mish", "elu", "celu", "selu"])
def test_what_is_nearly_linear_at_0_keeps_small_numbers(kind: str) -> None:
    """A signal that dies out must not be rounded to 0 on its way."""
    numbers = torch.cat([side * torch.logspace(-30, -3, 200) for side in (-1, 1)])
    value = value_and_derivative(make_function(ActivationChoice(kind), 1), numbers)[0]
    wanted = by_autograd(make_function(ActivationChoice(kind), 1), numbers)[0]  # type: ignore[arg-type]
    np.testing.assert_allclose(value.numpy(), wanted, rtol=3e-6)


@pytest.mark.parametrize("kind", ["sigmoid", "silu", "elu", "celu", "selu", "mish"])
def test_a_slope_far_to_the_left_is_small_and_not_0(kind: str) -> None:
    numbers = torch.linspace(-80, -20, 200)
    slope = value_and_derivative(make_function(ActivationChoice(kind), 1), numbers)[1]
    wanted = by_autograd(make_function(ActivationChoice(kind), 1), numbers)[1]  # type: ignore[arg-type]
    np.testing.assert_allclose(slope.numpy(), wanted, rtol=2e-5)


@pytest.mark.parametrize("module", [nn.ReLU(), nn.LeakyReLU(0.1), nn.LeakyReLU(0.0)])
def test_at_kinks_and_beyond_all_numbers_it_is_autograds(module: nn.Module) -> None:
    numbers = torch.tensor([-np.inf, -1.0, -0.0, 0.0, 1e-30, 2.0, np.inf, np.nan])
    assert sloped(module) is not None
    value, slope = value_and_derivative(module, numbers)
    leaf = numbers.clone().requires_grad_()
    wanted = module(leaf)
    (wanted_slope,) = torch.autograd.grad(wanted.sum(), leaf)
    np.testing.assert_array_equal(value.numpy(), wanted.detach().numpy())
    np.testing.assert_array_equal(slope.numpy(), wanted_slope.numpy())


@pytest.mark.parametrize("pieces", [2, 3, 4])
def test_of_the_largest_pieces_each_has_an_equal_share_as_autograd_gives_it(pieces: int) -> None:
    numbers = torch.randint(
        -2, 3, (200, 5 * pieces), generator=torch.Generator().manual_seed(2)
    ).float()  # ties as well
    largest = Largest(pieces)
    value, slope = value_and_derivative(largest, numbers)
    wanted, wanted_slope = by_autograd(largest, numbers)
    np.testing.assert_array_equal(value.numpy(), wanted)
    np.testing.assert_array_equal(slope.numpy(), wanted_slope.astype(np.float32))


@every_case
def test_no_number_stays_none(kind: str, parameters: dict[str, Parameter], module: nn.Module) -> None:
    numbers = torch.tensor([float("nan"), 1.0])
    value, slope = value_and_derivative(make_function(ActivationChoice(kind, parameters), 1), numbers)
    assert value.isnan().tolist() == slope.isnan().tolist() == [True, False]


@pytest.mark.parametrize("kind", [kind for kind in usable_kinds() if kind not in ("formula", "drawn", "threshold")])
def test_written_in_place_it_is_the_same(kind: str) -> None:
    numbers = torch.randn(30, 16, generator=torch.Generator().manual_seed(1))
    function: Any = make_function(ActivationChoice(kind), 8 if kind == "maxout" else 16)
    value, slope = value_and_derivative(function, numbers)
    room = torch.empty_like(value), torch.empty_like(slope)
    before = numbers.clone()
    write_value_and_derivative(function, numbers, *room)
    assert torch.equal(room[0], value.detach())
    assert torch.equal(room[1], slope)
    assert torch.equal(numbers, before)


def test_the_approximation_of_gelu_is_left_to_autograd() -> None:
    assert sloped(nn.GELU("tanh")) is None
    assert sloped(nn.GELU()) is not None
