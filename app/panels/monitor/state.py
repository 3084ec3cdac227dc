"""What the monitor shows, as data: strict structs, read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.monitor.laid_run import Letter
from trainers.network_graph import NetworkGraph
from trainers.training_plan import ClassifierSettings, DataChoice

SCHEMA = 1
Row = Literal["loss", "accuracy", "learning_rate", "speed", "hardware"]
Unit = Annotated[float, Meta(ge=0.0, le=1.0)]
Size = Annotated[int, Meta(ge=0, le=100_000)]
RunName = Annotated[str, Meta(min_length=1, max_length=255)]


class CurvesState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """smoothing: the slider's place; x_range: in the axis' unit, None while following; crosshair: a step.

    compared: names of kept runs by the letters under which they are shown.
    """

    x_axis: Literal["steps", "epochs", "seconds"] = "steps"
    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=5)] = ("loss", "accuracy", "learning_rate", "speed")
    log_loss: bool = False
    smoothing: Annotated[int, Meta(ge=0, le=100)] = 33
    follow: bool = True
    x_range: tuple[float, float] | None = None
    crosshair: Annotated[float, Meta(ge=0.0)] | None = None
    compared: dict[Letter, RunName] = {}


class OutputState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """view: which picture of the answers; strokes: the drawing on the pad, points from 0 to 1."""

    view: Literal["digits", "confusion", "pad"] = "digits"
    strokes: Annotated[
        tuple[Annotated[tuple[tuple[Unit, Unit], ...], Meta(min_length=1, max_length=20_000)], ...],
        Meta(max_length=2_000),
    ] = ()


class MonitorState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that the monitor shows. network: a preset's name, or a whole graph; splitters: sizes in px, empty for default."""

    network: str | NetworkGraph = "lenet5"
    data: DataChoice = DataChoice("digits")
    settings: ClassifierSettings = ClassifierSettings()
    curves: CurvesState = CurvesState()
    output: OutputState = OutputState()
    data_page: Literal["preview", "points"] = "preview"
    advanced: bool = False
    splitters: dict[
        Literal["rows", "top", "bottom"], Annotated[tuple[Size, ...], Meta(min_length=2, max_length=3)]
    ] = {}
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def to_json(state: MonitorState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    built: dict[str, Any] = msgspec.to_builtins(state)
    return msgspec.json.decode(msgspec.json.encode(built))  # type: ignore[no-any-return]


def from_json(raw: object) -> MonitorState:
    """`raw` as a state; StateError with the key named for anything unknown, missing or out of range."""
    state = state_from(raw, MonitorState, "The monitor", SCHEMA)
    _check_sense(state)
    return state


def _check_sense(state: MonitorState) -> None:
    bounds = state.curves.x_range
    if bounds is not None and not bounds[0] < bounds[1]:
        raise StateError(f"curves.x_range goes from {bounds[0]:g} to {bounds[1]:g}: it must rise.", "curves.x_range")
    if len(set(state.curves.rows)) != len(state.curves.rows):
        raise StateError("curves.rows names a row twice.", "curves.rows")
    if len(set(state.curves.compared.values())) != len(state.curves.compared):
        raise StateError("curves.compared names a run twice.", "curves.compared")
    for key, sizes in state.splitters.items():
        if len(sizes) != {"rows": 2, "top": 3, "bottom": 2}[key]:
            raise StateError(
                f"splitters.{key} has {len(sizes)} sizes, which is not one for each part.", f"splitters.{key}"
            )
