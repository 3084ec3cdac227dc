"""Maxout of two inputs: planes on the map and in the solid, by mouse, keys and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from maxout_hands import drag, planes_of, settle, undo, with_state
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox
from pytestqt.qtbot import QtBot

from app.panels.activation.maxout.map_layer import tip
from app.panels.activation.maxout.planes import Plane, cone
from app.panels.activation.maxout.state import FIRST_PLANES
from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel
from app.widgets.number_words import readable


def depth_at(solid: Any, plane: Plane, scene: Any, spot: QPointF, eye: np.ndarray) -> float:
    """How near to the eye the plane is on the ray through a place of the widget."""
    right, up, scale, middle = solid._axes()
    base = (spot.x() - middle.x()) / scale * right + (middle.y() - spot.y()) / scale * up
    toward = np.cross(right, up)
    assert np.sign(toward[:2] @ eye) >= 0
    stretch = 1.0 / (scene.high - scene.low)

    def above(t: float) -> float:
        place = base + t * toward
        height = (plane.at(place[0] * scene.half, place[1] * scene.half) - scene.low) * stretch - 0.5
        return float(place[2] - height)

    start, end = above(0.0), above(1.0)
    return -start / (end - start)


def overlaps_seen(planes: MaxoutView) -> int:
    """At how many places facets overlap; at each, the last one painted is the nearest."""
    solid = planes.board.solid
    solid.grab()
    eye = np.array(solid.towards_eye())
    scene = planes.board.map.layer.scene_shown
    on: dict[tuple[int, int], list[int]] = {}  # place -> the facets there, in the order in which they are painted
    for n, polygon in solid._facets:
        box = polygon.boundingRect()
        for x in range(max(0, int(box.left()) // 9 * 9), min(solid.width(), int(box.right()) + 9), 9):
            for y in range(max(0, int(box.top()) // 9 * 9), min(solid.height(), int(box.bottom()) + 9), 9):
                if polygon.containsPoint(QPointF(x + 0.5, y + 0.5), Qt.FillRule.OddEvenFill):
                    on.setdefault((x, y), []).append(n)
    overlaps = 0
    for (x, y), facets in on.items():
        if len(facets) > 1:
            overlaps += 1
            spot = QPointF(x + 0.5, y + 0.5)
            depths = [depth_at(solid, scene.planes[n], scene, spot, eye) for n in facets]
            assert depths[-1] == pytest.approx(max(depths), abs=1e-6), (solid.towards_eye(), spot)
            assert solid.facet_at(spot) == facets[-1]
    return overlaps


def test_two_inputs_show_cells_and_their_shares(planes: MaxoutView) -> None:
    assert planes_of(planes) == FIRST_PLANES
    notes = [label.text() for label in planes.side.planes.notes]
    assert notes == ["27 %", "30 %", "35 %", "8 %"]
    said = planes.board.map.read_out(1.0, 0.5)
    assert said.splitlines()[0] == "x₁ = 1   x₂ = 0.5"
    assert said.splitlines()[1] == "plane 1: 0.65  ◀ largest"
    assert said.splitlines()[2] == "plane 2: −0.7"


def test_a_plane_is_moved_by_its_dot_and_tilted_by_its_tip(
    panel: ActivationPanel, planes: MaxoutView, qtbot: QtBot
) -> None:
    plot = planes.board.map
    scene = plot.layer.scene_shown
    anchor = scene.anchors[1]
    drag(qtbot, plot, plot.place_of(*anchor), plot.place_of(anchor.x1 - 0.5, anchor.x2))
    settle(qtbot, planes)
    moved = planes_of(planes)[1]
    assert (moved.w1, moved.w2) == (-0.7, 0.8)
    assert moved.b == pytest.approx(-0.4 - 0.35, abs=0.02)
    assert plot._read_out_label.text() == f"w₁ = −0.7   w₂ = 0.8   b = {readable(moved.b)}", "what the hand makes of it"
    undo(panel, qtbot, planes)
    assert planes_of(planes) == FIRST_PLANES
    scene = plot.layer.scene_shown
    start, anchor = plot.place_of(*tip(scene, 3)), scene.anchors[3]
    drag(qtbot, plot, start, plot.place_of(anchor.x1, anchor.x2 + 0.12 * 2 + 0.25 * 2))
    settle(qtbot, planes)
    tilted = planes_of(planes)[3]
    assert tilted.w1 == pytest.approx(0.0, abs=0.05)
    assert tilted.w2 == pytest.approx(1.0, abs=0.05)
    assert tilted.at(*anchor) == pytest.approx(FIRST_PLANES[3].at(*anchor), abs=0.01)
    assert planes.model.state.selected_plane == 3


def test_every_tip_can_be_reached(planes: MaxoutView, qtbot: QtBot) -> None:
    steep = [*cone(7), Plane(40.0, -30.0, -90.0)]
    with_state(qtbot, planes, planes=[{"w1": p.w1, "w2": p.w2, "b": p.b} for p in steep])
    plot = planes.board.map
    scene = plot.layer.scene_shown
    for number in range(len(steep)):
        spot = plot.place_of(*tip(scene, number))
        assert plot.is_inside(spot)
        assert plot.plane_at(spot) is not None


def test_planes_are_added_removed_lifted_and_typed(panel: ActivationPanel, planes: MaxoutView, qtbot: QtBot) -> None:
    plot = planes.board.map
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.place_of(-1.5, -1.0).toPoint())
    settle(qtbot, planes)
    assert len(planes_of(planes)) == 5
    assert planes.side.planes.notes[4].text().endswith("%"), "it lies above the others where it was put"
    qtbot.keyClick(plot, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, planes)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    settle(qtbot, planes)
    assert planes_of(planes)[4].w1 == 0.05
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    settle(qtbot, planes)
    assert planes_of(planes) == FIRST_PLANES
    field = planes.side.planes.fields[2][2]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field.lineEdit(), "-9")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, planes)
    assert planes.side.planes.notes[2].text() == "never"
    plot.grab()
    assert "3: never the largest" in plot.layer.tags


def test_surfaces_of_note(planes: MaxoutView, qtbot: QtBot) -> None:
    for key, count in (("pooling", 2), ("relu", 2), ("pyramid", 4), ("cone", 8)):
        qtbot.mouseClick(planes.side.surfaces[key], Qt.MouseButton.LeftButton)
        settle(qtbot, planes)
        assert len(planes_of(planes)) == count
    assert planes_of(planes) == cone(8)
    assert not planes.side.add_button.isEnabled()


def test_no_planes_is_an_invitation(planes: MaxoutView, qtbot: QtBot) -> None:
    for _ in range(4):
        qtbot.mouseClick(planes.side.remove_button, Qt.MouseButton.LeftButton)
        settle(qtbot, planes)
    planes.board.grab()
    assert planes.board.map.layer.tags == ["No planes yet: double-click here to lay one"]
    assert planes.board.map.read_out(0.0, 0.0) == ""


def test_the_solid_turns_under_the_hand_and_keys_and_the_wheel_zooms_the_map(
    panel: ActivationPanel, planes: MaxoutView, qtbot: QtBot
) -> None:
    solid = planes.board.solid
    middle = QPointF(solid.rect().center())
    drag(qtbot, solid, middle, middle + QPointF(60, 20))
    settle(qtbot, planes)
    assert (planes.model.state.azimuth, planes.model.state.elevation) == (65.0, 42.0)
    qtbot.keyClick(solid, Qt.Key.Key_Left)
    settle(qtbot, planes)
    assert planes.model.state.azimuth == 60.0
    undo(panel, qtbot, planes)
    assert planes.model.state.azimuth == 35.0, "turning is one step"
    planes.board.map.zoomed.emit(0.5)
    settle(qtbot, planes)
    assert planes.model.state.half == 1.0
    qtbot.mouseClick(planes.toolbar.home_button, Qt.MouseButton.LeftButton)
    settle(qtbot, planes)
    assert planes.model.state.half == 2.0


@pytest.mark.parametrize("elevation", [5.0, 35.0, 80.0])
def test_what_is_painted_last_is_nearest_to_the_eye(planes: MaxoutView, qtbot: QtBot, elevation: float) -> None:
    for azimuth in range(-180, 180, 35):
        with_state(qtbot, planes, azimuth=float(azimuth), elevation=elevation)
        overlaps = overlaps_seen(planes)
        if elevation < 10:
            assert overlaps > 20, azimuth


def test_a_click_on_a_facet_chooses_its_plane(planes: MaxoutView, qtbot: QtBot) -> None:
    solid = planes.board.solid
    solid.grab()
    number, polygon = solid._facets[0]
    place: QPoint = polygon.boundingRect().center().toPoint()
    shown = solid.facet_at(QPointF(place))
    assert shown is not None
    qtbot.mouseClick(solid, Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, planes)
    assert planes.model.state.selected_plane == shown
    assert number in range(4)


def test_every_control_says_what_it_does(planes: MaxoutView, qtbot: QtBot) -> None:
    parts = (planes.side, planes.toolbar)
    kinds = (QAbstractButton, QAbstractSpinBox)
    for widget in [widget for part in parts for kind in kinds for widget in part.findChildren(kind)]:
        if widget.objectName().startswith("qt_") or widget.window() is not planes.window():
            continue  # pyqtgraph's own, which nobody sees
        assert widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()), widget
        owner = widget if widget.toolTip() else widget.parentWidget()
        assert owner is not None
        assert owner.toolTip(), widget.accessibleName()
    for other in (*planes.findChildren(QComboBox), *planes.side.findChildren(QAbstractSlider)):
        if not other.objectName().startswith("qt_") and other.isVisibleTo(planes):
            assert other.accessibleName() or other.parentWidget() is not None
