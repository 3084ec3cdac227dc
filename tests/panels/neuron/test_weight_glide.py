"""A weight that changes: its disc goes there in a fifth of a second of the clock that it is given; at once with reduced motion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from pytestqt.qtbot import QtBot

from app.neuron_session import with_weight
from app.panels.neuron.panel import NeuronPanel
from app.panels.neuron.synapse_shape import SynapseShape
from app.panels.neuron.weight_glide import GLIDE_S
from app.workspace import Workspace

ShowPanel = Callable[..., NeuronPanel]


@pytest.fixture
def panel(show_panel: ShowPanel) -> NeuronPanel:
    return show_panel()


@pytest.fixture
def draw(qtbot: QtBot) -> Callable[[NeuronPanel, float], None]:
    """draw(panel, seconds): turn the clock of the pictures, and wait until they are drawn."""

    def turn(panel: NeuronPanel, seconds: float) -> None:
        panel.advance(seconds)
        qtbot.waitUntil(lambda: not panel.is_busy and not panel.is_waiting_to_draw)

    return turn


Draw = Callable[[NeuronPanel, float], None]


def area(panel: NeuronPanel, number: int) -> float:
    """Of a disc, in units of that of 1 nS."""
    view = panel.view
    return (view.scene.cell.disc_px(view.picture, number) / view.scene.cell.disc_px_of(view.picture, 1.0)) ** 2


def disc_width(panel: NeuronPanel) -> int:
    """px of the disc that is looked into, in the row through its middle: as far as to the spine's own colour."""
    view = panel.view
    middle = SynapseShape.of(view.picture, 3).plane.map(QPointF(0, 0)).toPoint()
    image, site = view.grab().toImage(), view.picture.guide.input_compartments[3]
    spine = view.scene.colors.color(float(view.picture.voltage_mV[site])).name()
    sides = (range(middle.x(), view.width()), range(middle.x(), -1, -1))
    right, left = (next(x for x in side if image.pixelColor(x, middle.y()).name() == spine) for side in sides)
    return right - left


def set_weight(panel: NeuronPanel, number: int, weight: float) -> None:
    plan = with_weight(panel.session.shown_plan, (number,), weight)
    panel.hand.change_plan("weights", "Change weights", plan)


def test_the_disc_grows_to_its_weight_in_a_fifth_of_a_second(panel: NeuronPanel, draw: Draw) -> None:
    set_weight(panel, 3, 4.0)
    seen = []
    for _ in range(6):
        draw(panel, GLIDE_S / 5)
        seen.append(area(panel, 3))
    assert seen == sorted(seen)
    assert 1.2 < seen[0] < 3.9
    assert seen[-1] == pytest.approx(4.0)
    assert area(panel, 4) == pytest.approx(1.0)
    assert not panel.view.is_gliding


def test_the_disc_that_is_looked_into_grows_too_and_its_names_stand_still(panel: NeuronPanel, draw: Draw) -> None:
    view = panel.view
    panel.hand.mark((3,))
    view.go_to("synapse", animated=False)
    draw(panel, 1.0)
    assert view.picture.near_input == 3
    set_weight(panel, 3, 4.0)
    radii, frames, names = [], [], set()
    for _ in range(8):
        draw(panel, GLIDE_S / 5)
        frames.append(disc_width(panel))
        radii.append(SynapseShape.of(view.picture, 3).radius)
        names.add(tuple((name.label.text, name.box.getRect()) for name in view.scene.placed_labels(view.picture)))
    assert radii == sorted(radii)
    assert 1.1 < radii[0] < 1.95
    assert radii[-1] == pytest.approx(2.0)
    assert len(set(frames[:4])) == 4
    assert frames == sorted(frames)
    assert frames[-1] == pytest.approx(2 * 2.0 * SynapseShape.of(view.picture, 3).unit, abs=8)
    assert len(names) == 1


def test_undo_goes_back_the_same_way(panel: NeuronPanel, draw: Draw) -> None:
    set_weight(panel, 3, 4.0)
    draw(panel, 1.0)
    panel.workspace.document.undo_stack.undo()
    draw(panel, GLIDE_S / 4)
    assert 1.0 < area(panel, 3) < 4.0
    draw(panel, 1.0)
    assert area(panel, 3) == pytest.approx(1.0)


def test_each_moment_on_the_way_is_another_picture_and_the_last_stays(panel: NeuronPanel, draw: Draw) -> None:
    set_weight(panel, 3, 6.0)
    frames = []
    for _ in range(8):
        draw(panel, GLIDE_S / 5)
        image = panel.view.grab().toImage()
        frames.append(np.frombuffer(image.constBits(), np.uint8).tobytes())
    assert len(set(frames[:5])) >= 4
    assert len(set(frames[5:])) == 1


def test_with_reduced_motion_it_is_there_at_once(panel: NeuronPanel, draw: Draw, workspace: Workspace) -> None:
    panel.view.set_reduced_motion(True)
    set_weight(panel, 3, 4.0)
    draw(panel, 0.0)
    assert area(panel, 3) == pytest.approx(4.0)


def test_what_is_scrubbed_over_does_not_glide(panel: NeuronPanel, draw: Draw) -> None:
    panel.session.show_moment(2.0)
    draw(panel, 0.0)
    set_weight(panel, 3, 4.0)
    panel.session.show_moment(4.0)
    draw(panel, 1.0)
    panel.session.show_moment(1.0)
    draw(panel, 0.0)
    assert area(panel, 3) == pytest.approx(1.0)
    panel.session.show_moment(3.0)
    draw(panel, 0.0)
    assert area(panel, 3) == pytest.approx(4.0)


def test_a_state_that_is_put_there_shows_its_weights_at_once(panel: NeuronPanel, draw: Draw) -> None:
    before = panel.state()
    set_weight(panel, 3, 4.0)
    draw(panel, 1.0)
    panel.apply(before)
    draw(panel, 0.0)
    assert area(panel, 3) == pytest.approx(1.0)
