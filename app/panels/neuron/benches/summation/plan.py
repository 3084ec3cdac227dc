"""What the summation bench asks of the living cell, as data: which inputs, when, how strong. Imports no widget."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.prediction import Prediction
from app.simulation.biology.stage import INPUTS, Receptor, StagePlan

SCHEMA = 1
MOST_INPUTS = 20
FIRST_MS = 5.0  # the first presynaptic spike, as in `hillock simulate neuron`
INHIBITION_LEAD_MS = 2.0  # inhibition comes so much earlier: its peak then meets that of the excitation
AFTER_MS = 28.0  # from the last input on: an impulse has long arrived by then, or never will
INHIBITORY_NS = 2.0
DENDRITES, ROWS = 5, 6


class SummationState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """inputs fire within spread_ms; place: the ends near the soma first, or the far ones; weight_nS of each; inhibition: where."""

    inputs: Annotated[int, Meta(ge=1, le=MOST_INPUTS)] = 8
    spread_ms: Annotated[float, Meta(ge=0.0, le=20.0)] = 0.0
    place: Literal["near", "far"] = "near"
    dendrites: Literal["five", "one"] = "five"
    weight_nS: Literal[1, 2] = 1
    inhibition: Literal["none", "near", "far"] = "none"
    prediction: Prediction = Prediction()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def condition(self) -> tuple[Any, ...]:
        """All that decides how many inputs are needed, but for their number."""
        return (self.spread_ms, self.place, self.dendrites, self.weight_nS, self.inhibition)


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


def model_options(state: SummationState, delay_ms: float) -> dict[str, Any]:
    """The same for `hillock simulate summation`, which also says what each input does alone."""
    spikes = zip(places(state), spike_times_ms(state), strict=True)
    return {
        "excitation": [[place, time + delay_ms, state.weight_nS] for place, time in spikes],
        "inhibition": [
            [place, FIRST_MS - INHIBITION_LEAD_MS + delay_ms, INHIBITORY_NS] for place in inhibitory_places(state)
        ],
        "duration": end_ms(state),
    }
