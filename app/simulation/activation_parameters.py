"""A parameter of an activation function, and how given values are checked. Imports neither torch nor Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from trainers.errors import BadInput

Value = float | str
Values = dict[str, Value]


@dataclass(frozen=True, slots=True)
class ActivationParameter:
    """One parameter, by the name it has in torch's constructor.

    minimum and maximum include their ends; low and high: the part of that range which a slider should span. choices: the words
    that are allowed, where it is no number (then default is one of them).
    """

    name: str
    title: str
    default: Value
    minimum: float = 0.0
    maximum: float = 0.0
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """The values that are allowed, in words: "from 0 to 100", "none or tanh"."""
        return " or ".join(self.choices) if self.choices else f"from {self.minimum:g} to {self.maximum:g}"


def number(
    name: str, title: str, default: float, bounds: tuple[float, float], slider: tuple[float, float] | None = None
) -> ActivationParameter:
    """A parameter that is a number in `bounds`; `slider` is the part worth dragging through (all of it if None)."""
    low, high = slider or bounds
    return ActivationParameter(name, title, default, bounds[0], bounds[1], low, high)


Rule = Callable[..., str | None]


def checked(title: str, parameters: tuple[ActivationParameter, ...], rule: Rule | None, given: Values) -> Values:
    """All parameters, defaults filled in, as floats and words. Raises BadInput naming function, parameter, value and range.

    rule: what values must keep to among themselves; it gives the sentence to raise, or None.
    """
    values: Values = {}
    for parameter in parameters:
        name = parameter.name
        values[name] = _checked(title, parameter, given[name]) if name in given else parameter.default
    if not given.keys() <= values.keys():
        unknown = next(name for name in given if name not in values)
        has = f"it has {' and '.join(values)}" if values else "it has none"
        raise BadInput(f"{title} has no parameter {unknown[:64]!r}; {has}.")
    sentence = rule(**values) if rule is not None else None
    if sentence is not None:
        raise BadInput(sentence)
    return values


def _checked(title: str, parameter: ActivationParameter, value: Any) -> Value:
    if parameter.choices:
        if isinstance(value, str) and value in parameter.choices:
            return value
    elif _is_number(value):
        number = float(value)
        if parameter.minimum <= number <= parameter.maximum:  # NaN fails here
            return number
    raise BadInput(f"{title}'s {parameter.name} is {_shown(value)}, but it must be {parameter.range_text}.")


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)


def _shown(value: Any) -> str:
    text = f"{float(value):g}" if _is_number(value) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
