"""Two-dimensional data made from a seed: six sets of two classes and two regressions, in [-6, 6] x [-6, 6]. Pure numpy.

Position, noise and split come from generators of their own, so that turning up the noise moves the same points, and asking
for more samples adds points to those that are there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainers.data_split import DatasetSpec, DataSplit, choose_test
from trainers.training_plan import DataChoice

EXTENT = 6.0  # every point lies in [-EXTENT, EXTENT] in both directions
_REACH = 5.0  # how far the noise-free shapes reach
# standard deviation of the noise at noise = 1, in units of the plane: enough to all but lose each set
_JITTER = {"circle": 2.5, "xor": 3.0, "gauss": 4.0, "spiral": 1.2, "moons": 2.5, "rings": 1.5}
_TARGET_JITTER = 0.8  # the same for a regression's target, whose values lie in -1 to 1
CLASSES = ("blue", "orange")  # class 1 is the positive one, drawn in orange everywhere

Points = np.ndarray  # float64 (n, 2)
Chance = np.ndarray  # float64 (n, 2), uniform in 0 to 1


def _polar(radius: np.ndarray, angle: np.ndarray) -> Points:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def _annulus(inner: np.ndarray, outer: np.ndarray, chance: Chance) -> Points:
    """Points spread evenly over the area between two radii: hence the root."""
    radius = np.sqrt(inner**2 + chance[:, 0] * (outer**2 - inner**2))
    return _polar(radius, 2 * np.pi * chance[:, 1])


def _circle(label: np.ndarray, chance: Chance) -> Points:
    inside = label == 1
    return _annulus(np.where(inside, 0.0, 0.68 * _REACH), np.where(inside, 0.5 * _REACH, _REACH), chance)


def _xor(label: np.ndarray, chance: Chance) -> Points:
    """Class 1 where x and y have the same sign; a gap along both axes keeps the noise-free set separable."""
    gap = 0.3
    size = gap + chance * (_REACH - gap)
    # every second pair in the other of the two quadrants
    side = np.where(np.arange(len(label)) // 2 % 2 == 0, 1.0, -1.0)
    return np.stack([size[:, 0] * side, size[:, 1] * side * np.where(label == 1, 1.0, -1.0)], axis=1)


def _gauss(label: np.ndarray, chance: Chance) -> Points:
    """Two clouds, the Box-Muller transform of the chances; noise widens them."""
    radius = 0.8 * np.sqrt(-2.0 * np.log1p(-np.minimum(chance[:, 0], 1 - 1e-12)))
    centre = np.where(label == 1, 2.2, -2.2)
    return _polar(radius, 2 * np.pi * chance[:, 1]) + centre[:, None]


def _spiral(label: np.ndarray, chance: Chance) -> Points:
    """Two arms of 1.75 turns; the root spreads the points evenly along the arm."""
    along = np.sqrt(0.005 + 0.995 * chance[:, 0])
    return _polar(along * _REACH, 1.75 * 2 * np.pi * along + np.where(label == 1, 0.0, np.pi))


def _moons(label: np.ndarray, chance: Chance) -> Points:
    upper = label == 1
    angle = np.pi * chance[:, 0]
    radius = 3.0 + 0.5 * (chance[:, 1] - 0.5)
    x = np.where(upper, -1.5 + radius * np.cos(angle), 1.5 - radius * np.cos(angle))
    y = np.where(upper, -0.75 + radius * np.sin(angle), 0.75 - radius * np.sin(angle))
    return np.stack([x, y], axis=1)


def _rings(label: np.ndarray, chance: Chance) -> Points:
    """Three rings, the middle one of class 1, the innermost and the outermost of class 0 (by their circumference, 1 to 4)."""
    radii = np.where(label == 1, 3.0, np.where(np.arange(len(label)) // 2 % 4 == 0, 1.2, 4.8))
    return _annulus(radii - 0.25, radii + 0.25, chance)


def _everywhere(_label: np.ndarray, chance: Chance) -> Points:
    return (2 * chance - 1) * (EXTENT - 0.2)


def _plane(points: Points) -> np.ndarray:
    value: np.ndarray = points.sum(axis=1) / (2 * EXTENT)
    return value


_HILLS = ((-4.0, 2.5, 1.0), (0.0, 2.5, -1.0), (4.0, 2.5, 1.0), (-4.0, -2.5, -1.0), (0.0, -2.5, 1.0), (4.0, -2.5, -1.0))


def _hills(points: Points) -> np.ndarray:
    """Six Gaussian bumps of width 1.3 at (x, y), alternately up and down."""
    value = np.zeros(len(points))
    for x, y, height in _HILLS:
        value += height * np.exp(-((points[:, 0] - x) ** 2 + (points[:, 1] - y) ** 2) / (2 * 1.3**2))
    return value


_PLACES: dict[str, Callable[[np.ndarray, Chance], Points]] = {
    "circle": _circle,
    "xor": _xor,
    "gauss": _gauss,
    "spiral": _spiral,
    "moons": _moons,
    "rings": _rings,
}
_SURFACES: dict[str, Callable[[Points], np.ndarray]] = {"plane": _plane, "hills": _hills}


def _spec(name: str, title: str, description: str) -> DatasetSpec:
    is_regression = name in _SURFACES
    return DatasetSpec(
        name=name,
        title=title,
        task="regression" if is_regression else "classification",
        kind="planar",
        sample_shape=(2,),
        classes=() if is_regression else CLASSES,
        targets=1 if is_regression else 0,
        description=description,
        source="made by Hillock from a seed",
    )


PLANAR_DATA: dict[str, DatasetSpec] = {
    spec.name: spec
    for spec in (
        _spec("circle", "Circle", "A disc inside a ring: no straight line parts them, one hidden layer does."),
        _spec("xor", "Exclusive or", "Opposite quadrants belong together: the problem that one neuron cannot solve."),
        _spec("gauss", "Two clouds", "Two Gaussian clouds: one neuron is enough."),
        _spec("spiral", "Spirals", "Two arms wound into each other: the hardest of these, it wants depth or width."),
        _spec("moons", "Half-moons", "Two interlocking half-moons: a gently bent boundary parts them."),
        _spec(
            "rings", "Rings", "Three rings, the middle one of the other class: two boundaries, one inside the other."
        ),
        _spec(
            "plane",
            "Slope (regression)",
            "A number that rises evenly from one corner to the other: one neuron is enough.",
        ),
        _spec("hills", "Hills (regression)", "Six hills and hollows: a number that one neuron cannot follow."),
    )
}


def make_planar(choice: DataChoice) -> DataSplit:
    """The points of `choice.name`: float32 (n, 2), and int64 classes 0/1 (n,) or float32 values (n, 1)."""
    spec = PLANAR_DATA[choice.name]
    position, jitter = (np.random.Generator(np.random.PCG64([choice.seed, part])) for part in (1, 2))
    label = np.arange(choice.samples) % 2
    chance = position.random((choice.samples, 2))
    noise = choice.noise * jitter.standard_normal((choice.samples, 2))
    if spec.task == "classification":
        points = _folded(_PLACES[choice.name](label, chance) + _JITTER[choice.name] * noise)
        targets: np.ndarray = label.astype(np.int64)
    else:
        points = _everywhere(label, chance)
        targets = (_SURFACES[choice.name](points) + _TARGET_JITTER * noise[:, 0]).astype(np.float32)[:, None]
    mask = choose_test(label, choice.test_share, choice.seed, stratified=spec.task == "classification")
    inputs = points.astype(np.float32)
    return DataSplit(
        name=spec.name,
        task=spec.task,
        sample_shape=spec.sample_shape,
        classes=spec.classes,
        train_inputs=inputs[~mask],
        train_targets=targets[~mask],
        test_inputs=inputs[mask],
        test_targets=targets[mask],
    )


def _folded(points: Points) -> Points:
    """Reflect what noise threw over the edge back inside; clipping would pile points up along it."""
    period = 4 * EXTENT
    shifted = np.mod(points + EXTENT, period)
    return np.minimum(shifted, period - shifted) - EXTENT
