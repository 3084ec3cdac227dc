"""Kernels that have a name, as numpy arrays, and what becomes of a kernel when its side changes. Pure numpy, no Qt.

Sobel and Feldman 1968 (A 3x3 isotropic gradient operator for image processing, a talk at the Stanford AI project); the others
are those of every book on pictures, such as Gonzalez and Woods, Digital Image Processing, chapter 3.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class NamedKernel(NamedTuple):
    """key: for ever. what: one sentence: what it does to a picture. rows: of its 3×3 form."""

    key: str
    title: str
    what: str
    rows: tuple[tuple[float, ...], ...]


KERNELS: tuple[NamedKernel, ...] = (
    NamedKernel("sobel_x", "Sobel x", "Answers to upright edges: positive where it gets more inked to the right.", ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))),
    NamedKernel("sobel_y", "Sobel y", "Answers to level edges: positive where it gets more inked downwards.", ((-1, -2, -1), (0, 0, 0), (1, 2, 1))),
    NamedKernel("edge", "Edges", "The pixel against all around it: answers to every edge, whatever its direction.", ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
    NamedKernel("laplacian", "Laplacian", "The second derivative: negative within a stroke, positive beside it.", ((0, 1, 0), (1, -4, 1), (0, 1, 0))),
    NamedKernel("blur", "Blur", "The mean of all pixels under the window.", ((1 / 9,) * 3,) * 3),
    NamedKernel("sharpen", "Sharpen", "The pixel, and once more what it has beyond its neighbours.", ((0, -1, 0), (-1, 5, -1), (0, -1, 0))),
    NamedKernel("emboss", "Emboss", "As if light fell on a relief from the upper left.", ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))),
    NamedKernel("identity", "Identity", "Takes the pixel in the middle as it is.", ((0, 0, 0), (0, 1, 0), (0, 0, 0))),
)  # fmt: skip


def kernel(key: str, sides: tuple[int, int]) -> Floats:
    """The kernel `key` as large as `sides` (height, width): blur and edges grow with it, the others have zeros around them; below 3 they are cut.

    KeyError for an unknown key.
    """
    found = next((one for one in KERNELS if one.key == key), None)
    if found is None:
        raise KeyError(key)
    high, wide = sides
    count = high * wide
    if key == "blur":
        return np.full(sides, 1.0 / count)
    if key == "edge" and high % 2 and wide % 2 and count > 1:
        grown = np.full(sides, -1.0)
        grown[high // 2, wide // 2] = count - 1.0
        return grown
    return resized(np.array(found.rows, float), sides)


def resized(weights: Floats, sides: tuple[int, int]) -> Floats:
    """Weights of any height and width as `sides` about the same middle: zeros are laid around them, or the outermost cut off."""
    for axis, side in enumerate(sides):
        before = weights.shape[axis]
        if side > before:
            first = (side - before) // 2 if before % 2 == side % 2 else side // 2 - before // 2
            around = [(0, 0), (0, 0)]
            around[axis] = (first, side - before - first)
            weights = np.pad(weights, around)
        else:
            first = before // 2 - side // 2
            weights = weights.take(range(first, first + side), axis)
    return weights


def name_of(weights: Floats) -> str:
    """The key of the kernel that `weights` (high, wide) are, or ""."""
    sides = (weights.shape[0], weights.shape[1])
    return next((one.key for one in KERNELS if np.allclose(kernel(one.key, sides), weights, rtol=0, atol=1e-9)), "")
