"""Maxout: the largest of k straight lines (or planes), which of them it is, and its slope. Imports neither torch nor Qt.

Goodfellow, Warde-Farley, Mirza, Courville & Bengio 2013, arXiv:1302.4389. Where several are largest at once the slope is the mean
of theirs, as PyTorch's amax and maximum share the gradient.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from trainers.errors import BadInput

Array = npt.NDArray[np.floating[Any]]


class Maxout(NamedTuple):
    """The upper envelope at some points.

    value, active (index of the line; the first of those that tie): the shape of the points. derivative: the same, or with one
    more axis for the inputs where there are several.
    """

    value: Array
    active: Array
    derivative: Array


def maxout_lines(x: npt.ArrayLike, weights: npt.ArrayLike, biases: npt.ArrayLike) -> Maxout:
    """max over k of weights[k] x + biases[k] at x (any shape); weights, biases (k,). float32 in, float32 out.

    At the infinities the limits. Raises BadInput unless there is at least one line and all numbers are finite.
    """
    points = _floats(x)
    envelope = maxout_planes(points[..., None], np.reshape(np.asarray(weights), (-1, 1)), biases)
    return Maxout(envelope.value, envelope.active, envelope.derivative[..., 0])


def maxout_planes(points: npt.ArrayLike, weights: npt.ArrayLike, biases: npt.ArrayLike) -> Maxout:
    """max over k of weights[k] . point + biases[k] at points (..., d); weights (k, d), biases (k,). Errors as maxout_lines."""
    places = _floats(points)
    w, b = np.asarray(weights, dtype=places.dtype), np.asarray(biases, dtype=places.dtype)
    if w.ndim != 2 or w.shape[0] == 0 or b.shape != w.shape[:1] or places.shape[-1:] != w.shape[1:]:
        raise BadInput(
            f"Maxout has weights of shape {w.shape}, biases of shape {b.shape} and points of shape {places.shape}, "
            "but it needs one row of weights and one bias for each of its lines."
        )
    if not (np.isfinite(w).all() and np.isfinite(b).all()):
        raise BadInput("A weight or bias of Maxout is not a finite number; give each line finite ones.")
    flat = places.reshape(-1, places.shape[-1])
    with np.errstate(over="ignore", invalid="ignore"):
        heights = w @ flat.T + b[:, None]  # (k, points): the long axis last is five times as fast
        lost = ~np.isfinite(heights.max(axis=0))
        if lost.any():
            heights[:, lost] = _far_out(flat[lost], w, b)
        value, active = heights.max(axis=0), heights.argmax(axis=0)
        leads = (heights == value).astype(places.dtype)
        derivative = (leads.T @ w) / np.maximum(leads.sum(axis=0), 1.0)[:, None]
        if lost.any():
            leading = w[active[lost]]
            products = np.where(leading == 0, 0.0, leading * flat[lost])
            value[lost] = products.sum(axis=1) + b[active[lost]]
    unknown = np.isnan(flat).any(axis=1)
    value[unknown] = np.nan
    derivative[unknown] = np.nan
    shape = places.shape[:-1]
    return Maxout(value.reshape(shape), active.reshape(shape), derivative.reshape(places.shape))


def _far_out(points: Array, w: Array, b: Array) -> Array:
    """(k, points), largest for the line that leads where heights are beyond all numbers: the steepest, of those the highest."""
    reach = np.abs(points).max(axis=1, keepdims=True)
    directions = np.where(np.isinf(reach), np.sign(points) * np.isinf(points), points / reach)
    slopes = w @ directions.T
    steepest = slopes == slopes.max(axis=0)
    return np.where(steepest, b[:, None], -np.inf)


def value(x: Array, w1: float, b1: float, w2: float, b2: float) -> Array:
    """max(w1 x + b1, w2 x + b2)."""
    return maxout_lines(x, (w1, w2), (b1, b2)).value


def slope(x: Array, w1: float, b1: float, w2: float, b2: float) -> Array:
    """The weight of the larger line; where both are equal the mean of the weights."""
    return maxout_lines(x, (w1, w2), (b1, b2)).derivative


def _floats(x: npt.ArrayLike) -> Array:
    array = np.asarray(x)
    return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)
