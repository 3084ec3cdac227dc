"""What the page "One convolution" shows, as data, and what every deed makes of it. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from app.panel import StateError
from app.simulation.convolution import Floats, Mode, Pair, Size, Sliding, refusal
from app.simulation.convolution_kernels import kernel, name_of, resized

Picture = Literal["blank", "digit", "edge", "cross", "gradient", "ring"]
Side = Literal[7, 14, 28]
Unit = Annotated[float, Meta(ge=0.0, le=1.0)]
Ranges = tuple[tuple[int, int], ...]

LIMITS = {"kernel": (1, 11), "stride": (1, 11), "padding": (0, 11), "dilation": (1, 8)}
LARGEST = 100.0  # of a weight and of the bias, either way
SLOWEST, FASTEST = 0.2, 60.0  # positions a second
ALL = -1  # terms: every one is shown
MOST_POINTS = 20_000  # of a drawing
# of the state, what is a look at the same thing: no step that can be undone
LOOKS = ("row", "column", "filled", "terms", "is_playing", "speed", "is_open")


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the window slides in each mode: each remembers its own."""

    convolution: Sliding = Sliding(3, 1, 0, 1)
    max: Sliding = Sliding(2, 2, 0, 1)
    average: Sliding = Sliding(2, 2, 0, 1)


def as_rows(weights: Floats) -> tuple[tuple[float, ...], ...]:
    """Weights (high, wide) as plain numbers."""
    return tuple(tuple(row) for row in weights.tolist())


class ConvolutionState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """picture: what lies under the strokes; number: which digit of the bundled test digits; side: pixels along the picture.

    row, column: the position in the map; filled: the map's numbers that stand there, as [start, end) in reading order; terms:
    how many of the position's terms are counted so far, ALL for every one; speed: positions a second. origin: where the
    numbers were taken from, as words.
    """

    picture: Picture = "digit"
    number: Annotated[int, Meta(ge=0, le=358)] = 5
    strokes: tuple[tuple[tuple[Unit, Unit], ...], ...] = ()
    side: Side = 14
    mode: Mode = "convolution"
    windows: Windows = Windows()
    weights: tuple[tuple[Annotated[float, Meta(ge=-LARGEST, le=LARGEST)], ...], ...] = as_rows(
        kernel("sobel_x", (3, 3))
    )
    bias: Annotated[float, Meta(ge=-LARGEST, le=LARGEST)] = 0.0
    is_flipped: bool = False
    is_rectified: bool = False
    origin: Annotated[str, Meta(max_length=160)] = ""
    row: Annotated[int, Meta(ge=0, le=60)] = 4
    column: Annotated[int, Meta(ge=0, le=60)] = 5
    filled: tuple[tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0, le=3600)]], ...] = ((0, 54),)
    terms: Annotated[int, Meta(ge=ALL, le=121)] = ALL
    is_playing: bool = False
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = 2.0
    is_open: bool = True

    @property
    def sliding(self) -> Sliding:
        """How the window slides in the mode that is shown."""
        found: Sliding = getattr(self.windows, self.mode)
        return found

    @property
    def kernel(self) -> Floats:
        """The weights as an array (high, wide)."""
        return np.array(self.weights, float)

    @property
    def kernel_name(self) -> str:
        """The key of the named kernel that the weights are, or ""."""
        return name_of(self.kernel)

    @property
    def refusal(self) -> str:
        """Why the window cannot slide, or ""."""
        return refusal(self.mode, self.sliding, self.side)

    @property
    def map_shape(self) -> Pair:
        """The map's rows and columns; none where there is no map."""
        return (0, 0) if self.refusal else self.sliding.map_shape(self.side)

    @property
    def positions(self) -> int:
        """How many numbers the map has; 0 where there is no map."""
        return self.map_shape[0] * self.map_shape[1]

    @property
    def index(self) -> int:
        """The position's number in reading order."""
        return self.row * self.map_shape[1] + self.column

    @property
    def is_full(self) -> bool:
        """Whether every number of the map stands there."""
        return self.filled == ((0, self.positions),)


