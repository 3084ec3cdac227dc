"""What a data set is (DatasetSpec) and what loading it gives (DataSplit). Plain numpy and msgspec; imports no torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from trainers.errors import RunStopped
from trainers.events import Progress
from trainers.network_graph import Shape

Task = Literal["classification", "regression"]
Kind = Literal["planar", "image", "folder", "csv"]
DrawnLike = Literal["mnist", "digits"]

ProgressCallback = Callable[[Progress], object]
"""Told how far a long load has come; it cancels by returning False (not None) or by raising."""


class LoadingCancelled(RunStopped):
    """Somebody cancelled a download or the reading of a folder; nothing half done is left on the disk."""


class DatasetSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a data set before it is read.

    sample_shape: (features,) or (channels, height, width); targets: numbers per sample that a regression predicts (0 for
    classes); drawn_like: how digit_pad prepares a drawing for it, None where a drawing pad makes no sense; megabytes: to
    fetch, 0 where nothing is.
    """

    name: str
    title: str
    task: Task
    kind: Kind
    sample_shape: Shape
    classes: tuple[str, ...] = ()
    targets: int = 0
    description: str = ""
    source: str = ""
    licence: str = ""
    needs_download: bool = False
    megabytes: float = 0.0
    drawn_like: DrawnLike | None = None


@dataclass(frozen=True)
class DataSplit:
    """A data set in memory.

    Inputs: uint8 images (n, channels, height, width), 0 to 255, or float32 (n, features). Targets: int64 (n,) class numbers,
    or float32 (n, targets). A table's features and numeric targets are standardised with the training part's statistics:
    a target in its own unit is `target * target_scale + target_offset`.
    """

    name: str
    task: Task
    sample_shape: Shape
    classes: tuple[str, ...]
    train_inputs: np.ndarray
    train_targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray
    target_offset: float = 0.0
    target_scale: float = 1.0


def choose_test(targets: np.ndarray, test_share: float, seed: int, stratified: bool) -> np.ndarray:
    """Which of n samples are for testing: bool (n,), every class by the same share, at least one sample on either side.

    A class with a single sample stays in the training part. `stratified=False` (regression) treats all as one class.
    """
    generator = np.random.Generator(np.random.PCG64([seed, 0x5B117]))
    mask = np.zeros(len(targets), dtype=bool)
    groups = np.unique(targets) if stratified else np.array([0])
    owed = 0.0  # rounding left over by the classes before, so that the shares add up
    for group in groups:
        members = np.flatnonzero(targets == group) if stratified else np.arange(len(targets))
        wanted = len(members) * test_share + owed
        count = min(max(round(wanted), 0), len(members) - 1)
        owed = wanted - count
        mask[generator.permutation(members)[:count]] = True
    if not mask.any() and len(targets) > 1:
        values, counts = np.unique(targets, return_counts=True)
        members = np.flatnonzero(targets == values[counts.argmax()]) if stratified else np.arange(len(targets))
        mask[generator.permutation(members)[0]] = True
    return mask
