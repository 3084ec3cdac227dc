"""WeightPath: what a rule's model answered, to be read at any moment. Imports no widget."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.panels.neuron.benches.hebb.state import HebbState
from app.simulation.biology.rate_rules import RateRule, two_patterns

Array = np.ndarray


class WeightPath:
    """One answer of `rate-rule`. times (n,), weights (n, 1 or 2), theta (n,) or None, responses (n, 2) to BCM's two patterns."""

    def __init__(self, rule: RateRule, state: HebbState, values: dict[str, Any], traces: dict[str, Array]) -> None:
        self.rule = rule
        self.view = state.view
        self.correlation = state.correlation
        self.times = np.asarray(traces["t"], float)
        names = [name for name in ("w_1", "w_2") if name in traces]
        self.weights = np.stack([np.asarray(traces[name], float) for name in names], axis=1)
        theta = traces.get("theta")
        self.theta = None if theta is None else np.asarray(theta, float)
        self.axis = np.asarray(values.get("eigenvector") or (), float)
        self.responses: Array | None = None
        if rule == "bcm" and self.view == "inputs":
            self.patterns = two_patterns(state.correlation).rows
            self.responses = self.weights @ self.patterns.T

    @property
    def length(self) -> Array:
        """|w|, (n,)."""
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray(np.sqrt((self.weights * self.weights).sum(axis=1)))

    def index(self, time: float) -> int:
        """The last row that is not after `time`."""
        return max(int(np.searchsorted(self.times, time + 1e-9, side="right")) - 1, 0)

    def at(self, time: float) -> Array:
        """The weights then, (1 or 2,)."""
        return np.asarray(self.weights[self.index(time)])

    def series(self) -> dict[str, Array]:
        """What is plotted, by name, each (n,)."""
        if self.view == "pair":
            return {"w": self.weights[:, 0]}
        if self.rule == "hebb":
            return {"|w|": self.length}
        if self.responses is not None and self.theta is not None:
            return {"y₁": self.responses[:, 0], "y₂": self.responses[:, 1], "θ": self.theta}
        return {"w₁": self.weights[:, 0], "w₂": self.weights[:, 1], "|w|": self.length}
