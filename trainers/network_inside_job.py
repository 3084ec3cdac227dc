"""A network that does not train, looked into: as it would begin, for a graph, seed and sample. Imports torch, never Qt or the window."""

from __future__ import annotations

from collections.abc import Generator

import msgspec
import torch

from trainers.commands import AnyCommand, SetWeight, WatchNetwork
from trainers.data_loading import load_data
from trainers.events import AnyEvent, ValueRefused
from trainers.layer_catalog import analyse
from trainers.run_commands import answer_command
from trainers.training_plan import TrainingPlan
from trainers.training_run import TrainingRun

Job = Generator[AnyEvent | None, AnyCommand | None, None]


def look_inside(plan: TrainingPlan) -> Job:
    """Yields None for ever; answers WatchNetwork, Predict and Look with the weights that a run of `plan` begins with.

    Nothing is written and no step is taken. Raises BadInput where the plan cannot be.
    """
    plan = msgspec.structs.replace(plan, runs_folder=None, resume=None, pictures=False)
    run = TrainingRun(plan, (yield from load_data(plan)))
    torch.set_num_threads(1)  # the window draws beside it, and nothing here is long
    flops = analyse(plan.network).flops
    event: AnyEvent | None = None
    while True:
        command = yield event
        if isinstance(command, WatchNetwork):
            run.inside.find_gradients(run.loss_function, flops)
        if isinstance(command, SetWeight):
            event = ValueRefused(0, "weight", "No run has begun yet: begin one, then its weights can be set by hand.")
        else:
            event = answer_command(run, command) if command is not None else None
