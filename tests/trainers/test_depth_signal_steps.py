"""What a layer of depth does after its sums: against autograd in double precision, to the ends of single precision and at ties."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trainers.activation_lab import ActivationChoice
from trainers.depth_signal_steps import Elu, LargerOfTwo, Step, step_of
from trainers.network_graph import Parameter

ELUS: list[tuple[str, dict[str, Parameter], nn.Module]] = [
    ("elu", {}, nn.ELU()),
    ("elu", {"alpha": 2.5}, nn.ELU(2.5)),
    ("elu", {"alpha": 0.001}, nn.ELU(0.001)),
    ("celu", {"alpha": 0.3}, nn.CELU(0.3)),
    ("selu", {}, nn.SELU()),
]
ENDS = torch.tensor([-torch.inf, -1e38, -90.0, -87.4, -0.0, 0.0, 1e-38, 3e38, torch.inf, torch.nan])


def through(step: Step, sums: Tensor, gradient: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, what is kept, and the gradient with respect to the sums."""
    value, into = torch.full_like(gradient, 7.0), torch.full_like(sums, 7.0)
    kept = torch.full((len(sums), step.kept_width), 7.0)
    step.forward(sums, value, kept)
    step.backward(kept, gradient, into)
    return value.numpy(), kept.numpy(), into.numpy()


def by_autograd(module: nn.Module, sums: Tensor) -> tuple[np.ndarray, np.ndarray]:
    leaf = sums.double().requires_grad_()
    value = module(leaf)
    (slope,) = torch.autograd.grad(value.sum(), leaf)
    return value.detach().numpy(), slope.numpy()


@pytest.mark.parametrize(("kind", "parameters", "module"), ELUS, ids=[f"{k} {p}" for k, p, _ in ELUS])
def test_elus_lose_nothing_near_0_nor_far_out(kind: str, parameters: dict[str, Parameter], module: nn.Module) -> None:
    step = step_of(ActivationChoice(kind, parameters), 1001)
    assert isinstance(step, Elu)
    sizes = torch.logspace(-30, 30, 1001)
    far = float(parameters.get("alpha", 1.0)) if kind == "celu" else 1.0  # type: ignore[arg-type]
    sums = torch.stack([-sizes, sizes, torch.linspace(-85 * far, 3, 1001), torch.linspace(-1e-3, 1e-3, 1001)])
    value, slope, back = through(step, sums, torch.full_like(sums, 3.0))
    true_value, true_slope = by_autograd(module, sums)
    np.testing.assert_allclose(value, true_value, rtol=4e-7)
    is_normal = true_slope > 1e-37  # what is smaller may be 0
    lost = 2e-5 if kind == "celu" else 2e-6  # x/alpha is rounded, as torch rounds it
    np.testing.assert_allclose(slope[is_normal], true_slope[is_normal], rtol=lost)
    assert np.abs(slope[~is_normal]).max(initial=0.0) <= 1e-37
    np.testing.assert_array_equal(back, slope * np.float32(3.0))


@pytest.mark.parametrize(("kind", "parameters", "module"), ELUS, ids=[f"{k} {p}" for k, p, _ in ELUS])
def test_elus_at_the_ends_are_torchs(kind: str, parameters: dict[str, Parameter], module: nn.Module) -> None:
    sums = ENDS.reshape(1, -1)
    value, slope, _ = through(step_of(ActivationChoice(kind, parameters), len(ENDS)), sums, torch.ones_like(sums))
    true_value, true_slope = by_autograd(module, sums)
    np.testing.assert_allclose(value, true_value, rtol=4e-7)
    np.testing.assert_allclose(slope[0, :-1], true_slope[0, :-1], rtol=4e-7, atol=1e-37)
    assert np.isnan(slope[0, -1])


def test_the_larger_of_two_shares_the_gradient_as_autograd_does() -> None:
    step = step_of(ActivationChoice("maxout"), 40)
    assert isinstance(step, LargerOfTwo)
    chance = torch.Generator().manual_seed(2)
    sums = torch.randint(-2, 3, (50, 80), generator=chance).float()  # ties as well
    sums[0, :10] = sums[1, 40:50] = torch.cat([ENDS[:-1], ENDS[:1]])
    gradient = torch.randn(50, 40, generator=chance)
    value, _, back = through(step, sums, gradient)
    leaf = sums.clone().requires_grad_()
    wanted = leaf.view(50, 2, 40).amax(1)
    (wanted_back,) = torch.autograd.grad(wanted, leaf, gradient)
    np.testing.assert_array_equal(value, wanted.detach().numpy())
    np.testing.assert_array_equal(back, wanted_back.numpy())


def test_of_two_pieces_that_are_no_numbers_comes_none() -> None:
    sums = torch.tensor([[1.0, torch.nan, torch.nan, torch.nan, 1.0, torch.nan]])
    value, _, back = through(step_of(ActivationChoice("maxout"), 3), sums, torch.ones(1, 3))
    assert np.isnan(value).all()
    assert np.isnan(back).all()


def test_more_pieces_and_other_functions_keep_every_slope() -> None:
    for choice, kept in ((ActivationChoice("maxout", {"pieces": 3}), 24), (ActivationChoice("tanh"), 8)):
        step = step_of(choice, 8)
        assert type(step) is Step
        assert step.kept_width == kept
