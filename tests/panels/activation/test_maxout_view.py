"""The view of Maxout, used as a person uses it: what is dragged, typed and clicked is what stands on the screen."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.maxout.exports import write_maxout
from app.panels.activation.maxout.lines import Line, kinks, slope
from app.panels.activation.maxout.map_layer import tip
from app.panels.activation.maxout.planes import Plane, cone
from app.panels.activation.maxout.state import FIRST_LINES, FIRST_PLANES
from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel
from trainers.errors import BadInput

Show = Callable[..., ActivationPanel]


@pytest.fixture
def panel(show: Show, qtbot: QtBot) -> ActivationPanel:
    panel = show()
    panel.show_view("maxout")
    qtbot.waitUntil(lambda: not panel.is_busy)
    return panel


@pytest.fixture
def view(panel: ActivationPanel) -> MaxoutView:
    view = panel.front
    assert isinstance(view, MaxoutView)
    return view


def settle(qtbot: QtBot, view: MaxoutView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def with_state(qtbot: QtBot, view: MaxoutView, **fields: Any) -> None:
    view.apply({**view.state(), **fields})
    settle(qtbot, view)
    view.board.lines.grab()  # paints what is asked about


def lines_of(view: MaxoutView) -> tuple[Line, ...]:
    return view.model.state.lines


def planes_of(view: MaxoutView) -> tuple[Plane, ...]:
    return view.model.state.planes


def drag(qtbot: QtBot, plot: Any, start: QPointF, end: QPointF, **how: Any) -> None:
    spots = [start + (end - start) * share for share in (0.0, 0.3, 0.7, 1.0)]
    area = plot.viewport() if hasattr(plot, "viewport") else plot
    qtbot.mousePress(area, Qt.MouseButton.LeftButton, pos=spots[0].toPoint(), **how)
    for spot in spots[1:]:
        qtbot.mouseMove(area, spot.toPoint())
    qtbot.mouseRelease(area, Qt.MouseButton.LeftButton, pos=spots[-1].toPoint(), **how)


def undo(panel: ActivationPanel, qtbot: QtBot, view: MaxoutView) -> str:
    stack = panel.workspace.document.undo_stack
    text: str = stack.undoText()
    stack.undo()
    settle(qtbot, view)
    return text


def tags(view: MaxoutView) -> list[str]:
    view.board.lines.grab()
    return view.board.lines.layer.tags


# --- lines --------------------------------------------------------------------------------------------------------------


def test_it_opens_with_lines_one_of_which_never_wins(view: MaxoutView) -> None:
    assert lines_of(view) == FIRST_LINES
    shown = tags(view)
    assert "line 4: never the largest" in shown
    assert "x = −0.8" in shown
    assert "x = 1.6" in shown
    notes = [label.text() for label in view.side.lines.notes]
    assert notes == ["x < −0.8", "−0.8 to 1.6", "x > 1.6", "never the largest"]
    assert view.board.formula.accessibleName() == "f is the largest of 4 lines"


def test_dragging_a_line_in_its_middle_moves_it_and_each_drag_is_one_step(
    panel: ActivationPanel, view: MaxoutView, qtbot: QtBot
) -> None:
    plot = view.board.lines
    drag(qtbot, plot, plot.place_of(0.4, 0.28), plot.place_of(0.4, 1.1))
    settle(qtbot, view)
    first = lines_of(view)[1]
    assert first.w == 0.2
    assert first.b == pytest.approx(1.02, abs=0.03)
    assert view.side.lines.fields[1][1].value() == first.b, "the number field follows"
    at = first.at(0.4)
    drag(qtbot, plot, plot.place_of(0.4, at), plot.place_of(0.4, at + 1.0))
    settle(qtbot, view)
    assert lines_of(view)[1].b > first.b + 0.8
    assert undo(panel, qtbot, view).startswith("Move line 2 to w = 0.2")
    assert lines_of(view)[1] == first
    undo(panel, qtbot, view)
    assert lines_of(view) == FIRST_LINES


def test_dragging_a_line_at_its_side_turns_it_about_the_other(view: MaxoutView, qtbot: QtBot) -> None:
    plot = view.board.lines
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.place_of(0.4, 0.28).toPoint())
    settle(qtbot, view)
    assert view.model.state.selected == 1
    before = lines_of(view)[1]
    pivot = -4.0 + 0.06 * 8.0
    drag(qtbot, plot, plot.place_of(3.5, before.at(3.5)), plot.place_of(3.5, -1.3))
    settle(qtbot, view)
    after = lines_of(view)[1]
    assert after.w < 0.0
    assert after.at(pivot) == pytest.approx(before.at(pivot), abs=0.08)
    assert after.at(3.5) == pytest.approx(-1.3, abs=0.1)


def test_values_of_note_catch_a_line_and_let_it_go_when_asked(view: MaxoutView, qtbot: QtBot) -> None:
    plot = view.board.lines
    with_state(qtbot, view, lines=[{"w": 0.2, "b": 0.8}], selected=0)
    one, two = plot.place_of(0.0, 0.8), plot.place_of(0.0, 0.0) + QPointF(0, 3)
    drag(qtbot, plot, one, two)
    settle(qtbot, view)
    assert lines_of(view)[0].b == 0.0
    with_state(qtbot, view, lines=[{"w": 0.2, "b": 0.8}])
    qtbot.mouseClick(view.toolbar.snapping, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    drag(qtbot, plot, one, two)
    settle(qtbot, view)
    assert lines_of(view)[0].b == pytest.approx(-0.03, abs=0.02)
    assert lines_of(view)[0].b != 0.0


def test_a_double_click_adds_a_line_and_delete_removes_it(
    panel: ActivationPanel, view: MaxoutView, qtbot: QtBot
) -> None:
    plot = view.board.lines
    place = plot.place_of(-1.0, 2.6).toPoint()
    qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    settle(qtbot, view)
    assert len(lines_of(view)) == 5
    assert lines_of(view)[4].w == 0.0
    assert lines_of(view)[4].b == pytest.approx(2.6, abs=0.03)
    assert view.side.title.text() == "5 lines"
    qtbot.keyClick(plot, Qt.Key.Key_Delete)
    settle(qtbot, view)
    assert lines_of(view) == FIRST_LINES
    undo(panel, qtbot, view)
    assert len(lines_of(view)) == 5
    undo(panel, qtbot, view)
    assert lines_of(view) == FIRST_LINES


def test_keys_choose_move_turn_add_and_remove(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    plot = view.board.lines
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    settle(qtbot, view)
    assert view.model.state.selected == 1
    for _ in range(3):
        qtbot.keyClick(plot, Qt.Key.Key_Up)
    qtbot.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    settle(qtbot, view)
    assert lines_of(view)[1] == Line(0.7, 0.35)
    assert undo(panel, qtbot, view) == "Turn line 2"
    assert lines_of(view)[1] == Line(0.2, 0.35)
    undo(panel, qtbot, view)
    assert lines_of(view) == FIRST_LINES, "presses of one key are one step"
    qtbot.keyClick(plot, Qt.Key.Key_Insert)
    settle(qtbot, view)
    assert len(lines_of(view)) == 5
    assert any("Delete" in keys for keys, _ in panel.key_rows())


def test_numbers_can_be_typed(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    field = view.side.lines.fields[0][0]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field.lineEdit(), "-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert lines_of(view)[0] == Line(-1.0, -0.6)
    undo(panel, qtbot, view)
    assert lines_of(view)[0] == Line(-0.8, -0.6)


@pytest.mark.parametrize(
    ("key", "name"),
    [("relu", "ReLU"), ("abs", "|x|"), ("leaky_relu", "Leaky ReLU (0.1)"), ("identity", "the identity")],
)
def test_it_becomes_a_function_of_note_and_says_so(view: MaxoutView, qtbot: QtBot, key: str, name: str) -> None:
    qtbot.mouseClick(view.side.shapes[key], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert f"This is {name}" in tags(view)


def test_the_staircase_is_the_slope_and_the_read_out_is_exact(view: MaxoutView) -> None:
    ((_, (x, y)),) = view.board.stairs.curve_data().items()
    assert np.array_equal(y, slope(FIRST_LINES, x))
    assert kinks(FIRST_LINES) == pytest.approx((-0.8, 1.6))
    assert view.board.lines.read_out(1.0, 0.0) == "x = 1   f = 0.4   line 2   slope 0.2"
    assert view.board.stairs.read_out(2.0, 0.0) == "x = 2   f′ = 1.2"


def test_no_lines_is_an_invitation(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    for _ in range(4):
        qtbot.mouseClick(view.side.remove_button, Qt.MouseButton.LeftButton)
        settle(qtbot, view)
    assert tags(view) == ["No lines yet: double-click here to put one through a place"]
    assert not view.side.remove_button.isEnabled()
    assert not view.side.second_box.isEnabled()
    qtbot.mouseClick(view.side.add_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert len(lines_of(view)) == 1
    assert view.side.lines.notes[0].text() == "everywhere"


# --- targets ------------------------------------------------------------------------------------------------------------


def choose_target(qtbot: QtBot, view: MaxoutView, title: str) -> None:
    picker = view.side.target.picker
    line = picker.lineEdit()
    assert line is not None
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, title)
    qtbot.keyClick(line, Qt.Key.Key_Return)
    view.setFocus()
    settle(qtbot, view)


def test_the_best_lines_for_a_parabola(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    choose_target(qtbot, view, "x²")
    box = view.side.target
    assert view.model.state.target == "x^2"
    assert "target: x²" in tags(view)
    qtbot.mouseClick(box.fit_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert len(lines_of(view)) == 4
    assert box.verdict.text().startswith("Largest error 0.281 at x = ")
    assert "error 0.281" in tags(view)
    shown = box.plot.curve_data()
    counts, errors = shown["best lines"]
    assert np.allclose(errors, 36 / (8 * counts**2), rtol=1e-4)
    law_x, law = shown["as 1/k²"]
    assert np.allclose(law * law_x**2, 4.5, rtol=1e-3)
    assert shown["in use"][0].tolist() == [4.0]
    undo(panel, qtbot, view)
    assert lines_of(view) == FIRST_LINES


def test_the_slider_lays_that_many_lines_as_one_step(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    choose_target(qtbot, view, "softplus")
    steps = panel.workspace.document.undo_stack.count()
    slider = view.side.target.pieces.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    settle(qtbot, view)
    assert view.model.state.pieces == 5
    assert len(lines_of(view)) == 5
    assert panel.workspace.document.undo_stack.count() == steps + 1


def test_a_typed_target_is_taken_and_nonsense_is_refused_in_place(view: MaxoutView, qtbot: QtBot) -> None:
    choose_target(qtbot, view, "x^4 - x")
    assert view.model.state.target == "x^4 - x"
    assert "target: x^4 - x" in tags(view)
    choose_target(qtbot, view, "x^")
    assert view.model.state.target == "x^4 - x"
    assert not view.side.target._complaint.isHidden()
    assert view.side.target._complaint.text()


def test_a_target_too_high_to_be_shown_leaves_no_step_that_cannot_be_undone(
    panel: ActivationPanel, view: MaxoutView, qtbot: QtBot
) -> None:
    choose_target(qtbot, view, "x²")
    for text, what in (("x^2 + 5000", "height is 4,997.75"), ("10000*x", "slope is 9,999.7")):
        choose_target(qtbot, view, text)
        assert view.model.state.target == "x^2"
        assert what in view.side.target._complaint.text()
    assert panel.workspace.document.undo_stack.count() == 1
    undo(panel, qtbot, view)
    assert not view.model.state.target
    panel.workspace.document.undo_stack.redo()
    assert view.model.state.target == "x^2"


def test_what_is_not_convex_is_said_and_a_second_unit_comes_near(view: MaxoutView, qtbot: QtBot) -> None:
    choose_target(qtbot, view, "tanh")
    box = view.side.target
    qtbot.mouseClick(box.fit_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert "tanh is not convex" in box.verdict.text()
    assert "one unit's error stays above 0.323" in box.verdict.text()
    assert box.plot.curve_data()["half of the largest dent"][1].tolist() == pytest.approx([0.3226, 0.3226], abs=1e-3)
    qtbot.mouseClick(view.side.second_box, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert view.model.state.has_second
    assert "not convex" not in box.verdict.text()
    assert view.scene.target is not None
    assert view.scene.target.error < 0.021
    assert "less the largest of" in view.board.formula.accessibleName()
    qtbot.mouseClick(view.side.second_box, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert not view.model.state.has_second


def test_a_stretch_that_is_none_is_refused(view: MaxoutView, qtbot: QtBot) -> None:
    choose_target(qtbot, view, "x²")
    box = view.side.target
    box.low.setValue(5.0)
    settle(qtbot, view)
    assert view.model.state.interval == (-3.0, 3.0)
    assert "is none" in box._complaint.text()
    box.high.setValue(8.0)
    settle(qtbot, view)
    assert view.model.state.interval == (5.0, 8.0), "what was typed first has waited"
    assert box._complaint.isHidden()


def test_two_lines_are_laid_over_the_lectures_functions(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    assert not view.side.overlay_button.isEnabled(), "three lines win here"
    qtbot.mouseClick(view.side.shapes["leaky_relu"], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    qtbot.mouseClick(view.side.overlay_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert panel.name == "curves"
    first = panel.front.state()["functions"][0]
    assert first["kind"] == "maxout"
    assert first["parameters"] == {"w1": 0.1, "b1": 0.0, "w2": 1.0, "b2": 0.0}
    panel.workspace.document.undo_stack.undo()
    assert panel.name == "maxout"


# --- planes -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def planes(view: MaxoutView, qtbot: QtBot) -> MaxoutView:
    qtbot.mouseClick(view.toolbar.inputs[2], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    view.board.map.grab()
    return view


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


def overlaps_seen(planes: MaxoutView) -> int:
    """At how many places facets overlap; at each, the last one painted is the nearest."""
    solid = planes.board.solid
    solid.grab()
    eye = np.array(solid.towards_eye())
    scene = planes.board.map.layer.scene_shown
    overlaps = 0
    polygons = solid._facets
    for x in range(0, solid.width(), 9):
        for y in range(0, solid.height(), 9):
            spot = QPointF(x + 0.5, y + 0.5)
            on = [(n, polygon) for n, polygon in polygons if polygon.containsPoint(spot, Qt.FillRule.OddEvenFill)]
            if len(on) > 1:
                overlaps += 1
                depths = [depth_at(solid, scene.planes[n], scene, spot, eye) for n, _ in on]
                assert depths[-1] == pytest.approx(max(depths), abs=1e-6), (solid.towards_eye(), spot)
                assert solid.facet_at(spot) == on[-1][0]
    return overlaps


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


# --- state, exports, dress ------------------------------------------------------------------------------------------------


def test_a_state_comes_back_and_a_wrong_one_is_refused_whole(view: MaxoutView, qtbot: QtBot) -> None:
    state = {**view.state(), "target": "tanh(x)", "inputs": 2, "half": 3.0}
    view.apply(state)
    assert view.state() == state
    for wrong, key in (
        ({"lines": [{"w": 1.0}]}, "lines"),
        ({"colour": 1}, "colour"),
        ({"selected": 7}, "selected"),
        ({"x": [3.0, 1.0]}, "x"),
        ({"half": 0.0}, "half"),
        ({"target": "import os"}, "target"),
        ({"lines": [{"w": 0.0, "b": 0.0}] * 9}, "lines"),
        ({"lines": [{"w": 0.0, "b": 0.0, "is_subtracted": True}]}, "lines"),
        ({"lines": [{"w": float("nan"), "b": 0.0}]}, "lines"),
    ):
        with pytest.raises(StateError) as caught:
            view.apply({**state, **wrong})
        assert caught.value.key.startswith(key)
        assert view.state() == state
    settle(qtbot, view)


def test_a_demonstration_comes_to_the_front_and_can_be_undone(panel: ActivationPanel, qtbot: QtBot) -> None:
    panel.show_view("curves")
    panel.demonstrate({"view": "maxout", "target": "abs"})
    qtbot.waitUntil(lambda: not panel.is_busy)
    view = panel.front
    assert isinstance(view, MaxoutView)
    assert "This is |x|" in tags(view)
    panel.workspace.document.undo_stack.undo()
    assert panel.name == "curves"
    with pytest.raises(ValueError, match="surface"):
        view.demonstrate({"surface": "cube"})


def test_pictures_drawings_and_numbers_are_saved(view: MaxoutView, qtbot: QtBot, tmp_path: Path) -> None:
    state = view.model.state
    for name in ("one.png", "one.svg", "one.csv"):
        write_maxout(tmp_path / name, state, view.board)
    assert (tmp_path / "one.png").read_bytes()[:4] == b"\x89PNG"
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()
    rows = list(csv.reader((tmp_path / "one.csv").read_text().splitlines()))
    assert rows[0] == [
        "x",
        "f",
        "f'",
        *(f"line {n}: {line.w!r} x + {line.b!r}" for n, line in enumerate(FIRST_LINES, 1)),
    ]
    numbers = np.array(rows[1:], float)
    assert np.array_equal(numbers[:, 1], numbers[:, 3:].max(1))
    assert -0.8 in numbers[:, 0].round(9), "the kinks are among the samples"
    with_state(qtbot, view, inputs=2)
    write_maxout(tmp_path / "two.csv", view.model.state, view.board)
    numbers = np.array(list(csv.reader((tmp_path / "two.csv").read_text().splitlines()))[1:], float)
    assert np.array_equal(numbers[:, 2], numbers[:, 3:].max(1))
    with pytest.raises(BadInput, match="cannot be written"):
        write_maxout(tmp_path / "one.png" / "one.csv", state, view.board)


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


def test_the_three_dresses_differ_and_the_axis_stays_shared(
    panel: ActivationPanel, view: MaxoutView, qtbot: QtBot
) -> None:
    pictures = []
    for name in ("paper", "night", "projector"):
        panel.workspace.theme.set_name(name)
        settle(qtbot, view)
        pictures.append(view.grab().toImage())
        axis = view.board.lines.plotItem.getAxis("bottom")
        assert not axis.label.isVisible(), "the plot beneath has it"
    assert pictures[0] != pictures[1] != pictures[2]


def test_home_puts_back_what_was_opened(panel: ActivationPanel, view: MaxoutView, qtbot: QtBot) -> None:
    panel.opened_state = panel.state()
    qtbot.mouseClick(view.side.shapes["abs"], Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    panel.reset()
    settle(qtbot, view)
    assert lines_of(view) == FIRST_LINES
    undo(panel, qtbot, view)
    assert len(lines_of(view)) == 2


def test_moving_the_view_keeps_the_plots_in_step(view: MaxoutView, qtbot: QtBot) -> None:
    plot = view.board.lines
    start = plot.place_of(-3.5, -1.6)
    assert plot.line_at(start) is None
    drag(qtbot, plot, start, start + QPointF(80, 0))
    settle(qtbot, view)
    assert view.model.state.x[0] < -4.3
    assert view.board.stairs.ranges()[0] == pytest.approx(view.board.lines.ranges()[0])
    qtbot.mouseClick(view.toolbar.home_button, Qt.MouseButton.LeftButton)
    settle(qtbot, view)
    assert view.model.state.x == (-4.0, 4.0)
