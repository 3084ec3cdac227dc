"""What a person does to the lines and planes, as functions from a state to the next. No Qt.

Where something cannot be done they raise BadInput: one sentence.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np

from app.panels.activation.maxout.line_scene import TargetWork
from app.panels.activation.maxout.lines import HIGHEST, MOST_LINES, SHAPES, STEEPEST, Line, unit
from app.panels.activation.maxout.planes import SURFACES, Plane, square
from app.panels.activation.maxout.state import (
    HOME_AZIMUTH,
    HOME_ELEVATION,
    HOME_HALF,
    HOME_SLOPE,
    HOME_X,
    HOME_Y,
    NARROWEST,
    WIDEST,
    MaxoutState,
    Span,
)
from app.panels.activation.maxout.targets import TARGETS, table_of
from trainers.errors import BadInput

_SECOND = (Line(0.0, 0.0, True), Line(1.0, -1.0, True))  # what is subtracted at first: what lies above 1


def changed(state: MaxoutState, **fields: Any) -> MaxoutState:
    """`state` with other `fields`."""
    return msgspec.structs.replace(state, **fields)


def _bounded(number: float, most: float) -> float:
    return min(max(number, -most), most)


# --- lines --------------------------------------------------------------------------------------------------------------


def with_line(state: MaxoutState, number: int, line: Line) -> MaxoutState:
    """Line `number` is `line`."""
    lines = list(state.lines)
    lines[number] = line
    return changed(state, lines=tuple(lines), selected=number)


def with_number(state: MaxoutState, number: int, column: int, value: float) -> MaxoutState:
    """Column 0, 1 (, 2) of a line or plane is `value`."""
    if state.inputs == 1:
        return with_line(state, number, msgspec.structs.replace(state.lines[number], **{("w", "b")[column]: value}))
    plane = msgspec.structs.replace(state.planes[number], **{("w1", "w2", "b")[column]: value})
    return with_plane(state, number, plane)


def add_line(state: MaxoutState, x: float, y: float, work: TargetWork) -> MaxoutState:
    """A line through (x, y), in the unit of the chosen one: as steep as the target is there, level where there is none."""
    is_second = bool(state.lines) and state.lines[state.selected].is_subtracted
    if len(unit(state.lines, is_second)) >= MOST_LINES:
        raise BadInput(f"The unit has {MOST_LINES} lines, the most that fit: remove one first.")
    w = 0.0
    table = work.table(state)
    if table is not None and table.x[0] <= x <= table.x[-1] and not is_second:
        w = round(float(np.interp(x, table.x, np.gradient(table.y, table.x))), 3)
    line = Line(_bounded(w, STEEPEST), _bounded(round(y - w * x, 3), HIGHEST), is_second)
    return changed(state, lines=(*state.lines, line), selected=len(state.lines))


def remove_line(state: MaxoutState) -> MaxoutState:
    """Without the chosen line."""
    number = state.selected
    rest = state.lines[:number] + state.lines[number + 1 :]
    if rest and not unit(rest):
        raise BadInput(
            "The second unit needs a first to be subtracted from: stop subtracting it before the last line goes."
        )
    return changed(state, lines=rest, selected=max(0, min(number, len(rest) - 1)))


def nudge_line(state: MaxoutState, w: float, b: float) -> MaxoutState:
    """The chosen line, w steeper and b higher."""
    line = state.lines[state.selected]
    moved = msgspec.structs.replace(
        line, w=_bounded(round(line.w + w, 6), STEEPEST), b=_bounded(round(line.b + b, 6), HIGHEST)
    )
    return with_line(state, state.selected, moved)


def with_shape(state: MaxoutState, key: str) -> MaxoutState:
    """The lines of a function of note, or the planes of a surface."""
    if state.inputs == 2:
        return changed(state, planes=SURFACES[key][2], selected_plane=0)
    return changed(state, lines=SHAPES[key][1], selected=0)


def with_second(state: MaxoutState, is_on: bool, work: TargetWork) -> MaxoutState:
    """With a second unit that is subtracted, or without: laid to the target where there is one."""
    first = tuple(line for line in state.lines if not line.is_subtracted)
    if not is_on:
        return changed(state, lines=first, selected=min(state.selected, max(0, len(first) - 1)))
    if not first and not state.target:
        raise BadInput("There is no line from which a second unit could be subtracted: add one first.")
    with_two = changed(state, lines=(*first, *_SECOND))
    return fitted(with_two, work) if state.target else with_two


def step(state: MaxoutState, by: int) -> MaxoutState:
    """The next line or plane is the chosen one."""
    if state.inputs == 1:
        return changed(state, selected=(state.selected + by) % max(1, len(state.lines)))
    return changed(state, selected_plane=(state.selected_plane + by) % max(1, len(state.planes)))


# --- the target ---------------------------------------------------------------------------------------------------------


def with_target(state: MaxoutState, text: str) -> MaxoutState:
    """With another target, on the stretch that is offered with it, all of it on show; "" for none."""
    if not text:
        return changed(state, target="")
    known = next((target for target in TARGETS if target.text == text), None)
    interval = (known.low, known.high) if known is not None else state.interval
    return _framed(changed(state, target=text, interval=interval))


def with_interval(state: MaxoutState, low: float, high: float) -> MaxoutState:
    """With the target looked at from low to high."""
    if not high - low >= 1e-3:
        raise BadInput(f"The stretch from {low:g} to {high:g} is none: its end must lie beyond its beginning.")
    return _framed(changed(state, interval=(low, high)))


def _framed(state: MaxoutState) -> MaxoutState:
    """With the target's stretch and heights on show. BadInput where it lies beyond all that a plot can show."""
    table = table_of(state.target, *state.interval)
    width = state.interval[1] - state.interval[0]
    low, high = float(table.y.min()), float(table.y.max())
    room = max(0.25 * (high - low), 0.5)
    slopes = np.diff(table.y) / np.diff(table.x)
    least, most = float(slopes.min()), float(slopes.max())
    margin = max(0.2 * (most - least), 0.3)
    view: Span = (state.interval[0] - 0.12 * width, state.interval[1] + 0.12 * width)
    return changed(
        state,
        x=_shown("stretch", *view),
        y=_shown("height", low - room, high + room),
        slope_y=_shown("slope", least - margin, most + margin),
    )


