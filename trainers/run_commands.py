"""How a run in memory answers the commands that its driver sends: no step is taken here. Imports torch, never Qt or the window."""

from __future__ import annotations

import numpy as np
import torch

from trainers.commands import AnyCommand, Look, Predict, Report, Save, SetValue, Stop
from trainers.errors import BadInput
from trainers.evaluation import looking
from trainers.events import AnyEvent, Prediction, ValueRefused, ValueSet
from trainers.optimization import loss_function, probabilities
from trainers.run_failures import disk_sentence
from trainers.setting_limits import FIXED, setting_limits, with_setting
from trainers.training_run import TrainingRun


def answer_command(run: TrainingRun, command: AnyCommand) -> AnyEvent | None:
    """The event that answers `command`, or None. The training stands where it stood."""
    match command:
        case SetValue():
            return set_value(run, command)
        case Predict():
            return predict(run, command)
        case Look():
            return run.pictures.take(run.step, command.parts) if run.pictures else None
        case Report():
            return run.report(is_wanted=True)
        case Save():
            return save(run)
        case Stop():
            run.is_stopping = True
            return run.report(is_wanted=True)


def set_value(run: TrainingRun, command: SetValue) -> AnyEvent:
    """Change a hyperparameter from the next step on, or say why not."""
    try:
        settings = with_setting(run.settings, command.name, command.value)
        if command.name in FIXED:
            title = setting_limits()[command.name].title
            raise BadInput(f"{title} stands for the whole run: reset, and the next run takes the new value.")
        least = run.epoch + (1 if run.position else 0)
        if command.name == "epochs" and settings.epochs < least:
            raise BadInput(f"Epochs must be at least {least} and at most 100,000: so many are done or under way.")
        loss_function(settings.loss, run.task, run.binary)
        run.refuse_batch_of_one(settings)
    except BadInput as error:
        return ValueRefused(run.step, command.name, error.sentence)
    run.change(settings)
    return ValueSet(run.step, command.name, getattr(settings, command.name))


def predict(run: TrainingRun, command: Predict) -> AnyEvent:
    """The network's answer to one input in the data's own range."""
    shape = tuple(run.test.inputs.shape[1:])
    given = np.asarray(command.inputs, dtype=np.float32)
    if given.shape != shape or not np.isfinite(given).all():
        return ValueRefused(
            run.step,
            "inputs",
            f"The input has the shape {given.shape} or numbers that are not finite; {shape} is wanted.",
        )
    inputs = torch.from_numpy(np.array(given)).unsqueeze(0).to(run.device)
    with looking(run.model):
        outputs = run.model(run.normalise(inputs * 255 if run.normalise.is_image else inputs)).float()
        if run.classes:
            outputs = probabilities(outputs, run.binary)
    return Prediction(run.step, command.token, outputs[0].cpu().numpy())


def save(run: TrainingRun) -> AnyEvent | None:
    """Write a checkpoint; where it cannot be, the run goes on and a sentence says so."""
    try:
        return run.save()
    except OSError as error:
        return ValueRefused(run.step, "checkpoint", disk_sentence(run.step, error))
