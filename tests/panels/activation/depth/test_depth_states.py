"""The view of depth: its keys, its states, what it saves, its dress."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import pytest
from depth_hands import Show, answered, has_color, picture, point_of, undo
from played_depth import PlayedLab
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QFileDialog,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.panel import StateError
from app.panels.activation.depth.exports import write_board
from app.panels.activation.depth.figures import spread
from app.panels.activation.depth.slot_look import slot_color
from app.panels.activation.depth.view import DepthView
from trainers.errors import BadInput


@pytest.fixture
def active(view: DepthView, qtbot: QtBot) -> DepthView:
    """Keys go to it."""
    view.window().activateWindow()
    view.board.setFocus()
    qtbot.waitUntil(view.board.hasFocus)
    return view


class LeftOver(QObject):
    """Notes the Escapes that nobody below the window took."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.count = 0
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self.count += event.key() == Qt.Key.Key_Escape
        return super().eventFilter(watched, event)


def test_a_and_b_still_choose_after_their_names_have_changed(active: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view = active
    for key, slot in ((Qt.Key.Key_B, "b"), (Qt.Key.Key_A, "a"), (Qt.Key.Key_B, "b")):
        view.toolbar.presets[2 + (slot == "a")].click()
        answered(qtbot, view, lab)
        qtbot.keyClick(view.board, key)
        assert view.state()["edited"] == slot
    for name in view.side.names.values():
        assert name.shortcut().isEmpty(), "the panel has taken it: in the whole window it would be a key of others too"


def test_escape_is_the_cards_while_there_is_one_and_else_the_windows(active: DepthView, qtbot: QtBot) -> None:
    view = active
    left_over = LeftOver(view.window())
    view.side.seed.setFocus()  # beside the board, which has arrows and Escape of its own
    around = view.toolbar
    qtbot.mouseClick(view.board, Qt.MouseButton.LeftButton, pos=point_of(view, 5))
    qtbot.waitUntil(view.card.isVisible)
    qtbot.keyClick(around, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not view.card.isVisible())
    assert left_over.count == 0
    qtbot.keyClick(around, Qt.Key.Key_Escape)
    qtbot.keyClick(view.board, Qt.Key.Key_Escape)
    assert left_over.count == 2


def test_home_and_back(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.toolbar.presets[4].click()
    view.toolbar.home_button.click()
    answered(qtbot, view, lab)
    assert view.state()["a"]["activation"]["kind"] == "sigmoid"
    assert view.state()["width"] == 256
    undo(view).undo()
    assert view.state()["a"]["deviation"] == 1.0


def test_a_state_that_cannot_be_leaves_everything_as_it_was(view: DepthView) -> None:
    before = view.state()
    with pytest.raises(StateError, match="softmax"):
        view.apply({"a": {"activation": {"kind": "softmax"}}})
    assert view.state() == before


def test_a_demonstration_comes_to_the_front(show: Show, lab: PlayedLab, qtbot: QtBot) -> None:
    panel = show()
    panel.demonstrate({
        "view": "depth", "activation": "sigmoid", "initialisation": "xavier", "layers": 10, "width": 32, "signals": 16,
        "against": {"activation": "relu", "initialisation": "he"},
    })  # fmt: skip
    view = panel.front
    assert isinstance(view, DepthView)
    answered(qtbot, view, lab)
    assert "A Sigmoid, Xavier" in view.toolbar.verdicts["a"].text()
    assert "B ReLU, He" in view.toolbar.verdicts["b"].text()
    undo(view).undo()
    assert panel.name == "curves"


def test_saved_numbers_are_those_of_the_answers(view: DepthView, tmp_path: Path) -> None:
    write_board(tmp_path / "depth.csv", view.board)
    rows = list(csv.DictReader((tmp_path / "depth.csv").read_text().splitlines()))
    assert len(rows) == 2 * 21
    answer = view.answers.of("b")
    assert answer is not None
    row = next(row for row in rows if row["setting"] == "B" and row["layer"] == "20")
    assert float(row["activation standard deviation"]) == spread(answer.activations)[20]
    assert float(row["dead units (share)"]) == answer.dead[19]


@pytest.mark.parametrize(("name", "head"), [("depth.png", b"\x89PNG"), ("depth.svg", b"<?xml")])
def test_a_picture_and_a_drawing_are_saved(view: DepthView, tmp_path: Path, name: str, head: bytes) -> None:
    write_board(tmp_path / name, view.board)
    content = (tmp_path / name).read_bytes()
    assert content.startswith(head)
    if name.endswith("svg"):
        assert b"vanishes" in content


def test_a_place_that_cannot_be_written_is_told(view: DepthView, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(BadInput, match="choose another folder"):
        write_board(tmp_path / "file" / "depth.png", view.board)


def test_saving_from_the_menu_asks_where(
    view: DepthView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    told: list[Any] = []
    view.context.workspace.message_posted.connect(told.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "board"), ""))
    menu = view.toolbar.export_button.menu()
    menu.actions()[2].trigger()
    assert (tmp_path / "board.csv").exists()
    assert told[0].text.startswith("Saved as")


def test_every_control_says_what_it_does(view: DepthView) -> None:
    kinds = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox)
    for control in (control for kind in kinds for control in view.findChildren(kind)):
        if (
            not control.isVisibleTo(view)
            or control.objectName().startswith("qt_")
            or "ScrollBar" in type(control).__name__
        ):
            continue
        has_tip = any(widget.toolTip() for widget in (control, control.parentWidget()) if widget is not None)
        assert has_tip, control
        text = control.text() if isinstance(control, QAbstractButton) else ""
        assert control.accessibleName() or text, control


@pytest.mark.parametrize("theme_name", ["night", "projector"])
def test_other_themes_draw_everything(view: DepthView, qtbot: QtBot, theme_name: str) -> None:
    view.context.theme.set_name(theme_name)
    qtbot.waitUntil(lambda: not view.is_busy)
    image = picture(view)
    assert has_color(image, slot_color(view.context.theme, "a"))
    assert has_color(image, view.context.theme.color("panel"))


def test_a_board_with_fifty_layers_has_room_for_each(view: DepthView, lab: PlayedLab, qtbot: QtBot) -> None:
    view.side.layers.field.setValue(50)
    answered(qtbot, view, lab)
    frame = view.board.frame()
    assert frame.pitch >= 10
    assert math.isclose(frame.center(50) + frame.pitch / 2, frame.right)