def _shown(what: str, low: float, high: float) -> Span:
    """As much of low to high as a plot can show, rounded to a thousandth of it."""
    digits = max(3, 3 - math.floor(math.log10(high - low)))
    start, end = max(round(low, digits), -WIDEST), min(round(high, digits), WIDEST)
    if end - start < NARROWEST:
        reach = f"{low:,.6g} to {high:,.6g}, but a plot shows -{WIDEST:,.0f} to {WIDEST:,.0f}".replace("-", "−")
        raise BadInput(f"The target's {what} is {reach}: subtract a number, or multiply by a smaller one.")
    return start, end


def fitted(state: MaxoutState, work: TargetWork) -> MaxoutState:
    """With the best `pieces` lines for the target, in each unit where there are two."""
    if work.table(state) is None:
        raise BadInput("There is no target: choose one first.")
    fit = work.fits(state)[state.pieces - 1]
    if any(abs(line.w) > STEEPEST or abs(line.b) > HIGHEST for line in fit.lines):
        raise BadInput(f"The best lines are steeper or higher than {STEEPEST:g}: choose a shorter stretch.")
    return changed(state, lines=fit.lines, selected=0)


# --- planes -------------------------------------------------------------------------------------------------------------


def with_plane(state: MaxoutState, number: int, plane: Plane) -> MaxoutState:
    """Plane `number` is `plane`."""
    planes = list(state.planes)
    planes[number] = plane
    return changed(state, planes=tuple(planes), selected_plane=number)


