"""The pages: each function has one, each claim a demonstration that can be applied, and each number in a claim is computed here."""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.simulation.activation_functions import ACTIVATIONS, Activation
from app.simulation.activation_maxout import maxout_lines
from app.simulation.activation_page import Claim, Page

A = ACTIVATIONS
EVERY_CLAIM = [(name, claim) for name, activation in A.items() for claim in activation.page.claims]
X = np.linspace(-12, 12, 240001)


@pytest.mark.parametrize("activation", A.values(), ids=list(A))
def test_a_page_says_what_it_is_for_what_it_costs_and_where_it_fails(activation: Activation) -> None:
    page = activation.page
    assert isinstance(page, Page)
    assert page.purpose
    assert page.cost
    assert page.failure
    texts = [claim.text for claim in page.claims]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert text[0].isupper() or text.startswith(("k lines", "x times"))
        assert text.endswith(".")
        assert len(text) < 180
        assert "  " not in text


KEYS: dict[str, tuple[set[str], set[str]]] = {
    "curves": ({"view", "functions", "range", "derivative"}, {"threshold", "parameters"}),
    "depth": ({"view", "activation", "initialisation", "layers"}, set()),
    "race": ({"view", "activations", "learning_rate"}, set()),
    "maxout": ({"view", "target"}, set()),
}


@pytest.mark.parametrize(("name", "claim"), EVERY_CLAIM, ids=lambda one: one if isinstance(one, str) else one.text[:30])
def test_a_demonstration_can_be_applied_and_shows_the_function(name: str, claim: Claim) -> None:
    shown = json.loads(json.dumps(claim.demonstration))
    assert shown == claim.demonstration
    needed, allowed = KEYS[shown["view"]]
    assert needed <= shown.keys() <= needed | allowed
    if shown["view"] == "curves":
        assert name in shown["functions"] or name == "glu"
        assert set(shown["functions"]) <= A.keys()
        assert len(set(shown["functions"])) == len(shown["functions"]) <= 8
        low, high = shown["range"]
        assert low < high
        assert isinstance(shown["derivative"], bool)
        assert 0 < shown.get("threshold", 0.05) < 1
        for key, parameters in shown.get("parameters", {}).items():
            assert key in shown["functions"]
            A[key].value(0.0, **parameters)
    elif shown["view"] == "depth":
        assert shown["activation"] == name
        assert shown["initialisation"] in ("xavier", "he", "lecun", "orthogonal", "normal")
        assert 1 <= shown["layers"] <= 50
    elif shown["view"] == "race":
        assert name in shown["activations"]
        assert 1 <= len(shown["activations"]) <= 6
        assert 0 < shown["learning_rate"] <= 10
    else:
        assert name in ("maxout", shown["target"])
        assert shown["target"] in ("abs", "relu", "leaky_relu", "square")


def slope(name: str, x: Any, **parameters: Any) -> Any:
    return A[name].derivative(x, **parameters)


def value(name: str, x: Any, **parameters: Any) -> Any:
    return A[name].value(x, **parameters)


def apart(first: str, second: str, **parameters: Any) -> float:
    return float(np.abs(value(first, X, **parameters) - value(second, X)).max())


def mean_square(name: str) -> float:
    moments = A[name].moments()
    return moments.mean**2 + moments.variance


def steepest_beyond(name: str, edge: float, sides: str = "both", **parameters: Any) -> float:
    x = {"both": X[np.abs(X) > edge], "left": X[-edge > X], "right": X[edge < X]}[sides]
    return float(np.abs(slope(name, x, **parameters)).max())


def turning(name: str) -> tuple[float, float]:
    y = value(name, X)
    return float(X[y.argmin()]), float(y.min())


def share_of_normal(inside: float) -> float:
    return math.erf(inside / math.sqrt(2))


@functools.cache
def layers(name: str, variance: float, count: int, seed: int = 0) -> tuple[float, float, float]:
    """256 normal signals through layers of width 256: mean square after all, variance, and gradient at the first over the last."""
    rng = np.random.default_rng(seed)
    signal, kept = rng.normal(size=(256, 256)), []
    for _ in range(count):
        weights = rng.normal(size=(256, 256)) * math.sqrt(variance / 256)
        summed = signal @ weights
        signal = value(name, summed)
        kept.append((weights, slope(name, summed)))
    gradient, sizes = rng.normal(size=signal.shape), []
    for weights, slopes in reversed(kept):
        gradient = gradient * slopes
        sizes.append(float(gradient.std()))
        gradient = gradient @ weights.T
    ratio = sizes[-1] / sizes[0] if sizes[0] else 0.0
    return float((signal**2).mean()), float(signal.var()), ratio


