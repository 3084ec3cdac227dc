"""What the window and the living cell's job say to each other: plan, commands, events. Plain data; imports neither Qt nor numba.

The job is `app.simulation.biology.engine:run(StagePlan)`. It takes no step by itself: the window asks for as many as its clock
needs (`Advance`), and the job answers with what it recorded. So pausing is asking for nothing, and a stopped engine is a still
picture. Time is k·dt with an integer k ("step"); the same plan and the same commands at the same steps give the same bits.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from msgspec import Meta

from app.simulation.biology.lecture_neuron import INPUT_SITES, INTERNODES

INPUTS = INPUT_SITES
TERMINAL = INPUTS  # the number of the synapse that the bouton makes on the next cell, after those of the inputs
NEXT_CELL_NS = 1.0  # its weight: what a spike of the bouton opens in the cell that it ends on
MOST_STEPS = 5_000  # of one Advance: 50 ms of biology at the usual dt, about 20 ms of work
KEPT_MS = 2_000.0  # how far back the job can be put

Receptor = Literal["ampa", "gaba_a", "nmda"]
Weight = Annotated[float, Meta(ge=0.0, le=50.0)]
Wraps = Annotated[int, Meta(ge=0, le=400)]
Factor = Annotated[float, Meta(ge=0.0, le=10.0)]


_AMPA: Receptor = "ampa"


class StagePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lecture neuron as it stands on the stage; every field can be changed while it lives (`Change`), but for dt_ms.

    weights_nS: peak conductance of each input; receptors: what each opens. sodium, potassium: factors on both conductances
    of all membrane that has channels (1 as measured by Hodgkin and Huxley; 0 is TTX, TEA). wraps: of each internode, 100 in
    health. delay_ms: from the presynaptic spike to the first open receptor. release: "reliable" (all 5 vesicles fuse and the
    conductance is the weight) or "quantal" (K of 5 fuse, binomial with p 0.4, each worth weight/2: the mean is the weight).
    """

    weights_nS: Annotated[tuple[Weight, ...], Meta(min_length=INPUTS, max_length=INPUTS)] = (1.0,) * INPUTS
    receptors: Annotated[tuple[Receptor, ...], Meta(min_length=INPUTS, max_length=INPUTS)] = (_AMPA,) * INPUTS
    wraps: Annotated[tuple[Wraps, ...], Meta(min_length=INTERNODES, max_length=INTERNODES)] = (100,) * INTERNODES
    sodium: Factor = 1.0
    potassium: Factor = 1.0
    temperature_C: Annotated[float, Meta(ge=0.0, le=40.0)] = 18.5
    delay_ms: Annotated[float, Meta(ge=0.0, le=10.0)] = 0.5
    release: Literal["reliable", "quantal"] = "reliable"
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    dt_ms: Annotated[float, Meta(ge=0.001, le=0.05)] = 0.01


