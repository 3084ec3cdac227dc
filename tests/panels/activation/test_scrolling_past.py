"""A wheel over the columns of the activation panel scrolls them: no choice and no number is another one afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from played_depth import PlayedLab
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot
from race_hands import play_races

from app.panels.activation.panel import ActivationPanel
from app.workspace import Workspace


def scroll(widget: QWidget) -> bool:
    """One notch downwards over the middle of it; whether it kept the notch for itself."""
    middle = QPointF(widget.rect().center())
    turn = QWheelEvent(
        middle, widget.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    turn.ignore()
    QApplication.sendEvent(widget, turn)
    return turn.isAccepted()


@pytest.fixture
def panel(workspace: Workspace, show: Callable[..., ActivationPanel], name: str) -> ActivationPanel:
    if name == "race":
        races = play_races(workspace)
        panel = show()
        panel.show_view("race")
        races.answer()
        return panel
    workspace._activations = PlayedLab()  # type: ignore[assignment]
    return show()


@pytest.mark.parametrize("name", ["curves", "maxout", "depth", "race"])
def test_scrolling_changes_nothing(name: str, panel: ActivationPanel, workspace: Workspace, qtbot: QtBot) -> None:
    panel.show_view(name)
    if name == "curves":
        panel.curves.hand.add_named("gelu")  # it has a choice: exact or by tanh
    if name == "maxout":
        panel.front.apply({**panel.front.state(), "target": "x^2"})
    view = panel.front
    qtbot.waitUntil(lambda: not view._frame.isActive())  # type: ignore[attr-defined]
    boxes = [box for box in view.findChildren(QComboBox) if box.count() > 1]
    fields = view.findChildren(QDoubleSpinBox)
    assert boxes
    assert fields
    state, steps = view.state(), workspace.document.undo_stack.count()
    chosen = [(box, box.currentText()) for box in boxes]
    panel.setFocus()
    for widget in (*boxes, *fields):
        assert not scroll(widget), widget.accessibleName()
    assert [(box, box.currentText()) for box in boxes] == chosen
    assert view.state() == state
    assert workspace.document.undo_stack.count() == steps


@pytest.mark.parametrize("name", ["curves", "maxout", "depth", "race"])
def test_no_field_takes_the_focus_from_a_wheel(name: str, panel: ActivationPanel) -> None:
    panel.show_view(name)
    for widget in panel.front.findChildren(QDoubleSpinBox):
        assert widget.focusPolicy() != Qt.FocusPolicy.WheelFocus
