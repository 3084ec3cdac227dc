"""What a warm biology worker has done before a person looks at the cell: its kernels, compiled or fetched from the cache.

Loads numba, so for workers only: its name is handed to one as "app.simulation.biology.warm_up:stages". Compiling all of it
took 9 s of one core, fetching it from the cache 2 s.
"""

from __future__ import annotations

from app.simulation.biology.models import find_model, load, run_model
from app.simulation.biology.stage import StagePlan
from trainers.warm_up import Stage


def stages() -> list[Stage]:
    """Stages for trainers.warm_up, the most needed first."""
    return [("before", warm_cell), ("beside", warm_models)]


def warm_cell() -> None:
    """All that the living cell needs to go on."""
    from app.simulation.biology.stage_cell import StageCell

    StageCell(StagePlan()).advance(3)


def warm_models() -> None:
    """The kernels of the benches that have some of their own."""
    for name, options in (("hh", {"duration": 1.0, "stop": 1.0}), ("competition", {"seconds": 0.01})):
        spec = find_model(name)
        run_model(spec, load(spec.request)(**options))
