"""The step is 1 at 0 wherever the panel shows one: plotted, typed, exported, through many layers and in a race."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from app.panels.activation.functions import resolve
from trainers.activation_lab import ActivationChoice, DepthQuestion, RacePlan
from trainers.activation_race import Race
from trainers.depth_signal import DepthLab
from trainers.formula import read_formula
from trainers.formula_source import formula_source
from trainers.torch_formula import FormulaModule

AT = np.array([-1.0, -1e-30, -0.0, 0.0, 1e-30, 1.0])
STEP = [0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
BOTH = pytest.mark.parametrize("text", ["step(x)", "heaviside(x)"])


def exported(text: str) -> Callable[[torch.Tensor], torch.Tensor]:
    namespace: dict[str, Any] = {"torch": torch, "F": torch.nn.functional}
    exec(compile(formula_source("curve", read_formula(text).bound(), "of a test"), "exported.py", "exec"), namespace)
    return namespace["curve"]  # type: ignore[no-any-return]


def test_plotted() -> None:
    assert resolve(ActivationChoice("step")).evaluate("value", AT).tolist() == STEP


@BOTH
def test_typed(text: str) -> None:
    assert resolve(ActivationChoice("formula", {"text": text})).evaluate("value", AT).tolist() == STEP
    for way in (FormulaModule(read_formula(text)), exported(text)):
        numbers = torch.from_numpy(AT).requires_grad_()
        value = way(numbers)
        assert value.tolist() == STEP
        value.sum().backward()
        assert numbers.grad is not None
        assert numbers.grad.tolist() == [0.0] * len(STEP)


@pytest.mark.parametrize("choice", [ActivationChoice("step"), ActivationChoice("formula", {"text": "step(x)"})])
def test_through_many_layers(choice: ActivationChoice) -> None:
    """Weights of spread 0 give sums of 0."""
    question = DepthQuestion(activation=choice, initialisation="normal", deviation=0.0, layers=3, width=8, signals=8)
    torch.set_num_threads(1)
    answer = DepthLab().answer(1, question)
    assert answer.activations.mean[1:].tolist() == [1.0] * 3
    assert answer.activations.variance[1:].tolist() == [0.0] * 3


@pytest.mark.parametrize("choice", [ActivationChoice("step"), ActivationChoice("formula", {"text": "step(x)"})])
def test_in_a_race(choice: ActivationChoice) -> None:
    """All units of the hidden layer stand at 0: the output is the sum of the last weights."""
    race = Race(1, RacePlan((choice,), samples=20, hidden=(8,)))
    network = race._network
    with torch.no_grad():
        network.weights[0].zero_()
        outputs = network(torch.randn(5, 2))
        torch.testing.assert_close(outputs[0], network.weights[-1].sum().expand(5))
