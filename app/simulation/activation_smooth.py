"""The smooth activation functions, each with its first and second derivative, in numpy. Imports neither torch nor Qt.

Each takes floats of one precision (float64 or float32) in any shape and gives the same; limits stand at the infinities. All are
written in e = exp(-|x|), which cannot overflow, so that the tails keep their relative precision where 1 - tanh^2 would not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

_FLAT = 800.0  # exp(-800) is 0 in double precision: beyond it a tail has died, and 0 times infinity must not be asked
_SQRT_HALF = math.sqrt(0.5)
_PEAK = 1.0 / math.sqrt(2.0 * math.pi)  # of the standard normal density
_GELU_K, _GELU_CUBIC = math.sqrt(2.0 / math.pi), 0.044715


def identity(x: Array) -> Array:
    """x."""
    return x


def one(x: Array) -> Array:
    """1 everywhere."""
    return np.ones_like(x)


def zero(x: Array) -> Array:
    """0 everywhere."""
    return np.zeros_like(x)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x)."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def sigmoid_slope(x: Array) -> Array:
    """s (1 - s)."""
    e = np.exp(-np.abs(x))
    rest = 1.0 + e
    return e / (rest * rest)


def sigmoid_bend(x: Array) -> Array:
    """s (1 - s) (1 - 2 s)."""
    half: Array = 0.5 * x
    return -sigmoid_slope(x) * np.tanh(half)


def tanh(x: Array) -> Array:
    """The hyperbolic tangent."""
    return np.tanh(x)


def tanh_slope(x: Array) -> Array:
    """1 - tanh^2."""
    return 4.0 * sigmoid_slope(2.0 * x)


def tanh_bend(x: Array) -> Array:
    """-2 tanh (1 - tanh^2)."""
    return -2.0 * np.tanh(x) * tanh_slope(x)


def sine(x: Array, omega: float) -> Array:
    """sin(omega x); it has no limit at the infinities, and is NaN there."""
    angle: Array = omega * x
    return np.sin(angle)


def sine_slope(x: Array, omega: float) -> Array:
    """omega cos(omega x)."""
    angle: Array = omega * x
    return omega * np.cos(angle)


def sine_bend(x: Array, omega: float) -> Array:
    """-omega^2 sin(omega x)."""
    return -omega * omega * sine(x, omega)


def logsigmoid(x: Array) -> Array:
    """ln(s(x))."""
    return np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x)))


def logsigmoid_slope(x: Array) -> Array:
    """s(-x)."""
    return sigmoid(-x)


def logsigmoid_bend(x: Array) -> Array:
    """-s (1 - s)."""
    return -sigmoid_slope(x)


def softplus(x: Array, beta: float, threshold: float) -> Array:
    """ln(1 + e^(beta x)) / beta, and x itself where beta x > threshold."""
    bx = beta * x
    soft = (np.maximum(bx, 0.0) + np.log1p(np.exp(-np.abs(bx)))) / beta
    return np.where(bx > threshold, x, soft)


def softplus_slope(x: Array, beta: float, threshold: float) -> Array:
    """s(beta x), and 1 where beta x > threshold."""
    bx = beta * x
    return np.where(bx > threshold, 1.0, sigmoid(bx))


def softplus_bend(x: Array, beta: float, threshold: float) -> Array:
    """beta s (1 - s), and 0 where beta x >= threshold (at the threshold itself as PyTorch has it)."""
    bx = beta * x
    return np.where(bx >= threshold, 0.0, beta * sigmoid_slope(bx))


def softsign(x: Array) -> Array:
    """x / (1 + |x|)."""
    largest = float(np.finfo(x.dtype).max)
    near = np.clip(x, -largest, largest)
    return near / (1.0 + np.abs(near))


def softsign_slope(x: Array) -> Array:
    """1 / (1 + |x|)^2."""
    share = 1.0 / (1.0 + np.abs(x))
    return share * share


def softsign_bend(x: Array) -> Array:
    """-2 sign(x) / (1 + |x|)^3."""
    share = 1.0 / (1.0 + np.abs(x))
    return -2.0 * np.sign(x) * share * share * share


def tanhshrink(x: Array) -> Array:
    """x - tanh(x); near 0, where the difference would cancel, the first seven terms of its series."""
    small = np.abs(x) < 0.12
    s = np.where(small, x * x, 0.0)
    series = 1 / 3 + s * (
        -2 / 15
        + s * (17 / 315 + s * (-62 / 2835 + s * (1382 / 155925 + s * (-21844 / 6081075 + s * (929569 / 638512875)))))
    )
    return np.where(small, x * s * series, x - np.tanh(x))


def tanhshrink_slope(x: Array) -> Array:
    """tanh^2."""
    t = np.tanh(x)
    return t * t


def tanhshrink_bend(x: Array) -> Array:
    """2 tanh (1 - tanh^2)."""
    return -tanh_bend(x)


def silu(x: Array) -> Array:
    """x s(x)."""
    return np.maximum(x, -_FLAT) * sigmoid(x)


def silu_slope(x: Array) -> Array:
    """s + x s (1 - s)."""
    near = np.clip(x, -_FLAT, _FLAT)
    return sigmoid(x) + near * sigmoid_slope(x)


def silu_bend(x: Array) -> Array:
    """s (1 - s) (2 + x (1 - 2 s))."""
    half: Array = 0.5 * np.clip(x, -_FLAT, _FLAT)
    return 2.0 * sigmoid_slope(x) * (1.0 - half * np.tanh(half))


def mish(x: Array) -> Array:
    """x w with w = tanh(softplus(x)) = n (n + 2) / (n (n + 2) + 2), n = e^x."""
    return np.maximum(x, -_FLAT) * _mish_weight(x)


def mish_slope(x: Array) -> Array:
    """w + x w'."""
    near = np.clip(x, -_FLAT, _FLAT)
    return _mish_weight(near) + near * _mish_weight_slope(near)