def settled(state: ConvolutionState) -> ConvolutionState:
    """A state that may leave out what would have to fit: then kernel, place and map are as if all had been set by hand.

    StateError for a window beyond its limits, to which nothing could be fitted.
    """
    _check_windows(state)
    sides, begin = state.windows.convolution.sides, ConvolutionState()
    if state.weights == begin.weights and sides != begin.kernel.shape:
        state = msgspec.structs.replace(state, weights=as_rows(kernel(begin.kernel_name, sides)))
    places = ("row", "column", "filled")
    if state.filled != begin.filled:
        return state
    if (state.row, state.column) != (begin.row, begin.column):  # swept up to there
        ends = state.row < state.map_shape[0] and state.column < state.map_shape[1]
        return msgspec.structs.replace(state, filled=((0, state.index + 1),)) if ends else state
    rest = {name: getattr(state, name) for name in state.__struct_fields__ if name not in places}
    return changed(begin, **rest)


def check(state: ConvolutionState) -> None:
    """StateError, with the key named, for what no single field can know. Keys are those of the panel's state."""
    _check_windows(state)
    high, wide = state.windows.convolution.sides
    if len(state.weights) != high or any(len(row) != wide for row in state.weights):
        sentence = f"convolution.weights has to be {high} rows of {wide} numbers, as the kernel is {high}×{wide}."
        raise StateError(sentence, "convolution.weights")
    if sum(len(stroke) for stroke in state.strokes) > MOST_POINTS:
        raise StateError(f"convolution.strokes has more than {MOST_POINTS:,} points: draw less.", "convolution.strokes")
    positions = state.positions
    if not positions:
        return  # there is no map that a place could be beside
    for name, count in zip(("row", "column"), state.map_shape, strict=True):
        if getattr(state, name) >= count:
            key = f"convolution.{name}"
            raise StateError(f"{key} is {getattr(state, name)}, but the map has {count}, counted from 0.", key)
    flat = [place for pair in state.filled for place in pair]
    if flat != sorted(flat) or (flat and flat[-1] > positions):
        sentence = f"convolution.filled has to be ranges in order, of the map's {positions} numbers."
        raise StateError(sentence, "convolution.filled")


def _check_windows(state: ConvolutionState) -> None:
    for mode in ("convolution", "max", "average"):
        for name, (least, most) in LIMITS.items():
            for value in getattr(state.windows, mode).pair(name):
                if not least <= value <= most:
                    key = f"convolution.windows.{mode}.{name}"
                    raise StateError(f"{key} is {value}, but goes from {least} to {most}.", key)


def changed(state: ConvolutionState, **fields: Any) -> ConvolutionState:
    """`state` with other `fields`, its place and its map fitted to them: a map that was full stays full."""
    after = msgspec.structs.replace(state, **fields)
    shape, before, positions = after.map_shape, state.map_shape, after.positions
    if not positions or (shape == before and not {"row", "column", "filled"} & fields.keys()):
        return after
    row, column = min(after.row, shape[0] - 1), min(after.column, shape[1] - 1)
    here = row * shape[1] + column
    if state.positions and shape != before:
        if state.is_full:
            filled: Ranges = ((0, positions),)
        elif after.filled == ((0, state.index + 1),):  # swept up to here
            filled = ((0, here + 1),)
        else:
            filled = ((here, here + 1),)
    else:
        filled = tuple((start, min(end, positions)) for start, end in after.filled if start < positions)
    terms = after.terms if shape == before else ALL
    return msgspec.structs.replace(after, row=row, column=column, filled=filled, terms=terms)


def looking_as(state: ConvolutionState, other: ConvolutionState) -> ConvolutionState:
    """`state` looked at as `other` is: what Undo brings back leaves the window where it is."""
    made = [name for name in state.__struct_fields__ if name not in LOOKS]
    return changed(other, **{name: getattr(state, name) for name in made})


# --- deeds --------------------------------------------------------------------------------------------------------------


def with_window(base: ConvolutionState, name: str, value: int, axis: int | None = None) -> ConvolutionState:
    """The window's `name` (of LIMITS) is `value`. base: as all stood before the gesture, so that nothing is lost on its way.

    axis: 0 for its height alone, 1 for its width alone, None for both.
    """
    pair = list(base.sliding.pair(name))
    pair[slice(None) if axis is None else slice(axis, axis + 1)] = [value] * (2 if axis is None else 1)
    return _with_sliding(base, **{name: tuple(pair)})


