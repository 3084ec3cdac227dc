"""One convolution, or one pooling, of one picture: its size, its map, and one position of it term by term. Pure numpy, no Qt.

What torch.nn.functional's conv2d, max_pool2d and avg_pool2d compute (one channel in, one out; average pooling counts the padding,
as torch does unless told otherwise). The size: Dumoulin and Visin 2016, arXiv:1603.07285, relationships 6 and 15.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mode = Literal["convolution", "max", "average"]


class Sliding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a square window slides, in pixels: its kernel's side, its stride, the padding on each side, the dilation."""

    kernel: int = 3
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    @property
    def reach(self) -> int:
        """Pixels from the window's first row to its last, holes counted: d(k - 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    def positions(self, side: int) -> int:
        """Positions along an axis of `side` pixels: floor((n + 2p - d(k - 1) - 1) / s) + 1; below 1 where there is none."""
        return (side + 2 * self.padding - self.dilation * (self.kernel - 1) - 1) // self.stride + 1


class Position(NamedTuple):
    """One position of the window, term by term; arrays of (kernel, kernel).

    pixels: what lies under the window, -inf where max pooling pads. weights: as they are applied, None where nothing is
    weighed. terms: what is added up, or compared. total: their sum, or the largest. outcome: what goes into the map.
    winner: (row, column) within the window of the pixel that max pooling takes, the first of equal ones, as in torch.
    """

    pixels: Floats
    weights: Floats | None
    terms: Floats
    total: float
    outcome: float
    winner: tuple[int, int] | None


def refusal(mode: Mode, sliding: Sliding, side: int) -> str:
    """Why a window cannot slide like that over a square picture of `side` pixels, one sentence with the way out; "" where it can."""
    kernel, padding = sliding.kernel, sliding.padding
    if mode != "convolution" and 2 * padding > kernel:
        return (
            f"Pooling pads by at most half of its window, {kernel // 2} for a window of {kernel}×{kernel}, but the padding is {padding}: "
            f"take a padding of {kernel // 2} or less, or a larger window."
        )
    if mode == "average" and sliding.dilation != 1:
        return f"Average pooling has no dilation in PyTorch, but it is {sliding.dilation}: set the dilation to 1."
    room = side + 2 * padding
    if sliding.reach > room:
        holes = f", which dilation {sliding.dilation} spreads over {sliding.reach}," if sliding.dilation > 1 else ""
        padded = f" even with its padding ({side} + 2·{padding})" if padding else ""
        smaller = "a smaller kernel or dilation" if sliding.dilation > 1 else "a smaller kernel"
        return (
            f"A window of {kernel}×{kernel}{holes} does not fit into a picture that is {room} wide{padded}: "
            f"take {smaller}, or more padding."
        )
    return ""


def padded(picture: Floats, mode: Mode, sliding: Sliding) -> Floats:
    """`picture` (height, width) with its padding: zeros, or -inf for max pooling, so that padding never wins."""
    return np.pad(picture, sliding.padding, constant_values=-np.inf if mode == "max" else 0.0)


def applied(weights: Floats, is_flipped: bool) -> Floats:
    """Weights (k, k) as they lie over the window: as they are (cross-correlation), or turned by 180° (convolution proper)."""
    return weights[::-1, ::-1] if is_flipped else weights


def windows(picture: Floats, mode: Mode, sliding: Sliding) -> Floats:
    """What lies under the window at each position: (rows, columns, kernel, kernel), a view. The window has to fit."""
    reach, stride, dilation = sliding.reach, sliding.stride, sliding.dilation
    views: Floats = np.lib.stride_tricks.sliding_window_view(padded(picture, mode, sliding), (reach, reach))
    return views[::stride, ::stride, ::dilation, ::dilation]


def feature_map(
    picture: Floats, mode: Mode, sliding: Sliding, weights: Floats, bias: float, *, is_flipped: bool, is_rectified: bool
) -> Floats:
    """The whole map (rows, columns) of a picture (height, width).

    weights (kernel, kernel) and bias count in a convolution only. is_flipped: the kernel is turned by 180° first.
    is_rectified: ReLU after. The window has to fit, see `refusal`.
    """
    views = windows(picture, mode, sliding)
    found: Floats
    if mode == "max":
        found = views.max(axis=(2, 3))
    elif mode == "average":
        found = views.mean(axis=(2, 3))
    else:
        found = np.einsum("rcij,ij->rc", views, applied(weights, is_flipped)) + bias
    return np.maximum(found, 0.0) if is_rectified else found


def position(
    picture: Floats, mode: Mode, sliding: Sliding, weights: Floats, bias: float, at: tuple[int, int],
    *, is_flipped: bool, is_rectified: bool,
) -> Position:  # fmt: skip
    """The arithmetic of the map's number at (row, column); arguments as those of `feature_map`."""
    pixels = windows(picture, mode, sliding)[at]
    laid = applied(weights, is_flipped) if mode == "convolution" else None
    winner = None
    if laid is not None:
        terms = pixels * laid
        total = float(terms.sum())
        outcome = total + bias
    elif mode == "average":
        terms = pixels
        total = float(terms.sum())
        outcome = total / terms.size
    else:
        terms = pixels
        row, column = np.unravel_index(int(np.argmax(terms)), terms.shape)
        winner = (int(row), int(column))
        total = outcome = float(terms[winner])
    return Position(pixels, laid, terms, total, max(outcome, 0.0) if is_rectified else outcome, winner)
