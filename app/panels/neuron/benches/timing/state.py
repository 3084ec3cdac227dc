"""What the spike-timing bench shows, as data: read from JSON whole or not at all. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.spike_timing import Pairing, TimingRule
from app.simulation.biology.stage import INPUTS

SCHEMA = 1
REACH_MS = 100.0  # of the time line, and of the interval
START_NS, LOW_NS, HIGH_NS = 1.0, 0.0, 2.0  # a synapse begins every run at 1 nS and stays within these
MOST_RUNS = 200

PlaceMs = Annotated[float, Meta(ge=-REACH_MS, le=REACH_MS)]
FrequencyHz = Annotated[float, Meta(ge=0.1, le=50.0)]
_PAIR: TimingRule = "pair"
_ALL: Pairing = "all"


class TimingRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of a person's own and what came of it. dw: sum of all changes, unbounded; weight_nS: what the synapse came to."""

    interval_ms: PlaceMs
    rule: TimingRule
    pairs: Literal[1, 60]
    frequency_Hz: FrequencyHz
    pairing: Pairing
    dw: Annotated[float, Meta(ge=-1e6, le=1e6)]
    weight_nS: Annotated[float, Meta(ge=LOW_NS, le=HIGH_NS)]


class TimingState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """pre_ms, post_ms: the spikes on the time line. The last of `runs` is the one on show.

    asked_ms: the interval that a prediction was made for. answer_dw: what the run said to it. has_fired: the neuron has been
    run with the learned weight, and follows it.
    """

    pre_ms: PlaceMs = 0.0
    post_ms: PlaceMs = 10.0
    rule: TimingRule = _PAIR
    pairs: Literal[1, 60] = 60
    frequency_Hz: FrequencyHz = 1.0
    pairing: Pairing = _ALL
    is_fit_shown: bool = False
    is_hebb_shown: bool = False
    inputs: Annotated[int, Meta(ge=1, le=INPUTS)] = 8
    prediction: Prediction = Prediction()
    asked_ms: PlaceMs | None = None
    answer_dw: Annotated[float, Meta(ge=-1e6, le=1e6)] | None = None
    runs: Annotated[tuple[TimingRun, ...], Meta(max_length=MOST_RUNS)] = ()
    has_fired: bool = False
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def interval_ms(self) -> float:
        """Post minus pre, to the 0.1 ms that a key moves a spike by at least (a sum of tenths is not a tenth)."""
        return round(self.post_ms - self.pre_ms, 6)

    @property
    def is_revealed(self) -> bool:
        """Whether the curves may be seen: they would answer the question."""
        return not self.prediction.first or self.answer_dw is not None

    @property
    def weight_nS(self) -> float:
        """What the synapse has come to in the run on show; the start before any."""
        return self.runs[-1].weight_nS if self.runs else START_NS

    def moved(self, pre_ms: float, post_ms: float) -> TimingState:
        """With the spikes there. A prediction is of one interval: where that changes before a run, it is asked for anew."""
        state = msgspec.structs.replace(self, pre_ms=pre_ms, post_ms=post_ms)
        if self.answer_dw is None and self.asked_ms not in (None, state.interval_ms):
            state = msgspec.structs.replace(state, asked_ms=None, prediction=Prediction(self.prediction.first))
        return state

    def predicted(self, prediction: Prediction) -> TimingState:
        """After a person has said what will happen, or has taken it back (then the answer goes as well)."""
        if prediction.choice is None:
            return msgspec.structs.replace(self, prediction=prediction, asked_ms=None, answer_dw=None)
        asked = self.asked_ms if self.answer_dw is not None else self.interval_ms
        return msgspec.structs.replace(self, prediction=prediction, asked_ms=asked)

    def options(self) -> dict[str, Any]:
        """The run that the settings stand for, as `hillock simulate stdp` takes it."""
        return {
            "rule": self.rule,
            "interval": self.interval_ms,
            "pairs": self.pairs,
            "frequency": self.frequency_Hz,
            "pairing": self.pairing,
            "start": START_NS,
            "bounds": "hard",
            "low": LOW_NS,
            "high": HIGH_NS,
        }

    def with_run(self, ran: TimingState, dw: float, weight_nS: float) -> TimingState:
        """After the run that the settings of `ran` stand for has said this; the oldest run goes where there are too many."""
        run = TimingRun(
            ran.interval_ms, ran.rule, ran.pairs, ran.frequency_Hz, ran.pairing, float(dw), float(weight_nS)
        )
        state = msgspec.structs.replace(self, runs=(*self.runs, run)[-MOST_RUNS:])
        if self.answer_dw is None and self.asked_ms == run.interval_ms:
            state = msgspec.structs.replace(state, answer_dw=run.dw)
        return state


def run_options(run: TimingRun) -> dict[str, Any]:
    """`run` as `hillock simulate stdp` takes it, to be computed again."""
    state = TimingState(
        0.0, 0.0, run.rule, run.pairs, run.frequency_Hz, run.pairing
    )  # the interval is put in as it was: no difference of two places
    return {**state.options(), "interval": run.interval_ms}


def to_json(state: TimingState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(state))  # lists, as it will be read
    return plain


def from_json(raw: object) -> TimingState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, TimingState, "The spike-timing bench", SCHEMA)
    if abs(state.interval_ms) > REACH_MS:
        raise StateError(
            f"post_ms cannot be applied: {state.post_ms:g} ms is more than {REACH_MS:g} ms from pre_ms.", "post_ms"
        )
    return state
