"""The activation panel as a whole: its views, its keys, its state, and the demonstrations that its pages promise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.panel import ActivationPanel
from app.panels.activation.panel_commands import activation_commands
from app.panels.activation.view import VIEWS
from app.simulation.activation_functions import ACTIVATIONS


@pytest.fixture
def panel(show: Callable[..., ActivationPanel]) -> ActivationPanel:
    return show()


def test_the_views_stand_in_the_order_of_the_lecture() -> None:
    assert [spec.name for spec in VIEWS] == ["curves", "maxout", "depth", "race"]


def test_alt_and_a_digit_go_to_a_view_and_what_was_set_in_the_other_stays(panel: ActivationPanel, qtbot: QtBot) -> None:
    panel.curves.change(selected=3)
    for number, spec in enumerate(VIEWS):
        qtbot.keyClick(panel, Qt.Key(Qt.Key.Key_1.value + number), Qt.KeyboardModifier.AltModifier)
        assert panel.name == spec.name
        assert panel.front.isVisible()
        assert panel.strip.currentIndex() == number
    qtbot.keyClick(panel, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert panel.curves.state()["selected"] == 3


def test_a_presenters_remote_goes_from_function_to_function_and_on_to_the_next_view(
    panel: ActivationPanel, qtbot: QtBot
) -> None:
    plot = panel.curves.board.plots["value"]
    plot.setFocus()
    for number in range(1, len(panel.curves.functions)):
        qtbot.keyClick(plot, Qt.Key.Key_PageDown)
        assert panel.curves.state()["selected"] == number
    for name in ("maxout", "depth", "race", "race"):
        qtbot.keyClick(QApplication.focusWidget() or panel, Qt.Key.Key_PageDown)
        assert panel.name == name
        assert panel.front.isVisible()
    for _ in VIEWS:
        qtbot.keyClick(panel, Qt.Key.Key_PageUp)
    assert panel.name == "curves"
    assert panel.curves.state()["selected"] == len(panel.curves.functions) - 2


def test_alt_and_a_digit_are_heard_while_something_is_typed(panel: ActivationPanel, qtbot: QtBot) -> None:
    line = panel.curves.side.entry.line
    line.setFocus()
    qtbot.keyClicks(line, "x")
    qtbot.keyClick(line, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert panel.name == "maxout"
    assert line.text() == "x"


def test_every_claim_of_every_page_shows_itself_in_one_click(panel: ActivationPanel) -> None:
    said: list[str] = []
    panel.workspace.message_posted.connect(lambda message: said.append(message.text))
    for claim in [claim for activation in ACTIVATIONS.values() for claim in activation.page.claims]:
        panel.demonstrate(claim.demonstration)
        assert said == [], claim.text
        assert panel.name == claim.demonstration["view"]
        panel.workspace.document.undo_stack.undo()


def test_a_demonstration_that_is_none_is_said_in_a_sentence_and_changes_nothing(panel: ActivationPanel) -> None:
    said: list[str] = []
    panel.workspace.message_posted.connect(lambda message: said.append(message.text))
    before = panel.state()
    panel.demonstrate({"view": "cinema"})
    panel.demonstrate({"view": "curves", "functions": ["nonsense"]})
    panel.demonstrate({"view": "depth", "activation": "nonsense"})
    assert len(said) == 3
    assert all(sentence.endswith((".", "?")) for sentence in said)
    assert panel.state()["views"]["curves"] == before["views"]["curves"]


def test_a_state_that_names_an_unknown_view_is_refused(panel: ActivationPanel) -> None:
    before = panel.state()
    for state, key in (
        ({**before, "view": "cinema"}, "view"),
        ({**before, "views": {"cinema": {}}}, "views"),
        ({**before, "schema": 99}, "schema"),
    ):
        with pytest.raises(StateError) as refusal:
            panel.apply(state)
        assert refusal.value.key == key
    assert panel.state() == before


def test_where_one_view_refuses_its_part_none_is_changed(panel: ActivationPanel) -> None:
    for spec in VIEWS:
        panel.show_view(spec.name)
    before = panel.state()
    views = {**before["views"], "race": {"nonsense": 1}}
    views["curves"] = {**views["curves"], "selected": 2}
    with pytest.raises(StateError) as refusal:
        panel.apply({**before, "views": views})
    assert refusal.value.key.startswith("views.race")
    assert panel.state() == before


def test_home_resets_the_view_in_front_alone_and_can_be_undone(panel: ActivationPanel) -> None:
    panel.curves.apply({**panel.curves.state(), "selected": 2})
    changed = panel.curves.state()
    panel.show_view("depth")
    first = panel.front.state()
    panel.front.apply({**first, "layers": 7})
    panel.reset()
    assert panel.front.state() == first
    assert panel.curves.state() == changed
    stack = panel.workspace.document.undo_stack
    assert stack.undoText() == "Reset Depth"
    stack.undo()
    assert panel.front.state()["layers"] == 7
    count = stack.count()
    stack.redo()
    panel.reset()
    assert stack.count() == count, "nothing was to be reset"


def test_every_control_says_what_it_does_and_has_a_name(panel: ActivationPanel, qtbot: QtBot) -> None:
    kinds = (QAbstractButton, QSlider, QAbstractSpinBox, QComboBox, QLineEdit)
    for spec in VIEWS:
        panel.show_view(spec.name)
        for widget in panel.front.findChildren(QWidget):
            if not isinstance(widget, kinds) or widget.objectName().startswith("qt_") or not widget.isVisible():
                continue
            if isinstance(widget.parent(), QAbstractSpinBox | QComboBox):
                continue
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, (spec.name, widget)
            around: QWidget | None = widget
            while around is not None and not around.toolTip() and around is not panel.front:
                around = around.parentWidget()
            assert around is not None
            assert around.toolTip(), (spec.name, widget, widget.accessibleName() or text)


def test_the_palette_knows_every_view_and_every_function() -> None:
    titles = [command.title for command in activation_commands()]
    assert len(titles) == len(VIEWS) + len(ACTIVATIONS)
    assert len(set(titles)) == len(titles)


def test_a_key_is_the_panels_own_and_only_the_view_in_front_hears_it(panel: ActivationPanel, qtbot: QtBot) -> None:
    around = QWidget()
    beside = QPushButton("Another panel", around)
    row = QHBoxLayout(around)
    row.addWidget(panel)
    row.addWidget(beside)
    qtbot.addWidget(around)
    around.resize(1400, 800)
    around.show()
    around.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is around)
    beside.setFocus()
    assert QApplication.focusWidget() is beside
    qtbot.keyClick(beside, Qt.Key.Key_3)
    assert "second_derivative" not in panel.curves.state()["rows"], "the neuron beside would have wanted it"
    panel.setFocus()
    qtbot.keyClick(panel, Qt.Key.Key_3)
    assert "second_derivative" in panel.curves.state()["rows"]
    panel.show_view("maxout")
    before = panel.curves.state()
    qtbot.keyClick(panel, Qt.Key.Key_3)
    assert panel.curves.state() == before
    panel.setParent(None)
