"""How a run in memory answers the commands that its driver sends: no step is taken here. Imports torch, never Qt or the window."""

from __future__ import annotations

from trainers.commands import (
    AnyCommand,
    Look,
    Predict,
    Report,
    Save,
    SetValue,
    SetWeight,
    Stop,
    WatchNetwork,
)
from trainers.errors import BadInput
from trainers.events import AnyEvent, ValueRefused, ValueSet
from trainers.network_inside import InsideView
from trainers.optimization import loss_function
from trainers.predicting import predict
from trainers.run_failures import disk_sentence
from trainers.setting_limits import FIXED, setting_limits, with_setting
from trainers.training_run import TrainingRun


def answer_command(run: TrainingRun, command: AnyCommand) -> AnyEvent | None:
    """The event that answers `command`, or None. The training stands where it stood."""
    match command:
        case SetValue():
            return set_value(run, command)
        case Predict():
            return predict(run.model, run.normalise, run.test, bool(run.classes), run.binary, run.step, command)
        case Look():
            return run.pictures.take(run.step, command.parts) if run.pictures else None
        case WatchNetwork():
            return look_inside(run.inside, run.step, command)
        case SetWeight():
            return change_weight(run, command)
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


def look_inside(view: InsideView, step: int, command: WatchNetwork) -> AnyEvent | None:
    """Take a wish over and answer it at once; None where nothing is wanted any more."""
    try:
        view.watch(command)
    except BadInput as error:
        return ValueRefused(step, "inputs", error.sentence)
    return view.take(step) if view.is_watched else None


def change_weight(run: TrainingRun, command: SetWeight) -> AnyEvent:
    """Change one weight from the next step on, or say why not."""
    try:
        value = run.set_weight(command.parameter, command.index, command.value)
    except BadInput as error:
        return ValueRefused(run.step, "weight", error.sentence)
    return ValueSet(run.step, f"{command.parameter}[{', '.join(map(str, command.index))}]", value)


def save(run: TrainingRun) -> AnyEvent | None:
    """Write a checkpoint; where it cannot be, the run goes on and a sentence says so."""
    try:
        return run.save()
    except OSError as error:
        return ValueRefused(run.step, "checkpoint", disk_sentence(run.step, error))
