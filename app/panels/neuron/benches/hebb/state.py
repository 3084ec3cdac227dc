"""What the Hebb bench shows, as data, and what it asks the models with it. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.rate_rules import RateRule, cloud, correlated_cloud, two_patterns

SCHEMA = 1
DURATION = 10.0  # in units of 1/eta of the two inputs, or seconds of the one synapse
MOMENTS = 500  # inputs that pass meanwhile: one every 0.02
MEAN, SD, PAIR_ETA, PAIR_START = 1.0, 0.5, 0.3, 1.0  # of two cells with one synapse
TAU_THETA = 0.2
LONGEST = 1.5  # of the weight vector at the start
TOGETHER = 0.1  # correlations closer to 0 than this count as uncoordinated

View = Literal["pair", "inputs"]
Correlation = Annotated[float, Meta(ge=-1.0, le=1.0)]
Start = Annotated[float, Meta(ge=-LONGEST, le=LONGEST)]
RULES: dict[View, tuple[RateRule, RateRule, RateRule]] = {
    "pair": ("hebb", "covariance", "oja"),
    "inputs": ("hebb", "oja", "bcm"),
}
_PAIR: View = "pair"
_OJA: RateRule = "oja"


class HebbState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """view: one synapse between two cells, or two inputs of one cell; each has its own correlation.

    start_1, start_2: the weights of the two inputs at the start. way: exact mean, or one input after the other (`seed`). rule:
    whose weights the drawn cells have. shown: the moment, 0 to DURATION. answer: what the model said to the prediction.
    """

    view: View = _PAIR
    pair_correlation: Correlation = 0.0
    inputs_correlation: Correlation = 0.8
    start_1: Start = 0.35
    start_2: Start = 0.05
    way: Literal["averaged", "sampled"] = "averaged"
    rule: RateRule = _OJA
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    shown: Annotated[float, Meta(ge=0.0, le=DURATION)] = 0.0
    prediction: Prediction = Prediction()
    answer: Annotated[int, Meta(ge=0, le=2)] | None = None
    asked_correlation: Correlation | None = None
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def correlation(self) -> float:
        """Of the view on show."""
        return self.pair_correlation if self.view == "pair" else self.inputs_correlation

    @property
    def start(self) -> tuple[float, float]:
        """Both weights at the start."""
        return self.start_1, self.start_2

    @property
    def is_revealed(self) -> bool:
        """Whether everything may be seen: before, it would answer the question."""
        return not self.prediction.first or self.answer is not None

    def options(self, rule: RateRule) -> dict[str, Any]:
        """The run of `rule` that the settings stand for, as `hillock simulate rate-rule` takes it."""
        common = {"rule": rule, "correlation": self.correlation, "duration": DURATION, "points": MOMENTS + 1}
        if self.view == "pair":
            return {**common, "mode": "pair", "mean": MEAN, "sd": SD, "w0": [PAIR_START], "eta": PAIR_ETA}
        more = {"mode": self.way, "w0": list(self.start), "eta": 1.0, "tau_theta": TAU_THETA}
        if self.way == "sampled":
            more |= {"dt": DURATION / MOMENTS, "seed": self.seed}
        return {**common, **more}

    def moments(self) -> np.ndarray:
        """The firing of both cells (A, B) moment by moment, (MOMENTS, 2): the very inputs of the drawn rule's sampled run.

        Of one synapse around a mean rate of MEAN; of two inputs as the difference from their means.
        """
        c = self.correlation
        chance = np.random.default_rng(self.seed)
        if self.view == "pair":
            return cloud(SD * SD * np.array([[1.0, c], [c, 1.0]]), np.array([MEAN, MEAN])).draw(MOMENTS, chance)
        if self.rule == "bcm":
            return two_patterns(c).draw(MOMENTS, chance)
        return correlated_cloud(c).draw(MOMENTS, chance)


def category(correlation: float) -> int:
    """0 together, 1 uncoordinated, 2 apart."""
    return 1 if abs(correlation) < TOGETHER else int(correlation < 0) * 2


def to_json(state: HebbState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> HebbState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, HebbState, "The Hebb bench", SCHEMA)
    if state.rule not in RULES[state.view]:
        raise StateError(f"rule cannot be applied: {state.rule} is not shown in the view {state.view}.", "rule")
    return state
