"""The camera that follows a hand: wheel, drag, double click, travels, and the state that brings a picture back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cell_hands import LEFT, MIDDLE, Heard, drag, spot, synapse, turn_wheel
from drawn_cell import CELL, NODES, pixels
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panels.neuron.camera import View, between
from app.panels.neuron.cell_view import PLACES, CellView
from trainers.errors import BadInput

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_the_wheel_zooms_about_the_pointer(view: CellView) -> None:
    at = synapse(view, 12)
    before = view.camera.to_world(QPointF(at))
    turn_wheel(view, at, 3)
    after = view.camera.to_world(QPointF(at))
    assert view.camera.view.zoom > 1.5
    assert (after - before).manhattanLength() < 0.5
    assert view.picking.input_at(QPointF(at)) == 12


def test_a_drag_on_free_ground_moves_the_picture(view: CellView, heard: Heard) -> None:
    view.go_to("axon", animated=False)
    under = view.camera.to_world(QPointF(500, 60))
    drag(view, QPoint(500, 60), QPoint(420, 90))
    assert (view.camera.to_world(QPointF(420, 90)) - under).manhattanLength() < 0.5
    assert not heard.of("inputs_selected")


@pytest.mark.parametrize("part", ["soma", "node 5", "ais", "internode 8", "bouton"])
def test_turning_the_wheel_on_anywhere_ends_at_the_membrane(view: CellView, part: str) -> None:
    for _ in range(80):
        turn_wheel(view, QPoint(500, 210) if view.camera.view.zoom > 3 else spot(view, CELL.compartment(part)), 1)
    picture = view.picture
    assert picture.membrane_share == 1.0
    membrane = picture.projection.point(picture.anatomy.patches.at[picture.patch])
    assert 0 < membrane.x() < view.width()
    assert 0 < membrane.y() < view.height()


def seen(view: CellView) -> float:
    """Share of the view in which there is something but one flat colour; the signs at its edges do not count."""
    red, green, blue = np.moveaxis(pixels(view)[60:370, 20:980].astype(np.uint32), -1, 0)
    _, counts = np.unique(red << 16 | green << 8 | blue, return_counts=True)
    return float(1.0 - counts.max() / counts.sum())


FREE_GROUND = [(40, 30), (200, 180), (284, 300), (520, 30), (640, 380), (940, 30), (950, 390), (284, 205)]


@pytest.mark.parametrize(
    ("at", "is_true"), [*((at, False) for at in FREE_GROUND), ((40, 30), True), ((500, 300), True), ((960, 30), True)]
)
def test_the_wheel_turned_on_free_ground_keeps_the_cell_in_sight(
    view: CellView, at: tuple[int, int], is_true: bool
) -> None:
    view.set_true_scale(is_true)
    view.set_labels_shown(False)
    view.set_probes(())
    for _ in range(36):
        under = view.camera.to_world(QPointF(*at))
        turn_wheel(view, QPoint(*at), 2)
        view.set_shown("is_moving", False)
        assert seen(view) > (0.0001 if is_true else 0.004), f"{view.camera.view}"
        slid = view.picture.projection.point(under.toTuple()) - QPointF(*at)
        assert np.hypot(slid.x(), slid.y()) < 0.55 * view.width()  # led there, without a leap
    assert view.picture.membrane_share == 1.0 or view.picture.synapse_share == 1.0
    assert view.camera.view.zoom <= 3.0 * view.picture.channel_view(view.picture.patch).zoom
    state, shown = view.camera_state(), pixels(view)
    view.go_to("cell", animated=False)
    view.set_camera_state(state)
    assert (pixels(view) == shown).all()


@pytest.mark.parametrize("zoom", [2.0, 8.0, 40.0, 900.0])
def test_a_drag_does_not_lose_the_cell(view: CellView, zoom: float) -> None:
    view.go_to("node", animated=False)
    view.set_labels_shown(False)
    x, y = view.picture.anatomy.center[NODES[9]]
    view.look(View(float(x), float(y) - 3.6, zoom), animated=False)
    for _ in range(6):
        drag(view, QPoint(500, 60), QPoint(500, 380), MIDDLE)
    view.set_shown("is_moving", False)
    assert seen(view) > 0.004
    x = view.camera.view.x
    drag(view, QPoint(500, 200), QPoint(700, 200), MIDDLE)
    assert view.camera.view.x < x  # along the axon it goes on


@pytest.mark.parametrize("degrees", [80, 270])
def test_the_soma_can_be_looked_at_from_near_all_around(view: CellView, degrees: int) -> None:
    outline = view.picture.anatomy.soma_outline
    x, y = outline[degrees // 2]
    view.look(View(float(x), float(y), 10.0), animated=False)
    for _ in range(30):
        turn_wheel(view, QPoint(500, 210), 1)
    picture, patches = view.picture, view.picture.anatomy.patches
    assert picture.membrane_share == 1.0
    assert picture.focus == CELL.compartment("soma")
    assert np.hypot(*(patches.at[picture.patch] - (x, y))) < 4.0
    outside = view.scene.membrane.plane(picture).map(QPointF(0, -5)) - view.scene.membrane.plane(picture).map(QPointF())
    assert outside.y() == pytest.approx(-5.0, abs=1e-6)  # it stands upright


def test_a_synapse_holds_the_wheel(view: CellView) -> None:
    view.go_to("synapse", animated=False)
    turn_wheel(view, QPoint(520, 230), 60)
    assert view.picture.synapse_share == 1.0
    assert view.picture.membrane_share == 0.0


def test_a_double_click_goes_nearer(view: CellView) -> None:
    view.set_reduced_motion(True)
    at = spot(view, CELL.compartment("bouton"))
    QTest.mouseDClick(view, LEFT, pos=at)
    assert view.camera.view.zoom == pytest.approx(5.0)
    view.go_to("cell", animated=False)
    QTest.mouseDClick(view, LEFT, pos=synapse(view, 17))
    assert view.picture.near_input == 17
    assert view.picture.synapse_share == 1.0


def test_travelling_takes_a_while_and_ends_there(view: CellView) -> None:
    moves: list[bool] = []
    view.view_changed.connect(lambda: moves.append(True))
    view.go_to("membrane")
    assert moves  # whoever turns the clock hears that there is something to turn
    goal = view.camera_state()
    assert view.camera.view.zoom == 1.0
    view.turn(0.5)
    assert 1.0 < view.camera.view.zoom < goal["zoom"]
    for _ in range(200):
        view.turn(1 / 60)
    assert not view.camera.is_travelling
    assert view.camera.view.zoom == pytest.approx(goal["zoom"])


def test_reduced_motion_is_there_at_once(view: CellView) -> None:
    view.set_reduced_motion(True)
    view.go_to("channel")
    assert not view.camera.is_travelling
    assert view.picture.membrane_share == 1.0


def test_reduced_motion_ends_a_travel(view: CellView) -> None:
    view.go_to("channel")
    view.turn(0.3)
    view.set_reduced_motion(True)
    assert view.picture.membrane_share == 1.0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_the_goal_stays_in_sight_on_the_way(share: float) -> None:
    a, b = View(500.0, 200.0, 1.0), View(300.0, 190.0, 900.0)
    on_way = between(a, b, share)
    assert abs(on_way.x - b.x) * on_way.zoom <= abs(a.x - b.x) * a.zoom + 1e-6


@pytest.mark.parametrize("place", PLACES)
def test_a_cameras_state_brings_the_picture_back(view: CellView, place: str) -> None:
    view.go_to(place, animated=False)
    before, state = pixels(view), view.camera_state()
    view.go_to("cell" if place != "cell" else "node", animated=False)
    view.set_camera_state(state)
    assert (pixels(view) == before).all()


NO_CAMERA: list[Any] = [
    {},
    {"x": 1, "y": 2},
    {"x": 1, "y": 2, "zoom": -1},
    {"x": float("nan"), "y": 0, "zoom": 1},
    None,
    {"x": "a", "y": 0, "zoom": 1},
]


def test_a_camera_state_that_is_none_is_refused(view: CellView) -> None:
    before = view.camera_state()
    for state in NO_CAMERA:
        with pytest.raises(BadInput, match="camera"):
            view.set_camera_state(state)
        assert view.camera_state() == before, state


def test_a_place_that_is_none_is_refused(view: CellView) -> None:
    with pytest.raises(BadInput, match="elbow"):
        view.go_to("elbow")


def test_all_can_be_reached_by_keys(view: CellView) -> None:
    view.set_reduced_motion(True)
    seen = []
    for _ in PLACES:
        view.step_place(1)  # as the panel does for the page keys
        seen.append(view.camera_state())
    assert len({tuple(state.values()) for state in seen}) == len(PLACES)
    assert "cell" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.view.zoom == pytest.approx(1.25)
    x = view.camera.view.x
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.camera.view.x > x
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.camera.view == View(500.0, 200.0, 1.0)


def test_other_keys_are_left_to_the_panel(view: CellView, qtbot: QtBot) -> None:
    from PySide6.QtGui import QKeyEvent

    for key in (Qt.Key.Key_Space, Qt.Key.Key_5, Qt.Key.Key_Home):
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, event)
        assert not event.isAccepted()