class StageCommand(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the window sends. `token` comes back with the answer."""

    token: int


class Advance(StageCommand, frozen=True, tag=True):
    """Go on by `steps` (1 to MOST_STEPS). Answered by `Recording`."""

    steps: int


class Fire(StageCommand, frozen=True, tag=True):
    """A presynaptic spike at each of `inputs`, at `times_ms` (one each, not before now), or all now where that is None.

    Answered by `Accepted`, or by `Refused` (an input that is not there, a time in the past, not a number).
    """

    inputs: tuple[int, ...]
    times_ms: tuple[float, ...] | None = None


class Inject(StageCommand, frozen=True, tag=True):
    """Current from an electrode in `compartment`: amplitude_nA (positive depolarises) for duration_ms from now.

    duration_ms None: until `Withdraw`. Several may overlap. Answered by `Accepted` (its `number` names it) or `Refused`.
    """

    compartment: int
    amplitude_nA: float
    duration_ms: float | None = None


class Withdraw(StageCommand, frozen=True, tag=True):
    """End the current `number` now. Answered by `Accepted`, also where it has ended by itself."""

    number: int


class Change(StageCommand, frozen=True, tag=True):
    """The cell is as `plan` says from now on; its voltages and gates stay. Answered by `Accepted` or `Refused`."""

    plan: StagePlan


class Rewind(StageCommand, frozen=True, tag=True):
    """Go back to `step` (at most KEPT_MS ago) and forget what came after it: the state is that of then, to the last bit.

    Answered by `Accepted`, whose step is that step, or `Refused`.
    """

    step: int


class FindNoReturn(StageCommand, frozen=True, tag=True):
    """How much higher the whole cell would have to stand at `step` (at most KEPT_MS ago) to fire by itself.

    It is tried on a copy: the cell stays where it is, and stands meanwhile for some 30 ms. Answered by `NoReturn` or `Refused`.
    """

    step: int


class CallModel(StageCommand, frozen=True, tag=True):
    """Run a model of `models.MODELS` on `options` (as in `hillock simulate --batch`, without "model"), beside the cell.

    Answered by `Answer` or `Refused`: at once where that is quick or makes no sense, else while the driver lets the job run
    (Resume); models that are asked one after another answer in that order.
    """

    model: str
    options: dict[str, Any]


class StartTraining(StageCommand, frozen=True, tag=True):
    """Begin a long run of `model` ("competition") that is taken in slices, while the driver lets the job run (Resume).

    Each slice is answered by a `Slice`, the last with is_last; another StartTraining ends it. Answered by `Accepted` or `Refused`.
    """

    model: str
    options: dict[str, Any]


class StopTraining(StageCommand, frozen=True, tag=True):
    """End the long run. Answered by `Accepted`."""


AnyStageCommand = (
    Advance | Fire | Inject | Withdraw | Change | Rewind | FindNoReturn | CallModel | StartTraining | StopTraining
)


class StageEvent(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the job yields. step: where the cell stands now."""

    step: int


class StageStarted(StageEvent, frozen=True, tag=True):
    """First event: the cell at rest at step 0, its rows as in `Recording`."""

    voltage_mV: np.ndarray
    gates: np.ndarray


class Arrival(msgspec.Struct, frozen=True):
    """One presynaptic spike: at which input (or TERMINAL), when (ms), when its receptors begin to open, vesicles fused, nS at the peak."""

    input: int
    spike_ms: float
    onset_ms: float
    vesicles: int
    weight_nS: float


class Spike(msgspec.Struct, frozen=True):
    """An upward crossing of 0 mV at a place of the cell ("ais", "node 0" to "node 19", "hillock", "soma", "bouton"), interpolated."""

    place: str
    time_ms: float


class Recording(StageEvent, frozen=True, tag=True):
    """What happened in an Advance. Rows are taken so closely that a straight line between two holds 0.1 mV: at every step in a spike.

    steps: int64 (n,), rising, the first is the step after the last row before, the last is `step`. voltage_mV: float32
    (n, compartments) in the order of `lecture_neuron`'s morphology. gates: float32 (n, active, 3), m h n of the compartments
    that have channels. conductance_nS: float32 (n, INPUTS), open conductance of each input, magnesium block included.
    next_cell_mV: float32 (n,), the potential of the cell that the bouton ends on. current_nA: float32 (n,), sum of all electrodes.
    next_cell_nS: float32 (n,), open conductance of the bouton's own synapse. handed_on: the bouton's spikes as that synapse has them.
    """

    token: int
    steps: np.ndarray
    voltage_mV: np.ndarray
    gates: np.ndarray
    conductance_nS: np.ndarray
    next_cell_mV: np.ndarray
    current_nA: np.ndarray
    arrivals: tuple[Arrival, ...]
    spikes: tuple[Spike, ...]
    next_cell_nS: np.ndarray
    handed_on: tuple[Arrival, ...] = ()


class Accepted(StageEvent, frozen=True, tag=True):
    """A command is in effect from `step` on. number: of the electrode's current, for Inject."""

    token: int
    number: int = 0


class Refused(StageEvent, frozen=True, tag=True):
    """A command that cannot be; `reason` is one sentence, and nothing changed."""

    token: int
    reason: str


class NoReturn(StageEvent, frozen=True, tag=True):
    """The point of no return at the step `at_step`: stood every compartment rise_mV higher at once, a spike would begin.

    Gates and open receptors are those of that moment; inputs that are still to come do not come, and electrodes are withdrawn.
    rise_mV: to 0.05 mV; 0.0: it fires as it is, or is firing; None: no rise of up to 40 mV makes it fire, or to -10 mV at the end of
    the initial segment, where that is less (as in the refractory period): from there on a crossing of 0 mV would be no spike.
    """

    token: int
    at_step: int
    rise_mV: float | None


class Answer(StageEvent, frozen=True, tag=True):
    """What a model answered: see models.SimulationResult."""

    token: int
    values: dict[str, Any]
    traces: dict[str, np.ndarray]


class Slice(StageEvent, frozen=True, tag=True):
    """A part of a long run: how far it is (0 to 1), and what it shows."""

    token: int
    done: float
    values: dict[str, Any]
    traces: dict[str, np.ndarray]
    is_last: bool = False


AnyStageEvent = StageStarted | Recording | Accepted | Refused | NoReturn | Answer | Slice
