"""Snapshots: decision surface, answers to a fixed sample of test images, confusion. Imports torch, never Qt or the window.

Pictures are paced by time and by what they cost, so that they take at most a thirtieth of the training's time; they draw no
random number, so that a run with them has the losses of a run without.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from trainers.batches import Normaliser, Samples
from trainers.evaluation import looking
from trainers.events import Snapshot
from trainers.optimization import probabilities
from trainers.planar_data import EXTENT

GRID = 60  # points of the decision surface in each direction
SAMPLE = 100  # test images whose answers are shown
SURFACE_SECONDS = 1 / 14
PREDICTIONS_SECONDS = 0.5
_COST_SHARE = 1 / 30


class Pictures:
    """Makes Snapshots of one model on one data set. classes: 0 for regression."""

    def __init__(
        self, model: nn.Module, train: Samples, test: Samples, normalise: Normaliser, classes: int, binary: bool
    ) -> None:
        self._model = model
        self._train = train
        self._test = test
        self._normalise = normalise
        self._classes = classes
        self._binary = binary
        self._next_time = self._affordable_time = 0.0
        self._has_sent_data = False
        self.confusion: np.ndarray | None = None
        self.confusion_step: int | None = None
        shape = tuple(train.inputs.shape[1:])
        self.kind = "surface" if shape == (2,) else "predictions" if normalise.is_image and classes else ""
        if self.kind == "surface":
            self._extent = plane_of(train, test)
            self._grid = plane_grid(self._extent, GRID).to(train.inputs.device)
        if self.kind == "predictions":
            count = min(SAMPLE, len(test))
            index = np.linspace(0, len(test) - 1, count).astype(np.int32)
            self._index = index
            self._images = test.inputs[torch.from_numpy(index).long().to(test.inputs.device)]
            self._wanted = test.targets[torch.from_numpy(index).long().to(test.targets.device)].cpu().numpy()

    def is_due(self, now: float) -> bool:
        """Whether it is time for the next picture."""
        return bool(self.kind) and now >= self._next_time

    def take(self, step: int, parts: tuple[str, ...] | None = None) -> Snapshot:
        """A Snapshot now. parts: those wanted; None: what belongs to the data, and the time of the next one is set."""
        started = perf_counter()
        snapshot = self._snapshot(step, (self.kind, "confusion") if parts is None else parts)
        if parts is None:
            ended = perf_counter()
            pause = SURFACE_SECONDS if self.kind == "surface" else PREDICTIONS_SECONDS
            self._affordable_time = ended + (ended - started) * (1 / _COST_SHARE - 1)
            self._next_time = max(started + pause, self._affordable_time)
        return snapshot

    def note_confusion(self, step: int, confusion: np.ndarray | None) -> None:
        """The confusion matrix of the last evaluation; it goes out with the next picture, as soon as one may be paid for."""
        self.confusion, self.confusion_step = confusion, step
        self._next_time = min(self._next_time, self._affordable_time)

    def _snapshot(self, step: int, parts: tuple[str, ...]) -> Snapshot:
        fields: dict[str, object] = {}
        if "surface" in parts and self.kind == "surface":
            fields["surface"] = self._surface()
            fields["surface_extent"] = self._extent
        if "predictions" in parts and self.kind == "predictions":
            fields.update(self._predictions())
        if "confusion" in parts and self.confusion is not None:
            fields["confusion"] = self.confusion
            fields["confusion_step"] = self.confusion_step
        if not self._has_sent_data:
            self._has_sent_data = True
            fields.update(self._data())
        return Snapshot(step=step, **fields)  # type: ignore[arg-type]

    def _surface(self) -> np.ndarray:
        """float32 (GRID, GRID), P(class 1) or the value; (classes, GRID, GRID) for three classes and more."""
        with looking(self._model):
            outputs = self._model(self._normalise(self._grid)).float()
            if not self._classes:
                return _numpy(outputs[:, 0]).reshape(GRID, GRID)
            shares = probabilities(outputs, self._binary)
            if self._classes == 2:
                return _numpy(shares[:, 1]).reshape(GRID, GRID)
            return _numpy(shares.T).reshape(self._classes, GRID, GRID)

    def _predictions(self) -> dict[str, object]:
        with looking(self._model):
            confidence, predicted = probabilities(self._model(self._normalise(self._images)).float(), self._binary).max(
                1
            )
        return {
            "sample_index": self._index,
            "predicted": predicted.cpu().numpy().astype(np.int32),
            "wanted": self._wanted.astype(np.int32),
            "confidence": _numpy(confidence),
        }

    def _data(self) -> dict[str, object]:
        """What never changes during a run: the points, or the images of the sample."""
        if self.kind == "predictions":
            return {"images": self._images.cpu().numpy()}
        if self.kind != "surface":
            return {}
        return {
            "points": _numpy(torch.cat([self._train.inputs, self._test.inputs])),
            "point_targets": _numpy(torch.cat([self._train.targets, self._test.targets]).float().reshape(-1)),
            "point_is_test": np.repeat([False, True], [len(self._train), len(self._test)]),
        }


def plane_of(train: Samples, test: Samples) -> tuple[float, float, float, float]:
    """x_min, x_max, y_min, y_max: of the made sets, or, for a table with two columns, its range and a tenth more on each side."""
    points = torch.cat([train.inputs, test.inputs])
    low, high = points.amin(0), points.amax(0)
    if float(low.min()) >= -EXTENT and float(high.max()) <= EXTENT and float((high - low).min()) > EXTENT / 2:
        return (-EXTENT, EXTENT, -EXTENT, EXTENT)
    margin = (high - low).clamp_min(1e-6) * 0.1
    low, high = low - margin, high + margin
    return (float(low[0]), float(high[0]), float(low[1]), float(high[1]))


def plane_grid(extent: tuple[float, float, float, float], count: int) -> Tensor:
    """float32 (count * count, 2), row 0 at y_min."""
    x_min, x_max, y_min, y_max = extent
    y, x = torch.meshgrid(torch.linspace(y_min, y_max, count), torch.linspace(x_min, x_max, count), indexing="ij")
    return torch.stack([x.reshape(-1), y.reshape(-1)], dim=1)


def _numpy(values: Tensor) -> np.ndarray:
    return values.detach().cpu().to(torch.float32).numpy()
