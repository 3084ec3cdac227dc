"""What the excitability bench is set to, and which runs have been asked for, as data. Imports no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.prediction_means import Prediction

SCHEMA = 1
MOST_RUNS = 80
Mode = Literal["fi", "strength", "refractory"]
Cell = Literal["hh", "lif"]
Finite = Annotated[float, Meta(ge=-1e4, le=1e4)]

TRACE_MS = 120.0
TRACE_STEP_MS = 0.05
PULSE_AT_MS = 5.0
PULSE_MS = 0.5
FIRST_PULSE = 30.0  # uA/cm2, twice what a rested membrane needs
RATE_MS = 1_000.0


class Run(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One experiment. fi: x is the current (uA/cm2 or nA). strength: a pulse of x ms and y uA/cm2. refractory: a second pulse
    of y uA/cm2, x ms after the first. sodium: factor on the sodium conductance (hh alone).
    """

    mode: Mode
    cell: Cell
    x: Finite
    y: Finite = 0.0
    sodium: Annotated[float, Meta(ge=0.0, le=3.0)] = 1.0


class ExcitabilityState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The controls, the runs in their order (the last is the one whose trace is shown), and a prediction for each question."""

    mode: Mode = "fi"
    cell: Cell = "hh"
    current_hh: Annotated[float, Meta(ge=0.0, le=120.0)] = 10.0
    current_lif: Annotated[float, Meta(ge=0.0, le=20.0)] = 2.0
    duration_ms: Annotated[float, Meta(ge=0.1, le=20.0)] = 1.0
    gap_ms: Annotated[float, Meta(ge=2.0, le=30.0)] = 8.0
    amplitude: Annotated[float, Meta(ge=0.0, le=200.0)] = 30.0
    sodium: Annotated[float, Meta(ge=0.0, le=3.0)] = 1.0
    has_curve: bool = False
    runs: Annotated[tuple[Run, ...], Meta(max_length=MOST_RUNS)] = ()
    fi_hh: Prediction = Prediction()
    fi_lif: Prediction = Prediction()
    strength: Prediction = Prediction()
    refractory: Prediction = Prediction()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def key(self) -> str:
        """What is being asked: fi_hh, fi_lif, strength or refractory."""
        return f"fi_{self.cell}" if self.mode == "fi" else self.mode

    @property
    def prediction(self) -> Prediction:
        """The prediction for what is being asked."""
        said: Prediction = getattr(self, self.key)
        return said

    def next_run(self) -> Run:
        """The run that the controls stand at."""
        if self.mode == "fi":
            if self.cell == "lif":
                return Run("fi", "lif", self.current_lif)
            return Run("fi", "hh", self.current_hh, 0.0, self.sodium)
        x = self.duration_ms if self.mode == "strength" else self.gap_ms
        return Run(self.mode, "hh", x, self.amplitude, self.sodium)


def read_state(raw: object) -> ExcitabilityState:
    """`raw` as a state; StateError with the key named."""
    return state_from(raw, ExcitabilityState, "The excitability bench", SCHEMA)


def trace_question(run: Run) -> tuple[str, dict[str, Any]]:
    """The model and options whose traces show `run`."""
    if run.cell == "lif":
        return "lif", {"current": run.x, "duration": TRACE_MS, "dt": 0.1}
    options: dict[str, Any] = {"duration": TRACE_MS, "dt": TRACE_STEP_MS, "sodium": run.sodium}
    if run.mode == "fi":
        return "hh", {**options, "current": run.x}
    if run.mode == "strength":
        return "hh", {**options, "duration": 60.0, "pulses": [[PULSE_AT_MS, run.x, run.y]]}
    second = [PULSE_AT_MS + run.x, PULSE_MS, run.y]
    return "hh", {**options, "duration": 60.0, "pulses": [[PULSE_AT_MS, PULSE_MS, FIRST_PULSE], second]}


def rate_question(run: Run) -> tuple[str, dict[str, Any]]:
    """The model and options that say how often the cell fires in `run`."""
    options: dict[str, Any] = {"cell": run.cell, "currents": [run.x], "duration": RATE_MS}
    return "fi", options | ({"sodium": run.sodium} if run.cell == "hh" else {})


def curve_question(cell: Cell, sodium: float) -> tuple[str, dict[str, Any]]:
    """The model and options of a whole f-I curve, closer where it bends."""
    if cell == "lif":
        currents: Sequence[float] = [*np.linspace(0, 3, 61), *np.linspace(3.25, 20, 68)]
        return "fi", {"cell": "lif", "currents": [float(current) for current in currents]}
    currents = [*np.linspace(0, 12, 49), *np.linspace(13, 120, 54)]
    return "fi", {
        "cell": "hh",
        "currents": [float(current) for current in currents],
        "duration": 700.0,
        "sodium": sodium,
    }


def fires(run: Run, spikes_ms: Sequence[float]) -> bool:
    """Whether the pulse in question made a spike of its own."""
    if run.mode == "refractory":
        return sum(time > PULSE_AT_MS + run.x for time in spikes_ms) >= 1 and len(spikes_ms) >= 2
    return len(spikes_ms) >= 1
