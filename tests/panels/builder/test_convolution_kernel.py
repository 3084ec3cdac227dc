"""The kernel of one convolution, its sliders and its pad: typed, drawn, told, copied, written to files, kept in a state."""

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from convolution_hands import click, drag, middle, page_of, press, undo, with_page_in_front
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.panel import StateError
from app.panels.builder.convolution_state import ALL, ConvolutionState
from app.panels.builder.panel import BuilderPanel
from app.widgets.message_bar import Message
from app.widgets.theme import THEME_NAMES


@pytest.fixture
def panel(show: Callable[..., BuilderPanel]) -> BuilderPanel:
    return with_page_in_front(show(1280, 800))


# --- kernel, sliders, pad ---------------------------------------------------------------------------------------------------


def test_numbers_of_the_kernel_are_typed_where_they_stand_and_undone(panel: BuilderPanel) -> None:
    page = page_of(panel)
    board = page.board
    assert board.places.kernel is not None
    click(board, board.places.kernel.cell(1, 1))
    editor = board.editor
    assert editor.isVisible()
    QTest.keyClicks(editor, "1/2")
    press(editor, Qt.Key.Key_Tab)
    assert page.state.weights[1] == (-2.0, 0.5, 2.0)
    assert editor.cell == (1, 2)
    QTest.keyClicks(editor, "x")
    press(editor, Qt.Key.Key_Return)
    assert editor.isVisible()
    assert editor.property("refused")
    press(editor, Qt.Key.Key_Escape)
    assert not editor.isVisible()
    assert page.controls.kernels.currentText() == "Numbers of your own"
    undo(panel)
    assert page.controls.kernels.currentText() == "Sobel x"
    press(board, Qt.Key.Key_K)
    press(editor, Qt.Key.Key_Up)
    assert page.state.weights[0][0] == 0.0
    page.controls.kernels.activated.emit(page.controls.kernels.findText("Blur"))
    assert page.state.weights == ((1 / 9,) * 3,) * 3


def test_a_slider_shows_at_once_and_is_one_step_to_undo(panel: BuilderPanel) -> None:
    page = page_of(panel)
    slider = page.controls.window_numbers.numbers["dilation"].both.slider
    count = panel.workspace.document.undo_stack.count()
    slider.setSliderDown(True)
    for notch in (200, 500, 1000):
        slider.setValue(notch)
    assert page.state.sliding.dilation == 8
    assert page.board.scene.map is None
    assert "does not fit into a picture that is 14 wide" in page.board.accessibleDescription()
    assert not page.bar.deeds["play"].isEnabled()
    slider.setSliderDown(False)
    assert panel.workspace.document.undo_stack.count() == count + 1
    undo(panel)
    assert page.state == ConvolutionState()
    assert page.controls.window_numbers.numbers["dilation"].both.value() == 1


def test_height_and_width_are_taken_apart_by_a_key_and_each_has_its_slider(panel: BuilderPanel) -> None:
    page = page_of(panel)
    window = page.controls.window_numbers
    press(page.board, Qt.Key.Key_L)
    high, wide = window.numbers["kernel"].apart
    assert (high.isVisible(), wide.isVisible(), window.numbers["kernel"].both.isVisible()) == (True, True, False)
    wide.field.setValue(5)
    window.numbers["dilation"].apart[0].field.setValue(2)
    assert panel.workspace.document.undo_stack.undoText() == "Dilation, height"
    assert page.state.sliding.sides == (3, 5)
    grid = page.board.places.kernel
    assert grid is not None
    assert (grid.rows, grid.columns, page.board.scene.is_filled.shape) == (3, 5, (10, 10))
    click(page.board, grid.cell(2, 4))
    QTest.keyClicks(page.board.editor, "7")
    press(page.board.editor, Qt.Key.Key_Tab)  # from the last number to the first
    assert page.state.weights[2][4] == 7.0
    assert page.board.editor.cell == (0, 0)
    press(page.board.editor, Qt.Key.Key_Escape)
    apart = window.link.icon().pixmap(16, 16).toImage()
    QTest.mouseClick(window.link, Qt.MouseButton.LeftButton)
    assert window.link.icon().pixmap(16, 16).toImage() != apart
    assert (page.state.sliding.kernel, page.state.sliding.dilation) == (3, 2)
    assert page.state.kernel.shape == (3, 3)
    undo(panel)
    assert page.state.weights[2][4] == 7.0
    assert wide.isVisible()


