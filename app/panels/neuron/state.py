"""What the neuron panel shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.cell_clock import FASTEST, SLOWEST, SPEED_PRESETS
from app.cell_script import LONGEST_MS, MOST_LINES, CellScript, ScriptLine, read_script
from app.panel import StateError, state_from
from app.panels.neuron.bench import bench_names
from app.panels.neuron.cell_hand import HandState
from app.panels.neuron.probes import MOST_PROBES
from app.panels.neuron.trace_sweeps import MOST_SWEEPS, Sweep, flaw
from app.simulation.biology.lecture_neuron import lecture_neuron
from app.simulation.biology.stage import StagePlan

SCHEMA = 1
OWNER = "The neuron panel"
SPAN_RANGE = (0.5, 2_000.0)  # ms

Row = Literal["voltage", "gates", "currents", "synapses", "electrode", "next"]


class TraceState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """rows: from top to bottom; span_ms: of the time axis; is_close: the potential's range fits what is seen (for small ones).

    has_no_return: the point of no return is drawn while the cell stands. sweeps: what earlier stimuli did, laid over the curves
    from the first stimulus on; keeps_sweeps: each sweep is kept when the next begins.
    """

    rows: Annotated[tuple[Row, ...], Meta(min_length=1, max_length=6)] = ("voltage",)
    span_ms: Annotated[float, Meta(ge=SPAN_RANGE[0], le=SPAN_RANGE[1])] = 20.0
    is_close: bool = False
    has_no_return: bool = True
    sweeps: Annotated[tuple[Sweep, ...], Meta(max_length=MOST_SWEEPS)] = ()
    keeps_sweeps: bool = False


class NeuronState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that the panel shows.

    plan: of the cell at the end of the script. start_plan: of the calm cell before it, None for the same. script: what was done
    to it, so that the same cell can be brought back; shown_ms: the moment on show; is_playing: it goes on from there.
    camera, benches: as the cell view and each bench write them. traces_share: of the height, where a person parted it; None: as
    much as the curves need.
    """

    bench: str = "cell"
    benches: dict[str, dict[str, Any]] = {}
    plan: StagePlan = StagePlan()
    camera: dict[str, Any] = {}
    probes: Annotated[tuple[Annotated[int, Meta(ge=0)], ...], Meta(min_length=1, max_length=MOST_PROBES)] = ()
    hand: HandState = HandState()
    speed: Annotated[float, Meta(ge=SLOWEST, le=FASTEST)] = SPEED_PRESETS["summation"][0]
    has_slow_motion: bool = True
    traces: TraceState = TraceState()
    traces_share: Annotated[float, Meta(ge=0.05, le=0.95)] | None = None
    start_plan: StagePlan | None = None
    script: Annotated[tuple[ScriptLine, ...], Meta(max_length=MOST_LINES)] = ()
    shown_ms: Annotated[float, Meta(ge=0.0, le=LONGEST_MS)] = 0.0
    is_playing: bool = False
    schema: Annotated[int, Meta(ge=1)] = SCHEMA


def first_probes() -> tuple[int, ...]:
    """Far out on a dendrite, soma, initial segment, terminal: a signal on its way."""
    cell = lecture_neuron()
    return (
        cell.compartment("dendrite 0", 0.6),
        cell.compartment("soma"),
        cell.compartment("ais", 1.0),
        cell.compartment("bouton"),
    )


def to_json(state: NeuronState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))  # lists, as a file has them
    return plain


def from_json(raw: object) -> NeuronState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, NeuronState, OWNER, SCHEMA)
    return _checked(state)


def _checked(state: NeuronState) -> NeuronState:
    """What ranges alone cannot say."""
    names = bench_names()
    for key, name in (("bench", state.bench), *((f"benches.{name}", name) for name in state.benches)):
        if name not in names:
            raise StateError(f"{key} names no bench: '{name}'; there are {', '.join(names)}.", key)
    most = lecture_neuron().compartments
    for number, compartment in enumerate(state.probes):
        if compartment >= most:
            key = f"probes[{number}]"
            raise StateError(f"{key} is {compartment}, but the cell has {most} compartments, from 0.", key)
    if state.hand.electrode >= most:
        raise StateError(
            f"hand.electrode is {state.hand.electrode}, but the cell has {most} compartments.", "hand.electrode"
        )
    if len(set(state.traces.rows)) < len(state.traces.rows):
        raise StateError("traces.rows names a row twice.", "traces.rows")
    for number, sweep in enumerate(state.traces.sweeps):
        if trouble := flaw(sweep, most):
            key = f"traces.sweeps[{number}]"
            raise StateError(f"{key} {trouble}.", key)
    read(state)
    return state


def read(state: NeuronState) -> CellScript:
    """The script of a state; StateError where its lines cannot follow one another."""
    start = state.start_plan or state.plan
    if start.dt_ms != state.plan.dt_ms:
        raise StateError("start_plan.dt_ms differs from plan.dt_ms: a cell keeps its step.", "start_plan.dt_ms")
    if any(line.at_ms > LONGEST_MS for line in state.script):
        raise StateError(f"script goes beyond {LONGEST_MS:g} ms.", "script")
    try:
        return read_script(start, state.script)
    except ValueError as error:
        raise StateError(f"script cannot be played: {error}.", "script") from error
