"""What the competition bench shows, as data, and what it asks the model with it. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import StateError, state_from
from app.panels.neuron.prediction_means import Prediction

SCHEMA = 1
SYNAPSES = 1000
SLICES = 200  # of a run, whatever its length
MOST_RUNS = 40
LONGEST_S = 1000.0

Rate = Annotated[float, Meta(ge=1.0, le=60.0)]
Ratio = Annotated[float, Meta(ge=0.8, le=1.5)]
Seed = Annotated[int, Meta(ge=0, le=9999)]
Pace = Literal["slow", "fast", "full"]
PACES: dict[Pace, float] = {"slow": 10.0, "fast": 20.0, "full": float("inf")}  # s of biology a second
_SLOW: Pace = "fast"


class CompetitionRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of a person's own, to its end: what it was of and what came of it."""

    rate_Hz: Rate
    ratio: Ratio
    seed: Seed
    seconds: Literal[200, 1000]
    output_Hz: Annotated[float, Meta(ge=0.0, le=1e6)]
    mean: Annotated[float, Meta(ge=0.0, le=1.0)]


class CompetitionState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """rate_Hz: of each input; ratio: A-/A+; pace: how fast the run is shown, whatever its computation takes.

    shown_s: the biological second shown; reached_s: how far the run has been seen. has_answer: the prediction has its answer.
    """

    rate_Hz: Rate = 15.0
    ratio: Ratio = 1.05
    seed: Seed = 0
    seconds: Literal[200, 1000] = 200
    pace: Pace = _SLOW
    is_sorted: bool = False
    shown_s: Annotated[float, Meta(ge=0.0, le=LONGEST_S)] = 0.0
    reached_s: Annotated[float, Meta(ge=0.0, le=LONGEST_S)] = 0.0
    prediction: Prediction = Prediction()
    runs: Annotated[tuple[CompetitionRun, ...], Meta(max_length=MOST_RUNS)] = ()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    def options(self) -> dict[str, Any]:
        """The run that the settings stand for, as `hillock simulate competition` takes it."""
        return {
            "seconds": float(self.seconds),
            "slice": self.seconds / SLICES,
            "synapses": SYNAPSES,
            "rate": self.rate_Hz,
            "depression": self.ratio,
            "seed": self.seed,
        }

    @property
    def is_over(self) -> bool:
        """Whether the run has been seen to its end."""
        return self.reached_s >= self.seconds

    @property
    def runs_key(self) -> tuple[object, ...]:
        """What the plot of one's own runs hangs on."""
        return self.runs, self.rate_Hz, self.ratio

    def with_run(self, output_Hz: float, mean: float) -> CompetitionState:
        """After the run has come to its end; a run that was there already is not kept twice."""
        run = CompetitionRun(self.rate_Hz, self.ratio, self.seed, self.seconds, output_Hz, mean)
        if run in self.runs:
            return self
        return msgspec.structs.replace(self, runs=(*self.runs, run)[-MOST_RUNS:])


def to_json(state: CompetitionState) -> dict[str, Any]:
    """`state` as JSON-able data."""
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(raw: object) -> CompetitionState:
    """`raw` as a state; StateError with the key named for anything unknown or out of range."""
    state = state_from(raw, CompetitionState, "The competition bench", SCHEMA)
    for key in ("reached_s", "shown_s"):
        if getattr(state, key) > (state.seconds if key == "reached_s" else state.reached_s):
            raise StateError(f"{key} cannot be applied: {getattr(state, key):g} s is beyond what has been run.", key)
    return state
