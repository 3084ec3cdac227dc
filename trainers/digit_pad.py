"""What is drawn on the pad, prepared as the data were: cropped, scaled, centred, blurred. Numpy and Pillow; no torch, no Qt.

MNIST: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, 1998, section
III.A: size-normalised to a 20 x 20 box keeping the proportions, grey from the anti-aliasing, centred by the centre of mass.

Bundled digits: no description gives every step, so these were measured on the 1,797 grids. Ink reaches from the first row to
the last of every grid and over about six of the eight columns; three tenths of the bitmap are inked, a 1 as much as an 8, so
strokes were thickened or thinned; and in each class the leftmost ink of the first row stands right above that of the last
(mean difference under 0.06 columns), so they were sheared until it did. What that shear and those strokes are worth: of
MNIST's test digits, which those writers never wrote, a LeNet-5 trained on `digits` recognises 0.80, without them 0.66.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from trainers.data_split import DrawnLike
from trainers.digit_images import FULL_INK, enlarge

SIDE = 28
_BOX = 20  # MNIST: the longer side of the ink
_FAINT = 0.3  # share of the darkest ink below which a pixel is taken for the halo of a soft pen, not for ink
_FINEST = 512  # the longest side that is worked on: more changes nothing and costs time

_GRID = 8
_BITMAP = 64  # twice the 32 x 32 of the source, so that strokes grow in half steps
_WIDEST, _NARROWEST = 44, 20  # of the ink in the bitmap
_LEAST_INK, _MOST_INK = 0.22, 0.36  # share of the bitmap
_EDGE = 0.1  # share of the height that counts as the first and the last row when the slant is taken


def prepare_digit(ink: np.ndarray, like: DrawnLike = "mnist") -> np.ndarray:
    """Ink (rows, columns), 0 paper to 1 ink, of any size, as a float32 (28, 28) image such as a network trained on `like` knows.

    An empty pad gives an empty image. Raises ValueError for anything that is not a finite two-dimensional array.
    """
    ink = np.asarray(ink, dtype=np.float32)
    if ink.ndim != 2 or not np.isfinite(ink).all():
        raise ValueError(f"ink must be a finite array of rows and columns, not of shape {ink.shape}")
    cropped = _cropped(ink)
    if cropped is None:
        return np.zeros((SIDE, SIDE), dtype=np.float32)
    longest = max(cropped.shape)
    if longest > _FINEST:
        cropped = _resized(cropped, *(max(1, round(side * _FINEST / longest)) for side in cropped.shape))
    return _like_mnist(cropped) if like == "mnist" else _like_digits(cropped)


def _cropped(ink: np.ndarray) -> np.ndarray | None:
    """The ink's bounding box, its darkest pixel 1; None for an empty pad."""
    darkest = float(ink.max(initial=0.0))
    if darkest <= 0:
        return None
    ink = np.clip(ink / darkest, 0.0, 1.0)
    is_ink = ink > _FAINT
    rows, columns = np.flatnonzero(is_ink.any(axis=1)), np.flatnonzero(is_ink.any(axis=0))
    box: np.ndarray = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return box


def _resized(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scaled with anti-aliasing: a weighted mean over each new pixel's surroundings when it shrinks."""
    image = Image.fromarray(np.ascontiguousarray(ink, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


def _like_mnist(ink: np.ndarray) -> np.ndarray:
    height, width = ink.shape
    scale = _BOX / max(height, width)
    small = _resized(ink, max(1, round(height * scale)), max(1, round(width * scale)))
    small = np.clip(small / small.max(), 0.0, 1.0)
    mass = small.sum()
    centre_row = float(small.sum(axis=1) @ np.arange(small.shape[0]) / mass)
    centre_column = float(small.sum(axis=0) @ np.arange(small.shape[1]) / mass)
    top = min(max(round(SIDE / 2 - centre_row), 0), SIDE - small.shape[0])
    left = min(max(round(SIDE / 2 - centre_column), 0), SIDE - small.shape[1])
    image = np.zeros((SIDE, SIDE), dtype=np.float32)
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


def _like_digits(ink: np.ndarray) -> np.ndarray:
    bitmap = _with_usual_strokes(_fitted(_upright(ink)))
    block = _BITMAP // _GRID
    grid = bitmap.reshape(_GRID, block, _GRID, block).mean(axis=(1, 3)) * FULL_INK
    image: np.ndarray = enlarge(grid[None])[0].astype(np.float32) / np.float32(255)
    return image


def _upright(ink: np.ndarray) -> np.ndarray:
    """Sheared until the leftmost ink of the first rows stands above that of the last."""
    height = ink.shape[0]
    edge = max(1, round(height * _EDGE))
    first, last = (np.flatnonzero((rows > 0.5).any(axis=0)) for rows in (ink[:edge], ink[-edge:]))
    if height < 2 * edge or not first.size or not last.size:
        return ink
    slope = float(np.clip((last[0] - first[0]) / (height - edge), -1.0, 1.0))
    margin = int(np.ceil(abs(slope) * height)) + 1
    image = Image.fromarray(np.pad(ink, ((0, 0), (margin, margin))))
    matrix = (1.0, slope, -slope * height / 2, 0.0, 1.0, 0.0)
    sheared = _cropped(
        np.asarray(image.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR))
    )
    return ink if sheared is None else sheared


def _fitted(ink: np.ndarray) -> np.ndarray:
    """The ink over the whole height of the bitmap, in the middle of its width."""
    height, width = ink.shape
    wide = min(max(round(width * _BITMAP / height), _NARROWEST), _WIDEST)
    bitmap = np.zeros((_BITMAP, _BITMAP), dtype=np.float32)
    left = (_BITMAP - wide) // 2
    bitmap[:, left : left + wide] = _resized(ink, _BITMAP, wide)
    return bitmap


def _with_usual_strokes(bitmap: np.ndarray) -> np.ndarray:
    """Grown or shrunk by a pixel at a time until as much of the bitmap is inked as is usual; at most eight times."""
    for _ in range(8):
        share = float((bitmap > 0.5).mean())
        if _LEAST_INK <= share <= _MOST_INK:
            break
        changed = _cropped(_grown(np.pad(bitmap, 1)) if share < _LEAST_INK else 1 - _grown(1 - bitmap))
        if changed is None:
            break
        bitmap = _fitted(changed)
    return bitmap


def _grown(ink: np.ndarray) -> np.ndarray:
    """Every pixel as dark as the darkest of itself and its four neighbours."""
    padded = np.pad(ink, 1)
    middle = slice(1, -1)
    neighbours = (padded[:-2, middle], padded[2:, middle], padded[middle, :-2], padded[middle, 2:])
    grown: np.ndarray = np.maximum.reduce([ink, *neighbours])
    return grown
