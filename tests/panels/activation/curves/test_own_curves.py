"""Functions of one's own in the view of curves: typed, kept by name, drawn with the pen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves_hands import cell, labels, settle, undo_stack, with_state
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel
from app.simulation.activation_functions import ACTIVATIONS


def test_a_typed_formula_becomes_a_curve_with_its_parameter_to_drag(view: CurvesView, qtbot: QtBot) -> None:
    entry = view.side.entry
    qtbot.keyClicks(entry.line, "x*sigmoid(a*x)")
    qtbot.keyClick(entry.line, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert labels(view)[-1] == "x*sigmoid(a*x)"
    slider = view.side.parameters.sliders["a"]
    slider.field.setValue(1.702)
    settle(qtbot, view)
    x, y = view.board.plots["value"].curve_data()["x*sigmoid(a*x)"]
    assert np.allclose(y, x / (1 + np.exp(-1.702 * x)), atol=1e-12)
    slopes = view.board.plots["derivative"].curve_data()["x*sigmoid(a*x)"][1]
    assert np.allclose(slopes, np.gradient(y, x), atol=1e-3)


@pytest.mark.parametrize("text", ["__import__('os').system('x')", "x +", "9**9**9", "foo(x)", ""])
def test_what_is_no_formula_is_said_in_one_sentence_beneath_the_line(view: CurvesView, qtbot: QtBot, text: str) -> None:
    entry = view.side.entry
    entry.line.setText(text)
    qtbot.keyClick(entry.line, Qt.Key.Key_Return)
    assert entry.note.isVisible()
    assert entry.note.text().endswith((".", "?"))
    assert "\n" not in entry.note.text()
    assert entry.line.text() == text, "what was typed stays, to be mended"
    assert len(labels(view)) == 6
    qtbot.keyClicks(entry.line, "x")
    assert not entry.note.isVisible()


def test_a_function_is_kept_by_name_found_again_and_forgotten(
    show: Callable[..., ActivationPanel], view: CurvesView, qtbot: QtBot
) -> None:
    qtbot.keyClicks(view.side.entry.line, "x*sigmoid(a*x)")
    qtbot.keyClick(view.side.entry.line, Qt.Key.Key_Return)
    settle(qtbot, view)
    view.side.parameters.sliders["a"].field.setValue(2.5)
    settle(qtbot, view)
    qtbot.keyClicks(view.side.own.line, "sharp swish")
    view.side.own.button.click()
    settle(qtbot, view)
    assert labels(view)[-1] == "sharp swish"
    assert view.side.own.button.text() == "Forget"
    other = show().front  # another day
    assert isinstance(other, CurvesView)
    assert other.side.picker.itemText(0) == "sharp swish"
    other.side.picker.activated.emit(0)
    settle(qtbot, other)
    assert other.state()["functions"][-1]["parameters"] == {
        "text": "x*sigmoid(a*x)",
        "constants": "a = 2.5",
        "title": "sharp swish",
    }
    other.side.own.button.click()
    settle(qtbot, other)
    assert other.side.picker.itemText(0) == "Sigmoid"
    assert labels(other)[-1] == "sharp swish", "what is on show stays"


def test_a_name_that_cannot_be_is_refused_in_a_sentence(view: CurvesView, qtbot: QtBot) -> None:
    qtbot.keyClicks(view.side.entry.line, "x^2")
    qtbot.keyClick(view.side.entry.line, Qt.Key.Key_Return)
    settle(qtbot, view)
    qtbot.keyClicks(view.side.own.line, "relu")
    view.side.own.button.click()
    assert view.side.entry.note.text().startswith("relu is the name of a layer")
    assert labels(view)[-1] == "x^2"


def test_a_function_drawn_by_hand(panel: ActivationPanel, view: CurvesView, qtbot: QtBot) -> None:
    view.side.entry.draw_button.click()
    plot = view.board.plots["value"]
    xs = np.linspace(-4.0, 4.0, 40)
    path = [plot.place_of(x, float(np.sin(x))).toPoint() for x in xs]
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=path[0])
    for place in path[1:]:
        qtbot.mouseMove(plot.viewport(), place)
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=path[-1])
    settle(qtbot, view)
    assert labels(view)[-1] == "Drawn curve"
    x, y = plot.curve_data()["Drawn curve"]
    inside = np.abs(x) < 3.8
    assert np.abs(y - np.sin(x))[inside].max() < 0.05
    assert not view.side.entry.draw_button.isChecked(), "the pen is let go"
    assert tuple(view.state()["x"]) == (-5.0, 5.0), "drawing does not move the view"
    undo_stack(panel).undo()
    settle(qtbot, view)
    assert "Drawn curve" not in labels(view)


def test_a_stroke_without_width_is_refused_and_the_pen_let_go(view: CurvesView, qtbot: QtBot) -> None:
    view.side.entry.draw_button.click()
    plot = view.board.plots["value"]
    place = plot.place_of(0.0, 0.0).toPoint()
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(0, 2))
    assert view.side.entry.note.text().endswith("draw from left to right.")
    assert len(labels(view)) == 6


def test_where_a_formula_has_no_value_it_has_no_slope(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": "formula", "parameters": {"text": "log(x)"}}], selected=0, probe=-2.0)
    settle(qtbot, view)
    assert [cell(view, 0, column) for column in (1, 2)] == ["–", "–"]
    x, slope = view.board.plots["derivative"].curve_data()["log(x)"]
    assert np.isnan(slope[x < 0]).all()
    assert np.isfinite(slope[x > 0.01]).all()


def test_a_name_that_looks_like_markup_stands_as_it_is(view: CurvesView, qtbot: QtBot) -> None:
    title = "<b>Swish</b>"
    with_state(
        view, functions=[{"kind": "formula", "parameters": {"text": "x*a", "title": title}}], selected=0, has_page=True
    )
    settle(qtbot, view)
    assert view.about.title.textFormat() == Qt.TextFormat.PlainText
    assert view.about.title.text() == title


def test_escape_lets_go_of_the_pen(view: CurvesView, qtbot: QtBot) -> None:
    view.side.entry.draw_button.click()
    plot = view.board.plots["value"]
    assert plot.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    assert view.toolbar.hint.text().startswith("Draw from left to right")
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert view.toolbar.hint.text().startswith("Click or drag the line")
    assert not view.side.entry.draw_button.isChecked()
    assert plot.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor


def test_with_nothing_to_draw_in_the_pen_is_refused_and_with_no_function_there_is_a_plot(
    view: CurvesView, qtbot: QtBot
) -> None:
    with_state(view, functions=[{"kind": key} for key in list(ACTIVATIONS)[:9]])
    settle(qtbot, view)
    view.side.entry.draw_button.click()
    assert not view.side.entry.draw_button.isChecked()
    assert view.side.entry.note.text().startswith("Show f")
    with_state(view, functions=[], selected=0)
    settle(qtbot, view)
    view.side.entry.draw_button.click()
    settle(qtbot, view)
    assert view.board.plots["value"].isVisible()


def test_a_formula_leaves_nothing_behind_when_another_takes_its_place(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, selected=5)
    settle(qtbot, view)
    formula = view.side.formulas[0]
    before = len(formula.children())
    for notch in range(100, 900, 100):
        view.side.parameters.sliders["alpha"].slider.setValue(notch)
        settle(qtbot, view)
    assert not formula.is_waiting
    assert len(formula.children()) == before
