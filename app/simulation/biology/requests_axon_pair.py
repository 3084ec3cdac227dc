"""What the pair of axons takes: a myelinated one and a bare one of the same size, side by side. Imports no numba."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.simulation.biology.models import ModelRequest
from app.simulation.biology.requests_cable import StrippedInternodes


class AxonPairRequest(ModelRequest, frozen=True):
    """A myelinated axon, and a bare one of its diameter and length with the squid's channels all along, stimulated together.

    Myelinated: as in `hillock simulate axon`. Bare: Ra 70 Ohm cm, 30,000 nA (d/476 um)^1.5 for 0.2 ms into its start at 0.1 ms;
    of a long one as much is computed as its impulse passes in some 25 ms, and the recording ends before the end is felt.
    An arrival is an upward crossing of -30 mV. Keys, the first four for each axon: velocity_m_per_s (a least-squares line,
    myelinated through nodes 10 to 30, bare from 40 to 80 % of what is computed; null where it fails); arrivals_ms at the 41
    nodes and at the same places of the bare axon; conducts; spikes_at_end (null: the end is not computed). ratio of the
    velocities; places_mm; bare_mm, what is computed; with `strip` or `strips` also intact_arrivals_ms of the same axon unharmed, and
    delay_ms behind it at node 40.
    """

    diameter: Annotated[float, Meta(ge=1, le=20, description="of both axons, um")] = 10.0
    internode: Annotated[float, Meta(ge=200, le=3000, description="length of an internode, um")] = 1000.0
    wraps: Annotated[int, Meta(ge=0, le=200, description="turns of myelin around each internode")] = 100
    temperature: Annotated[float, Meta(ge=5, le=37, description="temperature, degC")] = 18.5
    strip: StrippedInternodes = ()
    strips: Annotated[
        tuple[StrippedInternodes, ...],
        Meta(
            max_length=40,
            description="several such stretches, [[FIRST,COUNT,WRAPS_LEFT], ...]; of two the later counts",
        ),
    ] = ()
    second_stimulus: (
        Annotated[
            float,
            Meta(
                ge=0.3,
                le=20,
                description="the same currents again, this many ms after the first began (default: never)",
            ),
        ]
        | None
    ) = None
    pictures: Annotated[
        bool,
        Meta(description="V(x, t) whole, as tables for the window, instead of one column a node; not for --csv"),
    ] = False
