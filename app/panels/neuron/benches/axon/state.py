"""What the axon bench shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.cell_clock import FASTEST, SLOWEST
from app.panel import StateError, state_from
from app.panels.neuron.prediction_means import Prediction

SCHEMA = 2  # 1: `stripped` was one stretch or null
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
Stretches = Annotated[tuple["Stripped", ...], Meta(max_length=INTERNODES)]
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


class Axons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both axons, as far as the ratio of their velocities depends on it."""

    diameter_um: Diameter = 10.0
    internode_um: Internode = 1000.0
    wraps: Wraps = 100
    temperature_C: Temperature = 18.5
    stripped: Stretches = ()


class AxonState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both axons, and how they are looked at.

    second_ms: the second stimulus, from the first on; None: there is none. brush: what a click makes of an internode.
    predicted: the axons that the prediction was made for. has_run: its result has been seen. view: the space-time pictures, or the runs measured so far, over
    `swept`. shown_ms, speed, has_slow_motion: the clock.
    """

    diameter_um: Diameter = 10.0
    internode_um: Internode = 1000.0
    wraps: Wraps = 100
    temperature_C: Temperature = 18.5
    stripped: Stretches = ()
    second_ms: Annotated[float, Meta(ge=0.3, le=20)] | None = None
    brush: Damage = "thin"
    prediction: Prediction = Prediction()
    predicted: Axons | None = None
    has_run: bool = False
    view: Literal["picture", "runs"] = "picture"
    swept: Swept = "internode_um"
    runs: Annotated[tuple[MeasuredRun, ...], Meta(max_length=MOST_RUNS)] = ()
    shown_ms: Annotated[float, Meta(ge=0, le=100)] = 0.0
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = USUAL_SPEED
    has_slow_motion: bool = True
    schema: Annotated[int, Meta(ge=1)] = SCHEMA

    @property
    def is_hidden(self) -> bool:
        """Whether what is measured waits until it has happened before one's eyes."""
        return self.prediction.first and not self.has_run


def to_json(state: AxonState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> AxonState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(_brought_up(raw), AxonState, "The axon bench", SCHEMA)
    for key, stretches in (("", state.stripped), ("predicted.", state.predicted.stripped if state.predicted else ())):
        for number, stretch in enumerate(stretches):
            if stretch.first + stretch.count > INTERNODES:
                name = f"{key}stripped[{number}]"
                raise StateError(
                    f"{name} cannot be applied: {stretch.count} internodes from number {stretch.first} go beyond the last, "
                    f"{INTERNODES - 1}.",
                    f"{name}.count",
                )
    return state


def _brought_up(raw: object) -> object:
    """`raw` as the newest schema writes it; what is no table of schema 1 is left as it is."""
    if not isinstance(raw, dict) or type(raw.get("schema")) is not int or raw["schema"] != 1:
        return raw
    newer = {**raw, "schema": SCHEMA}
    stripped = raw.get("stripped")
    if isinstance(stripped, dict):
        newer["stripped"] = [stripped]
    elif stripped is None:
        newer.pop("stripped", None)
    return newer


def axons_of(state: AxonState) -> Axons:
    """The axons that are set."""
    return Axons(state.diameter_um, state.internode_um, state.wraps, state.temperature_C, state.stripped)


def velocity_options(axons: Axons) -> dict[str, Any]:
    """What the model `axon-pair` is asked for where the velocities alone are wanted."""
    return {
        "diameter": axons.diameter_um,
        "internode": axons.internode_um,
        "wraps": axons.wraps,
        "temperature": axons.temperature_C,
        "strips": [_strip(axons.wraps, stretch) for stretch in axons.stripped],
    }


def _strip(wraps: int, stretch: Stripped) -> list[int | str]:
    channels = ["channels"] if stretch.damage == "channels" else []
    return [stretch.first, stretch.count, _left(wraps, stretch.damage), *channels]


def _left(wraps: int, damage: Damage) -> int:
    return min(WRAPS_LEFT, wraps) if damage == "thin" else 0


def model_options(state: AxonState) -> dict[str, Any]:
    """What the model `axon-pair` is asked for."""
    options = velocity_options(axons_of(state)) | {"pictures": True}
    if state.second_ms is not None:
        options["second_stimulus"] = state.second_ms
    return options


def damage_of(stretches: tuple[Stripped, ...], internode: int) -> Damage | None:
    """What has become of `internode`; None: it is unharmed."""
    return next((one.damage for one in reversed(stretches) if one.covers(internode)), None)


def wraps_of(state: AxonState, internode: int) -> int:
    """The wraps that `internode` has."""
    damage = damage_of(state.stripped, internode)
    return state.wraps if damage is None else _left(state.wraps, damage)


def with_run(kept: AxonState, made: AxonState, myelinated: float | None, bare: float | None) -> AxonState:
    """`kept` with one more run, of the axons of `made` and the velocities (m/s) measured; the oldest goes where there are too many."""
    run = MeasuredRun(made.diameter_um, made.internode_um, made.wraps, made.temperature_C, myelinated, bare)
    if run in kept.runs:
        return kept
    return msgspec.structs.replace(kept, runs=(*kept.runs, run)[-MOST_RUNS:])


def clicked(state: AxonState, first: int, last: int) -> tuple[Stripped, ...]:
    """What a click on the internodes `first` to `last` leaves harmed: they as well, or no longer, where they had been so already."""
    harms = [damage_of(state.stripped, number) for number in range(INTERNODES)]
    is_given_back = all(harm == state.brush for harm in harms[first : last + 1])
    harms[first : last + 1] = [None if is_given_back else state.brush] * (last - first + 1)
    stretches: list[Stripped] = []
    for number, harm in enumerate(harms):
        before = stretches[-1] if stretches else None
        if harm is not None and before is not None and before.damage == harm and before.first + before.count == number:
            stretches[-1] = Stripped(before.first, before.count + 1, harm)
        elif harm is not None:
            stretches.append(Stripped(number, 1, harm))
    return tuple(stretches)


def click_text(before: tuple[Stripped, ...], after: tuple[Stripped, ...]) -> str:
    """What a click did, for undo."""
    is_more = sum(stretch.count for stretch in after) >= sum(stretch.count for stretch in before)
    return "Take myelin" if is_more else "Give myelin back"
