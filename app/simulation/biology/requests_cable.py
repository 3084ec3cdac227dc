"""What the cable models take: dendrites, axons, the lecture neuron. Imports no numba."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.simulation.biology.models import ModelRequest

CableStepMs = Annotated[float, Meta(gt=0, le=0.1, description="step of the simulation, ms")]
DiameterUm = Annotated[float, Meta(ge=0.05, le=5_000, description="diameter of the axon, um")]
AxonTemperatureC = Annotated[
    float, Meta(ge=-20, le=60, description="temperature, degC; gates run 3^((T - 6.3)/10) times faster")
]
StrippedInternodes = Annotated[
    tuple[int | str, ...],
    Meta(
        max_length=4,
        description="FIRST,COUNT,WRAPS_LEFT[,channels]: internodes that have lost myelin; channels puts the squid's into them",
    ),
]


class CableRequest(ModelRequest, frozen=True):
    """One AMPA event of 1 nS at 5 ms on a passive dendrite, and what arrives of it at the soma (Rall's cable theory).

    Dendrite 600 x 1 um, 121 compartments, joined to the middle of a soma of 20 x 20 um; Rm 20,000 Ohm cm2, Ra 100 Ohm cm,
    Cm 1 uF/cm2, rest -65 mV.
    Keys: peak_local_mV and peak_soma_mV, above rest.
    """

    position: Annotated[
        float, Meta(ge=0, le=600, description="of the synapse from the soma, um; 0 is the soma itself")
    ] = 590.0
    dt: CableStepMs = 0.005


class SteadyCableRequest(ModelRequest, frozen=True):
    """A passive cable of 1000 x 1 um with sealed ends, 10 pA into its start for 400 ms.

    Rm 20,000 Ohm cm2, Ra 100 Ohm cm, Cm 1 uF/cm2. Analytic: dV = I R_inf cosh((L - x)/lambda)/sinh(L/lambda), lambda 707 um.
    Keys: x_um, centres of the compartments from the start; dV_mV, above rest.
    """

    compartments: Annotated[int, Meta(ge=1, le=5_000, description="into how many the cable is divided")] = 101
    dt: CableStepMs = 0.01


class AxonRequest(ModelRequest, frozen=True):
    """A myelinated axon: 41 nodes of Ranvier of 2 um, Ra 70 Ohm cm; 2 nA per 10 um of diameter for 0.2 ms at node 0 from 0.1 ms.

    Where the wraps are 10 or fewer the current is 20 nA. Internodes have 11 compartments, 31 above 1,500 um; 30 ms are run.
    An arrival is an upward crossing of -30 mV.
    Keys: arrivals_ms, the first at each of the 41 nodes (null: none); velocity_m_per_s, from a least-squares line through
    nodes 10 to 30 (null where one of them is not reached); conducts, whether node 40 is reached; spikes_at_end, at node 40.
    """

    diameter: DiameterUm = 10.0
    internode: Annotated[float, Meta(ge=1, le=100_000, description="length of an internode, um")] = 1000.0
    wraps: Annotated[int, Meta(ge=0, le=10_000, description="turns of myelin around each internode")] = 100
    temperature: AxonTemperatureC = 18.5
    dt: CableStepMs = 0.005
    node_density: Annotated[
        float, Meta(ge=0, le=1_000, description="channels of a node, as multiples of the squid axon's")
    ] = 10.0
    strip: StrippedInternodes = ()
    second_stimulus: (
        Annotated[
            float,
            Meta(
                ge=0, le=30, description="the same current again, this many ms after the first began (default: never)"
            ),
        ]
        | None
    ) = None


class BareAxonRequest(ModelRequest, frozen=True):
    """A bare axon of squid membrane with sealed ends; 30,000 nA (d/476 um)^1.5 for 0.2 ms into its start at 0.5 ms.

    Hodgkin & Huxley 1952 computed 18.8 m/s for 476 um, 35.4 Ohm cm, 18.5 degC.
    Keys: velocity_m_per_s, the slope through the arrivals (0 mV) at 9 places from 40 to 80 % of the length; null where it fails.
    """

    diameter: DiameterUm = 476.0
    length: Annotated[float, Meta(ge=1, le=10_000_000, description="of the axon, um")] = 60_000.0
    compartments: Annotated[int, Meta(ge=1, le=20_000, description="into how many the axon is divided")] = 600
    ra: Annotated[float, Meta(ge=0.1, le=100_000, description="axial resistivity, Ohm cm")] = 35.4
    temperature: AxonTemperatureC = 18.5
    dt: CableStepMs = 0.005


class NeuronRequest(ModelRequest, frozen=True):
    """The lecture neuron: AMPA inputs on five dendrites, and whether an action potential reaches the bouton within 40 ms.

    Input i of N comes at 5 + spread i/(N - 1) ms, on dendrite i mod 5 at 0.3 + 0.1 ((i div 5) mod 6) of its length.
    Keys: fires, a crossing of 0 mV at the bouton; first_crossing_ms with ais (its last compartment), node0, hillock, soma,
    bouton (null: none); soma_peak_mV, above rest.
    """

    inputs: Annotated[int, Meta(ge=0, le=10_000, description="how many inputs are active")] = 10
    weight: Annotated[float, Meta(ge=0, le=1_000, description="peak conductance of each, nS")] = 1.0
    spread: Annotated[float, Meta(ge=0, le=35, description="from the first input to the last, ms")] = 0.0
    dt: CableStepMs = 0.0025
