"""Loss, accuracy and confusion of a network over a whole set, without disturbing its training. Imports torch."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch import nn

from trainers.batches import Normaliser, Samples
from trainers.events import Progress
from trainers.optimization import LossFunction, predicted_classes

_MOST_NUMBERS = 400_000  # input numbers in one batch of an evaluation: 510 digits took a third less time than 2,550
_PATIENCE = 0.25  # seconds after which a long evaluation tells how far it has come, and commands are answered


@dataclass(frozen=True)
class Score:
    """Means over a set. accuracy: share of right answers, None for regression; confusion: int64 (classes, classes) or None."""

    loss: float
    accuracy: float | None
    confusion: np.ndarray | None = None

    @property
    def is_finite(self) -> bool:
        return math.isfinite(self.loss)


@contextmanager
def looking(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients; the mode before comes back. Draws no random number."""
    was_training = model.training
    if was_training:
        model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        if was_training:
            model.train()


def batch_for(samples: Samples) -> int:
    """How many samples an evaluation takes at once."""
    return max(1, _MOST_NUMBERS // max(1, samples.inputs[0].numel()))


def evaluate(
    model: nn.Module,
    samples: Samples,
    normalise: Normaliser,
    loss_function: LossFunction,
    classes: int,
    binary: bool,
    title: str,
) -> Generator[Progress, None, Score]:
    """Score of the whole set in the order it is stored; yields Progress where it takes long. classes: 0 for regression."""
    size = batch_for(samples)
    loss_sum, last_sign = 0.0, perf_counter()
    confusion = torch.zeros(classes, classes, dtype=torch.int64)
    for start in range(0, len(samples), size):
        inputs, targets = samples.inputs[start : start + size], samples.targets[start : start + size]
        with looking(model):
            outputs = model(normalise(inputs))
            loss_sum += float(loss_function(outputs, targets)) * len(targets)
            if classes:
                pairs = targets.long() * classes + predicted_classes(outputs, binary)
                confusion += torch.bincount(pairs.cpu(), minlength=classes * classes).view(classes, classes)
        if perf_counter() - last_sign > _PATIENCE and start + size < len(samples):
            yield Progress(title, start + size, len(samples), "samples")
            last_sign = perf_counter()
    loss = loss_sum / len(samples)
    if not classes:
        return Score(loss, None)
    return Score(loss, float(confusion.trace()) / len(samples), confusion.numpy())
