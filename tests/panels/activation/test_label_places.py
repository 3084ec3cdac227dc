"""Where the names of curves are written: beside their own line, and where another runs through there, least deep. No Qt."""

from __future__ import annotations

import numpy as np
import pytest

from app.panels.activation.label_places import place_labels
from app.simulation.activation_functions import ACTIVATIONS

LECTURE = ("sigmoid", "tanh", "relu", "leaky_relu", "maxout", "elu")
NAMES = 110.0, 24.0  # px, in the type of a hall


@pytest.mark.parametrize("height", [180.0, 264.0, 400.0])
def test_no_other_line_runs_deep_within_a_name(height: float) -> None:
    x = np.linspace(-5.0, 5.0, 2000)
    across = (x + 5.0) / 10.0 * 810.0
    lines = []
    for kind in LECTURE:
        parameters = {"negative_slope": 0.1} if kind == "leaky_relu" else {}
        y = ACTIVATIONS[kind].value(x, **parameters)
        lines.append((across, np.clip((3.2 - y) / 4.8 * height, -40.0, height + 40.0)))
    sizes = [NAMES] * len(lines)
    view = 0.0, 0.0, 810.0, height
    places = place_labels(lines, sizes, view, [None] * len(lines), [False] * len(lines))
    for number, place in enumerate(places):
        assert place is not None, f"{LECTURE[number]} has no name"
        is_under = (across >= place.left) & (across <= place.left + NAMES[0])
        for other, (_, y) in enumerate(lines):
            depth = np.minimum(y[is_under] - place.top, place.top + NAMES[1] - y[is_under]).max()
            assert other == number or depth < NAMES[1] / 2 - 2, f"{LECTURE[other]} runs through {LECTURE[number]}"
