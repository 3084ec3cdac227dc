"""A network's answer to one input as it was drawn or picked. Imports torch, never Qt or the window."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from trainers.batches import Normaliser, Samples
from trainers.commands import Predict
from trainers.evaluation import looking
from trainers.events import AnyEvent, Prediction, ValueRefused
from trainers.optimization import probabilities


def predict(
    model: nn.Module,
    normalise: Normaliser,
    samples: Samples,
    has_classes: bool,
    binary: bool,
    step: int,
    command: Predict,
) -> AnyEvent:
    """Prediction: probabilities of the classes, or values for a regression; ValueRefused for an input of another shape."""
    shape = tuple(samples.inputs.shape[1:])
    given = np.array(command.inputs, dtype=np.float32)  # a copy: what came over a pipe may be read only
    if given.shape != shape:
        return ValueRefused(step, "inputs", f"The network takes inputs of shape {shape}, not {given.shape}.")
    if not np.isfinite(given).all():
        return ValueRefused(step, "inputs", "The input holds NaN or infinity.")
    inputs = torch.from_numpy(given).unsqueeze(0).to(samples.inputs.device)
    with looking(model):
        outputs = model(normalise(inputs * 255 if normalise.is_image else inputs)).float()
        if has_classes:
            outputs = probabilities(outputs, binary)
    return Prediction(step, command.token, outputs[0].cpu().numpy())
