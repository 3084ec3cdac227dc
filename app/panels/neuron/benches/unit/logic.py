"""The artificial neuron, y = f(w x + b), the gates it is to be, and the same inputs for a living cell. Imports no widget.

McCulloch & Pitts 1943 (Bull Math Biophys 5:115). Its threshold is -b.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.benches.summation.plan import body_options
from app.panels.neuron.prediction_means import Prediction
from app.simulation.biology.stage import INPUTS, Receptor, StagePlan

SCHEMA = 1
Goal = Literal["and", "or", "not", "xor"]
Activation = Literal["step", "relu", "sigmoid"]
Weight = Annotated[float, Meta(ge=-2.0, le=2.0)]
Input = Annotated[float, Meta(ge=0.0, le=1.0)]
X = tuple[float, float, float]

# The living cell. A weight of 1 opens so much conductance, in four synapses, one in each of the four rows nearest to the
# soma: the cell then needs 1.45 to 1.56 such units (found with `hillock simulate summation`), and 1.5 is taken for it.
UNIT_NS = 8.2
CELL_THRESHOLD = 1.5
INHIBITION_GAIN = 3.0  # GABA_A reverses 10 mV below rest: it takes three times the conductance to cost one unit
ONSET_MS, INHIBITION_ONSET_MS, CELL_MS = 5.0, 3.0, 25.0
BACKGROUND = 3  # number of the input that stands for the bias
_DENDRITES, _GROUPS = 5, 4

TARGETS: dict[Goal, dict[tuple[int, int], int]] = {
    "and": {(0, 0): 0, (0, 1): 0, (1, 0): 0, (1, 1): 1},
    "or": {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 1},
    "not": {(0, 0): 1, (1, 0): 0},
    "xor": {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0},
}


class UnitState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weights, bias and inputs of the unit; the gate that it is to be; morph: 0 the living cell, 1 the unit."""

    w1: Weight = 1.0
    w2: Weight = 1.0
    w3: Weight = 0.0
    bias: Annotated[float, Meta(ge=-3.0, le=3.0)] = -1.0
    x1: Input = 1.0
    x2: Input = 0.0
    x3: Input = 0.0
    activation: Activation = "step"
    goal: Goal = "and"
    met: tuple[Goal, ...] = ()
    morph: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.0
    cell: Literal["hh", "lif"] = "hh"
    prediction: Prediction = Prediction()
    schema: Annotated[int, Meta(ge=1, le=SCHEMA)] = SCHEMA

    @property
    def weights(self) -> X:
        """w1 to w3."""
        return (self.w1, self.w2, self.w3)

    @property
    def x(self) -> X:
        """x1 to x3."""
        return (self.x1, self.x2, self.x3)


def read_state(raw: object) -> UnitState:
    """`raw` as a state; StateError with the key named."""
    return state_from(raw, UnitState, "The unit bench", SCHEMA)


def weighted_sum(state: UnitState, x: X) -> float:
    """z = w x + b, rounded so that 0.1 + 0.2 meets 0.3."""
    return round(sum(w * value for w, value in zip(state.weights, x, strict=True)) + state.bias, 9)


def output(activation: Activation, z: float) -> float:
    """y = f(z): 1 from 0 on (step), z above 0 (relu), 1/(1 + exp(-z)) (sigmoid)."""
    if activation == "step":
        return 1.0 if z >= 0.0 else 0.0
    if activation == "relu":
        return max(z, 0.0)
    return 1.0 / (1.0 + math.exp(-z))


def says_one(activation: Activation, z: float) -> bool:
    """Whether the output counts as 1: from the threshold on; a rectified 0 is none."""
    return z > 0.0 if activation == "relu" else z >= 0.0


def rows(state: UnitState) -> tuple[tuple[int, int], ...]:
    """The inputs (x1, x2) of the gate's truth table."""
    return tuple(TARGETS[state.goal])


