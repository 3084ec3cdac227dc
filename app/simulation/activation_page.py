"""What a page about an activation function is made of: claims, each with what shows it. Plain data; imports neither torch nor Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Demonstration = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence, and the demonstration that shows it: plain data (JSON) which the panel applies.

    demonstration["view"] is "curves" (functions, range, derivative, and where they matter threshold and parameters by function),
    "depth" (activation, initialisation, layers), "race" (activations, learning_rate) or "maxout" (target).
    """

    text: str
    demonstration: Demonstration


@dataclass(frozen=True, slots=True)
class Page:
    """purpose: what a function is for; cost: what it takes to compute; failure: where it fails. One claim each at least."""

    purpose: tuple[Claim, ...]
    cost: tuple[Claim, ...]
    failure: tuple[Claim, ...]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of them, in reading order."""
        return self.purpose + self.cost + self.failure


def curves(
    *functions: str,
    reach: float = 6.0,
    derivative: bool = False,
    threshold: float | None = None,
    parameters: dict[str, dict[str, float | str]] | None = None,
) -> Demonstration:
    """The curves of `functions` from -reach to reach; below `threshold` a slope counts as dead."""
    shown: Demonstration = {
        "view": "curves",
        "functions": list(functions),
        "range": [-reach, reach],
        "derivative": derivative,
    }
    if threshold is not None:
        shown["threshold"] = threshold
    if parameters is not None:
        shown["parameters"] = parameters
    return shown


def slopes(*functions: str, reach: float = 6.0, threshold: float | None = None) -> Demonstration:
    """The same with the derivatives."""
    return curves(*functions, reach=reach, derivative=True, threshold=threshold)


def depth(activation: str, initialisation: str, layers: int) -> Demonstration:
    """A signal through `layers` layers with `activation`."""
    return {"view": "depth", "activation": activation, "initialisation": initialisation, "layers": layers}


def race(*activations: str, learning_rate: float) -> Demonstration:
    """The same net with each of `activations`, trained at once."""
    return {"view": "race", "activations": list(activations), "learning_rate": learning_rate}


def maxout(target: str) -> Demonstration:
    """The lines of Maxout, laid so that they make `target`."""
    return {"view": "maxout", "target": target}
