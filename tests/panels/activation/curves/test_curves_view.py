"""The view of curves, used as a person uses it: what is added, dragged and clicked is what stands on the screen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from curves_hands import cell, grab, labels, settle, undo_stack, with_state
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.panels.activation.curves.state import LECTURE
from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel
from app.simulation.activation_functions import ACTIVATIONS
from app.workspace import Workspace


def test_it_opens_with_the_lectures_six_in_its_order(view: CurvesView) -> None:
    assert labels(view) == ["Sigmoid", "tanh", "ReLU", "Leaky ReLU", "Maxout", "ELU"]
    assert [choice["kind"] for choice in view.state()["functions"]] == list(LECTURE)
    drawn = view.board.plots["value"].curve_data()
    assert list(drawn) == labels(view)
    x, y = drawn["Leaky ReLU"]
    assert np.allclose(y, np.where(x > 0, x, 0.1 * x)), "the lecture's slope of 0.1"
    slopes = view.board.plots["derivative"]
    low, high = slopes.viewRange()[1]
    for label, (_, slope) in slopes.curve_data().items():
        assert (np.nanmin(slope) > low, np.nanmax(slope) < high) == (True, True), (
            f"the derivative of {label} is in sight"
        )


def test_every_curve_on_the_screen_is_the_function_itself(view: CurvesView, qtbot: QtBot) -> None:
    for key in ACTIVATIONS:
        with_state(view, functions=[{"kind": key}], selected=0, rows=["value", "derivative", "second_derivative"])
        settle(qtbot, view)
        for row, plot in view.board.plots.items():
            ((x, y),) = plot.curve_data().values()
            expected = getattr(ACTIVATIONS[key], row)(x)
            shown = np.isfinite(y)
            assert shown.mean() > 0.99, (key, row)
            assert np.array_equal(y[shown], expected[shown]), (key, row)


def test_the_label_of_a_curve_tells_a_parameter_however_small(view: CurvesView, qtbot: QtBot) -> None:
    slopes = (0.1, 2e-12)
    functions = [{"kind": "leaky_relu", "parameters": {"negative_slope": slope}} for slope in slopes]
    with_state(view, functions=functions, selected=0)
    settle(qtbot, view)
    assert list(view.board.plots["value"].curve_data()) == ["Leaky ReLU 0.1", "Leaky ReLU 2·10⁻¹²"]


def test_a_jump_is_a_gap_and_a_steep_curve_is_none(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": "step"}, {"kind": "softplus", "parameters": {"beta": 50.0}}], selected=0)
    settle(qtbot, view)
    drawn = view.board.plots["value"].curve_data()
    assert np.isnan(drawn["Step"][1]).sum() == 1
    assert not np.isnan(drawn["Softplus"][1]).any()
    slopes = view.board.plots["derivative"].curve_data()
    assert not np.isnan(slopes["Softplus"][1]).any(), "steep, but it does not jump"


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # what it says of the list that drops down
def test_picking_a_function_adds_it_and_undo_takes_it_away(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    picker = view.side.picker
    qtbot.keyClicks(picker, "mis")
    qtbot.keyClick(picker, Qt.Key.Key_Return)
    settle(qtbot, view)
    assert labels(view)[-1] == "Mish"
    assert view.side.table.currentRow() == 6
    undo_stack(panel).undo()
    settle(qtbot, view)
    assert labels(view)[-1] == "ELU"
    undo_stack(panel).redo()
    settle(qtbot, view)
    assert labels(view)[-1] == "Mish"


def test_delete_removes_the_chosen_one_and_the_empty_list_says_what_to_do(view: CurvesView, qtbot: QtBot) -> None:
    for _ in range(6):
        qtbot.keyClick(view.side.table, Qt.Key.Key_Delete)
        settle(qtbot, view)
    assert labels(view) == []
    page = view.board.pages.currentWidget()
    assert "Add a function" in page.text()  # type: ignore[attr-defined]


def test_dragging_a_parameter_moves_the_curve_the_formula_and_the_table(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    with_state(view, selected=5, probe=-1.0)
    settle(qtbot, view)
    before = cell(view, 5, 1)
    slider = view.side.parameters.sliders["alpha"]
    slider.slider.setSliderDown(True)
    for notch in (300, 500, 700):
        slider.slider.setValue(notch)
        settle(qtbot, view)
    slider.slider.setSliderDown(False)
    slider._on_gesture_ended()
    alpha = slider.value()
    assert alpha != 1.0
    x, y = view.board.plots["value"].curve_data()["ELU"]
    assert np.allclose(y[x < 0], alpha * np.expm1(x[x < 0]))
    assert before == "−0.632"
    assert cell(view, 5, 1) == f"{alpha * np.expm1(-1.0):.3f}".replace("-", "−")
    qtbot.waitUntil(lambda: not view.side.formulas[0].is_waiting)
    assert f"{alpha:.4g}" in view.side.formulas[0].accessibleName()
    stack = undo_stack(panel)
    assert stack.undoText() == "Change ELU"
    stack.undo()
    settle(qtbot, view)
    assert cell(view, 5, 1) == before, "the whole gesture is one step"
    assert slider.value() == 1.0


def test_a_refused_combination_is_said_at_the_parameters_and_changes_nothing(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": "hardtanh"}], selected=0)
    settle(qtbot, view)
    view.side.parameters.sliders["min_val"].field.setValue(5.0)
    settle(qtbot, view)
    said = [
        label
        for label in view.side.parameters.findChildren(type(view.side.living_note))
        if label.objectName() == "refusal"
    ]
    assert "min_val is 5" in said[0].text()
    assert said[0].isVisible()
    assert view.state()["functions"][0]["parameters"] == {}


def test_the_probe_follows_a_click_and_a_drag(panel: ActivationPanel, view: CurvesView, qtbot: QtBot) -> None:
    plot = view.board.plots["value"]
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.place_of(2.0, 1.0).toPoint())
    settle(qtbot, view)
    probe = view.state()["probe"]
    assert probe == pytest.approx(2.0, abs=0.02)
    assert cell(view, 2, 1) == f"{probe:.3f}", "ReLU of it"
    start, end = plot.place_of(probe, 0.5).toPoint(), plot.place_of(-2.0, 0.5).toPoint()
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(plot.viewport(), end)
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)
    settle(qtbot, view)
    assert view.state()["probe"] == pytest.approx(-2.0, abs=0.02)
    assert view.state()["x"] == [-5.0, 5.0] or tuple(view.state()["x"]) == (-5.0, 5.0), "the view stays"
    assert cell(view, 2, 1) == "0"
    undo_stack(panel).undo()
    undo_stack(panel).undo()
    assert view.state()["probe"] == 1.0


def test_the_tangent_has_the_slope_of_the_chosen_function(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, selected=1, probe=0.5)
    settle(qtbot, view)
    x, y, slope = view.board.plots["value"].layer.drawing.tangent  # type: ignore[misc]
    assert (x, y) == (0.5, pytest.approx(np.tanh(0.5)))
    assert slope == pytest.approx(1 - np.tanh(0.5) ** 2)


def test_zones_are_where_the_slope_is_below_the_threshold(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, selected=0, threshold=0.1, x=[-8.0, 8.0])
    settle(qtbot, view)
    left, right = view.board.plots["value"].layer.drawing.zones
    edge = np.log((0.5 + np.sqrt(0.25 - 0.1)) / (0.5 - np.sqrt(0.25 - 0.1)))  # s(1 - s) = 0.1
    assert left.end == pytest.approx(-edge, abs=0.02)
    assert right.start == pytest.approx(edge, abs=0.02)
    assert not left.is_dead
    with_state(view, selected=2)
    settle(qtbot, view)
    (dead,) = view.board.plots["value"].layer.drawing.zones
    assert dead.is_dead
    assert dead.end == pytest.approx(0.0, abs=0.02)
    before = grab(view.board)
    view.side.zones_box.setChecked(False)
    settle(qtbot, view)
    assert view.board.plots["value"].layer.drawing.zones == ()
    assert grab(view.board) != before


def test_nine_functions_become_small_multiples_and_a_click_chooses(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": key} for key in list(ACTIVATIONS)[:9]])
    settle(qtbot, view)
    multiples = view.board.multiples
    assert multiples.isVisible()
    assert not view.board.plots["value"].isVisible()
    before = grab(multiples)
    qtbot.mouseClick(multiples, Qt.MouseButton.LeftButton, pos=multiples.cell(7).center())
    settle(qtbot, view)
    assert view.side.table.currentRow() == 7
    assert grab(multiples) != before
    qtbot.keyClick(view.side.table, Qt.Key.Key_Delete)
    settle(qtbot, view)
    assert view.board.plots["value"].isVisible(), "eight fit over one another"


def test_eight_overlaid_curves_have_each_a_name_beside_them_that_covers_no_other(
    view: CurvesView, qtbot: QtBot
) -> None:
    with_state(view, functions=[{"kind": key} for key in (*LECTURE, "gelu", "softplus")])
    settle(qtbot, view)
    grab(view.board)
    rects = view.board.plots["value"].layer.label_rects
    assert [name for name, _ in rects].count("tanh") == 1
    assert len(rects) == 8
    for number, (_, one) in enumerate(rects):
        assert not any(one.intersects(other) for _, other in rects[number + 1 :])


def test_ten_functions_dragged_repaint_one_cell_only(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": "elu"}, *({"kind": key} for key in list(ACTIVATIONS)[6:15])], selected=0)
    settle(qtbot, view)
    multiples = view.board.multiples
    multiples.repaint()
    calls: list[int] = []
    paint = multiples._paint_cell
    multiples._paint_cell = lambda painter, number, place: (calls.append(number), paint(painter, number, place))[1]  # type: ignore[assignment,method-assign,func-returns-value]
    view.side.parameters.sliders["alpha"].slider.setValue(800)
    qtbot.waitUntil(lambda: bool(calls))
    assert set(calls) == {0}


def test_dragging_the_plot_moves_it_and_home_brings_it_back(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    plot = view.board.plots["value"]
    start = plot.place_of(-3.0, 2.0).toPoint()
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(plot.viewport(), start + QPoint(20 * step, 0))
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(100, 0))
    settle(qtbot, view)
    low, high = view.state()["x"]
    assert low < -5.2
    assert high - low == pytest.approx(10.0, rel=1e-6)
    x, _ = view.board.plots["derivative"].curve_data()["ReLU"]
    assert x[0] < low, "the derivative's plot has the same axis"
    view.toolbar.home_button.click()
    settle(qtbot, view)
    assert tuple(view.state()["x"]) == (-5.0, 5.0)


def test_home_is_the_state_it_opened_in_and_can_be_undone(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    with_state(view, selected=3, probe=2.0)
    panel.reset()
    assert view.state()["selected"] == 0
    undo_stack(panel).undo()
    assert view.state()["selected"] == 3


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("theme_name", ["paper", "night", "projector"])
def test_it_fits_and_nothing_is_cut_off(
    show: Callable[..., ActivationPanel], workspace: Workspace, qtbot: QtBot, theme_name: str, size: tuple[int, int]
) -> None:
    workspace.theme.set_name(theme_name)
    panel = show(*size)
    panel.front.apply({**panel.front.state(), "has_page": True, "sodium": None})
    qtbot.waitUntil(lambda: not panel.is_busy)
    assert (panel.width(), panel.height()) == size
    view = panel.front
    assert isinstance(view, CurvesView)
    assert view.board.width() >= 340
    table = view.side.table
    assert table.verticalScrollBar().maximum() == 0, "all six have room"
    for rows in (["value", "derivative"], ["value", "derivative", "second_derivative"]):
        with_state(view, rows=rows)
        qtbot.waitUntil(lambda: not panel.is_busy)
        for row in range(table.rowCount()):
            for column in range(1, 1 + len(rows)):
                item = table.item(row, column)
                assert item is not None
                assert table.fontMetrics().horizontalAdvance(item.text()) + 6 <= table.columnWidth(column)
        room = table.columnWidth(0) - table.iconSize().width() - 12
        assert table.fontMetrics().horizontalAdvance("Sigmoid") <= room


def test_arrow_keys_walk_through_the_small_multiples(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": key} for key in list(ACTIVATIONS)[:12]], selected=0)
    settle(qtbot, view)
    multiples = view.board.multiples
    columns = next(n for n in range(1, 12) if multiples.cell(n).top() > 0)
    for key, selected in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_Down, 1 + columns), (Qt.Key.Key_Left, columns)):
        qtbot.keyClick(multiples, key)
        settle(qtbot, view)
        assert view.side.table.currentRow() == selected
    qtbot.keyClick(multiples, Qt.Key.Key_Up)
    qtbot.keyClick(multiples, Qt.Key.Key_Up)  # there is none above
    settle(qtbot, view)
    assert view.side.table.currentRow() == 0
