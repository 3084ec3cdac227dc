"""What a function of the view of curves leads to: its page, the network, files, a state that comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from curves_hands import grab, settle, undo_stack, view_contents, with_state
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.curves.exports import write_curves
from app.panels.activation.curves.state import MOST_FUNCTIONS
from app.panels.activation.curves.view import CurvesView
from app.panels.activation.panel import ActivationPanel
from app.simulation.activation_functions import ACTIVATIONS
from trainers.errors import BadInput


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


REFUSED: list[tuple[dict[str, Any], str]] = [
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
]


def test_a_state_that_does_not_fit_is_refused_with_its_key_and_nothing_changes(panel: ActivationPanel) -> None:
    before = panel.state()
    for fields, key in REFUSED:
        with pytest.raises(StateError) as refusal:
            panel.apply({**before, "views": {"curves": {**before["views"]["curves"], **fields}}})
        assert refusal.value.key == key
        assert panel.state() == before, fields
