"""What the summation model takes: events at chosen places of the lecture neuron. Imports no numba."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.simulation.biology.lecture_neuron import INTERNODES, TEMPERATURE_C
from app.simulation.biology.models import ModelRequest

Event = Annotated[tuple[float, ...], Meta(min_length=3, max_length=3)]
Events = Annotated[
    tuple[Event, ...],
    Meta(max_length=200, description="[[place 0 to 29, onset in ms, peak conductance in nS], ...]"),
]


Factor = Annotated[float, Meta(ge=0, le=10)]


class CellRequest(ModelRequest, frozen=True):
    """The lecture neuron as it is: in health, or otherwise."""

    sodium: Annotated[Factor, Meta(description="factor on the sodium conductance of all membrane with channels")] = 1.0
    potassium: Annotated[Factor, Meta(description="factor on its potassium conductance")] = 1.0
    temperature: Annotated[float, Meta(ge=0, le=40, description="degC")] = TEMPERATURE_C
    wraps: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=400)], ...],
        Meta(max_length=INTERNODES, description="of myelin, of each of the 20 internodes; none given: 100 each"),
    ] = ()


class SummationRequest(CellRequest, frozen=True):
    """Synaptic events at places of the lecture neuron, and the sum that each alone would add up to at its soma.

    Place i stands on dendrite i mod 5 at 0.3 + 0.1 (i div 5) of its length. Excitation opens AMPA receptors (reversal 0 mV),
    inhibition GABA_A receptors (reversal -75 mV).
    Keys: fires, a crossing of 0 mV at the bouton; bouton_ms, when (null: never); soma_peak_mV, above rest; linear_peak_mV, of
    the sum of the responses to each event alone; single_peaks_mV, of each event alone, in their order (with together_only
    both are left out: null).
    """

    excitation: Events = ()
    inhibition: Events = ()
    duration: Annotated[float, Meta(gt=0, le=200, description="how long to run, ms")] = 40.0
    dt: Annotated[float, Meta(gt=0, le=0.1, description="step of the simulation, ms")] = 0.01
    together_only: Annotated[bool, Meta(description="leave out what each event does alone: a tenth of the time")] = (
        False
    )


class NoReturnRequest(CellRequest, frozen=True):
    """The point of no return: the least rise of the whole lecture neuron's potential after which it fires by itself.

    At each of the moments the cell, with all that its events have done so far, stands that much higher at once, everywhere;
    events that are still to come do not come. 0 mV: it is past the point, it will fire as it is.
    Keys: rise_mV, one for each moment (null: no rise of up to 40 mV makes it fire), to 0.05 mV; soma_mV, where the soma
    stands at those moments, above rest; fired, whether the bouton has crossed 0 mV by then.
    """

    excitation: Events = ()
    inhibition: Events = ()
    at: Annotated[tuple[float, ...], Meta(min_length=1, max_length=40, description="moments, ms, in their order")] = (
        0.0,
    )
    dt: Annotated[float, Meta(gt=0, le=0.1, description="step of the simulation, ms")] = 0.01
