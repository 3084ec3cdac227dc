"""What a hand does on the cell: clicks, brushes, drags, holds, turns the wheel, presses keys; and the camera that follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawn_cell import CELL, NODES, frame, pixels
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.panels.neuron.camera import View, between
from app.panels.neuron.cell_reading import reading
from app.panels.neuron.cell_view import PLACES, CellView
from app.panels.neuron.probes import Probe
from app.simulation.biology.stage import StagePlan
from app.widgets.theme import Theme
from trainers.errors import BadInput

LEFT, RIGHT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Heard:
    """All that the view has said, by name."""

    def __init__(self, view: CellView) -> None:
        self.said: list[tuple[Any, ...]] = []
        for name in (
            "inputs_fired", "inputs_selected", "electrode_pressed", "electrode_released", "electrode_moved", "probe_moved",
            "place_hovered",
        ):  # fmt: skip
            getattr(view, name).connect(lambda *args, name=name: self.said.append((name, *args)))

    def of(self, name: str) -> list[tuple[Any, ...]]:
        return [item[1:] for item in self.said if item[0] == name]


@pytest.fixture
def view(theme: Theme, qtbot: QtBot) -> CellView:
    """A view on show, with two probes."""
    view = CellView(theme)
    qtbot.addWidget(view)
    view.resize(1000, 420)
    view.show_frame(frame(), (), StagePlan())
    view.set_probes((Probe(CELL.compartment("soma"), 0), Probe(NODES[9], 1)))
    view.show()
    qtbot.waitExposed(view)
    return view


@pytest.fixture
def heard(view: CellView) -> Heard:
    return Heard(view)


def synapse(view: CellView, number: int) -> QPoint:
    return view.scene.cell.site_px(view.picture, number).toPoint()


def spot(view: CellView, compartment: int) -> QPoint:
    return view.picture.projection.point(view.picture.anatomy.center[compartment]).toPoint()


def drag(view: CellView, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT, modifier: Any = None) -> None:
    modifier = modifier if modifier is not None else Qt.KeyboardModifier.NoModifier
    QTest.mousePress(view, button, modifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * share)
    QTest.mouseRelease(view, button, modifier, end)


def turn_wheel(view: CellView, at: QPoint, notches: int) -> None:
    for _ in range(abs(notches)):
        step = QPoint(0, 120 if notches > 0 else -120)
        event = QWheelEvent(
            QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), step, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)


# --- synapses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 7, 14, 29])
def test_a_click_on_a_synapse_fires_it(view: CellView, heard: Heard, number: int) -> None:
    QTest.mouseClick(view, LEFT, pos=synapse(view, number))
    assert heard.of("inputs_fired") == [((number,),)]


def test_a_click_on_one_of_the_group_fires_the_group(view: CellView, heard: Heard) -> None:
    view.set_marked((2, 7, 9))
    QTest.mouseClick(view, LEFT, pos=synapse(view, 7))
    QTest.mouseClick(view, LEFT, pos=synapse(view, 8))
    assert heard.of("inputs_fired") == [((2, 7, 9),), ((8,),)]


def test_a_click_beside_the_cell_lets_go_of_the_group(view: CellView, heard: Heard) -> None:
    view.set_marked((2, 7))
    QTest.mouseClick(view, LEFT, pos=QPoint(600, 60))
    assert heard.of("inputs_selected") == [((),)]
    assert not heard.of("inputs_fired")


def test_a_rubber_band_selects_the_synapses_in_it(view: CellView, heard: Heard) -> None:
    upper = synapse(view, 0), synapse(view, 25)  # the first dendrite
    box = (
        QPoint(min(p.x() for p in upper) - 14, min(p.y() for p in upper) - 14),
        QPoint(*(max(c) + 14 for c in zip(*(p.toTuple() for p in upper), strict=True))),
    )
    drag(view, *box)
    ((chosen,),) = heard.of("inputs_selected")
    assert {0, 25} <= set(chosen)
    assert not set(chosen) & {4, 9, 14}  # the last dendrite
    view.set_marked((4,))
    drag(view, *box, modifier=SHIFT)
    assert set(heard.of("inputs_selected")[-1][0]) == {4, *chosen}
    assert view.picture.brush is None


def test_the_right_button_selects_also_where_one_has_zoomed_in(view: CellView, heard: Heard) -> None:
    view.go_to("dendrites", animated=False)
    before = view.camera_state()
    drag(view, QPoint(5, 5), QPoint(995, 415), RIGHT)
    assert len(heard.of("inputs_selected")[0][0]) > 3
    assert view.camera_state() == before


def test_shift_click_takes_a_synapse_into_the_group_and_out(view: CellView, heard: Heard) -> None:
    view.set_marked((3,))
    QTest.mouseClick(view, LEFT, SHIFT, synapse(view, 8))
    QTest.mouseClick(view, LEFT, SHIFT, synapse(view, 3))
    assert heard.of("inputs_selected") == [((3, 8),), ((),)]


# --- electrode and probes -----------------------------------------------------------------------------------------------


def test_the_electrodes_button_injects_while_it_is_held(view: CellView, heard: Heard) -> None:
    knob = view.scene.instruments.knob(view.picture).toPoint()
    before = pixels(view)
    QTest.mousePress(view, LEFT, pos=knob)
    assert heard.of("electrode_pressed") == [(CELL.compartment("soma"),)]
    assert (pixels(view) != before).any()
    assert not heard.of("electrode_released")
    QTest.mouseRelease(view, LEFT, pos=knob)
    assert heard.of("electrode_released") == [()]
    assert (pixels(view) == before).all()


def test_the_glass_held_still_injects_too(view: CellView, heard: Heard, qtbot: QtBot) -> None:
    instruments = view.scene.instruments
    glass = ((instruments.knob(view.picture) + instruments.tip(view.picture)) / 2).toPoint()
    with qtbot.waitSignal(view.electrode_pressed):
        QTest.mousePress(view, LEFT, pos=glass)
    QTest.mouseRelease(view, LEFT, pos=glass)
    assert heard.of("electrode_released") == [()]
    assert not heard.of("electrode_moved")


def test_the_electrode_is_dragged_onto_another_place(view: CellView, heard: Heard) -> None:
    instruments = view.scene.instruments
    tip = instruments.tip(view.picture).toPoint()
    glass = ((instruments.knob(view.picture) + instruments.tip(view.picture)) / 2).toPoint()
    goal = spot(view, NODES[4])
    drag(view, glass, glass + (goal - tip))
    ((compartment,),) = heard.of("electrode_moved")
    assert compartment in range(NODES[4] - 1, NODES[4] + 2)
    assert not heard.of("electrode_pressed")
    assert (instruments.tip(view.picture).toPoint() - goal).manhattanLength() < 12


def test_a_probe_is_dragged_onto_another_place(view: CellView, heard: Heard) -> None:
    flag = view.scene.instruments.flag(view.picture, 1).center().toPoint()
    drag(view, flag, spot(view, CELL.compartment("dendrite 2", 0.5)))
    ((number, compartment),) = heard.of("probe_moved")
    assert number == 1
    assert compartment in CELL.compartments_of("dendrite 2")
    assert view.picture.probes[1].compartment == NODES[9]  # until its owner has moved it


def test_the_hand_taken_away_ends_the_current(view: CellView, heard: Heard) -> None:
    QTest.mousePress(view, LEFT, pos=view.scene.instruments.knob(view.picture).toPoint())
    view.hide()
    assert heard.of("electrode_released") == [()]


def test_escape_gives_up_a_drag(view: CellView, heard: Heard) -> None:
    flag = view.scene.instruments.flag(view.picture, 1).center().toPoint()
    QTest.mousePress(view, LEFT, pos=flag)
    QTest.mouseMove(view, flag + QPoint(-60, -20))
    QTest.mouseMove(view, flag + QPoint(-200, -20))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, pos=flag + QPoint(-200, -20))
    assert not heard.of("probe_moved")
    assert view.picture.probes[1].compartment == NODES[9]


# --- reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "name"),
    [("soma", "Soma"), ("hillock", "Axon hillock"), ("ais", "Axon initial segment"), ("bouton", "Axon terminal (bouton)"),
     ("node 12", "Node of Ranvier 13"), ("internode 3", "Internode 4")],
)  # fmt: skip
def test_each_part_is_found_under_the_pointer(view: CellView, part: str, name: str) -> None:
    if part.startswith("node"):
        view.go_to("axon", animated=False)
    place = view.place_at(QPointF(spot(view, CELL.compartment(part))))
    assert place is not None
    assert place.name == name
    assert place.description


def test_hovering_says_what_is_there_and_shows_its_figures(view: CellView, heard: Heard) -> None:
    before = pixels(view)
    QTest.mouseMove(view, spot(view, CELL.compartment("bouton")))
    assert heard.of("place_hovered")[-1][0].name == "Axon terminal (bouton)"
    assert (pixels(view) != before).any()
    QTest.mouseMove(view, QPoint(620, 40))
    assert heard.of("place_hovered")[-1] == (None,)


def test_the_next_cell_is_a_place_with_its_own_voltage(view: CellView) -> None:
    anatomy = view.picture.anatomy
    at = view.picture.projection.point((anatomy.bouton_at[0] + 3.0 * anatomy.bouton_at[2], 60.0))
    place = view.place_at(at)
    assert place is not None
    assert place.name == "Next cell"
    assert dict(reading(place, frame(), view.guide, view.picture.plan))["V"] == "-64.0 mV"


def test_free_ground_is_no_place(view: CellView) -> None:
    assert view.place_at(QPointF(620, 40)) is None


# --- the camera ---------------------------------------------------------------------------------------------------------


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
    inner = pixels(view)[60:370, 20:980].astype(np.int64)
    _, counts = np.unique(inner @ np.array([1 << 16, 1 << 8, 1]), return_counts=True)
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


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"x": 1, "y": 2},
        {"x": 1, "y": 2, "zoom": -1},
        {"x": float("nan"), "y": 0, "zoom": 1},
        None,
        {"x": "a", "y": 0, "zoom": 1},
    ],
)
def test_a_camera_state_that_is_none_is_refused(view: CellView, state: Any) -> None:
    before = view.camera_state()
    with pytest.raises(BadInput, match="camera"):
        view.set_camera_state(state)
    assert view.camera_state() == before


def test_a_place_that_is_none_is_refused(view: CellView) -> None:
    with pytest.raises(BadInput, match="elbow"):
        view.go_to("elbow")


def test_all_can_be_reached_by_keys(view: CellView) -> None:
    view.set_reduced_motion(True)
    seen = []
    for _ in PLACES:
        QTest.keyClick(view, Qt.Key.Key_PageDown)
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
