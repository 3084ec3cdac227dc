"""Surfaces of a race as pictures, and the state of its view: the way there and back, what is refused, what begins a race anew."""

from __future__ import annotations

import numpy as np
import pytest

from app.panel import StateError
from app.panels.activation.race.state import KILL, RaceState, demonstration, from_json, needs_new_race, to_json
from app.panels.activation.race.surface_picture import color_table, finer_logits, surface_image
from app.widgets.theme import Theme
from trainers.activation_lab import ActivationChoice, RacePlan

RACERS = (ActivationChoice("relu"), ActivationChoice("leaky_relu"))


def circle(side: int = 48, radius: float = 3.0) -> np.ndarray:
    line = np.linspace(-6, 6, side)
    x, y = np.meshgrid(line, line)
    return (1 / (1 + np.exp(4 * (np.hypot(x - 1, y - 2) - radius)))).astype(np.float32)


def test_the_line_runs_where_the_racer_is_undecided(theme: Theme) -> None:
    pixels = 200
    image = surface_image(circle(), color_table(theme), pixels)
    ink = theme.color("text")
    places = [
        (column, row)
        for row in range(pixels)
        for column in range(pixels)
        if image.pixelColor(column, row).rgb() == ink.rgb()
    ]
    x, y = ((np.array(axis) + 0.5) / pixels * 12 - 6 for axis in zip(*places, strict=True))
    distance = np.hypot(x - 1, -y - 2)  # y points upwards on screen
    assert len(places) > 150
    assert np.abs(distance - 3.0).max() < 0.15


def test_orange_is_one_and_blue_is_nought(theme: Theme) -> None:
    image = surface_image(circle(), color_table(theme), 100)
    inside, outside = image.pixelColor(58, 33), image.pixelColor(5, 95)
    assert inside.red() > inside.blue()
    assert outside.blue() > outside.red()


def test_between_the_points_of_the_grid_the_logit_is_straight() -> None:
    line = np.linspace(-3, 3, 48, dtype=np.float32)
    surface = np.tile(1 / (1 + np.exp(-line)), (48, 1)).astype(np.float32)
    fine = finer_logits(surface, 96)
    np.testing.assert_allclose(fine[10], (np.arange(96) + 0.5) / 96 * 6 - 3, atol=1e-4)


def test_a_state_survives_the_way_there_and_back() -> None:
    state = RaceState(racers=RACERS, data="rings", hidden=(8, 4, 2), learning_rate=0.3, guide=2, speed=0.0)
    read = from_json(to_json(state))
    assert to_json(read) == to_json(from_json(to_json(read)))
    assert read.racers[1].parameters == {"negative_slope": 0.1}  # the lecture's
    assert not from_json({**to_json(state), "plays": True}).racers[0].parameters


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"racers": [{"kind": "relu"}]}, "racers"),
        ({"racers": [{"kind": "relu"}] * 7}, "racers"),
        ({"racers": [{"kind": "relu"}, {"kind": "swiglu"}]}, "racers[1]"),
        ({"hidden": []}, "hidden"),
        ({"hidden": [16, 200]}, "hidden[1]"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"data": "hills"}, "data"),
        ({"seed": -1}, "seed"),
        ({"schema": 9}, "schema"),
        ({"colour": 1}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(fields: dict[str, object], key: str) -> None:
    with pytest.raises(StateError) as refusal:
        from_json({**to_json(RaceState()), **fields})
    assert refusal.value.key == key


def test_only_rate_and_activations_change_in_a_race_that_goes_on() -> None:
    plan = KILL.plan
    change = RaceState.__struct_fields__
    assert "learning_rate" in change
    assert not needs_new_race(plan, RacePlan(**{**as_dict(plan), "learning_rate": 9.0}))
    assert not needs_new_race(plan, RacePlan(**{**as_dict(plan), "racers": (RACERS[1],) * 2}))
    assert needs_new_race(plan, RacePlan(**{**as_dict(plan), "racers": RACERS[1:]}))
    assert needs_new_race(plan, RacePlan(**{**as_dict(plan), "seed": 1}))


def as_dict(plan: RacePlan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in RacePlan.__struct_fields__}


def test_a_claim_of_a_page_is_a_race_that_plays() -> None:
    state = demonstration({"activations": ["identity", "relu"], "learning_rate": 0.1})
    assert [racer.kind for racer in state.racers] == ["identity", "relu"]
    assert state.learning_rate == 0.1
    assert state.plays
    assert state.guide == 0
    with pytest.raises(StateError):
        demonstration({"activations": "relu"})
    with pytest.raises(StateError):
        demonstration({"learning_speed": 1})