def jump(name: str, x: float, **parameters: Any) -> tuple[float, float]:
    left, right = slope(name, np.array([x - 1e-9, x + 1e-9]), **parameters)
    return float(left), float(right)


def is_near(got: Any, expected: Any, digits: float) -> bool:
    return bool(np.all(np.abs(np.subtract(got, expected)) <= digits))


CHECKS: dict[str, dict[str, Callable[[], Any]]] = {
    "relu": {
        "slope is exactly 1": lambda: np.all(slope("relu", X[X > 0]) == 1),
        "keeps half": lambda: mean_square("relu") == pytest.approx(0.5) and 0.1 < layers("relu", 2, 50)[0] < 10,
        "half the outputs are exactly 0": lambda: share_of_normal(0) == 0 and (value("relu", X[X < 0]) == 0).all(),
        "derivative is 0": lambda: np.all(slope("relu", X[X <= 0]) == 0),
        "about a millionth": lambda: 2e-7 < layers("relu", 1, 20)[0] < 5e-6 and is_near(2.0**-20, 1e-6, 5e-8),
        "0.40": lambda: is_near(A["relu"].moments().mean, 0.40, 5e-3),
    },
    "leaky_relu": {
        "a tenth": lambda: np.all(slope("leaky_relu", X[X < 0]) == 0.1),
        "0.1 x and x": lambda: is_near(value("leaky_relu", X), maxout_lines(X, (0.1, 1.0), (0, 0)).value, 1e-15),
        "slope of 1": lambda: np.all(value("leaky_relu", X, negative_slope=1) == X),
        "turns round at 0": lambda: not A["leaky_relu"].is_monotone(negative_slope=-0.01),
    },
    "prelu": {
        "learnt like": lambda: np.all(slope("prelu", X[X < 0]) == 0.25),
        "towards 0": lambda: np.all(value("prelu", X, init=0) == value("relu", X)),
        "beyond 1": lambda: value("prelu", -1.0, init=1.5) == -1.5,
    },
    "rrelu": {"0.229": lambda: is_near(slope("rrelu", -1.0), 0.229, 5e-4)},
    "relu6": {
        "above 6": lambda: A["relu6"].range().high == 6,
        "0 on both sides": lambda: not slope("relu6", X[(X < 0) | (X >= 6)]).any(),
    },
    "elu": {
        "0.16": lambda: is_near(A["elu"].moments().mean, 0.16, 5e-3) and is_near(A["relu"].moments().mean, 0.40, 5e-3),
        "no kink": lambda: is_near(jump("elu", 0), (1, 1), 1e-8),
        "right of it": lambda: np.all(value("elu", X[X > 0]) == X[X > 0]),
        "left of −5": lambda: steepest_beyond("elu", 5, "left") < 0.007 and A["elu"].range(alpha=2).low == -2,
        "from α to 1": lambda: is_near(jump("elu", 0, alpha=2), (2, 1), 1e-8),
        "grows": lambda: layers("elu", 2, 20)[0] > 2 * layers("elu", 2, 1)[0],
        "exponential left of 0": lambda: np.all(value("elu", X[X < 0]) == np.expm1(X[X < 0])),
    },
    "celu": {
        "slope at 0": lambda: is_near([jump("celu", 0, alpha=alpha) for alpha in (0.5, 1, 3)], 1, 1e-8),
        "division left of 0": lambda: is_near(value("celu", X[X < 0], alpha=2), 2 * np.expm1(X[X < 0] / 2), 1e-15),
        "−4.7 α": lambda: all(
            steepest_beyond("celu", 4.7 * alpha, "left", alpha=alpha) < 0.01 for alpha in (0.5, 1.0, 2.0)
        ),
        "ELU itself": lambda: np.all(value("celu", X) == value("elu", X)),
    },
    "selu": {
        "mean 0 and variance 1": lambda: (
            is_near((A["selu"].moments().mean, A["selu"].moments().variance), (0, 1), 1e-6)
            and 0.7 < layers("selu", 1, 50)[1] < 1.4
        ),
        "hundredfold": lambda: all(layers("selu", 2, 50, seed)[0] > 100 * 2 for seed in range(3)),
        "1.758 to 1.051": lambda: is_near(jump("selu", 0), (1.758, 1.051), 5e-4),
    },
    "threshold": {
        "it is ReLU": lambda: np.all(value("threshold", X) == value("relu", X)),
        "derivative is 0": lambda: not slope("threshold", X[X <= 0]).any(),
    },
    "maxout": {
        "0 and x": lambda: np.all(maxout_lines(X, (0, 1), (0, 0)).value == value("relu", X)),
    },
    "sigmoid": {
        "0 becomes one half": lambda: value("sigmoid", 0) == 0.5 and A["sigmoid"].range().text == "(0, 1)",
        "s (1 − s)": lambda: is_near(slope("sigmoid", X), value("sigmoid", X) * (1 - value("sigmoid", X)), 1e-15),
        "0.25⁵": lambda: A["sigmoid"].lipschitz() == 0.25 and is_near(0.25**5, 0.001, 5e-5),
        "billionth": lambda: layers("sigmoid", 1, 20)[2] < 1e-9,
        "±5": lambda: steepest_beyond("sigmoid", 5) < 0.007,
    },
    "tanh": {
        "−1 and 1": lambda: A["tanh"].range().text == "(−1, 1)" and abs(A["tanh"].moments().mean) < 1e-9,
        "nine tenths": lambda: slope("tanh", 0) == 1 and layers("tanh", 1, 20)[2] > 0.1,
        "2 sigmoid": lambda: is_near(value("tanh", X), 2 * value("sigmoid", 2 * X) - 1, 1e-15),
        "±3": lambda: steepest_beyond("tanh", 3) < 0.01,
        "0.05": lambda: layers("tanh", 1, 20)[1] < 0.05,
    },
    "hardtanh": {
        "32 %": lambda: is_near(1 - share_of_normal(1), 0.32, 5e-3) and not slope("hardtanh", X[np.abs(X) >= 1]).any()
    },
    "hardsigmoid": {
        "0.07": lambda: apart("hardsigmoid", "sigmoid") < 0.07,
        "exactly 0": lambda: not slope("hardsigmoid", X[np.abs(X) >= 3]).any(),
        "1/6": lambda: A["hardsigmoid"].lipschitz() == 1 / 6 < A["sigmoid"].lipschitz() == 0.25,
    },
    "softsign": {
        "long tails": lambda: is_near(slope("softsign", 10), 0.008, 5e-4) and slope("tanh", 10) < 0.00000001,
        "0.91": lambda: is_near(value("softsign", 10), 0.91, 5e-3),
        "0.002": lambda: layers("softsign", 1, 20)[1] < 0.002 < layers("tanh", 1, 20)[1],
    },
    "logsigmoid": {
        "−1000": lambda: value("logsigmoid", -1000) == -1000 and value("sigmoid", -1000) == 0,
        "−0.81": lambda: is_near(A["logsigmoid"].moments().mean, -0.81, 5e-3),
        "Right of 5": lambda: steepest_beyond("logsigmoid", 5, "right") < 0.007 and A["logsigmoid"].range().high == 0,
    },
    "tanhshrink": {
        "0.0003": lambda: is_near(value("tanhshrink", 0.1), 0.0003, 5e-5) and is_near(value("tanhshrink", 10), 9, 1e-7),
        "0.04": lambda: slope("tanhshrink", 0) == 0 and slope("tanhshrink", 0.2) < 0.04,
    },
    "softshrink": {
        "exactly 0": lambda: not value("softshrink", X[np.abs(X) <= 0.5]).any(),
        "38 %": lambda: is_near(share_of_normal(0.5), 0.38, 5e-3) and not slope("softshrink", X[np.abs(X) < 0.5]).any(),
        "closer to 0": lambda: is_near(value("softshrink", 2.0), 1.5, 1e-15),
    },
    "hardshrink": {
        "exactly 0": lambda: not value("hardshrink", X[np.abs(X) <= 0.5]).any(),
        "38 %": lambda: is_near(share_of_normal(0.5), 0.38, 5e-3) and not slope("hardshrink", X[np.abs(X) < 0.5]).any(),
    },
    "step": {
        "1943": lambda: all(value("step", a + b - 1.5) == (a and b) for a, b in itertools.product((0, 1), repeat=2)),
        "derivative is 0": lambda: not slope("step", X).any() and layers("step", 1, 5)[2] == 0,
    },
    "sine": {"2π/ω": lambda: is_near(value("sine", X, omega=3), value("sine", X + 2 * math.pi / 3, omega=3), 1e-13)},
    "gelu": {
        "1/2 there": lambda: slope("gelu", 0) == 0.5,
        "0.0005": lambda: apart("gelu", "gelu", approximate="tanh") < 0.0005,
        "−0.75": lambda: is_near(turning("gelu"), (-0.75, -0.17), 5e-3),
        "0.425": lambda: is_near(mean_square("gelu"), 0.425, 5e-4) and layers("gelu", 2, 20)[0] < 0.5,
    },
    "silu": {
        "−1.28": lambda: is_near(turning("silu"), (-1.28, -0.278), 5e-3) and is_near(turning("silu")[1], -0.278, 5e-4),
        "0.356": lambda: is_near(mean_square("silu"), 0.356, 5e-4) and layers("silu", 2, 20)[0] < 1e-3,
    },
    "mish": {
        "0.19": lambda: apart("mish", "silu") < 0.19,
        "x n (n + 2)": lambda: is_near(
            value("mish", X), X * (n := np.exp(X)) * (n + 2) / (n * (n + 2) + 2), 1e-13
        ),
        "−1.19": lambda: is_near(turning("mish"), (-1.19, -0.309), 5e-3) and is_near(turning("mish")[1], -0.309, 5e-4),
        "0.452": lambda: is_near(mean_square("mish"), 0.452, 5e-4),
    },
    "hardswish": {
        "0.15": lambda: apart("hardswish", "silu") < 0.15,
        "−1/2": lambda: is_near([jump("hardswish", -3), jump("hardswish", 3)], [(0, -0.5), (1.5, 1)], 1e-8),
        "exactly 0": lambda: not slope("hardswish", X[X <= -3]).any(),
    },
    "softplus": {
        "0.69": lambda: is_near((value("softplus", 0), A["softplus"].moments().mean), (0.69, 0.81), 5e-3),
        "threshold of 0": lambda: is_near(np.ptp(value("softplus", [0.0, 1e-12], threshold=0)), 0.69, 5e-3),
    },
    "glu": {"g = −5": lambda: slope("sigmoid", -5.0) < 0.007},
    "reglu": {
        "below 0, and open": lambda: [value("reglu", 1, g=g) for g in (-2, -1, 1, 2)] == [0, 0, 1, 2],
        "With g below 0": lambda: not slope("reglu", X, g=-1).any() and slope("relu", -1.0) == 0,
    },
    "geglu": {
        "slightly below 0": lambda: slope("gelu", -0.3) > 0.2,
        "−0.75": lambda: abs(slope("gelu", -0.75)) < 0.005 and (slope("gelu", X[X < -0.76]) <= 0).all(),
    },
}  # fmt: skip


