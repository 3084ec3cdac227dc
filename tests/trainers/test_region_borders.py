"""The borders of linear regions, as they are drawn: whoever walks across the plane meets each bend of the network, and nothing else."""

import itertools
import math

import numpy as np

from trainers.linear_regions import DenseLayer, linear_regions
from trainers.region_borders import region_borders
from trainers.regions_job import MOST_DRAWN, RegionsCounted, RegionsRefused, count, question

SQUARE = (-6.0, 6.0, -6.0, 6.0)


def layers_of(widths: tuple[int, ...], seed: int) -> tuple[DenseLayer, ...]:
    draw = np.random.default_rng(seed)
    layers, inputs = [], 2
    for width in widths:
        layers.append(
            DenseLayer(draw.normal(size=(width, inputs)) / math.sqrt(inputs), 2 * draw.normal(size=width), 0.0)
        )
        inputs = width
    return (*layers, DenseLayer(draw.normal(size=(1, inputs)), draw.normal(size=1), None))


def gradient_at(layers: tuple[DenseLayer, ...], point: np.ndarray) -> np.ndarray:
    slope, value = np.eye(2), point
    for layer in layers:
        value, slope = layer.weights @ value + layer.bias, layer.weights @ slope
        if layer.slope is not None:
            scale = np.where(value > 0, 1.0, layer.slope)
            value, slope = value * scale, slope * scale[:, None]
    return slope


def crossings(borders: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[float]:
    """Where a walk from start to end (0 to 1) crosses stretches, each crossing once."""
    met = []
    for x0, y0, x1, y1 in borders.astype(np.float64):
        matrix = np.array([[end[0] - start[0], x0 - x1], [end[1] - start[1], y0 - y1]])
        if abs(np.linalg.det(matrix)) < 1e-9:
            continue
        along, across = np.linalg.solve(matrix, np.array([x0, y0]) - start)
        if 0 <= along <= 1 and 0 <= across <= 1:
            met.append(float(along))
    return sorted(met)


def test_a_walk_meets_every_bend_and_nothing_else() -> None:
    for seed, widths in enumerate(((4,), (4, 2), (8, 8), (3, 3, 3))):
        layers = layers_of(widths, seed)
        borders = region_borders(linear_regions(layers, SQUARE), SQUARE)
        draw = np.random.default_rng(100 + seed)
        for _ in range(12):
            start, end = draw.uniform(-6, 6, (2, 2))
            met = [0.0, *crossings(borders, start, end), 1.0]
            slopes = []
            for low, high in itertools.pairwise(met):
                if high - low < 1e-4:
                    continue
                inside = [start + (end - start) * (low + (high - low) * share) for share in (0.02, 0.5, 0.98)]
                found = [gradient_at(layers, point) for point in inside]
                assert np.allclose(found[0], found[1]), f"{widths}: a bend without a border"
                assert np.allclose(found[2], found[1]), f"{widths}: a bend without a border"
                slopes.append(found[1])
            for one, other in itertools.pairwise(slopes):
                assert not np.allclose(one, other), f"{widths}: a border without a bend"


def test_what_bends_nothing_has_no_border() -> None:
    dead = (DenseLayer(np.eye(2), np.zeros(2), 0.0), DenseLayer(np.zeros((1, 2)), np.zeros(1), None))
    assert region_borders(linear_regions(dead, SQUARE), SQUARE).shape == (0, 4)
    folded = (DenseLayer(np.array([[1.0, 0.0]]), np.zeros(1), 0.0), DenseLayer(np.ones((1, 1)), np.zeros(1), None))
    (line,) = region_borders(linear_regions(folded, SQUARE), SQUARE)
    assert sorted([tuple(line[:2]), tuple(line[2:])]) == [(0.0, -6.0), (0.0, 6.0)]


def test_the_job_counts_and_refuses() -> None:
    layers = layers_of((4, 2), 1)
    (answer,) = count(question(7, layers, SQUARE))
    assert isinstance(answer, RegionsCounted)
    assert (answer.token, answer.count) == (7, linear_regions(layers, SQUARE).count)
    assert 0 < len(answer.borders) < MOST_DRAWN
    broken = (layers[0]._replace(bias=np.full(4, math.nan)), *layers[1:])
    (refusal,) = count(question(8, broken, SQUARE))
    assert isinstance(refusal, RegionsRefused)
    assert refusal.reason == "Layer 1 has weights that are not finite: start the training again."
