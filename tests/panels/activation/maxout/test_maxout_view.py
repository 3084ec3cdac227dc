"""The view of Maxout, used as a person uses it: what is dragged, typed and clicked is what stands on the screen."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from maxout_hands import drag, lines_of, settle, tags, undo, with_state
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.maxout.exports import write_maxout
from app.panels.activation.maxout.lines import Line, kinks, slope
from app.panels.activation.maxout.state import FIRST_LINES
from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel
from trainers.errors import BadInput


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