def add_plane(state: MaxoutState, x1: float, x2: float) -> MaxoutState:
    """A level plane that lies a little above the surface at (x1, x2)."""
    if len(state.planes) >= MOST_LINES:
        raise BadInput(f"There are {MOST_LINES} planes, the most that fit: remove one first.")
    corners = square(state.half)
    every = [plane.over(corners) for plane in state.planes]
    tall = float(np.max(every) - np.min(every)) if every else 0.0
    here = max((plane.at(x1, x2) for plane in state.planes), default=0.0)
    plane = Plane(0.0, 0.0, _bounded(round(here + 0.05 * tall, 3), HIGHEST))
    return changed(state, planes=(*state.planes, plane), selected_plane=len(state.planes))


def remove_plane(state: MaxoutState) -> MaxoutState:
    """Without the chosen plane."""
    number = state.selected_plane
    rest = state.planes[:number] + state.planes[number + 1 :]
    return changed(state, planes=rest, selected_plane=max(0, min(number, len(rest) - 1)))


def nudge_plane(state: MaxoutState, w1: float, w2: float, b: float) -> MaxoutState:
    """The chosen plane, steeper by w1 and w2 and higher by b."""
    plane = state.planes[state.selected_plane]
    moved = Plane(
        _bounded(round(plane.w1 + w1, 6), STEEPEST),
        _bounded(round(plane.w2 + w2, 6), STEEPEST),
        _bounded(round(plane.b + b, 6), HIGHEST),
    )
    return with_plane(state, state.selected_plane, moved)


# --- what is on show ----------------------------------------------------------------------------------------------------


def at_home(state: MaxoutState) -> MaxoutState:
    """With the whole view: of the target where there is one; the solid from where it was seen first."""
    if state.inputs == 2:
        return changed(state, half=HOME_HALF, azimuth=HOME_AZIMUTH, elevation=HOME_ELEVATION)
    if state.target:
        return _framed(state)
    return changed(state, x=HOME_X, y=HOME_Y, slope_y=HOME_SLOPE)


def zoomed(state: MaxoutState, factor: float) -> MaxoutState:
    """With the map reaching `factor` times as far."""
    return changed(state, half=min(max(round(state.half * factor, 4), 0.05), 100.0))


# --- demonstrations -----------------------------------------------------------------------------------------------------

_NAMES = {"square": "x^2", "abs": "|x|", "softplus": "softplus(x)", "exp": "exp(x)", "cosh": "cosh(x)"} | {
    "elu": "x if x > 0 else exp(x) - 1",
    "tanh": "tanh(x)",
    "sin": "sin(x)",
    "gelu": "gelu(x)",
}


def demonstrated(what: dict[str, Any]) -> MaxoutState:
    """The state that shows `what`: {"target": a key of SHAPES or the name or formula of a target, "pieces": k, "second": true}
    or {"surface": a key of SURFACES}. BadInput for none of these."""
    state, work = MaxoutState(), TargetWork()
    unknown = what.keys() - {"target", "pieces", "second", "surface"}
    if unknown:
        raise BadInput(f"A demonstration of Maxout has no {min(unknown)!r}.")
    if "surface" in what:
        if what["surface"] not in SURFACES:
            raise BadInput(f"There is no surface {str(what['surface'])[:40]!r}: choose {', '.join(SURFACES)}.")
        return with_shape(changed(state, inputs=2), str(what["surface"]))
    name, pieces = str(what.get("target", "")), what.get("pieces")
    if name in SHAPES and pieces is None:
        return with_shape(state, name)
    if not name:
        return state
    if pieces is not None and (type(pieces) is not int or not 1 <= pieces <= MOST_LINES):
        raise BadInput(f"pieces is {pieces!r}: give a whole number from 1 to {MOST_LINES}.")
    state = changed(with_target(state, _NAMES.get(name, name)), pieces=pieces or state.pieces)
    if what.get("second"):
        return with_second(state, True, work)
    return fitted(state, work)
