"""Scene: everything that the page "One convolution" draws, worked out from its state. Imports no Qt."""

from __future__ import annotations

import math

import numpy as np

from app.panels.builder.convolution_state import ALL, LOOKS, ConvolutionState
from app.simulation.convolution import Floats, Position, feature_map, padded, position

_LADDER = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class Scene:
    """picture (n, n); padded (rows, columns); map (rows, columns) or None where the window cannot slide; here: the arithmetic of its
    position or None; limit: where the colours are full; is_filled (rows, columns)."""

    def __init__(self, state: ConvolutionState, picture: Floats, title: str, before: Scene | None = None) -> None:
        """before: the scene that this one follows; what it has worked out of the same picture and window is taken over."""
        self.state = state
        self.picture = picture
        self.title = title
        self.padded: Floats
        self.map: Floats | None
        self.limit: float
        if before is not None and _made(before.state) == _made(state) and before.picture is picture:
            self.padded, self.map, self.limit = before.padded, before.map, before.limit
        else:
            self.padded = padded(picture, state.mode, state.sliding)
            self.map = None if state.refusal else self._map()
            self.limit = self._limit()
        self.here = None if self.map is None else self._here()
        filled = np.zeros(state.positions, bool)
        for start, end in state.filled:
            filled[start:end] = True
        if state.terms == ALL and state.positions:
            filled[state.index] = True
        self.is_filled = filled.reshape(state.map_shape)

    def _map(self) -> Floats:
        state = self.state
        return feature_map(
            self.picture,
            state.mode,
            state.sliding,
            state.kernel,
            state.bias,
            is_flipped=state.is_flipped,
            is_rectified=state.is_rectified,
        )

    def _here(self) -> Position:
        state = self.state
        return position(
            self.picture,
            state.mode,
            state.sliding,
            state.kernel,
            state.bias,
            (state.row, state.column),
            is_flipped=state.is_flipped,
            is_rectified=state.is_rectified,
        )

    def _limit(self) -> float:
        """The nearest round number at or above all that is drawn."""
        state = self.state
        largest = float(np.max(np.abs(self.picture), initial=0.0))
        if state.mode == "convolution":
            largest = max(largest, float(np.max(np.abs(state.kernel))))
        if self.map is not None:
            largest = max(largest, float(np.max(np.abs(self.map[np.isfinite(self.map)]), initial=0.0)))
        if largest <= 1.0:
            return 1.0
        power = 10.0 ** math.floor(math.log10(largest) + 1e-12)
        return next((rung * power for rung in _LADDER if rung * power >= largest - 1e-9), 10.0 * power)

    def strength(self, value: float) -> float:
        """How strong the colour of `value` is, 0 to 1: the root of its share of the limit, so that small numbers are seen too."""
        return min(1.0, math.sqrt(abs(value) / self.limit)) if math.isfinite(value) else 0.0

    @property
    def shown_terms(self) -> int:
        """How many of the position's terms are counted so far."""
        count = self.state.sliding.count
        return count if self.state.terms == ALL else min(self.state.terms, count)

    @property
    def so_far(self) -> float:
        """The sum, or the largest, of the terms counted so far."""
        if self.here is None:
            return 0.0
        terms = self.here.terms.ravel()[: self.shown_terms]
        if self.state.mode == "max":
            return float(np.max(terms, initial=-np.inf))
        return float(terms.sum())

    def pixel_of(self, term: int) -> tuple[int, int]:
        """(row, column) in the padded picture of the window's term number `term`."""
        sliding = self.state.sliding
        row, column = divmod(term, sliding.sides[1])
        (down, across), (between, beside) = sliding.pair("stride"), sliding.pair("dilation")
        return self.state.row * down + row * between, self.state.column * across + column * beside

    def nearest_position(self, row: float, column: float) -> tuple[int, int]:
        """The position whose window has its middle nearest to (row, column), measured in cells of the padded picture."""
        sliding = self.state.sliding
        axes = zip((row, column), sliding.reach, sliding.pair("stride"), self.state.map_shape, strict=True)
        down, across = (
            min(max(round((place - reach / 2.0) / stride), 0), max(count - 1, 0))
            for place, reach, stride, count in axes
        )
        return down, across


def filled_runs(is_filled: np.ndarray) -> list[tuple[int, int, int]]:
    """(row, first column, end) of what is filled, bool (rows, columns), row by row."""
    found = []
    for row, line in enumerate(is_filled):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], line, [False])).astype(np.int8)))
        found += [(row, int(first), int(end)) for first, end in zip(edges[::2], edges[1::2], strict=True)]
    return found


def _made(state: ConvolutionState) -> tuple[object, ...]:
    """What picture, padding and map depend on."""
    return tuple(
        getattr(state, name)
        for name in state.__struct_fields__
        if name not in LOOKS and name not in ("origin", "strokes", "picture", "number")
    )
