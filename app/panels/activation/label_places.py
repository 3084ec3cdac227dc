"""Where a curve's name is written: beside its own line and away from the others. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_COLUMNS = 240  # at which all lines are looked at
_CANDIDATES = 28  # places along a curve that are tried
_GAP = 3.0  # px between a line and its name
_FAR = 60.0  # px: other lines that far away, or farther, make no difference
_OWN = 30.0  # what it costs that the own line runs through the name
_THROUGH = 2.0  # what each px costs that another line runs within the name,
_DEEPEST = -50.0  # and all of them
_STAY = 14.0  # how much better another place must be before a name leaves its own: names that jump cannot be read
_WORST = -95.0  # below: no name rather than this


class Place(NamedTuple):
    """Where a name hangs: left and top of its box, px; where along the width, as a share; above its line or below."""

    left: float
    top: float
    share: float
    is_above: bool


def place_labels(
    lines: Sequence[tuple[Floats, Floats]],
    sizes: Sequence[tuple[float, float]],
    view: tuple[float, float, float, float],
    kept: Sequence[Place | None],
    fixed: Sequence[bool],
) -> list[Place | None]:
    """A place for the name of each line (x, y in px, n each); None where there is no room. The first lines choose first.

    sizes: width and height of each box, px. view: left, top, right, bottom. kept: where each hung last, which it leaves only for
    a much better place; fixed: whether it stays there whatever else has moved.
    """
    left, _, right, _ = view
    columns = np.linspace(left, right, _COLUMNS)
    heights = np.array([np.interp(columns, x, y) for x, y in lines])
    shares = np.linspace(0.97, 0.05, _CANDIDATES)
    taken: list[tuple[float, float, float, float]] = []
    places: list[Place | None] = []
    for number, size in enumerate(sizes):
        stays = fixed[number] and kept[number] is not None
        best = kept[number] if stays else _best_place(heights, number, size, view, shares, taken, kept[number])
        places.append(best)
        if best is not None:
            taken.append((best.left, best.top, best.left + size[0], best.top + size[1]))
    return places


def carried(
    place: Place, line: tuple[Floats, Floats], size: tuple[float, float], view: tuple[float, float, float, float]
) -> Place:
    """The same place along a line that has moved."""
    left, _, right, _ = view
    width, height = size
    x = left + place.share * (right - left)
    own = float(np.interp(x, *line))
    box_left = min(max(x - width / 2, left + 2), right - width - 2)
    return place._replace(left=box_left, top=own - height - _GAP if place.is_above else own + _GAP)


def _best_place(
    heights: Floats,
    number: int,
    size: tuple[float, float],
    view: tuple[float, float, float, float],
    shares: Floats,
    taken: Sequence[tuple[float, float, float, float]],
    kept: Place | None,
) -> Place | None:
    """Of all places along line `number`, above it and below, the freest."""
    left, top, right, bottom = view
    width, height = size
    if right - left < width + 8 or bottom - top < height + 2 * _GAP:
        return None
    x = left + shares * (right - left)
    box_left = np.clip(x - width / 2, left + 2, right - width - 2)
    span = max(2, round(width / (right - left) * _COLUMNS))
    first = np.clip(((box_left - left) / (right - left) * _COLUMNS).astype(int), 0, _COLUMNS - span)
    windows = heights[:, first[:, None] + np.arange(span)]  # (lines, candidates, columns under the name)
    is_hole = ~np.isfinite(windows)
    highest = np.where(is_hole, np.inf, windows).min(2)
    lowest = np.where(is_hole, -np.inf, windows).max(2)
    own = np.interp(x, np.linspace(left, right, _COLUMNS), heights[number])
    best: Place | None = None
    best_score = _WORST
    for is_above in (True, False):
        box_top = own - height - _GAP if is_above else own + _GAP
        with np.errstate(invalid="ignore"):
            rooms = np.maximum(box_top - lowest, highest - box_top - height)
            others = np.delete(rooms, number, 0)
            nearest = np.minimum(others.min(0, initial=_FAR), _FAR)
            score = np.where(nearest < 0.0, np.maximum(_THROUGH * nearest, _DEEPEST), nearest) - 0.4 * np.arange(
                len(shares)
            )
            score = score - np.where(rooms[number] <= 0.0, _OWN, 0.0)
            is_out = ~((own >= top) & (own <= bottom) & (box_top > top + 1) & (box_top + height < bottom - 1))
        for other in taken:
            is_out |= (
                (box_left < other[2])
                & (other[0] < box_left + width)
                & (box_top < other[3])
                & (other[1] < box_top + height)
            )
        score = np.where(is_out | ~np.isfinite(score), -np.inf, score)
        if kept is not None and kept.is_above == is_above:
            score[np.isclose(shares, kept.share)] += _STAY
        chosen = int(np.argmax(score))
        if score[chosen] > best_score:
            best_score = float(score[chosen])
            best = Place(float(box_left[chosen]), float(box_top[chosen]), float(shares[chosen]), is_above)
    return best