def row_x(state: UnitState, row: tuple[int, int]) -> X:
    """All inputs of a row: x3 as it stands."""
    return (float(row[0]), float(row[1]), state.x3)


def is_row_met(state: UnitState, row: tuple[int, int]) -> bool:
    """Whether the unit says in this row what the gate wants."""
    return says_one(state.activation, weighted_sum(state, row_x(state, row))) == bool(TARGETS[state.goal][row])


def is_met(state: UnitState) -> bool:
    """Whether the unit is the gate."""
    return all(is_row_met(state, row) for row in rows(state))


def demand(state: UnitState, row: tuple[int, int]) -> str:
    """What the row asks of the weights: "w₁+w₂+b ≥ 0"."""
    parts = [name for name, value in zip(("w₁", "w₂"), row, strict=True) if value]
    sign = "≥" if TARGETS[state.goal][row] else "<"
    return f"{'+'.join([*parts, 'b'])} {sign} 0"


def drives(state: UnitState, x: X) -> tuple[float, float, float, float]:
    """What each input gives: w x of the three, and the background, which is the bias above the threshold of the cell itself."""
    one, two, three = (w * value for w, value in zip(state.weights, x, strict=True))
    return (one, two, three, state.bias + CELL_THRESHOLD)


def sites(group: int) -> tuple[int, ...]:
    """The four synapses of an input (0 to 2, BACKGROUND), on four dendrites. Each input has one in each of the four rows,
    so that none is nearer than another."""
    return tuple(dendrite + _DENDRITES * ((dendrite + group) % _GROUPS) for dendrite in range(_GROUPS))


def synapse_nS(drive: float) -> float:
    """Of each of the four synapses that together give `drive`."""
    return abs(drive) * UNIT_NS / _GROUPS * (INHIBITION_GAIN if drive < 0.0 else 1.0)


def cell_options(state: UnitState, x: X, plan: StagePlan) -> dict[str, Any]:
    """The same inputs for `hillock simulate summation`, in the cell of `plan`: a positive weight excites, a negative inhibits."""
    events: dict[str, list[list[float]]] = {"excitation": [], "inhibition": []}
    for place, onset, drive in _events(state, x):
        kind = "inhibition" if drive < 0.0 else "excitation"
        events[kind].append([place, onset, synapse_nS(drive)])
    return {**events, "duration": CELL_MS, "together_only": True, **body_options(plan)}


def stage_spikes(state: UnitState, x: X) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Which synapses of the cell on stage fire, and when (ms): what cell_options says, for their delay there is the same."""
    events = _events(state, x)
    return tuple(place for place, _, _ in events), tuple(onset for _, onset, _ in events)


def _events(state: UnitState, x: X) -> list[tuple[int, float, float]]:
    """(place, onset ms, drive of its input) of each synapse that is active."""
    return [
        (place, ONSET_MS if drive > 0.0 else INHIBITION_ONSET_MS, drive)
        for group, drive in enumerate(drives(state, x))
        if abs(drive) > 1e-9
        for place in sites(group)
    ]


def stage_plan(state: UnitState, x: X, plan: StagePlan) -> StagePlan:
    """`plan` with the unit's weights as its synapses; those of an input that is silent wait with all their weight."""
    weights = [0.0] * INPUTS
    receptors: list[Receptor] = ["ampa"] * INPUTS
    given = list(drives(state, x))
    for number, value in enumerate(x):
        if value == 0.0:
            given[number] = state.weights[number]
    for group, drive in enumerate(given):
        for place in sites(group):
            weights[place] = synapse_nS(drive)
            receptors[place] = "gaba_a" if drive < 0.0 else "ampa"
    return msgspec.structs.replace(plan, weights_nS=tuple(weights), receptors=tuple(receptors), release="reliable")


def body(plan: StagePlan) -> tuple[Any, ...]:
    """What of the cell on stage decides whether it fires, but for its synapses."""
    return (plan.sodium, plan.potassium, plan.temperature_C, plan.wraps)
