"""The training samples as one tensor on the device; a batch is a selection of rows. Imports torch, never Qt or the window."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

_STATISTICS_CHUNK = 2048  # images whose sums are taken at once: exact in float64, small in memory
_SHIFT = 0.08  # augmentation: furthest shift, in image sizes (2 of 28 pixels)
_TURN = math.radians(12)  # augmentation: furthest turn
_BATCH_SEED, _AUGMENT_SEED = 1, 2  # what is added to the plan's seed, so that no two generators walk alike


class Normaliser:
    """Brings raw inputs to mean 0 and standard deviation 1: images from their training set's statistics, numbers as they are.

    scale and shift are floats for one channel and (channels, 1, 1) tensors for more.
    """

    def __init__(self, scale: float | Tensor = 1.0, shift: float | Tensor = 0.0, is_image: bool = False) -> None:
        self.scale = scale
        self.shift = shift
        self.is_image = is_image

    @classmethod
    def of(cls, inputs: Tensor) -> Normaliser:
        """The statistics of uint8 images (n, channels, height, width), exact whatever the number of threads."""
        if inputs.dtype != torch.uint8:
            return cls()
        channels = inputs.shape[1]
        total = torch.zeros(channels, dtype=torch.float64)
        squares = torch.zeros(channels, dtype=torch.float64)
        for chunk in torch.split(inputs, _STATISTICS_CHUNK):
            counts = chunk.to(torch.int32).transpose(0, 1).reshape(channels, -1)
            total += counts.sum(1, dtype=torch.int64).cpu()
            squares += counts.square().sum(1, dtype=torch.int64).cpu()
        number = inputs.numel() / channels
        mean = total / number
        variance = (squares / number - mean.square()).clamp_min(1.0)  # a blank set has no spread: one grey level
        deviation = variance.sqrt()
        scale, shift = 1.0 / deviation, -mean / deviation
        if channels == 1:
            return cls(float(scale[0]), float(shift[0]), is_image=True)
        scale, shift = (value.view(-1, 1, 1).to(inputs.device, torch.float32) for value in (scale, shift))
        return cls(scale, shift, is_image=True)

    def __call__(self, raw: Tensor) -> Tensor:
        """uint8 images (or floats, 0 to 255) to normalised float32; tables and points pass as they are."""
        if not self.is_image:
            return raw
        # Channels last: oneDNN's convolutions took a seventh less time for a LeNet-5, measured on two cores.
        return raw.to(torch.float32, memory_format=torch.channels_last).mul_(self.scale).add_(self.shift)


class Samples:
    """Inputs and targets of one part of the data, on the device."""

    def __init__(self, inputs: Tensor, targets: Tensor) -> None:
        self.inputs = inputs
        self.targets = targets
        self._count = inputs.shape[0]  # asking a tensor takes 2 microseconds, six times a step

    @classmethod
    def of(cls, inputs: np.ndarray, targets: np.ndarray, device: torch.device, binary: bool) -> Samples:
        """From a DataSplit's arrays; targets become what the loss takes."""
        goals = torch.from_numpy(np.ascontiguousarray(targets))
        if binary:  # one output for two classes: the loss wants a probability to compare with
            goals = goals.to(torch.float32)
        if goals.is_floating_point() and not binary and goals.ndim == 1:
            goals = goals.unsqueeze(1)
        return cls(torch.from_numpy(np.ascontiguousarray(inputs)).to(device), goals.to(device))

    def first(self, count: int) -> Samples:
        """The first `count` samples, without a copy."""
        return Samples(self.inputs[:count], self.targets[:count])

    def __len__(self) -> int:
        return self._count


class Batches:
    """The order in which the samples are seen, and the batches.

    The order is drawn anew for each epoch from a generator of its own; together with that generator's state at the epoch's
    start and the position in the epoch it is all that a resumed run needs.
    """

    def __init__(self, samples: Samples, normalise: Normaliser, seed: int, augment: bool) -> None:
        self.samples = samples
        self.normalise = normalise
        self.augment = augment and normalise.is_image
        self._order_generator = torch.Generator().manual_seed(seed + _BATCH_SEED)
        self._augment_generator = torch.Generator().manual_seed(seed + _AUGMENT_SEED)
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Draw the order of the samples anew."""
        self._epoch_state = self._order_generator.get_state()
        order = torch.randperm(len(self.samples), generator=self._order_generator)
        self._order = order.to(self.samples.inputs.device)

    def rows(self, start: int, count: int) -> Tensor:
        """int64 (count,), on the device: which samples stand at `start` to `start + count` of the epoch's order."""
        return self._order[start : start + count]

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """The samples `rows`: inputs normalised, targets as the loss takes them."""
        raw = self.samples.inputs.index_select(0, rows)
        if self.augment:
            raw = self._augmented(raw)
        return self.normalise(raw), self.samples.targets.index_select(0, rows)

    def generator_states(self) -> dict[str, Tensor]:
        """What a checkpoint keeps: uint8 tensors by name."""
        return {"order": self._epoch_state, "augment": self._augment_generator.get_state()}

    def restore(self, states: dict[str, Tensor]) -> None:
        """Go on in the middle of the epoch whose states these are."""
        self._order_generator.set_state(states["order"])
        self._augment_generator.set_state(states["augment"])
        self.begin_epoch()

    def _augmented(self, raw: Tensor) -> Tensor:
        """Each image turned by up to 12 degrees and shifted by up to 8 % of its size; what comes in is the border repeated."""
        chance = torch.rand(len(raw), 3, generator=self._augment_generator) * 2 - 1
        angle = chance[:, 0] * _TURN
        # grid_sample measures both directions in -1 to 1: a turn must keep pixels square
        ratio = raw.shape[3] / raw.shape[2]
        rows = torch.stack(
            [
                torch.stack([angle.cos(), -angle.sin() / ratio, chance[:, 1] * 2 * _SHIFT], dim=1),
                torch.stack([angle.sin() * ratio, angle.cos(), chance[:, 2] * 2 * _SHIFT], dim=1),
            ],
            dim=1,
        )
        images = raw.to(torch.float32)
        grid = F.affine_grid(rows.to(raw.device), list(images.shape), align_corners=False)
        return F.grid_sample(images, grid, mode="bilinear", padding_mode="border", align_corners=False)
