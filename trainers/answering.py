"""A finished run's network, answering the drawing pad: no step is taken. Imports torch, never Qt or the window."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path

import torch

from trainers.batches import Normaliser, Samples
from trainers.checkpoints import load_checkpoint, restore_model
from trainers.commands import AnyCommand, Look, Predict, SetWeight, WatchNetwork
from trainers.data_loading import load_data
from trainers.evaluation import evaluate
from trainers.events import AnyEvent, ValueRefused
from trainers.layer_catalog import analyse
from trainers.network_inside import InsideView
from trainers.optimization import is_binary, loss_function
from trainers.pictures import Pictures
from trainers.predicting import predict
from trainers.run_commands import look_inside
from trainers.run_failures import refuse_other_network
from trainers.torch_network import build
from trainers.training_plan import AnswerPlan, TrainingPlan

Job = Generator[AnyEvent | None, AnyCommand | None, None]


def answer(plan: AnswerPlan) -> Job:
    """Yields one Snapshot (None where the data have no pictures), then None for ever; answers Predict, Look and WatchNetwork.

    Raises BadInput where the checkpoint does not belong to this network, or the data are not there.
    """
    folder = Path(plan.checkpoint)
    checkpoint = load_checkpoint(folder)
    refuse_other_network(plan.network, checkpoint.state.network, plan.checkpoint)
    split = yield from load_data(TrainingPlan(plan.network, plan.data))
    torch.set_num_threads(1)  # the window draws beside it, and nothing here is long
    model = build(plan.network)
    restore_model(model, checkpoint, folder)
    model.eval()
    device = torch.device("cpu")
    analysis = analyse(plan.network)
    outputs = math.prod(analysis.output_shape)
    binary = is_binary(split.task, outputs, len(split.classes))
    train = Samples.of(split.train_inputs, split.train_targets, device, binary)
    test = Samples.of(split.test_inputs, split.test_targets, device, binary)
    normalise = Normaliser.of(train.inputs)
    pictures = Pictures(model, train, test, normalise, len(split.classes), binary)
    inside = InsideView(model, train, test, normalise, len(split.classes), binary)
    loss = loss_function(checkpoint.state.settings.loss, split.task, binary)
    step = checkpoint.state.step

    event: AnyEvent | None = pictures.take(step) if pictures.kind else None
    while True:
        command = yield event
        match command:
            case Predict():
                event = predict(model, normalise, test, bool(split.classes), binary, step, command)
            case Look():
                if "confusion" in command.parts and split.classes and pictures.confusion is None:
                    score = yield from evaluate(model, test, normalise, loss, len(split.classes), binary, "Testing")
                    pictures.note_confusion(step, score.confusion)
                event = pictures.take(step, command.parts)
            case WatchNetwork():
                inside.find_gradients(loss, analysis.flops)  # no checkpoint holds those of the last step
                event = look_inside(inside, step, command)
            case SetWeight():
                event = ValueRefused(
                    step, "weight", "The run has ended: train on, then its weights can be set by hand."
                )
            case _:
                event = None
