"""The activation functions with kinks and jumps, each with first and second derivative, in numpy. Imports neither torch nor Qt.

Each takes floats of one precision (float64 or float32) in any shape and gives the same. At a kink the derivative is the one that
PyTorch's backward pass takes, and the second derivative is 0; each docstring says which side that is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805  # Klambauer et al. 2017, the fixed point (0, 1)


def step(x: Array) -> Array:
    """1 where x >= 0, else 0."""
    return np.where(x >= 0, np.ones_like(x), 0.0)


def relu(x: Array) -> Array:
    """max(0, x)."""
    return np.maximum(x, 0.0)


def relu_slope(x: Array) -> Array:
    """1 above 0, 0 at 0 and below."""
    return _one_where(x > 0, x)


def relu6(x: Array) -> Array:
    """min(max(0, x), 6)."""
    return np.clip(x, 0.0, 6.0)


def relu6_slope(x: Array) -> Array:
    """1 strictly between 0 and 6, 0 elsewhere."""
    return _one_where((x > 0) & (x < 6), x)


def leaky(x: Array, slope: float) -> Array:
    """x above 0, slope x below."""
    return np.where(x > 0, x, times(x, slope))


def leaky_slope(x: Array, slope: float) -> Array:
    """1 above 0, slope at 0 and below."""
    return np.where(x > 0, np.ones_like(x), slope)


def elu(x: Array, alpha: float) -> Array:
    """x above 0, alpha (e^x - 1) below."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0)))


def elu_slope(x: Array, alpha: float) -> Array:
    """1 above 0, alpha e^x at 0 and below."""
    return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0.0)))


def elu_bend(x: Array, alpha: float) -> Array:
    """alpha e^x below 0, 0 at 0 and above."""
    return np.where(x < 0, alpha * np.exp(np.minimum(x, 0.0)), 0.0)


def celu(x: Array, alpha: float) -> Array:
    """x above 0, alpha (e^(x/alpha) - 1) below."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0.0) / alpha))


def celu_slope(x: Array, alpha: float) -> Array:
    """1 above 0, e^(x/alpha) at 0 and below, which is 1 at 0 too; alpha rounded to single precision, as in PyTorch's derivative."""
    rounded = float(np.float32(alpha))
    return np.where(x > 0, 1.0, alpha / rounded * np.exp(np.minimum(x, 0.0) / rounded))


def celu_bend(x: Array, alpha: float) -> Array:
    """e^(x/alpha) / alpha below 0, 0 at 0 and above; alpha rounded as in the first derivative."""
    rounded = float(np.float32(alpha))
    return np.where(x < 0, alpha / rounded**2 * np.exp(np.minimum(x, 0.0) / rounded), 0.0)


def selu(x: Array) -> Array:
    """An ELU of alpha 1.67326 times 1.0507."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def selu_slope(x: Array) -> Array:
    """1.0507 above 0, 1.75810 e^x at 0 and below."""
    return SELU_SCALE * elu_slope(x, SELU_ALPHA)


def selu_bend(x: Array) -> Array:
    """1.75810 e^x below 0, 0 at 0 and above."""
    return SELU_SCALE * elu_bend(x, SELU_ALPHA)


def hardtanh(x: Array, min_val: float, max_val: float) -> Array:
    """x, kept between the two bounds."""
    return np.clip(x, min_val, max_val)


def hardtanh_slope(x: Array, min_val: float, max_val: float) -> Array:
    """1 strictly between the bounds, 0 elsewhere."""
    return _one_where((x > min_val) & (x < max_val), x)


def hardsigmoid(x: Array) -> Array:
    """x / 6 + 1/2, kept between 0 and 1."""
    sixfold: Array = np.clip(x + 3.0, 0.0, 6.0)
    return sixfold / 6.0


def hardsigmoid_slope(x: Array) -> Array:
    """1/6 strictly between -3 and 3, 0 elsewhere; in double precision too PyTorch's 1/6 of single precision, 3e-8 too large."""
    return _one_where((x > -3) & (x < 3), x) * float(np.float32(1.0 / 6.0))


def hardswish(x: Array) -> Array:
    """x times its hardsigmoid."""
    return np.where(x >= 3, x, np.maximum(x, -3.0) * hardsigmoid(x))


def hardswish_slope(x: Array) -> Array:
    """x / 3 + 1/2 strictly between -3 and 3, 0 at -3 and below, 1 at 3 and above."""
    inner: Array = np.clip(x, -3.0, 3.0) / 3.0 + 0.5
    return np.where(x >= 3, 1.0, np.where(x > -3, inner, 0.0))


def hardswish_bend(x: Array) -> Array:
    """1/3 strictly between -3 and 3, 0 elsewhere."""
    return _one_where((x > -3) & (x < 3), x) / 3.0


def hardshrink(x: Array, lambd: float) -> Array:
    """x where |x| > lambda, else 0."""
    return np.where(np.abs(x) > lambd, x, 0.0)


def shrink_slope(x: Array, lambd: float) -> Array:
    """1 where |x| > lambda, else 0: of hardshrink and of softshrink."""
    return _one_where(np.abs(x) > lambd, x)


def softshrink(x: Array, lambd: float) -> Array:
    """x moved towards 0 by lambda, and no further."""
    return x - np.clip(x, -lambd, lambd)


def threshold(x: Array, threshold: float, value: float) -> Array:
    """x above the threshold, value at it and below."""
    return np.where(x > threshold, x, value)


def threshold_slope(x: Array, threshold: float, value: float) -> Array:
    """1 above the threshold, 0 at it and below."""
    return _one_where(x > threshold, x)


def times(x: Array, factor: float) -> Array:
    """factor x, and 0 for a factor of 0 even at the infinities: the limit of that straight line."""
    return factor * x if factor != 0 else np.zeros_like(x)


def flat(x: Array, **parameters: object) -> Array:
    """0 everywhere: the second derivative of what consists of straight pieces."""
    return np.zeros_like(x)


def _one_where(where: Mask, x: Array) -> Array:
    return where.astype(x.dtype)