def mish_bend(x: Array) -> Array:
    """2 w' + x w''; w'' = 4 n (2 + 2 n - 3 n^2 - 2 n^3) / (n^2 + 2 n + 2)^3."""
    near = np.clip(x, -_FLAT, _FLAT)
    e = np.exp(-np.abs(near))
    right = near >= 0
    above = np.where(
        right, e * e * (e * (e * (2.0 * e + 2.0) - 3.0) - 2.0), e * (2.0 + e * (2.0 - e * (3.0 + 2.0 * e)))
    )
    below = _mish_denominator(e, right)
    return 2.0 * _mish_weight_slope(near) + near * (4.0 * above / (below * below * below))


def _mish_denominator(e: Array, right: Mask) -> Array:
    """n^2 + 2 n + 2, right of 0 divided by n^2."""
    return np.where(right, 1.0 + e * (2.0 + 2.0 * e), 2.0 + e * (2.0 + e))


def _mish_weight(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    right = x >= 0
    return np.where(right, 1.0 + 2.0 * e, e * (2.0 + e)) / _mish_denominator(e, right)


def _mish_weight_slope(x: Array) -> Array:
    """4 n (n + 1) / (n^2 + 2 n + 2)^2."""
    e = np.exp(-np.abs(x))
    right = x >= 0
    below = _mish_denominator(e, right)
    return 4.0 * (1.0 + e) * np.where(right, e * e, e) / (below * below)


def gelu(x: Array, approximate: str) -> Array:
    """x Phi(x); "tanh": x s(2 u) with u = sqrt(2/pi) (x + 0.044715 x^3)."""
    if approximate == "tanh":
        return np.maximum(x, -_FLAT) * sigmoid(_gelu_argument(x)[0])
    return np.maximum(x, -_FLAT) * _normal_share(x)


def gelu_slope(x: Array, approximate: str) -> Array:
    """Phi(x) + x phi(x), or the same of the tanh form."""
    near = np.clip(x, -_FLAT, _FLAT)
    if approximate == "tanh":
        v, dv, _ = _gelu_argument(near)
        return sigmoid(v) + near * dv * sigmoid_slope(v)
    return _normal_share(near) + near * _normal_density(near)


def gelu_bend(x: Array, approximate: str) -> Array:
    """phi(x) (2 - x^2), or the second derivative of the tanh form."""
    near = np.clip(x, -_FLAT, _FLAT)
    if approximate == "tanh":
        v, dv, ddv = _gelu_argument(near)
        return 2.0 * dv * sigmoid_slope(v) + near * (dv * dv * sigmoid_bend(v) + ddv * sigmoid_slope(v))
    return _normal_density(near) * (2.0 - near * near)


def _gelu_argument(x: Array) -> tuple[Array, Array, Array]:
    """2 u of the tanh form with its two derivatives: (1 + tanh u) / 2 is s(2 u)."""
    near = np.clip(x, -_FLAT, _FLAT)
    square = near * near
    return (
        2.0 * _GELU_K * near * (1.0 + _GELU_CUBIC * square),
        2.0 * _GELU_K * (1.0 + 3.0 * _GELU_CUBIC * square),
        12.0 * _GELU_K * _GELU_CUBIC * near,
    )


def _normal_density(x: Array) -> Array:
    return _PEAK * np.exp(-0.5 * x * x)


def _normal_share(x: Array) -> Array:
    """Phi(x) = erfc(-x / sqrt 2) / 2. numpy has no erfc; math's, number by number, takes 0.15 ms for 2,000."""
    argument = (-_SQRT_HALF * np.asarray(x, dtype=np.float64)).ravel()
    share = np.fromiter(map(math.erfc, argument.tolist()), np.float64, argument.size)
    return (0.5 * share).reshape(np.shape(x)).astype(x.dtype, copy=False)
