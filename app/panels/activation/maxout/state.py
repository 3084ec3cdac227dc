"""What the view of Maxout shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.activation.maxout.lines import MOST_LINES, Line, unit
from app.panels.activation.maxout.planes import Plane
from app.panels.activation.maxout.targets import LONGEST, table_of
from trainers.errors import BadInput

SCHEMA = 1
WIDEST = 1e3  # how far from 0 a plot reaches
NARROWEST = 1e-4  # a narrower range is none

Span = tuple[float, float]
Inputs = Literal[1, 2]

HOME_X: Span = (-4.0, 4.0)
HOME_Y: Span = (-2.5, 4.0)
HOME_SLOPE: Span = (-1.6, 1.6)
HOME_HALF = 2.0
HOME_AZIMUTH, HOME_ELEVATION = 35.0, 32.0
FIRST_LINES = (Line(-0.8, -0.6), Line(0.2, 0.2), Line(1.2, -1.4), Line(0.4, -1.2))
FIRST_PLANES = (Plane(1.0, 0.3, -0.5), Plane(-0.7, 0.8, -0.4), Plane(-0.2, -1.0, -0.3), Plane(0.1, 0.1, 0.1))


class MaxoutState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """inputs: one (lines) or two (planes). selected, selected_plane: the one that keys and number fields concern.

    target: a formula of x that the lines are compared with, "": none; interval: where. pieces: how many lines are fitted to it.
    x, y, slope_y: what part of the plots is on show; half: the map reaches from -half to half. azimuth, elevation: from where
    the solid is seen, degrees.
    """

    inputs: Inputs = 1
    lines: tuple[Line, ...] = FIRST_LINES
    selected: Annotated[int, Meta(ge=0)] = 0
    target: Annotated[str, Meta(max_length=LONGEST)] = ""
    interval: Span = (-3.0, 3.0)
    pieces: Annotated[int, Meta(ge=1, le=MOST_LINES)] = 4
    is_snapping: bool = True
    x: Span = HOME_X
    y: Span = HOME_Y
    slope_y: Span = HOME_SLOPE
    planes: tuple[Plane, ...] = FIRST_PLANES
    selected_plane: Annotated[int, Meta(ge=0)] = 0
    half: Annotated[float, Meta(ge=0.01, le=WIDEST)] = HOME_HALF
    azimuth: Annotated[float, Meta(ge=-360, le=360)] = HOME_AZIMUTH
    elevation: Annotated[float, Meta(ge=-10, le=90)] = HOME_ELEVATION
    schema: Annotated[int, Meta(ge=1)] = SCHEMA

    @property
    def has_second(self) -> bool:
        """Whether a second unit is subtracted."""
        return any(line.is_subtracted for line in self.lines)


def to_json(state: MaxoutState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> MaxoutState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, MaxoutState, "The view of Maxout", SCHEMA)
    for is_subtracted in (False, True):
        count = len(unit(state.lines, is_subtracted))
        if count > MOST_LINES:
            raise StateError(f"lines has {count} lines for one unit; at most {MOST_LINES} fit.", "lines")
    if state.lines and not unit(state.lines):
        raise StateError("lines has a second unit but no first from which it could be subtracted.", "lines")
    if len(state.planes) > MOST_LINES:
        raise StateError(f"planes has {len(state.planes)} entries; at most {MOST_LINES} fit.", "planes")
    for key, number, count in (
        ("selected", state.selected, len(state.lines)),
        ("selected_plane", state.selected_plane, len(state.planes)),
    ):
        if number and number >= count:
            raise StateError(f"{key} is {number}, but there are {count}.", key)
    for key in ("interval", "x", "y", "slope_y"):
        low, high = getattr(state, key)
        if not -WIDEST <= low < high <= WIDEST or high - low < NARROWEST:
            raise StateError(f"{key} is {low:g} to {high:g}, which is no range.", key)
    if state.target:
        try:
            table_of(state.target, *state.interval)
        except BadInput as error:
            raise StateError(f"target: {error.sentence}", "target") from error
    return state
