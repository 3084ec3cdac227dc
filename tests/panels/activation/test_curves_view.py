"""The view of curves, used as a person uses it: what is added, dragged, typed and drawn is what stands on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.curves.exports import write_curves
from app.panels.activation.curves.state import LECTURE, MOST_FUNCTIONS
from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel
from app.simulation.activation_functions import ACTIVATIONS
from app.workspace import Workspace
from trainers.errors import BadInput


@pytest.fixture
def panel(show: Callable[..., ActivationPanel], qtbot: QtBot) -> ActivationPanel:
    panel = show()
    qtbot.waitUntil(lambda: not panel.is_busy)
    return panel


@pytest.fixture
def view(panel: ActivationPanel) -> CurvesView:
    view = panel.front
    assert isinstance(view, CurvesView)
    return view


def settle(qtbot: QtBot, view: CurvesView) -> None:
    qtbot.waitUntil(lambda: not view.is_busy)


def with_state(view: CurvesView, **fields: Any) -> None:
    view.apply({**view.state(), **fields})


def labels(view: CurvesView) -> list[str]:
    table = view.side.table
    return [item.text() for row in range(table.rowCount()) if (item := table.item(row, 0)) is not None]


def cell(view: CurvesView, row: int, column: int) -> str:
    item = view.side.table.item(row, column)
    assert item is not None
    return item.text()


def undo_stack(panel: ActivationPanel) -> Any:
    return panel.workspace.document.undo_stack


def grab(widget: Any) -> QImage:
    image: QImage = widget.grab().toImage()
    return image


def test_it_opens_with_the_lectures_six_in_its_order(view: CurvesView) -> None:
    assert labels(view) == ["Sigmoid", "tanh", "ReLU", "Leaky ReLU", "Maxout", "ELU"]
    assert [choice["kind"] for choice in view.state()["functions"]] == list(LECTURE)
    drawn = view.board.plots["value"].curve_data()
    assert list(drawn) == labels(view)
    x, y = drawn["Leaky ReLU"]
    assert np.allclose(y, np.where(x > 0, x, 0.1 * x)), "the lecture's slope of 0.1"


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


def test_the_page_says_what_is_known_and_a_claim_is_one_click_from_its_demonstration(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    with_state(view, selected=5)
    view.toolbar.page_button.click()
    settle(qtbot, view)
    assert view.about.isVisible()
    texts = [label.text() for label in view.about.findChildren(type(view.side.living_note))]
    assert "(−1, ∞)" in texts
    assert any("Clevert" in text and "2015" in text for text in texts)
    view.about.copy_button.click()
    assert QGuiApplication.clipboard().text() == "torch.nn.ELU(alpha=1.0)"


def test_every_claim_about_curves_can_be_shown(panel: ActivationPanel, view: CurvesView, qtbot: QtBot) -> None:
    shown = 0
    for activation in ACTIVATIONS.values():
        for claim in (*activation.page.purpose, *activation.page.cost, *activation.page.failure):
            if claim.demonstration["view"] == "curves":
                panel.demonstrate(claim.demonstration)
                assert view.state()["functions"][0]["kind"] == claim.demonstration["functions"][0], claim.text
                shown += 1
    assert shown > 100
    settle(qtbot, view)
    undo_stack(panel).undo()
    assert panel.state() != panel.opened_state


def test_use_in_the_network_replaces_every_activation_between_its_layers_in_one_step(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    document = panel.workspace.document
    before = document.graph
    with_state(view, selected=3, has_page=True)
    settle(qtbot, view)
    view.about.use_button.click()
    kinds = [layer.kind for layer in document.graph.layers]
    assert "relu" not in kinds
    slopes = [layer.parameters["negative_slope"] for layer in document.graph.layers if layer.kind == "leaky_relu"]
    assert slopes == [0.1] * sum(layer.kind == "relu" for layer in before.layers)
    undo_stack(panel).undo()
    assert document.graph == before


def test_what_is_put_into_the_network_names_its_layers_and_says_so(
    panel: ActivationPanel, view: CurvesView, qtbot: QtBot
) -> None:
    with_state(
        view,
        functions=[{"kind": "formula", "parameters": {"text": "x*sigmoid(2*x)", "title": "swish two"}}],
        selected=0,
    )
    with_state(view, has_page=True)
    settle(qtbot, view)
    view.about.use_button.click()
    graph = panel.workspace.document.graph
    assert [layer.name for layer in graph.layers if layer.kind == "formula"] == [f"swish_two{n}" for n in (1, 2, 3, 4)]
    assert not any(layer.name.startswith("relu") for layer in graph.layers)
    assert graph.comment.endswith("Its activations were replaced by swish two.")


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


def test_the_page_of_ones_own_function_says_what_can_be_seen_of_it(view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, functions=[{"kind": "formula", "parameters": {"text": "max(0, x)"}}], selected=0, has_page=True)
    settle(qtbot, view)
    texts = [label.text() for label in view.about.findChildren(type(view.side.living_note))]
    assert "from 0 to 10" in texts
    assert "|f′| = 1" in texts
    assert any(text.startswith("mean 0.399, variance 0.341") for text in texts), "as of ReLU"
    view.about.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("def activation(x):")


def test_home_on_a_slider_puts_the_panel_back(panel: ActivationPanel, view: CurvesView, qtbot: QtBot) -> None:
    with_state(view, selected=5)
    settle(qtbot, view)
    slider = view.side.parameters.sliders["alpha"].slider
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert view.state()["functions"][5]["parameters"] == {}, "not the least value"


def test_what_no_layer_can_be_is_refused_in_a_sentence(panel: ActivationPanel, view: CurvesView, qtbot: QtBot) -> None:
    said: list[str] = []
    panel.workspace.message_posted.connect(lambda message: said.append(message.text))
    with_state(view, functions=[{"kind": "step"}], selected=0, has_page=True)
    settle(qtbot, view)
    view.about.use_button.click()
    assert len(said) == 1
    assert said[0].startswith("No layer is Step")


def test_a_picture_a_drawing_and_the_values_are_saved(view: CurvesView, qtbot: QtBot, tmp_path: Path) -> None:
    for kind in ("png", "svg", "csv"):
        write_curves(tmp_path / f"curves.{kind}", *view_contents(view))
    assert QImage(str(tmp_path / "curves.png")).width() == view.board.width()
    drawing = (tmp_path / "curves.svg").read_text()
    assert "<svg" in drawing
    assert "<image" not in drawing, "lines and letters, not pictures of them"
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    assert lines[0].startswith("x,Sigmoid f,Sigmoid f',Sigmoid f'',tanh f")
    assert len(lines) == 2001
    numbers = np.array([[float(one) for one in line.split(",")] for line in lines[1:]])
    assert np.array_equal(numbers[:, 1], ACTIVATIONS["sigmoid"].value(numbers[:, 0]))
    with pytest.raises(BadInput, match="cannot be written"):
        write_curves(tmp_path / "curves.csv" / "more.csv", *view_contents(view))


def view_contents(view: CurvesView) -> Any:
    return view.functions, view.board


def test_a_state_comes_back_to_the_pixel(
    show: Callable[..., ActivationPanel], panel: ActivationPanel, qtbot: QtBot
) -> None:
    view = panel.front
    assert isinstance(view, CurvesView)
    with_state(view, selected=4, probe=-0.5, rows=["value", "second_derivative"], x=[-2.0, 3.0], threshold=0.2)
    qtbot.waitUntil(lambda: not panel.is_busy and not view.side.formulas[0].is_waiting)
    other = show()
    other.apply(panel.state())
    qtbot.waitUntil(lambda: not other.is_busy and not other.front.side.formulas[0].is_waiting)  # type: ignore[attr-defined]
    assert other.state() == panel.state()
    assert grab(other.front.board) == grab(view.board)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"functions": [{"kind": "rulu"}]}, "views.curves.functions[0]"),
        ({"functions": [{"kind": "elu", "parameters": {"alpha": -1.0}}]}, "views.curves.functions[0]"),
        ({"functions": [{"kind": "formula", "parameters": {"text": "import os"}}]}, "views.curves.functions[0]"),
        ({"functions": [{"kind": "relu"}] * (MOST_FUNCTIONS + 1)}, "views.curves.functions"),
        ({"selected": 6}, "views.curves.selected"),
        ({"rows": []}, "views.curves.rows"),
        ({"x": [3.0, 3.0]}, "views.curves.x"),
        ({"probe": float("nan")}, "views.curves.probe"),
        ({"sodium": 3.0}, "views.curves.sodium"),
        ({"curious": 1}, "views.curves.curious"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_with_its_key_and_nothing_changes(
    panel: ActivationPanel, fields: dict[str, Any], key: str
) -> None:
    before = panel.state()
    with pytest.raises(StateError) as refusal:
        panel.apply({**before, "views": {"curves": {**before["views"]["curves"], **fields}}})
    assert refusal.value.key == key
    assert panel.state() == before


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
    for row in range(view.side.table.rowCount()):
        for column in (1, 2):
            item = view.side.table.item(row, column)
            assert item is not None
            needed = view.side.table.fontMetrics().horizontalAdvance(item.text())
            assert needed + 6 <= view.side.table.columnWidth(column)


def test_escape_lets_go_of_the_pen(view: CurvesView, qtbot: QtBot) -> None:
    view.side.entry.draw_button.click()
    plot = view.board.plots["value"]
    assert plot.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
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
