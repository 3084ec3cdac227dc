"""What the view of curves shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.activation.functions import resolve
from trainers.activation_lab import ActivationChoice
from trainers.errors import BadInput

SCHEMA = 1
MOST_FUNCTIONS = 24
MOST_OVERLAID = 8  # beyond: small multiples
WIDEST = 1e6  # of either axis, from 0
NARROWEST = 1e-4

Row = Literal["value", "derivative", "second_derivative"]
ROWS: tuple[Row, ...] = ("value", "derivative", "second_derivative")
Span = tuple[float, float]

LECTURE = ("sigmoid", "tanh", "relu", "leaky_relu", "maxout", "elu")  # in the order of the lecture
HOME_X: Span = (-5.0, 5.0)
HOME_Y: dict[Row, Span] = {
    "value": (-1.6, 3.2),
    "derivative": (-0.65, 1.35),  # Maxout's left line has a slope of -0.5
    "second_derivative": (-1.05, 1.05),
}


class CurvesState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """functions: in the order of the list; selected: the one whose parameters, zones and tangent are on show.

    x, y: what part of the plane is on show, y for each row that was moved. probe: where, None: nowhere. threshold: below which
    |f′| counts as saturated. sodium: factor on the sodium conductance of the living cell whose f-I curve lies over the functions,
    None: it does not. has_page: whether facts and page of the selected function stand beside the plots.
    """

    functions: tuple[ActivationChoice, ...] = tuple(ActivationChoice(kind) for kind in LECTURE)
    selected: Annotated[int, Meta(ge=0)] = 0
    rows: tuple[Row, ...] = ("value", "derivative")
    x: Span = HOME_X
    y: dict[Row, Span] = {}
    probe: Annotated[float, Meta(ge=-WIDEST, le=WIDEST)] | None = 1.0
    has_zones: bool = True
    threshold: Annotated[float, Meta(gt=0, le=1)] = 0.05
    sodium: Annotated[float, Meta(ge=0, le=2)] | None = None
    has_page: bool = False
    schema: Annotated[int, Meta(ge=1)] = SCHEMA

    @property
    def is_overlaid(self) -> bool:
        """Whether all lie in one plot; otherwise each has its own."""
        return len(self.functions) <= MOST_OVERLAID

    def span(self, row: Row) -> Span:
        """The part of the y axis that `row` shows."""
        return self.y.get(row, HOME_Y[row])


def to_json(state: CurvesState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> CurvesState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, CurvesState, "The view of curves", SCHEMA)
    if len(state.functions) > MOST_FUNCTIONS:
        raise StateError(f"functions has {len(state.functions)} entries; at most {MOST_FUNCTIONS} fit.", "functions")
    if state.functions and state.selected >= len(state.functions):
        raise StateError(f"selected is {state.selected}, but there are {len(state.functions)} functions.", "selected")
    if not state.rows or len(set(state.rows)) != len(state.rows):
        raise StateError(
            "rows names each of value, derivative, second_derivative at most once, and at least one.", "rows"
        )
    for number, choice in enumerate(state.functions):
        try:
            resolve(choice)
        except BadInput as error:
            raise StateError(error.sentence, f"functions[{number}]") from error
    for key, span in (("x", state.x), *((f"y.{row}", span) for row, span in state.y.items())):
        if not (span[0] >= -WIDEST and span[1] <= WIDEST and span[1] - span[0] >= NARROWEST):
            raise StateError(f"{key} is {span[0]:g} to {span[1]:g}, which is no range that can be shown.", key)
    return state
