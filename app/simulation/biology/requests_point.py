"""What the models of one compartment take: Hodgkin-Huxley, integrate-and-fire, Izhikevich, synapses. Imports no numba."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from app.simulation.biology.models import ModelRequest

StepMs = Annotated[float, Meta(gt=0, le=1, description="step of the simulation, ms")]
DurationMs = Annotated[float, Meta(gt=0, le=1e9, description="how long to run, ms")]
StartMs = Annotated[float, Meta(ge=0, le=1e9, description="when the current begins, ms")]
TemperatureC = Annotated[
    float, Meta(ge=-20, le=80, description="temperature, degC; gates run 3^((T - 6.3)/10) times faster")
]
SodiumFactor = Annotated[
    float, Meta(ge=0, le=10, description="factor on the sodium conductance of hh; 1 as measured, 0 under TTX")
]
Pulse = Annotated[tuple[float, ...], Meta(min_length=3, max_length=3)]


class HodgkinHuxleyRequest(ModelRequest, frozen=True):
    """One compartment of the squid axon's membrane (Hodgkin & Huxley 1952, J Physiol 117:500), from V = -65 mV.

    Scheme: V by Crank-Nicolson, the gates half a step apart by exact exponentials: second order. dt is the step of the trace; the
    integration divides it into steps of at most 0.0025 ms, and a current that begins or ends within one counts for its part
    of it. A spike is an upward crossing of 0 mV, interpolated.
    Keys: spikes_ms; peaks_mV, the highest V of each spike; widths_ms, how long each stays above 0 mV (null: to the end).
    """

    current: Annotated[float, Meta(ge=-1e6, le=1e6, description="current density, uA/cm2")] = 0.0
    start: StartMs = 0.0
    stop: Annotated[float | None, Meta(description="when the current ends, ms (default: never)")] = None
    duration: DurationMs = 100.0
    dt: StepMs = 0.01
    temperature: TemperatureC = 6.3
    sodium: SodiumFactor = 1.0
    pulses: Annotated[
        tuple[Pulse, ...],
        Meta(max_length=10_000, description="[[on in ms, length in ms, amplitude in uA/cm2], ...], added up"),
    ] = ()


class FiringRateRequest(ModelRequest, frozen=True):
    """How fast a cell fires at each of some constant currents, on from 0 ms: the f-I curve.

    hh: uA/cm2, at `temperature`; lif: nA. See `hillock simulate hh` and `hillock simulate lif` for the cells.
    Keys: rates_Hz = (n - 1)/(last - first) over the spikes of the last 500 ms, 0 with fewer than two; lif also
    analytic_rates_Hz.
    """

    cell: Annotated[Literal["hh", "lif"], Meta(description="the cell")]
    currents: Annotated[
        tuple[Annotated[float, Meta(ge=-1e6, le=1e6)], ...],
        Meta(min_length=1, max_length=10_000, description="currents, uA/cm2 (hh) or nA (lif)"),
    ]
    duration: DurationMs = 1000.0
    dt: StepMs = 0.01
    temperature: TemperatureC = 6.3
    sodium: SodiumFactor = 1.0


class LifRequest(ModelRequest, frozen=True):
    """Leaky integrate-and-fire: tau dV/dt = -(V - EL) + R I; at V >= Vth a spike, then V = Vr for t_ref. From V = EL.

    tau 20 ms, R 10 MOhm, EL = Vr = -65 mV, Vth -50 mV, t_ref 2 ms: the rheobase is 1.5 nA. The crossings of the threshold are
    exact, whatever dt, which is the step of the trace alone.
    Keys: spikes_ms; analytic_rate_Hz = 1 / (t_ref + tau ln(RI / (RI - (Vth - EL)))), 0 up to the rheobase.
    """

    current: Annotated[float, Meta(ge=-1e6, le=1e6, description="constant current, nA")]
    duration: DurationMs = 1000.0
    dt: StepMs = 0.1


class IzhikevichRequest(ModelRequest, frozen=True):
    """Izhikevich 2003 (IEEE Trans Neural Netw 14:1569): v' = 0.04 v^2 + 5 v + 140 - u + I, u' = a (b v - u).

    Where a step ends with v >= 30 mV there is a spike at that moment, v becomes c and u grows by d. Scheme: fourth-order
    Runge-Kutta, not the Euler steps of 0.5 ms of the paper, which change the number of spikes (FS: 32 of 39 in 280 ms).
    v starts at -65, u at b v. (a, b, c, d): RS .02 .2 -65 8; IB .02 .2 -55 4; CH .02 .2 -50 2; FS .1 .2 -65 2;
    LTS .02 .25 -65 2; RZ .1 .26 -65 2; TC .02 .25 -65 .05.
    Keys: spikes_ms.
    """

    type: Annotated[Literal["RS", "IB", "CH", "FS", "LTS", "RZ", "TC"], Meta(description="the kind of cell")] = "RS"
    current: Annotated[
        float, Meta(ge=-1e4, le=1e4, description="current in the model's own unit, from the start on")
    ] = 10.0
    start: StartMs = 0.0
    duration: DurationMs = 300.0
    dt: StepMs = 0.01


class PspRequest(ModelRequest, frozen=True):
    """One event of 1 nS at 5 ms on a passive point cell: 100 pF, leak 5 nS that reverses at the hold; 200 ms.

    AMPA rise 0.5 decay 3 ms, E 0 mV; GABA_A 1 and 10, -75 (shunting at -75); NMDA 2 and 80, 0, times the part that 1 mM of
    magnesium leaves open (Jahr & Stevens 1990). Scheme: fourth-order Runge-Kutta, 0.025 ms.
    Keys: peak_mV, from the hold and signed; time_to_peak_ms, from the event (null where V does not move).
    """

    receptor: Annotated[Literal["ampa", "gaba_a", "nmda"], Meta(description="the receptor")] = "ampa"
    hold: Annotated[
        float, Meta(ge=-200, le=200, description="potential at which the cell is held by its leak, mV")
    ] = -65.0


class ShortTermRequest(ModelRequest, frozen=True):
    """A synapse that tires, or warms up, in a train (Tsodyks & Markram 1997, PNAS 94:719).

    At each spike u += U (1 - u), u x is released, x -= u x; du/dt = -u/tf, dx/dt = (1 - x)/tr; from u 0, x 1.
    Depressing: U 0.5, tr 800 ms, tf 0. Facilitating: U 0.15, tr 100 ms, tf 1000 ms.
    Keys: release, u x of each spike.
    """

    kind: Annotated[Literal["depressing", "facilitating"], Meta(description="the synapse")] = "depressing"
    frequency: Annotated[float, Meta(gt=0, le=1e6, description="of the spikes, Hz")] = 20.0
    spikes: Annotated[int, Meta(ge=1, le=1_000_000, description="how many spikes")] = 10


class QuantalRequest(ModelRequest, frozen=True):
    """Vesicles that fuse at each spike: K ~ Binomial(sites, probability) (del Castillo & Katz 1954, J Physiol 124:560).

    Keys: vesicles, one count a spike; failures, the part of spikes without any; expected_failures = (1 - p)^n.
    """

    spikes: Annotated[int, Meta(ge=1, le=1_000_000, description="how many spikes")] = 20
    sites: Annotated[int, Meta(ge=1, le=1_000, description="sites that can each release one vesicle")] = 5
    probability: Annotated[float, Meta(ge=0, le=1, description="of release, at each site")] = 0.4
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="the same seed gives the same counts")] = 0
