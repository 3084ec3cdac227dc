"""The job that counts linear regions beside the window, and what is said to it. Imports neither torch nor Qt."""

from __future__ import annotations

from collections.abc import Generator
from time import process_time

import msgspec
import numpy as np

from trainers.commands import AnyCommand
from trainers.linear_regions import DenseLayer, Rectangle, linear_regions
from trainers.network_graph import NetworkInputError
from trainers.region_borders import region_borders

JOB = "trainers.regions_job:count"
MOST_DRAWN = 20_000  # borders beyond which there is more line than ground; they are counted all the same


class RegionLayer(msgspec.Struct, frozen=True):
    """As linear_regions.DenseLayer. weights: float64 (units, inputs); bias: (units,)."""

    weights: np.ndarray
    bias: np.ndarray
    slope: float | None


class RegionQuestion(msgspec.Struct, frozen=True):
    """What the job takes: a network as region_network.dense_layers gives it, and where its regions are counted."""

    token: int
    layers: tuple[RegionLayer, ...]
    rectangle: Rectangle


class RegionEvent(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """The base of what the job says."""


class RegionsCounted(RegionEvent, frozen=True, tag=True):
    """The answer. borders: as region_borders gives them, none where there are too many to be seen; seconds: of the processor."""

    token: int
    count: int
    borders: np.ndarray
    seconds: float


class RegionsRefused(RegionEvent, frozen=True, tag=True):
    """They cannot be counted, and why, in one sentence."""

    token: int
    reason: str


def question(token: int, layers: tuple[DenseLayer, ...], rectangle: Rectangle) -> RegionQuestion:
    """The question about these layers."""
    return RegionQuestion(token, tuple(RegionLayer(*layer) for layer in layers), rectangle)


def count(asked: RegionQuestion) -> Generator[RegionEvent | None, AnyCommand | None, None]:
    """Yields one answer, RegionsCounted or RegionsRefused."""
    began = process_time()
    try:
        layers = [DenseLayer(layer.weights, layer.bias, layer.slope) for layer in asked.layers]
        regions = linear_regions(layers, asked.rectangle)
    except NetworkInputError as error:
        yield RegionsRefused(asked.token, error.sentence)
        return
    borders = region_borders(regions, asked.rectangle)
    if len(borders) > MOST_DRAWN:
        borders = borders[:0]
    yield RegionsCounted(asked.token, regions.count, borders, process_time() - began)
