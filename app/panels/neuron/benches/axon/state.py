"""What the axon bench shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.cell_clock import FASTEST, SLOWEST
from app.panel import StateError, state_from
from app.panels.neuron.prediction import Prediction

SCHEMA = 1
INTERNODES = 40
MOST_RUNS = 60
WRAPS_LEFT = 2  # by the brush "thin"
USUAL_SPEED = 4.0  # ms a second: the bare axon takes 5 s
SECOND_MS = 1.5  # where the second stimulus stands when it is first switched on

Damage = Literal["thin", "bare", "channels"]
Swept = Literal["diameter_um", "internode_um", "wraps", "temperature_C"]

Diameter = Annotated[float, Meta(ge=1, le=20)]
Internode = Annotated[float, Meta(ge=200, le=3000)]
Wraps = Annotated[int, Meta(ge=0, le=200)]
Temperature = Annotated[float, Meta(ge=5, le=37)]
Velocity = Annotated[float, Meta(gt=0, le=1000)] | None


class Stripped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Internodes that have lost myelin: `count` of them from number `first`, and to what."""

    first: Annotated[int, Meta(ge=0, lt=INTERNODES)]
    count: Annotated[int, Meta(ge=1, le=INTERNODES)] = 1
    damage: Damage = "thin"

    def covers(self, internode: int) -> bool:
        """Whether `internode` is one of them."""
        return self.first <= internode < self.first + self.count


class MeasuredRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of unharmed axons: what was set, and the velocities (m/s) that were measured, None where conduction failed."""

    diameter_um: Diameter
    internode_um: Internode
    wraps: Wraps
    temperature_C: Temperature
    myelinated: Velocity
    bare: Velocity


class AxonState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both axons, and how they are looked at.

    second_ms: the second stimulus, from the first on; None: there is none. brush: what a click makes of an internode.
    has_run: the result of this prediction has been seen. view: the space-time pictures, or the runs measured so far, over
    `swept`. shown_ms, speed, has_slow_motion: the clock.
    """

    diameter_um: Diameter = 10.0
    internode_um: Internode = 1000.0
    wraps: Wraps = 100
    temperature_C: Temperature = 18.5
    stripped: Stripped | None = None
    second_ms: Annotated[float, Meta(ge=0.3, le=20)] | None = None
    brush: Damage = "thin"
    prediction: Prediction = Prediction()
    has_run: bool = False
    view: Literal["picture", "runs"] = "picture"
    swept: Swept = "internode_um"
    runs: Annotated[tuple[MeasuredRun, ...], Meta(max_length=MOST_RUNS)] = ()
    shown_ms: Annotated[float, Meta(ge=0, le=100)] = 0.0
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = USUAL_SPEED
    has_slow_motion: bool = True
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: AxonState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> AxonState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, AxonState, "The axon bench", SCHEMA)
    stripped = state.stripped
    if stripped is not None and stripped.first + stripped.count > INTERNODES:
        raise StateError(
            f"stripped cannot be applied: {stripped.count} internodes from number {stripped.first} go beyond the last, "
            f"{INTERNODES - 1}.",
            "stripped.count",
        )
    return state


def model_options(state: AxonState) -> dict[str, Any]:
    """What the model `axon-pair` is asked for."""
    options: dict[str, Any] = {
        "diameter": state.diameter_um,
        "internode": state.internode_um,
        "wraps": state.wraps,
        "temperature": state.temperature_C,
        "pictures": True,
    }
    stripped = state.stripped
    if stripped is not None:
        left = min(WRAPS_LEFT, state.wraps) if stripped.damage == "thin" else 0
        channels = ["channels"] if stripped.damage == "channels" else []
        options["strip"] = [stripped.first, stripped.count, left, *channels]
    if state.second_ms is not None:
        options["second_stimulus"] = state.second_ms
    return options


def wraps_of(state: AxonState, internode: int) -> int:
    """The wraps that `internode` has."""
    stripped = state.stripped
    if stripped is None or not stripped.covers(internode):
        return state.wraps
    return min(WRAPS_LEFT, state.wraps) if stripped.damage == "thin" else 0


def with_run(kept: AxonState, made: AxonState, myelinated: float | None, bare: float | None) -> AxonState:
    """`kept` with one more run, of the axons of `made` and the velocities (m/s) measured; the oldest goes where there are too many."""
    run = MeasuredRun(made.diameter_um, made.internode_um, made.wraps, made.temperature_C, myelinated, bare)
    if run in kept.runs:
        return kept
    return msgspec.structs.replace(kept, runs=(*kept.runs, run)[-MOST_RUNS:])


def clicked(state: AxonState, first: int, last: int) -> Stripped | None:
    """What a click on the internodes `first` to `last` leaves of the myelin; None: all of it, since they had been harmed so before."""
    wanted = Stripped(first, last - first + 1, state.brush)
    old = state.stripped
    is_given_back = old is not None and old.damage == wanted.damage and old.covers(first) and old.covers(last)
    return None if is_given_back else wanted
