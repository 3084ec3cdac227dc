"""What the summation bench asks of the living cell, as data: which inputs, when, how strong. Imports no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.lecture_neuron import HEALTHY_WRAPS, INTERNODES, TEMPERATURE_C
from app.simulation.biology.stage import INPUTS, Arrival, Factor, Receptor, StagePlan, Wraps
from app.simulation.biology.synapse import RELEASE_PROBABILITY, RELEASE_SITES, released_vesicles

SCHEMA = 1
MOST_INPUTS = 20
FIRST_MS = 5.0  # the first presynaptic spike, as in `hillock simulate neuron`
INHIBITION_LEAD_MS = 2.0  # inhibition comes so much earlier: its peak then meets that of the excitation
AFTER_MS = 28.0  # from the last input on: an impulse has long arrived by then, or never will
INHIBITORY_NS = 2.0
DENDRITES, ROWS = 5, 6
MOST_RUNS = 400
TRIALS = 8  # of each number of inputs in a sweep where release is by chance
HEALTHY = (HEALTHY_WRAPS,) * INTERNODES
Place = Literal["near", "far"]
Dendrites = Literal["five", "one"]
Inhibition = Literal["none", "near", "far"]


class SumCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that decides how many inputs are needed, but for their number: the bench's settings, and the cell as it is."""

    spread_ms: Annotated[float, Meta(ge=0.0, le=20.0)] = 0.0
    place: Place = "near"
    dendrites: Dendrites = "five"
    weight_nS: Literal[1, 2] = 1
    inhibition: Inhibition = "none"
    sodium: Factor = 1.0
    potassium: Factor = 1.0
    temperature_C: Annotated[float, Meta(ge=0.0, le=40.0)] = TEMPERATURE_C
    wraps: Annotated[tuple[Wraps, ...], Meta(min_length=INTERNODES, max_length=INTERNODES)] = HEALTHY
    release: Literal["reliable", "quantal"] = "reliable"


class SumRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of one's own: so many inputs under a condition, and whether the cell fired."""

    inputs: Annotated[int, Meta(ge=1, le=MOST_INPUTS)]
    fires: bool
    condition: SumCondition = SumCondition()


class Trials(NamedTuple):
    """So many inputs, run several times by chance: how many runs fired, and the peaks (mV) of those that did not."""

    inputs: int
    fired: int
    faded_mV: tuple[float, ...]


class SummationState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """inputs fire within spread_ms; place: the ends near the soma first, or the far ones; weight_nS of each; inhibition: where.

    runs: what was run, in its order; of one condition and one number of inputs the last.
    """

    inputs: Annotated[int, Meta(ge=1, le=MOST_INPUTS)] = 8
    spread_ms: Annotated[float, Meta(ge=0.0, le=20.0)] = 0.0
    place: Place = "near"
    dendrites: Dendrites = "five"
    weight_nS: Literal[1, 2] = 1
    inhibition: Inhibition = "none"
    prediction: Prediction = Prediction()
    runs: Annotated[tuple[SumRun, ...], Meta(max_length=MOST_RUNS)] = ()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    def condition(self, plan: StagePlan) -> SumCondition:
        """Under what a run now is kept, in the cell of `plan`."""
        return SumCondition(
            self.spread_ms,
            self.place,
            self.dendrites,
            self.weight_nS,
            self.inhibition,
            plan.sodium,
            plan.potassium,
            plan.temperature_C,
            plan.wraps,
            plan.release,
        )

    def with_run(self, run: SumRun) -> SummationState:
        """The same, and one run more; one that was made again counts anew, and the oldest go when there are too many."""
        others = (one for one in self.runs if (one.condition, one.inputs) != (run.condition, run.inputs))
        return msgspec.structs.replace(self, runs=(*others, run)[-MOST_RUNS:])


def read_state(raw: object) -> SummationState:
    """`raw` as a state; StateError with the key named."""
    return state_from(raw, SummationState, "The summation bench", SCHEMA)


