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
Pair = tuple[int, int]  # height, width
Size = int | Pair
WINDOW = ("kernel", "stride", "padding", "dilation")
_WAYS = ("up and down", "left and right")


class Sliding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a window slides, in pixels: its kernel's sides, its stride, the padding on each side, the dilation.

    Each is one number, or (height, width) where they differ: equal ones become one number. is_linked: height and width are
    changed together; never where they differ.
    """

    kernel: Size = 3
    stride: Size = 1
    padding: Size = 0
    dilation: Size = 1
    is_linked: bool = True

    def __post_init__(self) -> None:
        for name in WINDOW:
            value = getattr(self, name)
            if isinstance(value, tuple) and value[0] == value[1]:
                msgspec.structs.force_setattr(self, name, value[0])
            elif isinstance(value, tuple):
                msgspec.structs.force_setattr(self, "is_linked", False)

    def pair(self, name: str) -> Pair:
        """One of WINDOW as (height, width)."""
        value: Size = getattr(self, name)
        return value if isinstance(value, tuple) else (value, value)

    @property
    def is_square(self) -> bool:
        """Whether it does the same down and across."""
        return all(isinstance(getattr(self, name), int) for name in WINDOW)

    @property
    def sides(self) -> Pair:
        """Height and width of the kernel."""
        return self.pair("kernel")

    @property
    def count(self) -> int:
        """How many pixels lie under the window."""
        return self.sides[0] * self.sides[1]

    @property
    def reach(self) -> Pair:
        """Pixels from the window's first row to its last, and from column to column, holes counted: d(k - 1) + 1."""
        (down, across), (high, wide) = self.pair("dilation"), self.sides
        return down * (high - 1) + 1, across * (wide - 1) + 1

    def map_shape(self, side: int) -> Pair:
        """Positions along each axis of `side` pixels: floor((n + 2p - d(k - 1) - 1) / s) + 1; below 1 where there is none."""
        axes = zip(self.pair("padding"), self.reach, self.pair("stride"), strict=True)
        rows, columns = ((side + 2 * padding - reach) // stride + 1 for padding, reach, stride in axes)
        return rows, columns


class Position(NamedTuple):
    """One position of the window, term by term; arrays of (high, wide), the kernel's sides.

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
    dilation = sliding.dilation
    if mode == "average" and dilation != 1:
        said = dilation if isinstance(dilation, int) else f"{dilation[0]} by {dilation[1]}"
        return f"Average pooling has no dilation in PyTorch, but it is {said}: set the dilation to 1."
    axes = range(2)
    found = (_padded_too_much(sliding, axis) for axis in axes) if mode != "convolution" else iter(())
    return next((one for one in (*found, *(_too_large(sliding, side, axis) for axis in axes)) if one), "")


def _padded_too_much(sliding: Sliding, axis: int) -> str:
    high, wide = sliding.sides
    kernel, padding = sliding.sides[axis], sliding.pair("padding")[axis]
    if 2 * padding <= kernel:
        return ""
    way = "" if sliding.is_square else f" {_WAYS[axis]}"
    return (
        f"Pooling pads by at most half of its window, {kernel // 2}{way} for a window of {high}×{wide}, but the padding is {padding}: "
        f"take a padding of {kernel // 2} or less, or a larger window."
    )


def _too_large(sliding: Sliding, side: int, axis: int) -> str:
    (high, wide), padding, dilation = sliding.sides, sliding.pair("padding")[axis], sliding.pair("dilation")[axis]
    reach, room = sliding.reach[axis], side + 2 * padding
    if reach <= room:
        return ""
    holes = f", which dilation {dilation} spreads over {reach}," if dilation > 1 else ""
    padded = f" even with its padding ({side} + 2·{padding})" if padding else ""
    smaller = "a smaller kernel or dilation" if dilation > 1 else "a smaller kernel"
    extent = "wide" if axis or sliding.is_square else "high"
    return (
        f"A window of {high}×{wide}{holes} does not fit into a picture that is {room} {extent}{padded}: "
        f"take {smaller}, or more padding."
    )


def padded(picture: Floats, mode: Mode, sliding: Sliding) -> Floats:
    """`picture` (height, width) with its padding: zeros, or -inf for max pooling, so that padding never wins."""
    down, across = sliding.pair("padding")
    return np.pad(picture, ((down, down), (across, across)), constant_values=-np.inf if mode == "max" else 0.0)


def applied(weights: Floats, is_flipped: bool) -> Floats:
    """Weights (high, wide) as they lie over the window: as they are (cross-correlation), or turned by 180° (convolution proper)."""
    return weights[::-1, ::-1] if is_flipped else weights


def windows(picture: Floats, mode: Mode, sliding: Sliding) -> Floats:
    """What lies under the window at each position: (rows, columns, high, wide), a view. The window has to fit."""
    views: Floats = np.lib.stride_tricks.sliding_window_view(padded(picture, mode, sliding), sliding.reach)
    (down, across), (between, beside) = sliding.pair("stride"), sliding.pair("dilation")
    return views[::down, ::across, ::between, ::beside]


def feature_map(
    picture: Floats, mode: Mode, sliding: Sliding, weights: Floats, bias: float, *, is_flipped: bool, is_rectified: bool
) -> Floats:
    """The whole map (rows, columns) of a picture (height, width).

    weights (high, wide) and bias count in a convolution only. is_flipped: the kernel is turned by 180° first.
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
