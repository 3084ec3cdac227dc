"""The artificial neuron, y = f(w x + b), the gates it is to be, and the same inputs for a living cell. Imports no widget.

McCulloch & Pitts 1943 (Bull Math Biophys 5:115). Its threshold is -b.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from app.panel import state_from
from app.panels.neuron.prediction_means import Prediction

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
_BACKGROUND = 3  # number of the synapse group that stands for the bias
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


def cell_options(state: UnitState, x: X) -> dict[str, Any]:
    """The same inputs for `hillock simulate summation`: a positive weight excites, a negative one inhibits.

    The bias is a background input: what it adds to, or takes from, the threshold that the cell has by itself.
    """
    drives = [w * value for w, value in zip(state.weights, x, strict=True)]
    excitation: list[list[float]] = []
    inhibition: list[list[float]] = []
    for group, drive in enumerate([*drives, state.bias + CELL_THRESHOLD]):
        if drive > 1e-9:
            excitation += _synapses(group, drive * UNIT_NS, ONSET_MS)
        elif drive < -1e-9:
            inhibition += _synapses(group, -drive * UNIT_NS * INHIBITION_GAIN, INHIBITION_ONSET_MS)
    return {"excitation": excitation, "inhibition": inhibition, "duration": CELL_MS}


def _synapses(group: int, conductance_nS: float, onset_ms: float) -> list[list[float]]:
    """Four synapses on four dendrites. Each group has one in each of the four rows, so that no input is nearer than another."""
    return [
        [dendrite + _DENDRITES * ((dendrite + group) % _GROUPS), onset_ms, conductance_nS / _GROUPS]
        for dendrite in range(_GROUPS)
    ]