def checked_by(name: str, claim: Claim) -> list[Callable[[], Any]]:
    return [check for fragment, check in CHECKS.get(name, {}).items() if fragment in claim.text]


@pytest.mark.parametrize("name", CHECKS)
def test_claims_are_true(name: str) -> None:
    texts = [claim.text for claim in A[name].page.claims]
    for fragment, check in CHECKS[name].items():
        assert any(fragment in text for text in texts), f"{fragment!r} is in no claim about {name}"
        assert check(), f"{name}: {fragment}"


def test_every_number_in_a_claim_is_computed() -> None:
    without = [
        (name, claim.text)
        for name, claim in EVERY_CLAIM
        if re.search(r"\d", claim.text.replace("GPT-2", "")) and not checked_by(name, claim)
    ]
    assert without == []


def test_what_claims_say_without_numbers() -> None:
    assert layers("tanhshrink", 1, 10)[0] == 0
    assert (np.abs(slope("softplus", X) - value("sigmoid", X)) < 1e-8).all(), "its derivative is the sigmoid"
    assert A["softplus"].range().low == 0
    dead = maxout_lines(X, (1.0, 1.0), (0.0, -2.0))
    assert not dead.active.any(), "the lower of two parallel lines never leads"
    assert A["sine"].lipschitz(omega=10.0) == 10
    assert value("bilinear", 30.0, g=10.0) == 100 * value("bilinear", 3.0, g=1.0)