def with_link(state: ConvolutionState, is_linked: bool) -> ConvolutionState:
    """Height and width of the window are changed together, for which its width becomes its height; or each by itself."""
    heights: dict[str, Size] = {name: state.sliding.pair(name)[0] for name in LIMITS} if is_linked else {}
    return _with_sliding(state, **heights, is_linked=is_linked)


def _with_sliding(base: ConvolutionState, **values: Any) -> ConvolutionState:
    """`base` with other values of its window, and a kernel that is as large."""
    sliding = msgspec.structs.replace(base.sliding, **values)
    fields: dict[str, Any] = {"windows": msgspec.structs.replace(base.windows, **{base.mode: sliding})}
    if base.mode == "convolution" and sliding.sides != base.sliding.sides:
        key = base.kernel_name
        fields["weights"] = as_rows(kernel(key, sliding.sides) if key else resized(base.kernel, sliding.sides))
        fields["origin"] = ""
    return changed(base, **fields)


def with_kernel(state: ConvolutionState, key: str) -> ConvolutionState:
    """The named kernel `key`, as large as it is, or at least 3 high and wide where that is too small for it."""
    high, wide = state.windows.convolution.sides
    sides = (high, wide) if key in ("blur", "identity") else (max(high, 3), max(wide, 3))
    sliding = msgspec.structs.replace(state.windows.convolution, kernel=sides)
    windows = msgspec.structs.replace(state.windows, convolution=sliding)
    return changed(state, windows=windows, weights=as_rows(kernel(key, sides)), origin="")


def with_weight(state: ConvolutionState, row: int, column: int, value: float) -> ConvolutionState:
    """One number of the kernel as it lies over the window, which is turned where the kernel is flipped."""
    weights = state.kernel
    if state.is_flipped:
        row, column = -1 - row, -1 - column
    weights[row, column] = min(max(value, -LARGEST), LARGEST)
    return changed(state, weights=as_rows(weights), origin="")


def at(state: ConvolutionState, row: int, column: int) -> ConvolutionState:
    """The window at the map's (row, column), the nearest that there is; its number stands in the map from now on."""
    rows, columns = state.map_shape
    if not rows:
        return state
    row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
    moved = msgspec.structs.replace(state, row=row, column=column, terms=ALL)
    return with_filled(moved)


def with_filled(state: ConvolutionState, count: int = 1) -> ConvolutionState:
    """The numbers of the window's place and of the places after it, `count` together, stand in the map."""
    if not state.positions:
        return state
    end = min(state.index + count, state.positions)
    return msgspec.structs.replace(state, filled=_joined(state.filled, state.index, end))


def _joined(ranges: Ranges, first: int, last: int) -> Ranges:
    joined: list[tuple[int, int]] = []
    for start, end in sorted((*ranges, (first, last))):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def stepped(state: ConvolutionState, steps: int) -> ConvolutionState:
    """So many positions on in reading order, or back; stops at either end."""
    positions = state.positions
    if not positions:
        return state
    index = min(max(state.index + steps, 0), positions - 1)
    return at(state, *divmod(index, state.map_shape[1]))


def swept(state: ConvolutionState) -> ConvolutionState:
    """The whole map at once."""
    positions = state.positions
    return msgspec.structs.replace(state, filled=((0, positions),), terms=ALL) if positions else state


def begun_anew(state: ConvolutionState) -> ConvolutionState:
    """An empty map, the window in its first place, nothing counted yet."""
    return msgspec.structs.replace(state, row=0, column=0, filled=(), terms=0) if state.positions else state


def next_term(state: ConvolutionState) -> ConvolutionState:
    """One term more is counted; after the last one the number goes into the map, and then the window goes on."""
    if not state.positions:
        return state
    count = state.sliding.count
    if state.terms == ALL:
        index = state.index + 1
        if index >= state.positions:
            return state
        row, column = divmod(index, state.map_shape[1])
        return msgspec.structs.replace(state, row=row, column=column, terms=1 if count > 1 else ALL)
    if state.terms + 1 >= count:
        return with_filled(msgspec.structs.replace(state, terms=ALL))
    return msgspec.structs.replace(state, terms=state.terms + 1)
