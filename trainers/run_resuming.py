"""A run in memory to a checkpoint and back. Imports torch, never Qt or the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import torch
from torch import nn

from trainers.checkpoints import (
    Checkpoint,
    CheckpointState,
    load_checkpoint,
    optimizer_tensors,
    restore_model,
    restore_optimizer,
)
from trainers.datasets import DATASETS, catalogue_name
from trainers.errors import BadInput
from trainers.evaluation import Score
from trainers.run_failures import refuse_other_network
from trainers.state_dicts import match_weights, read_state_dict
from trainers.training_plan import TrainingPlan

if TYPE_CHECKING:
    from trainers.training_run import TrainingRun


def checkpoint_of(run: TrainingRun) -> Checkpoint:
    """The run as it stands. Its journal has to be read before."""
    assert run.store is not None
    state = CheckpointState(
        network=run.plan.network,
        data=run.plan.data,
        settings=run.settings,
        run=run.store.run,
        step=run.step,
        epoch=run.epoch,
        position=run.position,
        train_samples=len(run.train),
        test_samples=len(run.test),
        loss_sum=run.journal.loss_sum,
        right=run.journal.right,
        seen=run.journal.seen,
        seconds=run.seconds,
        tested_step=run.tested_step,
        test_loss=run.test_score.loss if run.tested_step >= 0 else 0.0,
        test_accuracy=run.test_score.accuracy,
    )
    generators = {"torch": run.chance, **run.batches.generator_states()}
    if run.device.type == "cuda":
        generators["cuda"] = torch.cuda.get_rng_state()
    return Checkpoint(state, run.model.state_dict(), optimizer_tensors(run.optimizer), generators)


def restore_run(run: TrainingRun, checkpoint: Checkpoint, folder: Path) -> None:
    """Put everything back where it stood. Raises BadInput where the checkpoint does not belong to this run's network or data."""
    state = checkpoint.state
    if (state.train_samples, state.test_samples) != (len(run.train), len(run.test)):
        known = catalogue_name(state.data.name)
        raise BadInput(
            f"The data {DATASETS[known].title if known else Path(state.data.name).name} have changed since {folder} was written: {state.train_samples} training and"
            f" {state.test_samples} test samples then, {len(run.train)} and {len(run.test)} now."
        )
    restore_model(run.model, checkpoint, folder)
    restore_optimizer(run.optimizer, checkpoint, folder)
    try:
        run.chance = checkpoint.generators["torch"]
        torch.set_rng_state(run.chance)
        run.batches.restore(checkpoint.generators)
        if run.device.type == "cuda" and "cuda" in checkpoint.generators:
            torch.cuda.set_rng_state(checkpoint.generators["cuda"])
    except (KeyError, RuntimeError, TypeError) as error:
        raise BadInput(f"The checkpoint {folder} lacks the state of a random generator ({error}).") from error
    run.step, run.epoch, run.position = state.step, state.epoch, state.position
    run.journal.loss_sum, run.journal.right, run.journal.seen = state.loss_sum, state.right, state.seen
    run.seconds = state.seconds
    run.journal.resume_at(state.step, state.seconds)
    if state.tested_step >= 0:
        run.tested_step, run.test_score = state.tested_step, Score(state.test_loss, state.test_accuracy)


def take_weights(model: nn.Module, path: str) -> None:
    """Put what of a state dict's file fits the model by name and shape into it. Raises BadInput, also where nothing fits."""
    state = model.state_dict()
    matched = match_weights({name: tuple(value.shape) for name, value in state.items()}, read_state_dict(path), path)
    given = {name: torch.tensor(value, dtype=state[name].dtype) for name, value in matched.weights.items()}
    model.load_state_dict({**state, **given})


def resume(plan: TrainingPlan) -> tuple[TrainingPlan, Checkpoint | None]:
    """The plan and the checkpoint to go on from, where the plan names one. Raises BadInput."""
    if plan.resume is None:
        return plan, None
    checkpoint = load_checkpoint(Path(plan.resume))
    return resumed_plan(plan, checkpoint.state), checkpoint


def resumed_plan(plan: TrainingPlan, state: CheckpointState) -> TrainingPlan:
    """What decides the numbers comes from the checkpoint, also what was changed during the run; where things lie, from the plan."""
    refuse_other_network(plan.network, state.network, str(plan.resume))
    data = msgspec.structs.replace(state.data, directory=plan.data.directory, download=plan.data.download)
    settings = msgspec.structs.replace(
        state.settings, threads=plan.settings.threads or state.settings.threads, device=plan.settings.device
    )
    return msgspec.structs.replace(plan, data=data, settings=settings)