def places(state: SummationState) -> tuple[int, ...]:
    """The place (0 to 29) of each input. Place i stands on dendrite i mod 5, in row i div 5 from the soma.

    On one dendrite several inputs share a place where there are more of them than rows. Inhibition takes the first and the
    last row, so that near and far inhibition meet the same excitation.
    """
    rows = range(1, ROWS - 1) if state.inhibition != "none" else range(ROWS)
    order = list(rows) if state.place == "near" else list(reversed(rows))
    if state.dendrites == "one":
        return tuple(DENDRITES * order[number % len(order)] for number in range(state.inputs))
    return tuple(
        number % DENDRITES + DENDRITES * order[(number // DENDRITES) % len(order)] for number in range(state.inputs)
    )


def spike_times_ms(state: SummationState) -> tuple[float, ...]:
    """When each input fires: evenly over the spread, both ends included."""
    gaps = max(state.inputs - 1, 1)
    return tuple(FIRST_MS + state.spread_ms * number / gaps for number in range(state.inputs))


def inhibitory_places(state: SummationState) -> tuple[int, ...]:
    """One on each dendrite, in the row nearest to the soma or in the farthest."""
    if state.inhibition == "none":
        return ()
    row = 0 if state.inhibition == "near" else ROWS - 1
    return tuple(DENDRITES * row + dendrite for dendrite in range(DENDRITES))


def end_ms(state: SummationState) -> float:
    """When a run is over that has not fired."""
    return FIRST_MS + state.spread_ms + AFTER_MS


def cell_plan(state: SummationState, plan: StagePlan) -> StagePlan:
    """`plan` with the synapses that this run needs; the rest of the cell as a person has set it."""
    weights = [float(state.weight_nS)] * INPUTS
    receptors: list[Receptor] = ["ampa"] * INPUTS
    for place in inhibitory_places(state):
        weights[place], receptors[place] = INHIBITORY_NS, "gaba_a"
    return msgspec.structs.replace(plan, weights_nS=tuple(weights), receptors=tuple(receptors))


def with_synapses_of(before: StagePlan, plan: StagePlan) -> StagePlan:
    """`plan` with the synapses as they were before a run."""
    return msgspec.structs.replace(plan, weights_nS=before.weights_nS, receptors=before.receptors)


def model_options(state: SummationState, plan: StagePlan) -> dict[str, Any]:
    """The same for `hillock simulate summation`, in the cell of `plan`; it also says what each input does alone."""
    delay_ms = plan.delay_ms
    spikes = zip(places(state), spike_times_ms(state), strict=True)
    return {
        "excitation": [[place, time + delay_ms, state.weight_nS] for place, time in spikes],
        "inhibition": [
            [place, FIRST_MS - INHIBITION_LEAD_MS + delay_ms, INHIBITORY_NS] for place in inhibitory_places(state)
        ],
        "duration": end_ms(state),
        **body_options(plan),
    }


def chance_options(state: SummationState, plan: StagePlan, trial: int) -> dict[str, Any]:
    """As model_options, of one run in which each input releases by chance; the same trial of the same seed is the same run."""
    options = model_options(state, plan)
    chance = np.random.default_rng((plan.seed, state.inputs, trial))
    for kind in ("excitation", "inhibition"):
        fused = released_vesicles(chance, len(options[kind]))
        share = fused / (RELEASE_SITES * RELEASE_PROBABILITY)
        options[kind] = [
            [place, onset, weight * each]
            for (place, onset, weight), each in zip(options[kind], share.tolist(), strict=True)
            if each > 0.0
        ]
    return options


def body_options(plan: StagePlan) -> dict[str, Any]:
    """The cell of `plan`, but for its synapses."""
    return {
        "sodium": plan.sodium,
        "potassium": plan.potassium,
        "temperature": plan.temperature_C,
        "wraps": list(plan.wraps),
    }


def arrived_options(arrivals: Sequence[Arrival], state: SummationState, plan: StagePlan) -> dict[str, Any]:
    """As model_options, with what the inputs released by chance; each as strong as it was."""
    events: dict[str, list[list[float]]] = {"excitation": [], "inhibition": []}
    for arrival in arrivals:
        kind = "inhibition" if plan.receptors[arrival.input] == "gaba_a" else "excitation"
        events[kind].append([arrival.input, arrival.onset_ms, arrival.weight_nS])
    return {**events, "duration": end_ms(state), **body_options(plan)}
