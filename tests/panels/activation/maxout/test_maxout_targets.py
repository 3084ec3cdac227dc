"""Lines that come near to a target: the best of them, what is refused, what is said of a target that is not convex."""

from __future__ import annotations

import numpy as np
import pytest
from maxout_hands import lines_of, settle, tags, undo
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.maxout.state import FIRST_LINES
from app.panels.activation.maxout.view import MaxoutView
from app.panels.activation.panel import ActivationPanel


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
