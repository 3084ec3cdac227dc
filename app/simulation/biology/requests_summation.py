"""What the summation model takes: events at chosen places of the lecture neuron. Imports no numba."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.simulation.biology.models import ModelRequest

Event = Annotated[tuple[float, ...], Meta(min_length=3, max_length=3)]
Events = Annotated[
    tuple[Event, ...],
    Meta(max_length=200, description="[[place 0 to 29, onset in ms, peak conductance in nS], ...]"),
]


class SummationRequest(ModelRequest, frozen=True):
    """Synaptic events at places of the lecture neuron, and the sum that each alone would add up to at its soma.

    Place i stands on dendrite i mod 5 at 0.3 + 0.1 (i div 5) of its length. Excitation opens AMPA receptors (reversal 0 mV),
    inhibition GABA_A receptors (reversal -75 mV).
    Keys: fires, a crossing of 0 mV at the bouton; bouton_ms, when (null: never); soma_peak_mV, above rest; linear_peak_mV, of
    the sum of the responses to each event alone; single_peaks_mV, of each event alone, in their order.
    """

    excitation: Events = ()
    inhibition: Events = ()
    duration: Annotated[float, Meta(gt=0, le=200, description="how long to run, ms")] = 40.0
    dt: Annotated[float, Meta(gt=0, le=0.1, description="step of the simulation, ms")] = 0.01