def test_what_is_drawn_is_what_the_window_slides_over(panel: BuilderPanel) -> None:
    page = page_of(panel)
    pad = page.controls.pad
    QTest.mouseClick(page.controls.clear_button, Qt.MouseButton.LeftButton)
    assert not page.board.scene.picture.any()
    side = pad.width()
    drag(pad, *(QPoint(side // 2, round(side * share)) for share in (0.2, 0.4, 0.6, 0.8)))
    picture = page.board.scene.picture
    assert picture[7, 6:8].min() > 0.5
    assert picture[7, :4].max() == 0
    assert page.board.scene.title == "a drawing"
    assert panel.workspace.document.undo_stack.undoText() == "Draw"
    strokes = page.state.strokes
    undo(panel)
    assert pad.ink.is_empty
    panel.workspace.document.undo_stack.redo()
    assert [list(stroke) for stroke in strokes] == pad.ink.strokes
    press(page.board, Qt.Key.Key_D)
    assert (page.state.picture, page.state.strokes) == ("digit", ())


def test_pooling_marks_its_winner_and_needs_no_kernel(panel: BuilderPanel) -> None:
    page = page_of(panel)
    QTest.mouseClick(page.bar.mode.button("max"), Qt.MouseButton.LeftButton)
    scene = page.board.scene
    assert page.board.places.kernel is None
    assert scene.here is not None
    assert scene.here.winner is not None
    assert scene.here.pixels[scene.here.winner] == scene.here.outcome == scene.here.pixels.max()
    assert not page.controls.kernels.isEnabled()
    assert "−∞" in page.telling.sentence.text()
    QTest.mouseClick(page.bar.mode.button("average"), Qt.MouseButton.LeftButton)
    assert not page.controls.window_numbers.numbers["dilation"].isEnabled()


def test_flip_and_relu_are_told_and_shown(panel: BuilderPanel) -> None:
    page = page_of(panel)
    assert "cross-correlation" in page.telling.sentence.text()
    before = page.board.scene.map
    QTest.mouseClick(page.controls.flip, Qt.MouseButton.LeftButton, pos=QPoint(10, page.controls.flip.height() // 2))
    assert "turned by 180°" in page.telling.sentence.text()
    np.testing.assert_allclose(page.board.scene.map, -np.asarray(before))  # Sobel turned is its negative
    press(page.board, Qt.Key.Key_R)
    np.testing.assert_allclose(page.board.scene.map, np.maximum(-np.asarray(before), 0))
    assert page.controls.relu.isChecked()


# --- told, copied, kept -----------------------------------------------------------------------------------------------------


def test_the_read_out_tells_what_lies_under_the_pointer_and_lights_its_term(panel: BuilderPanel) -> None:
    board = page_of(panel).board
    places = board.places
    assert places.terms is not None
    assert places.map is not None
    scene = board.scene
    assert scene.here is not None
    for area, told, term in (
        (places.terms.cell(0, 2), "Term 3 of 9: 0.58 × 1 = 0.58", 2),
        (places.input.cell(0, 0), "Input, row 1, column 1: 0", None),
        (places.input.cell(4, 5), "Input, row 5, column 6: 0.41\nTerm 1 of 9: 0.41 × (−1) = −0.41", 0),
        (places.map.cell(11, 11), "Map, row 12, column 12: not there yet; press to go there", None),
        (places.map.cell(4, 5), "Map, row 5, column 6: 1.46", None),
    ):
        QTest.mouseMove(board, middle(area))
        assert board.read_out.text() == told
        assert board.pointed == term
    QTest.mouseMove(board, QPointF(2, 2).toPoint())
    assert not board.read_out.isVisible()


def test_the_pytorch_line_is_copied_and_makes_the_same_map(panel: BuilderPanel, messages: list[Message]) -> None:
    page = page_of(panel)
    for name, value in (("stride", 2), ("padding", 1), ("dilation", 2)):
        page.controls.window_numbers.numbers[name].both.field.setValue(value)
    for key, mode in ((Qt.Key.Key_1, "convolution"), (Qt.Key.Key_2, "max"), (Qt.Key.Key_3, "average")):
        press(page.board, key)
        press(page.board, Qt.Key.Key_C)
        line = QGuiApplication.clipboard().text()
        assert messages[-1].text == f"Copied: {line}"
        module = eval(line, {"nn": torch.nn})
        if mode == "convolution":
            module.weight.data[0, 0] = torch.from_numpy(page.state.kernel)
            module.bias.data[:] = page.state.bias
        found = module(torch.from_numpy(page.board.scene.picture).float()[None, None])[0, 0].detach().numpy()
        np.testing.assert_allclose(found, page.board.scene.map, atol=1e-5, err_msg=line)
    assert (
        page.state.map_shape == (math.floor((14 + 0 - 1 - 1) / 2) + 1,) * 2
    )  # pooling's own window, not the convolution's


def test_the_board_is_saved_as_picture_drawing_and_numbers(
    panel: BuilderPanel, messages: list[Message], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(panel)
    for kind in ("png", "svg", "csv"):
        path = tmp_path / f"board.{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, path=path: (str(path), ""))
        next(action for action in page.bar.export.menu().actions() if action.data() == kind).trigger()
        assert messages[-1].text == f"Saved as {path}."
    assert QImage(str(tmp_path / "board.png")).width() == page.board.width()
    assert b"<svg" in (tmp_path / "board.svg").read_bytes()
    rows = list(csv.DictReader((tmp_path / "board.csv").read_text().splitlines()))
    kernel = [float(row["value"]) for row in rows if row["what"] == "kernel"]
    assert kernel == [-1, 0, 1, -2, 0, 2, -1, 0, 1]
    assert sum(row["what"] == "map" for row in rows) == 144


def test_the_state_comes_back_whole_or_not_at_all_and_home_is_undone(panel: BuilderPanel) -> None:
    page = page_of(panel)
    press(page.board, Qt.Key.Key_F)
    page.controls.window_numbers.numbers["stride"].both.field.setValue(3)
    state = panel.state()
    panel.reset()
    assert page.state == ConvolutionState()
    assert panel.convolution.is_open
    undo(panel)
    assert (page.state.is_flipped, page.state.sliding.stride) == (True, 3)
    panel.apply({})
    assert not panel.convolution.is_open
    assert panel.state()["convolution"] is None
    panel.apply(state)
    assert panel.state() == state
    torn = {**state, "convolution": {**state["convolution"], "row": 40}}
    with pytest.raises(StateError) as refused:
        panel.apply(torn)
    assert refused.value.key == "convolution.row"
    assert panel.state() == state
    panel.convolution.leave()
    undo(panel)  # what is undone can be seen
    assert panel.convolution.is_open


def test_all_is_legible_in_every_theme_and_size(panel: BuilderPanel) -> None:
    page = page_of(panel)
    for name in THEME_NAMES:
        panel.workspace.theme.set_name(name)
        for width, height in ((1280, 800), (1920, 1080)):
            panel.resize(width, height)
            places = page.board.places
            assert places.map is not None
            assert places.kernel is not None
            areas = [places.input.rect, places.map.rect, places.kernel.rect, places.sum, places.legend]
            assert all(QRectF(page.board.rect()).contains(area) for area in areas), (name, width)
            assert not any(one.intersects(other) for one in areas for other in areas if one is not other), (name, width)
            assert places.input.width >= 24, (name, width)
            assert places.kernel.width >= 40, (name, width)
            for _ in range(2):  # height and width apart, and together
                press(page.board, Qt.Key.Key_L)
                assert page.controls.horizontalScrollBar().maximum() == 0, (name, width)
    assert page.state.terms == ALL
    panel.workspace.theme.set_name("paper")
