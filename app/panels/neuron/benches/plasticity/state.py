"""What the plasticity bench shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.prediction_means import Prediction

SCHEMA = 1
START_NS = 1.0
LOWEST_HZ, HIGHEST_HZ, MOST_PULSES, BUSIEST_HZ = 0.5, 100.0, 900, 30.0
NATURAL_HZ = 10.0  # a cell that has always fired so has its threshold there
LOW_ASKED_HZ, HIGH_ASKED_HZ = 1.0, 100.0  # what the question is about
MOST_RUNS = 200

SKETCH_DW = (-0.8, 1.4)  # of 1 nS: what a sketch may span

Rule = Literal["triplet_visual", "bcm", "hippocampal_slices"]
Change = Annotated[float, Meta(ge=-1.0, le=1e6)]
FrequencyHz = Annotated[float, Meta(ge=LOWEST_HZ, le=HIGHEST_HZ)]
Pulses = Annotated[int, Meta(ge=1, le=MOST_PULSES)]
HistoryHz = Annotated[float, Meta(ge=0.0, le=BUSIEST_HZ)]
Law = tuple[Rule, int, float]  # what decides a curve: rule, pulses, history in Hz
_TRIPLET: Rule = "triplet_visual"


class PlasticityRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stimulation of a person's own. dw: change as a fraction of the 1 nS before."""

    rule: Rule
    frequency_Hz: FrequencyHz
    pulses: Pulses
    history_Hz: HistoryHz
    dw: Change


class PlasticityState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """history_Hz: how fast the cell has fired for the last hour, which moves the threshold of BCM. On show is the newest run of the rule.

    answer_low, answer_high: what the runs at 1 and at 100 Hz said since something was predicted.
    """

    rule: Rule = _TRIPLET
    frequency_Hz: FrequencyHz = 1.0
    pulses: Pulses = MOST_PULSES
    history_Hz: HistoryHz = NATURAL_HZ
    prediction: Prediction = Prediction()
    answer_low: Change | None = None
    answer_high: Change | None = None
    runs: Annotated[tuple[PlasticityRun, ...], Meta(max_length=MOST_RUNS)] = ()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def is_answered(self) -> bool:
        """Whether both stimulations that the question is about have been made."""
        return self.answer_low is not None and self.answer_high is not None

    @property
    def is_revealed(self) -> bool:
        """Whether the curve may be seen: it would answer the question."""
        return not self.prediction.first or self.is_answered

    @property
    def shown_run(self) -> PlasticityRun | None:
        """The newest run under the rule on show, which alone its curve speaks of; None before the first."""
        return next((run for run in reversed(self.runs) if run.rule == self.rule), None)

    @property
    def weight_nS(self) -> float:
        """What the synapse has come to in the run on show."""
        run = self.shown_run
        return START_NS * (1.0 + run.dw) if run is not None else START_NS

    @property
    def law(self) -> Law:
        """All that decides the curve; the history matters to BCM alone."""
        return (self.rule, self.pulses, self.history_Hz if self.rule == "bcm" else NATURAL_HZ)

    def with_run(self, run: PlasticityRun) -> PlasticityState:
        """After `run`: a point more, and perhaps a part of the answer."""
        state = msgspec.structs.replace(self, runs=(*self.runs, run)[-MOST_RUNS:])
        if self.is_answered or not (self.prediction.curve is not None or not self.prediction.first):
            return state
        if run.frequency_Hz == LOW_ASKED_HZ:
            state = msgspec.structs.replace(state, answer_low=run.dw)
        if run.frequency_Hz == HIGH_ASKED_HZ:
            state = msgspec.structs.replace(state, answer_high=run.dw)
        return state

    def without_answers(self) -> PlasticityState:
        """The question stands again: half an answer of one rule and half of another would be none."""
        return msgspec.structs.replace(self, answer_low=None, answer_high=None)


def options(law: Law, frequencies_Hz: tuple[float, ...]) -> dict[str, Any]:
    """As `hillock simulate frequency-curve` takes it."""
    rule, pulses, history_Hz = law
    wanted: dict[str, Any] = {"rule": rule, "frequencies": list(frequencies_Hz), "pulses": pulses}
    if rule == "bcm":
        wanted |= {"theta": NATURAL_HZ, "natural_rate": NATURAL_HZ, "history": history_Hz}
    return wanted


def curve_frequencies(rule: Rule) -> tuple[float, ...]:
    """The frequencies at which the curve is computed, Hz; 1, 10 and 100 are among them.

    The calcium rule takes 0.05 s a point: it gets them where its curve is steep.
    """
    parts = [(LOWEST_HZ, HIGHEST_HZ, 61)]
    if rule == "hippocampal_slices":
        parts = [(LOWEST_HZ, 4.0, 7), (4.0, 40.0, 27), (40.0, HIGHEST_HZ, 4)]
    spread = np.concatenate([np.geomspace(low, high, count) for low, high, count in parts])
    return tuple(sorted({*(float(f"{f:.6g}") for f in spread), 1.0, 10.0}))


def to_json(state: PlasticityState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))  # lists, as it will be read
    return plain


def from_json(raw: object) -> PlasticityState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    return state_from(raw, PlasticityState, "The plasticity bench", SCHEMA)
