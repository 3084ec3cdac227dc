"""PlottedFunction: one activation as the panel plots it, from the catalogue, typed or drawn by hand. Imports no widget, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from app.simulation.activation_functions import ACTIVATIONS
from app.simulation.activation_kind import Activation
from app.simulation.activation_parameters import ActivationParameter, number
from trainers.activation_lab import ActivationChoice
from trainers.drawn_function import DrawnFunction, drawn_function, knots_of_numbers
from trainers.errors import BadInput
from trainers.formula import LARGEST_CONSTANT, Formula, read_constants, read_formula
from trainers.network_graph import near_matches

Floats = npt.NDArray[np.float64]
Evaluate = Callable[[Floats], npt.NDArray[np.floating[Any]]]

FORMULA, DRAWN = "formula", "drawn"  # kinds of the layer catalogue that hold a person's own function


@dataclass(frozen=True)
class PlottedFunction:
    """value, derivative, second_derivative: of x, float64 (n,). latex: f(x) = ... and f'(x) = ..., "" where there is none.

    activation: what is known of it, None for one's own. formula, drawn: one's own, typed or by hand.
    """

    choice: ActivationChoice
    title: str
    parameters: tuple[ActivationParameter, ...]
    numbers: dict[str, Any]
    value: Evaluate
    derivative: Evaluate
    second_derivative: Evaluate
    latex: tuple[str, str]
    activation: Activation | None = None
    formula: Formula | None = None
    drawn: DrawnFunction | None = None

    def evaluate(self, row: str, x: Floats) -> Floats:
        """`row`: value, derivative or second_derivative."""
        with np.errstate(all="ignore"):  # outside its domain a typed formula has no value: a gap in the curve
            y = np.asarray(getattr(self, row)(x), np.float64)
            if self.formula is None or row == "value":
                return y
            return np.where(
                np.isnan(self.value(x)), np.nan, y
            )  # no slope where there is no value, whatever its formula gives

    def with_number(self, name: str, value: Any) -> ActivationChoice:
        """The same function with another value of one parameter; not checked."""
        given = self.choice.parameters
        if self.formula is None:
            return ActivationChoice(self.choice.kind, {**given, name: value})
        constants = ", ".join(f"{key} = {one!r}" for key, one in {**self.numbers, name: float(value)}.items())
        return ActivationChoice(FORMULA, {**given, "constants": constants})


def resolve(choice: ActivationChoice) -> PlottedFunction:
    """The function that `choice` names. BadInput, one sentence, where there is none or a parameter is out of range."""
    if choice.kind == FORMULA:
        return _typed(choice)
    if choice.kind == DRAWN:
        return _drawn(choice)
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
        (activation.formula(**numbers), activation.derivative_formula(**numbers)),
        activation,
    )


def _own(choice: ActivationChoice, name: str) -> Any:
    """The entry that a function of one's own cannot be without."""
    if name not in choice.parameters:
        raise BadInput(f"A function of kind '{choice.kind}' needs '{name}'.")
    return choice.parameters[name]


def _typed(choice: ActivationChoice) -> PlottedFunction:
    formula = read_formula(str(_own(choice, "text")))
    numbers = formula.numbers(read_constants(str(choice.parameters.get("constants", ""))))
    parameters = tuple(
        number(one.name, one.name, one.default, (-LARGEST_CONSTANT, LARGEST_CONSTANT), (one.minimum, one.maximum))
        for one in formula.parameters
    )
    slope = formula.derivative_latex_with(**numbers)
    return PlottedFunction(
        choice,
        str(choice.parameters.get("title") or formula.text),
        parameters,
        dict(numbers),
        partial(formula.value, **numbers),
        partial(formula.derivative, **numbers),
        partial(formula.second_derivative, **numbers),
        (f"f(x) = {formula.latex_with(**numbers)}", f"f'(x) = {slope}" if slope else ""),
        formula=formula,
    )


def _drawn(choice: ActivationChoice) -> PlottedFunction:
    knots = _own(choice, "knots")
    function = drawn_function(knots_of_numbers(knots if isinstance(knots, tuple | list) else ()))
    return PlottedFunction(
        choice,
        str(choice.parameters.get("title") or "Drawn curve"),
        (),
        {},
        function.value,
        function.derivative,
        function.second_derivative,
        ("", ""),
        drawn=function,
    )


def formula_choice(text: str) -> ActivationChoice:
    """A typed formula as a choice. BadFormula, one sentence, where it is none."""
    read_formula(text)
    return ActivationChoice(FORMULA, {"text": text})


def drawn_choice(function: DrawnFunction) -> ActivationChoice:
    """A hand-drawn function as a choice."""
    return ActivationChoice(DRAWN, {"knots": function.numbers})
