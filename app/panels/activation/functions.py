"""PlottedFunction: one activation as the panel plots it, from the catalogue, typed or drawn by hand. Imports no widget, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from app.simulation.activation_functions import ACTIVATIONS, Activation
from app.simulation.activation_parameters import ActivationParameter
from trainers.activation_lab import ActivationChoice
from trainers.errors import BadInput
from trainers.network_graph import near_matches

Floats = npt.NDArray[np.float64]
Evaluate = Callable[[Floats], npt.NDArray[np.floating[Any]]]


@dataclass(frozen=True)
class PlottedFunction:
    """value, derivative, second_derivative: of x, float64 (n,). activation: what is known of it, None for one's own."""

    choice: ActivationChoice
    title: str
    parameters: tuple[ActivationParameter, ...]
    numbers: dict[str, Any]
    value: Evaluate
    derivative: Evaluate
    second_derivative: Evaluate
    activation: Activation | None = None

    def evaluate(self, row: str, x: Floats) -> Floats:
        """`row`: value, derivative or second_derivative."""
        with np.errstate(all="ignore"):  # outside its domain a typed formula has no value: a gap in the curve
            return np.asarray(getattr(self, row)(x), np.float64)


def resolve(choice: ActivationChoice) -> PlottedFunction:
    """The function that `choice` names. BadInput, one sentence, where there is none or a parameter is out of range."""
    activation = ACTIVATIONS.get(choice.kind)
    if activation is None:
        hint = near_matches(choice.kind, tuple(ACTIVATIONS)).strip()
        raise BadInput(f"There is no activation function '{choice.kind[:64]}'. {hint}".strip())
    numbers = activation.checked(**choice.parameters)  # type: ignore[arg-type]  # it says itself what does not fit
    return PlottedFunction(
        choice,
        activation.title,
        activation.parameters,
        numbers,
        partial(activation.value, **numbers),
        partial(activation.derivative, **numbers),
        partial(activation.second_derivative, **numbers),
        activation,
    )
